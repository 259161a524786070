/* SPDX-License-Identifier: Apache-2.0 */
/* relance-embedded: a file of events lived through in one process, without a server. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/pure/calendar.h"
#include "common/pure/decimal.h"
#include "common/pure/text.h"
#include "common/runtime/error.h"

#include "conductor.h"
#include "dump.h"
#include "expectation.h"
#include "proof.h"
#include "state_hash.h"
#include "summary.h"
#include "tally.h"

/* The exit codes of relancectl. */
enum { EXIT_OK = 0, EXIT_FOUND = 1, EXIT_USAGE = 64, EXIT_DATA = 65, EXIT_BROKEN = 70 };

enum { PARTITIONS_DEFAULT = 6, PARTITIONS_MAX = 64 };

/* A progress line every so often. */
#define PROGRESS_NS UINT64_C(500000000)

struct program {
    struct embedded_config config;
    struct conduct conduct;
    const char *out;
    const char *expect;
    bool whole;
    bool no_letters;
    struct expectation expectation;
    struct rlc_clock clock;
    uint64_t began_ns;
    uint64_t shown_ns;
};

static void usage(FILE *to)
{
    (void)fputs(
        "usage: relance-embedded EVENTS.jsonl --bundle FOLDER --tenant ID --tenant-keys FOLDER\n"
        "Lives through a file of events (proto/README.md), day by day, with all workers in this\n"
        "one process; nothing is sent and no server is asked. Then it says what came of it.\n"
        "  --bundle FOLDER       the policies that decide, for example deploy/bundles/demo\n"
        "  --tenant ID           whose events they are\n"
        "  --tenant-keys FOLDER  holds <tenant>.key: 128 hexadecimal digits\n"
        "  --begin INSTANT       when the policies take effect (default: midnight before the\n"
        "                        first event)\n"
        "  --to DATE             last day (default: the day of the last event)\n"
        "  --partitions N        of every topic, 1 to 64 (default: 6)\n"
        "  --mails FOLDER        a new folder that keeps every mail as a file\n"
        "  --out FOLDER          a new folder for every topic as a file of JSON lines\n"
        "  --expect FILE         lines NAME=VALUE; what comes out otherwise is wrong\n"
        "  --no-dead-letters     an event that cannot be understood is wrong\n"
        "  --whole               what counts nothing is wrong: for a portfolio that has\n"
        "                        everything in it, as 'relancectl sample' makes it\n"
        "Exit code: 0; 1 when a line of what it says is wrong; 64 for a wrong command line; 65\n"
        "for input that cannot be used; 70 when a worker does not come to its end.\n"
        "Dead letters are counted, and are wrong only with --no-dead-letters or --expect.\n"
        "Names for --expect: ",
        to);
    (void)fprintf(to, "%s.\n", expectation_names());
}

static int fail(int code, const char *text)
{
    (void)fprintf(stderr, "relance-embedded: %s\n", text);
    return code;
}

/* ---- the command line ---- */

/* Where the text of an option goes; NULL: it is no text. */
static const char **text_of(struct program *program, int option)
{
    switch (option) {
    case 'b':
        return &program->config.bundle;
    case 't':
        return &program->config.tenant;
    case 'k':
        return &program->config.tenant_keys;
    case 'm':
        return &program->config.mails;
    case 'o':
        return &program->out;
    case 'e':
        return &program->expect;
    default:
        return NULL;
    }
}

/* What is wrong with its value, for people; NULL: nothing. */
static const char *read_value(struct program *program, int option, struct rlc_span value)
{
    int64_t number;

    switch (option) {
    case 'g':
        return rlc_ms_parse(value, &program->conduct.begin_ms)
                   ? NULL
                   : "--begin is an RFC 3339 instant like 2025-01-01T00:00:00Z";
    case 'd':
        return rlc_day_parse(value, &program->conduct.last_day) ? NULL
                                                                : "--to is a date like 2025-12-31";
    case 'p':
        if (!rlc_i64_parse(value, &number) || number < 1 || number > PARTITIONS_MAX)
            return "--partitions is a number from 1 to 64";
        program->config.partitions = (int32_t)number;
        return NULL;
    default:
        return "see --help";
    }
}

/* True: the option is one. */
static bool take_flag(struct program *program, int option)
{
    program->whole = program->whole || option == 'w';
    program->no_letters = program->no_letters || option == 'n';
    return option == 'w' || option == 'n';
}

static const char *take_option(struct program *program, int option, const char *value)
{
    const char **text = text_of(program, option);

    if (take_flag(program, option))
        return NULL;
    if (!text)
        return read_value(program, option, rlc_span_of(value));
    *text = value;
    return NULL;
}

/* What is missing or wrong, for people; NULL: all is there. */
static const char *check(const struct program *program)
{
    if (!program->conduct.events || !program->config.bundle || !program->config.tenant ||
        !program->config.tenant_keys)
        return "EVENTS.jsonl, --bundle, --tenant and --tenant-keys are needed; see --help";
    if (!rlc_tenant_valid(rlc_span_of(program->config.tenant)))
        return "--tenant is an identifier, as events name it";
    return NULL;
}

/* True: go on. */
static bool read_options(struct program *program, int argc, char **argv, int *ret_code)
{
    static const struct option OPTIONS[] = {
        { "bundle", required_argument, NULL, 'b' },
        { "tenant", required_argument, NULL, 't' },
        { "tenant-keys", required_argument, NULL, 'k' },
        { "begin", required_argument, NULL, 'g' },
        { "to", required_argument, NULL, 'd' },
        { "partitions", required_argument, NULL, 'p' },
        { "mails", required_argument, NULL, 'm' },
        { "out", required_argument, NULL, 'o' },
        { "expect", required_argument, NULL, 'e' },
        { "no-dead-letters", no_argument, NULL, 'n' },
        { "whole", no_argument, NULL, 'w' },
        { "help", no_argument, NULL, 'h' },
        { NULL, 0, NULL, 0 },
    };
    const char *wrong = NULL;
    int option;

    while (!wrong && (option = getopt_long(argc, argv, "h", OPTIONS, NULL)) != -1) {
        if (option == 'h') {
            usage(stdout);
            *ret_code = EXIT_OK;
            return false;
        }
        wrong = take_option(program, option, optarg);
    }
    if (!wrong && argc - optind == 1)
        program->conduct.events = argv[optind];
    if (!wrong)
        wrong = check(program);
    *ret_code = wrong ? fail(EXIT_USAGE, wrong) : EXIT_OK;
    return !wrong;
}

/* One that is there already may hold what came of another life. */
static enum rlc_status make_folder(const char *path, struct rlc_error *reterr)
{
    if (!path || mkdir(path, 0755) == 0)
        return RLC_OK;
    return rlc_error_set(reterr, RLC_REJECT, "folder", errno, "cannot make the folder '%.200s': %s",
                         path, strerror(errno));
}

/* ---- living ---- */

static double seconds(const struct program *program)
{
    return (double)(rlc_clock_monotonic_ns(&program->clock) - program->began_ns) / 1e9;
}

static void show(const struct program *program, const struct conducted *conducted, bool last)
{
    char day[RLC_DAY_SIZE];
    bool terminal = isatty(STDERR_FILENO);

    (void)rlc_day_format((rlc_day)(conducted->step_ms / RLC_DAY_MS), day, sizeof(day));
    (void)fprintf(stderr, "%s%s: %" PRId64 " events, %" PRId64 " days with something due, %.1f s%s",
                  terminal ? "\r" : "", day, conducted->events, conducted->ticks, seconds(program),
                  terminal && !last ? "   " : "\n");
}

static void on_progress(void *context, const struct conducted *conducted)
{
    struct program *program = context;
    uint64_t now_ns = rlc_clock_monotonic_ns(&program->clock);

    if (now_ns - program->shown_ns < PROGRESS_NS)
        return;
    program->shown_ns = now_ns;
    show(program, conducted, false);
}

/* ---- what came of it ---- */

struct hashing {
    struct state_hashes *hashes;
    bool failed;
};

static void take_state(void *context, const struct rlc_record *record)
{
    struct hashing *hashing = context;

    hashing->failed =
        hashing->failed || !state_hashes_take(hashing->hashes, record->key, record->value);
}

/* The hash of each debtor's state; NULL when memory is short. The caller frees them. */
static struct state_hashes *hash_state(const struct embedded *embedded)
{
    const struct rlc_memory_installation *installation = embedded_installation(embedded);
    struct hashing hashing = { .hashes = state_hashes_new() };

    if (hashing.hashes &&
        rlc_memory_installation_each(installation,
                                     rlc_memory_installation_topic(installation, "scenario.state"),
                                     take_state, &hashing) &&
        !hashing.failed && state_hashes_close(hashing.hashes))
        return hashing.hashes;
    state_hashes_free(hashing.hashes);
    return NULL;
}

/* Prints it; the exit code. */
static int print(const struct program *program, const struct embedded *embedded,
                 const struct state_hashes *hashes, const struct conducted *conducted)
{
    struct tally tally = { .facts = 0 };
    struct proof proof;
    struct state_hash one;
    char last_day[RLC_DAY_SIZE] = "";
    struct summary summary = { .tally = &tally,
                               .proof = &proof,
                               .expectation = &program->expectation,
                               .mails = embedded_mails(embedded),
                               .records = conducted->events,
                               .last_day = last_day,
                               .whole = program->whole,
                               .no_letters = program->no_letters,
                               .state = state_hashes_all(hashes) };
    int code;

    (void)rlc_day_format((rlc_day)(conducted->step_ms / RLC_DAY_MS), last_day, sizeof(last_day));
    while (state_hashes_get(hashes, summary.debtors, &one))
        summary.debtors++;
    if (tally_take(&tally, embedded_installation(embedded)) && proof_take(embedded, &proof)) {
        code = summary_print(&summary) ? EXIT_FOUND : EXIT_OK;
        (void)printf("%" PRId64 " events over %" PRId64 " days in %.1f s\n", conducted->events,
                     conducted->days, seconds(program));
    } else {
        code = fail(EXIT_BROKEN, "what came of it cannot be read: is memory short?");
    }
    tally_free(&tally);
    return code;
}

static int sum_up(const struct program *program, const struct embedded *embedded,
                  const struct conducted *conducted)
{
    struct rlc_error error = { .text = "" };
    struct state_hashes *hashes = hash_state(embedded);
    enum rlc_status status = RLC_OK;
    int code;

    if (!hashes)
        return fail(EXIT_BROKEN, "the state cannot be read: is memory short?");
    if (program->out)
        status = dump_topics(embedded_installation(embedded), program->out, &error);
    if (status == RLC_OK && program->out)
        status = dump_hashes(hashes, program->out, &error);
    code = status == RLC_OK ? print(program, embedded, hashes, conducted)
                            : fail(EXIT_DATA, error.text);
    state_hashes_free(hashes);
    return code;
}

static int run(struct program *program)
{
    struct rlc_error error = { .text = "" };
    struct conducted conducted = { .events = 0 };
    struct embedded *embedded = NULL;
    enum rlc_status status = RLC_OK;
    int code;

    if (program->expect)
        status = expectation_read(&program->expectation, program->expect, &error);
    if (status == RLC_OK)
        status = make_folder(program->config.mails, &error);
    if (status == RLC_OK)
        status = make_folder(program->out, &error);
    if (status == RLC_OK)
        embedded = embedded_new(&program->config, &error);
    if (!embedded)
        return fail(EXIT_DATA, error.text);
    status = conduct(embedded, &program->conduct, &conducted, &error);
    if (status == RLC_OK) {
        show(program, &conducted, true);
        code = sum_up(program, embedded, &conducted);
    } else {
        code = fail(status == RLC_REJECT ? EXIT_DATA : EXIT_BROKEN, error.text);
    }
    embedded_free(embedded);
    return code;
}

int main(int argc, char **argv)
{
    static struct program program; /* wide tables */
    int code;

    program.clock = rlc_clock_system();
    program.began_ns = rlc_clock_monotonic_ns(&program.clock);
    program.config.partitions = PARTITIONS_DEFAULT;
    program.conduct.progress = on_progress;
    program.conduct.context = &program;
    return read_options(&program, argc, argv, &code) ? run(&program) : code;
}
