/* SPDX-License-Identifier: Apache-2.0 */
#include "turn.h"

#include <stdio.h>
#include <string.h>

const enum notifier_wait TURN_WAITS[LOOK_WAITS] = {
    [LOOK_WAITS_FOR_INTAKE] = NOTIFIER_WAITS_FOR_INTAKE,
    [LOOK_WAITS_FOR_TENANT] = NOTIFIER_WAITS_FOR_TENANT,
    [LOOK_WAITS_FOR_DEBTOR] = NOTIFIER_WAITS_FOR_DEBTOR,
    [LOOK_WAITS_FOR_RECORDS] = NOTIFIER_WAITS_FOR_RECORDS,
};

uint64_t turn_now_ns(const struct notifier_worker *worker)
{
    return rlc_clock_monotonic_ns(&worker->config.looks.clock);
}

uint64_t turn_after_ns(const struct notifier_worker *worker, int64_t wait_ms)
{
    return turn_now_ns(worker) + (uint64_t)wait_ms * 1000000u;
}

void turn_put_off(struct notifier_worker *worker, struct contact *contact, enum notifier_wait wait,
                  int64_t wait_ms)
{
    contact->wait = wait;
    contact->not_before_ns = turn_after_ns(worker, wait_ms);
}

void turn_tell(struct notifier_worker *worker, const char *event, const char *text)
{
    if (strcmp(worker->told, text) == 0)
        return;
    (void)snprintf(worker->told, sizeof(worker->told), "%s", text);
    if (worker->config.note)
        worker->config.note(worker->config.note_context, event, text);
}

void turn_send_back(struct notifier_worker *worker, struct contact *contact,
                    enum notifier_wait wait, int64_t wait_ms)
{
    contacts_unprepare(contact);
    turn_put_off(worker, contact, wait, wait_ms);
    contacts_move(&worker->contacts, contact, CONTACT_WAITING);
}
