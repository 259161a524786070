# SPDX-License-Identifier: Apache-2.0
"""What filing_races.py races on: the ground of the contact races with legal-escalation, where each
debtor of a group has had a formal notice and is referred to the law on the group's day; an approver
with a key of his own; and the judge of filings.

Two judges, who share nothing: filing_check holds each filing against the watermark that it carries.
Here the clock of this machine decides: a payment whose commit had returned before the question was
sent must be known, whatever legal-escalation wrote down about the log."""
import time

import approval
import contract
import filing_check
from contact_check import AUDIT, EVENT
from orders import Orders, until
from race_ground import (CREDITOR, JOIN_S, LIMIT_S, QUIET_S, TENANT, TOTAL_MINOR, Eye, Ground, bundle_for,
                         now_ms, number_of)

COMMAND, INBOX = contract.load("command", "legal_inbox")
FORMS = {"debtor-events": EVENT.DebtorEvent, "legal-inbox": INBOX.LegalInbox,
         "legal-filings": filing_check.FILING.LegalFiling,
         "legal-escalation.audit": AUDIT.AuditRecord}
# Behind the notices of all groups: there are fewer groups than days between.
NOTICE_DAYS, LAW_DAYS = 3, 40
RECALL_LIMIT_MS = 60_000
# Of four payers one pays a part, so that what was filed is too much; and one pays all of it without a
# word what it is for, so that the claim stays and the case is held.
KINDS_OF_PAYERS, PART, UNNAMED = 4, 0, 1
PART_MINOR = 4000
SABOTAGED = "tests/integration/sabotaged-legal-escalation"
WORKER = "legal-escalation"

SCENARIO = f"""title: A notice, then the law
steps:
  - name: notice
    offset: D+{NOTICE_DAYS}
    tone: formal_notice
    channels: [email]
    template: reminder
  - name: law
    offset: D+{LAW_DAYS}
    tone: legal
    refer: order
    notice_days: 1
"""
PROCEDURE = """title: An order for payment
calendar: none
needs: { proofs: [formal_notice] }
states:
  - name: request
    act: FILE
    moves: { FILED: at-court, REFUSED: given-up }
  - name: at-court
    moves: { REDUCED: request }
  - name: given-up
    end: GIVEN_UP
"""
AUTHORITIES = """authorities:
  - actor: head
    key: head-1
    public_key: {}
    acts: [FILE]
    up_to: {{ EUR: "5000.00" }}
"""


def key_of(number):
    return f"{TENANT}/D{number}".encode()


class Approver:
    """Who says yes to everything that is asked."""

    def __init__(self, folder):
        self.key = folder / "head.pem"
        self.public_line = approval.make_key(self.key)

    def command(self, asked):
        """The event that carries the approval of what a milestone asks for."""
        name = f"yes-{asked.case_id}"
        event = EVENT.DebtorEvent(kind=EVENT.EVENT_KIND_COMMAND_ISSUED)
        command = event.command_issued
        command.command, command.actor, command.signing_key = name, "head", "head-1"
        command.kind, command.issued_at_ms = COMMAND.COMMAND_KIND_APPROVE, now_ms()
        command.approve.case_id, command.approve.act = asked.case_id, asked.act
        command.approve.claim_hash = asked.claim_hash
        command.signature = approval.sign(self.key, approval.statement(
            TENANT, asked.case_id, asked.act, name, "head", asked.claim_hash))
        envelope = event.envelope
        envelope.tenant, envelope.creditor = TENANT, CREDITOR
        envelope.source, envelope.source_event_id = "desk", name
        return event


class FilingEye(Eye):
    """Notes when each filing and recall was first seen: it was committed before."""

    def __init__(self, installation):
        super().__init__(installation, FORMS)
        self.seen_ms = {}  # (partition, offset) of legal-filings

    def _take(self, message):
        if message.topic() == f"{self.prefix}legal-filings":
            self.seen_ms[message.partition(), message.offset()] = now_ms()
        super()._take(message)


class FilingGround(Ground):
    """Up to the evening before the first group's day, and everybody has had a notice."""
    lead_days = LAW_DAYS

    def __init__(self, build, sizes, connections=8):
        assert len(sizes) < LAW_DAYS - NOTICE_DAYS
        super().__init__(build, sizes, connections, live=True)
        self.approver = Approver(self.installation.folder)
        self.orders = Orders(self.installation.folder / "order-legal")
        self.how = {}

    # ---- what is prepared ----

    def start_workers(self):
        super().start_workers()
        self.start_legal()

    def make_eye(self):
        return FilingEye(self.installation)

    def bundle(self):
        folder = bundle_for(self.installation)
        for name in ("procedures", "calendars"):
            (folder / name).mkdir()
        (folder / "scenarios/ledger.yaml").write_text(SCENARIO)
        (folder / "procedures/order.yaml").write_text(PROCEDURE)
        (folder / "calendars/none.csv").write_text("date,name\n")
        (folder / "authorities.yaml").write_text(AUTHORITIES.format(self.approver.public_line))
        return folder

    # ---- the worker ----

    def start_legal(self, **more):
        # One that is stopped for a while keeps its partitions.
        self.installation.start(WORKER, RELANCE_KAFKA_SESSION_TIMEOUT_MS="60s", **self.how, **more)

    def restart_legal(self, **more):
        self.installation.kill(WORKER)
        self.start_legal(**more)
        time.sleep(JOIN_S)

    def replace_legal(self, without=""):
        """By one that can be stopped at its steps, perhaps blind in one eye."""
        self.how = dict(self.orders.environment(without), binary=SABOTAGED)
        self.restart_legal()

    # ---- what happens ----

    def paid_by(self, number):
        kind = number % KINDS_OF_PAYERS
        return PART_MINOR if kind == PART else TOTAL_MINOR, kind != UNNAMED

    def told_of(self, numbers):
        """Debtors of whose payment scenario has told."""
        return self.inbox_of(numbers, "claim_changed") | self.inbox_of(numbers, "case_held")

    def heeded(self, numbers):
        """Debtors whose case has met their payment: there is less to claim, or nothing, or it is held."""
        return {*self.moved(numbers, "CLAIM_CHANGED"), *self.moved(numbers, "ON_HOLD"),
                *self.moved(numbers, "BLOCKED"),
                *self.filings(numbers, "recalled")}

    def inbox_of(self, group, name):
        """Debtors whom such a record of the inbox is about."""
        return {number_of(record.message.envelope.debtor)
                for record in self.eye.of("legal-inbox", group) if record.message.HasField(name)}

    def moved(self, group, code):
        """{debtor: the milestone} of the first one with that code."""
        found = {}
        for record in self.eye.of("legal-escalation.audit", group):
            if record.message.case_moved.code == code:
                found.setdefault(number_of(record.message.envelope.debtor),
                                 record.message.case_moved)
        return found

    def await_all(self, found, wanted, what):
        until(lambda: set(found()) >= set(wanted), what, LIMIT_S)

    def await_inbox(self, numbers, name):
        self.await_all(lambda: self.inbox_of(numbers, name), numbers, f"{name} for everybody")

    def await_moved(self, numbers, code):
        self.await_all(lambda: self.moved(numbers, code), numbers, f"{code} for everybody")

    def approve(self, numbers):
        """Of all these debtors what was asked for first; returns once it is committed."""
        asked = self.moved(numbers, "APPROVAL_ASKED")
        for number in numbers:
            event = self.approver.command(asked[number])
            event.envelope.debtor = f"D{number}"
            self.log.plain.produce(self.log.topic, key=key_of(number),
                                   value=event.SerializeToString(),
                                   partition=self.partition_of(number))
        assert self.log.plain.flush(30) == 0

    def partition_of(self, number):
        return contract.partition_of(key_of(number), self.installation.partitions)

    # ---- what is seen ----

    def filings(self, group, name="filed"):
        """{debtor: record} of the first filing, or recall, of each."""
        found = {}
        for record in self.eye.of("legal-filings", group):
            if record.message.HasField(name):
                found.setdefault(number_of(record.message.envelope.debtor), record)
        return found

    def seen_at(self, record):
        return self.eye.seen_ms[record.partition, record.offset]

    def settle(self, group):
        """Until the controls are filed and every payment is known to its case, for a while."""
        paid = [number for number in group.payers if number in self.payments]
        self.await_all(lambda: self.filings(group.controls), group.controls, "the controls filed")
        self.await_all(lambda: self.heeded(paid), paid, "every case has met its payment")
        time.sleep(QUIET_S)

    # ---- the judges ----

    def check(self):
        """Of the independent checker, over everything so far."""
        servers = self.installation.environment["RELANCE_KAFKA_BOOTSTRAP_SERVERS"]
        return filing_check.check(*filing_check.read_all(servers, self.installation.prefix),
                                  keys={"head-1": self.approver.public_line})

    def behind_by_the_log(self):
        """Debtors whose filing is behind a payment below its watermark."""
        return {number_of(one.debtor.split("/")[1]) for one in self.check()
                if one.kind == "behind-payment"}

    def behind(self, group):
        """Debtors whose question was asked when their payment was committed already."""
        return {number for number, record in self.filings(group.payers).items()
                if number in self.payments and self.payments[number].done_ms
                <= record.message.filed.look.asked_at_ms}

    def before(self, group):
        """Debtors whose filing was seen before their payment was written."""
        return {number for number, record in self.filings(group.payers).items()
                if number in self.payments
                and self.seen_at(record) <= self.payments[number].began_ms}

    def recalled_after_ms(self, group):
        """{debtor: from the payment's commit to the recall's}"""
        return {number: self.seen_at(record) - self.payments[number].done_ms
                for number, record in self.filings(group.payers, "recalled").items()}
