#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A whole installation loses what it can do without: the offsets of all groups while it is stopped,
the hot state while it is at rest. Nothing is decided twice, nothing is forgotten. What it cannot do
without, a checkpoint, it misses with a sentence that says what to do, in that partition alone.

usage: test_installation_faults.py BUILD
"""
import collections
import datetime
import json
import pathlib
import subprocess
import sys
import time

import psycopg2
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
import contract  # noqa: E402
from installation import WORKERS, Installation, ask, free_port  # noqa: E402
import hot_state
from orders import until
from portfolio import Portfolio
from test_payment_before_tick import Log, ms

ROOT = pathlib.Path(__file__).parents[2]
TENANT = "faults"
DEBTORS = 60
PAYERS = 12  # who pay before the second reminder
SCENARIOS = 2
INPUTS = {"ingest": "source", "scenario": "debtor-events", "audit": "debtor-facts",
          "notifier": "contact-requests"}
REBUILT_WITHIN_S = 10  # issue 3, must show 5
TOPIC_SOURCE = 1  # of a setting: this topic's own
LOST = 3  # the partition whose checkpoint is missing


def start_all(installation):
    for worker in WORKERS:
        installation.start(worker)
    for ordinal in range(1, SCENARIOS):
        installation.start("scenario", ordinal)


def stop_all(installation):
    for worker, ordinal in list(installation.processes):
        installation.kill(worker, ordinal)


def log_lines(installation, event):
    return [line for path in installation.folder.glob("*.log")
            for line in map(json.loads, path.read_text().splitlines()) if line["event"] == event]


def live(installation, portfolio, to):
    installation.replay(portfolio.write(installation.folder / f"until-{to}.jsonl"), "--to", to)


def group_offsets(installation, worker):
    """How many partitions the group has an offset for."""
    reader = Consumer({"bootstrap.servers": installation.environment[
        "RELANCE_KAFKA_BOOTSTRAP_SERVERS"], "group.id": installation.group(worker)})
    known = reader.committed([TopicPartition(f"{installation.prefix}.{INPUTS[worker]}", partition)
                              for partition in range(installation.partitions)], 10)
    reader.close()
    return sum(place.offset >= 0 for place in known)


# ---- the faults ----

def all_offsets_deleted_while_stopped(installation):
    tool = installation.build / "tests/integration/log-tool"
    stop_all(installation)
    # A sink keeps its place in its store.
    known = {worker: group_offsets(installation, worker) for worker in INPUTS if worker != "audit"}
    assert set(known.values()) == {installation.partitions}, known
    for worker, topic in INPUTS.items():
        command = [tool, "forget", installation.group(worker), f"{installation.prefix}.{topic}",
                   str(installation.partitions)]
        # Dead members are known for a session time-out.
        until(lambda: subprocess.run(command, capture_output=True).returncode == 0,
              f"the offsets of {worker} are deleted", 30)
    assert not any(group_offsets(installation, worker) for worker in INPUTS)
    start_all(installation)


def hot_state_lost_at_rest(installation):
    def now():
        return hot_state.whole(f"{installation.prefix}.scenario", installation.partitions)
    before = now()
    assert sum(len(timers) for _, timers, _ in before) >= DEBTORS - PAYERS, "there are no timers"
    hot_state.ask("FLUSHALL")
    lost = time.monotonic()
    until(lambda: now() == before, "the hot state is rebuilt, timers too", REBUILT_WITHIN_S)
    return time.monotonic() - lost


def set_policy(installation, topic, policy):
    admin = AdminClient({"bootstrap.servers": installation.environment[
        "RELANCE_KAFKA_BOOTSTRAP_SERVERS"]})
    resource = ConfigResource(ConfigResource.Type.TOPIC, topic)
    settings = admin.describe_configs([resource])[resource].result(10)
    # The topic's own settings are replaced as a whole.
    own = {name: entry.value for name, entry in settings.items() if entry.source == TOPIC_SOURCE}
    resource = ConfigResource(ConfigResource.Type.TOPIC, topic,
                              set_config=dict(own, **{"cleanup.policy": policy}))
    admin.alter_configs([resource])[resource].result(10)


def lose_partition(installation, topic, partition):
    """The broker empties no partition of a topic that is only compacted."""
    set_policy(installation, topic, "delete")
    subprocess.run([installation.build / "tests/integration/log-tool", "empty", topic,
                    str(partition)], check=True)
    set_policy(installation, topic, "compact")


def a_checkpoint_is_missing(installation, owners):
    """`owners`: partition -> debtors who still owe."""
    ports = [free_port() for _ in range(SCENARIOS)]
    for ordinal in range(SCENARIOS):
        installation.kill("scenario", ordinal)
    lose_partition(installation, f"{installation.prefix}.scenario.state", LOST)
    for ordinal, port in enumerate(ports):
        installation.start("scenario", ordinal, RELANCE_HTTP_LISTEN=f"127.0.0.1:{port}")

    def complaints():
        answers = [ask(port, "/readyz") for port in ports]
        return [(one["name"], one["why"]) for status, body in answers if status
                for one in json.loads(body)["checks"] if not one["ok"]]
    until(lambda: [name for name, why in complaints()] == [
        f"{installation.prefix}.debtor-events/{LOST}"] and "no checkpoint" in complaints()[0][1],
        "one partition is refused, the others work", 30)
    (_, why), = complaints()
    assert "run 'relancectl topics create' (first start), or restore the topic" in why, why
    assert [line["why"] for line in log_lines(installation, "restore.no_checkpoint")
            if line["partition"] == LOST][0] == why
    assert all(ask(port, "/livez")[0] == 200 for port in ports)
    # The third reminder, everywhere else.
    Log(installation).tick(ms(datetime.date(2026, 2, 19), 10))
    going_on = sum(len(debtors) for partition, debtors in owners.items() if partition != LOST)
    until(lambda: requests(installation)["third"] == going_on, "the other partitions go on", 30)
    return why


# ---- what came of it ----

def requests(installation):
    """How many contacts were asked for, by step."""
    events, = contract.load("contact_request")
    steps = collections.Counter()
    for record in installation.committed("contact-requests"):
        request = events.ContactRequest()
        request.ParseFromString(record.value())
        steps[request.body.step] += 1
    return steps


def nothing_twice_nothing_forgotten(installation):
    events, facts = contract.load("debtor_event", "debtor_fact")
    seen = collections.Counter()
    for record in installation.committed("debtor-events"):
        event = events.DebtorEvent()
        event.ParseFromString(record.value())
        if event.kind not in (events.EVENT_KIND_TICK, events.EVENT_KIND_SCOPE_CHANGED):
            seen[event.envelope.source, event.envelope.source_event_id] += 1
    assert max(seen.values()) == 1, seen.most_common(3)
    # Whoever begins again from the first record finds that it knows it.
    kinds = {facts.DebtorFact.FromString(record.value()).kind
             for record in installation.committed("debtor-facts")}
    assert facts.FACT_KIND_EVENT_IGNORED not in kinds, "an event was decided twice"
    assert requests(installation) == {"first": DEBTORS, "second": DEBTORS - PAYERS}
    assert not installation.committed("dead-letters")
    with psycopg2.connect(installation.dsn("RELANCE_POSTGRES_READ_DSN")) as connection:
        cursor = connection.cursor()
        cursor.execute("select step, requested_at::date::text, outcome, count(*) from request "
                       "group by 1, 2, 3 order by 1")
        assert cursor.fetchall() == [("first", "2026-01-13", "ACCEPTED", DEBTORS),
                                     ("second", "2026-01-20", "ACCEPTED", DEBTORS - PAYERS)]
        cursor.execute("select count(*), count(*) filter (where open_minor > 0) from receivable")
        assert cursor.fetchall() == [(DEBTORS, DEBTORS - PAYERS)]
    assert "clean" in installation.control("audit", "verify", "--at-rest")


def play(installation):
    portfolio = Portfolio(TENANT)
    for number in range(DEBTORS):
        portfolio.debtor(f"D{number}")
        portfolio.invoice(f"D{number}", f"F{number}", "100.00")
    start_all(installation)
    installation.activate(ROOT / "tests/ledger/bundle", "2026-01-01T00:00:00Z")
    live(installation, portfolio, "2026-01-14")

    all_offsets_deleted_while_stopped(installation)
    for number in range(PAYERS):
        portfolio.payment("2026-01-15", f"D{number}", f"F{number}", "100.00")
    live(installation, portfolio, "2026-01-16")
    missed = {line["partition"] for line in log_lines(installation, "restore.offset_missing")}
    assert missed == set(range(installation.partitions)), missed
    print("offsets of all groups deleted while stopped: everybody resumed from the checkpoints")

    rebuilt_s = hot_state_lost_at_rest(installation)
    print(f"FLUSHALL at rest: rebuilt after {rebuilt_s:.1f} s without a new event, timers too")
    portfolio.debtor("D-new", day="2026-01-20")
    live(installation, portfolio, "2026-01-21")
    nothing_twice_nothing_forgotten(installation)
    print(f"{DEBTORS} first and {DEBTORS - PAYERS} second reminders, each once, audit verify clean")

    owners = collections.defaultdict(list)
    for number in range(PAYERS, DEBTORS):
        key = f"{TENANT}/D{number}".encode()
        owners[contract.partition_of(key, installation.partitions)].append(number)
    assert owners[LOST], "nobody lives in the partition that is lost"
    why = a_checkpoint_is_missing(installation, owners)
    print(f"partition {LOST} without a checkpoint: refused alone ({why})")


def main():
    installation = Installation(sys.argv[1], TENANT)
    failed = True
    try:
        play(installation)
        failed = False
    finally:
        installation.close(show_logs=failed)


if __name__ == "__main__":
    main()
