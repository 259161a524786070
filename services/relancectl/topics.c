/* SPDX-License-Identifier: Apache-2.0 */
/* relancectl topics create: the topics of an installation, then a genesis checkpoint in each
 * partition of each state topic, last the record `installation` that workers wait for. Run again it
 * completes what is missing. */
#include "commands.h"

#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/kafka/admin.h"
#include "common/runtime/error.h"
#include "common/runtime/genesis.h"
#include "scan.h"

#define PARTITIONS_DEFAULT 24
#define PARTITIONS_MAX     1024
/* A topic that was just made has no leader for a moment. */
#define GENESIS_TRIES    50
#define GENESIS_PAUSE_NS (200L * 1000 * 1000)

const struct ctl_option CTL_TOPICS_CREATE_OPTIONS[] = {
    { "partitions", "N", "partitions of debtor-keyed topics, fixed for life (default 24)" },
    { "replication", "N", "replication factor (default: the broker's)" },
    { "source", "NAME", "also make this source topic, with broker defaults (demos, tests)" },
    { "clock", "MODE", "system (default), or stepped for replays, demos and tests" },
    { NULL, NULL, NULL },
};

/* What is asked for, and what is made of it. */
struct creation {
    struct ctl *ctl;
    int64_t partitions;
    int64_t replication;
    struct rlc_installation_facts facts;
    char names[RLC_TOPIC_USE_COUNT][RLC_TOPIC_NAME_MAX];
    const char *topics[RLC_TOPIC_USE_COUNT];
    bool known; /* the installation record is already there */
    int32_t written;
};

static enum rlc_status make_topics(struct creation *creation, struct rlc_error *reterr)
{
    struct rlc_kafka_topic topics[RLC_TOPIC_USE_COUNT + 1];
    const char *source = ctl_option(creation->ctl, "source");
    struct rlc_kafka_admin *admin = NULL;
    enum rlc_status status = rlc_kafka_admin_open(&creation->ctl->kafka, &admin, reterr);

    for (int use = 0; use < RLC_TOPIC_USE_COUNT; use++) {
        const struct rlc_topic_row *row = rlc_topic_row((enum rlc_topic_use)use);

        topics[use] = (struct rlc_kafka_topic){
            .name = creation->names[use],
            .partitions = row->single ? 1 : (int32_t)creation->partitions,
            .replication = (int32_t)creation->replication,
            .settings = row->settings,
        };
    }
    if (source) {
        topics[RLC_TOPIC_USE_COUNT] =
            (struct rlc_kafka_topic){ .name = source,
                                      .partitions = (int32_t)creation->partitions,
                                      .replication = (int32_t)creation->replication };
    }
    if (status == RLC_OK)
        status =
            rlc_kafka_topics_create(admin, topics, RLC_TOPIC_USE_COUNT + (source ? 1 : 0), reterr);
    rlc_kafka_admin_close(admin);
    return status;
}

/* Another run may have begun: its uuid stands in a checkpoint already and must be kept. */
static enum rlc_status find_uuid(struct creation *creation, struct rlc_bus *bus,
                                 struct rlc_error *reterr)
{
    struct rlc_bundles *bundles = rlc_bundles_new();
    struct rlc_installation_facts known;
    enum rlc_status status = RLC_FATAL;

    if (bundles)
        status = rlc_bundles_read(bus, RLC_TOPIC_BUNDLES, bundles, reterr);
    if (status == RLC_OK && rlc_bundles_installation(bundles, &known)) {
        creation->known = true;
        memcpy(creation->facts.uuid, known.uuid, sizeof(known.uuid));
        if (known.partitions != creation->facts.partitions) {
            status = rlc_error_set(reterr, RLC_REJECT, "topics", 0,
                                   "the installation has %d partitions for life, not %d",
                                   known.partitions, creation->facts.partitions);
        }
    } else if (status == RLC_OK) {
        status = rlc_genesis_find(bus, RLC_TOPIC_INGEST_STATE, creation->facts.partitions,
                                  creation->facts.uuid, reterr);
    }
    rlc_bundles_free(bundles);
    return status;
}

static enum rlc_status write_checkpoints(struct creation *creation, struct rlc_bus *bus,
                                         struct rlc_error *reterr)
{
    enum rlc_status status = RLC_OK;

    for (int use = 0; status == RLC_OK && use < RLC_TOPIC_USE_COUNT; use++) {
        const struct rlc_topic_row *row = rlc_topic_row((enum rlc_topic_use)use);
        int32_t written = 0;

        if (!row->state_of)
            continue;
        status = rlc_genesis_checkpoints(bus, use, row->state_of, creation->facts.partitions,
                                         creation->facts.uuid, &written, reterr);
        creation->written += written;
    }
    return status;
}

static enum rlc_status write_genesis(struct creation *creation, struct rlc_error *reterr)
{
    struct rlc_bus_config config = { .topics = creation->topics,
                                     .topic_count = RLC_TOPIC_USE_COUNT };
    struct rlc_clock clock = rlc_clock_system();
    struct rlc_bus *bus = NULL;
    enum rlc_status status = rlc_kafka_bus_open(&config, &creation->ctl->kafka, &bus, reterr);
    enum rlc_status tried = RLC_RETRY;

    for (int i = 0; status == RLC_OK && tried == RLC_RETRY && i < GENESIS_TRIES; i++) {
        struct timespec pause = { 0, GENESIS_PAUSE_NS };

        if (i)
            (void)nanosleep(&pause, NULL);
        tried = find_uuid(creation, bus, reterr);
        if (tried == RLC_OK)
            tried = write_checkpoints(creation, bus, reterr);
    }
    if (status == RLC_OK)
        status = tried;
    if (status == RLC_OK && !creation->known) {
        status = rlc_genesis_installation(bus, RLC_TOPIC_BUNDLES,
                                          creation->ctl->settings.installation.name,
                                          &creation->facts, clock.now_ms(clock.context), reterr);
    }
    if (bus)
        bus->ops->close(bus, true);
    return status;
}

static int read_wishes(struct creation *creation)
{
    const char *clock = ctl_option(creation->ctl, "clock");

    if (!ctl_option_number(creation->ctl, "partitions", PARTITIONS_DEFAULT, 1, PARTITIONS_MAX,
                           &creation->partitions) ||
        !ctl_option_number(creation->ctl, "replication", RLC_KAFKA_REPLICATION_DEFAULT, 1, 100,
                           &creation->replication))
        return CTL_USAGE;
    if (clock && strcmp(clock, "system") != 0 && strcmp(clock, "stepped") != 0)
        return ctl_fail(creation->ctl, CTL_USAGE, "--clock is 'system' or 'stepped'");
    creation->facts.partitions = (int32_t)creation->partitions;
    creation->facts.stepped = clock && strcmp(clock, "stepped") == 0;
    for (int use = 0; use < RLC_TOPIC_USE_COUNT; use++) {
        if (!ctl_topic(creation->ctl, rlc_topic_row((enum rlc_topic_use)use)->suffix,
                       creation->names[use]))
            return CTL_CONFIG;
        creation->topics[use] = creation->names[use];
    }
    if (RAND_bytes(creation->facts.uuid, sizeof(creation->facts.uuid)) != 1)
        return ctl_fail(creation->ctl, CTL_INTERNAL,
                        "no random numbers for the installation's uuid");
    return CTL_OK;
}

int ctl_topics_create(struct ctl *ctl)
{
    static struct creation creation; /* many names */
    struct rlc_error error = { .text = "" };
    int code;

    creation = (struct creation){ .ctl = ctl };
    code = read_wishes(&creation);
    if (code == CTL_OK)
        code = ctl_reach(ctl);
    if (code != CTL_OK)
        return code;
    if (make_topics(&creation, &error) != RLC_OK || write_genesis(&creation, &error) != RLC_OK)
        return ctl_fail_error(ctl, "topics create", &error);
    if (!ctl_json(ctl, json_pack("{s:i, s:i, s:i, s:b}", "topics", RLC_TOPIC_USE_COUNT,
                                 "partitions", (int)creation.partitions, "checkpoints_written",
                                 (int)creation.written, "installation_written", !creation.known))) {
        (void)printf("%d topics, %d partitions each; %d genesis checkpoints written; installation "
                     "'%s' %s\n",
                     RLC_TOPIC_USE_COUNT, (int)creation.partitions, (int)creation.written,
                     ctl->settings.installation.name, creation.known ? "was there" : "is ready");
    }
    return CTL_OK;
}
