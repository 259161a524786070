#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`relancectl topics create`, killed in place of any of its requests to the broker and run again,
leaves the same installation as an undisturbed run: every topic with its settings, one genesis
checkpoint in each partition of each state topic, one record of the installation, one uuid in all.

usage: test_topics_create_killed.py BUILD [KILLS]     (0: at every request)
"""
import concurrent.futures
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
import contract  # noqa: E402
from loop_lab import servers

STATES, BUNDLES = contract.load("state", "bundle")
PARTITIONS = 2
TOPIC_SOURCE = 1  # of a setting: this topic's own
KILLS = 12


class Creation:
    """One installation to be."""

    def __init__(self, build):
        build = pathlib.Path(build)
        self.binary = build / "services/relancectl/relancectl"
        self.preload = build / "tests/integration/libdie_at_send.so"
        self.prefix = f"t{os.getpid()}x{random.randrange(10**6)}"
        self.environment = dict(os.environ, RELANCE_INSTALLATION_TOPIC_PREFIX=self.prefix,
                                RELANCE_INSTALLATION_NAME="test")
        self.admin = AdminClient({"bootstrap.servers": servers()})

    def run(self, **environment):
        return subprocess.run(
            [self.binary, "--json", "topics", "create", "--partitions", str(PARTITIONS)],
            env=dict(self.environment, **environment), capture_output=True, text=True)

    def count_requests(self):
        with tempfile.NamedTemporaryFile() as file:
            done = self.run(LD_PRELOAD=str(self.preload), COUNT_SENDS=file.name)
            assert done.returncode == 0, done.stderr
            return int(file.read())

    def killed_at(self, request):
        """False when it was done before."""
        done = self.run(LD_PRELOAD=str(self.preload), DIE_AT_SEND=str(request))
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
        return done.returncode != 0

    def topics(self):
        """{name without prefix: (partitions, its own settings)}"""
        listed = self.admin.list_topics(timeout=10).topics
        names = [name for name in listed if name.startswith(self.prefix + ".")]
        resources = [ConfigResource(ConfigResource.Type.TOPIC, name) for name in names]
        settings = {resource.name: future.result(10) for resource, future in
                    self.admin.describe_configs(resources).items()} if names else {}
        return {name[len(self.prefix):]: (len(listed[name].partitions), {
            entry.name: entry.value for entry in settings[name].values()
            if entry.source == TOPIC_SOURCE}) for name in names}

    def records(self, places):
        """{(topic, partition): its records}"""
        reader = Consumer({"bootstrap.servers": servers(), "group.id": "eye",
                           "enable.auto.commit": False, "enable.partition.eof": True})
        reader.assign([TopicPartition(self.prefix + name, partition, 0)
                       for name, partition in places])
        records, ends = {place: [] for place in places}, 0
        while ends < len(places):
            message = reader.poll(10)
            assert message is not None, "a topic does not end"
            if message.error():
                ends += 1
            else:
                place = message.topic()[len(self.prefix):], message.partition()
                records[place].append(message)
        reader.close()
        return records

    def check_genesis(self, topics):
        places = [(name, partition) for name, (partitions, _) in topics.items()
                  for partition in range(partitions) if name.endswith((".state", ".bundles"))]
        uuids = set()
        for (name, partition), records in self.records(places).items():
            assert len(records) == 1, f"{len(records)} records in {name}/{partition}"
            if name == ".bundles":
                record = BUNDLES.BundleRecord.FromString(records[0].value()).installation
                assert record.partitions == PARTITIONS
                uuids.add(record.uuid)
                continue
            checkpoint = STATES.Checkpoint.FromString(records[0].value())
            assert records[0].key() == b"ckpt" and checkpoint.genesis
            assert (name, partition) == (f".{checkpoint.worker}.state", checkpoint.partition)
            uuids.add(checkpoint.installation)
        assert len(uuids) == 1, f"{len(uuids)} uuids"

    def remove(self):
        names = [self.prefix + name for name in self.topics()]
        for future in self.admin.delete_topics(names).values() if names else []:
            future.result(10)


def killed_and_run_again(build, requests, wanted):
    """How many topics the run that was killed had left behind."""
    creation = Creation(build)
    try:
        killed = [creation.killed_at(request) for request in requests]
        left = len(creation.topics())
        done = creation.run()
        assert done.returncode == 0, done.stderr
        topics = creation.topics()
        assert topics == wanted, "other topics or settings than those of an undisturbed run"
        creation.check_genesis(topics)
        again = json.loads(creation.run().stdout)
        assert again["checkpoints_written"] == 0 and not again["installation_written"], again
        return killed, left
    finally:
        creation.remove()


def tell(build, requests, wanted):
    killed, left = killed_and_run_again(build, requests, wanted)
    print(f"killed at request {', then '.join(map(str, requests))} ({sum(killed)} times), {left} "
          "topics there: complete after another run\n", end="", flush=True)


def main():
    build, kills = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else KILLS
    seed = int(os.environ.get("RELANCE_TEST_SEED") or time.time())
    chance = random.Random(seed)
    undisturbed = Creation(build)
    count = undisturbed.count_requests()
    wanted = undisturbed.topics()
    undisturbed.check_genesis(wanted)
    undisturbed.remove()
    print(f"seed {seed}: {len(wanted)} topics in {count} requests", flush=True)
    every = range(1, count + 1)
    plans = [[request] for request in (every if kills == 0 else chance.sample(every, kills))]
    plans += [sorted(chance.sample(every, 4))]
    # Each waits for the broker more than it works.
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        for future in [pool.submit(tell, build, plan, wanted) for plan in plans]:
            future.result()


if __name__ == "__main__":
    main()
