#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A model is trained the same way twice, sees nothing that comes later, and is rated alike by C.

usage: test_training.py SCORE_TOOL [LEDGER.csv [FIELD=NAME]...]

Without a ledger one is made up. tests/support/score_tool.c takes facts through the profiles of the
worker's core; training/ has the same rules in Python. Both must give the same whole numbers.
"""
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

TRAINING = pathlib.Path(__file__).parents[2] / "services/scoring/training"
sys.path.insert(0, str(TRAINING))
import ledger
import score
import scorecard
import train

TOOL, LEDGER, COLUMNS = sys.argv[1], sys.argv[2:3], sys.argv[3:]
SEED = 7


def python(script, *arguments):
    done = subprocess.run([sys.executable, TRAINING / script, *arguments], check=True,
                          capture_output=True, text=True)
    return done.stdout


class Training(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = pathlib.Path(cls.folder.name)
        if LEDGER:
            cls.csv = LEDGER[0]
        else:
            cls.csv = cls.path / "ledger.csv"
            python("sample.py", cls.csv, "--debtors", "50")
        cls.columns = [f"--column={column}" for column in COLUMNS]
        cls.printed = python("train.py", cls.csv, "--output", cls.path / "model.yaml", *cls.columns)
        cls.text = (cls.path / "model.yaml").read_text()
        cls.model = scorecard.read(cls.text)
        cls.rows = ledger.read(cls.csv, ledger.columns_of(COLUMNS))
        cls.known = ledger.at_issue(cls.rows)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_the_same_ledger_gives_the_same_file(self):
        python("train.py", self.csv, "--output", self.path / "again.yaml", *self.columns)
        self.assertEqual((self.path / "again.yaml").read_text(), self.text)

    def test_the_evaluation_is_printed_and_better_than_a_guess(self):
        said = dict(line.rsplit(" ", 1) for line in self.printed.splitlines()
                    if line.startswith(("AUC", "Brier", "days off")))
        late = sum(row.paid_on > row.due_on for row in self.rows) / len(self.rows)
        self.assertGreater(float(said["AUC late"]), 0.7)
        self.assertLess(float(said["Brier"]), late * (1 - late))
        self.assertIn("days off", said)

    def test_a_file_that_is_read_and_written_is_the_same(self):
        self.assertEqual(scorecard.write(self.model), self.text)

    def test_what_comes_after_its_issue_does_not_move_a_score(self):
        """Ten days: everything later is changed or taken away, nothing issued by then moves."""
        source = random.Random(SEED)
        for day in sorted(source.sample(sorted({row.issued_on for row in self.rows}), 10)):
            kept = [row for row in self.rows if row.issued_on <= day or source.random() < 0.5]
            changed = [row if row.paid_on < day else
                       row._replace(paid_on=day + source.randint(0, 400)) for row in kept]
            wanted = [values for row, values in zip(self.rows, self.known) if row.issued_on <= day]
            found = [values for row, values in zip(changed, ledger.at_issue(changed))
                     if row.issued_on <= day]
            self.assertEqual(found, wanted)

    def test_an_invoice_is_scored_on_its_day_as_it_was_known(self):
        for (late_ppm, days), values in zip(score.score(self.model, self.rows), self.known):
            self.assertEqual((late_ppm, days), scorecard.rate(self.model, values))

    def test_the_worker_gives_the_same_whole_numbers(self):
        entries = []
        for number, row in enumerate(self.rows):
            head = f"{number} {row.debtor} {row.currency[:3] or '-'} {row.amount}"
            entries.append((row.debtor, row.issued_on, 0, number,
                            f"issue {head} {row.issued_on} {row.due_on}"))
            entries.append((row.debtor, max(row.paid_on, row.issued_on), 1, number,
                            f"pay {head} {row.paid_on} {row.due_on}"))
        done = subprocess.run([TOOL, self.path / "model.yaml"], check=True, text=True,
                              capture_output=True,
                              input="\n".join(entry[-1] for entry in sorted(entries)) + "\n")
        found = {}
        for line in done.stdout.splitlines():
            number, late_ppm, days = map(int, line.split())
            found[number] = (late_ppm, days)
        wanted = {number: scorecard.rate(self.model, values) for number, values in enumerate(self.known)}
        self.assertGreater(len(wanted), 2000)
        self.assertEqual(found, wanted)

    def test_the_table_of_probabilities_is_the_one_of_the_core(self):
        core = (TRAINING.parent / "core/scorecard.c").read_text()
        numbers = core.split("SIGMOID[] = {")[1].split("}")[0]
        self.assertEqual([int(number) for number in numbers.replace(",", " ").split()],
                         scorecard.SIGMOID)

    def test_a_ledger_that_cannot_be_read_says_where_and_what_to_do(self):
        bad = self.path / "bad.csv"
        bad.write_text("customer,amount,issued_on,due_on,paid_on\nX,1,2025-01-01,2025-02-01,\n")
        for arguments, words in (([], ["no column 'debtor'", "--column debtor=NAME"]),
                                 (["--column", "debitor=customer"], ["FIELD=NAME"]),
                                 (["--column", "debtor=customer"], ["too few to learn from"])):
            done = subprocess.run([sys.executable, TRAINING / "train.py", bad, "--output",
                                   self.path / "none.yaml", *arguments],
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, 1)
            for word in words:
                self.assertIn(word, done.stderr)
            self.assertFalse((self.path / "none.yaml").exists())

    def test_too_few_invoices_are_refused(self):
        with self.assertRaises(SystemExit) as refused:
            train.train(self.rows[:50], self.known[:50], 10 ** 6, "x", "x")
        self.assertIn("too few", str(refused.exception))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
