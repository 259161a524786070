/* SPDX-License-Identifier: Apache-2.0 */
#include "core/evidence.h"

void evidence_event(const struct decision *decision, struct refusal *refusal,
                    const struct rlc_event_reference *said)
{
    struct rlc_event_reference *events;

    if (said->source_event_id.size == 0 || refusal->event_count == RLC_EVIDENCE_MAX)
        return;
    events = decision_alloc(decision, (refusal->event_count + 1) * sizeof(*events));
    if (refusal->event_count > 0)
        memcpy(events, refusal->events, refusal->event_count * sizeof(*events));
    events[refusal->event_count++] = *said;
    refusal->events = events;
}

void evidence_version(const struct decision *decision, struct refusal *refusal,
                      const struct rlc_version *version)
{
    evidence_event(decision, refusal,
                   &(struct rlc_event_reference){ .source = version->source,
                                                  .source_event_id = version->event_id });
}

void evidence_blocks(const struct decision *decision, struct refusal *refusal,
                     const struct standing *answer, const struct rlc_block *blocks, size_t count,
                     const char *currency)
{
    for (size_t i = 0; i < count; i++) {
        if (standing_rests_on(answer, &blocks[i], decision->now_ms, currency))
            evidence_event(decision, refusal, &blocks[i].said);
    }
}

void evidence_quarantine(const struct decision *decision, struct refusal *refusal)
{
    const struct rlc_debtor_record *debtor = decision->debtor;

    refusal->records = debtor->quarantine;
    refusal->record_count =
        debtor->quarantine_count < RLC_EVIDENCE_MAX ? debtor->quarantine_count : RLC_EVIDENCE_MAX;
}

void evidence_credit(const struct decision *decision, struct refusal *refusal,
                     const struct rlc_account_record *account, const char *currency)
{
    for (size_t i = 0; i < account->credit_origin_count; i++) {
        const struct rlc_credit_origin *origin = &account->credit_origins[i];

        if (memcmp(origin->currency, currency, RLC_CURRENCY_SIZE) == 0)
            evidence_event(decision, refusal, &origin->said);
    }
}
