/* SPDX-License-Identifier: Apache-2.0 */
/* relancectl bundle check|publish|activate: the policies of a folder are checked, stored in the log
 * by their hash, and made to decide by a command. */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "common/policy/bundle_build.h"
#include "common/runtime/memory.h"
#include "model_file.h"
#include "policy/legal_policy.h"
#include "policy/scenario_policy.h"

const struct ctl_option CTL_BUNDLE_ACTIVATE_OPTIONS[] = {
    { "tenant", "ID", "whose policies change; required" },
    { "topic", "NAME", "source topic for the command (default: billing.events)" },
    { "actor", "ID", "who orders it" },
    { "id", "ID", "command id; the same id is answered once (default: random)" },
    { "time", "INSTANT", "RFC 3339 (default: now, or where a stepped clock stands)" },
    { "no-wait", NULL, "do not wait for the answer (default: up to 10 s)" },
    { NULL, NULL, NULL },
};

#define FLUSH_MS    10000
#define RECORD_SIZE ((size_t)4 << 20) /* one chunk, encoded */

/* Where problems go: with --json the answer has standard output for itself. */
static FILE *people(const struct ctl *ctl)
{
    return ctl->json ? stderr : stdout;
}

/* Each worker's part, so that all that is wrong is said at once. */
static enum rlc_status check_parts(const struct rlc_bundle *bundle, struct rlc_problems *problems,
                                   struct rlc_error *reterr)
{
    enum rlc_status (*const parts[])(
        const struct rlc_bundle *, struct rlc_problems *,
        struct rlc_error *) = { scenario_policy_check, scoring_model_check, legal_policy_check };
    enum rlc_status worst = RLC_OK;

    for (size_t i = 0; i < RLC_COUNT(parts); i++) {
        enum rlc_status status = parts[i](bundle, problems, reterr);

        if (status != RLC_OK && status != RLC_REJECT)
            return status;
        if (status == RLC_REJECT)
            worst = status;
    }
    return worst;
}

struct rlc_bundle_build *ctl_bundle_build(struct ctl *ctl, const char *folder,
                                          struct rlc_problems *problems, FILE *out, int *ret_code)
{
    struct rlc_bundle_build *build = NULL;
    struct rlc_error error = { .text = "" };
    enum rlc_status status = rlc_bundle_build_folder(folder, NULL, problems, &build, &error);

    if (status == RLC_OK)
        status = check_parts(rlc_bundle_build_bundle(build), problems, &error);
    rlc_problems_print(problems, out);
    *ret_code = CTL_OK;
    if (status == RLC_OK)
        return build;
    *ret_code = problems->error_count
                    ? ctl_fail(ctl, CTL_FOUND, "%zu errors in '%s'", problems->error_count, folder)
                    : ctl_fail(ctl, CTL_DATA, "%s", error.text);
    rlc_bundle_build_free(build);
    return NULL;
}

static void report(const struct ctl *ctl, const struct rlc_bundle_build *build,
                   const struct rlc_problems *problems, const char *verb)
{
    char hash[RLC_HASH_TEXT_SIZE];

    rlc_hash_format(&rlc_bundle_build_bundle(build)->hash, hash);
    if (!ctl_json(ctl, json_pack("{s:s, s:i, s:i}", "hash", hash, "files",
                                 (int)rlc_bundle_build_bundle(build)->file_count, "warnings",
                                 (int)problems->warning_count)))
        (void)printf("%s %s (%zu files, %zu warnings)\n", verb, hash,
                     rlc_bundle_build_bundle(build)->file_count, problems->warning_count);
}

int ctl_bundle_check(struct ctl *ctl)
{
    struct rlc_problems problems = { 0 };
    int code;
    struct rlc_bundle_build *build =
        ctl_bundle_build(ctl, ctl->arguments[0], &problems, people(ctl), &code);

    if (!build)
        return code;
    report(ctl, build, &problems, "fine:");
    rlc_bundle_build_free(build);
    return CTL_OK;
}

static enum rlc_status write_records(struct rlc_bus *bus, const struct rlc_bundle_build *build,
                                     struct rlc_error *reterr)
{
    struct rlc_arena arena;
    enum rlc_status status = rlc_arena_map(&arena, RECORD_SIZE);

    for (size_t i = 0; status == RLC_OK && i < rlc_bundle_build_record_count(build); i++) {
        struct rlc_bundle_record record;
        char key[RLC_BUNDLE_KEY_SIZE];
        struct rlc_outgoing outgoing = { .topic = 0 };

        rlc_arena_reset(&arena);
        rlc_bundle_build_record(build, i, &record, key);
        outgoing.key = rlc_span_of(key);
        outgoing.value = rlc_bundle_record_encode(&record, &arena);
        status = outgoing.value.data ? bus->ops->produce(bus, &outgoing, reterr) : RLC_FATAL;
    }
    rlc_arena_unmap(&arena);
    return status == RLC_OK ? bus->ops->flush(bus, FLUSH_MS, reterr) : status;
}

int ctl_bundle_publish(struct ctl *ctl)
{
    char name[256];
    const char *topics[] = { name };
    struct rlc_bus_config config = { .topics = topics, .topic_count = 1 };
    struct rlc_problems problems = { 0 };
    struct rlc_installation_facts facts;
    struct rlc_error error = { .text = "" };
    struct rlc_bus *bus = NULL;
    int code;
    struct rlc_bundle_build *build =
        ctl_bundle_build(ctl, ctl->arguments[0], &problems, people(ctl), &code);

    if (!build)
        return code;
    if (!ctl_topic(ctl, "bundles", name))
        code = CTL_CONFIG;
    else
        code = ctl_installation(ctl, &facts);
    if (code == CTL_OK && (rlc_kafka_bus_open(&config, &ctl->kafka, &bus, &error) != RLC_OK ||
                           write_records(bus, build, &error) != RLC_OK))
        code = ctl_fail_error(ctl, "bundle publish", &error);
    if (code == CTL_OK)
        report(ctl, build, &problems, "published:");
    if (bus)
        bus->ops->close(bus, true);
    rlc_bundle_build_free(build);
    return code;
}

/* ---- letting it decide ---- */

static bool read_hash(const char *text, struct rlc_hash *ret_hash)
{
    static const char DIGITS[] = "0123456789abcdef";

    if (strlen(text) != RLC_HASH_TEXT_SIZE - 1 || strspn(text, DIGITS) != RLC_HASH_TEXT_SIZE - 1)
        return false;
    for (size_t i = 0; i < sizeof(ret_hash->bytes); i++)
        ret_hash->bytes[i] = (uint8_t)((strchr(DIGITS, text[2 * i]) - DIGITS) * 16 +
                                       (strchr(DIGITS, text[2 * i + 1]) - DIGITS));
    return true;
}

/* A bundle that decides must be there, whole, and in a language that this version reads. */
static int check_published(struct ctl *ctl, const struct rlc_hash *hash)
{
    struct rlc_bundles *bundles = NULL;
    struct rlc_problems problems = { 0 };
    struct rlc_error error = { .text = "" };
    const struct rlc_bundle *bundle;
    int code = ctl_bundles(ctl, &bundles);

    if (code != CTL_OK)
        return code;
    bundle = rlc_bundles_find(bundles, hash);
    if (!bundle) {
        code = ctl_fail(ctl, CTL_NOT_THERE,
                        "no bundle %s is published: look at the hash, or run 'relancectl bundle "
                        "publish FOLDER' first",
                        ctl->arguments[0]);
    } else if (scenario_policy_check(bundle, &problems, &error) != RLC_OK) {
        rlc_problems_print(&problems, people(ctl));
        code = ctl_fail(ctl, CTL_DATA, "bundle %s cannot decide: %s", ctl->arguments[0],
                        problems.error_count ? "it has errors" : error.text);
    }
    rlc_bundles_free(bundles);
    return code;
}

int ctl_bundle_activate(struct ctl *ctl)
{
    struct ctl_order order = { .kind = "ACTIVATE_BUNDLE",
                               .tenant = ctl_option(ctl, "tenant"),
                               .actor = ctl_option(ctl, "actor"),
                               .id = ctl_option(ctl, "id"),
                               .topic = ctl_option(ctl, "topic"),
                               .time = ctl_option(ctl, "time") };
    struct rlc_hash hash;
    int code;

    if (!order.tenant)
        return ctl_fail(ctl, CTL_USAGE, "--tenant ID says whose policies change");
    if (!read_hash(ctl->arguments[0], &hash))
        return ctl_fail(ctl, CTL_USAGE, "a bundle hash has 64 lower-case hexadecimal digits");
    code = check_published(ctl, &hash);
    if (code != CTL_OK)
        return code;
    order.payload = json_pack("{s:s}", "bundle_hash", ctl->arguments[0]);
    code = ctl_command_send(ctl, &order);
    json_decref(order.payload);
    return code;
}
