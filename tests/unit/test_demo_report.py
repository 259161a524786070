#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The page of the demonstration: what comes from outside stays text, and nothing is fetched; and what
its scripts read.

usage: test_demo_report.py SOURCE_FOLDER
"""
import datetime
import html.parser
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
SOURCE = pathlib.Path(sys.argv.pop(1))
sys.path.insert(0, str(SOURCE / "deploy/demo"))
import report  # noqa: E402
import report_page as page  # noqa: E402

HOSTILE = '"><script>alert(1)</script><img src=http://evil.example/x onerror=\'a\'>&amp;'
ACTION = "ab" * 16
MAIL = f"""\
Message-ID: <{ACTION}@acme.example>
To: {HOSTILE} <a@debtor.example>
Subject: {HOSTILE}
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8

{HOSTILE}
--b
Content-Type: text/html; charset=utf-8

<p>Dear {HOSTILE}</p>
--b--
"""
ITEM = {"document": HOSTILE, "currency": "EUR", "total_minor": 10000, "open_minor": 0,
        "issued_on": "2025-01-10", "due_on": "2025-02-09", "closed_on": "2025-03-01"}
FETCHING = {"src", "href", "xlink:href", "poster", "background", "data", "action", "formaction"}
VOID = {"meta", "br"}


class Reader(html.parser.HTMLParser):
    """The elements and the text of a page; fails where they do not nest."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.elements, self.said = [], [], []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, tag

    def handle_data(self, data):
        self.said.append(data)


def a_page(*parts):
    return page.page(HOSTILE, HOSTILE, *parts)


def a_life():
    moved = {"document": HOSTILE, "cause": HOSTILE, "day": "2025-03-01", "before_minor": 10000,
             "open_minor": 0, "currency": "EUR"}
    spoken = {"document": HOSTILE, "day": "2025-02-12", "step": HOSTILE, "outcome": HOSTILE,
              "reason": HOSTILE}
    return page.life([ITEM], [spoken], [spoken], [moved], datetime.date(2025, 12, 31))


def hostile_page(folder):
    trail = report.Trail(folder, HOSTILE)
    (trail.folder / "mails").mkdir()
    (trail.folder / "mails/1.eml").write_text(MAIL, encoding="utf-8")
    (trail.folder / "verify.txt").write_text(HOSTILE, encoding="utf-8")
    (trail.folder / "try.tsv").write_text(f"{HOSTILE}\t{HOSTILE}\n", encoding="utf-8")
    return a_page(
        page.section(HOSTILE, HOSTILE, HOSTILE, page.table([HOSTILE], [[HOSTILE]]), HOSTILE),
        page.aged_balance(HOSTILE, [("2025-01-01", [1, 2, 3, 4, 5]), ("2025-01-08", [0] * 5)]),
        a_life(), report.mail(trail, HOSTILE, ACTION), report.proof(trail), report.tries(trail))


class Page(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def test_what_comes_from_outside_stays_text(self):
        read = Reader(hostile_page(self.folder.name))
        names = {tag for tag, _ in read.elements}
        self.assertFalse(names & {"script", "img", "link", "object", "embed", "base", "form"}, names)
        for tag, given in read.elements:
            self.assertFalse([name for name in given if name.startswith("on")], (tag, given))
        self.assertGreater("".join(read.said).count(HOSTILE), 10)

    def test_nothing_is_fetched_from_anywhere(self):
        text = hostile_page(self.folder.name)
        for tag, given in Reader(text).elements:
            self.assertFalse(FETCHING & set(given), (tag, given))
        self.assertNotRegex(page.STYLE, r"url\(|@import")
        policy = [given["content"] for tag, given in Reader(text).elements if "http-equiv" in given]
        self.assertEqual(policy, ["default-src 'none'; style-src 'unsafe-inline'"])

    def test_a_mail_is_shown_in_a_frame_that_may_do_nothing(self):
        frames = [given for tag, given in Reader(hostile_page(self.folder.name)).elements
                  if tag == "iframe"]
        self.assertEqual([given["sandbox"] for given in frames], [""])
        self.assertIn("Dear", frames[0]["srcdoc"])

    def test_a_mail_that_is_not_the_one_made_again_is_not_called_the_same(self):
        folder = pathlib.Path(self.folder.name)
        hostile_page(folder)
        trail = report.Trail(folder, "acme")
        for shown, said in ((MAIL, True), (MAIL + " ", False)):
            (folder / "shown.eml").write_text(shown, encoding="utf-8")
            self.assertEqual("byte for byte" in report.mail(trail, "C-1", ACTION), said)

    def test_what_has_no_data_has_no_section(self):
        trail = report.Trail(self.folder.name, "acme")
        trail.ask = lambda query, **values: []
        for section in (report.scores, report.law, report.letters, report.tries):
            self.assertIsNone(section(trail))
        self.assertIsNone(report.mail(trail, "C-1", ACTION))
        self.assertIsNone(report.stories(trail, []))

    def test_scores_and_cases_are_told_as_soon_as_there_are_some(self):
        trail = report.Trail(self.folder.name, "acme")
        trail.ask = lambda query, **values: [{"debtor": HOSTILE, "filed": 1, "recalled": 0}]
        kinds = ("REQUEST", "SCORE", "CASE", "REFERRED")
        trail.explain = lambda debtor: [
            {"kind": kind, "local": "2025-02-01 10:00", "sentence": kind + HOSTILE} for kind in kinds]
        for section, told in ((report.scores, ["SCORE"]), (report.law, ["CASE", "REFERRED"])):
            text = "".join(Reader(section(trail)).said)
            self.assertEqual([kind for kind in kinds if kind + HOSTILE in text], told)

    def test_a_page_that_goes_beyond_the_sums_on_the_terminal_says_so(self):
        trail = report.Trail(self.folder.name, "acme")
        totals = {"first": "2025-01-02", "last": "2026-01-01"}
        self.assertNotIn("sums", report.lead(trail, totals))
        for summed, said in (("2025-12-31\n", True), ("2026-01-01\n", False)):
            (trail.folder / "summed-up-to").write_text(summed, encoding="utf-8")
            self.assertEqual("sums end with 2025-12-31" in report.lead(trail, totals), said)

    def test_a_trail_that_is_not_clean_is_not_green(self):
        trail = report.Trail(self.folder.name, "acme")
        totals = dict.fromkeys(("debtors", "creditors", "invoices", "accepted", "silences",
                                "reasons", "records"), 1)
        for said, mood in (("9 records in 1 chains: clean\ncontacts behind a known payment  0\n", 2),
                           ("9 records in 1 chains: 1 flaw\ncontacts behind a known payment  1\n", 0)):
            (trail.folder / "verify.txt").write_text(said, encoding="utf-8")
            self.assertEqual(report.tiles(trail, totals).count("tile good"), mood, said)


class Mailed(unittest.TestCase):
    def test_a_document_is_found_in_the_first_mail_behind_the_day_that_names_it(self):
        with tempfile.TemporaryDirectory() as folder:
            for number, (day, document) in enumerate(((1, "F-1"), (3, "F-1"), (2, "F-2"), (4, "F-2"),
                                                      (4, "F-33"))):
                pathlib.Path(folder, f"{number}.eml").write_text(
                    f"Date: Fri, 0{day} Aug 2025 10:00:00 +0000\n\n{document}      EUR 1.00\n")
            done = subprocess.run([SOURCE / "deploy/demo/mailed.py", folder, "2025-08-01"], text=True,
                                  input="F-1\nF-2\nF-3\n", capture_output=True, check=True)
        self.assertEqual(done.stdout.splitlines(), ["F-1 2025-08-03", "F-2 2025-08-02"])


class Numbers(unittest.TestCase):
    def test_amounts_are_exact_and_in_groups(self):
        self.assertEqual(page.money(123456789, "EUR"), "EUR 1,234,567.89")
        self.assertEqual(page.money(-5, "EUR"), "EUR -0.05")

    def test_a_share_is_rounded_to_the_nearest_percent(self):
        self.assertEqual([page.percent(*pair) for pair in ((1, 3), (2, 3), (1, 200), (0, 0))],
                         ["33 %", "67 %", "1 %", "none"])

    def test_an_axis_has_two_to_six_round_lines(self):
        for most in (1, 3, 9, 10, 99, 12345, 10**9):
            step = page.round_step(most)
            self.assertRegex(str(step), "^[125]0*$")
            self.assertTrue(2 <= most // step + 1 <= 6, (most, step))

    def test_columns_of_a_week_fill_the_height_of_the_highest(self):
        drawn = page.aged_balance("EUR", [("2025-01-01", [100, 0, 0, 0, 100])])
        heights = [float(one) for one in re.findall(r'height="([0-9.]+)" class="age', drawn)]
        self.assertEqual(heights, [94.0, 94.0])


class Story(unittest.TestCase):
    def test_the_debtor_shown_has_the_reasons_that_are_its_storys_own(self):
        def row(key, *reasons):
            return {"debtor": key, "contacts": 1, "reasons": dict.fromkeys(reasons, 1)}
        mine = [row("C-1", "CAP"), row("C-2", "PROMISED")]
        others = [row(f"C-1{number}", "CAP") for number in range(9)]
        self.assertEqual(report.typical(mine, mine + others)["debtor"], "C-2")


if __name__ == "__main__":
    unittest.main()
