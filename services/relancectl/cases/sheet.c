/* SPDX-License-Identifier: Apache-2.0 */
#include "cases/sheet.h"

#include <stdlib.h>
#include <string.h>

#include "dossier/acts.h"
#include "dossier/claim.h"
#include "text.h"

/* ---- who may approve ---- */

static bool may_do(const struct legal_authority *authority, struct rlc_span act)
{
    for (size_t i = 0; i < authority->act_count; i++) {
        if (rlc_span_equal(authority->act[i], act))
            return true;
    }
    return false;
}

static bool reaches(const struct legal_authority *authority, struct rlc_money principal)
{
    for (size_t i = 0; i < authority->up_to_count; i++) {
        if (rlc_money_same_currency(authority->up_to[i], principal))
            return principal.minor <= authority->up_to[i].minor;
    }
    return false;
}

static struct rlc_money principal_of(const struct rlc_claim *claim)
{
    struct rlc_money sum = { .minor = 0 };

    for (size_t i = 0; i < claim->line_count; i++) {
        if (i == 0)
            sum = claim->lines[i].principal;
        else
            sum.minor += claim->lines[i].principal.minor;
    }
    return sum;
}

static json_t *approvers(const struct legal_policy *policy, const char *act,
                         struct rlc_money principal)
{
    json_t *list = json_array();

    for (size_t i = 0; act && i < policy->authority_count; i++) {
        const struct legal_authority *authority = &policy->authority[i];
        json_t *one;

        if (!may_do(authority, rlc_span_of(act)) || !reaches(authority, principal))
            continue;
        one = json_object();
        ctl_put_span(one, "actor", authority->actor);
        ctl_put_span(one, "signing_key", authority->key);
        (void)json_array_append_new(list, one);
    }
    return list;
}

/* ---- the sheet ---- */

/* What the act costs, as the case said when it asked. */
static void tell_cost(const struct dossier_case *found, json_t *sheet)
{
    json_t *cost = NULL;

    for (const struct dossier_act *act = found->acts; act; act = act->next) {
        bool asks = act->audit && act->audit->kind == RLC_AUDIT_KIND_CASE_MOVED &&
                    rlc_span_equal(act->audit->case_moved.code, rlc_span_of("APPROVAL_ASKED"));

        if (!asks)
            continue;
        json_decref(cost);
        cost = json_object();
        if (act->audit->case_moved.cost.minor > 0)
            ctl_put_money(cost, "amount", act->audit->case_moved.cost);
    }
    if (cost)
        ctl_put(sheet, "cost", cost);
}

json_t *ctl_case_sheet(struct dossier_open *open, const char *act)
{
    struct dossier_claim claim;
    json_t *sheet;

    if (!dossier_claim_find(&open->found, open->policy, &claim))
        return NULL;
    sheet = json_object();
    ctl_put(sheet, "remarks", json_array());
    dossier_acts_tell(&open->found, sheet);
    dossier_claim_tell(&open->found, &claim, sheet);
    tell_cost(&open->found, sheet);
    ctl_put(sheet, "approvers", approvers(open->policy, act, principal_of(&claim.claim)));
    return sheet;
}

/* ---- the claim ---- */

static void put_sum(FILE *out, const char *title, const json_t *claim, const char *member,
                    const char *currency)
{
    char number[32];
    char other[32];
    const char *text = ctl_text(claim, member, number);

    if (text[0])
        (void)fprintf(out, "  %-16s %s %s\n", title, text, ctl_text(claim, currency, other));
}

static void put_line(FILE *out, const char *title, const json_t *claim, const char *member)
{
    char number[32];
    const char *text = ctl_text(claim, member, number);

    if (text[0])
        (void)fprintf(out, "  %-16s %s\n", title, text);
}

static void print_receivables(FILE *out, const json_t *sheet)
{
    static const struct ctl_column COLUMNS[] = {
        { "DOCUMENT", "document", false },  { "NUMBER", "number", false },
        { "ISSUED", "issued_on", false },   { "DUE", "due_on", false },
        { "TOTAL", "total", true },         { "PRINCIPAL", "principal", true },
        { "DISPUTED", "disputed", true },   { "INTEREST", "interest", true },
        { "INDEMNITY", "indemnity", true }, { "", "currency", false },
    };

    ctl_table(out, json_object_get(sheet, "receivables"), COLUMNS, RLC_COUNT(COLUMNS));
}

static void print_proofs(FILE *out, const json_t *sheet)
{
    static const struct ctl_column COLUMNS[] = {
        { "PROOF", "kind", false },
        { "OF", "document", false },
        { "DATED", "dated_on", false },
        { "SHA-256", "content_hash", false },
    };

    ctl_table(out, json_object_get(sheet, "proofs"), COLUMNS, RLC_COUNT(COLUMNS));
}

void ctl_case_print_claim(FILE *out, const json_t *sheet)
{
    const json_t *claim = json_object_get(sheet, "claim");
    const json_t *about = json_object_get(sheet, "case");
    const json_t *remark;
    size_t index;
    char creditor[32];
    char debtor[32];
    char tenant[32];

    (void)fprintf(out, "The claim of %s against %s/%s\n", ctl_text(about, "creditor", creditor),
                  ctl_text(about, "tenant", tenant), ctl_text(about, "debtor", debtor));
    print_receivables(out, sheet);
    put_sum(out, "principal", claim, "principal", "currency");
    put_sum(out, "interest", claim, "interest", "currency");
    put_line(out, "  until", claim, "interest_until");
    put_line(out, "  by", claim, "interest_basis");
    put_sum(out, "indemnity", claim, "indemnity", "indemnity_currency");
    put_sum(out, "disputed", claim, "disputed", "currency");
    put_sum(out, "cost of the act", json_object_get(sheet, "cost"), "amount", "currency");
    put_line(out, "computed on", claim, "computed_on");
    put_line(out, "claim hash", claim, "claim_hash");
    print_proofs(out, sheet);
    json_array_foreach(json_object_get(sheet, "remarks"), index, remark)(void)
        fprintf(out, "note: %s\n", json_string_value(remark));
}

/* ---- the command ---- */

void ctl_shell_put(FILE *out, const char *word)
{
    static const char PLAIN[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "._/@:+-";

    if (word[0] && strspn(word, PLAIN) == strlen(word)) {
        (void)fputs(word, out);
        return;
    }
    (void)fputc('\'', out);
    for (; *word; word++) {
        if (*word == '\'')
            (void)fputs("'\\''", out);
        else
            (void)fputc(*word, out);
    }
    (void)fputc('\'', out);
}

static void put_option(FILE *out, const char *name, const json_t *object, const char *member)
{
    char number[32];

    (void)fprintf(out, " --%s ", name);
    ctl_shell_put(out, ctl_text(object, member, number));
}

static void put_payload(FILE *out, const json_t *sheet, const char *act)
{
    const json_t *about = json_object_get(sheet, "case");
    const json_t *claim = json_object_get(sheet, "claim");
    char one[32];
    char other[32];
    json_t *payload = json_pack("{s:s, s:s, s:s}", "case_id", ctl_text(about, "case", one), "act",
                                act, "claim_hash", ctl_text(claim, "claim_hash", other));
    char *text = payload ? json_dumps(payload, JSON_COMPACT) : NULL;

    (void)fprintf(out, " --payload ");
    ctl_shell_put(out, text ? text : "{}");
    (void)fputc('\n', out);
    free(text);
    json_decref(payload);
}

void ctl_case_print_command(FILE *out, const json_t *sheet, const struct ctl_case_question *asked)
{
    const json_t *about = json_object_get(sheet, "case");
    const json_t *list = json_object_get(sheet, "approvers");
    const json_t *approver;
    size_t index;

    if (json_array_size(list) == 0)
        (void)fprintf(out, "Nobody may approve %s for this amount: authorities.yaml\n", asked->act);
    json_array_foreach(list, index, approver)
    {
        char number[32];
        const char *actor = ctl_text(approver, "actor", number);

        (void)fprintf(out, "%s may approve it, with the private key in KEY.pem:\n", actor);
        (void)fprintf(out, "  relancectl command approve");
        put_option(out, "tenant", about, "tenant");
        put_option(out, "debtor", about, "debtor");
        put_option(out, "creditor", about, "creditor");
        (void)fprintf(out, " --topic ");
        ctl_shell_put(out, asked->topic ? asked->topic : "SOURCE-TOPIC");
        put_option(out, "actor", approver, "actor");
        (void)fprintf(out, " --key KEY.pem");
        put_option(out, "signing-key", approver, "signing_key");
        put_payload(out, sheet, asked->act);
    }
}
