# SPDX-License-Identifier: Apache-2.0
"""What goes wrong in a campaign, and when: a plan drawn from a seed, and the thread that carries it
out while the conductor walks through the days."""
import collections
import datetime
import os
import subprocess
import threading
import time

from confluent_kafka import Consumer, TopicPartition

import stack
from installation import ALL_WORKERS

SERVERS = ("redis", "kafka", "postgres")
# A day takes the conductor about 0.1 s; a fault may also hit what comes of the day behind.
LONGEST_DELAY_S = 0.4
LONGEST_ABSENCE_S = 3.0

Fault = collections.namedtuple("Fault", "day delay_s kind whom")
Fault.__doc__ = "`delay_s` after the day has begun; kinds: see Faults."


def draw(chance, days, kills, flushes, servers, conductor):
    """A plan, in the order of its moments. Days are counted from 0."""
    kinds = [("kill", chance.choice(sorted(ALL_WORKERS))) for _ in range(kills)]
    kinds += [("flush", "redis")] * flushes + [("restart", server) for server in servers]
    kinds += [("end", "conductor")] * conductor
    return sorted(Fault(chance.randrange(days), chance.uniform(0, LONGEST_DELAY_S), *kind)
                  for kind in kinds)


class Calendar:
    """Which step the conductor is in: the newest label in the source topic."""

    def __init__(self, installation):
        self.reader = Consumer({
            "bootstrap.servers": installation.environment["RELANCE_KAFKA_BOOTSTRAP_SERVERS"],
            "group.id": "calendar", "enable.auto.commit": False, "log_level": 0})
        self.reader.assign([TopicPartition(installation.source, partition, 0)
                            for partition in range(installation.partitions)])
        self.step_ms = 0

    def look(self, seconds):
        message = self.reader.poll(seconds) if self.reader else None
        if message is not None and not message.error():
            for name, value in message.headers() or []:
                if name == "relance-line":
                    self.step_ms = max(self.step_ms, int(value.split()[2]))
        return datetime.date(1970, 1, 1) + datetime.timedelta(self.step_ms // 86400000)

    def close(self):
        self.reader.close()
        self.reader = None


class Faults(threading.Thread):
    """Carries a plan out. `end_conductor` ends the conductor; whoever waits for it starts another."""

    def __init__(self, installation, plan, first_day, chance, end_conductor):
        super().__init__(daemon=True)
        self.installation, self.plan, self.first_day = installation, plan, first_day
        self.chance, self.end_conductor = chance, end_conductor
        self.calendar = Calendar(installation)
        self.over = threading.Event()  # the days are over: do not wait for them any longer
        self.done = collections.Counter()
        self.killed = collections.Counter()
        self.restarted = set()
        self.late = 0
        self.failure = None
        self.began = time.monotonic()
        self.kinds = {"kill": self.kill, "flush": self.flush, "restart": self.restart,
                      "end": self.end}

    def say(self, text):
        print(f"  {time.monotonic() - self.began:5.1f} s  {self.calendar.look(0)}  {text}",
              flush=True)

    def run(self):
        try:
            for fault in self.plan:
                self._await(fault)
                self.kinds[fault.kind](fault.whom)
                self.done[fault.kind] += 1
        except Exception as failure:  # told by join()
            self.failure = failure
        finally:
            self.calendar.close()

    def _await(self, fault):
        day = self.first_day + datetime.timedelta(fault.day)
        while self.calendar.look(0.01) < day and not self.over.is_set():
            pass
        self.late += self.over.is_set()
        self.over.wait(fault.delay_s)

    def kill(self, worker):
        assert self.installation.processes[worker, 0].poll() is None, f"{worker} ended by itself"
        self.installation.kill(worker)
        self.installation.start(worker)
        self.killed[worker] += 1
        self.say(f"kill -9 {worker}")

    def flush(self, _):
        subprocess.run(["redis-cli", "-p", os.environ["RELANCE_REDIS_PORT"], "flushall"],
                       check=True, capture_output=True)
        self.say("FLUSHALL")

    def restart(self, server):
        """As a crash; while it is away a worker dies too."""
        absence_s = self.chance.uniform(0.2, LONGEST_ABSENCE_S)
        stack.server(server, "kill")
        self.say(f"{server} killed, for {absence_s:.1f} s")
        time.sleep(absence_s / 2)
        self.kill(self.chance.choice(sorted(ALL_WORKERS)))
        self.done["kill"] += 1
        time.sleep(absence_s / 2)
        stack.server(server, "start")
        self.restarted.add(server)
        self.say(f"{server} started again")

    def end(self, _):
        self.end_conductor()
        self.say("kill -9 relancectl replay")

    def finish(self):
        """Carries out what is left, and waits for it."""
        self.over.set()
        self.join()
        if self.failure:
            raise self.failure
