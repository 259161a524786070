# SPDX-License-Identifier: Apache-2.0
"""What contact_races.py races on, and filing_races.py with filing_ground.py: an installation in
stepped time whose debtors come due in groups, one group a day; whoever writes their payments; who
sees what is written; and the judge of letters.

Two judges, who share nothing. contact_check holds each attempt against the watermark that it
recorded. Here the clock of this machine decides: a payment whose commit had returned before the
question was sent must be known, whatever the notifier wrote down about the log."""
import collections
import datetime
import json
import pathlib
import shutil
import signal
import threading
import time

from confluent_kafka import Consumer, Producer, TopicPartition

import contact_check
import contract
from contact_check import AUDIT, EVENT, REQUEST, Record, request_of
from installation import Installation
from orders import until
from test_payment_before_tick import Log, ms

ROOT = pathlib.Path(__file__).resolve().parents[2]
FACT, WORDS = contract.load("debtor_fact", "vocabulary")
TENANT, CREDITOR = "race", "U001"  # as in Log
FIRST_DUE = datetime.date(2026, 3, 2)
STEP_DAYS = 3  # of the bundle's first step
TOTAL_MINOR = 10000  # of each invoice, in cents
FORMS = {"debtor-events": EVENT.DebtorEvent, "contact-requests": REQUEST.ContactRequest,
         "notifier.audit": AUDIT.AuditRecord, "debtor-facts": FACT.DebtorFact}
QUIET_S = 1.5  # what is not there that long after everybody has answered does not come
JOIN_S = 2.0  # a worker that was killed and started has its partitions
LIMIT_S = 120
SABOTAGED = "tests/integration/sabotaged-notifier"

Group = collections.namedtuple("Group", "day payers controls")
Group.__doc__ = """Debtors, by number, who fall due on a day; nobody pays for the controls, so that
their letters show that everything went its way."""
Payment = collections.namedtuple("Payment", "began_ms done_ms")
Payment.__doc__ = "Before it was written, and after its commit had returned; this machine's clock."


def now_ms():
    return time.time_ns() // 1_000_000


def number_of(debtor):
    return int(debtor[1:])


def euros(minor):
    return f"{minor // 100}.{minor % 100:02}"


def groups_of(sizes, first_day):
    """Groups of (payers, controls), day after day."""
    groups, number = [], 0
    for index, (payers, controls) in enumerate(sizes):
        day = first_day + datetime.timedelta(index)
        middle = number + payers
        groups.append(Group(day, range(number, middle), range(middle, middle + controls)))
        number = middle + controls
    return groups


def events_of(group, lead_days=STEP_DAYS):
    """The address says who pays and who does not, for the sink's rules."""
    due = group.day - datetime.timedelta(lead_days)
    for number in [*group.payers, *group.controls]:
        kind = "p" if number in group.payers else "c"
        common = {"specversion": "1.0", "source": "test", "tenant": TENANT,
                  "debtor": f"D{number}", "time": "2026-02-01T00:00:00Z"}
        yield dict(common, type="io.relance.debtor.upserted.v1", id=f"d{number}",
                   data={"kind": "COMPANY", "country": "FR", "zone": "UTC", "language": "en",
                         "name": f"Debtor {number}"})
        yield dict(common, type="io.relance.contact.upserted.v1", id=f"c{number}",
                   data={"contact": "1", "roles": ["ACCOUNTS_PAYABLE"],
                         "channels": [{"channel": "EMAIL",
                                       "address": f"{kind}{number}@example.test"}]})
        yield dict(common, type="io.relance.invoice.issued.v1", id=f"i{number}", creditor=CREDITOR,
                   data={"document": f"F{number}", "currency": "EUR", "total": euros(TOTAL_MINOR),
                         "issued_on": "2026-02-01", "due_on": due.isoformat()})


def bundle_for(installation):
    """The ledger's, with its first step alone, which also takes whom it reached before the
    activation: each group is asked once, in system time at once."""
    folder = installation.folder / "bundle"
    shutil.copytree(ROOT / "tests/ledger/bundle", folder)
    steps = folder / "scenarios/ledger.yaml"
    first = steps.read_text().split("  - name: second")[0]
    steps.write_text(first.replace("offset: D+3\n", "offset: D+3\n    catch_up: true\n"))
    return folder


class Eye(threading.Thread):
    """Reads what is committed, as it comes. `heed`: called with each attempt."""

    def __init__(self, installation, forms=FORMS):
        super().__init__(daemon=True)
        self.forms = forms
        self.records = {topic: [] for topic in forms}
        self.appended_ms = {}  # of requests
        self.heed = None
        self.over = threading.Event()
        self.reader = Consumer({
            "bootstrap.servers": installation.environment["RELANCE_KAFKA_BOOTSTRAP_SERVERS"],
            "group.id": "eye", "isolation.level": "read_committed", "enable.auto.commit": False,
            "fetch.wait.max.ms": 20, "log_level": 0})
        self.prefix = installation.prefix + "."
        self.reader.assign([TopicPartition(self.prefix + topic, partition, 0) for topic in forms
                            for partition in range(installation.partitions)])

    def run(self):
        while not self.over.is_set():
            message = self.reader.poll(0.1)
            if message is not None and not message.error():
                self._take(message)
        self.reader.close()

    def _take(self, message):
        topic = message.topic()[len(self.prefix):]
        record = Record(message.partition(), message.offset(),
                        self.forms[topic].FromString(message.value()))
        if topic == "contact-requests":
            self.appended_ms.setdefault(request_of(record.message.body), message.timestamp()[1])
        self.records[topic].append(record)
        if topic == "notifier.audit" and record.message.HasField("attempted") and self.heed:
            self.heed(number_of(record.message.envelope.debtor))

    def of(self, topic, group):
        return [record for record in list(self.records[topic])
                if record.message.envelope.debtor
                and number_of(record.message.envelope.debtor) in group]


class Ground:
    """Starts everything, up to the evening before the first group's day; in system time the first
    group is due at the first full minute after tell(). Inside a `with`."""
    lead_days = STEP_DAYS  # from the due date of a group to its day

    def __init__(self, build, sizes, connections=8, scenarios=1, live=False, clock="stepped"):
        self.installation = Installation(build, TENANT, clock=clock)
        self.installation.connections = connections
        self.scenarios, self.live = scenarios, live
        self.stepped = clock == "stepped"
        yesterday = datetime.datetime.now(datetime.timezone.utc).date() - datetime.timedelta(1)
        self.groups = groups_of(sizes, FIRST_DUE + datetime.timedelta(self.lead_days)
                                if self.stepped else yesterday)
        self.payments = {}  # debtor: Payment
        self.seen_letters = []

    def __enter__(self):
        try:
            self._begin()
        except BaseException:
            self.installation.close(show_logs=True)
            raise
        return self

    def __exit__(self, kind, *_):
        self.eye.over.set()
        self.eye.join()
        for process in self.installation.processes.values():
            process.send_signal(signal.SIGCONT)
        self.installation.close(show_logs=kind is not None)

    def _begin(self):
        installation = self.installation
        self.start_workers()
        now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
        installation.activate(self.bundle(),
                              "2026-01-01T00:00:00Z" if self.stepped else now)
        if self.stepped:
            self._replay()
        self.log = Log(installation)
        self.source = Producer({"bootstrap.servers": installation.environment[
            "RELANCE_KAFKA_BOOTSTRAP_SERVERS"], "log_level": 0})
        self.eye = self.make_eye()
        self.eye.start()

    def make_eye(self):
        return Eye(self.installation)

    def bundle(self):
        return bundle_for(self.installation)

    def _replay(self):
        events = self.installation.folder / "events.jsonl"
        events.write_text("".join(json.dumps(event) + "\n" for group in self.groups
                                  for event in events_of(group, self.lead_days)))
        self.installation.replay(events, "--without-audit", "--to",
                                 (self.groups[0].day - datetime.timedelta(1)).isoformat())

    # ---- workers ----

    def start_workers(self):
        self.start_ingest()
        for ordinal in range(self.scenarios):
            self.start_scenario(ordinal)
        self.installation.start("notifier")

    def start_ingest(self):
        self.installation.start("ingest", RELANCE_INGEST_SOURCES=f"{self.installation.source} "
                                f"start=earliest live={'yes' if self.live else 'no'}")

    def start_scenario(self, ordinal=0, **environment):
        # One that is stopped for a while keeps its partitions.
        self.installation.start("scenario", ordinal, RELANCE_KAFKA_SESSION_TIMEOUT_MS="60s",
                                **environment)

    def replace_notifier(self, **how):
        """By another binary, or the product's own."""
        self.installation.kill("notifier")
        self.installation.start("notifier", **how)
        time.sleep(JOIN_S)

    def process(self, worker, ordinal=0):
        return self.installation.processes[worker, ordinal]

    def stop(self, worker, ordinal=0):
        self.process(worker, ordinal).send_signal(signal.SIGSTOP)

    def go_on(self, worker, ordinal=0):
        self.process(worker, ordinal).send_signal(signal.SIGCONT)

    # ---- what is written ----

    def paid_by(self, number):
        """What a debtor pays, and whether the payment names its invoice."""
        return TOTAL_MINOR, True

    def tick(self, group, producer=None, hour=10):
        self.log.tick(ms(group.day, hour), producer)

    def pay(self, numbers):
        """One after the other, each as ingest writes it; returns once all are committed."""
        began = now_ms()
        for number in numbers:
            self.log.payment(self.log.plain, number, *self.paid_by(number))
        assert self.log.plain.flush(30) == 0
        for number in numbers:
            self.payments[number] = Payment(began, now_ms())

    def pay_each(self, numbers):
        """With its own instant for each."""
        for number in numbers:
            self.pay([number])

    def _at_source(self, event, **more):
        key = f"{TENANT}/{event['debtor']}".encode()
        self.source.produce(self.installation.source, key=key, value=json.dumps(event),
                            partition=contract.partition_of(key, self.installation.partitions),
                            **more)

    def tell(self, group):
        """Of debtors and invoices, while it is system time."""
        for event in events_of(group):
            self._at_source(event)
        assert self.source.flush(30) == 0
        everybody = {*group.payers, *group.controls}
        until(lambda: sum(record.message.HasField("receivable_opened")
                          for record in self.eye.of("debtor-facts", everybody)) == len(everybody),
              "every invoice is known", LIMIT_S)

    def pay_at_source(self, group):
        """Into the live source, where ingest has still to read them."""
        began = now_ms()
        for number in group.payers:
            minor, named = self.paid_by(number)
            amount = euros(minor)
            event = {"specversion": "1.0", "type": "io.relance.payment.received.v1",
                     "id": f"p{number}", "source": "bank", "tenant": TENANT,
                     "debtor": f"D{number}", "creditor": CREDITOR, "time": f"{group.day}T09:00:00Z",
                     "data": {"payment": f"P{number}", "currency": "EUR", "amount": amount,
                              "received_on": group.day.isoformat(),
                              "allocations": [{"document": f"F{number}",
                                               "amount": amount}] * named}}
            self._at_source(event, headers={"relance-now": str(ms(group.day, 9))})
        assert self.source.flush(30) == 0
        for number in group.payers:
            self.payments[number] = Payment(began, now_ms())

    # ---- what is seen ----

    def letters(self):
        """Every letter so far."""
        behind = self.seen_letters[-1].name if self.seen_letters else ""
        folder = self.installation.sink.folder / "messages"
        self.seen_letters += contact_check.letterbox.letters(folder, behind)
        return list(self.seen_letters)

    def mailed(self, group):
        """{debtor: its letters}"""
        found = collections.defaultdict(list)
        for letter in self.letters():
            number = number_of(letter.envelope["to"][0].split("@")[0])
            if number in group:
                found[number].append(letter)
        return found

    def requested(self, group):
        """Debtors for whom a contact was asked for."""
        return {number_of(record.message.envelope.debtor)
                for record in self.eye.of("contact-requests", group)}

    def answers(self, group, name):
        """{debtor: how many} of the answers of that kind."""
        return collections.Counter(
            number_of(record.message.envelope.debtor)
            for record in self.eye.of("debtor-events", group) if record.message.HasField(name))

    def attempted(self, group):
        return {number_of(record.message.envelope.debtor)
                for record in self.eye.of("notifier.audit", group)
                if record.message.HasField("attempted")}

    def closed_as_paid(self, group):
        return {number_of(record.message.envelope.debtor)
                for record in self.eye.of("debtor-facts", group)
                if record.message.HasField("step_closed")
                and record.message.step_closed.result == WORDS.STEP_RESULT_PAID}

    def all_answered(self):
        asked = {request_of(record.message.body)
                 for record in list(self.eye.records["contact-requests"])}
        answered = {request_of(answer) for _, answer in
                    contact_check.answers(list(self.eye.records["debtor-events"]))}
        return asked <= answered

    def switch_is(self, on):
        """Whether the newest word of each partition about the kill switch is this."""
        last = {record.partition: record.message.scope_changed.kill_switch
                for record in list(self.eye.records["debtor-events"])
                if record.message.HasField("scope_changed")}
        return set(last.values()) == {on} and len(last) == self.installation.partitions

    def last_request_s(self, group, since_ms):
        """When the last request of the group was appended."""
        return max(self.eye.appended_ms[request_of(record.message.body)] - since_ms
                   for record in self.eye.of("contact-requests", {*group.payers, *group.controls})
                   ) / 1000

    def await_requests(self, group):
        wanted = {*group.payers, *group.controls}
        until(lambda: self.requested(wanted) == wanted, "a request for everybody", LIMIT_S)

    def settle(self, group):
        """Until the controls have their letters and every request its answer, for a while."""
        def settled():
            return self.all_answered() and len(self.mailed(group.controls)) == len(group.controls)
        until(settled, "all requests are answered, the controls have their letters", LIMIT_S)
        time.sleep(QUIET_S)
        until(settled, "what came meanwhile is answered", LIMIT_S)

    # ---- the judges ----

    def topics(self):
        servers = self.installation.environment["RELANCE_KAFKA_BOOTSTRAP_SERVERS"]
        return [contact_check.read(servers, f"{self.installation.prefix}.{topic}", FORMS[topic])
                for topic in ("debtor-events", "contact-requests", "notifier.audit")]

    def unknowns(self):
        """Requests of which the notifier wrote that it does not know."""
        return contact_check.unknowns_of(list(self.eye.records["notifier.audit"]))

    def check(self):
        """Of the independent checker, over everything so far."""
        return contact_check.check(*self.topics(), self.letters())

    def behind_by_the_log(self):
        """Debtors whose attempt is behind a payment below its watermark."""
        return {number_of(one.debtor.split("/")[1]) for one in self.check()
                if one.kind == "behind-payment"}

    def asked_at(self, group):
        """[(debtor, letter, when its gate was asked)]"""
        audit = [record for record in list(self.eye.records["notifier.audit"])
                 if record.message.HasField("attempted")]
        for letter, attempt in contact_check.sent(audit, self.letters()):
            number = number_of(letter.envelope["to"][0].split("@")[0])
            if number in group:
                yield number, letter, attempt and attempt.message.attempted.look.asked_at_ms

    def behind(self, group):
        """Debtors with a letter whose gate was asked when their payment was committed already."""
        return {number for number, _, asked_ms in self.asked_at(group.payers)
                if number in self.payments
                and (asked_ms is None or self.payments[number].done_ms <= asked_ms)}

    def before(self, group):
        """Debtors whose letter had begun to leave before their payment was written."""
        return {number for number, letter, _ in self.asked_at(group.payers)
                if number in self.payments
                and letter.envelope["body_at_ms"] <= self.payments[number].began_ms}
