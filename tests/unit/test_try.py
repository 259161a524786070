#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What relancectl try says of an aged balance, against the same worked out here without a line of
its code: sums and ages, interest and fixed sum, what reaches a step in the next days, what is dirty.

usage: test_try.py RELANCECTL SOURCE_FOLDER BUILD_TYPE
"""
import collections
import csv
import datetime
import json
import os
import pathlib
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import unittest

FINE, DIRTY, USAGE, DATA = 0, 1, 64, 65
DAYS = 14
STEPS = {"first": 3, "second": 10, "third": 40}  # of tests/ledger/bundle: each day, no cap
SECONDS_MAX = 2
CENT = 100

# Percent of a year, in hundredths: ECB + 10 points in force on the half-year's first day.
FRENCH = {(2020, 1): 1000, (2025, 1): 1315, (2025, 2): 1215, (2026, 1): 1215}

MAPPING = """\
format: { date: "YYYY-MM-DD" }
columns: { issued: date, due: date, open: amount }
events:
  - type: opening_item.entered
    id: "open-{number}"
    source: ledger
    time: "2026-01-01T00:00:00Z"
    tenant: acme
    debtor: "{customer}"
    creditor: "{entity}"
    data:
      document: "{number}"
      currency: "{currency}"
      total: "{open}"
      open: "{open}"
      issued_on: "{issued}"
      due_on: "{due}"
"""
HEADER = ["customer", "entity", "number", "issued", "due", "open", "currency"]
CONTACT = """\
  - type: contact.upserted
    once: "{customer}"
    id: "contact-{customer}"
    source: ledger
    time: "2026-01-01T00:00:00Z"
    tenant: acme
    debtor: "{customer}"
    data: { contact: "1", roles: [BILLING], channels: [ { channel: EMAIL, address: "{mail}" } ] }
"""
PARTY = """\
  - type: debtor.upserted
    once: "{customer}"
    id: "debtor-{customer}"
    source: ledger
    time: "2026-01-01T00:00:00Z"
    tenant: acme
    debtor: "{customer}"
    data: { kind: "{kind}", country: FR, zone: Europe/Paris, language: fr, name: "Name" }
"""
PAYMENT = """\
  - type: payment.received
    id: "payment-{number}"
    source: ledger
    time: "2026-01-01T00:00:00Z"
    tenant: acme
    debtor: "{customer}"
    creditor: "{entity}"
    data: { payment: "{number}", currency: EUR, amount: "{open}", received_on: "{due}" }
"""


def day(text):
    return datetime.date.fromisoformat(text)


def minor(text):
    units, _, cents = text.partition(".")
    return int(units) * CENT + int((cents + "00")[:2])


def half_up(numerator, denominator):
    return (2 * numerator + denominator) // (2 * denominator)


def french_interest(cents, due, on):
    """Day by day, each with the rate of its half-year; rounded once."""
    hundredths = sum(FRENCH[(due + datetime.timedelta(n)).year,
                            1 if (due + datetime.timedelta(n)).month < 7 else 2]
                     for n in range(1, (on - due).days + 1))
    return half_up(cents * hundredths, 365 * 100 * 100)


def age(due, on):
    late = (on - due).days
    for limit, word in ((0, "not due yet"), (30, "1 to 30 days"), (60, "31 to 60 days"),
                        (90, "61 to 90 days")):
        if late <= limit:
            return word
    return "over 90 days"


def reached(due, on):
    """The steps whose day lies among the next days, and on which."""
    for name, offset in STEPS.items():
        at = due + datetime.timedelta(offset)
        if on <= at < on + datetime.timedelta(DAYS):
            yield name, at


def amounts(rows):
    """Of objects with an amount: cents by currency."""
    return {row["currency"]: minor(row["amount"]) for row in rows if "amount" in row}


class Balance(unittest.TestCase):
    def look(self, rows, *options, mapping=MAPPING, header=None, delimiter=","):
        """Looks at rows from a folder in which nothing may appear."""
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            with open(folder / "open.csv", "w", newline="", encoding="utf-8") as file:
                csv.writer(file, delimiter=delimiter).writerows([header or HEADER, *rows])
            (folder / "mapping.yaml").write_text(mapping)
            done = run(folder / "open.csv", "--mapping", folder / "mapping.yaml", *options,
                       folder=folder)
            self.assertEqual(sorted(os.listdir(folder)), ["mapping.yaml", "open.csv"])
        return done

    def found(self, rows, *options, code=FINE, **how):
        done = self.look(rows, *options, "--json", **how)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def kinds(self, found):
        return [(row["line"], row.get("column"), row["kind"])
                for row in found["problems"]["rows"]]


def run(path, *options, folder=None):
    """Without environment and configuration: nothing says where a server could be."""
    return subprocess.run([BINARY, "try", path, *options], capture_output=True, text=True,
                          timeout=60, env={}, cwd=folder)


def item(number, due, cents=10000, customer="C-1", currency="EUR", issued="2025-01-01", entity="A"):
    return [customer, entity, number, issued, due, f"{cents // CENT}.{cents % CENT:02}", currency]


class Sums(Balance):
    def test_each_currency_has_its_own_subtotal(self):
        found = self.found([item("1", "2026-03-01", 100), item("2", "2026-03-01", 250),
                            item("3", "2026-03-01", 700, currency="USD")], "--on", "2026-03-31")
        self.assertEqual(amounts(found["subtotals"]), {"EUR": 350, "USD": 700})

    def test_a_due_date_is_not_late_on_its_own_day(self):
        found = self.found([item("1", "2026-03-31"), item("2", "2026-03-30")], "--on", "2026-03-31")
        self.assertEqual(found["overdue_items"], 1)
        ages = {row["age"]: row["items"] for row in found["subtotals"][0]["ages"]}
        self.assertEqual((ages["not due yet"], ages["1 to 30 days"]), (1, 1))

    def test_an_age_ends_with_its_last_day(self):
        on = day("2026-03-31")
        rows = [item(str(late), (on - datetime.timedelta(late)).isoformat())
                for late in (30, 31, 60, 61, 90, 91)]
        ages = [row["items"] for row in self.found(rows, "--on", "2026-03-31")["subtotals"][0]["ages"]]
        self.assertEqual(ages, [0, 1, 2, 2, 1, 0])

    def test_a_debtor_that_is_late_in_two_currencies_is_one_debtor(self):
        found = self.found([item("1", "2026-03-01"), item("2", "2026-03-01", currency="USD")],
                           "--on", "2026-03-31")
        self.assertEqual(found["overdue_debtors"], 1)
        self.assertEqual([row["overdue"]["debtors"] for row in found["subtotals"]], [1, 1])

    def test_people_get_one_screen_and_a_picture(self):
        done = self.look([item("1", "2026-03-01", 123456789)], "--on", "2026-03-31")
        self.assertEqual(done.returncode, FINE)
        self.assertIn("EUR 1,234,567.89 in 1 item", done.stdout)
        self.assertIn("1,234,567.89        1  " + "#" * 30 + "\n", done.stdout)
        self.assertIn("Nothing was sent", done.stdout)
        self.assertLess(done.stdout.count("\n"), 40)


class Law(Balance):
    ROWS = [item("1", "2026-01-01", 100000), item("2", "2026-01-01", 100000, currency="USD")]

    def law(self, *options, rows=None, **how):
        found = self.found(rows or self.ROWS, "--on", "2026-03-31", *options, **how)
        return found, {row["currency"]: row for row in found["subtotals"]}

    def test_without_a_word_french_law_holds_for_euros_and_nothing_is_guessed_for_dollars(self):
        found, by_currency = self.law()
        self.assertEqual(minor(by_currency["EUR"]["interest"]["amount"]),
                         french_interest(100000, day("2026-01-01"), day("2026-03-31")))
        self.assertEqual(by_currency["USD"]["interest"]["items"], 0)
        self.assertEqual(by_currency["USD"]["without_law"], 1)
        self.assertEqual(amounts(found["law"]["indemnity"]), {"EUR": 4000})
        self.assertIn("no law is named for them", self.look(self.ROWS, "--on", "2026-03-31").stdout)

    def test_a_law_that_is_named_holds_in_every_currency_and_the_fixed_sum_stays_in_its_own(self):
        found, by_currency = self.law("--law", "FR")
        self.assertEqual(minor(by_currency["USD"]["interest"]["amount"]),
                         french_interest(100000, day("2026-01-01"), day("2026-03-31")))
        self.assertEqual(amounts(found["law"]["indemnity"]), {"EUR": 8000})

    def test_no_law_adds_nothing(self):
        found, by_currency = self.law("--law", "none")
        self.assertEqual(by_currency["EUR"]["without_law"], 1)
        self.assertEqual(found["law"]["indemnity"], [])

    def test_a_law_whose_rates_nobody_knows_is_refused(self):
        self.assertEqual(self.look(self.ROWS, "--law", "US").returncode, USAGE)

    def test_a_british_sum_needs_an_amount_in_pounds(self):
        rows = [item("1", "2026-01-01", 100000, currency="GBP"), item("2", "2026-01-01")]
        found, by_currency = self.law("--law", "GB", rows=rows)
        self.assertEqual(amounts(found["law"]["indemnity"]), {"GBP": 7000})
        self.assertEqual(by_currency["EUR"]["without_indemnity"], 1)

    def test_days_whose_rate_is_not_published_bring_nothing_and_are_said(self):
        rows = [item("1", "2026-06-01", 100000)]
        known = self.found(rows, "--on", "2026-06-30")
        later = self.found(rows, "--on", "2026-08-15")
        self.assertEqual(later["subtotals"][0]["interest"], known["subtotals"][0]["interest"])
        self.assertEqual(known["subtotals"][0]["without_rate"], 0)
        self.assertEqual(later["subtotals"][0]["without_rate"], 1)
        self.assertEqual(later["law"]["rate_unknown_from"], "2026-07-01")

    def test_a_public_body_pays_by_its_own_law_and_a_consumer_by_none(self):
        rows = [item(kind, "2026-01-01", 100000, customer=kind) +
                [kind, str(kind == "CONSUMER").lower()]
                for kind in ("PUBLIC_BODY", "COMPANY", "CONSUMER")]
        mapping = (MAPPING + PARTY).replace('    tenant: acme\n', '    tenant: acme\n'
                                            '    naturalperson: "{natural}"\n')
        found, by_currency = self.law(rows=rows, mapping=mapping,
                                      header=HEADER + ["kind", "natural"])
        company = half_up(100000 * 1215 * 89, 365 * 10000)
        public = half_up(100000 * 1015 * 89, 365 * 10000)
        self.assertEqual(minor(by_currency["EUR"]["interest"]["amount"]), company + public)
        self.assertEqual(amounts(found["law"]["indemnity"]), {"EUR": 8000})
        self.assertEqual(found["law"]["consumers"], 1)


class Dirt(Balance):
    def dirty(self, rows, **how):
        return self.found(rows, "--on", "2026-03-31", code=DIRTY, **how)

    def test_every_kind_is_said_with_line_and_column(self):
        rows = [
            item("1", "2026-03-01"),
            item("2", ""),
            item("3", "2026-03-01", currency="EURO"),
            item("1", "2026-03-02"),
            item("5", "2026-03-01", issued="2026-03-05"),
            item("6", "2026-05-01", issued="2026-04-05"),
            item("7", "2026-02-30"),
            item("8", "2026-03-01")[:5] + ["-5.00", "EUR"],
            item("9", "2026-03-01")[:5] + ["5,00", "EUR"],
            item("", "2026-03-01"),
            item("11", "2026-03-01", customer=""),
            item("12", "2026-03-01", issued=""),
            item("13", "2024-03-01", issued="2026-03-01"),
            item("14", "2026-03-01")[:5] + ["5.001", "EUR"],
        ]
        found = self.dirty(rows)
        self.assertEqual(self.kinds(found), [
            (3, "due", "NO_DUE_DATE"), (4, "currency", "UNKNOWN_CURRENCY"),
            (5, "number", "DUPLICATE_NUMBER"), (6, "due", "DUE_BEFORE_ISSUE"),
            (7, "issued", "ISSUED_IN_FUTURE"), (8, "due", "BAD_DATE"),
            (9, "open", "NEGATIVE_AMOUNT"), (10, "open", "BAD_AMOUNT"),
            (11, "number", "NO_NUMBER"), (12, "customer", "NO_DEBTOR"),
            (13, "issued", "NO_ISSUE_DATE"), (14, "due", "DUE_BEFORE_ISSUE"),
            (15, "open", "BAD_AMOUNT")])
        self.assertTrue(all(row["what"] and row["remedy"] for row in found["problems"]["rows"]))
        counts = collections.Counter(row["kind"] for row in found["problems"]["rows"])
        self.assertEqual(found["problems"]["counts"], counts)

    def test_a_row_that_cannot_be_counted_is_left_out_and_the_others_are_counted(self):
        rows = [item("1", "2026-03-01", 100), item("2", "2026-02-30", 200), item("3", "", 400)]
        found = self.dirty(rows)
        self.assertEqual(amounts(found["subtotals"]), {"EUR": 500})
        self.assertEqual((found["rows"], found["items"], found["overdue_items"]), (3, 2, 1))

    def test_a_credit_is_not_set_off_against_what_others_owe(self):
        found = self.dirty([item("1", "2026-03-01", 100),
                            item("2", "2026-03-01")[:5] + ["-0.30", "EUR"]])
        self.assertEqual(amounts(found["subtotals"]), {"EUR": 100})
        self.assertEqual(found["credits"], [{"rows": 1, "amount": "-0.30", "currency": "EUR"}])

    def test_of_two_rows_with_one_number_the_first_is_spoken_of(self):
        found = self.dirty([item("1", "2026-03-28", 100), item("1", "2026-03-28", 200)])
        self.assertEqual(amounts(found["subtotals"]), {"EUR": 300})
        self.assertEqual({minor(one["amount"]) for row in found["next_days"]["list"]
                          for one in row["items"]}, {100})
        self.assertEqual(found["next_days"]["silent"], {})

    def test_a_debtor_without_address_is_said_once_and_nothing_goes_out_to_it(self):
        rows = [item("1", "2026-03-26", customer="C-1") + [""],
                item("2", "2026-03-26", customer="C-1") + [""],
                item("3", "2026-03-26", customer="C-2") + ["no address"],
                item("4", "2026-03-26", customer="C-3") + ["ap@debtor.example"]]
        found = self.dirty(rows, mapping=MAPPING + CONTACT, header=HEADER + ["mail"])
        self.assertEqual(self.kinds(found), [(2, "mail", "NO_EMAIL"), (4, "mail", "BAD_EMAIL")])
        self.assertEqual({row["debtor"] for row in found["next_days"]["list"]}, {"C-3"})
        self.assertEqual(found["next_days"]["silent"], {"NO_ADDRESS": 3})
        self.assertFalse(found["next_days"]["addresses_assumed"])

    def test_a_name_that_nobody_can_have_is_said_and_stops_nothing(self):
        rows = [item("1", "2026-03-28", customer="a|b"), item("2|3", "2026-03-28"),
                item("4", "2026-03-28", customer="x" * 1000), item("5", "2026-03-28")]
        found = self.dirty(rows)
        self.assertEqual([row["line"] for row in found["problems"]["rows"]], [2, 3, 4])
        self.assertEqual({one["document"] for row in found["next_days"]["list"]
                          for one in row["items"]}, {"5"})

    def test_a_sole_trader_that_is_not_said_to_be_a_natural_person_is_told_how_to_say_it(self):
        mapping = (MAPPING + PARTY).replace("{kind}", "SOLE_TRADER")
        found = self.dirty([item("1", "2026-03-01")], mapping=mapping)
        self.assertEqual(self.kinds(found), [(2, "data.kind", "NATURAL_PERSON")])
        remedy = found["problems"]["rows"][0]["remedy"]
        self.assertIn("naturalperson: true", remedy)
        section = (SOURCE / "docs/IMPORT.md").read_text(encoding="utf-8").split("Natural persons")[1]
        self.assertIn("section 'Natural persons'", remedy)
        said = re.search(r"    naturalperson: .*\n", section).group()
        natural = mapping.replace("    tenant: acme\n", "    tenant: acme\n" + said.replace(
            "{natural}", "true"))
        self.found([item("1", "2026-03-01")], "--on", "2026-03-31", mapping=natural)

    def test_what_is_refused_for_a_reason_without_a_kind_names_its_member(self):
        for said, member in (("creditor: true", "creditor"), ("creditor: x|y", "creditor")):
            found = self.dirty([item("1", "2026-03-01")],
                               mapping=MAPPING.replace('creditor: "{entity}"', said))
            self.assertEqual(self.kinds(found), [(2, member, "OTHER")])

    def test_payments_are_no_part_of_a_balance(self):
        done = self.look([item("1", "2026-03-01")], mapping=MAPPING + PAYMENT)
        self.assertEqual(done.returncode, DATA)
        self.assertIn("payment.received", done.stderr)

    def test_a_mapping_that_does_not_fit_is_refused_with_its_place(self):
        done = self.look([item("1", "2026-03-01")], mapping=MAPPING.replace("{due}", "{dew}"))
        self.assertEqual(done.returncode, DATA)
        self.assertIn("has no column 'dew'", done.stderr)


class NextDays(Balance):
    def forecast(self, rows, on, **how):
        return self.found(rows, "--on", on, "--bundle", SOURCE / "tests/ledger/bundle",
                          **how)["next_days"]

    def test_what_reaches_a_step_goes_out_on_its_day_and_nothing_else_does(self):
        rows = [item("early", "2026-03-15"), item("first", "2026-03-28"), item("last", "2026-04-10"),
                item("late", "2026-04-11"), item("past", "2026-01-01")]
        found = self.forecast(rows, "2026-03-31")
        self.assertEqual([(row["at"][:10], row["step"], [one["document"] for one in row["items"]])
                          for row in found["list"]],
                         [("2026-03-31", "first", ["first"]), ("2026-04-07", "second", ["first"]),
                          ("2026-04-13", "first", ["last"])])
        # `early` was due for its second step on the 25th; the third comes on April 24.
        self.assertEqual((found["first_step_later"], found["past_every_step"]), (1, 1))

    def test_a_creditor_that_the_policies_do_not_name_speaks_and_is_said(self):
        found = self.forecast([item("1", "2026-03-28", entity="NEW")], "2026-03-31")
        self.assertEqual((found["messages"], found["creditors_assumed"]), (2, ["NEW"]))

    def test_the_caps_of_the_policies_hold(self):
        rows = [item(str(n), (day("2026-03-28") + datetime.timedelta(n)).isoformat(), entity="U001")
                for n in range(DAYS)]
        free = self.forecast(rows, "2026-03-31")
        capped = self.found(rows, "--on", "2026-03-31", "--bundle",
                            SOURCE / "tests/ledger/bundle-cap7")["next_days"]
        self.assertEqual(free["messages"], DAYS)
        self.assertLess(capped["messages"], DAYS)
        self.assertIn("CAP", capped["silent"])


    def test_the_remedy_for_items_that_are_past_every_step_is_said_and_works(self):
        rows = [item("past", "2026-01-01") + [""],
                item("done", "2026-01-01", customer="C-2") + ["second"]]
        mapping = MAPPING + '      last_step: "{stage}"\n'
        with tempfile.TemporaryDirectory() as folder:
            bundle = pathlib.Path(folder) / "bundle"
            shutil.copytree(SOURCE / "tests/ledger/bundle", bundle)
            how = {"mapping": mapping, "header": HEADER + ["stage"]}
            asked = ["--on", "2026-03-31", "--bundle", bundle]
            self.assertEqual(self.found(rows, *asked, **how)["next_days"]["past_every_step"], 2)
            self.assertIn("catch_up: true", self.look(rows, *asked, **how).stdout)
            steps = bundle / "scenarios/ledger.yaml"
            text = steps.read_text()
            steps.write_text(re.sub(r"( *)- name: second\n", r"\g<0>\1  catch_up: true\n", text))
            found = self.found(rows, *asked, **how)["next_days"]
        self.assertEqual([(one["document"], one["step"]) for row in found["list"]
                          for one in row["items"]], [("past", "second")])

    def test_the_standard_policies_send_nobody_two_messages_on_one_day(self):
        rows = [item(f"{entity}{late}", (day("2026-03-31") - datetime.timedelta(late)).isoformat(),
                     entity=entity) for entity in "ABC" for late in (3, 7, 10, 18, 30, 38)]
        found = self.found(rows, "--on", "2026-03-31")["next_days"]
        days = [day(row["at"][:10]) for row in found["list"]]
        self.assertGreater(len(days), 3)
        self.assertEqual(len(set(days)), len(days))
        for first in days:
            self.assertLessEqual(sum(0 <= (other - first).days < 7 for other in days), 3)

    def test_a_message_speaks_of_what_has_come_to_a_step_and_the_next_does_not_repeat_it(self):
        rows = [item("first", "2026-03-28"), item("later", "2026-03-29"), item("early", "2026-04-20")]
        found = self.forecast(rows, "2026-03-31")
        self.assertEqual([[one["document"] for one in row["items"]] for row in found["list"]],
                         [["first"], ["later"], ["first"], ["later"]])


class Whole(Balance):
    """Thousands of rows at once, against what is worked out here."""

    def expect(self, rows, on):
        sums, late, ages = collections.Counter(), collections.Counter(), collections.Counter()
        debtors, steps, messages = set(), collections.Counter(), set()
        for customer, entity, _, _, due, amount, currency in rows:
            due = day(due)
            sums[currency] += minor(amount)
            ages[currency, age(due, on)] += 1
            if due < on:
                late[currency] += minor(amount)
                debtors.add(customer)
            for step, at in reached(due, on):
                steps[step] += 1
                messages.add((customer, entity, at))
        return sums, late, ages, debtors, steps, messages

    def check(self, found, rows, on):
        sums, late, ages, debtors, steps, messages = self.expect(rows, on)
        self.assertEqual(found["items"], len(rows))
        self.assertEqual(amounts(found["subtotals"]), sums)
        self.assertEqual(amounts({**row["overdue"], "currency": row["currency"]}
                                 for row in found["subtotals"]), late)
        self.assertEqual({(row["currency"], one["age"]): one["items"] for row in found["subtotals"]
                          for one in row["ages"] if one["items"]}, ages)
        self.assertEqual(found["overdue_debtors"], len(debtors))
        self.assertEqual({row["step"]: row["items"] for row in found["next_days"]["steps"]}, steps)
        self.assertEqual({(row["debtor"], row["creditor"], day(row["at"][:10]))
                          for row in found["next_days"]["list"]}, messages)
        self.assertEqual(found["next_days"]["messages"], len(messages))
        silent = [day(row[4]) for row in rows if day(row[4]) < on and not list(reached(day(row[4]), on))]
        past = sum(due + datetime.timedelta(max(STEPS.values())) < on for due in silent)
        self.assertEqual((found["next_days"]["first_step_later"],
                          found["next_days"]["past_every_step"]), (len(silent) - past, past))

    def test_a_large_balance_adds_up_and_takes_two_seconds_at_most(self):
        chance = random.Random(20260331)
        on = day("2026-03-31")
        rows = []
        for number in range(20000):
            due = on + datetime.timedelta(chance.randint(-120, 40))
            rows.append(item(f"F{number}", due.isoformat(), chance.randint(1, 10**7),
                             f"C-{chance.randint(1, 1500)}", chance.choice(["EUR", "EUR", "USD"]),
                             (due - datetime.timedelta(30)).isoformat().replace("2026-04", "2026-03"),
                             chance.choice(["U001", "CA02"])))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        found = self.found(rows, "--on", on.isoformat(), "--bundle", SOURCE / "tests/ledger/bundle")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.check(found, rows, on)
        interest = sum(french_interest(minor(row[5]), day(row[4]), on) for row in rows
                       if row[6] == "EUR" and day(row[4]) < on)
        by_currency = {row["currency"]: row for row in found["subtotals"]}
        self.assertEqual(minor(by_currency["EUR"]["interest"]["amount"]), interest)
        self.assertEqual(amounts(found["law"]["indemnity"])["EUR"],
                         4000 * by_currency["EUR"]["overdue"]["items"])
        # Time of the processor: what others do on the machine is not measured.
        if BUILD_TYPE == "Debug":
            return
        self.assertLess(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
                        SECONDS_MAX)

    def test_a_real_ledger_adds_up(self):
        path = SOURCE.parent / "shared/data/highradius/open_invoices.csv"
        if not path.is_file():
            self.skipTest(f"the ledger of open invoices is not here ({path}): its licence does not "
                          "let it be shipped")
        done = run(path, "--mapping", SOURCE / "tests/ledger/open-items.yaml", "--on", "2020-05-22",
                   "--bundle", SOURCE / "tests/ledger/bundle", "--law", "FR", "--json")
        self.assertEqual(done.returncode, DIRTY, done.stderr)
        found = json.loads(done.stdout)
        with open(path, newline="", encoding="utf-8") as file:
            rows = [[row["cust_number"], row["business_code"], row["doc_id"], row["posting_date"],
                     row["due_in_date"], row["converted_usd"], "USD"]
                    for row in csv.DictReader(file)]
        self.check(found, rows, day("2020-05-22"))
        self.assertEqual((found["items"], amounts(found["subtotals"])), (9681, {"USD": 31042785887}))
        self.assertEqual((found["overdue_items"], found["overdue_debtors"]), (9181, 542))
        interest = sum(french_interest(minor(row[5]), day(row[4]), day("2020-05-22")) for row in rows)
        self.assertEqual(minor(found["subtotals"][0]["interest"]["amount"]), interest)
        self.assertEqual(amounts(found["law"]["indemnity"]), {"EUR": 9181 * 4000})
        early = sum(row[4] < row[3] for row in rows)
        self.assertEqual(found["problems"]["counts"], {"DUE_BEFORE_ISSUE": early})


class Draft(Balance):
    """Without a mapping one is proposed, and nothing is read by it unseen."""

    def propose(self, header, *rows, delimiter=","):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "open.csv"
            path.write_text("\n".join(delimiter.join(row) for row in [header, *rows]) + "\n",
                            encoding="utf-8")
            done = run(path)
        self.assertEqual(done.returncode, USAGE)
        self.assertIn("look at it", done.stderr)
        return done.stdout

    def test_what_is_proposed_reads_the_ledger(self):
        mapping = self.propose(HEADER, item("F1", "2026-03-01"))
        found = self.found([item("F1", "2026-03-01", 1234)], "--on", "2026-03-31", mapping=mapping)
        self.assertEqual(amounts(found["subtotals"]), {"EUR": 1234})
        self.assertEqual(found["overdue_items"], 1)

    def test_delimiter_signs_and_dates_are_those_of_the_rows(self):
        mapping = self.propose(["Client", "Facture", "Date facture", "Date d'echeance", "Montant"],
                               ["C", "F1", "01.02.2026", "03.03.2026", "1.234,50"],
                               ["C", "F2", "01.02.2026", "n/a", "7"], delimiter=";")
        self.assertIn('delimiter: ";", decimal: ",", grouping: ".", date: "DD.MM.YYYY"', mapping)
        self.assertIn('due_on: "{Date d\'echeance}"', mapping)
        self.assertIn('issued_on: "{Date facture}"', mapping)
        self.assertIn("EUR # no column says so", mapping)

    def test_headings_mean_the_same_with_and_without_their_accents(self):
        for due in ("Échéance", "Date échéance", "Date d'échéance", "DATE D’ÉCHÉANCE", "Echeance",
                    "E\u0301che\u0301ance"):
            mapping = self.propose(["Client", "N° pièce", "Date pièce", due, "Restant dû"],
                                   ["C", "F1", "01/02/2026", "13/03/2026", "1,50"], delimiter=";")
            self.assertNotIn("No heading tells it", mapping, due)
            for member, column in (("document", "N° pièce"), ("issued_on", "Date pièce"),
                                   ("due_on", due), ("open", "Restant dû")):
                self.assertIn(f'{member}: "{{{column}}}"', mapping)

    def test_an_amount_is_neither_a_currency_nor_a_due_date_and_sap_is_read_with_its_minus(self):
        header = ["Account", "Document Number", "Posting Date", "Document Date", "Net due date",
                  "Amount in Local Currency", "Currency"]
        rows = [["C", "1", "02.02.2026", "01.02.2026", "13.03.2026", "1.480,00", "EUR"],
                ["C", "2", "02.02.2026", "01.02.2026", "13.03.2026", "480,00-", "EUR"]]
        mapping = self.propose(header, *rows, delimiter=";")
        for member, column in (("open", "Amount in Local Currency"), ("currency", "Currency"),
                               ("issued_on", "Document Date"), ("due_on", "Net due date")):
            self.assertIn(f'{member}: "{{{column}}}"', mapping)
        found = self.found(rows, "--on", "2026-03-31", mapping=mapping, header=header, code=DIRTY,
                           delimiter=";")
        self.assertEqual(amounts(found["subtotals"]), {"EUR": 148000})
        self.assertEqual(found["credits"], [{"rows": 1, "amount": "-480.00", "currency": "EUR"}])
        bought = self.propose(["Customer", "Invoice", "Date", "Amount due", "Due"],
                              ["C", "1", "2026-01-01", "1.00", "2026-02-01"])
        self.assertIn('due_on: "{Due}"', bought)

    def test_dates_that_can_be_read_in_two_ways_are_said(self):
        header = ["customer", "number", "issued", "due", "open"]
        row = ["C", "1", "01/02/2026", "03/04/2026", "1.00"]
        self.assertIn("may be MM/DD/YYYY as well", self.propose(header, row))
        surely = self.propose(header, row, ["C", "2", "01/02/2026", "03/31/2026", "1.00"])
        self.assertNotIn("as well", surely)
        self.assertIn('date: "MM/DD/YYYY"', surely)

    def test_a_column_that_no_heading_tells_is_asked_for(self):
        mapping = self.propose(["customer", "number", "issued", "due", "xyz"],
                               ["C", "1", "2026-01-01", "2026-02-01", "1.00"])
        self.assertIn('replace "OPEN AMOUNT"', mapping)


class Example(Balance):
    """The balance that is shipped: README.md shows what is said of it."""

    def test_the_excerpt_of_the_readme_is_what_is_printed(self):
        done = subprocess.run(
            [BINARY, "try", "deploy/try/open-items.csv", "--mapping", "deploy/try/mapping.yaml",
             "--on", "2026-03-31"], capture_output=True, text=True, timeout=60, cwd=SOURCE, env={})
        self.assertEqual(done.returncode, DIRTY, done.stderr)
        readme = (SOURCE / "README.md").read_text(encoding="utf-8")
        block = readme.split("$ relancectl try ", 1)[1].split("```", 1)[0].split("\n", 1)[1]
        for part in block.split("[...]\n"):
            self.assertIn(part, done.stdout)


if __name__ == "__main__":
    BINARY, SOURCE = (pathlib.Path(arg).resolve() for arg in sys.argv[1:3])
    BUILD_TYPE = sys.argv[3]
    unittest.main(argv=sys.argv[:1])
