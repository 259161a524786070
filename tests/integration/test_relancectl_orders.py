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

from confluent_kafka import Producer

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from installation import Installation  # noqa: E402

TENANT = "shop"
OK, FOUND, NOT_THERE, UNAVAILABLE = 0, 1, 66, 69


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
                 "source": "crm", "time": "2020-03-20T08:00:00Z", "tenant": TENANT,
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
    # Nobody waits for a bundle that never comes: the right one is obeyed.
    said = orders.order("bundle", "activate", bundle, *at)
    assert said["answer"] == "ACCEPTED", said
    assert orders.order("bundle", "activate", bundle, *at, code=FOUND)["rule"] == "ALREADY_ACTIVE"
    assert len(orders.letters()) == 1


def check_answers(orders):
    """Whoever orders something is told what came of it."""
    at = ["--tenant", TENANT, "--topic", orders.installation.source]
    debtor = [*at, "--debtor", "C-1", "--actor", "u-7"]
    hold = json.dumps({"hold": "H-1", "reach": "DEBTOR", "reason": "CAMPAIGN", "clock": "STOP"})

    def told(kind, *options, code=OK):
        answer = orders.order("command", kind, *options, code=code)
        return answer["answer"], answer.get("rule")

    assert told("place-hold", *debtor, "--payload", hold, "--id", "o-1") == ("ACCEPTED", None)
    assert told("lift-hold", *debtor, "--payload", '{"hold":"H-1"}') == ("ACCEPTED", None)
    assert told("place-hold", *debtor, "--payload", hold, code=FOUND) == (
        "REFUSED", "ALREADY_OVER")
    assert told("place-hold", *debtor, "--payload", hold, "--id", "o-1", code=FOUND) == (
        "DUPLICATE", None)
    assert told("task-done", *debtor, "--payload", '{"task":"nope","outcome_code":"CALLED"}',
                code=FOUND) == ("REFUSED", "UNKNOWN_OBJECT")
    assert told("creditor-mode", *at, "--payload", '{"creditor":"U01","mode":"LIVE"}',
                code=FOUND) == ("REFUSED", "UNKNOWN_OBJECT")
    # The tenant is none that this ingest serves: its dead letter is the answer.
    elsewhere = ["--tenant", "other", "--topic", orders.installation.source]
    assert told("kill-switch", *elsewhere, "--payload", '{"on":true}', code=FOUND) == (
        "DEAD_LETTER", "WRONG_TENANT")
    said = orders.order("command", "kill-switch", *at, "--payload", '{"on":true}', "--no-wait")
    assert "answer" not in said, said


def check_told(orders):
    """`explain` tells commands and their answers."""
    def entries():
        return [entry for entry in orders.order("explain", f"{TENANT}/C-1")["entries"]
                if entry["kind"] == "COMMAND"]

    orders.until(lambda: len(entries()) == 4)
    assert [(entry["command_kind"], entry["reason"], entry.get("rule")) for entry in entries()] == [
        ("PLACE_HOLD", "ACCEPTED", None), ("LIFT_HOLD", "ACCEPTED", None),
        ("PLACE_HOLD", "REFUSED", "ALREADY_OVER"), ("TASK_DONE", "REFUSED", "UNKNOWN_OBJECT")]
    assert "u-7" in entries()[0]["sentence"] and "o-1" in entries()[0]["sentence"], entries()


def check_nobody_answers(orders):
    orders.installation.kill("scenario")
    at = ["--tenant", TENANT, "--topic", orders.installation.source]
    said = orders.order("command", "kill-switch", *at, "--payload", '{"on":false}',
                        code=UNAVAILABLE)
    assert said["answer"] is None and said["command"], said


def main():
    orders = Orders(sys.argv[1], "system")
    failed = True
    try:
        for worker in ("ingest", "scenario", "audit"):
            orders.installation.start(worker)
        check_only_published_bundles(orders, sys.argv[2])
        check_answers(orders)
        check_told(orders)
        check_nobody_answers(orders)
        print("only a published bundle becomes active, whoever orders is answered")
        failed = False
    finally:
        orders.installation.close(show_logs=failed)


if __name__ == "__main__":
    main()
