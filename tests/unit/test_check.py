#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What relancectl check says of events before anybody sends them: every worked example of the contract is
fine, however it is laid out; each wrong one is told with its line, its place and what to do.

usage: test_check.py RELANCECTL SOURCE_FOLDER
"""
import json
import pathlib
import re
import subprocess
import sys
import unittest

OK, FOUND, DATA, NOT_THERE = 0, 1, 65, 66


def check(text, *arguments):
    done = subprocess.run([BINARY, "--json", "check", *arguments], input=text, capture_output=True,
                          timeout=60)
    return done.returncode, json.loads(done.stdout)


def examples():
    """The whole events among the examples of the contract."""
    text = (SOURCE / "proto/README.md").read_text()
    found = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", text, re.S)]
    return [event for event in found if "specversion" in event]


def lines(*events):
    return "".join(json.dumps(event) + "\n" for event in events).encode()


class Check(unittest.TestCase):
    def test_every_example_of_the_contract_is_fine_on_a_line_of_its_own(self):
        code, said = check(lines(*examples()))
        self.assertEqual((code, said["wrong"], said["faults"]), (OK, 0, []))
        self.assertEqual(said["events"], len(examples()))
        self.assertGreater(said["events"], 0)

    def test_an_event_may_be_laid_out_over_lines_and_blank_lines_count_for_nothing(self):
        text = "\n\n".join(json.dumps(event, indent=indent) for event in examples()
                           for indent in (2, None))
        for end in ("\n", "\r\n"):
            code, said = check(text.replace("\n", end).encode())
            self.assertEqual((code, said["events"]), (OK, 2 * len(examples())), said)

    def test_a_wrong_event_is_told_with_line_place_and_remedy(self):
        event = examples()[0]
        wrong = dict(event, data=dict(event["data"], total="1.200,00"))
        code, said = check(lines(event, wrong) + json.dumps(wrong, indent=1).encode())
        self.assertEqual((code, said["events"], said["wrong"]), (DATA, 3, 2))
        self.assertEqual([(f["line"], f["path"], f["code"]) for f in said["faults"]],
                         [(2, "data.total", "BAD_AMOUNT"), (3, "data.total", "BAD_AMOUNT")])
        self.assertTrue(all(f["remedy"] for f in said["faults"]))

    def test_all_that_is_wrong_with_an_event_is_told_at_once(self):
        event = examples()[0]
        data = dict(event["data"], currency="EURO", due_on="1.4.2026", totl="1.00", color="red")
        data.pop("document")
        wrong = dict(event, time="yesterday", data=data)
        wrong.pop("specversion")
        _, said = check(lines(wrong, event))
        self.assertEqual(sorted((f["line"], f["path"], f["code"]) for f in said["faults"]), [
            (1, "data.color", "UNKNOWN_FIELD"), (1, "data.currency", "BAD_CURRENCY"),
            (1, "data.document", "MISSING_FIELD"), (1, "data.due_on", "BAD_DATE"),
            (1, "data.totl", "UNKNOWN_FIELD"), (1, "specversion", "MISSING_FIELD"),
            (1, "time", "BAD_DATE")], said)
        self.assertEqual(said["wrong"], 1)

    def test_what_follows_from_a_fault_is_no_other(self):
        event = next(e for e in examples() if "channels" in e["data"])
        for channel in ("PIGEON", None):
            channels = [dict(event["data"]["channels"][0], channel=channel)]
            _, said = check(lines(dict(event, data=dict(event["data"], channels=channels))))
            self.assertEqual([f["path"] for f in said["faults"]], ["data.channels[0].channel"])
        command = next(e for e in examples() if e["data"].get("kind") == "WRITE_OFF")
        _, said = check(lines(dict(command, data=dict(command["data"], kind="WRITE_OF"))))
        self.assertEqual([f["path"] for f in said["faults"]], ["data.kind"])

    def test_a_member_that_does_not_exist_is_named_with_what_was_probably_meant(self):
        event = examples()[0]
        _, said = check(lines(dict(event, data=dict(event["data"], totl="1.00"))))
        fault, = said["faults"]
        self.assertEqual(fault["path"], "data.totl")
        self.assertIn("'total'", fault["remedy"])

    def test_what_is_no_json_does_not_hide_the_events_around_it(self):
        event = lines(examples()[0])
        for wrong in (b"garbage\n", b'{"specversion":\n', b"]\n", b'{"a":1}}\n', b"\xff\n",
                      b'{"a":"\0"\n'):
            code, said = check(event + wrong + event)
            self.assertEqual((code, said["events"], said["wrong"]), (DATA, 3, 1), wrong)
            self.assertEqual(said["faults"][0]["line"], 2, wrong)

    def test_a_record_that_is_too_large_is_told_like_ingest_would(self):
        event = dict(examples()[0], subject="x" * 900_000)
        _, said = check(lines(event))
        self.assertEqual([f["code"] for f in said["faults"]], ["TOO_LARGE"])

    def test_of_many_wrong_events_all_are_counted_and_the_first_are_listed(self):
        _, said = check(b"no\n" * 70)
        self.assertEqual((said["wrong"], len(said["faults"])), (70, 50))

    def test_a_creditor_that_the_bundle_does_not_describe_is_told_where_a_bundle_is_named(self):
        event = dict(examples()[0], creditor="ACME-FR")
        bundle = ["--bundle", str(SOURCE / "deploy/bundles/demo")]
        unknown = dict(event, creditor="NOPE")
        self.assertEqual(check(lines(unknown))[0], OK)
        code, said = check(lines(event), *bundle)
        self.assertEqual((code, said["unknown_creditors"]), (OK, []))
        code, said = check(lines(event, unknown, unknown), *bundle)
        self.assertEqual((code, said["wrong"], said["unknown_creditors"]),
                         (FOUND, 0, [{"creditor": "NOPE", "line": 2, "events": 2}]))
        wrong = dict(unknown, time="noon")
        self.assertEqual(check(lines(event, wrong), *bundle)[0], DATA)
        self.assertEqual(check(lines(event), "--bundle", "/nowhere")[0], DATA)

    def test_a_file_without_events_and_a_file_that_is_not_there_are_told_apart(self):
        self.assertEqual(check(b"\n \n")[0], DATA)
        self.assertEqual(check(b"", "/nowhere.jsonl")[0], NOT_THERE)

    def test_the_lines_for_people_say_the_same(self):
        done = subprocess.run([BINARY, "check"], input=b"no\n", capture_output=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr.decode()), (
            DATA, "relancectl: line 1: NOT_JSON: Send one whole JSON object.\n"))
        self.assertEqual(done.stdout, b"1 of 1 events is wrong\n")


    def test_the_example_of_the_readme_is_what_is_said(self):
        done = subprocess.run([BINARY, "check", "deploy/try/events.jsonl"], cwd=SOURCE, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
        said = sorted(done.stdout.splitlines())
        shown = (SOURCE / "README.md").read_text().split("$ relancectl check deploy/try/events.jsonl\n")
        self.assertEqual(sorted(shown[1].split("\n$ ")[0].splitlines()), said)


if __name__ == "__main__":
    BINARY, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
    unittest.main(argv=sys.argv[:1])
