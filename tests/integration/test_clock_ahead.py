#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A worker on a machine whose clock is 40 days ahead: it appends one tick that the log's own time cuts
short, learns from it what time it is, fires nothing early, and what is really due in time.

usage: test_clock_ahead.py BUILD [--to-the-minute]    (waits for the whole minute at which debtors are
                                                     looked at, too)
"""
import concurrent.futures
import datetime
import json
import pathlib
import sys
import time
import urllib.request

from confluent_kafka import Producer

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
import contract  # noqa: E402
from installation import Installation, free_port  # noqa: E402
import hot_state
from loop_lab import Lab
from orders import until
from portfolio import Portfolio

EVENTS, FACTS, STATES = contract.load("debtor_event", "debtor_fact", "state")
BUNDLE = pathlib.Path(__file__).parents[1] / "ledger/bundle"
DAY_MS = 24 * 3600 * 1000
AHEAD_MS = 40 * DAY_MS
TOLERANCE_MS = 5000  # RLC_CLAMP_TOLERANCE_MS
WATCHED_S = 8  # several looks at the timers
DUE_IN_MS = 12000  # later than the tolerance
DEBTORS = 12


def ahead(build):
    return {"LD_PRELOAD": str(pathlib.Path(build) / "tests/integration/libclock_ahead.so"),
            "CLOCK_AHEAD_S": str(AHEAD_MS // 1000)}


def now_ms():
    return int(time.time() * 1000)


# ---- the whole worker ----

def publish(installation, lines):
    producer = Producer({"bootstrap.servers": installation.environment[
        "RELANCE_KAFKA_BOOTSTRAP_SERVERS"]})
    for line in lines:
        producer.produce(installation.source, key=json.loads(line)["debtor"], value=line)
    producer.flush(10)


def portfolio_due_in_ten_days():
    """The first reminder is at D+3."""
    today = datetime.datetime.now(datetime.timezone.utc).date()
    portfolio = Portfolio("clock")
    for number in range(DEBTORS):
        portfolio.debtor(f"D{number}", today.isoformat(), zone="UTC")
        portfolio.invoice(f"D{number}", f"F{number}", "100.00", today.isoformat(),
                          (today + datetime.timedelta(days=7)).isoformat())
    return [line for _, line in portfolio.lines]


def timers(installation):
    return hot_state.timers(f"{installation.prefix}.scenario", 0)


def metric(port, name):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        return next(int(line.split()[1]) for line in answer.read().decode().splitlines()
                    if line.startswith(name))


def ticks(installation):
    events = [EVENTS.DebtorEvent.FromString(record.value())
              for record in installation.committed("debtor-events")]
    return [event.tick.now_ms for event in events if event.kind == EVENTS.EVENT_KIND_TICK]


def fact_kinds(installation):
    return [FACTS.DebtorFact.FromString(record.value()).kind
            for record in installation.committed("debtor-facts")]


def partition_time_ms(installation):
    return max(STATES.Checkpoint.FromString(record.value()).time_ms
               for record in installation.committed("scenario.state") if record.key() == b"ckpt")


def check_scenario(installation, to_the_minute):
    port = free_port()
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    for worker in ("ingest", "audit", "notifier"):
        installation.start(worker)
    installation.start("scenario", RELANCE_HTTP_LISTEN=f"127.0.0.1:{port}", **ahead(installation.build))
    installation.activate(BUNDLE, now)
    until(lambda: fact_kinds(installation).count(FACTS.FACT_KIND_SCOPE_APPLIED) == 2, "live")
    publish(installation, portfolio_due_in_ten_days())
    until(lambda: len(timers(installation)) >= DEBTORS, "every debtor has a timer")
    until(lambda: ticks(installation), "a tick is appended")
    time.sleep(WATCHED_S)
    if to_the_minute:
        # An event only asks for a look at its debtor within a minute; that look sets the real timer.
        until(lambda: min(map(float, timers(installation).values())) > now_ms() + 9 * DAY_MS,
              "every debtor was looked at", 90)
    ahead_of_us = [tick for tick in ticks(installation) if tick > now_ms()]
    assert len(ahead_of_us) == 1, ahead_of_us
    assert ahead_of_us[0] > now_ms() + AHEAD_MS - DAY_MS, "the clock was not ahead"
    assert metric(port, "rlc_loop_clamped_total") == 1
    assert partition_time_ms(installation) <= now_ms() + TOLERANCE_MS, "time went ahead"
    assert not installation.committed("contact-requests"), "somebody was reminded early"
    assert FACTS.FACT_KIND_STEP_OPENED not in fact_kinds(installation), "a step opened early"
    return f"{DEBTORS} debtors, reminders in 10 days: one tick, cut short, nothing fired"


def play_scenario(build):
    installation = Installation(build, "clock", partitions=1, clock="system")
    failed = True
    try:
        told = check_scenario(installation, "--to-the-minute" in sys.argv)
        failed = False
        return told
    finally:
        installation.close(show_logs=failed)


# ---- the loop alone: what is due in seconds ----

def woken(lab):
    return [int(value.decode().rsplit(" ", 1)[1]) for _, value in lab.log("facts")[0]
            if b"woke at" in value]


def play_counter(build):
    lab = Lab(str(pathlib.Path(build) / "tests/integration/counter"), 1)
    try:
        lab.start(0, **ahead(build))
        for key in ("soon", "later"):
            lab.publish(key, "add 1")
        lab.committed("facts", 2)
        due_ms = now_ms() + DUE_IN_MS
        lab.publish("soon", f"wake {due_ms}")
        lab.publish("later", f"wake {due_ms + 10 * DAY_MS}")
        lab.producer.flush(10)
        until(lambda: woken(lab), "what is due fires", 60)
        late_ms = now_ms() - due_ms
        time.sleep(2)
        (at_ms,) = woken(lab)
        ticks_ms = [int(value.split()[1]) for _, value in lab.log("events")[0]
                    if value.startswith(b"tick")]
        assert due_ms <= at_ms <= due_ms + late_ms, f"{at_ms - due_ms} ms after it was due"
        assert len(ticks_ms) == 2 and ticks_ms[0] > due_ms + AHEAD_MS - DAY_MS, ticks_ms
        return f"due in {DUE_IN_MS // 1000} s: fired {late_ms / 1000:.1f} s after that, by the second tick"
    finally:
        lab.close()


def main():
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for told in [pool.submit(play, sys.argv[1]) for play in (play_scenario, play_counter)]:
            print(f"clock 40 days ahead: {told.result()}")


if __name__ == "__main__":
    main()
