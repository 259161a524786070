# SPDX-License-Identifier: Apache-2.0
"""One installation to be measured: its backlog, its workers one at a time, its topics read back."""
import collections
import hashlib
import json
import pathlib
import subprocess
import sys
import time

import psycopg2
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

import machine

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
from installation import Installation  # noqa: E402

PATIENCE_S = 180
LOOK_S = 0.05

Drained = collections.namedtuple(
    "Drained", "events seconds events_per_s cpu_us peak_mb transactions outputs foreign steps")


class Void(Exception):
    """What was counted does not add up: the run says nothing."""


def check(holds, what):
    if not holds:
        raise Void(what)


def feed(servers, topic, events):
    """Puts events into a topic, in small batches, so that the partitions take turns."""
    producer = Producer({"bootstrap.servers": servers, "partitioner": "murmur2_random",
                         "linger.ms": 5, "batch.num.messages": 200, "compression.type": "lz4",
                         "queue.buffering.max.messages": 1000000,
                         "enable.idempotence": True, "log_level": 4})
    count = 0
    for event in events:
        producer.produce(topic, event.record, event.debtor,
                         headers={"relance-now": str(event.at_ms)})
        producer.poll(0)
        count += 1
    check(producer.flush(60) == 0, "the backlog could not be written")
    return count


class Plant(Installation):
    def __init__(self, build, tenant, partitions):
        self.page = {worker: machine.Page(machine.free_port())
                     for worker in ("ingest", "scenario", "audit")}
        super().__init__(build, tenant, partitions)
        self.servers = self.environment["RELANCE_KAFKA_BOOTSTRAP_SERVERS"]

    def _environment_of(self, worker):
        environment = super()._environment_of(worker)
        environment["RELANCE_HTTP_LISTEN"] = f"127.0.0.1:{self.page[worker].port}"
        return environment

    def pid(self, worker):
        return self.processes[worker, 0].pid

    def stop(self, worker):
        process = self.processes.pop((worker, 0))
        process.terminate()
        check(process.wait(30) == 0, f"{worker} did not stop in order")

    def topic(self, suffix):
        return f"{self.prefix}.{suffix}"

    # ---- topics ----

    def feed(self, events):
        return feed(self.servers, self.source, events)

    def read(self, topic):
        """Every committed record of a topic, as (partition, offset, key, value).

        The markers of a transaction may be written after its commit was answered, and the end of a
        partition is told again when they are: the end is where the uncommitted end was."""
        reader = Consumer({"bootstrap.servers": self.servers, "group.id": "bench-eye",
                           "isolation.level": "read_committed", "enable.partition.eof": True,
                           "enable.auto.commit": False})
        # A read_committed consumer is told the end of what is committed.
        looker = Consumer({"bootstrap.servers": self.servers, "group.id": "bench-eye",
                           "isolation.level": "read_uncommitted"})
        parts = [TopicPartition(topic, p, 0) for p in range(self.partitions)]
        ends = {part.partition: looker.get_watermark_offsets(part, 30, cached=False)[1]
                for part in parts}
        looker.close()
        reader.assign(parts)
        deadline = time.monotonic() + PATIENCE_S
        while ends:
            check(time.monotonic() < deadline, f"{topic} cannot be read to its end")
            for message in reader.consume(10000, 1):
                if not message.error():
                    yield (message.partition(), message.offset(), message.key(), message.value())
                elif message.offset() >= ends.get(message.partition(), 0):
                    ends.pop(message.partition(), None)
        reader.close()

    def size(self, topic):
        """(records, bytes of keys and values) of a topic."""
        records = size = 0
        for _, _, key, value in self.read(topic):
            records += 1
            size += len(key or b"") + len(value or b"")
        return records, size

    def copy_of(self, topic, name):
        """An empty topic with the settings of another, without its compaction."""
        copy = f"{topic}.{name}"
        admin = AdminClient({"bootstrap.servers": self.servers, "log_level": 4})
        made = admin.create_topics([NewTopic(copy, self.partitions, 1)])
        made[copy].result(30)
        return copy

    def query(self, sql):
        with psycopg2.connect(self.dsn("RELANCE_POSTGRES_SUPERUSER_DSN")) as connection:
            cursor = connection.cursor()
            cursor.execute(sql)
            return cursor.fetchone()[0]

    # ---- measuring ----

    def _watch(self, what, meter, look):
        """Waits until the worker is at work and for the last commit; what was spent in between.

        `look` gives events, transactions and outputs so far, whether that is all, the step, and
        whether every partition is read."""
        first, steps = None, collections.Counter()
        deadline = time.monotonic() + PATIENCE_S
        while True:
            events, transactions, outputs, over, step, ready = look()
            if first is None and events > 0 and ready:
                first = (events, transactions, outputs, meter())
            if first and step:
                steps[step] += 1
            if over:
                break
            check(time.monotonic() < deadline, f"{what} did not come to its end")
            time.sleep(LOOK_S)
        return self._spent(first, (events, transactions, outputs, meter()), steps)

    @staticmethod
    def _spent(first, last, steps):
        events, transactions, outputs = (last[i] - first[i] for i in range(3))
        seconds = last[3].at_s - first[3].at_s
        check(events > 0, "everything was done before the look began: more events are needed")
        cpu_s = {name: last[3].cpu_s[name] - first[3].cpu_s[name] for name in last[3].cpu_s}
        busy = last[3].busy_s - first[3].busy_s
        ours = sum(spent for name, spent in cpu_s.items() if name != "loop")
        total = sum(steps.values()) or 1
        return Drained(events, seconds, events / seconds,
                       {name: 1e6 * spent / events for name, spent in cpu_s.items()}, 0,
                       transactions, outputs, max(0, busy - ours) / max(busy, 0.01),
                       {step: count / total for step, count in steps.most_common()})

    def drain(self, worker, total):
        """Starts a worker on a backlog of `total` records; what it took once it was at work."""
        self.start(worker)
        page, pids = self.page[worker], machine.pids(worker=self.pid(worker))

        def look():
            metrics = page.metrics()
            events = metrics.get("loop_events", 0)
            return (events, metrics.get("loop_transactions", 0),
                    metrics.get("loop_outputs", 0), events >= total, page.step(), page.is_ready())

        drained = self._watch(worker, lambda: machine.sample(pids), look)
        metrics = page.metrics()
        check(metrics["loop_events"] == total,
              f"{worker} worked off {metrics['loop_events']} of {total} events")
        check(metrics.get("loop_rejected", 0) == 0, f"{worker} rejected records")
        check(metrics.get("loop_aborts", 0) == 0, f"{worker} had to abort")
        return drained._replace(peak_mb=machine.peak_mb(pids["worker"]))

    def pipe(self, name, source, originals):
        """The raw pipe on the same input with the same outputs; (what it took, copies)."""
        copies = {original: self.copy_of(original, name) for original in originals}
        program = [self.build / "tests/bench/bench_pipe", f"{self.prefix}.{name}", source,
                   *(f"{original}={copy}" for original, copy in copies.items())]
        process = subprocess.Popen(program, env=self.environment, stdout=subprocess.PIPE, text=True)
        pids = machine.pids(worker=process.pid)
        lines = []
        for line in process.stdout:
            lines.append((json.loads(line), machine.sample(pids)))
        check(process.wait() == 0 and len(lines) == 2, f"the pipe {name} failed")
        first, last = ((line["events"], line["transactions"], line["outputs"], at)
                       for line, at in lines)
        return self._spent(first, last, collections.Counter()), copies

    # ---- the hot state of scenario ----

    def hot_key(self, partition, letter):
        return f"{{{self.prefix}.scenario:{partition}}}:{letter}"

    def hot_records(self):
        return sum(int(machine.redis("HLEN", self.hot_key(p, "h"))) for p in range(self.partitions))

    def hot_digest(self):
        """(records, digest) of all records and timers of scenario in Redis."""
        digest, records = hashlib.sha256(), 0
        for partition in range(self.partitions):
            key = self.hot_key(partition, "h")
            lines = machine.redis("--no-raw", "HGETALL", key).split(b"\n")
            plain = [line.split(b") ", 1)[-1] for line in lines if line]
            pairs = sorted(zip(plain[::2], plain[1::2]))
            records += len(pairs)
            digest.update(repr((key, pairs)).encode())
            digest.update(machine.redis("ZRANGE", self.hot_key(partition, "t"), "0", "-1",
                                        "WITHSCORES"))
        return records, digest.hexdigest()
