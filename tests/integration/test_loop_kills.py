#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9, FLUSHALL and changes of owner on real Kafka and Redis: every event is counted once, in
order, and the chain of facts has no gap.

usage: test_loop_kills.py COUNTER_BINARY [KILLS] [SEED]
"""
import collections
import random
import sys
import time

import hot_state
from loop_lab import Lab

EVENTS = 6000
SUBJECTS = 50
PARTITIONS = 6


def expected(sent):
    counts, sums, facts = collections.Counter(), collections.Counter(), collections.defaultdict(list)
    for key, number in sent:
        counts[key] += 1
        sums[key] += number
        facts[key].append(f"{key} {counts[key]}:{sums[key]}")
    return facts


def check(records, sent):
    wanted = expected(sent)
    got = collections.defaultdict(list)
    for partition, list_ in records.items():
        for number, (key, value) in enumerate(list_, 1):
            sequence, text = value.decode().split(" ", 1)
            assert int(sequence) == number, f"chain of partition {partition} at {number}: {value}"
            got[text.split(" ")[0]].append(text)
    for key in wanted:
        assert got[key] == wanted[key], f"{key}: {got[key][:3]}... and not {wanted[key][:3]}..."
    assert set(got) == set(wanted)


def main():
    kills = int(sys.argv[2]) if len(sys.argv) > 2 else 8
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(10**6)
    chance = random.Random(seed)
    lab = Lab(sys.argv[1], PARTITIONS)
    sent = []
    print(f"seed {seed}, prefix {lab.prefix}")
    try:
        lab.start(0)
        lab.start(1)
        began = time.monotonic()
        for kill in range(kills):
            for _ in range(EVENTS // kills):
                key, number = f"s{chance.randrange(SUBJECTS)}", chance.randrange(1000)
                lab.publish(key, f"add {number}")
                sent.append((key, number))
            lab.producer.flush(10)
            time.sleep(chance.uniform(0.05, 1.0))
            if kill % 4 == 3:
                hot_state.ask("FLUSHALL")
            victim = chance.randrange(2)
            lab.kill(victim)
            lab.start(victim, batch_max=chance.choice([7, 100, 1000]))
        records = lab.committed("facts", len(sent))
        check(records, sent)
        letters = sum(map(len, lab.committed("dead-letters", 0, 3).values()))
        assert letters == 0, f"{letters} dead letters"
        print(f"{len(sent)} events, {kills} kills, {kills // 4} FLUSHALL: each counted once, "
              f"{time.monotonic() - began:.1f} s")
        assert lab.kill(0, 15) == 0 and lab.kill(1, 15) == 0, "SIGTERM did not end with 0"
    except BaseException:
        for name in lab.logs.values():
            print(f"--- {name}")
            print("".join(open(name).readlines()[-15:]))
        raise
    finally:
        lab.close()


if __name__ == "__main__":
    main()
