/* SPDX-License-Identifier: Apache-2.0 */
#include "common/message/message.h"

#include <stdio.h>

#include "common/message/annex.h"
#include "common/policy/sender.h"
#include "common/policy/template.h"

#define PATH_SIZE        192                  /* a folder, two names of 64 bytes, endings */
#define UNSUBSCRIBE_SIZE (RLC_EMAIL_MAX + 64) /* an address, a scheme, a subject of 44 letters */

/* One message on its way. */
struct making {
    const struct rlc_message_order *order;
    struct rlc_arena *arena;
    struct rlc_fault *fault;
    struct rlc_sender sender;
    struct rlc_message_facts facts; /* completed */
    struct rlc_message text;
    struct rlc_message html; /* empty body: there is none */
    struct rlc_mail_attachment annex;
};

static struct rlc_span no_span(void)
{
    return (struct rlc_span){ NULL, 0 };
}

/* "templates/reminder.fr.txt:12:4". */
static enum rlc_status refuse_at(struct making *making, const char *code, const char *path,
                                 int32_t line, int32_t column, const char *remedy)
{
    char place[PATH_SIZE + 24];

    (void)snprintf(place, sizeof(place), line ? "%s:%d:%d" : "%s", path, line, column);
    return rlc_fault_set(making->fault, code, place, remedy);
}

/* ---- the bundle's part ---- */

static struct rlc_span content_of(const struct making *making, const char *path)
{
    return rlc_bundle_content(making->order->bundle, rlc_span_of(path));
}

static const struct rlc_yaml *open_yaml(struct making *making, const char *path,
                                        struct rlc_problems *problems,
                                        struct rlc_reading *ret_reading)
{
    const struct rlc_yaml *root =
        rlc_yaml_parse(rlc_span_of(path), content_of(making, path), making->arena, problems);

    *ret_reading = (struct rlc_reading){ .path = rlc_span_of(path),
                                         .arena = making->arena,
                                         .problems = problems };
    return root && root->kind == RLC_YAML_MAP ? root : NULL;
}

static enum rlc_status read_sender(struct making *making)
{
    struct rlc_problems problems = { 0 };
    struct rlc_reading reading;
    const struct rlc_yaml *root;
    char path[PATH_SIZE];

    (void)snprintf(path, sizeof(path), "senders/%.*s.yaml", (int)making->order->sender.size,
                   (const char *)making->order->sender.data);
    if (!content_of(making, path).data)
        return refuse_at(making, "NO_SENDER", path, 0, 0, "add the sender's file to the bundle");
    root = open_yaml(making, path, &problems, &reading);
    if (root)
        rlc_policy_bind(&reading, root, &RLC_SENDER_TABLE, &making->sender, true);
    if (reading.out_of_memory)
        return RLC_RETRY;
    if (root && problems.error_count == 0)
        return RLC_OK;
    return refuse_at(making, "BAD_SENDER", path, 0, 0, "run 'relancectl bundle check' on it");
}

/* The language of bundle.yaml; empty if it does not say. */
static struct rlc_span bundle_language(struct making *making)
{
    struct rlc_problems problems = { 0 };
    struct rlc_reading reading;
    const struct rlc_yaml *root = open_yaml(making, "bundle.yaml", &problems, &reading);
    const struct rlc_yaml *language = root ? rlc_yaml_get(root, "language") : NULL;

    return language && language->kind == RLC_YAML_SCALAR ? language->text : no_span();
}

static void template_path(const struct making *making, const char *ending, char path[PATH_SIZE])
{
    struct rlc_span name = making->order->template_name;
    struct rlc_span language = making->facts.language;

    (void)snprintf(path, PATH_SIZE, "templates/%.*s.%.*s.%s", (int)name.size,
                   (const char *)name.data, (int)language.size, (const char *)language.data,
                   ending);
}

static bool has_template(const struct making *making, char path[PATH_SIZE])
{
    template_path(making, "txt", path);
    return content_of(making, path).data != NULL;
}

static enum rlc_status choose_language(struct making *making)
{
    char wanted[PATH_SIZE], path[PATH_SIZE];

    if (has_template(making, wanted))
        return RLC_OK;
    making->facts.language = bundle_language(making);
    if (making->facts.language.size && has_template(making, path))
        return RLC_OK;
    return refuse_at(making, "NO_TEMPLATE", wanted, 0, 0,
                     "add the template, or one in the language of bundle.yaml");
}

/* ---- rendering ---- */

/* What keeps facts from becoming a message of a template that is sound. */
static const char *remedy_of(enum rlc_template_issue issue)
{
    if (issue == RLC_TEMPLATE_UNCLEAN_VALUE)
        return "a value holds line ends, control or direction characters: correct it at its source";
    if (issue == RLC_TEMPLATE_MESSAGE_TOO_LONG || issue == RLC_TEMPLATE_SUBJECT_TOO_LONG)
        return "shorten the template, or list fewer lines";
    return "a value has an unknown currency or an impossible date: correct it at its source";
}

static enum rlc_status render(struct making *making, const char *ending,
                              enum rlc_template_kind kind, struct rlc_message *ret_message)
{
    struct rlc_template_faults faults = { .count = 0 };
    struct rlc_template_fault fault = { .issue = RLC_TEMPLATE_SOUND };
    struct rlc_template template;
    enum rlc_status status;
    char path[PATH_SIZE];

    template_path(making, ending, path);
    status = rlc_template_parse(content_of(making, path), kind, making->arena, &template, &faults);
    if (status == RLC_REJECT)
        return refuse_at(making, "BAD_TEMPLATE", path, faults.fault[0].line, faults.fault[0].column,
                         "run 'relancectl bundle check' on it");
    if (status == RLC_OK)
        status = rlc_template_render(&template, &making->facts, making->arena, ret_message, &fault);
    if (status == RLC_REJECT)
        return refuse_at(making, "NOT_RENDERED", path, fault.line, fault.column,
                         remedy_of(fault.issue));
    return status == RLC_OK ? RLC_OK : RLC_RETRY;
}

static enum rlc_status render_parts(struct making *making)
{
    char path[PATH_SIZE];
    enum rlc_status status = render(making, "txt", RLC_TEMPLATE_TEXT, &making->text);

    if (status != RLC_OK)
        return status;
    template_path(making, "txt", path);
    if (!making->text.subject.size)
        return refuse_at(making, "NO_SUBJECT", path, 1, 1, "begin it with 'Subject: ...'");
    template_path(making, "html", path);
    if (!content_of(making, path).data)
        return RLC_OK;
    return render(making, "html", RLC_TEMPLATE_HTML, &making->html);
}

/* A message that speaks of an annex has it, whole. */
static enum rlc_status check_annex(struct making *making)
{
    if (making->order->annex_count == making->order->facts.unlisted_count)
        return RLC_OK;
    return refuse_at(making, "BAD_ANNEX", "annex", 0, 0,
                     "give each line that the message does not list, and no other");
}

static enum rlc_status write_annex(struct making *making)
{
    const struct rlc_message_order *order = making->order;

    if (order->annex_count == 0)
        return RLC_OK;
    return rlc_annex_write(order->annex, order->annex_count, making->facts.language, making->arena,
                           &making->annex, making->fault);
}

/* ---- the mail ---- */

/* A mail of the reader's program to the sender's address (RFC 2369 3.2); its subject says to what.
 */
static struct rlc_span unsubscribe_at(const struct making *making, char room[UNSUBSCRIBE_SIZE])
{
    uint8_t hex[2 * sizeof(making->order->action.bytes)];
    struct rlc_span address = making->sender.unsubscribe;

    if (!making->order->unsubscribe || !address.size)
        return no_span();
    rlc_hex_write(making->order->action.bytes, sizeof(making->order->action.bytes), hex);
    (void)snprintf(room, UNSUBSCRIBE_SIZE, "mailto:%.*s?subject=unsubscribe%%20%.*s",
                   (int)address.size, (const char *)address.data, (int)sizeof(hex),
                   (const char *)hex);
    return rlc_span_of(room);
}

static enum rlc_status compose(struct making *making, struct rlc_span *ret_bytes)
{
    const struct rlc_message_order *order = making->order;
    char id[RLC_MAIL_MESSAGE_ID_SIZE];
    char unsubscribe[UNSUBSCRIBE_SIZE];
    size_t id_size =
        rlc_mail_message_id(&order->action, rlc_email_domain(making->sender.email), id);
    struct rlc_mail mail = {
        .from = { making->sender.name, making->sender.email },
        .reply_to = { no_span(), making->sender.reply_to },
        .to = order->to,
        .cc = order->cc,
        .cc_count = order->cc_count,
        .subject = making->text.subject,
        .text = making->text.body,
        .html = making->html.body,
        .attachments = &making->annex,
        .attachment_count = order->annex_count ? 1 : 0,
        .message_id = rlc_span_from(id, id_size),
        .list_unsubscribe = unsubscribe_at(making, unsubscribe),
        .language = making->facts.language,
        .dated_at_ms = order->dated_at_ms,
    };

    return rlc_mail_compose(&mail, making->arena, ret_bytes, making->fault);
}

static void complete_facts(struct making *making)
{
    const struct rlc_sender *sender = &making->sender;

    making->facts.sender_name = sender->name;
    making->facts.sender_email = sender->email;
    making->facts.sender_phone = sender->phone;
    making->facts.reply_to = sender->reply_to.size ? sender->reply_to : sender->email;
    making->facts.disputes_to = sender->disputes_to;
}

enum rlc_status rlc_message_compose(const struct rlc_message_order *order, struct rlc_arena *arena,
                                    struct rlc_sender *ret_sender, struct rlc_span *ret_bytes,
                                    struct rlc_fault *ret_fault)
{
    struct making making = {
        .order = order, .arena = arena, .fault = ret_fault, .facts = order->facts
    };
    enum rlc_status status;

    *ret_fault = (struct rlc_fault){ .code = NULL };
    status = check_annex(&making);
    if (status == RLC_OK)
        status = read_sender(&making);
    if (status == RLC_OK)
        status = choose_language(&making);
    if (status == RLC_OK) {
        complete_facts(&making);
        status = render_parts(&making);
    }
    if (status == RLC_OK)
        status = write_annex(&making);
    if (status == RLC_OK)
        status = compose(&making, ret_bytes);
    *ret_sender = making.sender;
    return status;
}
