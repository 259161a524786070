#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Redis, Kafka and PostgreSQL away under load, one at a time: the whole line (ingest, scenario,
notifier, audit) waits, stays alive, says why, and goes on by itself; nothing is lost or doubled.

usage: servers_away.py BUILD [OPTIONS]      starts and stops a stack of its own
"""
import argparse
import collections
import datetime
import json
import os
import pathlib
import re
import shutil
import sys
import threading
import time

import psycopg2
from confluent_kafka import Producer

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
import contract  # noqa: E402
import picture  # noqa: E402
import stack  # noqa: E402
from installation import SKIPPED, WORKERS, Installation, ask  # noqa: E402

TENANT, CREDITOR = "acme", "U001"
# Whom the loss of a server must make unready; others may go on.
NEEDED_BY = {"redis": {"scenario", "notifier"}, "kafka": set(WORKERS),
             "postgres": {"audit", "ingest"}}
PAID = 3  # every third invoice is paid at once
READY_LIMIT_S = 120
# Ten times what a worker at rest takes; its queues and batches have limits of their own.
MEMORY_LIMIT_MB = 160
SETTLED_S = 4
SETTLE_LIMIT_S = 180


class Load(threading.Thread):
    """A steady stream into the source: invoices that are due for a reminder at once, payments of
    some of them, and now and then a new debtor."""

    def __init__(self, installation, rate):
        super().__init__(daemon=True)
        self.installation, self.rate = installation, rate
        self.over = threading.Event()
        self.sent = collections.defaultdict(list)  # kind: ids
        self.undelivered = []
        self.debtors = 0
        # The step of D+3 was reached yesterday, whatever the hour is now.
        self.due = datetime.datetime.now(datetime.timezone.utc).date() - datetime.timedelta(4)
        self.producer = Producer({
            "bootstrap.servers": installation.environment["RELANCE_KAFKA_BOOTSTRAP_SERVERS"],
            "enable.idempotence": True, "linger.ms": 5, "log_level": 0})

    def send(self, debtor, kind, data, creditor=None):
        number = sum(map(len, self.sent.values()))
        event = {"specversion": "1.0", "type": f"io.relance.{kind}.v1", "id": f"e{number}",
                 "source": "load", "tenant": TENANT, "debtor": debtor,
                 "time": datetime.datetime.now(datetime.timezone.utc).isoformat(), "data": data}
        if creditor:
            event["creditor"] = creditor
        key = f"{TENANT}/{debtor}".encode()
        self.producer.produce(
            self.installation.source, key=key, value=json.dumps(event),
            partition=contract.partition_of(key, self.installation.partitions),
            on_delivery=lambda error, _: error and self.undelivered.append(str(error)))
        self.producer.poll(0)
        self.sent[kind].append(event["id"])

    def add_debtor(self):
        debtor = f"D{self.debtors}"
        self.debtors += 1
        self.send(debtor, "debtor.upserted", {"kind": "COMPANY", "country": "FR", "zone": "UTC",
                                              "language": "en", "name": f"Debtor {debtor}"})
        self.send(debtor, "contact.upserted", {
            "contact": "1", "roles": ["ACCOUNTS_PAYABLE"],
            "channels": [{"channel": "EMAIL", "address": f"{debtor}@example.test"}]})

    def add_invoice(self, number):
        debtor = f"D{number * 7 % self.debtors}"
        self.send(debtor, "invoice.issued", {
            "document": f"F{number}", "currency": "EUR", "total": "100.00",
            "issued_on": (self.due - datetime.timedelta(30)).isoformat(),
            "due_on": self.due.isoformat()}, CREDITOR)
        if number % PAID == 0:
            self.send(debtor, "payment.received", {
                "payment": f"P{number}", "currency": "EUR", "amount": "100.00",
                "received_on": datetime.date.today().isoformat(),
                "allocations": [{"document": f"F{number}", "amount": "100.00"}]}, CREDITOR)

    def run(self):
        for _ in range(20):
            self.add_debtor()
        number = 0
        while not self.over.wait(1 / self.rate):
            if number % (2 * self.rate) == 0:
                self.add_debtor()
            self.add_invoice(number)
            number += 1

    def finish(self):
        self.over.set()
        self.join()
        assert self.producer.flush(60) == 0 and not self.undelivered, self.undelivered[:3]
        return self.sent


class Probe(threading.Thread):
    """Asks one worker all the time whether it lives and whether it is ready."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port = port
        self.over = threading.Event()
        self.ready = False
        self.changed = time.monotonic()  # when it last became ready or unready
        self.whys = set()
        self.red = []         # answers of /livez that were not green
        self.longest_s = 0.0  # between two green answers

    def run(self):
        green = time.monotonic()
        while not self.over.wait(0.1):
            status, body = ask(self.port, "/livez")
            now = time.monotonic()
            if status == 200:
                self.longest_s = max(self.longest_s, now - green)
                green = now
            else:
                self.red.append((status, body))
            self.look()

    def look(self):
        status, body = ask(self.port, "/readyz")
        if (status == 200) != self.ready:
            self.ready, self.changed = status == 200, time.monotonic()
        if status == 503:
            # One line for all partitions and all times that are alike.
            self.whys |= {f"{one['name'].split('.')[-1].split('/')[0]}: "
                          f"{re.split(r' failed| has not|  |, ', one['why'])[0][:90]}"
                          for one in json.loads(body)["checks"] if not one["ok"]}


def memory_mb(installation, field="VmHWM"):
    def of(process):
        text = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        return int(text.split(field + ":")[1].split()[0]) // 1024
    return {worker: of(process) for (worker, _), process in installation.processes.items()}


def await_ready(probes, since):
    """Seconds after `since` until every worker was ready."""
    deadline = time.monotonic() + READY_LIMIT_S
    while not all(probe.ready for probe in probes.values()):
        waiting = {worker: probe.whys for worker, probe in probes.items() if not probe.ready}
        assert time.monotonic() < deadline, f"not ready again: {waiting}"
        time.sleep(0.1)
    return {worker: max(0.0, probe.changed - since) for worker, probe in probes.items()}


def away(installation, probes, server, seconds):
    """One outage, from ready to ready."""
    before = memory_mb(installation)
    for probe in probes.values():
        probe.whys, probe.longest_s = set(), 0.0
    stack.server(server, "kill")
    gone = time.monotonic()
    unready = set()
    while time.monotonic() - gone < seconds:
        unready |= {worker for worker, probe in probes.items() if not probe.ready}
        time.sleep(0.2)
    stack.server(server, "start")
    back = await_ready(probes, time.monotonic())
    after = memory_mb(installation)
    print(f"{server} away for {time.monotonic() - gone:.0f} s")
    for worker, probe in probes.items():
        print(f"  {worker:9} /livez green, longest gap {probe.longest_s:.1f} s; ready "
              f"{back[worker]:.1f} s after it answers; peak {before[worker]} -> {after[worker]} MiB; "
              + ("; ".join(sorted(probe.whys)[:5]) or "stayed ready"), flush=True)
        assert not probe.red, f"{worker}: /livez {probe.red[:3]}"
        assert after[worker] < MEMORY_LIMIT_MB, f"{worker}: {after[worker]} MiB"
    for worker in NEEDED_BY[server]:
        assert worker in unready, f"{server} was away and {worker} stayed ready"
        # The server by its name, or the call to it that does not return.
        assert any(server in why.lower() or why.startswith("loop: step ")
                   for why in probes[worker].whys), f"{worker} does not say why: {probes[worker].whys}"


# ---- what came of it ----

def requests_and_answers(reader):
    """Both as (action, request number). An answer says what became of an attempt, or, if a payment
    came meanwhile, that there was none."""
    asked = [(message.body.action, message.body.request_number) for _, message in reader.requests]
    answered = [(answer.action, answer.request_number)
                for _, fact in reader.facts for answer in (fact.contact_outcome, fact.contact_returned)
                if answer.request_number]
    return asked, answered


def settle(installation):
    """Waits until no fact has come for a while and no request is without an answer. Timers are
    rounded up to full minutes; a contact whose look had no answer is tried again, so the silence of
    facts alone proves nothing."""
    time.sleep(62 - time.time() % 60)
    deadline = time.monotonic() + SETTLE_LIMIT_S
    before, since = -1, time.monotonic()
    while time.monotonic() - since < SETTLED_S:
        reader = picture.Reader(installation)
        asked, answered = requests_and_answers(reader)
        open_yet = len(set(asked) - set(answered))
        assert time.monotonic() < deadline, f"no end of facts, or of {open_yet} requests"
        if open_yet or len(reader.facts) != before:
            before, since = len(reader.facts), time.monotonic()
        time.sleep(0.5)


def each_once(what, got, wanted):
    counts = collections.Counter(got)
    doubled = [one for one, count in counts.items() if count > 1]
    lost = set(wanted) - set(counts)
    assert not doubled and not lost, f"{what}: {len(doubled)} doubled {doubled[:3]}, " \
                                     f"{len(lost)} lost {sorted(lost)[:3]}"
    assert set(counts) == set(wanted), f"{what}: {set(counts) - set(wanted)} were never sent"


FACT_OF = {"debtor.upserted": "debtor_changed", "contact.upserted": "contact_changed",
           "invoice.issued": "receivable_opened", "payment.received": "payment_recorded"}


def check(installation, sent):
    reader = picture.Reader(installation)
    facts = [reader.plain(message) for _, message in reader.facts]
    ids = {reader.names[f"{installation.prefix}.debtor-events", record.partition(), record.offset()]:
           message.envelope.source_event_id for record, message in reader.events}
    for kind, member in FACT_OF.items():
        each_once(kind, [ids[fact["envelope"]["causation"]] for fact in facts if member in fact],
                  sent[kind])
    opened, closed = ([fact[member]["instance"]["document"] for fact in facts if member in fact]
                      for member in ("step_opened", "step_closed"))
    each_once("reminders opened", opened, set(opened))
    each_once("reminders closed", closed, opened)
    # A payment may come before its reminder.
    unpaid = {f"F{number}" for number in range(len(sent["invoice.issued"])) if number % PAID}
    assert unpaid <= set(opened), f"no reminder for {sorted(unpaid - set(opened))[:3]}"
    asked, answered = requests_and_answers(reader)
    each_once("requests", asked, set(asked))
    each_once("answers", answered, asked)
    letters = [reader.plain(message) for _, message in reader.letters]
    assert not letters, f"{len(letters)} dead letters: {letters[:2]}"
    with psycopg2.connect(installation.dsn("RELANCE_POSTGRES_SUPERUSER_DSN")) as connection:
        picture.check_trail(connection.cursor(), "scenario", reader.facts)
        picture.check_trail(connection.cursor(), "notifier", reader.contacts)
    installation.control("audit", "verify", "--at-rest", "--wait", "30")
    print(f"{sum(map(len, sent.values()))} events: each became one fact; {len(opened)} reminders, "
          f"each opened and closed once; {len(asked)} requests, each answered once; "
          f"{len(facts)} facts, each in the trail once; no dead letter; audit verify clean")


def bundle_for(installation):
    """The ledger's, whose first step also takes what reached its day before the activation: time is
    the system's, so nothing falls due by waiting."""
    folder = installation.folder / "bundle"
    shutil.copytree(ROOT / "tests/ledger/bundle", folder)
    steps = folder / "scenarios/ledger.yaml"
    steps.write_text(steps.read_text().replace("offset: D+3\n", "offset: D+3\n    catch_up: true\n"))
    return folder


def live(arguments):
    installation = Installation(arguments.build, TENANT, clock="system", probes=True)
    probes = {worker: Probe(port) for worker, port in installation.ports.items()}
    failed = True
    try:
        now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
        installation.activate(bundle_for(installation), now)
        installation.start_all()
        time.sleep(1)
        for probe in probes.values():
            probe.start()
        await_ready(probes, time.monotonic())
        for probe in probes.values():
            probe.red.clear()  # nobody listens before a process has begun
        load = Load(installation, arguments.rate)
        load.start()
        for server in arguments.servers:
            time.sleep(arguments.between)
            away(installation, probes, server, arguments.seconds)
        time.sleep(arguments.between)
        sent = load.finish()
        settle(installation)
        for (worker, _), process in installation.processes.items():
            assert process.poll() is None, f"{worker} ended by itself"
        check(installation, sent)
        failed = False
    finally:
        for probe in probes.values():
            probe.over.set()
        installation.close(show_logs=failed)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build")
    parser.add_argument("--seconds", type=float, default=60, help="how long each is away")
    parser.add_argument("--between", type=float, default=5, help="seconds before each outage")
    parser.add_argument("--rate", type=int, default=20, help="invoices a second")
    parser.add_argument("--servers", nargs="*", default=sorted(NEEDED_BY, reverse=True),
                        choices=sorted(NEEDED_BY))
    parser.add_argument("--beside-a-stack", action="store_true",
                        help="skip where the environment names no local stack")
    arguments = parser.parse_args()
    if arguments.beside_a_stack and not os.environ.get("RELANCE_LOCAL_DIR"):
        print("SKIPPED: no local stack")
        sys.exit(SKIPPED)
    with stack.Stack("away-stack") as servers:
        servers.start()
        live(arguments)


if __name__ == "__main__":
    main()
