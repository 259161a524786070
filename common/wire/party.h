/* SPDX-License-Identifier: Apache-2.0 */
/* Who owes and whom to speak to. Mirrors proto/relance/v1/party.proto. An upsert carries the whole
 * record: what it leaves out is empty from then on. */
#ifndef RLC_WIRE_PARTY_H
#define RLC_WIRE_PARTY_H

#include "common/wire/envelope.h"
#include "common/wire/vocabulary.h"

enum rlc_party_kind {
    RLC_PARTY_KIND_UNSPECIFIED = 0,
    RLC_PARTY_KIND_COMPANY = 1,
    RLC_PARTY_KIND_SOLE_TRADER = 2, /* a natural person: its id is pseudonymous */
    RLC_PARTY_KIND_PUBLIC_BODY = 3,
    RLC_PARTY_KIND_ASSOCIATION = 4,
    RLC_PARTY_KIND_CONSUMER = 5
};

enum rlc_party_status {
    RLC_PARTY_STATUS_UNSPECIFIED = 0,
    RLC_PARTY_STATUS_ACTIVE = 1,
    RLC_PARTY_STATUS_SAFEGUARD = 2,
    RLC_PARTY_STATUS_REORGANISATION = 3,
    RLC_PARTY_STATUS_LIQUIDATION = 4,
    RLC_PARTY_STATUS_DISSOLVED = 5,
    RLC_PARTY_STATUS_DECEASED = 6
};

/* The debtor as the tenant sees it; the envelope's creditor is absent. */
struct rlc_debtor {
    enum rlc_party_kind kind;
    enum rlc_party_status status;
    rlc_day status_since_on;     /* day of the opening judgment and the like; may be absent */
    struct rlc_span country;     /* ISO 3166-1 alpha-2 */
    struct rlc_span zone;        /* IANA name, for example "Europe/Paris" */
    struct rlc_span language;    /* ISO 639-1 */
    struct rlc_span calendar;    /* name of a holiday calendar of the bundle */
    struct rlc_span group;       /* the buyer's own group; may be absent */
    struct rlc_span registry_id; /* company register number; absent for natural persons */
    struct rlc_sealed name;
    struct rlc_sealed address; /* postal */
    struct rlc_sealed tax_id;
};

/* The debtor's relation to the envelope's creditor. */
struct rlc_account {
    struct rlc_span customer_number; /* what the creditor calls the debtor; may be absent */
    struct rlc_span scenario; /* name in the bundle; absent = the policy chooses by segment */
    struct rlc_span segment;  /* upstream's hint; may be absent */
    struct rlc_span language; /* overrides the debtor's; may be absent */
    struct rlc_span owner;    /* team or collector code, no personal name; may be absent */
    enum rlc_channel preferred_channel; /* may be absent */
    struct rlc_money credit_limit;      /* may be absent */
    struct rlc_span contract_terms;     /* version of the contract that governs; may be absent */
    struct rlc_sealed reference;        /* what the debtor wants to see quoted */
    bool closed;                        /* no new business: receivables are still collected */
};

/* Bits of rlc_contact.roles. */
enum rlc_contact_role {
    RLC_CONTACT_ROLE_BILLING = 1,
    RLC_CONTACT_ROLE_ACCOUNTS_PAYABLE = 2,
    RLC_CONTACT_ROLE_MANAGER = 4,
    RLC_CONTACT_ROLE_LEGAL = 8,
    RLC_CONTACT_ROLE_PURCHASING = 16,
    RLC_CONTACT_ROLE_REPRESENTATIVE = 32, /* mandated by the debtor */
    RLC_CONTACT_ROLE_GUARANTOR = 64,
    RLC_CONTACT_ROLE_ALL = 127
};

struct rlc_contact_channel {
    enum rlc_channel channel;
    struct rlc_sealed address;      /* e-mail, E.164 number, postal lines, URL */
    struct rlc_hash address_digest; /* keyed by the tenant: equal addresses, unreadable */
    uint32_t rank;                  /* 1 = tried first */
    bool opted_out;
};

/* A person or desk; the envelope's creditor is absent when it serves all creditors. */
struct rlc_contact {
    struct rlc_span contact; /* id, unique per (tenant, debtor) */
    struct rlc_span subject; /* whose data key seals it; the unit of erasure */
    uint32_t number;         /* small number used by outcomes; assigned by scenario, 0 before */
    uint32_t roles;          /* bits of enum rlc_contact_role */
    struct rlc_span language;
    bool closed; /* no longer there */
    struct rlc_sealed name;
    const struct rlc_contact_channel *channels;
    size_t channel_count; /* <= RLC_CHANNELS_MAX */
};

#endif
