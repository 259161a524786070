/* SPDX-License-Identifier: Apache-2.0 */
/* The broker is away while the process does something else than polling: it waits for a commit, for
 * Redis. Kills and starts the broker of the local stack that RELANCE_LOCAL_DIR names. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/integration/kafka_lab.h"

/* Longer than it takes librdkafka to hear from the broker and to send the next heartbeats. */
#define NO_POLL_MS 4000

static void server(const char *action)
{
    char command[1024];

    (void)snprintf(command, sizeof(command), RLC_SOURCE_DIR "/deploy/local/server.sh kafka %s >&2",
                   action);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c) */
}

/* Polls until `text` is handed out; what is assigned anew is read from its beginning. */
static void await_record(struct rlc_bus *bus, const char *text)
{
    bool found = false;

    for (int i = 0; !found && i < LAB_WAIT_MS / 100; i++) {
        struct rlc_bus_event event;
        struct rlc_position owned;
        struct rlc_error error = { .text = "" };
        uint64_t epoch;

        if (bus->ops->poll(bus, 100, &event, &error) == RLC_FATAL)
            fail_msg("the member is finished: %s", error.text);
        if (event.kind == RLC_BUS_REBALANCED && bus->ops->assignment(bus, &owned, 1, &epoch) == 1)
            lab_start(bus, 0, 0);
        found =
            event.kind == RLC_BUS_RECORD && rlc_span_equal(event.record.value, rlc_span_of(text));
        bus->ops->release(bus);
    }
    assert_true(found);
}

/* librdkafka 2.0.2 forgets its member id when the broker that came back does not know it yet, goes
 * on sending heartbeats while it waits for the application, and takes the broker's answer for proof
 * that another process has taken its place. */
static void a_member_that_did_not_poll_while_the_broker_restarted_goes_on(void **state)
{
    struct lab lab;
    struct rlc_bus *bus;
    struct rlc_bus *writer;

    (void)state;
    lab_open(&lab, 1);
    bus = lab_member(&lab, 0);
    writer = lab_writer(&lab, 1);
    (void)lab_assigned(bus, 1);
    lab_start(bus, 0, 0);
    for (int i = 0; i < 2; i++) {
        char text[] = { 'a', (char)('0' + i), '\0' };

        server("kill");
        server("start");
        lab_sleep(NO_POLL_MS);
        (void)lab_transact(writer, LAB_IN, 0, text, true);
        await_record(bus, text);
    }
    bus->ops->close(bus, true);
    writer->ops->close(writer, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_member_that_did_not_poll_while_the_broker_restarted_goes_on),
    };

    if (!lab_has_broker() || !getenv("RELANCE_LOCAL_DIR"))
        return LAB_SKIPPED;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
