/* SPDX-License-Identifier: Apache-2.0 */
/* What the notifier has in hand. */
#include "tests/support/check.h"

#include "contacts.h"

static struct contact *add(struct contacts *contacts, const char *key)
{
    struct rlc_contact_body body = { .request_number = 1 };
    struct contact *contact = contacts_add(contacts, 0, rlc_span_of(key), &body);

    assert_non_null(contact);
    return contact;
}

static void who_waits_is_counted_by_what_for_and_nobody_else(void **state)
{
    struct contacts contacts = { .all = NULL };
    struct contact *waiting, *ready, *ended;
    size_t count[NOTIFIER_WAITS];
    size_t sum = 0;

    (void)state;
    (void)add(&contacts, "c|acme/C-1|a");
    waiting = add(&contacts, "c|acme/C-2|b");
    ready = add(&contacts, "c|acme/C-3|c");
    ended = add(&contacts, "c|acme/C-4|d");
    waiting->wait = NOTIFIER_WAITS_FOR_MESSAGE;
    contacts_move(&contacts, ready, CONTACT_READY);
    ready->wait = NOTIFIER_WAITS_FOR_CONNECTION;
    ended->wait = NOTIFIER_WAITS_FOR_CONNECTION;
    (void)contacts_end(&contacts, ended, RLC_LOCAL_EVENT_KIND_LOOK_FINISHED);
    contacts_count(&contacts, count);
    for (size_t i = 0; i < NOTIFIER_WAITS; i++)
        sum += count[i];
    assert_int_equal(count[NOTIFIER_WAITS_FOR_TURN], 1);
    assert_int_equal(count[NOTIFIER_WAITS_FOR_MESSAGE], 1);
    assert_int_equal(count[NOTIFIER_WAITS_FOR_CONNECTION], 1);
    assert_int_equal(sum, 3);
    contacts_clear(&contacts);
    contacts_count(&contacts, count);
    assert_int_equal(count[NOTIFIER_WAITS_FOR_TURN], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_waits_is_counted_by_what_for_and_nobody_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
