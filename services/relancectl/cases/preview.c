/* SPDX-License-Identifier: Apache-2.0 */
#include "cases/preview.h"

#include <string.h>
#include <unistd.h>

#include "cases/sheet.h"
#include "text.h"

#define ANSWER_SIZE 16

static bool asks(struct ctl *ctl)
{
    return !ctl_option(ctl, "yes") && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

static const char *said(const struct ctl_order *order, const char *name)
{
    const char *text = json_string_value(json_object_get(order->payload, name));

    return text ? text : "";
}

static int ask(struct ctl *ctl, const struct ctl_order *order)
{
    char answer[ANSWER_SIZE] = "";

    if (!asks(ctl))
        return CTL_OK;
    (void)printf("Sign %s of this claim as %s? [y/N] ", said(order, "act"),
                 order->actor ? order->actor : "nobody");
    (void)fflush(stdout);
    if (fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y'))
        return CTL_OK;
    (void)printf("not signed, and nothing was sent\n");
    return CTL_FOUND;
}

static void show(const struct ctl_order *order, const json_t *sheet)
{
    char number[32];
    const char *hash = ctl_text(json_object_get(sheet, "claim"), "claim_hash", number);

    ctl_case_print_claim(stdout, sheet);
    if (strcmp(hash, said(order, "claim_hash")) != 0) {
        (void)printf("note: that is not the claim that would be signed, whose hash is %s: the case "
                     "will refuse it\n",
                     said(order, "claim_hash"));
    }
}

int ctl_case_preview(struct ctl *ctl, const struct ctl_order *order)
{
    static struct dossier_open open; /* zones are large */
    json_t *sheet = NULL;
    int code;

    if (ctl->json)
        return CTL_OK;
    code = dossier_open(ctl, rlc_span_of(order->tenant), rlc_span_of(order->debtor),
                        said(order, "case_id"), &open);
    if (code == CTL_OK)
        sheet = ctl_case_sheet(&open, NULL);
    if (sheet) {
        show(order, sheet);
        code = ask(ctl, order);
    } else if (code == CTL_OK) {
        code = ctl_fail(ctl, CTL_INTERNAL, "out of memory");
    } else if (!asks(ctl)) {
        code = CTL_OK;
    }
    json_decref(sheet);
    dossier_close(&open);
    return code;
}
