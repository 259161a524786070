/* SPDX-License-Identifier: Apache-2.0 */
/* relancectl command: what people order (hold, dispute, promise, kill switch, ...), as one event of
 * the contract to a source topic. It is answered by a fact: see `explain` and the trail. */
#include "commands.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/rand.h>

#include "common/pure/calendar.h"
#include "common/runtime/clock.h"
#include "publish.h"

const struct ctl_option CTL_COMMAND_OPTIONS[] = {
    { "tenant", "ID", "whose installation; required" },
    { "debtor", "ID", "the debtor it concerns (commands about the tenant have none)" },
    { "creditor", "ID", "the creditor it concerns" },
    { "payload", "JSON", "what proto/README.md lists for the kind (default: {})" },
    { "actor", "ID", "who orders it (default: relancectl)" },
    { "id", "ID", "command id; the same id is answered once (default: random)" },
    { "topic", "NAME", "source topic (default: " CTL_SOURCE_DEFAULT ")" },
    { "time", "INSTANT", "RFC 3339 (default: now); a stepped clock takes it as its time" },
    { NULL, NULL, NULL },
};

static void random_id(char buffer[40])
{
    uint8_t bytes[12];

    if (RAND_bytes(bytes, sizeof(bytes)) != 1)
        memset(bytes, 0, sizeof(bytes));
    (void)memcpy(buffer, "ctl-", sizeof("ctl-"));
    for (size_t i = 0; i < sizeof(bytes); i++)
        (void)snprintf(buffer + 4 + 2 * i, 3, "%02x", bytes[i]);
}

static void now_text(char buffer[32])
{
    struct rlc_clock clock = rlc_clock_system();

    (void)rlc_ms_format(clock.now_ms(clock.context), buffer, 32);
}

int ctl_command_send(struct ctl *ctl, const struct ctl_order *order)
{
    char id[40];
    char now[32];
    char *text;
    rlc_ms now_ms = 0;
    struct ctl_publisher publisher = { 0 };
    json_t *event;
    int code;

    random_id(id);
    now_text(now);
    if (order->time && !rlc_ms_parse(rlc_span_of(order->time), &now_ms))
        return ctl_fail(ctl, CTL_USAGE, "--time is an RFC 3339 instant with offset");
    event = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s*, s:s*, s:{s:s, s:s, s:s, s:O}}",
                      "specversion", "1.0", "type", "io.relance.command.issued.v1", "id",
                      order->id ? order->id : id, "source", "relancectl", "time",
                      order->time ? order->time : now, "tenant", order->tenant, "debtor",
                      order->debtor, "creditor", order->creditor, "data", "command",
                      order->id ? order->id : id, "kind", order->kind, "actor",
                      order->actor ? order->actor : "relancectl", "payload", order->payload);
    text = json_dumps(event, JSON_COMPACT);
    json_decref(event);
    if (!text)
        return ctl_fail(ctl, CTL_INTERNAL, "out of memory");
    code = ctl_publisher_open(&publisher, ctl, order->topic ? order->topic : CTL_SOURCE_DEFAULT);
    publisher.partition = order->partition;
    if (code == CTL_OK)
        code = ctl_publish(&publisher, rlc_span_of(text), now_ms);
    if (code == CTL_OK)
        code = ctl_publisher_flush(&publisher);
    ctl_publisher_close(&publisher);
    free(text);
    if (code == CTL_OK &&
        !ctl_json(ctl, json_pack("{s:s, s:s}", "command", order->id ? order->id : id, "kind",
                                 order->kind)))
        (void)printf("%s sent as command %s\n", order->kind, order->id ? order->id : id);
    return code;
}

int ctl_command(struct ctl *ctl)
{
    const char *payload = ctl_option(ctl, "payload");
    json_error_t error;
    struct ctl_order order = { .tenant = ctl_option(ctl, "tenant"),
                               .debtor = ctl_option(ctl, "debtor"),
                               .creditor = ctl_option(ctl, "creditor"),
                               .actor = ctl_option(ctl, "actor"),
                               .id = ctl_option(ctl, "id"),
                               .topic = ctl_option(ctl, "topic"),
                               .time = ctl_option(ctl, "time") };
    char kind[64];
    int code;

    if (!order.tenant)
        return ctl_fail(ctl, CTL_USAGE, "--tenant ID says whose installation is meant");
    (void)snprintf(kind, sizeof(kind), "%s", ctl->arguments[0]);
    for (char *at = kind; *at; at++)
        *at = *at == '-' ? '_' : (char)toupper((unsigned char)*at);
    order.kind = kind;
    order.payload = json_loads(payload ? payload : "{}", JSON_REJECT_DUPLICATES, &error);
    if (!order.payload)
        return ctl_fail(ctl, CTL_USAGE, "--payload is no JSON: column %d: %s", error.column,
                        error.text);
    code = ctl_command_send(ctl, &order);
    json_decref(order.payload);
    return code;
}
