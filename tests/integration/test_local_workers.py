#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Whoever has events and nothing else: one command starts all workers on the local stack, a file that is
sent is answered event by event, and one command stops them. On a stack of its own.

usage: test_local_workers.py BUILD SOURCE_FOLDER
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))

from stack import Stack

BUILD, SOURCE = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
WORKERS = ["ingest", "scenario", "scoring", "legal-escalation", "notifier", "audit"]
OWN_TOPIC = "erp.events"
LIMIT_S = 300


def first_of_free_ports():
    """Of a row that is long enough: that of a stack and the one behind it."""
    return subprocess.run(
        ["bash", "-c", f"source {SOURCE}/deploy/local/ports.sh; while :; do p=$(free_ports | head -n 1);"
         "p=${p#*=}; port_is_taken $((p + 5)) || break; done; echo $p"],
        check=True, capture_output=True, text=True).stdout.strip()


def workers(*arguments):
    return subprocess.run([SOURCE / "deploy/local/workers.sh", *arguments], text=True, check=False,
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT_S)


class LocalWorkers(unittest.TestCase):
    def setUp(self):
        self.assertEqual(self.up().returncode, 0, self.said.stdout + self.said.stderr)

    def tearDown(self):
        workers("down")

    def up(self):
        self.said = workers("up", "--build", BUILD, "--source", OWN_TOPIC, "--port", first_of_free_ports())
        return self.said

    def relancectl(self, *arguments, text=None):
        folder = os.environ["RELANCE_LOCAL_DIR"]
        return subprocess.run(["bash", "-c", f'source {folder}/workers/env && relancectl "$@"', "relancectl",
                               *arguments], input=text, text=True, capture_output=True, timeout=LIMIT_S,
                              check=False)

    def send(self, debtor):
        """The example, its mistake corrected, as events of this debtor."""
        events = (SOURCE / "deploy/try/events.jsonl").read_text().replace("400,00", "400.00") \
            .replace("C-20001", debtor).replace('"id":"', f'"id":"{debtor}-')
        return self.relancectl("send", "-", "--topic", OWN_TOPIC, "--wait", text=events)

    def test_events_sent_to_a_topic_of_ones_own_are_accepted_by_workers_that_one_command_started(self):
        for worker in WORKERS:
            self.assertRegex(self.said.stdout, rf"(?m)^{worker} +ready, pid ")
        self.assertIn(f"relancectl send FILE.jsonl --topic {OWN_TOPIC} --wait", self.said.stdout)
        sent = self.send("C-1")
        self.assertEqual((sent.returncode, sent.stdout.splitlines()[-1]), (0, "4 accepted"),
                         sent.stdout + sent.stderr)

    def test_running_workers_are_not_started_again(self):
        again = self.up()
        self.assertEqual(again.returncode, 1)
        self.assertRegex(again.stderr, "ingest of this stack runs already .pid [0-9]+.; .* 'workers.sh down'")
        self.assertEqual(workers("status").returncode, 0)

    def test_stopped_workers_go_on_where_they_were(self):
        self.assertIn("4 accepted", self.send("C-2").stdout)
        self.assertEqual(workers("down").returncode, 0)
        status = workers("status")
        self.assertEqual(status.returncode, 1)
        self.assertEqual(status.stdout.count(" stopped\n"), len(WORKERS))
        self.assertEqual(self.up().returncode, 0, self.said.stderr)
        self.assertIn("4 said before", self.send("C-2").stdout)

    def test_a_worker_that_cannot_start_is_named_and_none_is_left_behind(self):
        workers("down")
        with tempfile.TemporaryDirectory() as build:
            for program in BUILD.glob("services/*/relance*"):
                copy = pathlib.Path(build) / program.relative_to(BUILD)
                copy.parent.mkdir(parents=True, exist_ok=True)
                if program.name == "relance-notifier":
                    program = pathlib.Path("/bin/false")
                if program.is_file():
                    copy.symlink_to(program)
            failed = workers("up", "--build", build, "--source", OWN_TOPIC, "--port", first_of_free_ports())
        self.assertEqual(failed.returncode, 1)
        self.assertIn("notifier ended while it started", failed.stderr)
        self.assertEqual(workers("status").stdout.count(" stopped\n"), len(WORKERS))

    def test_a_name_that_can_be_no_topic_is_refused(self):
        failed = workers("up", "--build", BUILD, "--source", "erp events")
        self.assertEqual((failed.returncode, failed.stderr),
                         (1, "workers.sh: 'erp events' cannot be the name of a topic\n"))

    def test_ingest_with_the_log_in_of_another_worker_ends_before_the_first_record(self):
        environment = dict(
            os.environ, RELANCE_HTTP_LISTEN="", RELANCE_INGEST_SOURCES=f"{OWN_TOPIC} start=earliest",
            RELANCE_INGEST_TENANTS="acme", RELANCE_INSTALLATION_NAME="other",
            RELANCE_KEYS_TENANTS=f"{os.environ['RELANCE_LOCAL_DIR']}/tenant-keys")
        with open(f"{environment['RELANCE_LOCAL_DIR']}/env", encoding="utf-8") as file:
            environment.update(line.strip().removeprefix("export ").split("=", 1) for line in file
                               if line.startswith("export "))
        ended = subprocess.run([BUILD / "services/ingest/relance-ingest"], env=environment, text=True,
                               capture_output=True, timeout=LIMIT_S, check=False)
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn("role relance_audit may not read data_key: log in as relance_keys ",
                      ended.stderr)


if __name__ == "__main__":
    with Stack("workers-stack"):
        done = unittest.main(argv=sys.argv[:1], verbosity=2, exit=False)
        if not done.result.wasSuccessful():
            sys.exit(1)
