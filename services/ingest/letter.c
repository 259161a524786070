/* SPDX-License-Identifier: Apache-2.0 */
#include "letter.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/pure/calendar.h"

void raw_subject(rlc_ms at_ms, char ret_subject[RAW_SUBJECT_SIZE])
{
    struct rlc_date date = rlc_day_date((rlc_day)(at_ms / RLC_DAY_MS));

    assert(date.year >= 1970 && date.year <= 9999);
    (void)snprintf(ret_subject, RAW_SUBJECT_SIZE, "@raw-%04u-%02u", (unsigned)date.year % 10000u,
                   (unsigned)date.month % 100u);
}

struct whom letter_whom(const struct intake *intake, const struct rlc_record *record,
                        struct rlc_arena *arena)
{
    struct rlc_span fixed = intake_fixed_tenant(intake, record->topic);
    struct whom whom = salvage(record->value, arena);
    bool foreign = fixed.size && whom.tenant.size && !rlc_span_equal(whom.tenant, fixed);
    const struct tenant *tenant;

    if (fixed.size)
        whom.tenant = fixed;
    tenant = tenants_find(intake->tenants, whom.tenant);
    if (!tenant)
        whom.tenant.size = 0;
    if (!tenant || foreign)
        whom.debtor.size = 0;
    if (whom.debtor.size && whom.natural) {
        char *pseudonym = rlc_arena_alloc(arena, PSEUDONYM_SIZE);

        if (pseudonym)
            tenant_pseudonym(tenant, whom.debtor, pseudonym);
        whom.debtor = rlc_span_from(pseudonym, pseudonym ? PSEUDONYM_SIZE : 0);
    }
    return whom;
}

static void emit_quarantine(const struct intake *intake, const struct rlc_dead_letter *letter,
                            struct rlc_turn *turn)
{
    struct rlc_debtor_event event = {
        .envelope = { .tenant = letter->tenant,
                      .debtor = letter->debtor,
                      .source = letter->worker,
                      .occurred_at_ms = letter->rejected_at_ms },
        .kind = RLC_EVENT_KIND_QUARANTINED,
        .quarantined = { .at = letter->at, .code = letter->code, .path = letter->path },
    };

    intake_emit(intake, &event, turn);
}

static struct rlc_sealed seal_raw(const struct rlc_record *record, struct rlc_span tenant,
                                  const struct rlc_data_key *key, struct rlc_arena *arena)
{
    size_t most = RLC_RAW_BYTES_MAX - RLC_SEAL_TAG_SIZE;
    struct rlc_span raw = record->value;
    struct rlc_sealed sealed = { .key_id = rlc_arena_copy(arena, rlc_span_of(key->id)) };

    if (raw.size > most)
        raw.size = most;
    sealed.bytes = rlc_seal(&key->key, tenant, rlc_span_of(key->id), raw, arena);
    assert(sealed.key_id.data && (sealed.bytes.data || raw.size == 0));
    return sealed.bytes.size ? sealed : (struct rlc_sealed){ { NULL, 0 }, { NULL, 0 } };
}

void letter_emit(const struct intake *intake, const struct rlc_record *record,
                 const struct rlc_fault *fault, const struct whom *whom,
                 const struct rlc_data_key *raw_key, struct rlc_turn *turn)
{
    struct rlc_dead_letter letter = rlc_turn_letter(turn, record, fault);

    letter.tenant = whom->tenant;
    letter.debtor = whom->debtor;
    letter.creditor = whom->creditor;
    letter.source = whom->source;
    letter.source_event_id = whom->id;
    if (raw_key && raw_key->state == RLC_KEY_OPEN)
        letter.raw = seal_raw(record, whom->tenant, raw_key, turn->arena);
    rlc_turn_dead_letter_full(turn, &letter);
    if (letter.debtor.size)
        emit_quarantine(intake, &letter, turn);
}
