#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A relay does everything wrong that fault_table.py has, to debtors who are told apart by their
addresses: each request ends as the table says, scenario does what the policy wants to follow, no
mail is without its attempt, and no request has two.

usage: contact_faults.py BUILD [--faults N] [--seed N]     on the stack that the environment names

    REFUSED     the step has acted, the address is set aside, a task asks for a better one
    DEFERRED    asked again when it may be, as often as the policy says, then a task
    UNKNOWN     the same at once, under the same message id; where the step says so, a person decides
    ACCEPTED    the step has acted, the next one speaks on its day
"""
import argparse
import collections
import datetime
import pathlib
import random
import shutil
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
sys.path.insert(0, str(ROOT / "tests/integration"))
import contact_check  # noqa: E402
import contract  # noqa: E402
from fault_table import (ACCEPTED, DEFERRED, FAULTS, GREYLIST, NAMELESS, NO, REFUSED,  # noqa: E402
                         TARDY, UNKNOWN, USUAL, YES)
from contact_check import AUDIT, EVENT, REQUEST, WORDS  # noqa: E402
from installation import Installation, read_topic  # noqa: E402
from portfolio import Portfolio  # noqa: E402
from stated import digest_of, tenant_key  # noqa: E402

FACT, = contract.load("debtor_fact")
BUNDLE = ROOT / "tests/ledger/bundle"
TENANT = "faults"
# Creditors: what is unknown is asked again, or waits for a person; and who is written to every day,
# since a relay that fails five times in a row is left alone for a while.
PATIENT, FORMAL, DAILY = "U001", "U002", "U005"
EVERY = [*FAULTS, GREYLIST, TARDY]
FIRST_ON = datetime.date(2026, 1, 13)  # D+3
NEXT_STEP_DAYS = 17                    # D+20
# Relays that are the same one: what it does wrong in a row makes only one of them wait.
RELAYS, CONNECTIONS = 8, 4
TIMES = 3  # that a fault hits whoever comes
# Longer than a look holds, so that a relay can be in time for one and late for the other.
REPLY_TIMEOUT = "2500ms"
DEFERRED_MS = 15 * 60 * 1000
DAILY_SCENARIO = """title: Every day
steps:
  - name: first
    offset: D+3
    tone: friendly
    channels: [email]
    template: reminder
    repeat: {{ every_days: 1, times: {times} }}
"""
SCENARIO = """title: Two reminders
steps:
  - name: first
    offset: D+3
    tone: friendly
    channels: [email]
    template: reminder
    answers: {{ unknown: {unknown}, asks_max: {asks} }}
  - name: second
    offset: D+20
    tone: friendly
    channels: [email]
    template: reminder
    answers: {{ unknown: {unknown}, asks_max: {asks} }}
"""

Debtor = collections.namedtuple("Debtor", "name address creditor fault")


def attempts_of(fault, creditor, asks):
    """How many attempts the fault spoils, about."""
    result = next(iter(fault.answers))[0]
    if result == ACCEPTED:
        return 2
    return 1 if result == REFUSED or (result == UNKNOWN and creditor == FORMAL) else asks


class Plan:
    """Who has which fault; beside each there is a debtor without one."""

    def __init__(self, faults, seed):
        self.chance = random.Random(seed)
        self.asks = 2 if faults < 500 else 10
        self.debtors, self.planned = [], 0
        every = [(fault, creditor) for fault in EVERY for creditor in (PATIENT, FORMAL)
                 if creditor == PATIENT or UNKNOWN in {result for result, _ in fault.answers}]
        self.chance.shuffle(every)
        while self.planned < faults:
            for fault, creditor in every:
                if self.planned >= faults:
                    break
                self.add(fault, creditor)
                self.add(USUAL, DAILY)
                self.planned += attempts_of(fault, creditor, self.asks)

    def add(self, fault, creditor):
        name = f"D{len(self.debtors)}"
        number = [*EVERY, USUAL].index(fault)
        self.debtors.append(Debtor(name, f"f{number}.{name}@debtor.example".lower(), creditor, fault))

    def rules(self):
        return "\n".join(f"{fault.stage} f{number}.* {fault.action}"
                         for number, fault in enumerate(EVERY))

    def last_day(self):
        """The second step is over, whatever it has to ask again."""
        return FIRST_ON + datetime.timedelta(NEXT_STEP_DAYS + self.asks + 1)


def write_bundle(installation, asks):
    folder = installation.folder / "bundle"
    shutil.copytree(BUNDLE, folder)
    (folder / "scenarios/ledger.yaml").unlink()
    for name, unknown in (("patient", "ask_again"), ("formal", "wait_for_human")):
        (folder / f"scenarios/{name}.yaml").write_text(SCENARIO.format(unknown=unknown, asks=asks))
    (folder / "scenarios/daily.yaml").write_text(DAILY_SCENARIO.format(times=asks + 1))
    (folder / "choices.yaml").write_text(
        f"choices:\n  - {{ creditor: {FORMAL}, scenario: formal }}\n"
        f"  - {{ creditor: {DAILY}, scenario: daily }}\n  - scenario: patient\n")
    return folder


def tell(portfolio, debtor, document, due):
    portfolio.creditor = debtor.creditor
    portfolio.debtor(debtor.name, zone="UTC", address=debtor.address)
    portfolio.invoice(debtor.name, document, "100.00", due=due.isoformat())


class Record:
    """Everything that was written, and every mail."""

    def __init__(self, installation):
        servers = installation.environment["RELANCE_KAFKA_BOOTSTRAP_SERVERS"]

        def read(topic, form):
            return [contact_check.Record(one.partition(), one.offset(), form.FromString(one.value()))
                    for one in read_topic(servers, f"{installation.prefix}.{topic}")]
        self.events = read("debtor-events", EVENT.DebtorEvent)
        self.requests = read("contact-requests", REQUEST.ContactRequest)
        self.audit = read("notifier.audit", AUDIT.AuditRecord)
        self.facts = read("debtor-facts", FACT.DebtorFact)
        self.letters = installation.sink.letters()
        self.key = tenant_key(installation)
        self.answers = self.of_debtors("outcome", "returned")
        self.tasks = self.of_debtors("task_opened", records=self.facts)
        self.silences = self.of_debtors("suppressed", records=self.facts)
        self.asked = collections.defaultdict(list)
        for record in self.requests:
            self.asked[record.message.envelope.debtor].append(record.message.body)
        self.attempts = self.of_debtors("attempted", records=self.audit)
        self.sent = collections.defaultdict(list)
        for letter in self.letters:
            self.sent[letter.envelope["to"][0]].append(letter)

    def of_debtors(self, *names, records=None):
        """{debtor: bodies that carry one of these names, in order}"""
        found = collections.defaultdict(list)
        for record in sorted(records if records is not None else self.events,
                             key=lambda record: (record.partition, record.offset)):
            for name in names:
                if record.message.HasField(name):
                    found[record.message.envelope.debtor].append(getattr(record.message, name))
        return found


def result_of(answer):
    return WORDS.OutcomeResult.Name(answer.result).removeprefix("OUTCOME_RESULT_")


def kinds(tasks):
    return [WORDS.TaskKind.Name(task.kind).removeprefix("TASK_KIND_") for task in tasks]


def reasons(silences):
    return {WORDS.Suppression.Name(one.reason).removeprefix("SUPPRESSION_") for one in silences}


class Verdict:
    """What is wrong with one debtor, if anything."""

    def __init__(self, debtor, record, asks):
        self.debtor, self.record, self.asks = debtor, record, asks
        self.answers = record.answers[debtor.name]
        self.results = [result_of(answer) for answer in self.answers if hasattr(answer, "result")]
        self.tasks = kinds(record.tasks[debtor.name])
        self.reasons = reasons(record.silences[debtor.name])
        self.wrong = []

    def expect(self, true, text):
        if not true:
            self.wrong.append(f"{self.debtor.name} {self.debtor.fault.stage} "
                              f"{self.debtor.fault.action} ({self.debtor.creditor}): {text}; "
                              f"{self.results} {self.tasks} {sorted(self.reasons)}")

    def judge(self, spoiled=False):
        """`spoiled`: the relay did something wrong besides, to whoever came."""
        self.check_answers(spoiled)
        if not spoiled:
            self.check_reaction()
            self.check_mails()
        self.check_addresses()
        self.check_patience()
        return self.wrong

    def check_answers(self, spoiled):
        right = set(self.debtor.fault.answers)
        if spoiled:
            right |= set().union(*(fault.answers for fault in NAMELESS))
        self.expect(len(self.results) == len(self.answers), "a request came back")
        for answer in self.answers:
            said = result_of(answer), answer.code
            self.expect(said in right, f"{said} is not in the table")
            until = answer.until_ms - answer.attempted_at_ms if said[0] == DEFERRED else 0
            self.expect(until >= DEFERRED_MS or said[0] != DEFERRED, f"may be asked in {until} ms")
            self.expect(said[0] != REFUSED or spoiled or answer.contact_number == 1,
                        "nobody's address is at fault")

    def check_reaction(self):
        acted = [number for number, result in enumerate(self.results) if result == ACCEPTED]
        last = self.results[-1] if self.results else None
        if last == ACCEPTED:
            steps = self.asks + 1 if self.debtor.creditor == DAILY else 2
            self.expect(len(acted) == steps, f"not all of {steps} steps have acted")
            self.expect(self.tasks == [], "a task")
        elif last == REFUSED:
            self.expect(len(self.results) == 1, "asked again")
            self.expect(self.tasks == ["REPAIR_CONTACT"], "no task for a better address")
            self.expect("NO_ADDRESS" in self.reasons, "the address is not set aside")
        elif last == UNKNOWN and self.debtor.creditor == FORMAL:
            self.expect(self.results[:-1].count(UNKNOWN) in (0, 1), "asked again")
            self.expect(set(self.tasks) == {"UNKNOWN_OUTCOME"}, "nobody finds out")
        else:
            self.check_asked_in_vain()

    def check_asked_in_vain(self):
        """Until the policy's number is reached, or a later answer ends it."""
        self.expect(len(self.results) == self.asks, f"not asked {self.asks} times")
        self.expect(self.tasks == ["REVIEW"], "no task stops it")
        self.expect("WAITING_HUMAN" in self.reasons, "it does not wait for the task")

    def check_mails(self):
        """As many as the table says that the relay keeps."""
        sent, kept = len(self.record.sent[self.debtor.address]), self.debtor.fault.kept
        if kept == YES:
            self.expect(sent == len(self.results), f"{sent} mails")
        elif kept == NO:
            self.expect(sent == 0, f"{sent} mails")
        self.expect(sent >= self.results.count(ACCEPTED), f"{sent} mails")

    def check_patience(self):
        """What was deferred until a time is not asked again before it."""
        until = {(answer.action, answer.request_number + 1): answer.until_ms
                 for answer in self.answers if hasattr(answer, "until_ms")}
        for body in self.record.asked[self.debtor.name]:
            self.expect(body.decided_at_ms >= until.get((body.action, body.request_number), 0),
                        f"request {body.request_number} came too early")

    def check_addresses(self):
        """The audited recipient and the envelope's are the one that upstream sent; asked again it
        is the same action under the same message id, at most once a request."""
        wanted = digest_of(self.record.key, self.debtor.address)
        ids = collections.defaultdict(set)
        for attempt in self.record.attempts[self.debtor.name]:
            self.expect(attempt.recipient_digest == wanted, "another recipient in the trail")
            ids[attempt.action].add(attempt.message_id)
        self.expect(all(len(found) == 1 for found in ids.values()), "two message ids of an action")
        self.expect(all({answer.message_id} == ids[answer.action] for answer in self.answers
                        if hasattr(answer, "message_id")), "another message id in the answer")
        numbers = collections.defaultdict(list)
        for body in self.record.asked[self.debtor.name]:
            numbers[body.action].append(body.request_number)
        for found in numbers.values():
            self.expect(found == list(range(1, len(found) + 1)), f"requests {found}")


class Trial:
    def __init__(self, arguments):
        self.plan = Plan(arguments.faults, arguments.seed)
        self.installation = Installation(arguments.build, TENANT)
        self.portfolio = Portfolio(TENANT)
        self.nameless = []

    def start(self):
        relay = f"127.0.0.1:{self.installation.sink.port} tls=none connections={CONNECTIONS}"
        # A list has no item twice: each of them has another cap, which is never reached.
        relays = ",".join(f"{relay} rate={1000 - number}" for number in range(RELAYS))
        for worker in ("ingest", "scenario", "audit"):
            self.installation.start(worker)
        self.installation.start("notifier", RELANCE_SMTP_RELAYS=relays,
                                RELANCE_SMTP_REPLY_TIMEOUT_MS=REPLY_TIMEOUT,
                                RELANCE_SMTP_ACCEPT_TIMEOUT_MS="2s")
        self.installation.activate(write_bundle(self.installation, self.plan.asks),
                                   "2026-01-01T00:00:00Z")

    def live(self, until):
        path = self.portfolio.write(self.installation.folder / f"until-{until}.jsonl")
        self.installation.replay(path, "--to", until.isoformat())

    def recipients(self):
        """The faults that a recipient's name chooses."""
        self.installation.sink.rules.add(self.plan.rules())
        for debtor in self.plan.debtors:
            tell(self.portfolio, debtor, f"F-{debtor.name}", FIRST_ON - datetime.timedelta(3))
        self.live(self.plan.last_day())
        return self.plan.debtors, False

    def strangers(self, day):
        """Faults that hit whoever comes: each on a day of its own, some debtors beside it."""
        debtors = []
        for number, fault in enumerate(NAMELESS):
            day += datetime.timedelta(1)
            for place in range(6):
                name = f"N{number}-{place}"
                debtor = Debtor(name, f"{name}@other.example".lower(), PATIENT, USUAL)
                tell(self.portfolio, debtor, f"F-{name}", day - datetime.timedelta(3))
                debtors.append(debtor)
            self.installation.sink.rules.add(f"{TIMES}x {fault.stage} * {fault.action}")
            self.live(day)
            self.nameless.append((fault, day))
        # Somebody who is never written to, so that there is a day to live until.
        tell(self.portfolio, Debtor("Z", "z@other.example", PATIENT, USUAL), "F-Z",
             day + datetime.timedelta(300))
        self.live(day + datetime.timedelta(NEXT_STEP_DAYS + 2))
        return debtors, True

    def judge(self, waves):
        record = Record(self.installation)
        wrong = [text for debtors, spoiled in waves for debtor in debtors
                 for text in Verdict(debtor, record, self.plan.asks).judge(spoiled)]
        wrong += [str(one) for one in contact_check.check(record.events, record.requests,
                                                          record.audit, record.letters)]
        known = {debtor.address for debtors, _ in waves for debtor in debtors}
        wrong += [f"a mail to {address}" for address in record.sent if address not in known]
        seen = collections.Counter(
            (result_of(answer), answer.code) for answers in record.answers.values()
            for answer in answers if hasattr(answer, "result"))
        used = collections.Counter(line.get("rule") for line in self.installation.sink.log())
        for fault, day in self.nameless:
            if used[f"{fault.stage} * {fault.action}"] != TIMES:
                wrong.append(f"{fault.stage} {fault.action}: not met {TIMES} times on {day}")
            if not any(seen[answer] for answer in fault.answers):
                wrong.append(f"{fault.stage} {fault.action}: no such answer")
        return record, seen, wrong


def print_all(trial, record, seen, seconds):
    rules = collections.Counter(line["rule"] for line in trial.installation.sink.log()
                                if line.get("rule") and not line["rule"].endswith("accept"))
    faults = sum(rules.values())
    for (result, code), count in sorted(seen.items()):
        print(f"  {result:9} {code:12} {count:6}")
    print(f"{faults} faults of {len(rules)} kinds, {len(record.requests)} requests, "
          f"{len(record.attempts)} debtors written to, {len(record.letters)} mails kept, "
          f"{seconds:.0f} s")
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build")
    parser.add_argument("--faults", type=int, default=2000, help="attempts that are spoiled")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}")
    trial, began, failed = Trial(arguments), time.monotonic(), True
    try:
        trial.start()
        waves = [trial.recipients()]
        if arguments.faults >= 500:
            waves.append(trial.strangers(trial.plan.last_day() + datetime.timedelta(1)))
        record, seen, wrong = trial.judge(waves)
        faults = print_all(trial, record, seen, time.monotonic() - began)
        assert not wrong, "\n".join([f"{len(wrong)} are wrong", *wrong[:40]])
        assert faults >= arguments.faults, f"only {faults} faults"
        failed = False
    finally:
        trial.installation.close(show_logs=failed)


if __name__ == "__main__":
    main()
