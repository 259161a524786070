/* SPDX-License-Identifier: Apache-2.0 */
#include "common/message/annex.h"

#include <assert.h>
#include <stdio.h>

#include "common/message/message.h"
#include "common/pure/calendar.h"
#include "common/pure/text.h"

enum {
    TITLES_MAX = 128, /* bytes of the row of titles */
    /* Of a row: a number that is all quotes, in quotes and with an apostrophe; two days, five
     * amounts and a currency, whose sizes count their commas; CRLF. */
    ROW_MAX = 2 * RLC_NUMBER_BYTES_MAX + 3 + 2 * RLC_DAY_SIZE + 5 * RLC_MONEY_SIZE +
              RLC_CURRENCY_SIZE + 2,
    PATH_SIZE = 48 /* "annex[18446744073709551615].indemnity" */
};

static_assert(TITLES_MAX + (size_t)RLC_MESSAGE_ANNEX_MAX * ROW_MAX <= RLC_MAIL_ATTACHED_MAX,
              "the longest annex can be attached");

/* How one language names the file and its columns: in the words of the messages we ship. */
struct wording {
    const char *language;
    const char *file_name;
    const char *titles;
};

static const struct wording WORDINGS[] = {
    { "en", "annex.csv", "Invoice,Dated,Due,Total,Open,Disputed,Interest,Indemnity,Currency\r\n" },
    { "fr", "annexe.csv",
      "Facture,Date,Échéance,Total,À régler,Contesté,Pénalités,Indemnité,Devise\r\n" },
};

static const struct wording *wording_of(struct rlc_span language)
{
    for (size_t i = 0; i < RLC_COUNT(WORDINGS); i++) {
        if (rlc_span_equal(language, rlc_span_of(WORDINGS[i].language)))
            return &WORDINGS[i];
    }
    return &WORDINGS[0];
}

/* A file that is written; it fits, by ROW_MAX. */
struct sheet {
    uint8_t *bytes;
    size_t capacity;
    size_t used;
};

static void put(struct sheet *sheet, const void *bytes, size_t size)
{
    assert(size <= sheet->capacity - sheet->used);
    memcpy(sheet->bytes + sheet->used, bytes, size);
    sheet->used += size;
}

static void put_text(struct sheet *sheet, const char *text)
{
    put(sheet, text, strlen(text));
}

/* In quotes whatever it holds: a spreadsheet that divides at ';' would else make two cells of some
 * numbers, and the second one could be a formula. */
static void put_number(struct sheet *sheet, struct rlc_span number)
{
    put_text(sheet, rlc_text_is_formula(number) ? "\"'" : "\"");
    for (size_t i = 0; i < number.size; i++) {
        if (number.data[i] == '"')
            put_text(sheet, "\"");
        put(sheet, number.data + i, 1);
    }
    put_text(sheet, "\"");
}

static bool put_day(struct sheet *sheet, rlc_day day)
{
    char text[RLC_DAY_SIZE];

    put_text(sheet, ",");
    if (day == RLC_DAY_NONE)
        return true;
    if (rlc_day_format(day, text, sizeof(text)) == 0)
        return false;
    put_text(sheet, text);
    return true;
}

/* The row names one currency: that of what is open. */
static bool put_money(struct sheet *sheet, struct rlc_money money, struct rlc_money open)
{
    char text[RLC_MONEY_SIZE];

    put_text(sheet, ",");
    if (money.currency[0] == '\0' && money.minor == 0)
        return true;
    if (!rlc_money_same_currency(money, open) ||
        rlc_money_format(money, RLC_MONEY_CANONICAL, text, sizeof(text)) == 0)
        return false;
    put_text(sheet, text);
    return true;
}

/* ---- the cells of a row ---- */

static enum rlc_status refuse(size_t index, const char *member, const char *remedy,
                              struct rlc_fault *ret_fault)
{
    char path[PATH_SIZE];

    (void)snprintf(path, sizeof(path), "annex[%zu].%s", index, member);
    return rlc_fault_set(ret_fault, "NOT_RENDERED", path, remedy);
}

static enum rlc_status put_row(struct sheet *sheet, const struct rlc_message_line *line,
                               size_t index, struct rlc_fault *ret_fault)
{
    const struct {
        const char *name;
        rlc_day day;
    } days[] = { { "issued_on", line->issued_on }, { "due_on", line->due_on } };
    const struct {
        const char *name;
        struct rlc_money money;
    } amounts[] = { { "total", line->total },
                    { "open", line->open },
                    { "disputed", line->disputed },
                    { "interest", line->interest },
                    { "indemnity", line->indemnity } };

    if (line->number.size > RLC_NUMBER_BYTES_MAX || !rlc_text_is_clean(line->number))
        return refuse(index, "number", "send clean text, as short as numbers of invoices are",
                      ret_fault);
    if (rlc_currency_exponent(line->open.currency) < 0)
        return refuse(index, "open", "send an amount of a known currency", ret_fault);
    put_number(sheet, line->number);
    for (size_t i = 0; i < RLC_COUNT(days); i++) {
        if (!put_day(sheet, days[i].day))
            return refuse(index, days[i].name, "send a possible date", ret_fault);
    }
    for (size_t i = 0; i < RLC_COUNT(amounts); i++) {
        if (!put_money(sheet, amounts[i].money, line->open))
            return refuse(index, amounts[i].name, "send an amount of the line's currency",
                          ret_fault);
    }
    put_text(sheet, ",");
    put_text(sheet, line->open.currency);
    put_text(sheet, "\r\n");
    return RLC_OK;
}

enum rlc_status rlc_annex_write(const struct rlc_message_line *lines, size_t count,
                                struct rlc_span language, struct rlc_arena *arena,
                                struct rlc_mail_attachment *ret_file, struct rlc_fault *ret_fault)
{
    const struct wording *wording = wording_of(language);
    struct sheet sheet = { .capacity = TITLES_MAX + count * ROW_MAX };
    enum rlc_status status = RLC_OK;

    if (count > RLC_MESSAGE_ANNEX_MAX)
        return rlc_fault_set(ret_fault, "TOO_MANY", "annex", "ask for fewer lines in one message");
    sheet.bytes = rlc_arena_alloc(arena, sheet.capacity);
    if (!sheet.bytes)
        return RLC_RETRY;
    put_text(&sheet, wording->titles);
    for (size_t i = 0; i < count && status == RLC_OK; i++)
        status = put_row(&sheet, &lines[i], i, ret_fault);
    if (status != RLC_OK)
        return status;
    *ret_file = (struct rlc_mail_attachment){
        .name = rlc_span_of(wording->file_name),
        .type = rlc_span_of("text/csv; charset=utf-8; header=present"),
        .bytes = rlc_span_from(sheet.bytes, sheet.used),
    };
    return RLC_OK;
}
