/* SPDX-License-Identifier: Apache-2.0 */
/* relancectl state hash: what scenario remembers of each debtor, as one hash, read from the
 * changelog. Two installations that lived through the same have the same. */
#include "commands.h"

#include "common/policy/bundle_build.h"
#include "common/runtime/topics.h"
#include "scan.h"
#include "state_hash.h"
#include "text.h"

const struct ctl_option CTL_STATE_HASH_OPTIONS[] = {
    { "each", NULL, "a line for each debtor, too" },
    { NULL, NULL, NULL },
};

struct hashing {
    struct state_hashes *hashes;
    bool no_memory;
};

static bool take(void *context, const struct rlc_record *record)
{
    struct hashing *hashing = context;

    hashing->no_memory = !state_hashes_take(hashing->hashes, record->key, record->value);
    return !hashing->no_memory;
}

static int read_state(struct ctl *ctl, struct hashing *hashing)
{
    char topic[RLC_TOPIC_NAME_MAX];
    struct ctl_scan scan = { .topic = topic,
                             .partition = RLC_PARTITION_NONE,
                             .offset = RLC_OFFSET_BEGIN,
                             .take = take,
                             .context = hashing };
    int code;

    if (!ctl_topic(ctl, rlc_topic_row(RLC_TOPIC_SCENARIO_STATE)->suffix, topic))
        return CTL_CONFIG;
    code = hashing->hashes ? ctl_scan(ctl, &scan) : CTL_INTERNAL;
    if (code == CTL_INTERNAL || hashing->no_memory)
        return ctl_fail(ctl, CTL_INTERNAL, "out of memory");
    if (code == CTL_OK && !state_hashes_close(hashing->hashes)) {
        return ctl_fail(ctl, CTL_DATA,
                        "a record of '%s' cannot be read: was it written by a newer version?",
                        topic);
    }
    return code;
}

static json_t *list_debtors(const struct state_hashes *hashes)
{
    json_t *list = json_array();
    struct state_hash hash;

    for (size_t i = 0; state_hashes_get(hashes, i, &hash); i++) {
        char text[RLC_HASH_TEXT_SIZE];
        json_t *one = json_object();

        rlc_hash_format(&hash.hash, text);
        ctl_put_span(one, "debtor", hash.debtor);
        ctl_put(one, "records", json_integer((json_int_t)hash.records));
        ctl_put_text(one, "hash", text);
        (void)json_array_append_new(list, one);
    }
    return list;
}

static void report(const struct ctl *ctl, const struct state_hashes *hashes)
{
    static const struct ctl_column COLUMNS[] = {
        { "DEBTOR", "debtor", false },
        { "RECORDS", "records", true },
        { "HASH", "hash", false },
    };
    struct rlc_hash all = state_hashes_all(hashes);
    json_t *debtors = list_debtors(hashes);
    bool each = ctl_option(ctl, "each");
    char text[RLC_HASH_TEXT_SIZE];

    rlc_hash_format(&all, text);
    if (!ctl_json(ctl,
                  json_pack("{s:I, s:s, s:O*}", "debtors", (json_int_t)json_array_size(debtors),
                            "hash", text, "each", each ? debtors : NULL))) {
        if (each)
            ctl_table(stdout, debtors, COLUMNS, RLC_COUNT(COLUMNS));
        (void)printf("%zu debtors, hash over all of them %s\n", json_array_size(debtors), text);
    }
    json_decref(debtors);
}

int ctl_state_hash(struct ctl *ctl)
{
    struct hashing hashing = { .hashes = state_hashes_new() };
    int code = read_state(ctl, &hashing);

    if (code == CTL_OK)
        report(ctl, hashing.hashes);
    state_hashes_free(hashing.hashes);
    return code;
}
