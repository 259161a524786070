#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The year of the demonstration in one process: everything that must come of it does, it says the
same when it is lived through again, and what is wrong is said to be.

usage: test_year.py RELANCE-EMBEDDED RELANCECTL REPOSITORY
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

EMBEDDED, RELANCECTL, REPOSITORY = (pathlib.Path(one) for one in sys.argv[1:4])


class Year(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.key(cls.folder / "acme.key", "0123456789abcdef")
        cls.events = cls.folder / "events.jsonl"
        subprocess.run([RELANCECTL, "sample", "--out", cls.events], check=True)
        cls.expect = cls.folder / "expect"
        cls.expect.write_bytes(
            subprocess.run([RELANCECTL, "sample", "--expect"], check=True, capture_output=True).stdout)
        cls.first = cls.live("--whole", "--expect", cls.expect, "--mails", cls.folder / "mails",
                             "--out", cls.folder / "topics")

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    @staticmethod
    def key(path, digits):
        path.touch(mode=0o600)
        path.write_text(digits * 8)

    @classmethod
    def live(cls, *options, last_day="2025-12-31"):
        return subprocess.run(
            [EMBEDDED, cls.events, "--bundle", REPOSITORY / "deploy/bundles/demo", "--tenant",
             "acme", "--tenant-keys", cls.folder, "--to", last_day, *options],
            capture_output=True, text=True)

    def number(self, what):
        return int(re.search(rf"^ *{re.escape(what)} +(\d+)$", self.first.stdout, re.M)[1])

    def test_everything_that_must_come_of_it_does(self):
        self.assertEqual(self.first.returncode, 0, self.first.stdout + self.first.stderr)
        self.assertNotIn(": WRONG", self.first.stdout)

    def test_what_is_owed_is_said_in_units_and_held_against_cents(self):
        wanted = dict(line.split("=") for line in self.expect.read_text().split())
        for currency in ("EUR", "GBP"):
            said = re.search(rf"^  still owed, {currency} +([0-9,]+\.\d\d)$", self.first.stdout, re.M)[1]
            self.assertEqual(re.sub("[,.]", "", said), wanted[f"open_{currency}"])
        (self.folder / "more").write_text(f'open_EUR={int(wanted["open_EUR"]) + 1}\n')
        done = self.live("--expect", self.folder / "more")
        self.assertEqual((done.returncode, done.stdout.count(": WRONG")), (1, 1))

    def test_the_command_of_the_readme_lives_through_the_same_year(self):
        """What that is, the excerpt in the main README says."""
        said = (REPOSITORY / "services/embedded/README.md").read_text(encoding="utf-8")
        options = re.search(r"--begin \S+", said).group().split()
        numbers = (REPOSITORY / "README.md").read_text(encoding="utf-8")
        done = self.live(*options)
        for what in ("asked for", "opened", "reasons written down"):
            wanted = re.search(rf"^ *{what} +(\d+)$", numbers, re.M)[0]
            self.assertIn(wanted, done.stdout)

    def test_most_steps_are_acted_on_and_many_reasons_keep_others_silent(self):
        share = self.number("acted") / self.number("opened")
        self.assertTrue(0.4 <= share <= 0.9, share)
        silences = self.first.stdout.split("Silences, by reason\n")[1].split("\nStep instances")[0]
        self.assertGreaterEqual(len(silences.splitlines()) - 1, 10)

    def test_every_mail_is_a_file_and_every_fact_a_line(self):
        mails = list((self.folder / "mails").glob("*.eml"))
        self.assertEqual(len(mails), self.number("mails that left"))
        topics = self.folder / "topics"
        records = sum(len(topic.read_text().splitlines())
                      for topic in [topics / "debtor-facts.jsonl", *topics.glob("*.audit.jsonl")])
        self.assertEqual(records, self.number("records"))

    def test_the_same_year_comes_to_the_same(self):
        again = self.live()
        said = [text.rsplit("\n", 2)[0] for text in (self.first.stdout, again.stdout)]
        self.assertEqual(said[0], said[1])

    def test_what_comes_out_otherwise_is_wrong(self):
        wrong = self.folder / "wrong"
        wrong.write_text("invoices=1\n")
        done = self.live("--expect", wrong, last_day="2025-03-01")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout.count(": WRONG"), 1)
        self.assertRegex(done.stdout, r"invoices +\d+, and not 1: WRONG")

    def small(self, *options, event):
        """A file of somebody's own: one invoice, and nobody to write to."""
        events = self.folder / "small.jsonl"
        events.write_text(event)
        return subprocess.run(
            [EMBEDDED, events, "--bundle", REPOSITORY / "deploy/bundles/demo", "--tenant", "acme",
             "--tenant-keys", self.folder, *options], capture_output=True, text=True)

    @staticmethod
    def invoice(**data):
        return json.dumps(
            {"specversion": "1.0", "type": "io.relance.invoice.issued.v1", "id": "e-1",
             "source": "erp", "time": "2025-03-01T09:00:00Z", "tenant": "acme", "debtor": "C-1",
             "creditor": "acme-fr",
             "data": dict({"document": "F-1", "currency": "EUR", "total": "10.00",
                           "issued_on": "2025-03-01", "due_on": "2025-03-31"}, **data)}) + "\n"

    def test_a_small_file_without_mistakes_is_fine_and_whole_wants_some_of_everything(self):
        done = self.small(event=self.invoice())
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        done = self.small("--whole", event=self.invoice())
        self.assertEqual(done.returncode, 1)
        self.assertIn("WRONG, there must be some", done.stdout)

    def test_a_dead_letter_is_wrong_where_none_is_wanted(self):
        wrong = self.invoice(total="1,00")
        self.assertEqual(self.small(event=wrong).returncode, 0)
        done = self.small("--no-dead-letters", event=wrong)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r"dead letters +1, and not 0: WRONG")
        self.assertEqual(self.small("--no-dead-letters", event=self.invoice()).returncode, 0)

    def test_what_nothing_is_counted_under_cannot_be_expected(self):
        expect = self.folder / "unknown"
        for line, name in (("dead letters=0", "dead letters"), ("foo_bar=7", "foo_bar"),
                           ("open_euro=1", "open_euro")):
            expect.write_text(f"invoices=1\n{line}\n")
            done = self.small("--expect", expect, event=self.invoice())
            self.assertEqual((done.returncode, done.stdout), (65, ""), line)
            self.assertIn(f"line 2: nothing is counted as '{name}'", done.stderr)
            self.assertIn("dead_letters", done.stderr)

    def test_a_currency_that_nobody_owes_is_expected_too(self):
        expect = self.folder / "owed"
        for line, code in (("open_EUR=1000", 0), ("open_USD=0", 0), ("open_USD=5", 1)):
            expect.write_text(line + "\n")
            self.assertEqual(self.small("--expect", expect, event=self.invoice()).returncode, code,
                             line)

    def test_a_folder_that_is_there_is_left_alone(self):
        for option, name in (("--mails", "mails"), ("--out", "topics")):
            done = self.live(option, self.folder / name)
            self.assertEqual(done.returncode, 65)
            self.assertIn("cannot make the folder", done.stderr)

    def test_a_wrong_command_line_says_what_is_wrong(self):
        for options, words in ((["--to", "tomorrow"], "--to is a date"),
                               (["--partitions", "0"], "from 1 to 64"),
                               (["--tenant", "a/b"], "--tenant is an identifier"),
                               (["--begin", "2025"], "RFC 3339")):
            done = self.live(*options)
            self.assertEqual((done.returncode, done.stdout), (64, ""), options)
            self.assertIn(words, done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
