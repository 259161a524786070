#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Lives through days of the demonstration's portfolio while workers and servers are killed, then
through the same days undisturbed, and compares everything that came of them. See README.md.

usage: campaign.py BUILD [OPTIONS]      starts and stops a stack of its own
"""
import argparse
import collections
import datetime
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
sys.path.insert(0, str(ROOT / "deploy/demo"))
import approver  # noqa: E402
import contact_check  # noqa: E402
import contract  # noqa: E402
import faults  # noqa: E402
import picture  # noqa: E402
from installation import ALSO, SKIPPED, Installation  # noqa: E402
from stack import Stack  # noqa: E402

TENANT = "acme"
PREFIX = "campaign"  # both lives have the same names, so that their state is equal byte for byte
BEGIN = "2025-01-01T00:00:00Z"
FIRST_DAY = datetime.date(2025, 1, 2)
CONNECTIONS = 8  # mails that may be on their way


class Conductor:
    """`relancectl replay`; one that is ended is followed by another, which goes on."""

    def __init__(self, installation, events, last_day):
        self.command = installation.replaying(events, "--to", last_day.isoformat())
        self.installation = installation
        self.log = installation.folder / "conductor.log"
        self.lock = threading.Lock()
        self.process = None
        self.ended = False

    def _start(self):
        with self.lock, open(self.log, "ab") as log:
            self.ended = False
            self.process = subprocess.Popen(self.command, env=self.installation.environment,
                                            stdout=subprocess.DEVNULL, stderr=log)

    def run(self):
        """Until all days are over and everybody has come to the end of its input."""
        self._start()
        while self.process.wait() != 0:
            if not self.ended:
                raise AssertionError(f"relancectl replay: exit {self.process.returncode}\n"
                                     + self.log.read_text()[-800:])
            self._start()

    def check_manners(self, trouble):
        """Where it went on after it was ended, it has said. What it had to wait for is chance: it may
        be inside a call that is repeated until the server is back."""
        said = self.log.read_text()
        if trouble.done["end"]:
            assert "stand in" in said, said[-800:]

    def end(self):
        with self.lock:
            if self.process.poll() is None:
                self.ended = True
                self.process.kill()


def last_day(arguments):
    return FIRST_DAY + datetime.timedelta(arguments.calm + arguments.days - 1)


def write_events(installation, path):
    """The portfolio without its natural persons, with all events of a day at one instant. The clock of
    a partition is the latest instant that stood in it; what a natural person's record becomes moves to
    the partition of the pseudonym, and between two source partitions the order, and so the time at
    which a late record is decided, would be chance."""
    subprocess.run(installation.tool("sample", "--out", path), check=True)
    lines = [line for line in path.read_text(encoding="utf-8").splitlines(keepends=True)
             if '"naturalperson":true' not in line]
    path.write_text(re.sub(r'("time":"[0-9-]{10})T[0-9:.]+Z"', r'\1T08:00:00Z"', "".join(lines)),
                    encoding="utf-8")


def waiting(installation):
    """(debtor, milestone) of each case whose last word asks for an approval."""
    audit, = contract.load("audit")
    latest = {}
    for message in installation.committed("legal-escalation.audit"):
        record = audit.AuditRecord.FromString(message.value())
        if record.HasField("case_moved"):
            latest[record.case_moved.case_id] = record
    return sorted(((record.envelope, record.case_moved) for record in latest.values()
                   if record.case_moved.code == "APPROVAL_ASKED"),
                  key=lambda pair: pair[1].case_id)


def approve_all(installation, trouble):
    """Every case that waits is approved; in a disturbed life whoever has to do with it dies."""
    key = installation.folder / "approver.pem"
    key.write_text(approver.key())
    for envelope, asked in waiting(installation):
        payload = {"case_id": asked.case_id, "act": asked.act, "claim_hash": asked.claim_hash.hex()}
        installation.control(
            "command", "approve", "--tenant", TENANT, "--debtor", envelope.debtor, "--creditor",
            envelope.creditor, "--topic", installation.source, "--actor", "head-of-credit", "--key",
            str(key), "--signing-key", "head-of-credit-1", "--id", f"approve-{asked.case_id}",
            "--payload", json.dumps(payload), "--no-wait")
        if trouble:
            trouble.kill("legal-escalation")
            trouble.kill(trouble.chance.choice(["ingest", "scenario", "legal-escalation"]))


def live(arguments, plan=(), chance=None, keys=None):
    """One life from the first topic on; (picture, keys, seconds, Faults)."""
    installation = Installation(arguments.build, TENANT, keys=keys, prefix=PREFIX)
    failed = True
    try:
        events = installation.folder / "events.jsonl"
        write_events(installation, events)
        installation.connections = CONNECTIONS
        installation.start_all(ALSO)
        installation.activate(ROOT / "deploy/bundles/demo", BEGIN)
        conductor = Conductor(installation, events, last_day(arguments))
        trouble = faults.Faults(installation, plan, FIRST_DAY + datetime.timedelta(arguments.calm),
                                chance, conductor.end)
        began = time.monotonic()
        trouble.start()
        conductor.run()
        trouble.finish()
        conductor.run()  # what the last faults broke is whole again
        approve_all(installation, trouble if plan else None)
        conductor.run()  # until all that was approved is filed
        conductor.check_manners(trouble)
        seconds = time.monotonic() - began
        for (worker, _), process in installation.processes.items():
            assert process.poll() is None, f"{worker} ended by itself"
        found = picture.take(installation)
        installation.control("audit", "verify", "--at-rest", "--wait", "30")
        wrong = contact_check.check_installation(
            installation.environment["RELANCE_KAFKA_BOOTSTRAP_SERVERS"], PREFIX,
            installation.folder / "relay/messages")
        assert not wrong, "\n".join(map(str, wrong))
        failed = False
    finally:
        installation.close(show_logs=failed)
    return found, installation.keys(), seconds, trouble


def round_of(arguments, seed):
    chance = random.Random(seed)
    servers = () if arguments.no_servers else faults.SERVERS
    meanwhile = len(servers)  # each restart takes a worker with it
    plan = faults.draw(chance, arguments.days, max(arguments.kills - meanwhile, 0),
                       arguments.flushes, servers, arguments.conductor)
    print(f"seed {seed}: to {last_day(arguments)}, faults in the last {arguments.days} days",
          flush=True)
    with Stack("campaign-stack") as stack:
        stack.start()
        disturbed, keys, seconds, trouble = live(arguments, plan, chance)
        print(f"disturbed: {seconds:.1f} s, " + ", ".join(
            f"{number} {kind}" for kind, number in sorted(trouble.done.items())) +
            f"; {trouble.late} of them after the last day", flush=True)
        stack.wipe()
        stack.start()
        calm, _, seconds, _ = live(arguments, keys=keys)
        print(f"undisturbed: {seconds:.1f} s", flush=True)
    return disturbed, calm, trouble.killed["notifier"] * CONNECTIONS


def judge(disturbed, calm, doubts_at_most):
    """A mail that was on its way when the notifier died is in doubt and asked for again, on another
    day: its debtor goes another way from there on. All others are equal."""
    doubts = picture.in_doubt(disturbed)
    assert sum(doubts.values()) <= doubts_at_most, f"{doubts}, at most {doubts_at_most}"
    assert not picture.in_doubt(calm)
    print(f"  {len(doubts)} debtors with {sum(doubts.values())} mails in doubt "
          f"(at most {doubts_at_most} were on their way at the kills); of the others:")
    disturbed, calm = picture.without(disturbed, doubts), picture.without(calm, doubts)
    found = list(picture.differences(disturbed, calm))
    for what, part in calm.items():
        equal = not any(line.startswith(what + ":") for line in found)
        print(f"  {what:24} {picture.count(part):8}  {'equal' if equal else 'NOT EQUAL'}")
    for what in ("facts", "contact requests", "mails", "silences", "dead letters", "scores", "filings"):
        assert picture.count(calm[what]), f"no {what}: these days prove nothing"
    filed = collections.Counter(one["filed"]["filing"] for ones in disturbed["filings"].values()
                                for one in ones if "filed" in one)
    assert set(filed.values()) == {1}, filed
    assert not found, "\n".join(found)
    state = [picture.digest(life["records of the state"]) for life in (disturbed, calm)]
    assert state[0] == state[1], f"state {state[0]} and {state[1]}"
    print(f"  state hash {state[0]}")
    print("  the trail is the log byte for byte; audit verify --at-rest: clean; no contact behind a "
          "known payment, none twice, none without an answer")


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--rounds", type=int, default=1, help="with seed, seed + 1 ...")
    parser.add_argument("--calm", type=int, default=90, help="days before the first fault")
    parser.add_argument("--days", type=int, default=60, help="days with faults")
    parser.add_argument("--kills", type=int, default=40, help="kill -9 of random workers")
    parser.add_argument("--flushes", type=int, default=2, help="FLUSHALL")
    parser.add_argument("--conductor", type=int, default=2, help="kill -9 of relancectl replay")
    parser.add_argument("--no-servers", action="store_true",
                        help="without the restarts of Redis, Kafka and PostgreSQL")
    parser.add_argument("--beside-a-stack", action="store_true",
                        help="skip where the environment names no local stack")
    return parser.parse_args()


def main():
    arguments = parse()
    if arguments.beside_a_stack and not os.environ.get("RELANCE_LOCAL_DIR"):
        print("SKIPPED: no local stack")
        sys.exit(SKIPPED)
    for seed in range(arguments.seed, arguments.seed + arguments.rounds):
        judge(*round_of(arguments, seed))


if __name__ == "__main__":
    main()
