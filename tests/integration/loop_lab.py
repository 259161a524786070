# SPDX-License-Identifier: Apache-2.0
"""What the tests of the loop on real servers share: topics of their own, processes that are killed,
a reader of committed records. Uses the servers named by RELANCE_KAFKA_BOOTSTRAP_SERVERS and
RELANCE_REDIS_PORT."""
import os
import random
import signal
import subprocess
import sys
import time

from confluent_kafka import Consumer, Producer, TopicPartition

SKIPPED = 77


def servers():
    kafka = os.environ.get("RELANCE_KAFKA_BOOTSTRAP_SERVERS")
    if not kafka or not os.environ.get("RELANCE_REDIS_PORT"):
        print("SKIPPED: no broker or no Redis (source the local stack's env file)")
        sys.exit(SKIPPED)
    return kafka


class Lab:
    """One installation of the counting worker under a prefix of its own."""

    def __init__(self, binary, partitions, clock="system"):
        self.binary = binary
        self.partitions = partitions
        self.kafka = servers()
        self.prefix = f"t{os.getpid()}x{random.randrange(10**6)}"
        self.environment = dict(os.environ, RELANCE_INSTALLATION_TOPIC_PREFIX=self.prefix,
                                RELANCE_INSTALLATION_NAME="test", RELANCE_HTTP_LISTEN="",
                                RELANCE_KAFKA_SESSION_TIMEOUT_MS="6s")
        self.processes = {}
        self.logs = {}
        subprocess.run([binary, "setup", str(partitions), clock], env=self.environment, check=True)
        # A retry after an outage must not publish an event twice.
        self.producer = Producer({"bootstrap.servers": self.kafka, "linger.ms": 1,
                                  "enable.idempotence": True,
                                  "partitioner": "murmur2_random"})

    def topic(self, name):
        return f"{self.prefix}.counter.{name}"

    def publish(self, key, value, partition=None):
        arguments = {} if partition is None else {"partition": partition}
        self.producer.produce(self.topic("events"), key=key, value=value, **arguments)
        self.producer.poll(0)

    def group(self):
        return f"{self.prefix}.test.counter"

    def start(self, ordinal, batch_max=1000, name=None, **environment):
        """`name` (by default the ordinal) tells two processes of one ordinal apart."""
        name = ordinal if name is None else name
        log = open(f"/tmp/{self.prefix}-{name}.log", "ab")
        self.logs[name] = log.name
        environment = dict(self.environment, RELANCE_WORKER_ORDINAL=str(ordinal),
                           RELANCE_WORKER_BATCH_MAX=str(batch_max), **environment)
        self.processes[name] = subprocess.Popen([self.binary], env=environment, stderr=log)

    def kill(self, name, with_signal=signal.SIGKILL):
        process = self.processes.pop(name)
        process.send_signal(with_signal)
        return process.wait(20)

    def close(self):
        for ordinal in list(self.processes):
            self.kill(ordinal)
        for name in self.logs.values():
            os.unlink(name)

    def _reader(self, name, **settings):
        reader = Consumer({"bootstrap.servers": self.kafka, "group.id": "eye",
                           "enable.auto.commit": False, "isolation.level": "read_committed",
                           "auto.offset.reset": "earliest", **settings})
        reader.assign([TopicPartition(self.topic(name), p, 0) for p in range(self.partitions)])
        return reader

    def log(self, name):
        """What is committed in a topic now, per partition."""
        reader = self._reader(name, **{"enable.partition.eof": True})
        records, ends = {p: [] for p in range(self.partitions)}, 0
        while ends < self.partitions:
            message = reader.poll(10)
            assert message is not None, f"{name} does not end"
            if message.error():
                ends += 1
            else:
                records[message.partition()].append((message.key(), message.value()))
        reader.close()
        return records

    def committed(self, name, until, seconds=120):
        """Committed records of a topic per partition, once there are `until` of them."""
        reader = self._reader(name)
        records = {p: [] for p in range(self.partitions)}
        deadline = time.monotonic() + seconds
        quiet_since = None
        while time.monotonic() < deadline:
            message = reader.poll(0.2)
            if message is not None and not message.error():
                records[message.partition()].append((message.key(), message.value()))
                quiet_since = None
                continue
            count = sum(map(len, records.values()))
            # A second of silence beyond what is expected shows what comes twice.
            if count >= until:
                quiet_since = quiet_since or time.monotonic()
                if time.monotonic() - quiet_since > 1:
                    break
        reader.close()
        return records
