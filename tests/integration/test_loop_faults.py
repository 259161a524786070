#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Offsets deleted, hot state lost at rest, a stopped process replaced and continued, on real servers.

usage: test_loop_faults.py COUNTER_BINARY LOG_TOOL
"""
import random
import signal
import subprocess
import sys
import time

import hot_state
from loop_lab import Lab
from test_loop_kills import check

PARTITIONS = 3
SUBJECTS = 20


class Life:
    """Publishes additions and remembers them."""

    def __init__(self, lab):
        self.lab, self.sent, self.chance = lab, [], random.Random(7)

    def publish(self, count):
        for _ in range(count):
            key, number = f"s{self.chance.randrange(SUBJECTS)}", self.chance.randrange(1000)
            self.lab.publish(key, f"add {number}")
            self.sent.append((key, number))
        self.lab.producer.flush(10)

    def check(self):
        check(self.lab.committed("facts", len(self.sent)), self.sent)


def hot_records(lab):
    """Records in Redis over all partitions."""
    return sum(len(hot_state.records(f"{lab.prefix}.counter", partition))
               for partition in range(lab.partitions))


def offsets_deleted_while_stopped(lab, life):
    life.publish(500)
    lab.committed("facts", len(life.sent))
    lab.kill(0)
    deadline = time.monotonic() + 30
    # The member that died is known, and its offsets kept, for a session time-out.
    while subprocess.run([sys.argv[2], "forget", lab.group(), lab.topic("events"),
                          str(lab.partitions)], capture_output=True).returncode != 0:
        assert time.monotonic() < deadline, "the offsets could not be deleted"
        time.sleep(0.5)
    lab.start(0)
    life.publish(500)
    life.check()
    print("offsets deleted while stopped: resumed from the checkpoints, nothing twice")


def hot_state_lost_at_rest(lab, life):
    before = hot_records(lab)
    assert before == SUBJECTS, f"{before} records"
    hot_state.ask("FLUSHALL")
    lost = time.monotonic()
    while hot_records(lab) != before:
        assert time.monotonic() - lost < 10, "not rebuilt within 10 s"
        time.sleep(0.05)
    print(f"FLUSHALL at rest: rebuilt after {time.monotonic() - lost:.1f} s without a new event")
    life.check()


def stopped_replaced_continued(lab, life):
    """SIGSTOP at a random moment under load, another ordinal takes over, SIGCONT."""
    for round_ in range(2):
        life.publish(3000)
        time.sleep(life.chance.uniform(0, 0.3))
        lab.processes[0].send_signal(signal.SIGSTOP)
        lab.start(1)
        life.publish(300)
        lab.committed("facts", len(life.sent), 60)
        lab.processes[0].send_signal(signal.SIGCONT)
        life.publish(300)
        life.check()
        lab.kill(1)
        time.sleep(7)  # its place in the group is free after a session time-out
    print("SIGSTOP, taken over, SIGCONT, twice: nothing lost, nothing twice")


def a_record_that_kills_becomes_a_dead_letter(lab, life):
    """Three deaths on one record, then the rest flows."""
    lab.environment["RELANCE_WORKER_CRASH_FILE"] = f"/tmp/{lab.prefix}.crashes"
    lab.kill(0)
    lab.publish("s1", "crash", partition=0)
    life.publish(200)
    deaths = 0
    while deaths < 3:
        lab.start(0)
        lab.processes.pop(0).wait(60)
        deaths += 1
    lab.start(0)
    life.check()
    letters = [record for list_ in lab.committed("dead-letters", 1).values() for record in list_]
    assert len(letters) == 1 and b"CRASHED" in letters[0][1], letters
    print("a record that ended the process three times: one dead letter, the rest flows")


def main():
    lab = Lab(sys.argv[1], PARTITIONS)
    life = Life(lab)
    failed = True
    try:
        lab.start(0)
        offsets_deleted_while_stopped(lab, life)
        hot_state_lost_at_rest(lab, life)
        stopped_replaced_continued(lab, life)
        a_record_that_kills_becomes_a_dead_letter(lab, life)
        failed = False
    finally:
        if failed:
            for name in lab.logs.values():
                print(f"--- {name}\n" + "".join(open(name).readlines()[-15:]))
        lab.close()


if __name__ == "__main__":
    main()
