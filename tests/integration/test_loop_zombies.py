#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A process that was stopped at a step, replaced, and continued changes nothing: each fence alone, on
real Kafka and Redis. Every scene is played twice, the second time with that fence taken away, too:
there the late process does its harm, or the scene would show nothing.

usage: test_loop_zombies.py SABOTAGED_COUNTER
"""
import concurrent.futures
import json
import random
import signal
import sys

import hot_state
from loop_lab import Lab
from orders import Orders, is_stopped, until
from test_loop_kills import check

PARTITIONS = 2
SUBJECTS = 10
BATCH = 10
EVENTS = 30  # before the stop, and again after it
TRANSACTIONS = 100  # of the new owner, before a late apply

FENCED = ("fenced by a newer", "newer producer")
# What is taken from the process that is stopped, and from the one that takes its place; whether that
# has the same ordinal; and the steps to stop at. `reason` is what stops it.
SCENES = {
    "the transactional id alone": dict(
        steps=("BEGIN", "PRODUCE_STATE", "SEND_OFFSETS", "COMMIT"), twin=True, old="generation",
        new="writer-fence", reason=FENCED),
    "no transactional id, no generation": dict(
        steps=("BEGIN",), twin=True, old="generation", new="transactional-id writer-fence",
        reason=None),
    "the generation alone": dict(
        steps=("BEGIN",), twin=False, new="writer-fence", reason=("generation", "unknown member")),
    "the fence of the former writer alone": dict(
        steps=("BEGIN", "PRODUCE_STATE"), twin=False, old="generation",
        reason=FENCED),
    "no generation, no fence of the former writer": dict(
        steps=("BEGIN",), twin=False, old="generation", new="writer-fence", reason=None),
}


class Scene:
    """Process 0 under orders, and what was published."""

    def __init__(self, binary, without, partitions):
        self.lab = Lab(binary, partitions)
        self.orders = Orders(f"/tmp/{self.lab.prefix}.order")
        self.chance, self.sent = random.Random(11), []
        self.lab.start(0, BATCH, **self.orders.environment(without))

    def publish(self, count):
        for _ in range(count):
            key, number = f"s{self.chance.randrange(SUBJECTS)}", self.chance.randrange(1000)
            self.lab.publish(key, f"add {number}")
            self.sent.append((key, number))
        self.lab.producer.flush(10)

    def settle(self):
        """Everything that was published is counted."""
        self.lab.committed("facts", len(self.sent))

    def stop_at(self, step):
        self.orders.give("STOP", step)
        self.publish(EVENTS)
        until(lambda: is_stopped(self.lab.processes[0]), f"stopped at {step}")

    def replace(self, twin, without="", batch_max=BATCH):
        self.lab.start(0 if twin else 1, batch_max, name="new", SABOTAGE_WITHOUT=without)

    def lives_on(self):
        self.publish(EVENTS)
        check(self.lab.committed("facts", len(self.sent)), self.sent)

    def truth(self):
        """All that the outside can see."""
        return (self.lab.log("facts"), self.lab.log("state"),
                hot_state.whole(f"{self.lab.prefix}.counter", self.lab.partitions))

    def fold(self):
        """The hot state as the changelog tells it."""
        slices = []
        for records in self.lab.log("state").values():
            state = dict(records)
            slices.append({key: value for key, value in state.items() if value and key != b"ckpt"})
        return slices

    def hot(self):
        return [hot_state.records(f"{self.lab.prefix}.counter", partition)
                for partition in range(self.lab.partitions)]

    def complaint(self):
        """What the old process says of its transaction, once that failed, and the client before it:
        the first call that fails may only say that there was a fatal error."""
        with open(self.lab.logs[0]) as log:
            # The client library may fall over the two fatal errors: a former owner that dies of being
            # fenced has committed nothing, too.
            lines = [json.loads(line) for line in log if line.startswith("{")]
        gone = self.lab.processes[0].poll() is not None
        if not gone and not any(line["event"] == "transaction.failed" for line in lines):
            return ""
        return " ".join(line.get("why") or line.get("text", "") for line in lines)

    def continue_old(self):
        self.lab.processes[0].send_signal(signal.SIGCONT)

    def close(self, failed):
        if failed:
            for name in self.lab.logs.values():
                print(f"--- {name}\n" + "".join(open(name).readlines()[-15:]))
        self.orders.withdraw()
        self.lab.close()


def late_commit(scene, step, twin, old="", new="", reason=None):
    """Stopped before the commit, replaced, continued: refused for `reason`, or, without one,
    committed twice."""
    scene.publish(EVENTS)
    scene.settle()
    scene.stop_at(step)
    scene.replace(twin, new)
    scene.settle()
    before = scene.truth()
    scene.orders.give("STOP", "COMMITTED")
    scene.continue_old()
    until(lambda: scene.complaint() or is_stopped(scene.lab.processes[0]), "refused or committed")
    after = scene.truth()
    if reason is None:
        assert is_stopped(scene.lab.processes[0]), f"refused all the same: {scene.complaint()}"
        assert len(sum(after[0].values(), [])) > len(sum(before[0].values(), [])), "no harm done"
        return "committed a second time"
    assert not is_stopped(scene.lab.processes[0]), "it committed"
    assert after == before, "something changed"
    why = scene.complaint()
    assert any(words in why.lower() for words in reason), why
    scene.orders.withdraw()
    scene.lives_on()
    return "nothing committed"


def late_apply(scene, fenced):
    """Stopped between commit and apply, replaced, the new owner 100 transactions on, continued."""
    scene.publish(EVENTS)
    scene.settle()
    scene.stop_at("APPLY")
    scene.replace(twin=False, batch_max=1)
    scene.settle()
    scene.publish(TRANSACTIONS)
    scene.settle()
    # Stopped, it cannot mend what the late apply does before we look.
    scene.lab.processes["new"].send_signal(signal.SIGSTOP)
    assert scene.hot() == scene.fold(), "the new owner left another hot state"
    scene.orders.give("STOP", "APPLIED")
    scene.continue_old()
    until(lambda: is_stopped(scene.lab.processes[0]), "the late apply was made")
    same = scene.hot() == scene.fold()
    assert same == fenced, "the late apply changed Redis" if fenced else "no harm done"
    scene.lab.processes["new"].send_signal(signal.SIGCONT)
    scene.continue_old()
    if fenced:
        scene.lives_on()
    return "Redis is the fold of the changelog" if same else "Redis went back in time"


def play(name, binary, partitions, without, act):
    scene = Scene(binary, without, partitions)
    failed = True
    try:
        print(f"{name}: {act(scene)}\n", end="", flush=True)
        failed = False
    finally:
        scene.close(failed)


def main():
    binary = sys.argv[1]
    plays = []
    for name, scene in SCENES.items():
        arguments = {key: scene[key] for key in scene if key != "steps"}
        plays += [(f"{name}, stopped at {step}", binary, PARTITIONS, scene.get("old", ""),
                   lambda on, step=step, arguments=arguments: late_commit(on, step, **arguments))
                  for step in scene["steps"]]
    plays.append(("the offset fence alone, stopped at APPLY", binary, 1, "",
                  lambda on: late_apply(on, True)))
    plays.append(("no offset fence", binary, 1, "offset-fence", lambda on: late_apply(on, False)))
    # Most of the time is spent waiting for sessions to end.
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for future in [pool.submit(play, *one) for one in plays]:
            future.result()


if __name__ == "__main__":
    main()
