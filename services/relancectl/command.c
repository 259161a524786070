/* SPDX-License-Identifier: Apache-2.0 */
/* relancectl command: what people order (hold, dispute, promise, kill switch, ...), as one event of
 * the contract to a source topic. It is checked before it is sent, and its answer is waited for. */
#include "commands.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/rand.h>

#include "answer.h"
#include "cases/preview.h"
#include "common/pure/calendar.h"
#include "common/runtime/clock.h"
#include "common/runtime/memory.h"
#include "common/wire/limits.h"
#include "contract.h"
#include "publish.h"
#include "reasons.h"
#include "sign.h"
#include "stepped.h"
#include "verdict.h"

static const char SOURCE[] = "relancectl";

const struct ctl_option CTL_COMMAND_OPTIONS[] = {
    { "tenant", "ID", "whose installation; required" },
    { "debtor", "ID", "the debtor it concerns (commands about the tenant have none)" },
    { "creditor", "ID", "the creditor it concerns" },
    { "payload", "JSON", "what proto/README.md lists for the kind (default: {})" },
    { "actor", "ID", "who orders it (default: relancectl)" },
    { "key", "FILE", "sign with this private key (PEM, Ed25519): approve and refuse" },
    { "signing-key", "ID", "with --key: what the key is called in authorities.yaml" },
    { "id", "ID", "command id; the same id is answered once (default: random)" },
    { "topic", "NAME", "source topic (default: " CTL_SOURCE_DEFAULT ")" },
    { "time", "INSTANT", "RFC 3339 (default: now, or where a stepped clock stands)" },
    { "no-wait", NULL, "do not wait for the answer (default: up to 10 s)" },
    { "yes", NULL, "approve without being asked; the claim is shown all the same" },
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

static void now_text(char buffer[RLC_MS_SIZE])
{
    struct rlc_clock clock = rlc_clock_system();

    (void)rlc_ms_format(clock.now_ms(clock.context), buffer, RLC_MS_SIZE);
}

/* `now_ms` 0: the order's time, or the wall clock's. NULL: a text is no UTF-8. */
static char *event_of(const struct ctl_order *order, const char *id, rlc_ms now_ms)
{
    char now[RLC_MS_SIZE];
    json_t *event;
    char *text;

    if (now_ms == 0 || !rlc_ms_format(now_ms, now, sizeof(now)))
        now_text(now);
    event =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s*, s:s*, s:{s:s, s:s, s:s, s:O, s:s*, "
                  "s:s*}}",
                  "specversion", "1.0", "type", "io.relance.command.issued.v1", "id", id, "source",
                  SOURCE, "time", order->time ? order->time : now, "tenant", order->tenant,
                  "debtor", order->debtor, "creditor", order->creditor, "data", "command", id,
                  "kind", order->kind, "actor", order->actor ? order->actor : SOURCE, "payload",
                  order->payload, "signing_key", order->signing_key, "signature", order->signature);
    text = event ? json_dumps(event, JSON_COMPACT) : NULL;
    json_decref(event);
    return text;
}

/* What ingest would refuse is not sent: it would hold the debtor instead of doing anything. */
static int check(struct ctl *ctl, const char *event)
{
    struct rlc_fault fault = { .path = "" };
    struct rlc_arena arena;
    enum rlc_status status = rlc_arena_map(&arena, RLC_DECODE_BYTES_MAX);

    if (status == RLC_OK)
        status = ctl_contract_check(rlc_span_of(event), &arena, &fault);
    rlc_arena_unmap(&arena);
    if (status == RLC_OK)
        return CTL_OK;
    if (status == RLC_REJECT)
        return ctl_fail(ctl, CTL_USAGE, "not sent: %s: %s: %s", fault.path, fault.code,
                        fault.remedy);
    return ctl_fail(ctl, CTL_INTERNAL, "out of memory");
}

static int send(struct ctl *ctl, const struct ctl_order *order, const char *event, rlc_ms now_ms)
{
    struct ctl_publisher publisher = { 0 };
    int code =
        ctl_publisher_open(&publisher, ctl, order->topic ? order->topic : CTL_SOURCE_DEFAULT);

    publisher.partition = order->partition;
    if (code == CTL_OK)
        code = ctl_publish(&publisher, rlc_span_of(event), now_ms);
    if (code == CTL_OK)
        code = ctl_publisher_flush(&publisher);
    ctl_publisher_close(&publisher);
    return code;
}

static int report_sent(const struct ctl *ctl, const struct ctl_order *order, const char *id)
{
    if (!ctl_json(ctl, json_pack("{s:s, s:s}", "command", id, "kind", order->kind)))
        (void)printf("%s sent as command %s\n", order->kind, id);
    return CTL_OK;
}

static void print_answer(const struct ctl_order *order, const char *id,
                         const struct ctl_answer *answer)
{
    const char *why = ctl_rule_sentence(rlc_span_of(answer->rule));

    if (!answer->word) {
        (void)printf(
            "%s sent as command %s: no answer within 10 s; do the workers run? 'relancectl "
            "explain' tells it when it comes\n",
            order->kind, id);
    } else if (strcmp(answer->word, "DEAD_LETTER") == 0) {
        (void)printf("%s refused (command %s): %s at %s: %s\n", order->kind, id, answer->rule,
                     answer->path, answer->remedy);
    } else if (strcmp(answer->word, "DUPLICATE") == 0) {
        (void)printf("%s: command %s was answered before, and is not obeyed again\n", order->kind,
                     id);
    } else if (strcmp(answer->word, "ACCEPTED") == 0) {
        (void)printf("%s accepted (command %s)\n", order->kind, id);
    } else {
        (void)printf("%s refused (command %s): %s%s%s%s%s\n", order->kind, id, answer->rule,
                     why ? ", " : "", why ? why : "", answer->detail[0] ? ": " : "",
                     answer->detail);
    }
}

/* ---- what the case says ---- */

static void print_verdict(const struct ctl_order *order, const char *id,
                          const struct ctl_verdict *verdict)
{
    const char *why = ctl_rule_sentence(rlc_span_of(verdict->rule));

    if (verdict->word[0] == '\0') {
        (void)printf("%s was passed on to its case (command %s), which did not answer within 10 s; "
                     "does relance-legal-escalation run? 'relancectl case show' tells it when it "
                     "comes\n",
                     order->kind, id);
    } else if (verdict->binds) {
        (void)printf("%s (command %s)\n", verdict->word, id);
    } else {
        (void)printf("%s refused (command %s): %s%s%s\n", order->kind, id, verdict->rule,
                     why ? ", " : "", why ? why : "");
    }
}

/* Accepted is only passed on: whether it binds, the case says. */
static int report_verdict(const struct ctl *ctl, const struct ctl_order *order, const char *id,
                          const struct ctl_verdict *verdict)
{
    const char *why = ctl_rule_sentence(rlc_span_of(verdict->rule));
    int code = CTL_FOUND;

    if (verdict->word[0] == '\0')
        code = CTL_UNAVAILABLE;
    else if (verdict->binds)
        code = CTL_OK;
    if (!ctl_json(ctl, json_pack("{s:s, s:s, s:s?, s:s*, s:s*}", "command", id, "kind", order->kind,
                                 "answer", verdict->word[0] ? verdict->word : NULL, "rule",
                                 verdict->rule[0] ? verdict->rule : NULL, "remedy",
                                 verdict->rule[0] ? why : NULL)))
        print_verdict(order, id, verdict);
    return code;
}

static int report_answer(const struct ctl *ctl, const struct ctl_order *order, const char *id,
                         const struct ctl_answer *answer)
{
    int code = CTL_FOUND;

    if (!answer->word)
        code = CTL_UNAVAILABLE;
    else if (strcmp(answer->word, "ACCEPTED") == 0 ||
             (order->repeats && strcmp(answer->word, "DUPLICATE") == 0))
        code = CTL_OK;
    if (!ctl_json(ctl,
                  json_pack("{s:s, s:s, s:s?, s:s*, s:s*, s:s*, s:s*, s:O*}", "command", id, "kind",
                            order->kind, "answer", answer->word, "rule",
                            answer->rule[0] ? answer->rule : NULL, "detail",
                            answer->detail[0] ? answer->detail : NULL, "path",
                            answer->path[0] ? answer->path : NULL, "remedy",
                            answer->remedy[0] ? answer->remedy : NULL, "record", order->record)))
        print_answer(order, id, answer);
    return code;
}

/* Two answers, each with a reader of its own: scenario's, and the case's. */
struct readers {
    struct ctl_tail answers;
    struct ctl_tail verdicts;
};

static int open_readers(struct ctl *ctl, const struct ctl_order *order, struct readers *readers)
{
    int code = ctl_answers_open(&readers->answers, ctl);

    if (code == CTL_OK && ctl_verdict_comes(order->kind))
        code = ctl_verdict_open(&readers->verdicts, ctl);
    return code;
}

static int wait_for_both(struct ctl *ctl, const struct ctl_order *order, const char *id,
                         struct readers *readers)
{
    struct ctl_answer answer;
    struct ctl_verdict verdict;
    int code = ctl_answers_wait(&readers->answers, order->tenant, SOURCE, id, &answer);

    if (code != CTL_OK)
        return code;
    if (!answer.word || strcmp(answer.word, "ACCEPTED") != 0 || !ctl_verdict_comes(order->kind))
        return report_answer(ctl, order, id, &answer);
    code = ctl_verdict_wait(&readers->verdicts, order->tenant, id, &verdict);
    return code == CTL_OK ? report_verdict(ctl, order, id, &verdict) : code;
}

/* The readers stand at the end of the answers before anything is asked. */
static int send_and_wait(struct ctl *ctl, const struct ctl_order *order, const char *id,
                         const char *event, rlc_ms now_ms)
{
    static struct readers readers; /* as wide as the widest installation */
    bool waits = !ctl_option(ctl, "no-wait");
    int code = CTL_OK;

    if (waits)
        code = open_readers(ctl, order, &readers);
    if (code == CTL_OK)
        code = send(ctl, order, event, now_ms);
    if (code == CTL_OK)
        code = waits ? wait_for_both(ctl, order, id, &readers) : report_sent(ctl, order, id);
    ctl_tail_close(&readers.answers);
    ctl_tail_close(&readers.verdicts);
    return code;
}

static int send_order(struct ctl *ctl, const struct ctl_order *order, const char *id)
{
    rlc_ms now_ms = 0;
    char *event;
    int code;

    if (order->time && !rlc_ms_parse(rlc_span_of(order->time), &now_ms))
        return ctl_fail(ctl, CTL_USAGE, "--time is an RFC 3339 instant with offset");
    event = event_of(order, id, 0);
    if (!event)
        return ctl_fail(ctl, CTL_USAGE, "every option is UTF-8 text");
    code = check(ctl, event);
    if (code == CTL_OK && !order->time)
        code = ctl_stepped_now(ctl, &now_ms);
    if (code == CTL_OK && !order->time && now_ms != 0) {
        free(event);
        event = event_of(order, id, now_ms);
    }
    if (code == CTL_OK && event)
        code = send_and_wait(ctl, order, id, event, now_ms);
    free(event);
    return code;
}

int ctl_command_send(struct ctl *ctl, const struct ctl_order *order)
{
    char made[40];
    const char *id = order->id ? order->id : made;
    struct ctl_order signed_order = *order;
    char signature[CTL_SIGNATURE_SIZE];
    int code;

    random_id(made);
    if (!order->key_file)
        return send_order(ctl, order, id);
    code = strcmp(order->kind, "APPROVE") == 0 ? ctl_case_preview(ctl, order) : CTL_OK;
    if (code == CTL_OK)
        code = ctl_sign(ctl, order, id, order->key_file, signature);
    signed_order.signature = signature;
    return code == CTL_OK ? send_order(ctl, &signed_order, id) : code;
}

/* "acme/C-1" where C-1 is meant would be a debtor of its own, and nobody would notice. */
static int check_debtor(const struct ctl *ctl, const struct ctl_order *order)
{
    size_t size = strlen(order->tenant);

    if (!order->debtor || strncmp(order->debtor, order->tenant, size) != 0 ||
        order->debtor[size] != '/')
        return CTL_OK;
    return ctl_fail(ctl, CTL_USAGE, "--debtor is the id alone: '%s', --tenant names the tenant",
                    order->debtor + size + 1);
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
                               .time = ctl_option(ctl, "time"),
                               .signing_key = ctl_option(ctl, "signing-key"),
                               .key_file = ctl_option(ctl, "key") };
    char kind[64];
    int code;

    if (!order.tenant)
        return ctl_fail(ctl, CTL_USAGE, "--tenant ID says whose installation is meant");
    code = check_debtor(ctl, &order);
    if (code != CTL_OK)
        return code;
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
