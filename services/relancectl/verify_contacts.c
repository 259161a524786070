/* SPDX-License-Identifier: Apache-2.0 */
#include "verify_contacts.h"

#include "text.h"

static void put_request(json_t *object, const struct lot_finding *finding)
{
    char hex[2 * sizeof(finding->action.bytes) + 1];

    ctl_hex(finding->action.bytes, sizeof(finding->action.bytes), hex);
    ctl_put_text(object, "action", hex);
    ctl_put(object, "request_number", json_integer(finding->request_number));
}

static void put_amount(json_t *object, const char *name, struct rlc_money amount)
{
    if (amount.currency[0])
        ctl_put_money(object, name, amount);
}

static void put_known(json_t *object, const struct lot_finding *finding)
{
    ctl_put(object, "watermark", json_integer(finding->watermark));
    if (finding->known_off >= 0)
        ctl_put(object, "known", json_integer(finding->known_off));
    ctl_put_text(object, "cause", finding->cause);
    ctl_put_span(object, "object", finding->object);
    ctl_put_span(object, "reason", finding->reason);
    put_amount(object, "open", finding->open);
    put_amount(object, "asked", finding->asked);
}

static void on_finding(void *context, const struct lot_finding *finding)
{
    struct ctl_contacts *contacts = context;
    json_t *object;

    if (json_array_size(contacts->findings) >= CTL_CONTACTS_LISTED)
        return;
    object = json_object();
    ctl_put_text(object, "fault", lot_fault_name(finding->fault));
    ctl_put_text(object, "worker", finding->worker);
    ctl_put_span(object, "tenant", finding->tenant);
    ctl_put_span(object, "debtor", finding->debtor);
    ctl_put_span(object, "creditor", finding->creditor);
    ctl_put_span(object, "document", finding->document);
    if (finding->request_number > 0)
        put_request(object, finding);
    ctl_put(object, "partition", json_integer(finding->partition));
    ctl_put(object, "offset", json_integer(finding->off));
    if (lot_fault_is_behind(finding->fault))
        put_known(object, finding);
    (void)json_array_append_new(contacts->findings, object);
}

enum rlc_status ctl_contacts_check(struct ctl_contacts *contacts, struct rlc_postgres *postgres,
                                   bool at_rest, struct rlc_error *reterr)
{
    contacts->findings = json_array();
    contacts->verdict =
        (struct lot_verdict){ .at_rest = at_rest, .on_finding = on_finding, .context = contacts };
    return audit_contacts(postgres, &contacts->verdict, reterr);
}

void ctl_contacts_clear(struct ctl_contacts *contacts)
{
    json_decref(contacts->findings);
    contacts->findings = NULL;
}

bool ctl_contacts_clean(const struct ctl_contacts *contacts)
{
    return contacts->verdict.behind == 0 && contacts->verdict.out_of_order == 0;
}

json_t *ctl_contacts_json(const struct ctl_contacts *contacts)
{
    const struct lot_verdict *verdict = &contacts->verdict;

    return json_pack("{s:I, s:I, s:I, s:I, s:O}", "attempts", (json_int_t)verdict->attempts,
                     "under_way", (json_int_t)verdict->under_way, "behind",
                     (json_int_t)verdict->behind, "out_of_order", (json_int_t)verdict->out_of_order,
                     "findings", contacts->findings);
}

void ctl_contacts_say(const struct ctl_contacts *contacts)
{
    static const struct ctl_column COLUMNS[] = {
        { "FAULT", "fault", false },
        { "DEBTOR", "tenant/debtor", false },
        { "DOCUMENT", "document", false },
        { "ACTION", "action", false },
        { "REQUEST", "request_number", true },
        { "WORKER", "worker", false },
        { "PARTITION", "partition", true },
        { "AT", "offset", true },
        { "WATERMARK", "watermark", true },
        { "KNOWN AT", "known", true },
        { "CAUSE", "cause", false },
        { "OBJECT", "object", false },
        { "REASON", "reason", false },
        { "ASKED", "asked", true },
        { "OPEN", "open", true },
        { "", "currency", false },
    };
    const struct lot_verdict *verdict = &contacts->verdict;

    ctl_table(stdout, contacts->findings, COLUMNS, RLC_COUNT(COLUMNS));
    (void)printf("contacts behind a known payment  %lld\ncontacts out of order            %lld\n"
                 "%lld attempts judged, %lld under way\n",
                 (long long)verdict->behind, (long long)verdict->out_of_order,
                 (long long)verdict->attempts, (long long)verdict->under_way);
}
