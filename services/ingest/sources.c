/* SPDX-License-Identifier: Apache-2.0 */
#include "sources.h"

#include <string.h>

#include "common/pure/decimal.h"
#include "common/runtime/bus.h"

#define TOPIC_MAX 249 /* Kafka's bound */

/* ---- one source ---- */

static const char *set_tenant(struct source *source, struct rlc_span value)
{
    if (!rlc_tenant_valid(value))
        return "a source whose tenant is 1 to 32 of a to z, 0 to 9, '-', '_' and '.'";
    memcpy(source->tenant, value.data, value.size);
    source->tenant[value.size] = '\0';
    return NULL;
}

static const char *set_start(struct source *source, struct rlc_span value)
{
    if (rlc_span_equal(value, rlc_span_of("earliest")))
        source->start = RLC_OFFSET_BEGIN;
    else if (rlc_span_equal(value, rlc_span_of("refuse")))
        source->start = RLC_OFFSET_NONE;
    else if (!rlc_i64_parse(value, &source->start) || source->start < 0)
        return "a source whose start is earliest, refuse or an offset (not latest: what comes "
               "before the first commit would be skipped by a restart)";
    return NULL;
}

static const char *set_live(struct source *source, struct rlc_span value)
{
    source->live = rlc_span_equal(value, rlc_span_of("yes"));
    return source->live || rlc_span_equal(value, rlc_span_of("no"))
               ? NULL
               : "a source with live=yes or no";
}

static const struct {
    const char *name; /* with its '=' */
    const char *(*set)(struct source *source, struct rlc_span value);
} OPTIONS[] = {
    { "tenant=", set_tenant },
    { "start=", set_start },
    { "live=", set_live },
};

static const char *set_option(struct source *source, struct rlc_span word)
{
    for (size_t i = 0; i < RLC_COUNT(OPTIONS); i++) {
        size_t size = strlen(OPTIONS[i].name);

        if (word.size > size && memcmp(word.data, OPTIONS[i].name, size) == 0)
            return OPTIONS[i].set(source, rlc_span_from(word.data + size, word.size - size));
    }
    return "a topic, then options of tenant=NAME, start=earliest|refuse|OFFSET, live=yes|no";
}

static const char *set_topic(struct source *source, struct rlc_span word)
{
    static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "-_.";

    for (size_t i = 0; i < word.size; i++) {
        if (!memchr(LETTERS, word.data[i], sizeof(LETTERS) - 1))
            return "a topic's name first: letters, digits, '-', '_' and '.'";
    }
    if (word.size > TOPIC_MAX)
        return "a topic's name of at most 249 characters";
    memcpy(source->topic, word.data, word.size);
    return NULL;
}

const char *source_parse(const char *text, struct source *ret_source)
{
    const char *wrong = NULL;

    memset(ret_source, 0, sizeof(*ret_source));
    ret_source->start = RLC_OFFSET_NONE;
    while (!wrong && *(text += strspn(text, " "))) {
        struct rlc_span word = rlc_span_from(text, strcspn(text, " "));

        wrong = ret_source->topic[0] ? set_option(ret_source, word) : set_topic(ret_source, word);
        text += word.size;
    }
    if (!wrong && !ret_source->topic[0])
        wrong = "a topic's name first";
    if (!wrong && ret_source->live && strlen(ret_source->topic) > RLC_ID_MAX)
        wrong = "a live source whose topic has at most 128 characters";
    return wrong;
}

/* ---- the table ---- */

static const char *refuse_source(const char *text)
{
    struct source source;

    return source_parse(text, &source);
}

static const char *refuse_tenant(const char *text)
{
    return rlc_tenant_valid(rlc_span_of(text)) ? NULL
                                               : "1 to 32 of a to z, 0 to 9, '-', '_' and '.'";
}

#define MEMBER(member) offsetof(struct ingest_settings, member)

static const struct rlc_config_field FIELDS[] = {
    {
        .name = "ingest.sources",
        .type = RLC_CONFIG_LIST,
        .offset = MEMBER(sources),
        .min = 1,
        .max = RLC_CONFIG_ITEM_SIZE - 1,
        .refuse = refuse_source,
        .help = "Topics to read, each with its options: tenant=NAME (the only one it may speak "
                "for), start=earliest|refuse|OFFSET (where to begin a partition that was never "
                "read; refuse by default), live=yes (a payment feed: nobody is contacted while it "
                "is behind).",
    },
    {
        .name = "ingest.tenants",
        .type = RLC_CONFIG_LIST,
        .offset = MEMBER(tenants),
        .fallback = "",
        .min = 1,
        .max = RLC_TENANT_MAX,
        .refuse = refuse_tenant,
        .help = "Tenants that sources without a tenant of their own may speak for.",
    },
    {
        .name = "keys.tenants",
        .type = RLC_CONFIG_TEXT,
        .offset = MEMBER(tenant_keys),
        .min = 1,
        .max = sizeof(((struct ingest_settings *)NULL)->tenant_keys) - 1,
        .help = "Folder with the key of each tenant, <tenant>.key.",
    },
    {
        .name = "keys.pseudonyms",
        .type = RLC_CONFIG_TEXT,
        .offset = MEMBER(pseudonym_keys),
        .fallback = "",
        .max = sizeof(((struct ingest_settings *)NULL)->pseudonym_keys) - 1,
        .help = "Folder with the keys for pseudonyms of natural persons, which are never rotated; "
                "by default the tenants' keys serve.",
    },
};

struct rlc_config_table ingest_settings_table(struct ingest_settings *settings)
{
    return (struct rlc_config_table){ FIELDS, RLC_COUNT(FIELDS), settings };
}
