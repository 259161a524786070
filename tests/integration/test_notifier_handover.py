#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Whoever gives partitions back, or is asked to stop, finishes the mails that are on their way: their
outcomes are known. Whoever is killed leaves doubts, and each of them is written down.

usage: test_notifier_handover.py BUILD
"""
import collections
import datetime
import pathlib
import signal
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "chaos"))
import contract  # noqa: E402
from installation import Installation  # noqa: E402
from portfolio import Portfolio  # noqa: E402

DEBTORS = 60
DAY = datetime.date(2026, 1, 13)  # the first step of what is due on the 10th
SLOW = "dot * hang 0.5"  # each mail is on its way for so long
EVENT, AUDIT = contract.load("debtor_event", "audit")


def sent(installation):
    return len(installation.sink.letters())


def wait_for(what, seconds=60):
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def outcomes(installation):
    """How often each result was told of each request."""
    found = collections.Counter()
    for record in installation.committed("debtor-events"):
        event = EVENT.DebtorEvent.FromString(record.value())
        if event.kind == EVENT.EVENT_KIND_OUTCOME:
            found[event.outcome.result] += 1
    return found


def owners_changed(installation):
    records = (AUDIT.AuditRecord.FromString(record.value())
               for record in installation.committed("notifier.audit"))
    return sum(record.kind == AUDIT.AUDIT_KIND_LOCAL_EVENT
               and record.local_event.event == AUDIT.LOCAL_EVENT_KIND_OWNER_CHANGED
               for record in records)


def live(build, disturb):
    """A day on which every debtor is written to; `disturb` is called in the middle of it."""
    installation = Installation(build, "handover")
    failed = True
    try:
        portfolio = Portfolio("handover")
        for number in range(DEBTORS):
            portfolio.debtor(f"D{number}")
            portfolio.invoice(f"D{number}", f"F{number}", "100.00")
        events = installation.folder / "events.jsonl"
        portfolio.write(events)
        installation.sink.rules.add(SLOW)
        installation.connections = 4
        installation.start_all()
        installation.activate(pathlib.Path(__file__).parents[1] / "ledger/bundle",
                              "2026-01-01T00:00:00Z")
        replay = threading.Thread(target=installation.replay, daemon=True,
                                  args=(events, "--to", DAY.isoformat()))
        replay.start()
        wait_for(lambda: sent(installation) >= DEBTORS // 4)
        disturb(installation)
        replay.join(120)
        assert not replay.is_alive(), "the day does not end"
        print(installation.control("audit", "verify", "--at-rest").strip().splitlines()[-1])
        failed = False
        return outcomes(installation), owners_changed(installation), sent(installation)
    finally:
        installation.close(show_logs=failed)


def second_worker(installation):
    installation.start("notifier", 1)


def orderly_stop(installation):
    process = installation.processes.pop(("notifier", 0))
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    installation.start("notifier", 0)


def killed(installation):
    installation.kill("notifier")
    installation.start("notifier", 0)


def main():
    words = {number: name.removeprefix("OUTCOME_RESULT_")
             for name, number in contract.load("vocabulary")[0].OutcomeResult.items()}
    for disturb, doubts in ((second_worker, False), (orderly_stop, False), (killed, True)):
        found, changed, letters = live(sys.argv[1], disturb)
        told = {words[result]: count for result, count in found.items()}
        print(f"{disturb.__name__}: {letters} mails, {told}, {changed} left open by an owner")
        assert told.get("ACCEPTED") == (DEBTORS - changed if doubts else DEBTORS), told
        assert told.get("UNKNOWN", 0) == changed, told
        assert bool(changed) == doubts, f"{changed} attempts were left open"
        assert letters == DEBTORS, letters


if __name__ == "__main__":
    main()
