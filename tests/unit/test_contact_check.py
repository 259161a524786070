# SPDX-License-Identifier: Apache-2.0
"""The independent checker of contacts, on made-up records: one violation of each kind is found, and
what only looks like one is not.

usage: test_contact_check.py
"""
import hashlib
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/chaos"))
from contact_check import AUDIT, EVENT, REQUEST, WORDS, Record, check  # noqa: E402
from letterbox import Letter  # noqa: E402

TENANT, DEBTOR, CREDITOR, PARTITION = "acme", "D1", "FR", 3
NOW_MS = 1_790_000_000_000
ACTION = bytes(range(16))
MAIL = b"Subject: Reminder\r\n\r\nF1\r\n"


def euro(minor, currency="EUR"):
    return {"minor": minor, "currency": currency}


class Tale:
    """What happened to one debtor, what was asked and sent; offsets are those of debtor-events."""

    def __init__(self):
        self.events, self.requests, self.audit, self.letters = [], [], [], []
        self.event(10, invoice_issued={"document": "F1", "total": euro(10000)})

    def event(self, offset, partition=PARTITION, debtor=DEBTOR, creditor=CREDITOR, revision=0,
              **body):
        envelope = {"tenant": TENANT, "debtor": debtor, "creditor": creditor,
                    "source_event_id": f"E{offset}", "occurred_at_ms": NOW_MS + offset,
                    "entity_revision": revision}
        self.events.append(Record(partition, offset, EVENT.DebtorEvent(envelope=envelope, **body)))

    def note(self, **body):
        envelope = {"tenant": TENANT, "debtor": DEBTOR, "creditor": CREDITOR}
        message = AUDIT.AuditRecord(envelope=envelope, decided_at_ms=NOW_MS, **body)
        self.audit.append(Record(PARTITION, len(self.audit), message))

    def pay(self, offset, minor, payment="P1", document="F1", **more):
        self.event(offset, payment_received={
            "payment": payment, "amount": euro(minor),
            "allocations": [{"document": document, "amount": euro(minor)}]}, **more)

    def attempt(self, watermark=20, minor=10000, number=1, document="F1", asked_ms=0, at_ms=1000,
                currency="EUR"):
        self.note(attempted={
            "action": ACTION, "request_number": number, "attempted_at_ms": NOW_MS + at_ms,
            "content_hash": hashlib.sha256(MAIL).digest(),
            "look": {"watermark": watermark, "asked_at_ms": NOW_MS + asked_ms},
            "lines": [{"document": document, "open": euro(minor, currency)}]})

    def ended(self, result=WORDS.OUTCOME_RESULT_ACCEPTED, number=1):
        self.note(contact_ended={"action": ACTION, "request_number": number, "result": result})

    def mail(self, body_ms=1500, content=MAIL):
        name = f"{len(self.letters) + 1:012d}"
        self.letters.append(Letter(name, {"body_at_ms": NOW_MS + body_ms}, content))

    def ask(self, number=1, part=0):
        envelope = {"tenant": TENANT, "debtor": DEBTOR}
        body = {"action": ACTION, "request_number": number, "part": part}
        message = REQUEST.ContactRequest(envelope=envelope, body=body)
        self.requests.append(Record(PARTITION, len(self.requests), message))

    def answer(self, offset, number=1, **more):
        self.event(offset, outcome={"action": ACTION, "request_number": number}, **more)

    def found(self):
        return check(self.events, self.requests, self.audit, self.letters)


class ContactCheck(unittest.TestCase):
    def setUp(self):
        self.tale = Tale()

    def assert_found(self, *kinds):
        found = self.tale.found()
        self.assertEqual([one.kind for one in found], list(kinds), found)
        return found

    def test_a_whole_contact_has_no_violation(self):
        self.tale.ask()
        self.tale.ask(part=1)  # its annex
        self.tale.attempt()
        self.tale.mail()
        self.tale.ended()
        self.tale.answer(20)
        self.tale.pay(21, 10000)
        self.assert_found()

    # ---- payments ----

    def test_a_payment_below_the_watermark_is_found_with_its_offset(self):
        self.tale.pay(19, 10000)
        self.tale.attempt(watermark=20)
        one, = self.assert_found("behind-payment")
        self.assertIn("open are 0 EUR since offset 19", one.text)
        self.assertEqual((one.debtor, one.request), ("acme/D1", (ACTION.hex(), 1)))

    def test_a_payment_at_the_watermark_or_in_another_partition_was_not_known(self):
        self.tale.pay(20, 10000)
        self.tale.pay(5, 10000, payment="P2", partition=PARTITION + 1)
        self.tale.attempt(watermark=20)
        self.assert_found()

    def test_neither_another_debtor_nor_another_creditor_nor_another_document_pays_for_it(self):
        self.tale.pay(11, 10000, payment="P1", debtor="D2")
        self.tale.pay(12, 10000, payment="P2", creditor="DE")
        self.tale.pay(13, 10000, payment="P3", document="F2")
        self.tale.attempt()
        self.assert_found()

    def test_after_a_part_payment_the_rest_may_be_asked_for(self):
        self.tale.pay(11, 4000)
        self.tale.attempt(minor=6000)
        self.assert_found()
        self.tale.attempt(minor=6001, number=2)
        self.assert_found("behind-payment")

    def test_a_payment_told_twice_pays_once(self):
        self.tale.pay(11, 4000)
        self.tale.pay(12, 4000)
        self.tale.attempt(minor=6000)
        self.assert_found()

    def test_of_two_words_about_a_payment_the_newer_revision_counts(self):
        self.tale.pay(11, 1000, revision=2)
        self.tale.pay(12, 4000, revision=1)
        self.tale.attempt(minor=9000)
        self.assert_found()

    def test_a_payment_gives_no_more_than_it_has(self):
        self.tale.event(11, payment_received={
            "payment": "P1", "amount": euro(5000),
            "allocations": [{"document": "F0", "amount": euro(3000)},
                            {"document": "F1", "amount": euro(3000)}]})
        self.tale.attempt(minor=8000)
        self.assert_found()

    def test_what_is_taken_back_may_be_asked_for_again(self):
        self.tale.pay(11, 10000)
        self.tale.event(12, payment_reversed={"payment": "P1", "amount": euro(2000)})
        self.tale.event(14, payment_reversed={"payment": "P2"})
        self.tale.attempt(minor=2000)
        self.assert_found()
        self.tale.attempt(minor=2001, number=2)
        self.assert_found("behind-payment")
        self.tale.event(13, payment_reversed={"payment": "P1"})
        self.assert_found()

    def test_credit_notes_cancellations_and_amendments_count_like_payments(self):
        for body in ({"credit_note_issued": {
                         "document": "C1", "total": euro(1),
                         "allocations": [{"document": "F1", "amount": euro(1)}]}},
                     {"invoice_cancelled": {"document": "F1"}},
                     {"invoice_amended": {"document": "F1", "total": euro(9999)}}):
            self.tale = Tale()
            self.tale.attempt()
            self.assert_found()
            self.tale.event(11, **body)
            self.assert_found("behind-payment")

    def test_of_an_opening_item_only_what_was_left_may_be_asked_for(self):
        self.tale.event(11, opening_item={"invoice": {"document": "F2", "total": euro(900)},
                                          "open": euro(300)})
        self.tale.attempt(minor=300, document="F2")
        self.assert_found()
        self.tale.attempt(minor=301, document="F2", number=2)
        self.assert_found("behind-payment")

    def test_neither_what_was_never_owed_nor_another_currency_may_be_asked_for(self):
        self.tale.attempt(document="F9", minor=1)
        self.tale.attempt(currency="SEK", minor=1, number=2)
        self.assert_found("behind-payment", "behind-payment")

    # ---- what else was known ----

    def test_an_open_suspicion_is_found(self):
        self.tale.event(15, cash_suspected={"suspicion": "S1"})
        self.tale.attempt()
        self.assertIn("offset 15", self.assert_found("behind-suspicion")[0].text)

    def test_a_suspicion_that_was_cleared_or_has_run_out_or_came_later_is_none(self):
        self.tale.event(14, cash_cleared={"suspicion": "S1"})
        self.tale.event(15, cash_suspected={"suspicion": "S1"})
        self.tale.event(16, cash_suspected={"suspicion": "S2", "until_ms": NOW_MS})
        self.tale.event(20, cash_suspected={"suspicion": "S3"})
        self.tale.attempt()
        self.assert_found()

    def test_a_kill_switch_below_the_watermark_is_found(self):
        self.tale.event(15, debtor="", scope_changed={"revision": 2, "kill_switch": True})
        self.tale.event(16, debtor="", scope_changed={"revision": 1})
        self.tale.attempt()
        self.assert_found("behind-kill")
        self.tale.event(17, debtor="", scope_changed={"revision": 3})
        self.assert_found()

    # ---- letters ----

    def test_a_letter_whose_gate_was_asked_too_long_ago_is_late(self):
        self.tale.attempt(asked_ms=0)
        self.tale.mail(body_ms=2000)
        self.assert_found()
        self.tale.letters.clear()
        self.tale.mail(body_ms=2001)
        self.assertIn("2001 ms", self.assert_found("late")[0].text)

    def test_where_time_is_stepped_a_letter_belongs_to_the_newest_question_before_it(self):
        self.tale.attempt(asked_ms=0, at_ms=-5)
        self.tale.attempt(asked_ms=3000, at_ms=-5)
        self.tale.mail(body_ms=3500)
        self.assert_found()
        self.tale.letters.clear()
        self.tale.mail(body_ms=2500)
        self.assert_found("late")

    def test_a_letter_that_no_attempt_names_is_found(self):
        self.tale.attempt()
        self.tale.mail(content=MAIL + b" ")
        self.assert_found("unannounced")

    def test_a_letter_before_its_attempt_is_unannounced(self):
        self.tale.attempt(at_ms=1000)
        self.tale.mail(body_ms=999)
        self.assert_found("unannounced")

    def test_a_second_letter_is_found_whether_it_has_its_own_attempt_or_not(self):
        self.tale.attempt()
        self.tale.mail()
        self.tale.mail(body_ms=1600)
        self.assert_found("sent-twice")
        self.tale.letters.pop()
        self.tale.ended(WORDS.OUTCOME_RESULT_DEFERRED)
        self.tale.attempt(asked_ms=4000, at_ms=4500)
        self.tale.mail(body_ms=5000)
        self.assert_found("sent-twice")
        self.tale.ended(WORDS.OUTCOME_RESULT_UNKNOWN)
        self.assert_found("sent-twice")

    def test_a_letter_behind_an_unknown_one_and_one_of_another_request_are_fine(self):
        self.tale.attempt()
        self.tale.mail()
        self.tale.ended(WORDS.OUTCOME_RESULT_UNKNOWN)
        self.tale.attempt(asked_ms=4000, at_ms=4500)
        self.tale.mail(body_ms=5000)
        self.tale.ended()
        self.tale.attempt(number=2, asked_ms=8000, at_ms=8500)
        self.tale.mail(body_ms=9000)
        self.assert_found()

    def test_an_unknown_excuses_one_letter_only(self):
        self.tale.attempt()
        self.tale.mail()
        self.tale.ended(WORDS.OUTCOME_RESULT_UNKNOWN)
        for at_ms in (4000, 8000):
            self.tale.attempt(asked_ms=at_ms, at_ms=at_ms)
            self.tale.mail(body_ms=at_ms + 1)
        self.assert_found("sent-twice")

    # ---- answers ----

    def test_a_request_without_an_answer_is_found(self):
        self.tale.ask()
        self.tale.ask(number=2)
        self.tale.answer(20)
        one, = self.assert_found("unanswered")
        self.assertEqual(one.request, (ACTION.hex(), 2))

    def test_a_request_with_two_answers_is_found(self):
        self.tale.ask()
        self.tale.answer(20)
        self.tale.event(21, returned={"action": ACTION, "request_number": 1})
        self.assert_found("answered-twice")

    def test_an_answer_that_nobody_asked_for_is_found(self):
        self.tale.answer(20)
        self.assert_found("unasked")


if __name__ == "__main__":
    unittest.main()
