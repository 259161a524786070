/* SPDX-License-Identifier: Apache-2.0 */
#include "remake.h"

#include <stdarg.h>
#include <string.h>

#include "common/wire/debtor_fact.h"

static int give_up(struct ctl_remade *remade, int code, const char *format, ...) RLC_PRINTF(3, 4);

static int give_up(struct ctl_remade *remade, int code, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    (void)vsnprintf(remade->why, sizeof(remade->why), format, values);
    va_end(values);
    return code;
}

/* ---- the request ---- */

/* The request is its first part; the lines of the others are the annex. */
static bool decode_parts(const struct rlc_span *parts, size_t part_count, struct rlc_arena *arena,
                         struct rlc_contact_request *ret_request,
                         struct rlc_message_request *ret_asked)
{
    struct rlc_line *annex =
        rlc_arena_array(arena, part_count * RLC_REQUEST_LINES_MAX, sizeof(*annex));
    struct rlc_debtor_fact fact;
    struct rlc_fault fault;

    *ret_asked = (struct rlc_message_request){ .request = ret_request, .annex = annex };
    for (size_t i = 0; i < part_count; i++) {
        const struct rlc_contact_body *body = &fact.contact_requested;

        if (!annex || rlc_debtor_fact_decode(parts[i], arena, &fact, &fault) != RLC_OK)
            return false;
        if (i == 0)
            *ret_request = (struct rlc_contact_request){ fact.envelope, *body };
        for (size_t k = 0; i > 0 && k < body->line_count; k++)
            annex[ret_asked->annex_count++] = body->lines[k];
    }
    return part_count > 0 && part_count == ret_request->body.part_count;
}

/* ---- people ---- */

/* What is absent stays empty. */
static bool open_one(struct ctl *ctl, struct rlc_span tenant, const struct rlc_sealed *sealed,
                     struct rlc_arena *arena, struct rlc_span *ret_plain, struct ctl_remade *remade)
{
    char why[CTL_WHY_SIZE];

    if (!sealed->key_id.size)
        return true;
    *ret_plain = ctl_unseal(ctl, ctl_option(ctl, "tenant-keys"), tenant, sealed, arena, why);
    if (ret_plain->data)
        return true;
    remade->erased = ctl_why_erased(why);
    (void)give_up(remade, CTL_NOT_THERE, "the message cannot be made again: %s", why);
    return false;
}

static bool open_people(struct ctl *ctl, struct rlc_arena *arena,
                        struct rlc_message_people *ret_people, struct ctl_remade *remade)
{
    const struct rlc_contact_body *body = &remade->request.body;
    struct rlc_span tenant = remade->request.envelope.tenant;

    return open_one(ctl, tenant, &body->debtor_name, arena, &ret_people->debtor_name, remade) &&
           open_one(ctl, tenant, &body->account_reference, arena, &ret_people->account_reference,
                    remade) &&
           open_one(ctl, tenant, &body->recipients->name, arena, &ret_people->name, remade) &&
           open_one(ctl, tenant, &body->recipients->address, arena, &ret_people->address, remade);
}

/* ---- the message ---- */

static int compose(const struct rlc_message_request *asked, struct rlc_arena *arena,
                   struct ctl_remade *remade)
{
    struct rlc_message_order order;
    struct rlc_sender sender;
    struct rlc_fault fault = { .path = "" };

    if (rlc_message_order_of(asked, arena, &order) &&
        rlc_message_compose(&order, arena, &sender, &remade->mail, &fault) == RLC_OK)
        return CTL_OK;
    return give_up(remade, CTL_FOUND, "%s %s: %s", fault.code ? fault.code : "NO_MEMORY",
                   fault.path, fault.remedy);
}

int ctl_remake(struct ctl *ctl, const struct rlc_span *parts, size_t part_count,
               const struct rlc_bundles *bundles, struct rlc_arena *arena,
               struct ctl_remade *ret_remade)
{
    const struct rlc_contact_request *request = &ret_remade->request;
    struct rlc_message_request asked;

    *ret_remade = (struct ctl_remade){ .erased = false };
    if (!decode_parts(parts, part_count, arena, &ret_remade->request, &asked))
        return give_up(ret_remade, CTL_FOUND, "the trail does not hold all parts of that request");
    asked.bundle = rlc_bundles_find(bundles, &request->envelope.rules.bundle_hash);
    if (!asked.bundle)
        return give_up(ret_remade, CTL_NOT_THERE,
                       "the bundle it was decided under is not in the log");
    if (request->body.channel != RLC_CHANNEL_EMAIL || request->body.recipient_count != 1)
        return give_up(ret_remade, CTL_FOUND, "that contact is no mail to one recipient");
    if (!open_people(ctl, arena, &asked.people, ret_remade))
        return CTL_NOT_THERE;
    return compose(&asked, arena, ret_remade);
}
