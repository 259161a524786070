/* SPDX-License-Identifier: Apache-2.0 */
/* Linked into a worker of the tests, this stops or kills it exactly at a step, and takes single
 * fences away, so that the others can be tried alone on real servers. The product has no such
 * switch: the linker puts these functions in the place of its own (--wrap, see CMakeLists.txt).
 *
 *   SABOTAGE_ORDER=FILE    while the file holds "STOP APPLY" (or "KILL COMMITTED 5": at the fifth
 *                          pass), the process sends itself SIGSTOP or SIGKILL when it comes to that
 *                          step, and removes the file first
 *   SABOTAGE_WITHOUT=LIST  of the fences below
 *
 *   transactional-id  it has one that nobody else fences
 *   generation        its group metadata is {-1, ""}
 *   writer-fence      it fences no former writer
 *   offset-fence      its applies write wherever the hot state stands
 *   high-watermark    whoever asks where a partition ends is told the last stable offset */
#include "tests/integration/saboteur.h"

#include <librdkafka/rdkafka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/kafka/internal.h"
#include "common/process/watcher.h"
#include "common/redis/view.h"

/* magic and generation in front of the group in the bytes of group metadata (snapshot.c). */
#define METADATA_GROUP_AT 11

/* What --wrap calls the product's own functions. */
/* NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming) */
void __real_rlc_watcher_at(void *context, enum rlc_step step);
void __wrap_rlc_watcher_at(void *context, enum rlc_step step);
enum rlc_status __real_rlc_kafka_fence_writer(struct rlc_bus *base, const char *transactional_id,
                                              struct rlc_error *reterr);
enum rlc_status __wrap_rlc_kafka_fence_writer(struct rlc_bus *base, const char *transactional_id,
                                              struct rlc_error *reterr);
enum rlc_status __real_rlc_redis_view_apply_send(struct rlc_view *base,
                                                 struct rlc_view_apply *parts, size_t count,
                                                 struct rlc_error *reterr);
enum rlc_status __wrap_rlc_redis_view_apply_send(struct rlc_view *base,
                                                 struct rlc_view_apply *parts, size_t count,
                                                 struct rlc_error *reterr);
rd_kafka_conf_res_t __real_rd_kafka_conf_set(rd_kafka_conf_t *conf, const char *name,
                                             const char *value, char *text, size_t size);
rd_kafka_conf_res_t __wrap_rd_kafka_conf_set(rd_kafka_conf_t *conf, const char *name,
                                             const char *value, char *text, size_t size);
rd_kafka_error_t *__real_rd_kafka_send_offsets_to_transaction(
    rd_kafka_t *rk, const rd_kafka_topic_partition_list_t *offsets,
    const rd_kafka_consumer_group_metadata_t *metadata, int timeout_ms);
rd_kafka_error_t *__wrap_rd_kafka_send_offsets_to_transaction(
    rd_kafka_t *rk, const rd_kafka_topic_partition_list_t *offsets,
    const rd_kafka_consumer_group_metadata_t *metadata, int timeout_ms);

bool saboteur_without(const char *fence)
{
    const char *list = getenv("SABOTAGE_WITHOUT");

    return list && strstr(list, fence);
}

/* ---- stopped or killed at a step ---- */

static void obey(const char *path, const char *step_name)
{
    static unsigned passes;
    char act[8] = "", step[32] = "";
    unsigned pass = 1;
    FILE *order = fopen(path, "re");

    if (!order)
        return;
    /* A file that is half written is read again at the next step. */
    if (fscanf(order, "%7s %31s %u", act, step, &pass) < 2) /* NOLINT(cert-err34-c) */
        step[0] = '\0';
    (void)fclose(order);
    if (strcmp(step, step_name) != 0 || ++passes < pass)
        return;
    passes = 0;
    (void)unlink(path);
    (void)raise(strcmp(act, "KILL") == 0 ? SIGKILL : SIGSTOP);
}

void saboteur_at(const char *step_name)
{
    const char *path = getenv("SABOTAGE_ORDER");

    if (path)
        obey(path, step_name);
}

void __wrap_rlc_watcher_at(void *context, enum rlc_step step)
{
    __real_rlc_watcher_at(context, step);
    saboteur_at(rlc_step_row(step)->name);
}

/* ---- single fences taken away ---- */

rd_kafka_conf_res_t __wrap_rd_kafka_conf_set(rd_kafka_conf_t *conf, const char *name,
                                             const char *value, char *text, size_t size)
{
    char other[512];

    if (strcmp(name, "isolation.level") == 0 && saboteur_without("high-watermark"))
        return __real_rd_kafka_conf_set(conf, name, "read_committed", text, size);
    if (strcmp(name, "transactional.id") != 0 || !saboteur_without("transactional-id"))
        return __real_rd_kafka_conf_set(conf, name, value, text, size);
    (void)snprintf(other, sizeof(other), "%.500s.other", value);
    return __real_rd_kafka_conf_set(conf, name, other, text, size);
}

rd_kafka_error_t *__wrap_rd_kafka_send_offsets_to_transaction(
    rd_kafka_t *rk, const rd_kafka_topic_partition_list_t *offsets,
    const rd_kafka_consumer_group_metadata_t *metadata, int timeout_ms)
{
    rd_kafka_consumer_group_metadata_t *nobody;
    rd_kafka_error_t *error;
    void *bytes = NULL;
    size_t size = 0;

    if (!saboteur_without("generation"))
        return __real_rd_kafka_send_offsets_to_transaction(rk, offsets, metadata, timeout_ms);
    error = rd_kafka_consumer_group_metadata_write(metadata, &bytes, &size);
    if (error)
        return error;
    nobody = rd_kafka_consumer_group_metadata_new((const char *)bytes + METADATA_GROUP_AT);
    rd_kafka_mem_free(NULL, bytes);
    error = __real_rd_kafka_send_offsets_to_transaction(rk, offsets, nobody, timeout_ms);
    rd_kafka_consumer_group_metadata_destroy(nobody);
    return error;
}

enum rlc_status __wrap_rlc_kafka_fence_writer(struct rlc_bus *base, const char *transactional_id,
                                              struct rlc_error *reterr)
{
    if (saboteur_without("writer-fence"))
        return RLC_OK;
    return __real_rlc_kafka_fence_writer(base, transactional_id, reterr);
}

enum rlc_status __wrap_rlc_redis_view_apply_send(struct rlc_view *base,
                                                 struct rlc_view_apply *parts, size_t count,
                                                 struct rlc_error *reterr)
{
    for (size_t i = 0; saboteur_without("offset-fence") && i < count; i++) {
        struct rlc_look now;

        if (rlc_redis_view_look(base, parts[i].partition, &now, reterr) != RLC_OK)
            return RLC_RETRY;
        parts[i].expect_off = now.fence.off;
        if (parts[i].to.off <= now.fence.off)
            parts[i].to.off = now.fence.off + 1;
    }
    return __real_rlc_redis_view_apply_send(base, parts, count, reterr);
}
/* NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming) */
