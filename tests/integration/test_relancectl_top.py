#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""relancectl top beside workers that are started, stopped and robbed of their hot state: it says who
moves, who stands still and where, without asking any worker.

usage: test_relancectl_top.py BUILD      (the local stack's env file must be sourced)
"""
import json
import pathlib
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from contract import partition_of  # noqa: E402
from installation import Installation  # noqa: E402
import hot_state  # noqa: E402

TENANT, DEBTOR = "shop", "C-1"
OK, FOUND = 0, 1
PARTITIONS = 3


class Top:
    def __init__(self, build):
        self.installation = Installation(build, TENANT, partitions=PARTITIONS, clock="system")
        self.number = 0

    def command(self, *options):
        return self.installation.tool(*options, "top", "--topic", self.installation.source)

    def look(self):
        done = subprocess.run([*self.command("--json"), "--once"], capture_output=True, text=True,
                              env=self.installation.environment, timeout=60)
        said = json.loads(done.stdout)
        assert done.returncode == (FOUND if said["stuck"] else OK), (done.returncode, said)
        return said

    def maps(self, said):
        return {(row["worker"], row["topic"]): row["map"] for row in said["workers"]}

    def until(self, question):
        deadline = time.monotonic() + 60
        while not question(said := self.look()):
            assert time.monotonic() < deadline, said
        return said

    def all_at_the_end(self):
        return self.until(lambda said: set("".join(self.maps(said).values())) == {"."})

    def send(self):
        self.number += 1
        event = {"specversion": "1.0", "type": "io.relance.invoice.issued.v1",
                 "id": f"inv-{self.number}", "source": "books", "time": "2026-03-01T08:00:00Z",
                 "tenant": TENANT, "debtor": DEBTOR, "creditor": "U01",
                 "data": {"document": f"F-{self.number}", "currency": "EUR", "total": "10.00",
                          "issued_on": "2026-03-01", "due_on": "2026-03-31"}}
        path = self.installation.folder / "event.json"
        path.write_text(json.dumps(event))
        self.installation.control("send", str(path), "--topic", self.installation.source)


def check_nobody(top):
    said = top.look()
    assert set("".join(top.maps(said).values())) == {"?"}, said
    assert said["stuck"] == 5 * PARTITIONS and len(said["partitions"]) == 12, said


def check_all(top):
    said = top.all_at_the_end()
    assert [(row["worker"], row["topic"]) for row in said["workers"]] == [
        ("ingest", "source"), ("scenario", "debtor-events"), ("scoring", "debtor-facts"),
        ("notifier", "contact-requests"), ("audit", "debtor-facts"), ("audit", "notifier.audit"),
        ("audit", "scoring.audit"), ("audit", "legal-escalation.audit")], said
    assert all(row["behind"] == 0 and row["partitions"] == PARTITIONS for row in said["workers"])


def check_one_stands(top):
    """Only the partition that has something to read, and it moves again with its owner."""
    partition = partition_of(f"{TENANT}/{DEBTOR}".encode(), PARTITIONS)
    top.installation.kill("scenario")
    top.send()
    said = top.until(lambda said: said["stuck"])
    found, = said["partitions"]
    assert (found["worker"], found["partition"], found["state"]) == (
        "scenario", partition, "STANDS"), said
    assert found["topic"].endswith(".debtor-events") and found["behind"] > 0, found
    assert found["still_s"] >= 3 and "/readyz" in found["why"], found
    expected = "".join("!" if p == partition else "." for p in range(PARTITIONS))
    assert top.maps(said)["scenario", "debtor-events"] == expected, said
    text = subprocess.run([*top.command(), "--once"], capture_output=True, text=True,
                          env=top.installation.environment, timeout=60).stdout
    assert max(map(len, text.splitlines())) <= 80, text
    assert f"scenario debtor-events/{partition}: STANDS" in text, text
    top.installation.start("scenario")
    top.all_at_the_end()


def check_lost(top):
    """A slice that lost its records, and nobody there to build it again."""
    top.installation.kill("scenario")
    partition = partition_of(f"{TENANT}/{DEBTOR}".encode(), PARTITIONS)
    hot_state.ask("DEL", f"{{{top.installation.prefix}.scenario:{partition}}}:h")
    found, = top.look()["partitions"]
    assert (found["worker"], found["partition"], found["state"]) == (
        "scenario", partition, "LOST"), found
    top.installation.start("scenario")
    top.all_at_the_end()


def check_optional(top):
    """Who was never seen here and need not be here is left out; once seen, it counts."""
    slice_of = f"{{{top.installation.prefix}.legal-escalation:0}}"
    hot_state.ask("HSET", f"{slice_of}:s", "base", 0, "seen", 0, "at", 1, "busy", 0, "due", 1)
    said = top.look()
    assert top.maps(said)["legal-escalation", "legal-inbox"] == "x??" and said["stuck"] == PARTITIONS, said
    hot_state.ask("DEL", f"{slice_of}:s")
    assert not top.look()["stuck"]


def check_live(top):
    """Without --once a look a second, until somebody ends it."""
    live = subprocess.Popen(top.command("--json"), stdout=subprocess.PIPE, text=True,
                            env=top.installation.environment)
    looks = [json.loads(live.stdout.readline()) for _ in range(3)]
    live.send_signal(signal.SIGINT)
    live.wait(10)
    assert all(len(look["workers"]) == 8 and not look["stuck"] for look in looks), looks


def main():
    top = Top(sys.argv[1])
    failed = True
    try:
        check_nobody(top)
        top.installation.start_all(["scoring"])
        check_all(top)
        check_one_stands(top)
        check_lost(top)
        check_optional(top)
        check_live(top)
        print("who moves and who stands still is told")
        failed = False
    finally:
        top.installation.close(show_logs=failed)


if __name__ == "__main__":
    main()
