/* SPDX-License-Identifier: Apache-2.0 */
#include "dossier/acts.h"

#include "text.h"

static void put_bytes(json_t *row, const char *name, struct rlc_span bytes)
{
    char text[2 * RLC_SIGNATURE_BYTES_MAX + 1];

    if (bytes.size == 0 || bytes.size > RLC_SIGNATURE_BYTES_MAX)
        return;
    ctl_hex(bytes.data, bytes.size, text);
    ctl_put_text(row, name, text);
}

static void put_documents(json_t *row, const struct rlc_document_ref *documents, size_t count)
{
    json_t *list;

    if (count == 0)
        return;
    list = json_array();
    for (size_t i = 0; i < count; i++) {
        struct rlc_span name = documents[i].document;

        (void)json_array_append_new(list, json_stringn((const char *)name.data, name.size));
    }
    ctl_put(row, "documents", list);
}

/* ---- what each kind says ---- */

/* Whose approval that was stands in the filing that it led to. */
static const struct rlc_filed *filing_by(const struct dossier_case *found, struct rlc_span command)
{
    for (const struct dossier_act *act = found->acts; act; act = act->next) {
        if (command.size > 0 && act->audit && act->audit->kind == RLC_AUDIT_KIND_FILED &&
            rlc_span_equal(act->audit->filed.approval, command))
            return &act->audit->filed;
    }
    return NULL;
}

static void put_approver(json_t *row, const struct rlc_filed *filed)
{
    ctl_put_span(row, "actor", filed->approver);
    ctl_put_span(row, "signing_key", filed->signing_key);
    put_bytes(row, "signature", filed->signature);
}

static void put_command(const struct dossier_case *found, json_t *row, struct rlc_span command)
{
    char name[RLC_ID_MAX + 1];
    char number[32];

    (void)snprintf(name, sizeof(name), "%.*s", (int)command.size, (const char *)command.data);
    ctl_put_span(row, "command", command);
    if (command.size > 0)
        ctl_put_text(row, "actor", ctl_text(found->actors, name, number));
}

static void tell_referred(const struct dossier_case *found, const struct dossier_act *act,
                          json_t *row)
{
    const struct rlc_referred *referred = &act->fact->referred;

    (void)found;
    ctl_put_money(row, "amount", referred->open);
    ctl_put_hash(row, "claim_hash", &referred->claim_hash);
    put_documents(row, referred->documents, referred->document_count);
}

static void tell_opened(const struct dossier_case *found, const struct dossier_act *act,
                        json_t *row)
{
    const struct rlc_case_opened *opened = &act->audit->case_opened;

    (void)found;
    ctl_put_span(row, "procedure", opened->procedure);
    ctl_put_span(row, "rule", opened->rule);
    ctl_put_money(row, "amount", opened->principal);
    ctl_put_hash(row, "claim_hash", &opened->claim_hash);
}

static void tell_moved(const struct dossier_case *found, const struct dossier_act *act, json_t *row)
{
    const struct rlc_milestone *milestone = &act->audit->case_moved;
    const struct rlc_filed *filed = filing_by(found, milestone->command);

    ctl_put_span(row, "what", milestone->code);
    ctl_put_span(row, "procedure", milestone->procedure);
    ctl_put_span(row, "act", milestone->act);
    ctl_put_span(row, "rule", milestone->rule);
    ctl_put_day(row, "on", milestone->on);
    ctl_put_day(row, "deadline_on", milestone->deadline_on);
    ctl_put_hash(row, "claim_hash", &milestone->claim_hash);
    put_documents(row, milestone->documents, milestone->document_count);
    put_command(found, row, milestone->command);
    if (filed)
        put_approver(row, filed);
}

static void tell_filed(const struct dossier_case *found, const struct dossier_act *act, json_t *row)
{
    const struct rlc_filed *filed = &act->audit->filed;

    (void)found;
    ctl_put_span(row, "procedure", filed->procedure);
    ctl_put_span(row, "act", filed->act);
    ctl_put_span(row, "filing", filed->filing);
    ctl_put_span(row, "court", filed->court);
    ctl_put_day(row, "deadline_on", filed->answer_by_on);
    ctl_put_span(row, "command", filed->approval);
    ctl_put_hash(row, "claim_hash", &filed->claim.claim_hash);
    if (filed->claim.total_count > 0)
        ctl_put_money(row, "amount", filed->claim.totals[0].open);
    put_approver(row, filed);
}

static void tell_recalled(const struct dossier_case *found, const struct dossier_act *act,
                          json_t *row)
{
    const struct rlc_recalled *recalled = &act->audit->recalled;

    (void)found;
    ctl_put_span(row, "filing", recalled->filing);
    ctl_put_span(row, "rule", recalled->reason);
    put_documents(row, &(struct rlc_document_ref){ .document = recalled->document },
                  recalled->document.size > 0);
    ctl_put_money(row, "amount", recalled->open);
}

static void tell_proposed(const struct dossier_case *found, const struct dossier_act *act,
                          json_t *row)
{
    const struct rlc_contact_proposed *proposed = &act->audit->contact_proposed;

    (void)found;
    ctl_put_span(row, "act", proposed->step);
    ctl_put_hash(row, "claim_hash", &proposed->claim_hash);
    put_documents(row, proposed->documents, proposed->document_count);
}

static void tell_refused(const struct dossier_case *found, const struct dossier_act *act,
                         json_t *row)
{
    const struct rlc_act_refused *refused = &act->audit->act_refused;

    ctl_put_span(row, "act", refused->act);
    ctl_put_span(row, "rule", refused->rule);
    ctl_put_hash(row, "claim_hash", &refused->claim_hash);
    put_command(found, row, refused->command);
}

/* By kind, from CASE_OPENED on. */
static void (*const TELLS[])(const struct dossier_case *found, const struct dossier_act *act,
                             json_t *row) = {
    [RLC_AUDIT_KIND_CASE_OPENED] = tell_opened,
    [RLC_AUDIT_KIND_CASE_MOVED] = tell_moved,
    [RLC_AUDIT_KIND_FILED] = tell_filed,
    [RLC_AUDIT_KIND_RECALLED] = tell_recalled,
    [RLC_AUDIT_KIND_CONTACT_PROPOSED] = tell_proposed,
    [RLC_AUDIT_KIND_ACT_REFUSED] = tell_refused,
};

/* ---- the table ---- */

/* Who or what made it happen: the bytes of that event hang on the chain by their hash. */
static void put_cause(json_t *row, const struct rlc_causation *causation)
{
    if (causation->at.topic.size == 0)
        return;
    ctl_put_span(row, "cause_topic", causation->at.topic);
    ctl_put(row, "cause_partition", json_integer(causation->at.partition));
    ctl_put(row, "cause_offset", json_integer(causation->at.offset));
    ctl_put_hash(row, "cause_hash", &causation->record_hash);
}

static json_t *tell_act(const struct dossier_case *found, const struct dossier_act *act)
{
    const struct dossier_record *record = act->record;
    json_t *row = json_object();

    ctl_put_ms(row, "at", record->at_ms);
    ctl_put_text(row, "what", record->kind);
    ctl_put_text(row, "record", record->kind);
    if (act->fact)
        tell_referred(found, act, row);
    else
        TELLS[act->audit->kind](found, act, row);
    put_cause(row, act->fact ? &act->fact->envelope.causation : &act->audit->envelope.causation);
    ctl_put_text(row, "worker", record->worker);
    ctl_put(row, "partition", json_integer(record->partition));
    ctl_put(row, "offset", json_integer(record->off));
    ctl_put(row, "sequence", json_integer(record->seq));
    return row;
}

static json_t *tell_case(const struct dossier_case *found)
{
    json_t *object = json_object();

    ctl_put_span(object, "tenant", found->trail->tenant);
    ctl_put_span(object, "debtor", found->trail->debtor);
    ctl_put_span(object, "creditor", found->creditor);
    ctl_put_span(object, "case", found->case_id);
    ctl_put_span(object, "procedure", found->procedure);
    ctl_put_span(object, "state", found->state);
    ctl_put_ms(object, "referred_at", found->referral->at_ms);
    ctl_put_day(object, "deadline_on", found->deadline_on);
    if (found->filed) {
        ctl_put_span(object, "filing", found->filed->filed.filing);
        ctl_put_span(object, "filed_act", found->filed->filed.act);
        ctl_put_ms(object, "filed_at", found->filed->filed.filed_at_ms);
    }
    if (found->recalled) {
        ctl_put_ms(object, "recalled_at", found->recalled->recalled.recalled_at_ms);
        ctl_put_span(object, "recall_reason", found->recalled->recalled.reason);
    }
    ctl_put_hash(object, "bundle_hash", &found->bundle_hash);
    return object;
}

void dossier_acts_tell(const struct dossier_case *found, json_t *sheet)
{
    json_t *rows = json_array();

    for (const struct dossier_act *act = found->acts; act; act = act->next)
        (void)json_array_append_new(rows, tell_act(found, act));
    ctl_put(sheet, "case", tell_case(found));
    ctl_put(sheet, "acts", rows);
}
