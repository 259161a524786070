#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Measures ingest, scenario and audit beside the raw pipe on the servers of the local stack.

usage: bench.py BUILD [--quick] [--events N] [--debtors N] [--rounds N] [--partitions N] [--seconds N]
       (the stack's env file must be sourced; tests/bench/run.sh does all of it)

Each round is an installation of its own. What is measured and what the rows mean: README.md.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import time

import backlog
import machine
import plant
import table
from plant import ROOT, Plant, Void, check

import contract  # noqa: E402  (plant knows where)

IDLE_PER_S = 20
REBUILD_PATIENCE_S = 120
BEGIN = "2026-01-01T00:00:00Z"
WHOLE = {"events": 300000, "debtors": 100000, "rounds": 3, "seconds": 20}
# More events than one transaction takes.
QUICK = {"events": 12000, "debtors": 4000, "rounds": 1, "seconds": 1}
STATEFUL = ("ingest", "scenario")


def say(text):
    print(f"[{time.monotonic() - say.began:4.0f} s] {text}", flush=True)


say.began = time.monotonic()


class Round:
    """One installation from its empty topics to the last measurement."""

    def __init__(self, arguments):
        self.arguments = arguments
        self.book = backlog.Book(arguments.debtors)
        self.plant = Plant(arguments.build, backlog.TENANT, arguments.partitions)
        self.result = {}

    def close(self, failed):
        self.plant.close(show_logs=failed)

    def settle(self):
        """A bundle is activated and live, in every partition, before the backlog comes."""
        for worker in STATEFUL:
            self.plant.start(worker)
        self.plant.activate(ROOT / "deploy/bundles/demo", BEGIN)
        events, seen, deadline = self.plant.topic("debtor-events"), None, time.monotonic() + 120
        while True:
            check(time.monotonic() < deadline, "the bundle does not become active")
            before, seen = seen, (self.plant.size(events)[0],
                                  self.plant.page["scenario"].metrics().get("loop_events", 0))
            if seen == before and seen[0] == seen[1] > 0:
                break
            time.sleep(2)
        for worker in STATEFUL:
            self.plant.stop(worker)
        self.settled = seen[0]

    def fill(self):
        fed = self.plant.feed(self.book.backlog(self.arguments.events))
        check(fed == self.arguments.events, f"{fed} events made")
        say(f"backlog: {fed} events over {self.arguments.debtors} debtors")

    def drain(self, worker, total):
        drained = self.plant.drain(worker, total)
        self.result[worker] = drained
        say(f"{worker}: {drained.events_per_s:.0f} events/s, "
            f"{drained.cpu_us['worker']:.1f} us of worker per event, "
            f"{100 * drained.foreign:.0f} % of the machine's work was not ours")

    def pipe(self, worker, source, originals, outputs):
        """The pipe with a worker's outputs, which are {topic: (records, bytes)}."""
        name = f"pipe-{worker}"
        drained, copies = self.plant.pipe(name, source, originals)
        for original, copy in copies.items():
            made = self.plant.size(copy)
            check(made == outputs[original],
                  f"the pipe wrote {made} (records, bytes) of {outputs[original]} into {copy}")
        self.result[name] = drained
        say(f"{name}: {drained.events_per_s:.0f} events/s, "
            f"{drained.cpu_us['worker']:.1f} us of pipe per event")

    # ---- the workers, one after the other ----

    def ingest(self):
        topic = self.plant.topic
        self.drain("ingest", self.arguments.events)
        outputs = {name: self.plant.size(name)
                   for name in (topic("debtor-events"), topic("ingest.state"))}
        made = outputs[topic("debtor-events")][0] - self.settled
        check(made == self.arguments.events, f"{made} events came out of ingest")
        self.pipe("ingest", self.plant.source, list(outputs), outputs)
        self.plant.stop("ingest")

    def scenario(self):
        topic = self.plant.topic
        before = machine.redis_bytes()
        self.drain("scenario", self.arguments.events)
        records = self.plant.hot_records()
        self.result["redis_records"] = records
        self.result["redis_bytes_per_record"] = (machine.redis_bytes() - before) / records
        names = [topic(s) for s in ("debtor-facts", "contact-requests", "scenario.state")]
        outputs = {name: self.plant.size(name) for name in names}
        self.check_facts()
        self.pipe("scenario", topic("debtor-events"), names, outputs)

    def check_facts(self):
        """Every event has its fact, and nothing was refused."""
        (debtor_fact,) = contract.load("debtor_fact")
        caused, self.facts = set(), 0
        for _, _, _, value in self.plant.read(self.plant.topic("debtor-facts")):
            at = debtor_fact.DebtorFact.FromString(value).envelope.causation.at
            caused.add((at.partition, at.offset))
            self.facts += 1
        events = {(p, o) for p, o, _, _ in self.plant.read(self.plant.topic("debtor-events"))}
        check(events <= caused, f"{len(events - caused)} events have no fact")
        letters, _ = self.plant.size(self.plant.topic("dead-letters"))
        check(letters == 0, f"{letters} dead letters")

    def audit(self):
        self.drain("audit", self.facts)
        stored = self.plant.query("select count(*) from audit_log")
        check(stored == self.facts, f"{stored} of {self.facts} facts in the trail")
        self.plant.control("audit", "verify", "--wait", "60")
        self.plant.stop("audit")

    # ---- rebuild, latency ----

    def rebuild(self):
        """FLUSHALL under a worker at rest, until it is ready with the same records."""
        page, before = self.plant.page["scenario"], self.plant.hot_digest()
        base = page.metrics()["loop_restored"]
        done = page.metrics()["loop_rebuilds"] + self.plant.partitions
        began = time.monotonic()
        machine.redis("FLUSHALL")
        while page.metrics()["loop_rebuilds"] < done or not page.is_ready():
            check(time.monotonic() < began + REBUILD_PATIENCE_S, "Redis was not rebuilt")
            time.sleep(plant.LOOK_S)
        seconds = time.monotonic() - began
        restored = page.metrics()["loop_restored"] - base
        check(self.plant.hot_digest() == before, "Redis holds other records than before")
        self.result["rebuild"] = {"seconds": seconds, "restored": restored}
        say(f"rebuild: {restored} records of the changelog in {seconds:.1f} s")

    def flow(self, name, events, per_second):
        path = self.plant.folder / f"{name}.tsv"
        with path.open("w", encoding="utf-8") as file:
            for event in events:
                file.write(f"{event.payment}\t{event.debtor}\t{event.record}\n")
        done = subprocess.run(
            [self.plant.build / "tests/bench/bench_flow", self.plant.source,
             self.plant.topic("debtor-facts"), path, str(per_second)],
            env=self.plant.environment, capture_output=True, text=True)
        check(done.returncode == 0, f"{name}: {done.stdout}{done.stderr}")
        self.result[name] = dict(json.loads(done.stdout), per_second=per_second)
        say(f"{name}: {done.stdout.strip()}")

    def latency(self):
        self.plant.start("ingest")
        deadline = time.monotonic() + 60
        while not self.plant.page["ingest"].is_ready():
            check(time.monotonic() < deadline, "ingest does not come up again")
            time.sleep(0.2)
        seconds = self.arguments.seconds
        self.flow("idle", self.book.live(IDLE_PER_S * seconds, "payment"), IDLE_PER_S)
        half = int(min(self.result[worker].events_per_s for worker in STATEFUL) / 2)
        self.flow("half", self.book.live(half * seconds), half)

    def run(self):
        for step in (self.settle, self.fill, self.ingest, self.scenario, self.audit, self.rebuild, self.latency):
            step()
        return self.result


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true", help="small and once: only that it runs")
    parser.add_argument("--events", type=int, help="of the backlog (default 300000)")
    parser.add_argument("--debtors", type=int, help="the events are about (default 100000)")
    parser.add_argument("--rounds", type=int, help="the table has their medians (default 3)")
    parser.add_argument("--partitions", type=int, default=6, help="of every topic (default 6)")
    parser.add_argument("--seconds", type=int, help="of each look at latency (default 20)")
    arguments = parser.parse_args()
    for name, value in (QUICK if arguments.quick else WHOLE).items():
        if getattr(arguments, name) is None:
            setattr(arguments, name, value)
    return arguments


def measure(arguments):
    """The results of all rounds; of those that are complete, when somebody presses Ctrl-C."""
    rounds = []
    for number in range(arguments.rounds):
        say(f"round {number + 1} of {arguments.rounds}")
        one, failed = Round(arguments), True
        try:
            rounds.append(one.run())
            failed = False
        except Void as void:
            sys.exit(f"VOID, what was counted does not add up: {void}")
        except KeyboardInterrupt:
            say(f"interrupted in round {number + 1}, which does not count")
            failed = False
            break
        finally:
            one.close(failed)
    return rounds


def main():
    arguments = parse()
    rounds = measure(arguments)
    if not rounds:
        sys.exit("no round is complete")
    print(f"\n{arguments.events:,} events over {arguments.debtors:,} debtors, "
          f"{arguments.partitions} partitions, medians of {len(rounds)} rounds "
          "(in brackets from the smallest to the greatest)\n")
    print(table.whole(rounds, machine.facts(arguments.build)))


if __name__ == "__main__":
    main()
