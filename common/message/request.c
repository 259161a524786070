/* SPDX-License-Identifier: Apache-2.0 */
#include "common/message/request.h"

#include "common/policy/creditor.h"

static const struct rlc_message_line *lines_of(const struct rlc_line *lines, size_t count,
                                               struct rlc_arena *arena)
{
    struct rlc_message_line *said = rlc_arena_array(arena, count + 1, sizeof(*said));

    for (size_t i = 0; said && i < count; i++) {
        said[i] = (struct rlc_message_line){
            .number = lines[i].number.size ? lines[i].number : lines[i].document,
            .issued_on = lines[i].issued_on,
            .due_on = lines[i].due_on,
            .total = lines[i].total,
            .open = lines[i].open,
            .disputed = lines[i].disputed,
            .interest = lines[i].interest,
            .indemnity = lines[i].indemnity,
        };
    }
    return said;
}

static const struct rlc_message_total *totals_of(const struct rlc_contact_body *body,
                                                 struct rlc_arena *arena)
{
    struct rlc_message_total *said = rlc_arena_array(arena, body->total_count + 1, sizeof(*said));

    for (size_t i = 0; said && i < body->total_count; i++) {
        const struct rlc_total *total = &body->totals[i];

        said[i] = (struct rlc_message_total){ total->open, total->interest, total->indemnity,
                                              total->line_count };
    }
    return said;
}

bool rlc_message_order_of(const struct rlc_message_request *asked, struct rlc_arena *arena,
                          struct rlc_message_order *ret_order)
{
    const struct rlc_contact_request *request = asked->request;
    const struct rlc_contact_body *body = &request->body;
    const struct rlc_message_people *people = &asked->people;

    *ret_order = (struct rlc_message_order){
        .bundle = asked->bundle,
        .template_name = body->template_name,
        .sender = body->sender,
        .to = { people->name, people->address },
        .facts = { .language = body->language,
                   .as_of_on = body->as_of_on,
                   .debtor_name = people->debtor_name,
                   .recipient_name = people->name,
                   .customer_number = body->customer_number,
                   .account_reference = people->account_reference,
                   .creditor_name =
                       rlc_creditor_title(asked->bundle, request->envelope.creditor, arena),
                   .lines = lines_of(body->lines, body->line_count, arena),
                   .line_count = body->line_count,
                   .unlisted_count = (uint32_t)asked->annex_count,
                   .totals = totals_of(body, arena),
                   .total_count = body->total_count },
        .annex = lines_of(asked->annex, asked->annex_count, arena),
        .annex_count = asked->annex_count,
        .action = body->action,
        .dated_at_ms = body->decided_at_ms,
        .unsubscribe = body->unsubscribe,
    };
    return ret_order->facts.lines && ret_order->facts.totals && ret_order->annex;
}
