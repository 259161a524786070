# SPDX-License-Identifier: Apache-2.0
"""The independent checker of filings, on made-up records: one violation of each kind is found, and
what only looks like one is not.

usage: test_filing_check.py
"""
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/chaos"))
import approval  # noqa: E402
from contact_check import AUDIT, EVENT, Record  # noqa: E402
from filing_check import FILING, Keyed, check  # noqa: E402

TENANT, DEBTOR, CREDITOR, PARTITION = "acme", "D1", "FR", 3
CASE, ACT, HASH = "c1", "FILE", bytes(range(32))
KEY = b"acme/D1"


def euro(minor, currency="EUR"):
    return {"minor": minor, "currency": currency}


class Tale:
    """A case of one invoice, approved; what else happened, was filed and told."""

    def __init__(self):
        self.events, self.filings, self.audit = [], [], []
        self.event(10, invoice_issued={"document": "F1", "total": euro(10000)})
        self.approve(11)

    def event(self, offset, partition=PARTITION, debtor=DEBTOR, creditor=CREDITOR, **body):
        envelope = {"tenant": TENANT, "debtor": debtor, "creditor": creditor,
                    "source_event_id": f"E{offset}"}
        self.events.append(Record(partition, offset, EVENT.DebtorEvent(envelope=envelope, **body)))

    def approve(self, offset, command="a1", case=CASE, act=ACT, actor="head", claim_hash=HASH,
                **more):
        self.event(offset, command_issued={
            "command": command, "actor": actor,
            "approve": {"case_id": case, "act": act, "claim_hash": claim_hash}}, **more)

    def pay(self, offset, minor=10000, payment="P1", named=True, **more):
        self.event(offset, payment_received={
            "payment": payment, "amount": euro(minor),
            "allocations": [{"document": "F1", "amount": euro(minor)}] * named}, **more)

    def note(self, key=KEY, told=1, partition=PARTITION, **body):
        envelope = {"tenant": TENANT, "debtor": DEBTOR, "creditor": CREDITOR}
        message = FILING.LegalFiling(envelope=envelope, **body)
        self.filings.append(Keyed(partition, len(self.filings), message, key))
        for _ in range(told):
            record = AUDIT.AuditRecord(envelope=envelope, **body)
            self.audit.append(Record(PARTITION, len(self.audit), record))

    def file(self, filing="f1", watermark=20, minor=10000, command="a1", signature=b"",
             currency="EUR", **more):
        self.note(filed={"filing": filing, "case_id": CASE, "act": ACT, "approval": command,
                         "approver": "head", "signing_key": "k1", "signature": signature,
                         "look": {"watermark": watermark},
                         "claim": {"claim_hash": HASH, "lines": [
                             {"document": "F1", "principal": euro(minor, currency)}]}}, **more)

    def recall(self, filing="f1", **more):
        self.note(recalled={"filing": filing, "case_id": CASE, "reason": "PAID"}, **more)

    def found(self, keys=None):
        return check(self.events, self.filings, self.audit, keys)


class FilingCheck(unittest.TestCase):
    def setUp(self):
        self.tale = Tale()

    def assert_found(self, *kinds, keys=None):
        found = self.tale.found(keys)
        self.assertEqual([one.kind for one in found], list(kinds), found)
        return found

    def test_a_filing_that_is_recalled_by_a_later_payment_has_no_violation(self):
        self.tale.file()
        self.tale.pay(20)
        self.tale.recall()
        self.assert_found()

    # ---- payments ----

    def test_a_payment_below_the_watermark_is_found_whether_it_was_recalled_or_not(self):
        self.tale.pay(19)
        self.tale.file(watermark=20)
        self.tale.recall()
        one, = self.assert_found("behind-payment")
        self.assertIn("open are 0 EUR since offset 19, watermark 20", one.text)
        self.assertEqual((one.debtor, one.filing), ("acme/D1", "f1"))

    def test_a_payment_in_another_partition_or_of_another_account_was_not_known(self):
        self.tale.pay(5, payment="P2", partition=PARTITION + 1, creditor="DE")
        self.tale.pay(6, payment="P3", debtor="D2")
        self.tale.file()
        self.assert_found()

    def test_behind_a_part_payment_the_rest_may_be_filed_and_no_more(self):
        self.tale.pay(12, minor=4000)
        self.tale.file(minor=6000)
        self.assert_found()
        self.tale.recall()
        self.tale.file("f2", minor=6001)
        self.assert_found("behind-payment")

    def test_while_money_is_on_account_nothing_may_be_filed(self):
        self.tale.pay(12, minor=1, named=False)
        self.tale.file()
        self.assertIn("1 are on account", self.assert_found("behind-payment")[0].text)
        self.tale.events.pop()
        self.tale.pay(20, minor=1, named=False)
        self.assert_found()

    def test_neither_what_was_never_owed_nor_another_currency_may_be_filed(self):
        self.tale.file(currency="SEK")
        self.assert_found("behind-payment")
        self.tale.events.pop(0)
        self.assertIn("behind-payment", [one.kind for one in self.tale.found()])

    # ---- approvals ----

    def test_a_filing_without_an_approval_of_just_this_is_found(self):
        for wrong in ({"case": "c2"}, {"act": "SEIZE"}, {"actor": "junior"},
                      {"claim_hash": bytes(32)}, {"debtor": "D2"}, {"command": "a2"}):
            self.tale = Tale()
            self.tale.events.pop()
            self.tale.approve(11, **wrong)
            self.tale.file()
            self.assert_found("unapproved")

    def test_the_filing_alone_shows_who_signed(self):
        with tempfile.TemporaryDirectory() as folder:
            key, other = pathlib.Path(folder) / "key", pathlib.Path(folder) / "other"
            keys = {"k1": approval.make_key(key)}
            approval.make_key(other)
            stated = approval.statement(TENANT, CASE, ACT, "a1", "head", HASH)
            self.tale.file(signature=approval.sign(key, stated))
            self.assert_found(keys=keys)
            for signature in (approval.sign(other, stated), approval.sign(key, stated + b"."), b""):
                self.tale = Tale()
                self.tale.file(signature=signature)
                self.assert_found("unsigned", keys=keys)
            self.assert_found("unsigned", keys={"k2": keys["k1"]})

    # ---- recalls ----

    def test_a_filing_that_stands_although_all_is_paid_is_found(self):
        self.tale.file()
        self.tale.pay(20)
        self.assert_found("standing")

    def test_money_on_account_counts_as_paid(self):
        self.tale.file()
        self.tale.pay(20, minor=4000)
        self.tale.pay(21, minor=5999, payment="P2", named=False)
        self.assert_found()
        self.tale.pay(22, minor=1, payment="P3", named=False)
        self.assert_found("standing")

    def test_a_filing_stands_while_anything_is_open(self):
        self.tale.file()
        self.tale.pay(20, minor=9999)
        self.assert_found()

    def test_a_second_recall_is_found(self):
        self.tale.file()
        self.tale.recall()
        self.tale.recall()
        self.assert_found("recalled-twice", "untold", )

    def test_a_recall_before_its_filing_or_on_another_key_or_of_nothing_is_found(self):
        self.tale.recall()
        self.tale.file()
        self.assert_found("unfiled")
        for wrong in ({"key": b"acme/D2"}, {"partition": PARTITION + 1}, {"filing": "f2"}):
            self.tale = Tale()
            self.tale.file()
            self.tale.recall(**wrong)
            self.assert_found("unfiled")

    # ---- once ----

    def test_a_second_filing_is_found_while_the_first_one_stands(self):
        self.tale.file()
        self.tale.file("f2")
        self.assert_found("filed-twice")

    def test_a_filing_behind_a_recall_is_another_one(self):
        self.tale.file()
        self.tale.recall()
        self.tale.file("f2")
        self.assert_found()
        self.tale.recall("f2")
        self.tale.file("f1")
        self.assertIn("filed-twice", [one.kind for one in self.tale.found()])

    # ---- told ----

    def test_what_is_not_told_or_told_twice_or_never_done_is_found(self):
        self.tale.file(told=0)
        self.assert_found("untold")
        self.tale = Tale()
        self.tale.file(told=2)
        self.assert_found("untold")
        self.tale = Tale()
        self.tale.file()
        self.tale.filings.clear()
        self.assert_found("untold")


if __name__ == "__main__":
    unittest.main()
