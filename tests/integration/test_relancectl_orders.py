#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What people order with relancectl, on real servers: nothing that cannot be obeyed is sent, and what
other systems send is refused at the border.

usage: test_relancectl_orders.py BUILD SOURCE_FOLDER    (the local stack's env file must be sourced)
"""
import json
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "ledger"))

from confluent_kafka import Producer

from installation import Installation

TENANT = "shop"
OK, FOUND, USAGE, DATA, NOT_THERE = 0, 1, 64, 65, 66


class Orders:
    def __init__(self, build, clock):
        self.installation = Installation(build, TENANT, partitions=2, clock=clock)
        self.binary = self.installation.build / "services/relancectl/relancectl"

    def order(self, *arguments, code=OK):
        done = subprocess.run([self.binary, "--json", *arguments],
                              env=self.installation.environment, capture_output=True, text=True,
                              timeout=60)
        assert done.returncode == code, f"{arguments}: {done.returncode} {done.stdout}{done.stderr}"
        return json.loads(done.stdout.splitlines()[-1])

    def until(self, question, seconds=60):
        deadline = time.monotonic() + seconds
        while not question():
            assert time.monotonic() < deadline, "nothing came of it"
            time.sleep(0.2)

    def source_records(self):
        return self.installation.committed("source")

    def send(self, command, kind, payload):
        """As another system would: straight to the source topic."""
        producer = Producer({"bootstrap.servers": self.installation.environment[
            "RELANCE_KAFKA_BOOTSTRAP_SERVERS"]})
        event = {"specversion": "1.0", "type": "io.relance.command.issued.v1", "id": command,
                 "source": "crm", "time": "2026-03-20T08:00:00Z", "tenant": TENANT,
                 "data": {"command": command, "kind": kind, "actor": "u-2", "payload": payload}}
        producer.produce(self.installation.source, key=TENANT, value=json.dumps(event))
        assert producer.flush(10) == 0

    def letters(self):
        return self.order("dlq", "list")["letters"]


def check_only_published_bundles(orders, source):
    """A mistyped hash would stop every worker that decides by it, for good."""
    at = ["--tenant", TENANT, "--topic", orders.installation.source]
    bundle = orders.order("bundle", "publish", f"{source}/tests/ledger/bundle")["hash"]
    typo = bundle[:-1] + ("0" if bundle[-1] != "0" else "1")
    said = orders.order("bundle", "activate", typo, *at, code=NOT_THERE)
    assert typo in said["error"] and "bundle publish" in said["error"], said
    assert orders.source_records() == [], "nothing was sent"
    orders.send("A-1", "ACTIVATE_BUNDLE", {"bundle_hash": typo})
    orders.until(lambda: len(orders.letters()) == 1)
    letter, = orders.letters()
    assert (letter["code"], letter["path"]) == (
        "UNKNOWN_OBJECT", "data.payload.bundle_hash"), letter
    orders.order("bundle", "activate", bundle, *at)
    # It decides: every partition answers the sweep, none waits for a bundle that never comes.
    orders.until(lambda: len(orders.installation.committed("debtor-facts")) >= 1)
    assert len(orders.letters()) == 1


def main():
    orders = Orders(sys.argv[1], "system")
    failed = True
    try:
        for worker in ("ingest", "scenario"):
            orders.installation.start(worker)
        check_only_published_bundles(orders, sys.argv[2])
        print("only a published bundle becomes active")
        failed = False
    finally:
        orders.installation.close(show_logs=failed)


if __name__ == "__main__":
    main()
