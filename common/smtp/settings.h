/* SPDX-License-Identifier: Apache-2.0 */
/* Relays and how they may be used. */
#ifndef RLC_SMTP_SETTINGS_H
#define RLC_SMTP_SETTINGS_H

#include "common/pure/status.h"
#include "common/runtime/clock.h"

#define RLC_SMTP_RELAYS_MAX      8    /* more places to send from than an installation has */
#define RLC_SMTP_CONNECTIONS_MAX 64   /* of all relays: each is a thread; relays allow 10 to 50 */
#define RLC_SMTP_RATE_MAX        1000 /* mails a second or a minute; a hundred times a day's peak */

/* How long a relay may take. A contact may start for 2 s after its last look, so that waiting long
 * for a connection or for a reply before the message is of no use. After the message the answer is
 * worth waiting for, since without it the outcome is unknown: RFC 5321 4.5.3.2.5 and 4.5.3.2.6. */
#define RLC_SMTP_CONNECT_MS 10000  /* from the name to the end of the login */
#define RLC_SMTP_REPLY_MS   10000  /* for each reply before the message */
#define RLC_SMTP_BLOCK_MS   180000 /* to take the next piece of the message */
#define RLC_SMTP_ACCEPT_MS  600000 /* for the reply to the final dot */

enum rlc_smtp_tls {
    RLC_SMTP_TLS_STARTTLS, /* upgraded before anything is said; refused by a relay without it */
    RLC_SMTP_TLS_IMPLICIT, /* from the first byte on (port 465) */
    RLC_SMTP_TLS_NONE      /* in the clear: no login, and only where the network is trusted */
};

struct rlc_smtp_relay {
    const char *host; /* a name or a numeric address; IPv6 without brackets */
    int32_t port;     /* 1 to 65535 */
    enum rlc_smtp_tls tls;
    const char *ca_file;  /* PEM; NULL or empty: the system's authorities; else only these */
    const char *username; /* NULL or empty: no login */
    const char *password;
    int32_t connections; /* at the same time, 1 to RLC_SMTP_CONNECTIONS_MAX */
    int32_t per_second;  /* mails, 0: no cap */
};

/* Zero for a time means the constant above. */
struct rlc_smtp_times {
    int32_t connect_ms;
    int32_t reply_ms;
    int32_t block_ms;
    int32_t accept_ms;
};

struct rlc_smtp_settings {
    const struct rlc_smtp_relay *relays; /* in order of preference */
    size_t relay_count;                  /* 1 to RLC_SMTP_RELAYS_MAX */
    const char *hello;                   /* what we call ourselves in EHLO: our full host name */
    int32_t domain_per_minute;           /* mails to one recipient domain, 0: no cap */
    struct rlc_smtp_times times;
    struct rlc_clock clock; /* asked by several threads; monotonic_ns counts as CLOCK_BOOTTIME */
};

/* Fills the times that are zero. */
struct rlc_smtp_times rlc_smtp_times_of(const struct rlc_smtp_settings *settings);

/* RLC_FATAL with the reason when a setting breaks the rules above. Opens no file. */
RLC_NODISCARD enum rlc_status rlc_smtp_settings_check(const struct rlc_smtp_settings *settings,
                                                      struct rlc_error *reterr);

/* A copy that owns its relays and strings; release it. False when memory is short: then there is
 * nothing to release. */
RLC_NODISCARD bool rlc_smtp_settings_copy(const struct rlc_smtp_settings *settings,
                                          struct rlc_smtp_settings *ret_copy);

/* Frees a copy and wipes its passwords. */
void rlc_smtp_settings_release(struct rlc_smtp_settings *copy);

#endif
