/* SPDX-License-Identifier: Apache-2.0 */
/* Fills a template: the nodes of a part in their order, once to measure and once to write, so that
 * a message takes the memory it needs. */
#include "common/policy/template_node.h"

#include "common/policy/written.h"
#include "common/pure/decimal.h"
#include "common/pure/text.h"

/* One walk over a part. */
struct run {
    const struct rlc_template *template;
    const struct rlc_template_part *part;
    const struct rlc_message_facts *facts;
    struct rlc_template_frame frame;
    size_t item;    /* of the list that is walked: there is at most one */
    uint8_t *bytes; /* NULL: only measure */
    size_t used;
    size_t limit;
    enum rlc_template_issue too_long; /* what `limit` is the limit of */
    enum rlc_template_issue issue;    /* stops the walk */
};

static void put(struct run *run, struct rlc_span text)
{
    if (text.size > run->limit - run->used) {
        run->issue = run->too_long;
        return;
    }
    if (run->bytes && text.size > 0)
        memcpy(run->bytes + run->used, text.data, text.size);
    run->used += text.size;
}

/* ---- values ---- */

/* A value as text: borrowed, or in the buffer. */
struct value {
    struct rlc_span text;
    enum rlc_template_issue issue;
    char buffer[RLC_WRITTEN_SIZE];
};

/* A member that was written into the buffer: nothing was, for one that cannot be. */
static void written(struct value *value, size_t size)
{
    value->text = rlc_span_from(value->buffer, size);
    if (size == 0)
        value->issue = RLC_TEMPLATE_IMPOSSIBLE_VALUE;
}

static const void *member_of(const struct run *run, const struct rlc_template_variable *variable)
{
    return (const char *)run->frame.base[variable->scope] + variable->offset;
}

static void read_span(const struct run *run, const struct rlc_template_variable *variable,
                      struct value *value)
{
    memcpy(&value->text, member_of(run, variable), sizeof(value->text));
    /* A line break in a name could begin a header, or a sentence that is not ours. */
    if (!rlc_text_is_clean(value->text))
        value->issue = RLC_TEMPLATE_UNCLEAN_VALUE;
}

static void read_day(const struct run *run, const struct rlc_template_variable *variable,
                     struct value *value)
{
    rlc_day day;

    memcpy(&day, member_of(run, variable), sizeof(day));
    if (day != RLC_DAY_NONE)
        written(value, rlc_day_write(day, run->facts->language, value->buffer));
}

static void read_money(const struct run *run, const struct rlc_template_variable *variable,
                       struct value *value)
{
    struct rlc_money money;

    memcpy(&money, member_of(run, variable), sizeof(money));
    if (money.currency[0] != '\0')
        written(value, rlc_money_write(money, run->facts->language, value->buffer));
}

static void read_currency(const struct run *run, const struct rlc_template_variable *variable,
                          struct value *value)
{
    memcpy(value->buffer, member_of(run, variable), RLC_CURRENCY_SIZE);
    if (value->buffer[0] != '\0')
        written(value, rlc_currency_exponent(value->buffer) < 0 ? 0 : strlen(value->buffer));
}

static void read_count(const struct run *run, const struct rlc_template_variable *variable,
                       struct value *value)
{
    written(value,
            rlc_u64_format(variable->count(&run->frame), value->buffer, sizeof(value->buffer)));
}

static void (*const READ[RLC_TEMPLATE_TYPE_COUNT])(const struct run *run,
                                                   const struct rlc_template_variable *variable,
                                                   struct value *value) = {
    [RLC_TEMPLATE_SPAN] = read_span,         [RLC_TEMPLATE_DAY] = read_day,
    [RLC_TEMPLATE_MONEY] = read_money,       [RLC_TEMPLATE_COUNT] = read_count,
    [RLC_TEMPLATE_CURRENCY] = read_currency,
};

/* Whether {% if %} finds something: a text, a date, an amount or a number other than zero. */
static bool is_there(const struct run *run, const struct rlc_template_variable *variable)
{
    struct value value = { .issue = RLC_TEMPLATE_SOUND };
    struct rlc_money money;

    if (variable->type == RLC_TEMPLATE_COUNT)
        return variable->count(&run->frame) > 0;
    if (variable->type == RLC_TEMPLATE_MONEY) {
        memcpy(&money, member_of(run, variable), sizeof(money));
        return money.minor != 0;
    }
    READ[variable->type](run, variable, &value);
    return value.text.size > 0;
}

/* ---- output ---- */

static const struct {
    uint8_t byte;
    const char *written;
} ESCAPES[] = {
    { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" }, { '\'', "&#39;" },
};

static struct rlc_span escaped(const uint8_t *byte)
{
    for (size_t i = 0; i < RLC_COUNT(ESCAPES); i++) {
        if (ESCAPES[i].byte == *byte)
            return rlc_span_of(ESCAPES[i].written);
    }
    return rlc_span_from(byte, 1);
}

static void put_value(struct run *run, struct rlc_span text)
{
    if (run->template->kind == RLC_TEMPLATE_TEXT) {
        put(run, text);
        return;
    }
    for (size_t i = 0; i < text.size && run->issue == RLC_TEMPLATE_SOUND; i++)
        put(run, escaped(text.data + i));
}

/* Characters, as a fixed-width font counts them for the letters and digits we write. */
static size_t characters(struct rlc_span text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.size; i++)
        count += (text.data[i] & 0xc0) != 0x80;
    return count;
}

static void fill(struct run *run, size_t spaces)
{
    for (; spaces > 0 && run->issue == RLC_TEMPLATE_SOUND; spaces--)
        put(run, rlc_span_of(" "));
}

/* ---- nodes ---- */

/* Each does one node, which stands at `at`, and returns where to go on. */
static size_t do_text(struct run *run, const struct rlc_template_node *node, size_t at)
{
    put(run, node->text);
    return at + 1;
}

static size_t do_value(struct run *run, const struct rlc_template_node *node, size_t at)
{
    struct value value = { .issue = RLC_TEMPLATE_SOUND };
    size_t width;
    size_t spaces;

    READ[node->variable->type](run, node->variable, &value);
    run->issue = value.issue;
    if (run->issue != RLC_TEMPLATE_SOUND)
        return at;
    width = characters(value.text);
    /* What is wider stays whole: a table out of line is better than half an amount. */
    spaces = node->width > width ? node->width - width : 0;
    fill(run, node->right ? spaces : 0);
    if (run->issue == RLC_TEMPLATE_SOUND)
        put_value(run, value.text);
    fill(run, node->right ? 0 : spaces);
    return at + 1;
}

static size_t do_unless(struct run *run, const struct rlc_template_node *node, size_t at)
{
    return is_there(run, node->variable) ? at + 1 : node->jump;
}

static size_t do_jump(struct run *run, const struct rlc_template_node *node, size_t at)
{
    (void)run;
    (void)at;
    return node->jump;
}

/* Stands on an item of a list; false when there is none. */
static bool take_item(struct run *run, enum rlc_template_scope list, size_t item)
{
    const struct rlc_message_facts *facts = run->facts;
    const void **base = &run->frame.base[list];

    run->item = item;
    *base = NULL;
    if (list == RLC_TEMPLATE_LINE && item < facts->line_count)
        *base = &facts->lines[item];
    if (list == RLC_TEMPLATE_TOTAL && item < facts->total_count)
        *base = &facts->totals[item];
    return *base != NULL;
}

static size_t do_each(struct run *run, const struct rlc_template_node *node, size_t at)
{
    return take_item(run, node->list, 0) ? at + 1 : node->jump;
}

static size_t do_next(struct run *run, const struct rlc_template_node *node, size_t at)
{
    return take_item(run, node->list, run->item + 1) ? node->jump : at + 1;
}

static size_t (*const DO[RLC_TEMPLATE_OP_COUNT])(struct run *run,
                                                 const struct rlc_template_node *node,
                                                 size_t at) = {
    [RLC_TEMPLATE_OP_TEXT] = do_text,     [RLC_TEMPLATE_OP_VALUE] = do_value,
    [RLC_TEMPLATE_OP_UNLESS] = do_unless, [RLC_TEMPLATE_OP_JUMP] = do_jump,
    [RLC_TEMPLATE_OP_EACH] = do_each,     [RLC_TEMPLATE_OP_NEXT] = do_next,
};

/* Goes on from `at` to the end or to the first fault; jumps back only while a list has items. */
static bool walk(struct run *run, struct rlc_template_fault *ret_fault)
{
    for (size_t at = 0; at < run->part->count;) {
        const struct rlc_template_node *node = &run->part->nodes[at];

        at = DO[node->op](run, node, at);
        if (run->issue != RLC_TEMPLATE_SOUND) {
            *ret_fault = rlc_template_fault_at(run->template->text, node->offset, run->issue);
            if (run->issue != run->too_long)
                ret_fault->name = rlc_span_of(node->variable->name);
            return false;
        }
    }
    return true;
}

static enum rlc_status render(struct run run, struct rlc_arena *arena, struct rlc_span *ret_text,
                              struct rlc_template_fault *ret_fault)
{
    run.frame.base[RLC_TEMPLATE_TOP] = run.facts;
    if (!walk(&run, ret_fault))
        return RLC_REJECT;
    run.bytes = rlc_arena_alloc(arena, run.used);
    if (!run.bytes)
        return RLC_FATAL;
    run.used = 0;
    if (!walk(&run, ret_fault))
        return RLC_REJECT;
    *ret_text = rlc_span_from(run.bytes, run.used);
    return RLC_OK;
}

enum rlc_status rlc_template_render(const struct rlc_template *template,
                                    const struct rlc_message_facts *facts, struct rlc_arena *arena,
                                    struct rlc_message *ret_message,
                                    struct rlc_template_fault *ret_fault)
{
    struct run subject = { .template = template,
                           .part = &template->subject,
                           .facts = facts,
                           .limit = RLC_SUBJECT_BYTES_MAX,
                           .too_long = RLC_TEMPLATE_SUBJECT_TOO_LONG };
    struct run body = { .template = template,
                        .part = &template->body,
                        .facts = facts,
                        .limit = RLC_MESSAGE_BYTES_MAX,
                        .too_long = RLC_TEMPLATE_MESSAGE_TOO_LONG };
    struct rlc_message message = { .subject = { NULL, 0 } };
    enum rlc_status status = render(subject, arena, &message.subject, ret_fault);

    if (status == RLC_OK)
        status = render(body, arena, &message.body, ret_fault);
    if (status == RLC_OK)
        *ret_message = message;
    return status;
}
