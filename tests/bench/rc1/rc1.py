#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""RC-1: one small collections core in our loop, in Kafka Streams, and the raw pipe, in turns.

usage: rc1.py BUILD [--quick] [--events N] [--debtors N] [--rounds N] [--partitions N] [--heap SIZE]
              [--only NAME ...] [--no-kill]
       (the stack's env file must be sourced; run.sh beside this file does all of it)

What is measured and what the rows mean: README.md. A round whose outputs are not, byte for byte,
those that were predicted is void: it does not count, and the run fails in the end.
"""
import argparse
import collections
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

import peer
from peer import CONTENDERS, check

import machine  # noqa: E402  (peer knows where)
import table  # noqa: E402
from plant import Void  # noqa: E402

PATIENCE_S = 600
LOOK_S = 0.05
# A third warms up, a third is measured, and in the last third comes the kill.
WHOLE = {"events": 2400000, "debtors": 100000, "rounds": 3, "heap": "2g",
         "only": ["ours", "streams-rocks", "pipe", "streams-memory"]}
QUICK = {"events": 30000, "debtors": 5000, "rounds": 1, "heap": "512m",
         "only": ["ours", "streams-rocks", "pipe"]}

Run = collections.namedtuple("Run", "events_per_s cpu_us peak_mb foreign back_ms")


def say(text):
    print(f"[{time.monotonic() - say.began:4.0f} s] {text}", flush=True)


say.began = time.monotonic()


class Bed:
    """One input that all contenders of a round read, and the topics that they write."""

    def __init__(self, arguments, class_path):
        self.build, self.heap, self.class_path = arguments.build, arguments.heap, class_path
        self.kills = not arguments.no_kill
        self.partitions, self.events, self.debtors = (arguments.partitions, arguments.events,
                                                      arguments.debtors)
        self.servers = os.environ["RELANCE_KAFKA_BOOTSTRAP_SERVERS"]
        self.admin = AdminClient({"bootstrap.servers": self.servers, "log_level": 4})
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="rc1-"))
        self.name = f"rc1x{os.getpid()}x{random.randrange(10**6)}"
        self.input, self.ours, self.made = f"{self.name}.input", None, []
        self.tool = arguments.build / "tests/bench/rc1/rc1_tool"

    def make_topics(self, names):
        """Stamped by the broker: whoever wants to know when a record came need not ask its writer."""
        made = self.admin.create_topics([
            NewTopic(name, self.partitions, 1, config={"message.timestamp.type": "LogAppendTime"})
            for name in names])
        for future in made.values():
            future.result(60)
        self.made.extend(names)
        deadline = time.monotonic() + PATIENCE_S
        while not all(self.is_there(name) for name in names):
            check(time.monotonic() < deadline, f"the broker does not show {names}")
            time.sleep(LOOK_S)

    def is_there(self, name):
        """A topic that was just made is not known everywhere, and has no leader for a moment."""
        topic = self.admin.list_topics(name, timeout=30).topics[name]
        return (len(topic.partitions) == self.partitions
                and all(part.leader >= 0 for part in topic.partitions.values()))

    def run_tool(self, *arguments):
        done = subprocess.run([self.tool, *map(str, arguments)], capture_output=True, text=True)
        check(done.returncode == 0, f"{arguments[0]}: {done.stdout}{done.stderr}")
        return done.stdout

    def fill(self):
        self.make_topics([self.input])
        began = time.monotonic()
        self.run_tool("fill", self.input, self.events, self.debtors)
        self.expected = json.loads(self.run_tool("predict", self.events, self.debtors,
                                                 self.partitions))
        say(f"{self.events:,} events are in the log after {time.monotonic() - began:.0f} s")

    def close(self, failed):
        if failed:
            for log in sorted(self.folder.glob("*.log")):
                print(f"--- {log.name}\n{log.read_text()[-2000:]}")
        for future in self.admin.delete_topics(self.made).values():
            try:
                future.result(60)
            except KafkaException as error:
                say(f"a topic stays: {error}")
        shutil.rmtree(self.folder, ignore_errors=True)


class Progress:
    """How many events a group has committed, asked of the broker: the same question to each."""

    def __init__(self, bed, contender):
        # Uncommitted is what is asked for here: else a commit under way would have to be waited for.
        self.consumer = Consumer({"bootstrap.servers": bed.servers, "group.id": contender.group,
                                  "isolation.level": "read_uncommitted", "log_level": 3,
                                  "enable.auto.commit": False})
        self.parts = [TopicPartition(bed.input, p) for p in range(bed.partitions)]
        self.contender, self.name = contender, contender.name

    def events(self):
        return sum(max(0, part.offset) for part in self.consumer.committed(self.parts, 30))

    def wait(self, events):
        deadline = time.monotonic() + PATIENCE_S
        while (done := self.events()) < events:
            self.contender.check_alive()
            check(time.monotonic() < deadline, f"{self.name} stands at {done} of {events} events")
            time.sleep(LOOK_S)
        return done

    def close(self):
        self.consumer.close()


class Eye:
    """Sees committed facts that the broker got after an instant."""

    def __init__(self, bed, topic):
        self.consumer = Consumer({"bootstrap.servers": bed.servers, "group.id": f"{bed.name}.eye",
                                  "isolation.level": "read_committed", "enable.auto.commit": False,
                                  "fetch.wait.max.ms": 10, "log_level": 3})
        ends = [TopicPartition(topic, p, self.consumer.get_watermark_offsets(
            TopicPartition(topic, p), 30, cached=False)[1]) for p in range(bed.partitions)]
        self.consumer.assign(ends)
        self.consumer.poll(0.2)  # connected from here on

    def wait(self, after_ms):
        """What was appended before cannot have been committed by somebody who came later."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            message = self.consumer.poll(0.01)
            if message is not None and not message.error() and message.timestamp()[1] > after_ms:
                self.consumer.close()
                return
        raise Void("nothing was committed after the kill")


def spent(before, after, events):
    cpu_s = {name: after.cpu_s[name] - before.cpu_s[name] for name in after.cpu_s}
    busy = after.busy_s - before.busy_s
    ours = sum(seconds for name, seconds in cpu_s.items() if name != "loop")
    return ({name: 1e6 * seconds / events for name, seconds in cpu_s.items()},
            max(0, busy - ours) / max(busy, 0.01))


def come_back(bed, contender):
    """kill -9, started again at once; ms from the kill to the next committed fact."""
    eye = Eye(bed, contender.outputs[0])
    killed_ms, killed_s = time.time() * 1000, time.monotonic()
    contender.process.send_signal(signal.SIGKILL)
    contender.process.wait()
    contender.start()
    eye.wait(killed_ms)
    return 1000 * (time.monotonic() - killed_s)


def measure(bed, contender):
    third = bed.events // 3
    progress = Progress(bed, contender)
    contender.start()
    pids = machine.pids(worker=contender.process.pid)
    first = progress.wait(third)
    before = machine.sample(pids)
    last = progress.wait(2 * third)
    after = machine.sample(pids)
    check(last > first, "everything was done before the look began: more events are needed")
    peak_mb = machine.peak_mb(contender.process.pid)
    back_ms = come_back(bed, contender) if contender.kills and bed.kills else None
    if contender.kills:
        progress.wait(bed.events)
    progress.close()
    contender.stop()
    cpu_us, foreign = spent(before, after, last - first)
    return Run((last - first) / (after.at_s - before.at_s), cpu_us, peak_mb, foreign, back_ms)


def verify(bed, contender):
    """Each event once, and the bytes that were predicted, in spite of the kill."""
    got = json.loads(bed.run_tool("digest", *contender.outputs, contender.states))
    check(got == bed.expected, f"{contender.name} wrote {got}, expected was {bed.expected}")


def one_round(arguments, class_path):
    bed, results, failed = Bed(arguments, class_path), {}, True
    contender = None
    try:
        bed.fill()
        for name in arguments.only:
            contender = CONTENDERS[name](bed, f"{bed.name}{name.replace('-', '')}")
            if name == "ours":
                bed.ours = contender
            run = results[name] = measure(bed, contender)
            back = f", back after {run.back_ms:,.0f} ms" if run.back_ms else ""
            say(f"{name}: {run.events_per_s:,.0f} events/s, {run.cpu_us['worker']:.1f} us{back}")
            if contender.kills:
                verify(bed, contender)
                say(f"{name}: its bytes are those that were predicted")
            bed.made.extend(topic for topic in contender.topics if topic not in bed.made)
        failed = False
    finally:
        if contender:
            contender.stop()
        bed.close(failed)
    return results


def lines(rounds, names):
    yield from table.head("", "events/s", "process us", "broker us", "redis us", "peak MB",
                          "kill -9 to next output, ms", "foreign")
    for name in names:
        runs = [one[name] for one in rounds]

        def of(what, form, runs=runs):
            return table.span([what(run) for run in runs], form)

        yield table.line(
            CONTENDERS[name].title, of(lambda run: run.events_per_s, ",.0f"),
            of(lambda run: run.cpu_us["worker"], ".1f"), of(lambda run: run.cpu_us["kafka"], ".1f"),
            of(lambda run: run.cpu_us["redis"], ".1f"),
            # The pipe holds all that it is going to write.
            of(lambda run: run.peak_mb, ",.0f") if name != "pipe" else "",
            of(lambda run: run.back_ms, ",.0f") if runs[0].back_ms else "",
            f"{100 * table.median([run.foreign for run in runs]):.0f} %")


def ratios(rounds, names):
    """Ours as a part of each other contender, of the same round."""
    yield from table.head("ours, as a part of", "events/s", "process us", "process and redis us",
                          "peak MB", "time to come back")
    for name in names:
        if name == "ours":
            continue

        def of(what, name=name):
            return table.span([what(one["ours"]) / what(one[name]) for one in rounds], ".2f")

        def both(run):
            return run.cpu_us["worker"] + run.cpu_us["redis"]

        yield table.line(
            CONTENDERS[name].title, of(lambda run: run.events_per_s),
            of(lambda run: run.cpu_us["worker"]), of(both),
            of(lambda run: run.peak_mb) if name != "pipe" else "",
            of(lambda run: run.back_ms) if rounds[0][name].back_ms else "")


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true", help="small and once: only that it runs")
    parser.add_argument("--events", type=int, help="of a round (default 2400000)")
    parser.add_argument("--debtors", type=int, help="the events are about (default 100000)")
    parser.add_argument("--rounds", type=int, help="the table has their medians (default 3)")
    parser.add_argument("--partitions", type=int, default=24, help="of every topic (default 24)")
    parser.add_argument("--heap", help="of the Java process (default 2g)")
    parser.add_argument("--only", nargs="+", choices=list(CONTENDERS), help="these, in this order")
    parser.add_argument("--no-kill", action="store_true", help="nobody is killed in the last third")
    arguments = parser.parse_args()
    for name, value in (QUICK if arguments.quick else WHOLE).items():
        if getattr(arguments, name) is None:
            setattr(arguments, name, value)
    if "pipe" in arguments.only and "ours" not in arguments.only[:arguments.only.index("pipe")]:
        parser.error("the pipe writes what ours wrote: name ours before it")
    return arguments


def measure_rounds(arguments):
    class_path = None
    if any(name.startswith("streams") for name in arguments.only):
        class_path = peer.build_streams()
    rounds, voids = [], []
    for number in range(arguments.rounds):
        say(f"round {number + 1} of {arguments.rounds}")
        try:
            rounds.append(one_round(arguments, class_path))
        except Void as void:
            voids.append(f"round {number + 1} is VOID, what was counted does not add up: {void}")
            say(voids[-1])
        except KeyboardInterrupt:
            say(f"interrupted in round {number + 1}, which does not count")
            break
    return rounds, voids


def show(arguments, rounds):
    print(f"\n{arguments.events:,} events over {arguments.debtors:,} debtors, "
          f"{arguments.partitions} partitions, heap of Java {arguments.heap}, medians of "
          f"{len(rounds)} rounds (in brackets from the smallest to the greatest)\n")
    parts = [lines(rounds, arguments.only)]
    if "ours" in arguments.only and len(arguments.only) > 1:
        parts.append(ratios(rounds, arguments.only))
    java = subprocess.run(["java", "-version"], capture_output=True, text=True).stderr
    facts = [*machine.facts(arguments.build), ("java", java.splitlines()[0])]
    parts.append(table.machine(facts))
    print("\n\n".join("\n".join(part) for part in parts))


def main():
    arguments = parse()
    if not os.environ.get("RELANCE_KAFKA_BOOTSTRAP_SERVERS"):
        print("SKIPPED: no local stack (source its env file)")
        sys.exit(peer.SKIPPED)
    rounds, voids = measure_rounds(arguments)
    if rounds:
        show(arguments, rounds)
    if voids or not rounds:
        sys.exit("\n".join(["", *voids]) if voids else "no round is complete")


if __name__ == "__main__":
    main()
