/* SPDX-License-Identifier: Apache-2.0 */
/* What a debtor, its bank or the seller's people do about one invoice. */
#include "sample_debtor.h"

#include <string.h>

#include "text.h"

/* The part of the invoice that an act is about. */
static int64_t part_of(const struct sample_invoice *invoice, const struct sample_act *act)
{
    return act->percent ? invoice->total_minor * act->percent / 100 : invoice->open_minor;
}

static json_t *allocations(const struct sample_invoice *invoice, int64_t minor)
{
    char text[RLC_MONEY_SIZE];

    (void)rlc_money_format(sample_money(invoice->seller, minor), RLC_MONEY_CANONICAL, text,
                           sizeof(text));
    return json_pack("[{s:s, s:s}]", "document", invoice->document, "amount", text);
}

/* An invoice counts as open by what its seller's books say. */
static void settle(struct sample_debtor *debtor, struct sample_invoice *invoice, int64_t minor)
{
    invoice->open_minor -= minor;
    debtor->book->open_minor[invoice->seller - SAMPLE_SELLER] -= minor;
}

/* ---- money ---- */

/* A payment without the members that differ; NULL where there is nothing to pay. */
static json_t *payment_of(struct sample_debtor *debtor, struct sample_invoice *invoice,
                          const struct sample_act *act, rlc_day on)
{
    json_t *data;

    invoice->paid_minor = part_of(invoice, act);
    if (invoice->paid_minor <= 0)
        return NULL;
    data = json_object();
    sample_book_document(debtor->book, 'P', invoice->payment);
    ctl_put_text(data, "payment", invoice->payment);
    ctl_put_money(data, "amount", sample_money(invoice->seller, invoice->paid_minor));
    ctl_put_day(data, "received_on", on);
    return data;
}

static void tell_payment(struct sample_debtor *debtor, struct sample_invoice *invoice, rlc_day on,
                         json_t *data, bool named)
{
    if (named) {
        ctl_put(data, "allocations", allocations(invoice, invoice->paid_minor));
        settle(debtor, invoice, invoice->paid_minor);
    }
    sample_tell(debtor, "payment.received", "bank", invoice->seller, on, data);
}

static void pay(struct sample_debtor *debtor, struct sample_invoice *invoice,
                const struct sample_act *act, rlc_day on)
{
    json_t *data = payment_of(debtor, invoice, act, on);

    if (data)
        tell_payment(debtor, invoice, on, data, true);
}

static void pay_unnamed(struct sample_debtor *debtor, struct sample_invoice *invoice,
                        const struct sample_act *act, rlc_day on)
{
    json_t *data = payment_of(debtor, invoice, act, on);

    if (data)
        tell_payment(debtor, invoice, on, data, false);
}

static void debit(struct sample_debtor *debtor, struct sample_invoice *invoice,
                  const struct sample_act *act, rlc_day on)
{
    json_t *data = payment_of(debtor, invoice, act, on);

    if (!data)
        return;
    ctl_put_text(data, "method", "DIRECT_DEBIT");
    ctl_put_ms(data, "provisional_until", (on + act->for_days) * RLC_DAY_MS);
    tell_payment(debtor, invoice, on, data, true);
}

static void take_back(struct sample_debtor *debtor, struct sample_invoice *invoice,
                      const struct sample_act *act, rlc_day on)
{
    json_t *data = json_pack("{s:s, s:s}", "payment", invoice->payment, "reason_code", "AM04");

    (void)act;
    ctl_put_day(data, "reversed_on", on);
    settle(debtor, invoice, -invoice->paid_minor);
    sample_tell(debtor, "payment.reversed", "bank", invoice->seller, on, data);
}

static void credit(struct sample_debtor *debtor, struct sample_invoice *invoice,
                   const struct sample_act *act, rlc_day on)
{
    json_t *data = json_object();
    char name[SAMPLE_NAME_SIZE];
    int64_t minor = part_of(invoice, act);

    sample_book_document(debtor->book, 'A', name);
    ctl_put_text(data, "document", name);
    ctl_put_money(data, "total", sample_money(invoice->seller, minor));
    ctl_put_day(data, "issued_on", on);
    ctl_put_text(data, "reason_code", "GOODWILL");
    ctl_put(data, "allocations", allocations(invoice, minor));
    settle(debtor, invoice, minor);
    sample_tell(debtor, "credit_note.issued", "erp", invoice->seller, on, data);
}

/* ---- what stands in the way ---- */

static void dispute(struct sample_debtor *debtor, struct sample_invoice *invoice,
                    const struct sample_act *act, rlc_day on)
{
    static const char *const REASON[] = { "PRICE", "QUANTITY", "DELIVERY", "QUALITY" };
    json_t *data = json_object();

    sample_book_document(debtor->book, 'D', invoice->dispute);
    invoice->disputed_minor = part_of(invoice, act);
    ctl_put_text(data, "dispute", invoice->dispute);
    ctl_put_text(data, "document", invoice->document);
    ctl_put_day(data, "opened_on", on);
    ctl_put_text(data, "reason", REASON[sample_draw(debtor, 0, RLC_COUNT(REASON) - 1)]);
    if (act->percent)
        ctl_put_money(data, "amount", sample_money(invoice->seller, invoice->disputed_minor));
    sample_tell(debtor, "dispute.opened", "crm", invoice->seller, on, data);
}

static void resolve(struct sample_debtor *debtor, struct sample_invoice *invoice,
                    const struct sample_act *act, rlc_day on)
{
    json_t *data = json_pack("{s:s, s:s}", "dispute", invoice->dispute, "result", act->word);

    ctl_put_day(data, "resolved_on", on);
    if (strcmp(act->word, "ACCEPTED") == 0)
        ctl_put_money(data, "accepted", sample_money(invoice->seller, invoice->disputed_minor));
    sample_tell(debtor, "dispute.resolved", "crm", invoice->seller, on, data);
}

static void promise(struct sample_debtor *debtor, struct sample_invoice *invoice,
                    const struct sample_act *act, rlc_day on)
{
    json_t *data = json_object();
    char name[SAMPLE_NAME_SIZE];

    sample_book_document(debtor->book, 'Z', name);
    ctl_put_text(data, "promise", name);
    ctl_put_money(data, "amount", sample_money(invoice->seller, invoice->open_minor));
    ctl_put_day(data, "made_on", on);
    ctl_put_day(data, "promised_for", on + act->for_days);
    ctl_put_text(data, "channel", "CALL");
    ctl_put(data, "documents", json_pack("[s]", invoice->document));
    sample_tell(debtor, "promise.made", "crm", invoice->seller, on, data);
}

static void hold(struct sample_debtor *debtor, struct sample_invoice *invoice,
                 const struct sample_act *act, rlc_day on)
{
    bool of_debtor = strcmp(act->word, "DEBTOR") == 0;
    json_t *data = json_object();

    sample_book_document(debtor->book, 'H', invoice->hold);
    ctl_put_text(data, "hold", invoice->hold);
    ctl_put_text(data, "reach", act->word);
    ctl_put_text(data, "reason", of_debtor ? "MEDIATION" : "MANUAL");
    ctl_put_text(data, "clock", of_debtor ? "CONTINUE" : "STOP");
    if (act->for_days)
        ctl_put_ms(data, "until", (on + act->for_days) * RLC_DAY_MS);
    sample_tell(debtor, "hold.placed", "crm", of_debtor ? NULL : invoice->seller, on, data);
}

static void lift(struct sample_debtor *debtor, struct sample_invoice *invoice,
                 const struct sample_act *act, rlc_day on)
{
    json_t *data = json_pack("{s:s, s:s}", "hold", invoice->hold, "reason_code", "AGREED");

    (void)act;
    sample_tell(debtor, "hold.lifted", "crm", invoice->seller, on, data);
}

static void repeat(struct sample_debtor *debtor, struct sample_invoice *invoice,
                   const struct sample_act *act, rlc_day on)
{
    (void)act;
    sample_deliver(debtor, on, invoice->event);
}

/* ---- all of them ---- */

static void (*const ACT[])(struct sample_debtor *, struct sample_invoice *,
                           const struct sample_act *, rlc_day) = {
    [SAMPLE_PAYS] = pay,           [SAMPLE_PAYS_UNNAMED] = pay_unnamed, [SAMPLE_DEBITED] = debit,
    [SAMPLE_RETURNED] = take_back, [SAMPLE_CREDITED] = credit,          [SAMPLE_DISPUTES] = dispute,
    [SAMPLE_RESOLVED] = resolve,   [SAMPLE_PROMISES] = promise,         [SAMPLE_HELD] = hold,
    [SAMPLE_LIFTED] = lift,        [SAMPLE_REPEATED] = repeat,
};

void sample_act(struct sample_debtor *debtor, struct sample_invoice *invoice,
                const struct sample_act *act, rlc_day on)
{
    /* What would happen after the year is over does not happen: books must agree with records. */
    if (on <= debtor->book->last_on && on < debtor->acts_until_on)
        ACT[act->verb](debtor, invoice, act, on);
}
