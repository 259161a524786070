#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A second bundle is activated and the kill switch thrown while the worker that owns the tenant's
partition is stopped, and every scenario worker is killed in the middle of the sweeps that follow. All
partitions end at one revision, each command has one answer, each debtor is swept; a step that moved
fires on its new day, a removed one closes as STEP_GONE, a new one spares what is past its day.

usage: test_bundle_change.py BUILD [DEBTORS_PER_GROUP]
"""
import collections
import json
import pathlib
import shutil
import signal
import sys
import time

import psycopg2

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
import contract  # noqa: E402
from installation import Installation  # noqa: E402
from orders import Orders, until
from portfolio import Portfolio

FACTS, EVENTS, RECORDS, STATES = contract.load("debtor_fact", "debtor_event", "scenario_state",
                                               "state")
BUNDLE = pathlib.Path(__file__).parents[1] / "ledger/bundle"
TENANT = "change"
BEGIN = "2025-12-01T00:00:00Z"
CHANGE_ON = "2026-01-14"
LAST_DAY = "2026-01-31"
SCENARIOS = 2
STOPPED_AT_MOST = "30s"  # no other worker takes over what the stopped one owns
# name, day, tone.
FIRST = [("reminder", "D+3", "friendly"), ("firm", "D+10", "firm"), ("final", "D+40", "final")]
SECOND = [("firm", "D+5", "firm"), ("notice", "D+20", "firm"), ("final", "D+40", "final")]
# Groups of debtors: due date, and the requests that are wanted: step, day.
GROUPS = {
    # D+4 on the day of the change: its firm step moved to the day after.
    "moved": ("2026-01-10", [("reminder", "2026-01-13"), ("firm", "2026-01-15"),
                             ("notice", "2026-01-30")]),
    # As above, but on hold until 20 January: its reminder is open when that step is removed.
    "removed": ("2026-01-10", [("firm", "2026-01-20"), ("notice", "2026-01-30")]),
    # D+8: its firm step moved behind it, and waits for the kill switch.
    "passed": ("2026-01-06", [("reminder", "2026-01-09"), ("firm", "2026-01-15"),
                              ("notice", "2026-01-26")]),
    # D+25: the new notice, at D+20, is not for it.
    "old": ("2025-12-20", [("reminder", "2025-12-23"), ("firm", "2025-12-30"),
                           ("final", "2026-01-29")]),
}


def bundle(installation, name, steps):
    folder = installation.folder / name
    shutil.copytree(BUNDLE, folder)
    (folder / "scenarios/ledger.yaml").write_text("title: Steps of a test\nsteps:\n" + "".join(
        f"  - {{ name: {step}, offset: {day}, tone: {tone}, channels: [email], template: reminder }}\n"
        for step, day, tone in steps))
    return folder


class Change:
    def __init__(self, build, size):
        self.installation = Installation(build, TENANT)
        self.size = size
        self.home = contract.partition_of(TENANT.encode(), self.installation.partitions)
        self.orders = [Orders(self.installation.folder / f"order-{n}") for n in range(SCENARIOS)]
        self.portfolio = Portfolio(TENANT)

    def start_scenarios(self):
        for ordinal, orders in enumerate(self.orders):
            self.installation.start("scenario", ordinal, "tests/integration/sabotaged-scenario",
                                    RELANCE_WORKER_BATCH_MAX="20",
                                    RELANCE_KAFKA_SESSION_TIMEOUT_MS=STOPPED_AT_MOST,
                                    **orders.environment())

    def live(self, to):
        path = self.installation.folder / f"until-{to}.jsonl"
        self.installation.replay(self.portfolio.write(path), "--to", to)

    def order(self, kind, at, payload):
        self.installation.control("command", kind, "--tenant", TENANT, "--topic",
                                  self.installation.source, "--time", at, "--no-wait", "--payload",
                                  json.dumps(payload))

    # ---- what the topics say ----

    def commands_in_log(self):
        events = [EVENTS.DebtorEvent.FromString(record.value())
                  for record in self.installation.committed("debtor-events")
                  if record.partition() == self.home]
        return sum(event.kind == EVENTS.EVENT_KIND_COMMAND_ISSUED for event in events)

    def answers(self):
        """{(command, kind of answer): how often}"""
        answers = collections.Counter()
        for record in self.installation.committed("debtor-facts"):
            fact = FACTS.DebtorFact.FromString(record.value())
            if fact.kind == FACTS.FACT_KIND_COMMAND_ACCEPTED:
                answers[fact.command_accepted.command, "accepted"] += 1
            elif fact.kind == FACTS.FACT_KIND_COMMAND_REFUSED:
                answers[fact.command_refused.command, "refused"] += 1
        return answers

    def state(self, kind):
        """{(partition, key): value} of the records whose keys begin so."""
        return {(record.partition(), record.key()): record.value()
                for record in self.installation.committed("scenario.state")
                if record.key().startswith(kind)}

    def scopes(self):
        return {partition: RECORDS.ScopeRecord.FromString(value).scope
                for (partition, _), value in self.state(b"s|").items()}

    def armed(self):
        """How many debtors were swept for which revision."""
        return collections.Counter(RECORDS.DebtorRecord.FromString(value).armed_revision
                                   for value in self.state(b"d|").values())

    def owner_of_home(self):
        checkpoint = STATES.Checkpoint.FromString(self.state(b"ckpt")[self.home, b"ckpt"])
        return int(checkpoint.writer.rsplit(".", 1)[1])

    # ---- the story ----

    def begin(self):
        for group, (due, _) in GROUPS.items():
            for number in range(self.size):
                debtor = f"{group}-{number}"
                self.portfolio.debtor(debtor, "2025-12-02", zone="UTC")
                self.portfolio.invoice(debtor, f"F-{debtor}", "100.00", "2025-12-02", due)
                if group == "removed":
                    self.portfolio.hold("2026-01-12", debtor, "2026-01-20T00:00:00Z")
        for worker in ("ingest", "audit", "notifier"):
            self.installation.start(worker)
        self.start_scenarios()
        self.installation.activate(bundle(self.installation, "first", FIRST), BEGIN)
        self.live("2026-01-13")

    def change_while_the_owner_is_stopped(self):
        before, answered = self.commands_in_log(), self.answers()
        owner = self.installation.processes["scenario", self.owner_of_home()]
        published = self.installation.control("bundle", "publish",
                                              str(bundle(self.installation, "second", SECOND)))
        self.hash = next(word for word in published.split() if len(word) == 64)
        owner.send_signal(signal.SIGSTOP)
        self.installation.control("bundle", "activate", self.hash, "--tenant", TENANT, "--topic",
                                  self.installation.source, "--time", f"{CHANGE_ON}T08:00:00Z",
                                  "--no-wait")
        self.order("KILL_SWITCH", f"{CHANGE_ON}T08:01:00Z", {"on": True})
        until(lambda: self.commands_in_log() == before + 2, "both commands are in the log", 20)
        assert self.answers() == answered, "somebody else answered"
        return owner

    def die_in_the_middle_of_the_sweeps(self, owner):
        revision = max(scope.revision for scope in self.scopes().values())
        for orders in self.orders:
            orders.give("KILL", "COMMITTED", 6)
        owner.send_signal(signal.SIGCONT)
        for ordinal in range(SCENARIOS):
            self.installation.processes.pop(("scenario", ordinal)).wait(60)
        armed = self.armed()
        swept = sum(count for at, count in armed.items() if at > revision)
        assert 0 < swept < len(GROUPS) * self.size, armed
        self.start_scenarios()
        return swept

    def go_on(self):
        self.portfolio.debtor("pulse", CHANGE_ON, zone="UTC")
        self.live(CHANGE_ON)
        self.order("KILL_SWITCH", f"{CHANGE_ON}T18:00:00Z", {"on": False})
        self.portfolio.debtor("pulse-2", "2026-01-15", zone="UTC")
        self.live(LAST_DAY)

    # ---- what came of it ----

    def check_scope(self):
        scopes = self.scopes()
        assert len(scopes) == self.installation.partitions, "a partition has read no scope"
        assert len({scope.SerializeToString(deterministic=True) for scope in scopes.values()}) == 1
        scope = scopes[self.home]
        assert scope.bundle_hash.hex() == self.hash and not scope.kill_switch
        # Two of `activate`, the second bundle, the kill switch on and off.
        answers = self.answers()
        assert len(answers) == 5 and set(answers.values()) == {1}, answers
        assert {kind for _, kind in answers} == {"accepted"}, answers
        debtors = len(GROUPS) * self.size + 2
        assert self.armed() == {scope.revision: debtors}, (scope.revision, self.armed())
        return scope.revision

    def check_reports(self):
        with psycopg2.connect(self.installation.dsn("RELANCE_POSTGRES_READ_DSN")) as connection:
            cursor = connection.cursor()
            cursor.execute("""
                select split_part(debtor, '-', 1), step, (requested_at at time zone 'UTC')::date::text,
                       count(*), count(distinct debtor) from request group by 1, 2, 3""")
            found = {row[:3]: row[3:] for row in cursor.fetchall()}
            wanted = {(group, step, day): (self.size, self.size)
                      for group, (_, requests) in GROUPS.items() for step, day in requests}
            assert found == wanted, f"{set(found.items()) ^ set(wanted.items())}"
            cursor.execute("""
                select split_part(debtor, '-', 1), step, result, count(*) from step_instance
                 where result is distinct from 'ACTED' group by 1, 2, 3""")
            assert cursor.fetchall() == [("removed", "reminder", "STEP_GONE", self.size)]
            cursor.execute("""
                select split_part(debtor, '-', 1), step, since::date::text, count(distinct debtor)
                  from silence where reason = 'KILL_SWITCH' group by 1, 2, 3""")
            assert cursor.fetchall() == [("passed", "firm", CHANGE_ON, self.size)]
        assert not self.installation.committed("dead-letters")
        assert "clean" in self.installation.control("audit", "verify", "--at-rest")

    def play(self):
        began = time.monotonic()
        self.begin()
        owner = self.change_while_the_owner_is_stopped()
        swept = self.die_in_the_middle_of_the_sweeps(owner)
        print(f"{swept} of {len(GROUPS) * self.size} debtors were swept when the workers died")
        self.go_on()
        revision = self.check_scope()
        self.check_reports()
        print(f"all partitions at revision {revision}, one answer for each command; moved, removed "
              f"and new steps as they should; {time.monotonic() - began:.0f} s")


def main():
    change = Change(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 60)
    failed = True
    try:
        change.play()
        failed = False
    finally:
        change.installation.close(show_logs=failed)


if __name__ == "__main__":
    main()
