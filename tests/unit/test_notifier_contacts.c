/* SPDX-License-Identifier: Apache-2.0 */
/* What the notifier has in hand: each contact in one list, each mail that is on its way once, and a
 * mail that outlives its contact finds it again. */
#include "contacts.h"

#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "tests/support/check.h"

static const struct rlc_smtp_result ACCEPTED = { .outcome = RLC_SMTP_ACCEPTED, .code = 250 };

static int open_contacts(void **state)
{
    static struct contacts contacts;

    contacts = (struct contacts){ .all = NULL };
    *state = &contacts;
    return 0;
}

static int close_contacts(void **state)
{
    contacts_clear(*state);
    return 0;
}

static struct rlc_span key_of(uint8_t action)
{
    static struct notifier_key key;

    notifier_key_contact(rlc_span_of("acme/C-1"), &(struct rlc_action_id){ { action } }, &key);
    return key.span;
}

static struct contact *add(struct contacts *contacts, uint8_t action, rlc_ms decided_at_ms)
{
    struct rlc_contact_body body = { .action = { { action } },
                                     .request_number = 2,
                                     .decided_at_ms = decided_at_ms,
                                     .not_after_ms = 99 };
    struct contact *contact = contacts_add(contacts, 3, key_of(action), &body);

    assert_non_null(contact);
    return contact;
}

/* As if its mail had been made. */
static void prepare(struct contact *contact)
{
    uint8_t *record = malloc(4);

    contact->prepared = calloc(1, sizeof(*contact->prepared));
    assert_non_null(contact->prepared);
    assert_non_null(record);
    contact->prepared->size = sizeof(*contact->prepared);
    contact->contact_number = 4;
    contact->record = rlc_span_from(record, 4);
}

static size_t length(struct contact *list)
{
    struct contact *contact;
    size_t count;

    DL_COUNT(list, contact, count);
    return count;
}

static void assert_lists(struct contacts *contacts, size_t waiting, size_t ready, size_t ended)
{
    assert_int_equal(length(contacts->waiting), waiting);
    assert_int_equal(length(contacts->ready), ready);
    assert_int_equal(contacts->ready_count, ready);
    assert_int_equal(length(contacts->ended), ended);
}

static void a_contact_waits_last_in_the_line(void **state)
{
    struct contacts *contacts = *state;
    struct contact *first = add(contacts, 1, 20);
    struct contact *second = add(contacts, 2, 10);

    assert_lists(contacts, 2, 0, 0);
    assert_ptr_equal(contacts->waiting, first);
    assert_ptr_equal(first->next, second);
    assert_int_equal(first->state, CONTACT_WAITING);
    assert_int_equal(first->request_number, 2);
    assert_int_equal(first->not_after_ms, 99);
    assert_true(rlc_span_equal(contact_key(first), key_of(1)));
    assert_int_equal(contacts->busy[3], 2);
    assert_int_equal(contacts->busy[2], 0);
}

static void a_contact_is_in_the_list_of_its_state_and_in_no_other(void **state)
{
    static const struct {
        enum contact_state state;
        size_t waiting, ready, ended;
    } cases[] = {
        { CONTACT_READY, 0, 1, 0 },     { CONTACT_LOOKED, 0, 1, 0 },
        { CONTACT_UNDER_WAY, 0, 0, 0 }, { CONTACT_ENDED, 0, 0, 1 },
        { CONTACT_WAITING, 1, 0, 0 },   { CONTACT_ENDED, 0, 0, 1 },
        { CONTACT_UNDER_WAY, 0, 0, 0 }, { CONTACT_READY, 0, 1, 0 },
    };
    struct contacts *contacts = *state;
    struct contact *contact = add(contacts, 1, 10);

    for (size_t i = 0; i < RLC_COUNT(cases); i++) {
        contacts_move(contacts, contact, cases[i].state);
        assert_lists(contacts, cases[i].waiting, cases[i].ready, cases[i].ended);
        assert_int_equal(contacts->busy[3], 1);
    }
    contacts_remove(contacts, contact);
    assert_lists(contacts, 0, 0, 0);
    assert_int_equal(contacts->busy[3], 0);
    assert_null(contacts->all);
}

static void who_waits_is_sorted_by_when_it_was_asked_for_and_then_by_key(void **state)
{
    struct contacts *contacts = *state;
    struct contact *late = add(contacts, 1, 30);
    struct contact *other = add(contacts, 3, 20);
    struct contact *early = add(contacts, 4, 10);
    struct contact *one = add(contacts, 2, 20);

    contacts_sort(contacts);
    assert_ptr_equal(contacts->waiting, early);
    assert_ptr_equal(early->next, one);
    assert_ptr_equal(one->next, other);
    assert_ptr_equal(other->next, late);
}

static void an_end_is_an_event_about_its_contact(void **state)
{
    struct contacts *contacts = *state;
    struct contact *contact = add(contacts, 7, 10);
    struct notifier_local *local;

    contact->event.local.reason = RLC_RETURN_REASON_TOO_LATE;
    local = contacts_end(contacts, contact, RLC_LOCAL_EVENT_KIND_OWNER_CHANGED);
    assert_lists(contacts, 0, 0, 1);
    assert_ptr_equal(local, &contact->event.local);
    assert_ptr_equal(contact->event.context, contact);
    assert_int_equal(local->kind, RLC_LOCAL_EVENT_KIND_OWNER_CHANGED);
    assert_true(rlc_span_equal(local->debtor, rlc_span_of("acme/C-1")));
    assert_int_equal(local->action.bytes[0], 7);
    assert_int_equal(local->request_number, 2);
    assert_int_equal(local->reason, RLC_RETURN_REASON_UNSPECIFIED);
}

static void what_was_prepared_is_given_up_as_a_whole(void **state)
{
    struct contacts *contacts = *state;
    struct contact *contact = add(contacts, 1, 10);

    prepare(contact);
    contacts_unprepare(contact);
    assert_null(contact->prepared);
    assert_null(contact->record.data);
    contacts_unprepare(contact);
}

/* ---- mails on their way ---- */

static void a_mail_on_its_way_has_an_id_of_its_own_and_what_was_prepared(void **state)
{
    struct contacts *contacts = *state;
    struct contact *a = add(contacts, 1, 10);
    struct contact *b = add(contacts, 2, 10);
    struct prepared *prepared;
    struct transfer *first, *second;

    prepare(a);
    prepare(b);
    prepared = a->prepared;
    first = contacts_begin(contacts, a);
    second = contacts_begin(contacts, b);
    assert_int_not_equal(first->id, second->id);
    assert_int_not_equal(first->id, 0);
    assert_ptr_equal(first->prepared, prepared);
    assert_int_equal(first->contact_number, 4);
    assert_int_equal(first->request_number, 2);
    assert_int_equal(first->partition, 3);
    assert_null(a->prepared);
    assert_null(a->record.data);
    assert_ptr_equal(a->transfer, first);
    assert_int_equal(a->state, CONTACT_UNDER_WAY);
    assert_int_equal(contacts->unfinished, 2);
    assert_ptr_equal(contacts_transfer(contacts, second->id), second);
    assert_null(contacts_transfer(contacts, second->id + 1));
}

static void a_mail_finishes_once_and_gives_back_what_was_lent(void **state)
{
    struct contacts *contacts = *state;
    struct contact *contact = add(contacts, 1, 10);
    struct transfer *transfer;

    prepare(contact);
    transfer = contacts_begin(contacts, contact);
    contacts_finish(contacts, transfer, &ACCEPTED);
    assert_true(transfer->finished);
    assert_null(transfer->prepared);
    assert_int_equal(transfer->result.code, 250);
    assert_int_equal(contacts->unfinished, 0);
    assert_null(contacts_transfer(contacts, transfer->id));
    contacts_forget(contacts, transfer);
    assert_null(contact->transfer);
    assert_null(contacts->transfers);
}

static void a_mail_outlives_its_contact_and_is_found_by_key_and_number(void **state)
{
    struct contacts *contacts = *state;
    struct contact *contact = add(contacts, 1, 10);
    struct transfer *transfer;

    prepare(contact);
    transfer = contacts_begin(contacts, contact);
    assert_null(contacts_orphan(contacts, key_of(1), 2)); /* it has its contact */
    contacts_remove(contacts, contact);
    assert_null(transfer->contact);
    assert_non_null(transfer->prepared);
    assert_int_equal(contacts->unfinished, 1);
    assert_null(contacts_orphan(contacts, key_of(2), 2));
    assert_null(contacts_orphan(contacts, key_of(1), 3));
    assert_ptr_equal(contacts_orphan(contacts, key_of(1), 2), transfer);
    contacts_finish(contacts, transfer, &ACCEPTED);
    assert_ptr_equal(contacts_orphan(contacts, key_of(1), 2), transfer);
}

static void a_mail_that_nobody_waits_for_is_gone_when_it_finishes(void **state)
{
    struct contacts *contacts = *state;
    struct contact *contact = add(contacts, 1, 10);
    struct transfer *transfer;

    prepare(contact);
    transfer = contacts_begin(contacts, contact);
    contacts_remove(contacts, contact);
    transfer->forgotten = true;
    assert_null(contacts_orphan(contacts, key_of(1), 2));
    contacts_finish(contacts, transfer, &ACCEPTED);
    assert_null(contacts->transfers);
    assert_int_equal(contacts->unfinished, 0);
}

static void clearing_forgets_contacts_of_every_state_and_all_mails(void **state)
{
    struct contacts *contacts = *state;
    struct contact *ready = add(contacts, 2, 10);
    struct contact *looked = add(contacts, 3, 10);
    struct contact *under_way = add(contacts, 4, 10);

    (void)add(contacts, 1, 10);
    prepare(ready);
    contacts_move(contacts, ready, CONTACT_READY);
    prepare(looked);
    contacts_move(contacts, looked, CONTACT_LOOKED);
    prepare(under_way);
    (void)contacts_begin(contacts, under_way);
    contacts_clear(contacts);
    assert_lists(contacts, 0, 0, 0);
    assert_null(contacts->all);
    assert_null(contacts->transfers);
    assert_int_equal(contacts->unfinished, 0);
    assert_int_equal(contacts->busy[3], 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, open_contacts, close_contacts)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_contact_waits_last_in_the_line),
        TEST(a_contact_is_in_the_list_of_its_state_and_in_no_other),
        TEST(who_waits_is_sorted_by_when_it_was_asked_for_and_then_by_key),
        TEST(an_end_is_an_event_about_its_contact),
        TEST(what_was_prepared_is_given_up_as_a_whole),
        TEST(a_mail_on_its_way_has_an_id_of_its_own_and_what_was_prepared),
        TEST(a_mail_finishes_once_and_gives_back_what_was_lent),
        TEST(a_mail_outlives_its_contact_and_is_found_by_key_and_number),
        TEST(a_mail_that_nobody_waits_for_is_gone_when_it_finishes),
        TEST(clearing_forgets_contacts_of_every_state_and_all_mails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
