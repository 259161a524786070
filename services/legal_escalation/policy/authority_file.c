/* SPDX-License-Identifier: Apache-2.0 */
/* `authorities.yaml`: who may approve which act, up to which amount, with which key. */
#include <stdlib.h>
#include <string.h>

#include "policy/draft.h"

/* What stands between the two lines that openssl prints around a public key of Ed25519: 12 bytes
 * that say so (RFC 8410), and the key, in base64. */
#define WRITTEN_SIZE 60
#define DER_SIZE     44

static const uint8_t DER_HEAD[] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                    0x2b, 0x65, 0x70, 0x03, 0x21, 0x00 };

struct authorities_text {
    const struct rlc_yaml *authorities;
};

/* The value of a digit of base64 (RFC 4648 4), or -1. */
static int digit_of(uint8_t character)
{
    static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *place = character ? memchr(DIGITS, character, sizeof(DIGITS) - 1) : NULL;

    return place ? (int)(place - DIGITS) : -1;
}

/* 44 bytes are 59 digits and one '='. */
static bool decode(struct rlc_span text, uint8_t ret_der[DER_SIZE + 1])
{
    for (size_t i = 0; i < WRITTEN_SIZE; i += 4) {
        uint32_t bits = 0;

        for (size_t k = 0; k < 4; k++) {
            bool filler = i + k == WRITTEN_SIZE - 1;
            int digit = filler ? 0 : digit_of(text.data[i + k]);

            if (digit < 0 || (filler && text.data[i + k] != '='))
                return false;
            bits = bits << 6 | (uint32_t)digit;
        }
        for (size_t k = 0; k < 3; k++)
            ret_der[i / 4 * 3 + k] = (uint8_t)(bits >> (16 - 8 * k));
    }
    return true;
}

static bool read_public_key(struct rlc_reading *reading, const struct rlc_policy_key *key,
                            const struct rlc_yaml *node, void *member)
{
    uint8_t der[DER_SIZE + 1];

    if (node->text.size != WRITTEN_SIZE || !decode(node->text, der) ||
        memcmp(der, DER_HEAD, sizeof(DER_HEAD)) != 0) {
        return rlc_policy_refuse(reading, key, node,
                                 "the middle line of what 'openssl pkey -pubout' prints of an "
                                 "Ed25519 key");
    }
    memcpy(member, der + sizeof(DER_HEAD), LEGAL_PUBLIC_KEY_SIZE);
    return true;
}

static const struct rlc_policy_key AUTHORITIES_KEYS[] = {
    { .name = "authorities",
      .type = RLC_POLICY_NODE,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct authorities_text, authorities),
      .values = "a list, see below",
      .help = "Each person once." },
};

const struct rlc_policy_table LEGAL_AUTHORITIES_TABLE = {
    .title = "`authorities.yaml`",
    .help = "Acts that bind the creditor wait for one of these people. Keys are made with `openssl "
            "genpkey -algorithm ed25519 -out NAME.pem`; that file stays with its owner, and "
            "`openssl pkey -in NAME.pem -pubout` prints what belongs here.",
    .keys = AUTHORITIES_KEYS,
    .count = RLC_COUNT(AUTHORITIES_KEYS),
};

static const struct rlc_policy_key AUTHORITY_KEYS[] = {
    { .name = "actor",
      .type = RLC_POLICY_ID,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct draft_authority, authority.actor),
      .help = "Who: the `actor` of the command." },
    { .name = "key",
      .type = RLC_POLICY_ID,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct draft_authority, authority.key),
      .help = "What the key is called: the `signing_key` of the command." },
    { .name = "public_key",
      .type = RLC_POLICY_OWN,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct draft_authority, authority.public_key),
      .read = read_public_key,
      .values = "60 characters",
      .help = "The middle line of what `openssl pkey -pubout` prints." },
    { .name = "acts",
      .type = RLC_POLICY_NAMES,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct draft_authority, acts),
      .min = 1,
      .max = LEGAL_ACTS_MAX,
      .help = "What may be approved: acts of procedures." },
    { .name = "up_to",
      .type = RLC_POLICY_AMOUNTS,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct draft_authority, up_to),
      .help = "Up to which principal; by currency, one that is not listed not at all." },
};

const struct rlc_policy_table LEGAL_AUTHORITY_TABLE = {
    .title = "One of `authorities`",
    .keys = AUTHORITY_KEYS,
    .count = RLC_COUNT(AUTHORITY_KEYS),
};

static void read_authority(struct rlc_reading *reading, const struct rlc_yaml *node,
                           struct draft_authority *ret_authority)
{
    struct legal_authority *authority = &ret_authority->authority;
    struct rlc_span *acts;

    ret_authority->node = node;
    rlc_policy_bind(reading, node, &LEGAL_AUTHORITY_TABLE, ret_authority, true);
    acts = rlc_reading_array(reading, ret_authority->acts.count, sizeof(*acts));
    if (!acts)
        return;
    memcpy(acts, ret_authority->acts.name, ret_authority->acts.count * sizeof(*acts));
    authority->act = acts;
    authority->act_count = ret_authority->acts.count;
    authority->up_to = legal_draft_amounts(reading, &ret_authority->up_to);
    authority->up_to_count = authority->up_to ? ret_authority->up_to.count : 0;
}

static void refuse_second(struct rlc_reading *reading, const struct draft *draft)
{
    for (size_t i = 0; i < draft->authority_count; i++) {
        for (size_t k = 0; k < i; k++) {
            const struct rlc_span actor = draft->authority[i].authority.actor;

            if (actor.size > 0 && rlc_span_equal(actor, draft->authority[k].authority.actor)) {
                rlc_reading_refuse(reading, draft->authority[i].node,
                                   "Name all of the person's acts in one place.",
                                   "'%.*s' a second time; the first is in line %d", (int)actor.size,
                                   (const char *)actor.data, draft->authority[k].node->line);
            }
        }
    }
}

static void read_list(struct draft *draft, struct rlc_reading *reading, const struct rlc_yaml *list)
{
    struct legal_authority *kept;

    if (!rlc_reading_expect(reading, list, RLC_YAML_LIST, "authorities"))
        return;
    if (list->count > DRAFT_AUTHORITIES_MAX) {
        rlc_reading_refuse(reading, list, NULL, "authorities must have at most %d items",
                           DRAFT_AUTHORITIES_MAX);
        return;
    }
    draft->authority = legal_draft_array(draft, list->count, sizeof(*draft->authority));
    kept = rlc_reading_array(reading, list->count, sizeof(*kept));
    if (!draft->authority || !kept)
        return;
    for (const struct rlc_yaml *node = list->first; node; node = node->next) {
        struct draft_authority *authority = &draft->authority[draft->authority_count];

        read_authority(reading, node, authority);
        kept[draft->authority_count++] = authority->authority;
    }
    refuse_second(reading, draft);
    draft->policy->authority = kept;
    draft->policy->authority_count = draft->authority_count;
}

void legal_draft_read_authorities(struct draft *draft)
{
    struct rlc_span path = rlc_span_of("authorities.yaml");
    struct authorities_text text = { .authorities = NULL };
    struct rlc_reading reading;
    const struct rlc_yaml *root;

    if (!legal_draft_has_file(draft, path))
        return;
    root = legal_draft_open(draft, path, &reading);
    if (root)
        rlc_policy_bind(&reading, root, &LEGAL_AUTHORITIES_TABLE, &text, true);
    if (text.authorities)
        read_list(draft, &reading, text.authorities);
    legal_draft_close(draft, &reading);
}
