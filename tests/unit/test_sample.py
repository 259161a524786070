#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What relancectl sample makes up: the same on every machine, understood by the contract but for the
records that are wrong on purpose, and with an expectation that its own records bear out.

usage: test_sample.py RELANCECTL
"""
import collections
import datetime
import json
import subprocess
import sys
import unittest

OK, DATA, USAGE = 0, 65, 64
# What `check` cannot know without what was told before.
NEEDS_STATE = {"CONFLICT", "UNKNOWN_OBJECT"}
CODES = {"BAD_AMOUNT", "BAD_CURRENCY", "INCONSISTENT", "MISSING_FIELD", "UNKNOWN_FIELD",
         "WRONG_TYPE", "UNKNOWN_TYPE", "NOT_JSON"}


def run(*arguments, stdin=""):
    return subprocess.run([BINARY, *arguments], input=stdin, capture_output=True, text=True,
                          timeout=120)


def sample(*options):
    done = run("sample", *options)
    assert done.returncode == OK, done.stderr
    return done.stdout


def expected(*options):
    return dict(line.split("=") for line in sample(*options, "--expect").split())


def wrong_lines(text):
    """Number of the line -> code of its dead letter: the first that `check` says."""
    said = run("check", stdin=text).stderr
    found = {}
    for line in said.splitlines():
        place, _, rest = line.removeprefix("relancectl: line ").partition(": ")
        if place.isdigit():
            found.setdefault(int(place), rest.split(": ")[1])
    return found


def cents(text):
    return int(text.replace(".", ""))


class Ledger:
    """What is owed by the records alone, the simple way."""

    def __init__(self, text):
        self.open, self.currency, self.paid = collections.Counter(), {}, {}
        self.first = {}
        wrong = wrong_lines(text)
        for number, line in enumerate(text.splitlines(), 1):
            if number not in wrong:
                event = json.loads(line)
                getattr(self, event["type"].split(".")[2], self.other)(event, event["data"])

    def other(self, event, data):
        pass

    def invoice(self, event, data):
        name = event["creditor"], data["document"]
        if "cancelled" not in event["type"] and name not in self.first:
            self.first[name] = event["id"]
            self.open[name] += cents(data["total"])
            self.currency[name] = data["currency"]

    def opening_item(self, event, data):
        name = event["creditor"], data["document"]
        self.open[name] += cents(data["open"])
        self.currency[name] = data["currency"]

    def take_off(self, creditor, allocations, sign):
        for part in allocations:
            self.open[creditor, part["document"]] -= sign * cents(part["amount"])

    def payment(self, event, data):
        if "reversed" in event["type"]:
            self.take_off(event["creditor"], self.paid[data["payment"]], -1)
        else:
            self.paid[data["payment"]] = data.get("allocations", [])
            self.take_off(event["creditor"], self.paid[data["payment"]], 1)

    def credit_note(self, event, data):
        self.take_off(event["creditor"], data["allocations"], 1)

    def by_currency(self):
        sums = collections.Counter()
        for name, minor in self.open.items():
            sums[self.currency[name]] += minor
        return sums


class Sample(unittest.TestCase):
    def test_the_same_options_give_the_same_bytes_and_another_seed_others(self):
        self.assertEqual(sample(), sample())
        self.assertNotEqual(sample(), sample("--seed", "2"))

    def test_only_what_is_wrong_on_purpose_is_refused(self):
        for options in [], ["--seed", "7", "--debtors", "400"]:
            wrong = collections.Counter(wrong_lines(sample(*options)).values())
            told = expected(*options)
            self.assertEqual(set(wrong), CODES)
            self.assertEqual(int(told["dead_letters"]) - wrong.total(),
                             int(told["dead_letters"]) * len(NEEDS_STATE) // 10)
            self.assertEqual(int(told["quarantined"]),
                             int(told["dead_letters"]) - wrong["NOT_JSON"])

    def test_what_is_expected_is_what_the_records_say(self):
        for options in [], ["--seed", "3"], ["--debtors", "80"], ["--debtors", "500"]:
            told, text = expected(*options), sample(*options)
            ledger = Ledger(text)
            self.assertEqual(int(told["records"]), len(text.splitlines()))
            self.assertEqual(int(told["invoices"]), len(ledger.open))
            self.assertGreaterEqual(min(ledger.open.values()), 0)
            for currency, minor in ledger.by_currency().items():
                self.assertEqual(int(told[f"open_{currency}"]), minor)

    def test_records_are_in_the_order_of_their_delivery_within_the_year(self):
        text = sample("--year", "2024")
        wrong = wrong_lines(text)
        times = [json.loads(line)["time"] for number, line in enumerate(text.splitlines(), 1)
                 if number not in wrong]
        self.assertEqual(times[0][:10], "2024-01-02")
        self.assertTrue(all(time[:4] == "2024" for time in times))
        days = [datetime.date.fromisoformat(time[:10]) for time in times]
        # Billing may be a week behind, and a record may be told again two days later.
        latest = days[0]
        for day in days:
            latest = max(latest, day)
            self.assertLessEqual((latest - day).days, 7)

    def test_every_story_has_a_debtor_even_in_the_smallest_portfolio(self):
        for debtors in "80", "81", "318", "5000":
            told = json.loads(run("--json", "sample", "--stories", "--debtors", debtors).stdout)
            self.assertEqual(sum(story["debtors"] for story in told["stories"]), int(debtors))
            self.assertTrue(all(story["debtors"] > 0 for story in told["stories"]))
            self.assertEqual(len({story["one"] for story in told["stories"]}),
                             len(told["stories"]))

    def test_each_story_says_in_a_sentence_what_it_is(self):
        told = json.loads(run("--json", "sample", "--stories").stdout)["stories"]
        for story in told:
            self.assertRegex(story["tells"], r"^[A-Z][^\n]+\.$", story["story"])
            self.assertEqual(len(story["keys"]), story["debtors"])
        names = " ".join(story["story"] + story["tells"] for story in told)
        for wanted in ("Good", "late", "disputes", "breaks promises", "pays in parts", "insolvent",
                       "Duplicated", "Wrong", "buys from two sellers"):
            self.assertIn(wanted, names)

    def test_a_debtor_named_for_its_story_tells_it(self):
        text = sample("--tenant", "other")
        told = json.loads(run("--json", "sample", "--stories", "--tenant", "other").stdout)
        one = {story["story"]: story["one"] for story in told["stories"]}
        types = collections.defaultdict(collections.Counter)
        people = set()
        for number, line in enumerate(text.splitlines(), 1):
            if number not in wrong_lines_of(text):
                event = json.loads(line)
                debtor = f'{event["tenant"]}/{event["debtor"]}'
                types[debtor][event["type"].removeprefix("io.relance.").removesuffix(".v1")] += 1
                if event.get("naturalperson"):
                    people.add(debtor)
        self.assertTrue(types[one["breaks promises"]]["promise.made"])
        self.assertTrue(types[one["disputes and forgets"]]["dispute.opened"])
        self.assertFalse(types[one["disputes and forgets"]]["dispute.resolved"])
        self.assertTrue(types[one["direct debit bounces"]]["payment.reversed"])
        self.assertTrue(types[one["on hold until lifted"]]["hold.lifted"])
        self.assertFalse(types[one["no address"]]["contact.upserted"])
        self.assertFalse(types[one["never pays"]]["payment.received"])
        self.assertEqual(types[one["buys from two sellers"]]["account.upserted"], 2)
        self.assertEqual(types[one["insolvent"]]["debtor.upserted"], 2)
        self.assertIn(one["natural person"], people)
        self.assertNotIn(one["late"], people)

    def test_an_option_out_of_range_is_told(self):
        for option, value in ("--debtors", "79"), ("--debtors", "20001"), ("--year", "1999"):
            done = run("sample", option, value)
            self.assertEqual(done.returncode, USAGE)
            self.assertIn(option.removeprefix("--"), done.stderr)


WRONG = {}


def wrong_lines_of(text):
    if text not in WRONG:
        WRONG[text] = set(wrong_lines(text))
    return WRONG[text]


if __name__ == "__main__":
    BINARY = sys.argv.pop(1)
    unittest.main()
