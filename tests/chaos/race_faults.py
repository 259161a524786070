# SPDX-License-Identifier: Apache-2.0
"""The courses of contact_races.py in which workers and servers are missing."""
import json
import statistics
import time

import contract
import stack
from contact_check import request_of
from hot_state import ask as ask_redis
from orders import Orders, is_stopped, until
from race_ground import LIMIT_S, SABOTAGED, Ground, now_ms

STALE_S = 10.5  # what intake has said is nobody's word any more after 10 s
LATEST_S = 35  # second of a minute: what is told until then is due at its end, and that is stale
WATCHED_S = 3.0  # a contact that may leave is gone long before
REST_CONTACTS, REST_LIMIT_MS = 50, 1000
FLUSH_LIMIT_S = 10
HOUR_S = 2.0  # of the machine, between two ticks
ASLEEP_S = 8  # the session of a notifier is over after 6 s


def everybody_of(group):
    return {*group.payers, *group.controls}


def let_time_pass(ground, group, numbers):
    """What came back is asked for again some minutes later: until all have their letter."""
    hours = iter(range(12, 24))

    def all_mailed():
        if set(ground.mailed(numbers)) == set(numbers):
            return True
        ground.tick(group, hour=next(hours))
        time.sleep(HOUR_S)
        return False
    until(all_mailed, "all letters leave", LIMIT_S)


# ---- at rest ----

def course_rest(arguments):
    """On partitions at rest a letter leaves within 1 s of its request."""
    took = []
    with Ground(arguments.build, [(0, 1)] * REST_CONTACTS) as ground:
        for group in ground.groups:
            time.sleep(0.2)
            ground.tick(group)
            until(lambda: ground.mailed(group.controls), "a letter", LIMIT_S)
            (letter,), = ground.mailed(group.controls).values()
            request, = ground.eye.of("contact-requests", group.controls)
            took.append(letter.envelope["body_at_ms"]
                        - ground.eye.appended_ms[request_of(request.message.body)])
    print(f"  {len(took)} contacts, from the request to the first byte: p50 "
          f"{statistics.median(took):.0f} ms, longest {max(took)} ms", flush=True)
    return [f"a contact took {one} ms" for one in took if one > REST_LIMIT_MS]


# ---- intake, PostgreSQL, Redis ----

def due_behind_intake(ground, group):
    """Everybody has paid, intake is away, a contact is due for everybody: who gets a letter?"""
    ground.pay_at_source(group)
    time.sleep(STALE_S)
    ground.tick(group)
    ground.await_requests(group)
    time.sleep(WATCHED_S)
    return set(ground.mailed(everybody_of(group)))


def behind_a_stopped_intake(ground, group):
    ground.stop("ingest")
    early = due_behind_intake(ground, group)
    ground.go_on("ingest")
    return early


def behind_a_killed_intake(ground, group):
    ground.installation.kill("ingest")
    early = due_behind_intake(ground, group)
    ground.start_ingest()
    return early


def without_postgres(ground, group):
    """Nobody's address can be opened, so the contacts still wait when everybody pays."""
    stack.server("postgres", "kill")
    ground.tick(group)
    ground.await_requests(group)
    time.sleep(WATCHED_S)
    ground.pay_at_source(group)
    early = set(ground.mailed(everybody_of(group)))
    stack.server("postgres", "start")
    return early


def all_paid(ground, name, group, early):
    """What is wrong once the fault is over; `early` had a letter while it lasted."""
    def all_known():
        mailed = set(ground.mailed(group.payers))
        return ground.closed_as_paid(group.payers) | mailed == set(group.payers)
    until(all_known, f"{name}: a silence for every payment", LIMIT_S)
    ground.settle(group)
    wrong = early | set(ground.mailed(group.payers))
    print(f"  {name:17} {len(group.payers)} payments unread, {len(everybody_of(group))} contacts "
          f"due: {len(early)} letters; afterwards {len(wrong - early)}, "
          f"{len(ground.closed_as_paid(group.payers))} silences PAID, and letters to "
          f"{len(ground.mailed(group.controls))} of {len(group.controls)} who owe", flush=True)
    return [f"{name}: D{number} has a letter" for number in sorted(wrong)]


def flushed(ground, group):
    """Everybody waits; Redis loses everything."""
    ground.stop("ingest")
    time.sleep(STALE_S)
    ground.tick(group)
    ground.await_requests(group)
    assert not ground.mailed(everybody_of(group)), "nobody waits"
    ask_redis("FLUSHALL")
    lost = time.monotonic()
    ground.go_on("ingest")
    until(ground.all_answered, "everybody is answered", LIMIT_S)
    took_s = time.monotonic() - lost
    ground.settle(group)
    print(f"  FLUSHALL          {len(everybody_of(group))} contacts waiting: all answered "
          f"{took_s:.1f} s later, {len(ground.mailed(everybody_of(group)))} letters", flush=True)
    return [f"after FLUSHALL contacts took {took_s:.1f} s"] if took_s > FLUSH_LIMIT_S else []


def course_servers(arguments):
    """Intake, PostgreSQL and Redis are away while contacts are due."""
    count, violations = arguments.contacts, []
    ways = {"intake stopped": behind_a_stopped_intake, "intake killed": behind_a_killed_intake,
            "PostgreSQL killed": without_postgres}
    sizes = [(count, max(count // 10, 2))] * len(ways) + [(0, count)]
    with Ground(arguments.build, sizes, connections=32, live=True) as ground:
        for (name, way), group in zip(ways.items(), ground.groups):
            violations += all_paid(ground, name, group, way(ground, group))
        violations += flushed(ground, ground.groups[-1])
        violations += [f"{one.kind} {one.debtor}: {one.text}" for one in ground.check()]
    return violations


# ---- intake, in system time ----

def course_system_time(arguments):
    """Intake stops in system time, in which a source may be behind for a while."""
    count = arguments.contacts
    with Ground(arguments.build, [(count, max(count // 10, 2))], connections=32, live=True,
                clock="system") as ground:
        group, = ground.groups
        if (late_s := time.time() % 60) > LATEST_S:
            time.sleep(61 - late_s)
        ground.tell(group)
        ground.stop("ingest")
        ground.pay_at_source(group)
        ground.await_requests(group)
        time.sleep(WATCHED_S)
        early = set(ground.mailed(everybody_of(group)))
        ground.go_on("ingest")
        violations = all_paid(ground, "intake stopped", group, early)
        return violations + [f"{one.kind} {one.debtor}: {one.text}" for one in ground.check()]


# ---- the kill switch ----

def order_kill_switch(ground, on, at):
    """Returns when it is in the log."""
    ground.installation.control("command", "kill-switch", "--tenant", ground.installation.tenant,
                                "--topic", ground.installation.source, "--payload",
                                json.dumps({"on": on}), "--time", at, "--id", f"kill-{on}",
                                "--no-wait")
    until(lambda: any(record.message.HasField("command_issued")
                      and record.message.command_issued.command == f"kill-{on}"
                      for record in list(ground.eye.records["debtor-events"])),
          "the command is in the log", LIMIT_S)


def owner_of_tenant(ground):
    """Which scenario has the tenant's partition: of two, each has half of them, in their order."""
    installation = ground.installation
    home = contract.partition_of(installation.tenant.encode(), installation.partitions)
    return home * 2 // installation.partitions


def lives_elsewhere(ground, owner, number):
    installation = ground.installation
    partition = contract.partition_of(f"{installation.tenant}/D{number}".encode(),
                                      installation.partitions)
    return partition * 2 // installation.partitions != owner


def course_kill_switch(arguments):
    """A kill switch in the log counts, also while nobody can obey it."""
    count = arguments.contacts
    with Ground(arguments.build, [(0, count), (0, count)], connections=32,
                scenarios=2) as ground:
        asked_before, asked_after = ground.groups
        owner = owner_of_tenant(ground)
        ground.stop("notifier")
        ground.tick(asked_before)
        ground.await_requests(asked_before)
        ground.stop("scenario", owner)
        order_kill_switch(ground, True, f"{asked_before.day}T11:00:00Z")
        ground.go_on("notifier")
        ground.tick(asked_after)
        elsewhere = {number for number in asked_after.controls
                     if lives_elsewhere(ground, owner, number)}
        until(lambda: elsewhere <= ground.requested(asked_after.controls),
              "the other scenario asks", LIMIT_S)
        time.sleep(WATCHED_S)
        both = {*asked_before.controls, *asked_after.controls}
        early = set(ground.mailed(both))
        waiting = len(ground.requested(both))
        ground.go_on("scenario", owner)
        order_kill_switch(ground, False, f"{asked_after.day}T11:00:00Z")
        lifted = now_ms()
        until(lambda: ground.switch_is(False), "everybody knows that it is lifted", LIMIT_S)
        let_time_pass(ground, asked_after, both)
        took_s = (now_ms() - lifted) / 1000
        ground.settle(asked_after)
        found = ground.check()
    print(f"  {waiting} contacts waiting, the switch in the log and its reader stopped: "
          f"{len(early)} letters; lifted: all {len(both)} leave within {took_s:.1f} s", flush=True)
    return ([f"D{number} has a letter behind the kill switch" for number in sorted(early)] +
            [f"{one.kind} {one.debtor}: {one.text}" for one in found])


# ---- a notifier that wakes up too late ----

def course_takeover(arguments):
    """A notifier falls asleep between an attempt and its transfer; another takes over."""
    count = arguments.contacts
    with Ground(arguments.build, [(0, count)], connections=32) as ground:
        group, = ground.groups
        orders = Orders(ground.installation.folder / "order-notifier")
        ground.replace_notifier(binary=SABOTAGED, **orders.environment())
        ground.stop("notifier")
        ground.tick(group)
        ground.await_requests(group)
        orders.give("STOP", "SUBMIT", 3)
        ground.go_on("notifier")
        until(lambda: is_stopped(ground.process("notifier")), "an attempt", LIMIT_S)
        time.sleep(0.5)
        open_attempts = ground.attempted(group.controls)
        ground.installation.start("notifier", 1)
        time.sleep(ASLEEP_S)
        ground.go_on("notifier")
        let_time_pass(ground, group, group.controls)
        ground.settle(group)
        unknown = sum(len(places) for places in ground.unknowns().values())
        letters = sum(map(len, ground.mailed(group.controls).values()))
        found = ground.check()
    print(f"  {len(open_attempts)} attempts open when it fell asleep: {unknown} recorded as "
          f"unknown, {letters} letters to {count} debtors", flush=True)
    violations = [f"{one.kind} {one.debtor}: {one.text}" for one in found]
    if not open_attempts or not unknown:
        violations.append("no attempt was left open: this proves nothing")
    return violations
