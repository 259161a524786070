/* SPDX-License-Identifier: Apache-2.0 */
#include "common/kafka/admin.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/kafka/internal.h"
#include "common/runtime/error.h"

/* Of one request, and of waiting until new topics are known. */
#define WAIT_MS 10000
/* Between two questions whether a new topic is known. */
#define KNOWN_PAUSE_NS 20000000

struct rlc_kafka_admin {
    struct rlc_kafka_handle handle;
    rd_kafka_queue_t *queue;
    const char *bootstrap_servers;
};

enum rlc_status rlc_kafka_admin_open(const struct rlc_kafka_settings *settings,
                                     struct rlc_kafka_admin **ret_admin, struct rlc_error *reterr)
{
    const struct rlc_kafka_identity nobody = { .group = NULL };
    struct rlc_kafka_admin *admin = calloc(1, sizeof(*admin));
    enum rlc_status status;

    if (!admin)
        return rlc_error_set(reterr, RLC_FATAL, "admin_open", 0, "out of memory");
    rlc_kafka_handle_init(&admin->handle, NULL);
    admin->bootstrap_servers = settings->bootstrap_servers;
    status =
        rlc_kafka_handle_open(&admin->handle, RLC_KAFKA_ADMIN, settings, &nobody, NULL, reterr);
    if (status != RLC_OK) {
        rlc_kafka_admin_close(admin);
        return status;
    }
    admin->queue = rd_kafka_queue_new(admin->handle.rk);
    *ret_admin = admin;
    return RLC_OK;
}

void rlc_kafka_admin_close(struct rlc_kafka_admin *admin)
{
    if (!admin)
        return;
    if (admin->queue)
        rd_kafka_queue_destroy(admin->queue);
    rlc_kafka_handle_clear(&admin->handle);
    free(admin);
}

/* ---- requests ---- */

static rd_kafka_AdminOptions_t *options_of(struct rlc_kafka_admin *admin, rd_kafka_admin_op_t op)
{
    rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(admin->handle.rk, op);
    char text[128];

    (void)rd_kafka_AdminOptions_set_request_timeout(options, WAIT_MS, text, sizeof(text));
    return options;
}

/* The answer to the request that was just sent; the caller destroys it. NULL: none, or a refusal of
 * the whole request. */
static rd_kafka_event_t *answer(struct rlc_kafka_admin *admin, const char *origin,
                                enum rlc_status *ret_status, struct rlc_error *reterr)
{
    rd_kafka_event_t *event = rd_kafka_queue_poll(admin->queue, WAIT_MS + WAIT_MS / 10);
    rd_kafka_resp_err_t code = event ? rd_kafka_event_error(event) : RD_KAFKA_RESP_ERR__TIMED_OUT;

    *ret_status = RLC_OK;
    if (!code)
        return event;
    *ret_status = rlc_kafka_ask_error(code, origin, reterr);
    if (event) {
        rd_kafka_event_destroy(event);
        return NULL;
    }
    /* Its answer may still come and must not be taken for that of the next request. */
    rd_kafka_queue_destroy(admin->queue);
    admin->queue = rd_kafka_queue_new(admin->handle.rk);
    return NULL;
}

static rd_kafka_resp_err_t ask_metadata(struct rlc_kafka_admin *admin, const char *name,
                                        int32_t *ret_count)
{
    rd_kafka_topic_t *handle = rd_kafka_topic_new(admin->handle.rk, name, NULL);
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_resp_err_t code;

    if (!handle)
        return rd_kafka_last_error();
    code = rd_kafka_metadata(admin->handle.rk, 0, handle, &metadata, WAIT_MS);
    if (!code) {
        code = RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
        if (metadata->topic_cnt == 1)
            code = metadata->topics[0].err;
        if (!code)
            *ret_count = metadata->topics[0].partition_cnt;
        rd_kafka_metadata_destroy(metadata);
    }
    rd_kafka_topic_destroy(handle);
    return code;
}

enum rlc_status rlc_kafka_topic_partitions(struct rlc_kafka_admin *admin, const char *name,
                                           int32_t *ret_count, struct rlc_error *reterr)
{
    rd_kafka_resp_err_t code = ask_metadata(admin, name, ret_count);

    if (code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
        return rlc_error_set(reterr, RLC_REJECT, "topic_partitions", code,
                             "the topic %s does not exist", name);
    return code ? rlc_kafka_ask_error(code, "topic_partitions", reterr) : RLC_OK;
}

/* ---- creating ---- */

static rd_kafka_NewTopic_t *new_topic(const struct rlc_kafka_topic *topic, struct rlc_error *reterr)
{
    char text[192];
    rd_kafka_NewTopic_t *created = rd_kafka_NewTopic_new(topic->name, topic->partitions,
                                                         topic->replication, text, sizeof(text));
    const struct rlc_topic_setting *setting = topic->settings;

    if (!created) {
        (void)rlc_error_set(reterr, RLC_REJECT, "topics_create", 0, "%s: %s", topic->name, text);
        return NULL;
    }
    for (; setting && setting->name; setting++)
        (void)rd_kafka_NewTopic_set_config(created, setting->name, setting->value);
    return created;
}

static enum rlc_status creation_result(const rd_kafka_topic_result_t *result,
                                       struct rlc_error *reterr)
{
    rd_kafka_resp_err_t code = rd_kafka_topic_result_error(result);

    if (code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
        return RLC_OK;
    return rlc_error_set(reterr, RLC_REJECT, "topics_create", code, "%s: %s",
                         rd_kafka_topic_result_name(result),
                         rd_kafka_topic_result_error_string(result));
}

static enum rlc_status request_creation(struct rlc_kafka_admin *admin, rd_kafka_NewTopic_t **topics,
                                        size_t count, struct rlc_error *reterr)
{
    rd_kafka_AdminOptions_t *options = options_of(admin, RD_KAFKA_ADMIN_OP_CREATETOPICS);
    const rd_kafka_topic_result_t **results;
    rd_kafka_event_t *event;
    enum rlc_status status;
    size_t result_count = 0;

    rd_kafka_CreateTopics(admin->handle.rk, topics, count, options, admin->queue);
    rd_kafka_AdminOptions_destroy(options);
    event = answer(admin, "topics_create", &status, reterr);
    if (!event)
        return status;
    results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event),
                                                  &result_count);
    for (size_t i = 0; status == RLC_OK && i < result_count; i++)
        status = creation_result(results[i], reterr);
    rd_kafka_event_destroy(event);
    return status;
}

/* A topic that was made a moment ago is known to the controller first. */
static enum rlc_status await_topic(struct rlc_kafka_admin *admin,
                                   const struct rlc_kafka_topic *topic, struct rlc_error *reterr)
{
    const struct timespec pause = { .tv_nsec = KNOWN_PAUSE_NS };
    enum rlc_status status = RLC_REJECT;
    int32_t count = 0;

    for (int64_t i = 0; status == RLC_REJECT && i < WAIT_MS * INT64_C(1000000) / KNOWN_PAUSE_NS;
         i++) {
        if (i)
            (void)nanosleep(&pause, NULL);
        status = rlc_kafka_topic_partitions(admin, topic->name, &count, reterr);
    }
    if (status == RLC_OK && count != topic->partitions) {
        return rlc_error_set(reterr, RLC_REJECT, "topics_create", 0,
                             "%s exists with %d partitions and must have %d; the count of a topic "
                             "cannot be corrected",
                             topic->name, count, topic->partitions);
    }
    return status;
}

enum rlc_status rlc_kafka_topics_create(struct rlc_kafka_admin *admin,
                                        const struct rlc_kafka_topic *topics, size_t count,
                                        struct rlc_error *reterr)
{
    rd_kafka_NewTopic_t **created = calloc(count + 1, sizeof(rd_kafka_NewTopic_t *));
    enum rlc_status status = RLC_OK;

    if (!created)
        return rlc_error_set(reterr, RLC_FATAL, "topics_create", 0, "out of memory");
    for (size_t i = 0; status == RLC_OK && i < count; i++) {
        created[i] = new_topic(&topics[i], reterr);
        if (!created[i])
            status = RLC_REJECT;
    }
    if (status == RLC_OK && count)
        status = request_creation(admin, created, count, reterr);
    for (size_t i = 0; i < count && created[i]; i++)
        rd_kafka_NewTopic_destroy(created[i]);
    free(created);
    for (size_t i = 0; status == RLC_OK && i < count; i++)
        status = await_topic(admin, &topics[i], reterr);
    return status;
}

/* ---- verifying ---- */

/* What is wrong, and the repair, written side by side. */
struct mismatch {
    char *text;
    size_t size;
    size_t used;
    char repair[RLC_KAFKA_MISMATCH_MAX / 2];
    size_t repair_used;
};

static void say(char *buffer, size_t size, size_t *used, const char *format, ...) RLC_PRINTF(4, 5);

static void say(char *buffer, size_t size, size_t *used, const char *format, ...)
{
    va_list arguments;
    int written;

    va_start(arguments, format);
    written = vsnprintf(buffer + *used, size - *used, format, arguments);
    va_end(arguments);
    if (written > 0)
        *used += (size_t)written < size - *used ? (size_t)written : size - *used - 1;
}

static void differs(struct mismatch *mismatch, const struct rlc_topic_setting *setting,
                    const char *actual)
{
    bool list = strchr(setting->value, ',') != NULL;

    say(mismatch->text, mismatch->size, &mismatch->used, "%s%s is %s, must be %s (%s)",
        mismatch->repair_used ? "; " : "", setting->name, actual ? actual : "not known",
        setting->value, setting->reason ? setting->reason : "required");
    say(mismatch->repair, sizeof(mismatch->repair), &mismatch->repair_used, "%s%s=%s%s%s",
        mismatch->repair_used ? "," : "", setting->name, list ? "[" : "", setting->value,
        list ? "]" : "");
}

static const char *value_of(const rd_kafka_ConfigEntry_t *const *entries, size_t count,
                            const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rd_kafka_ConfigEntry_name(entries[i]), name) == 0)
            return rd_kafka_ConfigEntry_value(entries[i]);
    }
    return NULL;
}

static void compare_settings(struct mismatch *mismatch, const struct rlc_kafka_topic *topic,
                             const rd_kafka_ConfigResource_t *resource)
{
    size_t count = 0;
    const rd_kafka_ConfigEntry_t *const *entries =
        (const rd_kafka_ConfigEntry_t *const *)rd_kafka_ConfigResource_configs(resource, &count);
    const struct rlc_topic_setting *setting = topic->settings;

    for (; setting && setting->name; setting++) {
        const char *actual = value_of(entries, count, setting->name);

        if (!actual || strcmp(actual, setting->value) != 0)
            differs(mismatch, setting, actual);
    }
}

static enum rlc_status describe(struct rlc_kafka_admin *admin, const char *name,
                                rd_kafka_event_t **ret_event,
                                const rd_kafka_ConfigResource_t **ret_resource,
                                struct rlc_error *reterr)
{
    rd_kafka_AdminOptions_t *options = options_of(admin, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
    rd_kafka_ConfigResource_t *asked = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name);
    const rd_kafka_ConfigResource_t **resources;
    size_t count = 0;
    enum rlc_status status;

    rd_kafka_DescribeConfigs(admin->handle.rk, &asked, 1, options, admin->queue);
    rd_kafka_ConfigResource_destroy(asked);
    rd_kafka_AdminOptions_destroy(options);
    *ret_event = answer(admin, "topic_verify", &status, reterr);
    if (!*ret_event)
        return status;
    resources = rd_kafka_DescribeConfigs_result_resources(
        rd_kafka_event_DescribeConfigs_result(*ret_event), &count);
    if (count == 1 && !rd_kafka_ConfigResource_error(resources[0])) {
        *ret_resource = resources[0];
        return RLC_OK;
    }
    status = rlc_error_set(
        reterr, RLC_RETRY, "topic_verify", 0, "the settings of %s cannot be read: %s", name,
        count ? rd_kafka_ConfigResource_error_string(resources[0]) : "no answer");
    rd_kafka_event_destroy(*ret_event);
    *ret_event = NULL;
    return status;
}

static enum rlc_status verify_settings(struct rlc_kafka_admin *admin,
                                       const struct rlc_kafka_topic *topic,
                                       struct mismatch *mismatch, struct rlc_error *reterr)
{
    const rd_kafka_ConfigResource_t *resource = NULL;
    rd_kafka_event_t *event = NULL;
    enum rlc_status status = describe(admin, topic->name, &event, &resource, reterr);

    if (status != RLC_OK)
        return status;
    say(mismatch->text, mismatch->size, &mismatch->used, "%s: ", topic->name);
    compare_settings(mismatch, topic, resource);
    rd_kafka_event_destroy(event);
    if (mismatch->repair_used == 0) {
        mismatch->text[0] = '\0';
        return RLC_OK;
    }
    say(mismatch->text, mismatch->size, &mismatch->used,
        "; repair: kafka-configs.sh --bootstrap-server %s --alter --entity-type topics "
        "--entity-name %s --add-config %s",
        admin->bootstrap_servers, topic->name, mismatch->repair);
    return rlc_error_set(reterr, RLC_REJECT, "topic_verify", 0, "%s", mismatch->text);
}

enum rlc_status rlc_kafka_topic_verify(struct rlc_kafka_admin *admin,
                                       const struct rlc_kafka_topic *topic, char *ret_mismatch,
                                       size_t size, struct rlc_error *reterr)
{
    struct mismatch mismatch = { .text = ret_mismatch, .size = size };
    int32_t count = 0;
    enum rlc_status status = rlc_kafka_topic_partitions(admin, topic->name, &count, reterr);

    ret_mismatch[0] = '\0';
    if (status == RLC_REJECT) {
        say(mismatch.text, size, &mismatch.used,
            "%s does not exist; repair: relancectl topics create", topic->name);
        return status;
    }
    if (status != RLC_OK)
        return status;
    if (count == topic->partitions)
        return verify_settings(admin, topic, &mismatch, reterr);
    say(mismatch.text, size, &mismatch.used,
        "%s: has %d partitions, must have %d; repair: the count is fixed for life: configure %d "
        "or move this topic away and run relancectl topics create",
        topic->name, count, topic->partitions, count);
    return rlc_error_set(reterr, RLC_REJECT, "topic_verify", 0, "%s", ret_mismatch);
}

/* ---- groups ---- */

static enum rlc_status forget_result(rd_kafka_event_t *event, struct rlc_error *reterr)
{
    size_t count = 0;
    const rd_kafka_group_result_t **results = rd_kafka_DeleteConsumerGroupOffsets_result_groups(
        rd_kafka_event_DeleteConsumerGroupOffsets_result(event), &count);
    const rd_kafka_topic_partition_list_t *partitions;

    if (count != 1)
        return rlc_error_set(reterr, RLC_RETRY, "group_forget", 0, "no answer");
    if (rd_kafka_group_result_error(results[0])) {
        return rlc_error_set(reterr, RLC_REJECT, "group_forget",
                             rd_kafka_error_code(rd_kafka_group_result_error(results[0])), "%s",
                             rd_kafka_error_string(rd_kafka_group_result_error(results[0])));
    }
    partitions = rd_kafka_group_result_partitions(results[0]);
    if (partitions && partitions->cnt == 1 && partitions->elems[0].err)
        return rlc_error_set(reterr, RLC_REJECT, "group_forget", partitions->elems[0].err, "%s",
                             rd_kafka_err2str(partitions->elems[0].err));
    return RLC_OK;
}

enum rlc_status rlc_kafka_group_forget(struct rlc_kafka_admin *admin, const char *group,
                                       const char *topic, int32_t partition,
                                       struct rlc_error *reterr)
{
    rd_kafka_AdminOptions_t *options =
        options_of(admin, RD_KAFKA_ADMIN_OP_DELETECONSUMERGROUPOFFSETS);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_DeleteConsumerGroupOffsets_t *request;
    rd_kafka_event_t *event;
    enum rlc_status status;

    (void)rd_kafka_topic_partition_list_add(list, topic, partition);
    request = rd_kafka_DeleteConsumerGroupOffsets_new(group, list);
    rd_kafka_DeleteConsumerGroupOffsets(admin->handle.rk, &request, 1, options, admin->queue);
    rd_kafka_DeleteConsumerGroupOffsets_destroy(request);
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_AdminOptions_destroy(options);
    event = answer(admin, "group_forget", &status, reterr);
    if (!event)
        return status;
    status = forget_result(event, reterr);
    rd_kafka_event_destroy(event);
    return status;
}
