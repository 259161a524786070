/* SPDX-License-Identifier: Apache-2.0 */
/* One reader per form of value (proto/README.md, "Values"). */
#include <assert.h>
#include <string.h>

#include <openssl/evp.h>

#include "common/pure/calendar.h"
#include "common/pure/text.h"
#include "core/address.h"
#include "json/reader.h"

/* The last day that records can carry: 2199-12-31. */
#define DAY_LAST 84005
/* Digits of an amount: more would not fit into 64 bits with every currency. */
#define AMOUNT_DIGITS_MAX 18

static struct rlc_span text_of(json_t *value)
{
    return rlc_span_from(json_string_value(value), json_string_length(value));
}

static void *at(const struct member *member, void *base)
{
    return (uint8_t *)base + member->offset;
}

/* Copies a text to where a struct rlc_span is. */
static enum rlc_status keep(const struct reader *reader, struct rlc_span text, void *target)
{
    struct rlc_span copy = rlc_arena_copy(reader->arena, text);

    if (!copy.data)
        return RLC_RETRY;
    memcpy(target, &copy, sizeof(copy));
    return RLC_OK;
}

static const char TOO_LONG_REMEDY[] = "Shorten it; the contract names the limit.";

/* ---- identifiers and texts ---- */

static enum rlc_status check_id(const struct reader *reader, const struct member *member,
                                size_t index, struct rlc_span text)
{
    if (rlc_id_valid(text) && text.size <= (size_t)member->high)
        return RLC_OK;
    return refuse(reader, member, index, text.size > (size_t)member->high ? "TOO_LONG" : "BAD_ID",
                  "Send an identifier: one line, no '|', no '\\', no space at either end.");
}

static enum rlc_status add_alias(const struct reader *reader, const struct member *member,
                                 struct rlc_span *target)
{
    struct alias *alias = rlc_arena_alloc(reader->arena, sizeof(*alias));

    if (!alias)
        return RLC_RETRY;
    *alias = (struct alias){ target, (member->flags & A_SUBJECT) != 0, *reader->aliases };
    *reader->aliases = alias;
    return RLC_OK;
}

static enum rlc_status read_id(struct reader *reader, const struct member *member, json_t *value,
                               void *base)
{
    struct rlc_span text = text_of(value);
    enum rlc_status status = check_id(reader, member, NO_INDEX, text);

    if (status == RLC_OK)
        status = keep(reader, text, at(member, base));
    if (status == RLC_OK && (member->flags & (A_DEBTOR | A_SUBJECT)))
        status = add_alias(reader, member, at(member, base));
    return status;
}

static enum rlc_status read_tenant(struct reader *reader, const struct member *member,
                                   json_t *value, void *base)
{
    struct rlc_span text = text_of(value);

    if (!rlc_tenant_valid(text))
        return refuse(reader, member, NO_INDEX, "BAD_ID",
                      "Send the tenant's name: 1 to 32 of a to z, 0 to 9, '-', '_' and '.'.");
    return keep(reader, text, at(member, base));
}

static enum rlc_status read_text(struct reader *reader, const struct member *member, json_t *value,
                                 void *base)
{
    struct rlc_span text = text_of(value);

    if (text.size == 0 && !(member->flags & REQUIRED))
        return RLC_OK;
    if (text.size == 0)
        return refuse(reader, member, NO_INDEX, "MISSING_FIELD", "Send a text here.");
    if (text.size > (size_t)member->high)
        return refuse(reader, member, NO_INDEX, "TOO_LONG", TOO_LONG_REMEDY);
    if (!rlc_text_is_clean(text))
        return refuse(reader, member, NO_INDEX, "BAD_TEXT",
                      "Send one line without control, invisible or direction characters.");
    return keep(reader, text, at(member, base));
}

static enum rlc_status read_code(struct reader *reader, const struct member *member, json_t *value,
                                 void *base)
{
    if (json_string_length(value) == 0)
        return refuse(reader, member, NO_INDEX, "BAD_TEXT",
                      "Send at least one character, or leave the member out.");
    return read_text(reader, member, value, base);
}

/* ---- codes of standards ---- */

static bool only(struct rlc_span text, size_t size, char first, char last)
{
    if (text.size != size)
        return false;
    for (size_t i = 0; i < size; i++) {
        if (text.data[i] < (uint8_t)first || text.data[i] > (uint8_t)last)
            return false;
    }
    return true;
}

static enum rlc_status read_country(struct reader *reader, const struct member *member,
                                    json_t *value, void *base)
{
    if (!only(text_of(value), 2, 'A', 'Z'))
        return refuse(reader, member, NO_INDEX, "UNKNOWN_VALUE",
                      "Send the two capital letters of ISO 3166-1, for example FR.");
    return keep(reader, text_of(value), at(member, base));
}

static enum rlc_status read_language(struct reader *reader, const struct member *member,
                                     json_t *value, void *base)
{
    if (!only(text_of(value), 2, 'a', 'z'))
        return refuse(reader, member, NO_INDEX, "UNKNOWN_VALUE",
                      "Send the two small letters of ISO 639-1, for example fr.");
    return keep(reader, text_of(value), at(member, base));
}

static enum rlc_status read_zone(struct reader *reader, const struct member *member, json_t *value,
                                 void *base)
{
    if (!zone_name_valid(text_of(value)))
        return refuse(reader, member, NO_INDEX, "UNKNOWN_VALUE",
                      "Send a name of the IANA time zone database, for example Europe/Paris.");
    return keep(reader, text_of(value), at(member, base));
}

static enum rlc_status refuse_word(const struct reader *reader, const struct member *member,
                                   size_t index)
{
    return refuse(reader, member, index, "UNKNOWN_VALUE",
                  "Send a word of this member's vocabulary; see vocabulary.proto.");
}

static enum rlc_status read_word(struct reader *reader, const struct member *member, json_t *value,
                                 void *base)
{
    int32_t number;

    if (!rlc_word_parse(member->words, text_of(value), &number))
        return refuse_word(reader, member, NO_INDEX);
    memcpy(at(member, base), &number, sizeof(number));
    return RLC_OK;
}

static enum rlc_status read_roles(struct reader *reader, const struct member *member, json_t *value,
                                  void *base)
{
    uint32_t roles = 0;

    if (json_array_size(value) == 0)
        return refuse(reader, member, NO_INDEX, "MISSING_FIELD", "Send at least one role.");
    for (size_t i = 0; i < json_array_size(value); i++) {
        json_t *word = json_array_get(value, i);
        int32_t number;

        if (!json_is_string(word))
            return refuse(reader, member, i, "WRONG_TYPE", "Send a string.");
        if (!rlc_word_parse(RLC_VOCABULARY_CONTACT_ROLE, text_of(word), &number))
            return refuse_word(reader, member, i);
        roles |= (uint32_t)number;
    }
    memcpy(at(member, base), &roles, sizeof(roles));
    return RLC_OK;
}

/* ---- money and time ---- */

static enum rlc_status read_currency(struct reader *reader, const struct member *member,
                                     json_t *value, void *base)
{
    (void)base;
    if (rlc_currency_parse(text_of(value), reader->currency))
        return RLC_OK;
    return refuse(reader, member, NO_INDEX, "BAD_CURRENCY",
                  "Send the three capital letters of an ISO 4217 currency.");
}

static size_t count_digits(struct rlc_span text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.size; i++)
        count += text.data[i] >= '0' && text.data[i] <= '9';
    return count;
}

static enum rlc_status read_amount(struct reader *reader, const struct member *member,
                                   json_t *value, void *base)
{
    struct rlc_span text = text_of(value);
    struct rlc_money money;

    if (!reader->currency[0]) {
        static const struct member CURRENCY_MEMBER = { CURRENCY };
        struct reader object = *reader;

        object.list = NULL;
        return refuse(&object, &CURRENCY_MEMBER, NO_INDEX, "MISSING_FIELD",
                      "Send the currency of the amounts.");
    }
    if (count_digits(text) > AMOUNT_DIGITS_MAX || (text.size && text.data[0] == '-') ||
        rlc_money_parse(text, reader->currency, RLC_MONEY_CANONICAL, &money) != RLC_MONEY_OK)
        return refuse(reader, member, NO_INDEX, "BAD_AMOUNT",
                      "Send digits with '.' before the currency's decimals: no sign, no grouping.");
    if ((member->flags & POSITIVE) && money.minor == 0)
        return refuse(reader, member, NO_INDEX, "OUT_OF_RANGE", "Send an amount above zero.");
    memcpy(at(member, base), &money, sizeof(money));
    return RLC_OK;
}

static enum rlc_status read_date(struct reader *reader, const struct member *member, json_t *value,
                                 void *base)
{
    rlc_day day;

    /* The first of January 1970 stands for "absent" in our records. */
    if (!rlc_day_parse(text_of(value), &day) || day > DAY_LAST || day == RLC_DAY_NONE)
        return refuse(reader, member, NO_INDEX, "BAD_DATE",
                      "Send a date such as 2026-03-02, from 1900-01-01 to 2199-12-31.");
    memcpy(at(member, base), &day, sizeof(day));
    return RLC_OK;
}

static enum rlc_status read_instant(struct reader *reader, const struct member *member,
                                    json_t *value, void *base)
{
    rlc_ms instant;

    if (!rlc_ms_parse(text_of(value), &instant) || instant <= RLC_MS_NONE ||
        instant > DAY_LAST * RLC_DAY_MS)
        return refuse(reader, member, NO_INDEX, "BAD_DATE",
                      "Send an instant with offset, such as 2026-03-02T09:15:00+01:00.");
    memcpy(at(member, base), &instant, sizeof(instant));
    return RLC_OK;
}

/* ---- numbers and bytes ---- */

static enum rlc_status read_integer(struct reader *reader, const struct member *member,
                                    json_t *value, void *base)
{
    int64_t number = json_integer_value(value);
    uint32_t narrow = (uint32_t)number;

    if (number < member->low || number > member->high)
        return refuse(reader, member, NO_INDEX, "OUT_OF_RANGE",
                      "Send a whole number within the contract's bounds.");
    if (member->form == FORM_COUNTER)
        memcpy(at(member, base), &number, sizeof(number));
    else
        memcpy(at(member, base), &narrow, sizeof(narrow));
    return RLC_OK;
}

static enum rlc_status read_flag(struct reader *reader, const struct member *member, json_t *value,
                                 void *base)
{
    (void)reader;
    *(bool *)at(member, base) = json_is_true(value);
    return RLC_OK;
}

static int nibble(uint8_t digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

static enum rlc_status read_hash(struct reader *reader, const struct member *member, json_t *value,
                                 void *base)
{
    struct rlc_span text = text_of(value);
    uint8_t *bytes = at(member, base);
    uint8_t any = 0;

    if (text.size != 2 * (size_t)member->high)
        return refuse(reader, member, NO_INDEX, "BAD_LENGTH",
                      "Send all hexadecimal digits of the hash and nothing else.");
    for (size_t i = 0; i < (size_t)member->high; i++) {
        int high = nibble(text.data[2 * i]);
        int low = nibble(text.data[2 * i + 1]);

        if (high < 0 || low < 0)
            return refuse(reader, member, NO_INDEX, "BAD_TEXT",
                          "Send lower-case hexadecimal digits.");
        bytes[i] = (uint8_t)(high << 4 | low);
        any |= bytes[i];
    }
    /* All zero stands for "absent" in our records. */
    return any ? RLC_OK
               : refuse(reader, member, NO_INDEX, "OUT_OF_RANGE", "Send the hash of something.");
}

/* 64 bytes as 88 characters of base64. */
static enum rlc_status read_signature(struct reader *reader, const struct member *member,
                                      json_t *value, void *base)
{
    struct rlc_span text = text_of(value);
    size_t encoded = ((size_t)member->high + 2) / 3 * 4;
    size_t padding = encoded / 4 * 3 - (size_t)member->high;
    struct rlc_span bytes = { NULL, (size_t)member->high };
    uint8_t *room;

    if (text.size != encoded)
        return refuse(reader, member, NO_INDEX, "BAD_LENGTH", "Send 64 bytes in base64.");
    room = rlc_arena_alloc(reader->arena, encoded);
    if (!room)
        return RLC_RETRY;
    if (memchr(text.data, '=', encoded - padding) ||
        EVP_DecodeBlock(room, text.data, (int)encoded) != (int)(bytes.size + padding))
        return refuse(reader, member, NO_INDEX, "BAD_TEXT", "Send 64 bytes in base64.");
    bytes.data = room;
    memcpy(at(member, base), &bytes, sizeof(bytes));
    return RLC_OK;
}

/* ---- personal values ---- */

static enum rlc_status hang(struct reader *reader, struct rlc_sealed *target,
                            struct rlc_hash *digest)
{
    struct personal *personal = rlc_arena_alloc(reader->arena, sizeof(*personal));

    if (!personal)
        return RLC_RETRY;
    *personal = (struct personal){ target, digest, *reader->personal };
    *reader->personal = personal;
    return RLC_OK;
}

static enum rlc_status read_personal(struct reader *reader, const struct member *member,
                                     json_t *value, void *base)
{
    struct rlc_sealed *target = at(member, base);
    struct member clear = *member;
    enum rlc_status status;

    clear.offset += offsetof(struct rlc_sealed, bytes);
    status = read_text(reader, &clear, value, base);
    if (status == RLC_OK && target->bytes.size)
        status = hang(reader, target, NULL);
    return status;
}

static enum rlc_status refuse_lines(const struct reader *reader, const struct member *member,
                                    size_t index)
{
    return refuse(reader, member, index, "BAD_ADDRESS",
                  "Send each postal line as one clean line that is not empty.");
}

static enum rlc_status check_lines(const struct reader *reader, const struct member *member,
                                   json_t *value, size_t *ret_size)
{
    *ret_size = json_array_size(value) - 1;
    for (size_t i = 0; i < json_array_size(value); i++) {
        json_t *line = json_array_get(value, i);

        if (!json_is_string(line))
            return refuse(reader, member, i, "WRONG_TYPE", "Send a string.");
        if (!postal_lines_valid(text_of(line), 1))
            return refuse_lines(reader, member, i);
        *ret_size += json_string_length(line);
    }
    if (*ret_size > PERSONAL_BYTES_MAX)
        return refuse(reader, member, NO_INDEX, "TOO_LONG", TOO_LONG_REMEDY);
    return RLC_OK;
}

static enum rlc_status read_lines(struct reader *reader, const struct member *member, json_t *value,
                                  void *base)
{
    struct rlc_sealed *target = at(member, base);
    uint8_t *joined;
    size_t size;
    size_t used = 0;
    enum rlc_status status = RLC_OK;

    if (json_array_size(value) == 0)
        return refuse(reader, member, NO_INDEX, "MISSING_FIELD",
                      "Send at least one line, or leave the member out.");
    if (json_array_size(value) > (size_t)member->high)
        return refuse(reader, member, NO_INDEX, "TOO_MANY", "Send at most six lines.");
    status = check_lines(reader, member, value, &size);
    if (status != RLC_OK)
        return status;
    joined = rlc_arena_alloc(reader->arena, size);
    if (!joined)
        return RLC_RETRY;
    for (size_t i = 0; i < json_array_size(value); i++) {
        struct rlc_span line = text_of(json_array_get(value, i));

        if (i)
            joined[used++] = '\n';
        memcpy(joined + used, line.data, line.size);
        used += line.size;
    }
    assert(used == size);
    target->bytes = rlc_span_from(joined, size);
    return hang(reader, target, NULL);
}

static enum rlc_status read_address(struct reader *reader, const struct member *member,
                                    json_t *value, void *base)
{
    struct rlc_contact_channel *channel = base;
    struct rlc_span text = text_of(value);
    enum rlc_status status;

    if (text.size > PERSONAL_BYTES_MAX)
        return refuse(reader, member, NO_INDEX, "TOO_LONG", TOO_LONG_REMEDY);
    /* Its channel was refused, and with it what the address must look like. */
    if (channel->channel == 0)
        return RLC_OK;
    if (!address_valid(channel->channel, text))
        return refuse(reader, member, NO_INDEX, "BAD_ADDRESS", address_remedy(channel->channel));
    status = keep(reader, text, &channel->address.bytes);
    return status == RLC_OK ? hang(reader, &channel->address, &channel->address_digest) : status;
}

/* ---- lists of identifiers, objects ---- */

static enum rlc_status read_ids(struct reader *reader, const struct member *member, json_t *value,
                                void *base)
{
    static const struct member ANY_ID = { .high = RLC_ID_MAX };
    struct rlc_document_ref *documents;
    void *elements;
    size_t count;
    enum rlc_status status = read_count(reader, member, value, &count);

    if (status == RLC_OK)
        status = make_list(reader, member, base, count, sizeof(*documents), &elements);
    for (size_t i = 0; status == RLC_OK && i < count; i++) {
        json_t *id = json_array_get(value, i);
        struct member named = ANY_ID;

        documents = elements;
        named.name = member->name;
        if (!json_is_string(id))
            return refuse(reader, member, i, "WRONG_TYPE", "Send a string.");
        status = check_id(reader, &named, i, text_of(id));
        if (status == RLC_OK)
            status = keep(reader, text_of(id), &documents[i].document);
    }
    return status;
}

static enum rlc_status read_later(struct reader *reader, const struct member *member, json_t *value,
                                  void *base)
{
    (void)reader;
    (void)member;
    (void)value;
    (void)base;
    return RLC_OK;
}

/* ---- the table ---- */

struct rule {
    json_type type; /* JSON_TRUE stands for both booleans */
    const char *remedy;
    enum rlc_status (*read)(struct reader *reader, const struct member *member, json_t *value,
                            void *base);
};

#define STRING(function)                                                                           \
    {                                                                                              \
        JSON_STRING, "Send a string.", (function)                                                  \
    }
#define INTEGER                                                                                    \
    {                                                                                              \
        JSON_INTEGER, "Send a whole number, without fraction, exponent or quotes.", read_integer   \
    }
#define ARRAY(function)                                                                            \
    {                                                                                              \
        JSON_ARRAY, "Send a list.", (function)                                                     \
    }

static const struct rule RULES[] = {
    [FORM_ID] = STRING(read_id),
    [FORM_TENANT] = STRING(read_tenant),
    [FORM_TEXT] = STRING(read_text),
    [FORM_CODE] = STRING(read_code),
    [FORM_COUNTRY] = STRING(read_country),
    [FORM_LANGUAGE] = STRING(read_language),
    [FORM_ZONE] = STRING(read_zone),
    [FORM_WORD] = STRING(read_word),
    [FORM_ROLES] = ARRAY(read_roles),
    [FORM_CURRENCY] = STRING(read_currency),
    [FORM_AMOUNT] = { JSON_STRING, "Send amounts as strings, for example \"1234.56\".",
                      read_amount },
    [FORM_DATE] = STRING(read_date),
    [FORM_INSTANT] = STRING(read_instant),
    [FORM_COUNTER] = INTEGER,
    [FORM_NUMBER] = INTEGER,
    [FORM_FLAG] = { JSON_TRUE, "Send true or false.", read_flag },
    [FORM_HASH] = STRING(read_hash),
    [FORM_SIGNATURE] = STRING(read_signature),
    [FORM_PERSONAL] = STRING(read_personal),
    [FORM_LINES] = ARRAY(read_lines),
    [FORM_ADDRESS] = STRING(read_address),
    [FORM_IDS] = ARRAY(read_ids),
    [FORM_OBJECT] = { JSON_OBJECT, "Send an object.", read_later },
};

enum rlc_status read_value(struct reader *reader, const struct member *member, json_t *value,
                           void *base)
{
    const struct rule *rule = &RULES[member->form];
    json_type type = json_is_false(value) ? JSON_TRUE : json_typeof(value);

    assert(member->form < RLC_COUNT(RULES) && rule->read);
    if (type != rule->type)
        return refuse(reader, member, NO_INDEX, "WRONG_TYPE", rule->remedy);
    return rule->read(reader, member, value, base);
}
