#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What relancectl import makes of ledgers as people export them: a text that might mean another amount,
a mapping that says something nobody reads, an event that ingest would refuse are told with their
place before anything is written.

usage: test_import.py RELANCECTL
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

OK, DATA = 0, 65

MAPPING = """\
format: { delimiter: ";", decimal: ",", grouping: ".", date: "DD/MM/YYYY" }
columns: { due: date, amount: amount }
values:
  currency: { column: entity, map: { UK: GBP }, otherwise: EUR }
events:
  - type: invoice.issued
    id: "inv-{number}"
    source: ledger
    time: "2026-01-02T08:00:00Z"
    tenant: acme
    debtor: "{customer}"
    creditor: "{entity}"
    revision: "{version}"
    data:
      document: "{number}"
      currency: "{currency}"
      total: "{amount}"
      issued_on: "2026-01-02"
      due_on: "{due}"
"""
HEADER = "customer;entity;number;due;amount;version\n"


def row(amount="10,00", due="15/02/2026", number="1", version=""):
    return f"C-1;FR;{number};{due};{amount};{version}\n"


class Import(unittest.TestCase):
    def run_import(self, ledger, mapping=MAPPING, *options):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / "ledger.csv").write_bytes(
                ledger if isinstance(ledger, bytes) else ledger.encode())
            (folder / "mapping.yaml").write_text(mapping)
            done = subprocess.run(
                [BINARY, *options, "import", folder / "ledger.csv", "--mapping",
                 folder / "mapping.yaml"], capture_output=True, text=True, timeout=60)
        return done

    def events(self, ledger, mapping=MAPPING):
        done = self.run_import(ledger, mapping)
        self.assertEqual(done.returncode, OK, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def refused(self, ledger, *words, mapping=MAPPING):
        done = self.run_import(ledger, mapping)
        self.assertEqual((done.returncode, done.stdout), (DATA, ""), done.stdout + done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        return done.stderr

    def totals(self, *amounts):
        ledger = HEADER + "".join(row(text, number=i) for i, text in enumerate(amounts))
        return [event["data"]["total"] for event in self.events(ledger)]

    def test_an_amount_is_read_by_its_separators(self):
        self.assertEqual(self.totals("1.234,56", "1.234.567,00", "0,50", "7", "999", "1234,56"),
                         ["1234.56", "1234567.00", "0.50", "7", "999", "1234.56"])

    def test_no_text_becomes_a_hundred_times_its_amount(self):
        for text in ("1234.56", "1.23,45", "12.3456,00", "1,234.56", "1,2,3", ".123,00", "1.,00",
                     "1..234,00", "1.234.56", "1234.567,00", "1,", ",5", "-", "12a", "1,234.5", "--",
                     "-10,00-", "10,00--", "10,-00"):
            with self.subTest(text):
                self.refused(HEADER + row(text), "line 2, column 'amount'", "BAD_AMOUNT")

    def test_what_ingest_would_refuse_is_refused_with_row_and_column(self):
        for fields, words in [
                ({"amount": "-10,00"}, ("data.total", "{amount}")),
                ({"amount": "0"}, ("data.total", "{amount}")),
                ({"amount": "1,234"}, ("data.total", "BAD_AMOUNT", "{amount}")),
                ({"amount": ""}, ("data.total", "MISSING_FIELD", "{amount}")),
                ({"due": ""}, ("data.due_on", "MISSING_FIELD", "{due}")),
                ({"due": "15/02/2024"}, ("INCONSISTENT",)),
                ({"version": "two"}, ("revision", "WRONG_TYPE", "{version}")),
                ({"version": "1.5"}, ("revision", "{version}")),
                ({"number": " "}, (": id,", "BAD_ID", "inv-{number}"))]:
            with self.subTest(fields):
                self.refused(HEADER + row() + row(**fields), "line 3", "invoice.issued", *words)
        self.assertEqual(self.events(HEADER + row(version="7"))[0]["revision"], 7)

    def test_a_member_that_does_not_exist_is_refused(self):
        self.refused(HEADER + row(), "line 2", "UNKNOWN_FIELD",
                     mapping=MAPPING.replace("due_on:", "due:"))
        self.refused(HEADER + row(), "UNKNOWN_TYPE",
                     mapping=MAPPING.replace("invoice.issued", "invoice.isued"))

    def test_all_wrong_rows_are_listed_and_nothing_is_written(self):
        said = self.refused(HEADER + row("x") + row() + row("y") + row(due="31/02/2026"))
        self.assertEqual([n for n in range(1, 6) if f"line {n}," in said], [2, 4, 5])
        self.assertIn("3 rows", said)
        said = self.refused(HEADER + 1000 * row("x"))
        self.assertIn("1000 rows", said)
        self.assertLess(len(said.splitlines()), 60)
        done = self.run_import(HEADER + row("x") + row("y"), MAPPING, "--json")
        self.assertEqual(len(json.loads(done.stdout)["faults"]), 2)

    def test_a_format_that_nobody_reads_is_refused_with_its_place(self):
        for said, meant, words in [
                ('decimal: ","', 'decimal: comma', ("'decimal'", "one")),
                ('decimal: ","', 'decimals: ","', ("'decimals'",)),
                ('grouping: "."', 'grouping: ","', ("'grouping'", "'decimal'")),
                ('grouping: "."', 'grouping: "\u202f"', ("'grouping'", "one")),
                ('grouping: "."', 'grouping: "3"', ("'grouping'",)),
                ('delimiter: ";"', 'delimiter: "::"', ("'delimiter'", "one")),
                ('"DD/MM/YYYY"', '"DD/MM/YY"', ("DD/MM/YY", "YYYY"))]:
            with self.subTest(meant):
                self.refused(HEADER + row(), "mapping.yaml:1:", *words,
                             mapping=MAPPING.replace(said, meant))
        self.refused(HEADER + row(), "mapping.yaml:4:", "'otherwize'",
                     mapping=MAPPING.replace("otherwise", "otherwize"))
        self.refused(HEADER + row(), "mapping.yaml:2:", "'dates'",
                     mapping=MAPPING.replace("due: date", 'due: { dates: "DD/MM/YYYY" }'))

    def test_a_mapping_without_a_format_reads_by_the_defaults(self):
        ledger = HEADER.replace(";", ",") + "C-1,FR,1,2026-02-15,10.00,\n"
        event, = self.events(ledger, mapping=MAPPING.split("\n", 1)[1])
        self.assertEqual((event["data"]["total"], event["data"]["due_on"]), ("10.00", "2026-02-15"))

    def test_of_two_columns_of_one_name_none_is_taken(self):
        ledger = HEADER.replace("version", "amount") + row(version="7,00")
        self.refused(ledger, "two columns", "'amount'")
        # One that nobody asks for does not matter.
        ledger = HEADER.replace("version", "note;note;version") + row().replace(";\n", ";a;b;\n")
        self.assertEqual(len(self.events(ledger)), 1)

    def test_a_name_that_is_no_column_is_told_with_its_place(self):
        self.refused(HEADER + row(), "mapping.yaml:17:", "'montant'",
                     mapping=MAPPING.replace("{amount}", "{montant}"))
        self.refused(HEADER + row(), "mapping.yaml:2:", "'montant'",
                     mapping=MAPPING.replace("amount: amount", "montant: amount"))
        self.refused(HEADER + row(), "mapping.yaml:17:", "brace",
                     mapping=MAPPING.replace("{amount}", "{amount"))

    def test_a_header_that_cannot_be_read_says_why(self):
        self.refused(HEADER.replace("customer", "société").encode("latin-1"), "line 1", "UTF-8")
        self.refused((HEADER + row()).encode("utf-16"), "line 1", "UTF-8")
        self.refused("", "no header line")

    def test_the_example_of_the_page_is_a_mapping(self):
        page = (pathlib.Path(__file__).parents[2] / "docs/IMPORT.md").read_text()
        mapping = page.split("```yaml\n")[1].split("```")[0]
        events = self.events("customer;name;entity;number;issued;due;reminded;total;open\n"
                             'C-1;"Martin; fils";FR;1;02/01/2026;15/02/2026;20260201;1.234,56;200\n'
                             "C-1;Martin;UK;2;02/01/2026;15/02/2026;;10,00;10,00\n", mapping)
        self.assertEqual([(event["type"].split(".")[2], event["data"].get("total"),
                           event["data"].get("currency")) for event in events],
                         [("debtor", None, None), ("opening_item", "1234.56", "EUR"),
                          ("opening_item", "10.00", "GBP")])


if __name__ == "__main__":
    BINARY = sys.argv.pop(1)
    unittest.main()
