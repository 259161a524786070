#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How many mails a second the notifier sends over one connection and over ten, beside the pool of
connections alone, which hands over the same message to the same relay and knows no log.

usage: sends.py BUILD [--mails N] [--rounds N] [--connections N ...]
       starts a stack and a relay of its own; README.md says what the columns mean
"""
import argparse
import collections
import datetime
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time

import machine
import table

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
sys.path.insert(0, str(ROOT / "tests/integration"))
from installation import Installation  # noqa: E402
from portfolio import Portfolio  # noqa: E402
from stack import Stack  # noqa: E402

BUNDLE = ROOT / "tests/ledger/bundle"
CASE = """\
template: reminder
language: en
sender: ledger
creditor: Bench
as_of: 2026-01-13
debtor: Secret Bakery
recipient: { name: Secret Person, email: secret@example.test }
lines:
  - { number: F1, issued_on: 2026-01-03, due_on: 2026-01-10, total: { EUR: "1250.00" },
      open: { EUR: "1250.00" } }
"""
DAY = datetime.date(2026, 1, 13)
PATIENCE_S = 300
LOOK_S = 0.02

Sent = collections.namedtuple("Sent", "per_s cpu_us kafka_us redis_us postgres_us peak_mb")


class Relay:
    """bench_post's: takes everything, keeps nothing, counts."""

    def __init__(self, build):
        self.process = subprocess.Popen([build / "tests/bench/bench_post", "relay"],
                                        stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        self.link = socket.create_connection(("127.0.0.1", self.port)).makefile("rw", newline="\r\n")
        self.link.readline()

    def count(self):
        self.link.write("NOOP\r\n")
        self.link.flush()
        return int(self.link.readline().split()[1])

    def close(self):
        self.process.kill()
        self.process.wait()


def asked_for(installation, mails):
    """All requests stand in the log: scenario is done, and only the notifier is missing."""
    deadline = time.monotonic() + PATIENCE_S
    while len(installation.committed("contact-requests")) < mails:
        assert time.monotonic() < deadline, "scenario does not ask for all contacts"
        time.sleep(0.5)


def drain(installation, relay, mails):
    """The notifier alone, from the first mail to the last."""
    installation.start("notifier")
    pid = installation.processes["notifier", 0].pid
    pids = machine.pids(worker=pid)
    deadline = time.monotonic() + PATIENCE_S
    first = None
    while first is None or relay.count() < mails:
        assert time.monotonic() < deadline, f"{relay.count()} of {mails} mails"
        if first is None and relay.count() > 0:
            first, known = machine.sample(pids), relay.count()
        time.sleep(LOOK_S)
    last = machine.sample(pids)
    sent = mails - known
    used = {name: (last.cpu_s[name] - first.cpu_s[name]) * 1e6 / sent for name in last.cpu_s}
    return Sent(sent / (last.at_s - first.at_s), used["worker"], used["kafka"], used["redis"],
                used["postgres"], machine.peak_mb(pid))


def notifier(build, mails, connections):
    """Mails a second, and what they cost, of a day on which each of `mails` debtors is due."""
    relay = Relay(build)
    installation = Installation(build, "sends")
    failed = True
    try:
        portfolio = Portfolio("sends")
        for number in range(mails):
            portfolio.debtor(f"D{number}")
            portfolio.invoice(f"D{number}", f"F{number}", "1250.00")
        events = installation.folder / "events.jsonl"
        portfolio.write(events)
        installation.connections = connections
        installation.sink.port = relay.port
        for worker in ("ingest", "scenario", "audit"):
            installation.start(worker)
        installation.activate(BUNDLE, "2026-01-01T00:00:00Z")
        replay = threading.Thread(target=installation.replay, daemon=True,
                                  args=(events, "--to", DAY.isoformat()))
        replay.start()
        asked_for(installation, mails)
        result = drain(installation, relay, mails)
        replay.join(PATIENCE_S)
        assert relay.count() == mails, f"{relay.count()} mails, and not {mails}"
        installation.control("audit", "verify", "--at-rest", "--wait", "60")
        failed = False
        return result
    finally:
        installation.close(show_logs=failed)
        relay.close()


def pool(build, mails, connections):
    """The pool alone, with a message of the same bundle."""
    relay = Relay(build)
    try:
        with tempfile.TemporaryDirectory() as folder:
            case, message = pathlib.Path(folder, "case.yaml"), pathlib.Path(folder, "mail.eml")
            case.write_text(CASE)
            subprocess.run([build / "services/relancectl/relancectl", "render", BUNDLE, case,
                            "--out", message], check=True)
            seconds = subprocess.run(
                [build / "tests/bench/bench_post", "pool", str(relay.port), str(connections),
                 str(mails), message], check=True, capture_output=True, text=True).stdout
        assert relay.count() == mails
        return mails / float(seconds)
    finally:
        relay.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--mails", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 10])
    arguments = parser.parse_args()
    build = arguments.build.resolve()
    found, alone = collections.defaultdict(list), collections.defaultdict(list)
    with Stack("sends-stack") as stack:
        stack.start()
        for number in range(arguments.rounds):
            for connections in arguments.connections:
                print(f"round {number + 1}, {connections} connections", file=sys.stderr, flush=True)
                alone[connections].append(pool(build, arguments.mails, connections))
                found[connections].append(notifier(build, arguments.mails, connections))
    print(f"{arguments.mails} mails to as many debtors, medians of {arguments.rounds} rounds\n")
    for row in table.head("connections", "mails/s", "of the pool alone", "pool alone", "worker us",
                          "redis us", "kafka us", "postgres us", "peak MB"):
        print(row)
    for connections, ones in found.items():
        ratio = [one.per_s / per_s for one, per_s in zip(ones, alone[connections])]
        print(table.line(
            str(connections), table.span([one.per_s for one in ones], ",.0f"),
            table.span(ratio, ".2f"), table.span(alone[connections], ",.0f"),
            *(f"{table.median([getattr(one, what) for one in ones]):,.0f}"
              for what in ("cpu_us", "redis_us", "kafka_us", "postgres_us", "peak_mb"))))


if __name__ == "__main__":
    main()
