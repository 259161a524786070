/* SPDX-License-Identifier: Apache-2.0 */
/* What ingest's own work costs: reading, sealing and writing a record, on one core, without a
 * broker. usage: bench_ingest [SECONDS] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/memory/keyring_memory.h"
#include "common/runtime/bundles.h"
#include "common/runtime/memory.h"
#include "tests/support/ingest_lab.h"
#include "json/canonical.h"

#include "tests/support/check.h"

#define EXAMPLES_MAX 40
#define ROUND        1000 /* events between two looks at the clock */

struct bench {
    struct rlc_arena arena;
    struct rlc_span tenant;
    struct rlc_data_key key;
    double seconds;
};

enum work { READ, SEAL, WRITE };

static double now(void)
{
    struct timespec time;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void do_one(struct bench *bench, const char *text, size_t size, enum work upto)
{
    struct tenant_names names = { &bench->tenant, 1 };
    struct intake_event *event;
    struct rlc_fault fault;

    rlc_arena_reset(&bench->arena);
    if (canonical_decode(rlc_span_from(text, size), bench->tenant, &names, &bench->arena, &event,
                         &fault) != RLC_OK)
        abort();
    if (upto < SEAL)
        return;
    for (struct personal *personal = event->personal; personal; personal = personal->next) {
        personal->target->key_id = rlc_span_of(bench->key.id);
        personal->target->bytes = rlc_seal(&bench->key.key, bench->tenant, personal->target->key_id,
                                           personal->target->bytes, &bench->arena);
    }
    if (upto < WRITE)
        return;
    event->event.envelope.ingested_at_ms = 1;
    event->event.envelope.body_hash =
        rlc_sha256(rlc_debtor_event_encode_body(&event->event, &bench->arena));
    if (!rlc_debtor_event_encode(&event->event, &bench->arena).data)
        abort();
}

static double events_per_second(struct bench *bench, const char *text, enum work upto)
{
    size_t size = strlen(text);
    double start = now();
    double spent;
    uint64_t count = 0;

    do {
        for (int i = 0; i < ROUND; i++)
            do_one(bench, text, size, upto);
        count += ROUND;
        spent = now() - start;
    } while (spent < bench->seconds);
    return (double)count / spent;
}

static void measure(struct bench *bench, const char *text)
{
    const char *type = strstr(text, "io.relance.") + strlen("io.relance.");
    double rate[WRITE + 1];

    for (enum work work = READ; work <= WRITE; work++)
        rate[work] = events_per_second(bench, text, work);
    (void)printf("%-24.*s %6zu B %9.0f/s  read %5.2f us  seal %5.2f us  hash and write %5.2f us\n",
                 (int)(strstr(type, ".v1") - type), type, strlen(text), rate[WRITE],
                 1e6 / rate[READ], 1e6 / rate[SEAL] - 1e6 / rate[READ],
                 1e6 / rate[WRITE] - 1e6 / rate[SEAL]);
}

int main(int argc, char **argv)
{
    struct bench bench = { .tenant = rlc_span_of("acme"), .seconds = 0.3 };
    struct rlc_keyring *keyring = rlc_keyring_memory_new(1);
    struct rlc_key_want want = { bench.tenant, rlc_span_of("C-10442") };
    char *text[EXAMPLES_MAX];
    size_t count = ingest_lab_examples(text, EXAMPLES_MAX);
    struct rlc_error error;

    if (argc > 1)
        bench.seconds = strtod(argv[1], NULL);
    if (!keyring || rlc_arena_map(&bench.arena, (size_t)16 << 20) != RLC_OK ||
        keyring->ops->open(keyring, &want, 1, true, &bench.key, &error) != RLC_OK)
        return EXIT_FAILURE;
    for (size_t i = 0; i < count; i++) {
        measure(&bench, text[i]);
        free(text[i]);
    }
    keyring->ops->close(keyring);
    rlc_arena_unmap(&bench.arena);
    return EXIT_SUCCESS;
}
