#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What relancectl import makes of JSON lines in an enterprise's own shape: members by their paths, lists
element by element, amounts to the last digit, and of each wrong line its number, place and reason.

usage: test_import_json.py RELANCECTL SOURCE_FOLDER
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

OK, USAGE, DATA = 0, 2, 65

MAPPING = """\
format: json
columns: { sum: amount, day: date, "parts[].sum": amount }
events:
  - type: debtor.upserted
    once: "{who.id}"
    id: "debtor-{who.id}"
    source: erp
    time: "2026-01-02T08:00:00Z"
    tenant: acme
    debtor: "{who.id}"
    data: { kind: COMPANY, country: FR, zone: Europe/Paris, language: fr, name: "{who.name}" }
  - type: invoice.issued
    when: { kind: INVOICE }
    id: "inv-{no}"
    source: erp
    time: "2026-01-02T08:00:00Z"
    tenant: acme
    debtor: "{who.id}"
    creditor: FR
    data: { document: "{no}", currency: EUR, total: "{sum}", issued_on: "{day}", due_on: "{day}" }
  - type: payment.received
    when: { kind: [PAYMENT, BANK] }
    id: "pay-{no}"
    source: erp
    time: "2026-01-02T09:00:00Z"
    tenant: acme
    debtor: "{who.id}"
    creditor: FR
    data:
      payment: "{no}"
      currency: EUR
      amount: "{sum}"
      received_on: "{day}"
      allocations: [{ document: "{parts[].of}", amount: "{parts[].sum}" }]
"""


def line(text="10.00", no=1, kind="INVOICE", who='{"id":"C-1","name":"Martin"}', more=""):
    """One line; `text` is the sum as it is written."""
    return f'{{"kind":"{kind}","no":{no},"who":{who},"day":"2026-02-15","sum":{text}{more}}}\n'


class ImportJson(unittest.TestCase):
    def run_import(self, lines, mapping=MAPPING, *options, check=False):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / "own.jsonl").write_bytes(lines if isinstance(lines, bytes) else lines.encode())
            (folder / "mapping.yaml").write_text(mapping)
            done = subprocess.run([BINARY, "import", folder / "own.jsonl", "--mapping",
                                   folder / "mapping.yaml", *options],
                                  capture_output=True, text=True, timeout=60, check=check)
        return done

    def events(self, lines, mapping=MAPPING):
        done = self.run_import(lines, mapping)
        self.assertEqual((done.returncode, done.stderr), (OK, ""))
        return [json.loads(one) for one in done.stdout.splitlines()]

    def refused(self, lines, *words, mapping=MAPPING):
        done = self.run_import(lines, mapping)
        self.assertEqual((done.returncode, done.stdout), (DATA, ""), done.stdout + done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        return done.stderr

    def total(self, text, mapping=MAPPING):
        return self.events(line(text) + line(kind="BANK", no=2, more=',"parts":[{"of":"1","sum":1}]'),
                           mapping)[1]["data"]["total"]

    def test_the_example_becomes_events_as_the_contract_wants_them(self):
        folder = SOURCE / "deploy/try"
        done = subprocess.run([BINARY, "import", folder / "erp.jsonl", "--mapping",
                               folder / "erp-mapping.yaml"], capture_output=True, text=True, timeout=60,
                              check=True)
        checked = subprocess.run([BINARY, "check", "-"], input=done.stdout, capture_output=True,
                                 text=True, timeout=60, check=False)
        self.assertEqual((checked.returncode, checked.stdout),
                         (OK, "5 events, all as the contract wants them\n"))
        payment = json.loads(done.stdout.splitlines()[-1])
        self.assertEqual((payment["debtor"], payment["creditor"], payment["data"]["amount"],
                          payment["data"]["allocations"]),
                         ("C-20117", "ACME-FR", "1549.9", [{"document": "F2026-00117", "amount": "1200"},
                                                           {"document": "F2026-00118", "amount": "349.9"}]))

    def test_a_number_keeps_every_digit(self):
        for text, total in [("1234.56", "1234.56"), ("0.07", "0.07"), ("1.10", "1.1"), ("7", "7"),
                            ("1200.000000", "1200"), ("9007199254740.93", "9007199254740.93"),
                            ('"12.30"', "12.30")]:
            with self.subTest(text):
                self.assertEqual(self.total(text), total)
        event = self.events(line(no=12345678901234567890123) + line(
            kind="BANK", no=2, more=',"parts":[{"of":"1","sum":1}]'))[1]
        self.assertEqual(event["data"]["document"], "12345678901234567890123")

    def test_a_number_that_is_no_amount_is_refused_and_not_rounded(self):
        for text in ("10.001", "0.1000000000000000055511151231257827", "1e3", "1.5E+2", "-5", "true"):
            with self.subTest(text):
                self.refused(line(text), "line 1", "BAD_AMOUNT")
        self.assertIn("line 1, member 'sum': BAD_AMOUNT: write the number without an exponent",
                      self.refused(line("1e3")))

    def test_texts_have_the_signs_of_the_mapping_and_numbers_those_of_json(self):
        mapping = MAPPING.replace("format: json", 'format: { input: json, decimal: ",", grouping: "." }')
        self.assertEqual(self.total('"1.234,56"', mapping), "1234.56")
        self.assertEqual(self.total("1234.56", mapping), "1234.56")
        self.refused(line('"1234.56"'), "member 'sum': BAD_AMOUNT", mapping=mapping)

    def test_an_entry_comes_once_for_each_element(self):
        parts = ',"parts":[{"of":"A","sum":1.5},{"of":"B","sum":2},{"of":"C","sum":0.25}]'
        events = self.events(line() + line(no=2, kind="PAYMENT", more=parts))
        self.assertEqual(events[-1]["data"]["allocations"],
                         [{"document": "A", "amount": "1.5"}, {"document": "B", "amount": "2"},
                          {"document": "C", "amount": "0.25"}])
        self.refused(line(no=2, kind="PAYMENT", more=parts.replace("0.25", '"x"')),
                     "line 1, member 'parts[].sum': BAD_AMOUNT")
        self.refused(line(no=2, kind="PAYMENT", more=parts.replace('"of":"C",', "")),
                     "line 1, payment.received: data.allocations[2].document, from '{parts[].of}': MISSING")
        for none in ("", ',"parts":null', ',"parts":[]'):
            event = json.loads(self.run_import(line(no=2, kind="PAYMENT", more=none)).stdout.splitlines()[-1])
            self.assertEqual(event["data"]["allocations"], [])

    def test_which_events_a_line_becomes_is_said_by_its_members(self):
        kinds = [event["type"].split(".")[2] for event in self.events(
            line() + line(no=2, kind="BANK", more=',"parts":[{"of":"1","sum":1}]'))]
        self.assertEqual(kinds, ["debtor", "invoice", "payment"])
        only_invoices = MAPPING[:MAPPING.index("  - type: debtor")] + \
            MAPPING[MAPPING.index("  - type: invoice"):]
        self.refused(line(kind="ORDER"), "line 1: NOT_MAPPED: no event is for it", mapping=only_invoices)

    def test_each_wrong_line_is_told_and_nothing_is_written(self):
        lines = ['{"kind":', "[1]", "12", '{"a":1,"a":2}', line(who="7").strip(), "",
                 line(who='{"id":{},"name":"x"}').strip(), '{"a":' + 9 * "[" + 9 * "]" + "}",
                 '{"a":"' + (1 << 20) * "x" + '"}', line("-1").strip(), line().strip(), "\u00e9\x00"]
        said = self.refused("\n".join(lines) + "\n")
        for number, words in [(1, "NOT_JSON: byte "), (2, "WRONG_TYPE"), (3, "NOT_JSON"), (4, "NOT_JSON"),
                              (5, "MISSING_FIELD"), (7, "member 'who.id': WRONG_TYPE"), (8, "TOO_LARGE"),
                              (9, "TOO_LARGE"), (10, "data.total, from '{sum}': BAD_AMOUNT"),
                              (12, "NOT_JSON")]:
            found = [one for one in said.splitlines() if f"line {number}:" in one or f"line {number}," in one]
            self.assertEqual(len(found), 1, (number, said))
            self.assertIn(words, found[0])
        self.assertIn("10 rows are wrong, nothing is written", said)
        self.refused(line(who='{"id":"C-1","name":"\xff"}').encode("latin-1"), "line 1: NOT_JSON")

    def test_no_text_of_a_line_that_is_not_json_is_repeated(self):
        self.assertNotIn("Martin", self.refused('{"name":"Martin" "x"}'))

    def test_the_others_are_written_where_that_is_asked_for(self):
        lines = line("x") + line("-1") + line(no=2) + line("1e2", no=3) + line(no=4)
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "events.jsonl"
            done = self.run_import(lines, MAPPING, "--skip-wrong", "--out", out)
            events = [json.loads(one) for one in out.read_text().splitlines()]
        self.assertEqual(done.returncode, DATA)
        self.assertRegex(done.stdout, r"^2 rows became 3 events in .*, 3 are wrong\n$")
        self.assertEqual([n for n in range(1, 6) if f"line {n}" in done.stderr], [1, 2, 4])
        # What comes once comes with the first line that is right, though a wrong one had it before.
        self.assertEqual([event["id"] for event in events], ["debtor-C-1", "inv-2", "inv-4"])

    def test_with_none_that_is_right_nothing_is_written_all_the_same(self):
        done = self.run_import(line("-1"), MAPPING, "--skip-wrong")
        self.assertEqual((done.returncode, done.stdout), (DATA, ""))

    def test_a_member_that_no_line_has_is_told(self):
        done = self.run_import(line(), MAPPING.replace("{day}\" }", "{day}\", number: \"{numer}\" }"))
        self.assertEqual(done.returncode, OK)
        self.assertIn("note: no line has a member 'numer'", done.stderr)

    def test_a_path_that_cannot_be_one_is_told_with_its_place(self):
        for wrong, right, words in [
                ("{who..id}", "{who.id}", "not the path of a member: 'who..id'"),
                ("{.no}", "{no}", "not the path"), ("{no.}", "{no}", "not the path"),
                ("{[]}", "{no}", "no place for a path through a list: '[]'"),
                ("{a[].b[].c}", "{parts[].of}", "not the path"),
                ("{a[0].c}", "{parts[].of}", "not the path"),
                ("{parts[].of}", "{no}", "no place for a path through a list: 'parts[].of'"),
                ("{other[].of}", "{parts[].of}", "no place for a path through a list: 'parts[].sum'"),
                ("format: { input: json, delimiter: \";\" }", "format: json", "JSON has no 'delimiter'"),
                ("format: xml", "format: json", "unknown input"),
                ("when: INVOICE", "when: { kind: INVOICE }", "'when' names columns"),
                ("when: { kind: [] }", "when: { kind: INVOICE }", "'when' names columns"),
                ("when: { \"parts[].of\": A }", "when: { kind: INVOICE }", "no place for a path")]:
            with self.subTest(wrong):
                self.assertIn(right, MAPPING)
                said = self.refused(line(), words, mapping=MAPPING.replace(right, wrong))
                self.assertRegex(said, r"mapping.yaml:\d+:\d+: ")

    def test_a_csv_mapping_may_say_when_too(self):
        mapping = MAPPING.replace("format: json\n", "").replace(', "parts[].sum": amount', "")
        mapping = mapping[:mapping.index("      allocations")].replace("{who.id}", "{who}") \
            .replace("{who.name}", "{who}")
        events = self.events("kind,no,who,day,sum\nINVOICE,1,C-1,2026-02-15,10\nBANK,2,C-1,2026-02-16,3\n",
                             mapping)
        self.assertEqual([event["id"] for event in events], ["debtor-C-1", "inv-1", "pay-2"])
        self.refused("no,who,day,sum\n1,C-1,2026-02-15,10\n", "the ledger has no column 'kind'",
                     mapping=mapping)

    def test_a_balance_is_not_read_from_json(self):
        folder = SOURCE / "deploy/try"
        done = subprocess.run([BINARY, "try", folder / "erp.jsonl", "--mapping", folder / "erp-mapping.yaml"],
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, DATA)
        self.assertIn("a balance is read from CSV; 'import' reads JSON lines", done.stderr)

    def test_a_byte_order_mark_and_line_ends_of_windows_are_passed_over(self):
        lines = b"\xef\xbb\xbf" + line().replace("\n", "\r\n").encode() + b"\r\n"
        self.assertEqual(self.run_import(lines).returncode, OK)


if __name__ == "__main__":
    BINARY, SOURCE = sys.argv.pop(1), pathlib.Path(sys.argv.pop(1))
    unittest.main()
