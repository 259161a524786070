/* SPDX-License-Identifier: Apache-2.0 */
/* relancectl case show: one case, its claim, and the command that approves it. */
#include <string.h>

#include "cases/row.h"
#include "cases/sheet.h"
#include "cases/source.h"
#include "commands.h"
#include "text.h"

const struct ctl_option CTL_CASE_SHOW_OPTIONS[] = {
    { "case", "CASE", "with TENANT/DEBTOR: this case (default: the only one there is)" },
    { NULL, NULL, NULL },
};

/* The case that the command line means. */
struct meant {
    struct rlc_span tenant;
    struct rlc_span debtor;
    const char *case_id; /* NULL: the only one of the debtor */
    json_t *rows;
    json_t *row; /* in `rows`; NULL: the reports do not have it */
};

static int read_row(struct ctl *ctl, const char *case_id, struct meant *meant)
{
    int code;

    json_decref(meant->rows);
    code = ctl_case_rows(ctl, case_id, &meant->rows);
    meant->row = ctl_find(meant->rows, "tenant", meant->tenant);
    return code;
}

/* What looks like a case may be a debtor all the same. */
static int find_meant(struct ctl *ctl, struct meant *meant)
{
    const char *name;
    int code = CTL_OK;

    if (!ctl_debtor_argument(ctl, ctl->arguments[0], &meant->tenant, &meant->debtor))
        return CTL_USAGE;
    name = (const char *)meant->debtor.data;
    meant->case_id = ctl_option(ctl, "case");
    if (meant->case_id || !ctl_case_id_valid(name))
        return CTL_OK;
    code = read_row(ctl, name, meant);
    if (meant->row) {
        meant->case_id = name;
        meant->debtor = rlc_span_of(json_string_value(json_object_get(meant->row, "debtor")));
    }
    return code;
}

static const char *act_of(const struct meant *meant)
{
    char number[32];

    if (!meant->row || strcmp(ctl_text(meant->row, "waits_for", number), "APPROVAL") != 0)
        return NULL;
    return json_string_value(json_object_get(meant->row, "act"));
}

static void print_head(const json_t *sheet, const json_t *row)
{
    static const struct {
        const char *title;
        const char *member;
    } LINES[] = {
        { "waits for", "waits" },
        { "since", "since" },
        { "last word", "word" },
        { "because of", "rule" },
        { "next deadline", "deadline_on" },
        { "procedure", "procedure" },
        { "referred", "referred_at" },
    };
    char number[32];

    (void)printf("Case %s\n", ctl_text(json_object_get(sheet, "case"), "case", number));
    for (size_t i = 0; i < RLC_COUNT(LINES); i++) {
        const char *text = ctl_text(row, LINES[i].member, number);

        if (text[0])
            (void)printf("  %-16s %s\n", LINES[i].title, text);
    }
}

static int show(struct ctl *ctl, struct dossier_open *open, struct meant *meant)
{
    char topic[RLC_TOPIC_NAME_MAX] = "";
    struct ctl_case_question asked = { .act = act_of(meant) };
    json_t *sheet = ctl_case_sheet(open, asked.act);

    if (!sheet)
        return ctl_fail(ctl, CTL_INTERNAL, "out of memory");
    if (asked.act && ctl_case_source(ctl, &open->found, topic))
        asked.topic = topic;
    ctl_put_text(sheet, "topic", topic);
    if (meant->row)
        ctl_put(sheet, "stands", json_incref(meant->row));
    if (!ctl->json) {
        print_head(sheet, meant->row);
        ctl_case_print_claim(stdout, sheet);
        if (asked.act)
            ctl_case_print_command(stdout, sheet, &asked);
    }
    (void)ctl_json(ctl, sheet);
    return CTL_OK;
}

int ctl_case_show(struct ctl *ctl)
{
    static struct dossier_open open; /* zones are large */
    struct meant meant = { .rows = NULL };
    char case_id[RLC_ID_MAX + 1];
    int code = find_meant(ctl, &meant);

    open = (struct dossier_open){ .ctl = ctl };
    if (code == CTL_OK)
        code = dossier_open(ctl, meant.tenant, meant.debtor, meant.case_id, &open);
    if (code == CTL_OK && !meant.row) {
        (void)snprintf(case_id, sizeof(case_id), "%.*s", (int)open.found.case_id.size,
                       (const char *)open.found.case_id.data);
        code = read_row(ctl, case_id, &meant);
    }
    if (code == CTL_OK)
        code = show(ctl, &open, &meant);
    dossier_close(&open);
    json_decref(meant.rows);
    return code;
}
