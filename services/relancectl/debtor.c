/* SPDX-License-Identifier: Apache-2.0 */
/* relancectl debtor show: what a debtor owes and what stands in the way, now or on a day. */
#include "commands.h"
#include "common/pure/calendar.h"
#include "sheet.h"
#include "text.h"

const struct ctl_option CTL_DEBTOR_SHOW_OPTIONS[] = {
    { "on", "DATE", "as it was at the end of this day, out of the trail (default: now)" },
    { NULL, NULL, NULL },
};

static int read_past(struct ctl *ctl, struct rlc_span tenant, struct rlc_span debtor, rlc_day on,
                     struct ctl_sheet *sheet)
{
    static struct ctl_past past; /* zones are large */
    int code;

    past = (struct ctl_past){
        .tenant = tenant, .debtor = debtor, .until_on = on, .take = ctl_sheet_take, .context = sheet
    };
    code = ctl_past_read(ctl, &past);
    ctl_put(sheet->head, "facts", json_integer((json_int_t)past.count));
    if (past.unreadable > 0)
        ctl_put(sheet->head, "unreadable", json_integer((json_int_t)past.unreadable));
    return code;
}

int ctl_debtor_show(struct ctl *ctl)
{
    struct rlc_span tenant;
    struct rlc_span debtor;
    struct ctl_sheet sheet;
    json_t *result;
    rlc_day on;
    int code;

    if (!ctl_debtor_argument(ctl, ctl->arguments[0], &tenant, &debtor) ||
        !ctl_day_option(ctl, "on", &on))
        return CTL_USAGE;
    ctl_sheet_init(&sheet);
    ctl_put_text(sheet.head, "debtor", ctl->arguments[0]);
    ctl_put_text(sheet.head, "source", on == RLC_DAY_NONE ? "hot state" : "trail");
    ctl_put_day(sheet.head, "on", on);
    if (on == RLC_DAY_NONE)
        code = ctl_sheet_read_hot(ctl, rlc_span_of(ctl->arguments[0]), &sheet);
    else
        code = read_past(ctl, tenant, debtor, on, &sheet);
    if (code == CTL_OK) {
        result = ctl_sheet_result(&sheet);
        if (!ctl->json)
            ctl_sheet_print(stdout, result);
        (void)ctl_json(ctl, result);
    }
    ctl_sheet_clear(&sheet);
    return code;
}
