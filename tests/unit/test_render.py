# SPDX-License-Identifier: Apache-2.0
"""`relancectl render`: a case becomes the mail that a strict reader finds everything in, and what is
wrong with a case, a template or a name is said with its place.

usage: test_render.py RELANCECTL
"""
import csv
import email
import email.policy
import hashlib
import html.parser
import io
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUNDLE = ROOT / "deploy/bundles/demo"
CASES = ROOT / "deploy/demo/cases"
STRICT = email.policy.default.clone(raise_on_defect=True)
ONCE = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version")


class Text(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.text = ""

    def handle_data(self, data):
        self.text += data


def render(case, bundle=BUNDLE):
    return subprocess.run([sys.argv[1], "render", bundle, case], capture_output=True)


def mail(case, bundle=BUNDLE):
    done = render(case, bundle)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.count(b"\n") == done.stdout.count(b"\r\n"), "a bare line feed"
    message = email.message_from_bytes(done.stdout, policy=STRICT)
    for name in ONCE:
        assert len(message.get_all(name, [])) == 1, name
    return message


def flat(text):
    """Spaces of every kind are one space."""
    return re.sub(r"\s+", " ", text)


def parts(message):
    """The text, and what a reader sees of the HTML."""
    parser = Text()
    parser.feed(message.get_body(("html",)).get_content())
    return flat(message.get_body(("plain",)).get_content()), flat(parser.text)


def altered(folder, case, old, new):
    path = folder / "case.yaml"
    content = (CASES / case).read_text(encoding="utf-8")
    assert old in content, old
    path.write_text(content.replace(old, new), encoding="utf-8")
    return path


def line(number, open_amount="12.34", currency="EUR", more=""):
    return (f"  - number: {json.dumps(number, ensure_ascii=False)}\n    issued_on: 2026-09-01\n"
            f"    due_on: 2026-10-01\n    total: {{ {currency}: \"1234.50\" }}\n"
            f"    open: {{ {currency}: \"{open_amount}\" }}\n{more}")


def with_annex(folder, case, annex, lines=()):
    """The case with these lines beside its own, and this annex."""
    path = folder / "case.yaml"
    path.write_text((CASES / case).read_text(encoding="utf-8") + "".join(lines) + "annex:\n" + "".join(annex),
                    encoding="utf-8")
    return path


def annex_rows(message):
    """What a strict reader finds in the one attachment: a dictionary for each row."""
    (part,) = message.iter_attachments()
    assert part.get_content_disposition() == "attachment"
    assert part.get_content_type() == "text/csv" and part.get_content_charset() == "utf-8"
    text = part.get_payload(decode=True).decode()
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert text.count("\n") == text.count("\r\n") == len(rows)
    assert {len(row) for row in rows} == {9}, rows
    return part.get_filename(), [dict(zip(rows[0], row)) for row in rows[1:]]


def a_french_case_is_a_mail_that_names_every_line(_):
    message = mail(CASES / "reminder.fr.yaml")
    assert message["To"].addresses[0].display_name == "Anne Lefèvre"
    assert message["To"].addresses[0].addr_spec == "anne.lefevre@durand.example"
    assert message["From"].addresses[0].addr_spec == "comptabilite@acme.example"
    assert message["Reply-To"].addresses[0].addr_spec == "relances@acme.example"
    for text in parts(message):
        for word in ("F-2026-1017", "F-2026-0988", "1 250,00", "9 830,40", "11 080,40",
                     "litiges@acme.example"):
            assert word in text, f"'{word}' is not in: {text}"


def an_english_case_has_a_total_per_currency(_):
    message = mail(CASES / "final.en.yaml")
    for text in parts(message):
        for word in ("90001512", "90001533", "4,100.00", "875.50", "GBP", "USD"):
            assert word in text, f"'{word}' is not in: {text}"
        assert "4,975.50" not in text, "pounds and dollars were added up"


def the_same_case_is_the_same_bytes(_):
    case = CASES / "reminder.fr.yaml"
    assert render(case).stdout == render(case).stdout


def as_json_it_says_the_content_hash(folder):
    case, out = CASES / "final.en.yaml", folder / "look.eml"
    plain = render(case).stdout
    for more in ([], ["--out", out]):
        done = subprocess.run([sys.argv[1], "render", BUNDLE, case, "--json", *more],
                              capture_output=True, check=True)
        answer = json.loads(done.stdout)
        assert answer["sha256"] == hashlib.sha256(plain).hexdigest()
        assert answer["bytes"] == len(plain)
        assert (out.read_bytes() if more else answer["mail"].encode()) == plain


def values_are_never_read_as_template_or_html(folder):
    case = altered(folder, "reminder.fr.yaml", "F-2026-1017", '"{{ debtor_name }}<b>&amp;"')
    message = mail(case)
    for text in parts(message):
        assert "{{ debtor_name }}<b>&amp;" in text, text
    assert "<b>&amp;" not in message.get_body(("html",)).get_content()


def an_annex_is_a_file_in_which_every_further_line_is_found(folder):
    more = ('    disputed: { EUR: "1.00" }\n    interest: { EUR: "0.05" }\n'
            '    indemnity: { EUR: "40.00" }\n')
    message = mail(with_annex(folder, "reminder.fr.yaml",
                              [line("F-é-1", "1233.50", more=more), line("F-2", "1.00")]))
    name, rows = annex_rows(message)
    assert name == "annexe.csv"
    assert rows == [
        {"Facture": "F-é-1", "Date": "2026-09-01", "Échéance": "2026-10-01", "Total": "1234.50",
         "À régler": "1233.50", "Contesté": "1.00", "Pénalités": "0.05", "Indemnité": "40.00",
         "Devise": "EUR"},
        {"Facture": "F-2", "Date": "2026-09-01", "Échéance": "2026-10-01", "Total": "1234.50",
         "À régler": "1.00", "Contesté": "0.00", "Pénalités": "0.00", "Indemnité": "0.00",
         "Devise": "EUR"}]
    for text in parts(message):
        assert "annexe jointe : 2 des 4 factures" in text, text
        assert "12 314,90" in text, f"the total is without the annex: {text}"
        assert "F-é-1" not in text


def without_an_annex_nothing_is_attached_or_promised(folder):
    for message in (mail(CASES / "final.en.yaml"),
                    mail(with_annex(folder, "final.en.yaml", ["  []\n"]))):
        assert message.get_content_type() == "multipart/alternative"
        assert "annex" not in parts(message)[0]


def a_number_of_an_annex_is_one_cell_whatever_it_looks_like(folder):
    numbers = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1:A9)", "a,b", "a;=b", 'a"b', '"', '","', "'", " =1",
               "＝1", "N° 7", "x" * 64]
    case = with_annex(folder, "final.en.yaml", [line(number, currency="GBP") for number in numbers])
    name, rows = annex_rows(mail(case))
    assert name == "annex.csv"
    assert [row["Invoice"] for row in rows] == ["'" * (number[0] in "=+-@＝") + number for number in numbers]


def what_is_wrong_with_an_annex_is_said_with_its_place(folder):
    for annex, place, word in (
            ([line("1"), line("a\r\nb")], "case.yaml:31:", "number"),
            ([line("\t=1")], "case.yaml:26:", "number"),
            ([line("x" * 65)], "case.yaml:26:", "number"),
            ([line("1", more='    interest: { USD: "1.00" }\n')], "case.yaml:31:", "one currency"),
            (["  - 7\n"], "case.yaml:26:", "a line"),
            (["  7\n"], "case.yaml:26:", "annex")):
        done = render(with_annex(folder, "final.en.yaml", annex))
        said = done.stderr.decode()
        assert done.returncode != 0 and not done.stdout, f"{annex} was taken"
        assert place in said and word in said, f"{annex}: {said}"


def a_thousand_lines_are_five_hundred_and_an_annex(folder):
    lines = [line(f"2026-EXPORT-{i:06}", "123456.78") for i in range(1, 1000)]
    listed = with_annex(folder, "reminder.fr.yaml", ["  []\n"], lines[:498])
    assert len(render(listed).stdout) < 900_000
    message = mail(with_annex(folder, "reminder.fr.yaml", lines[498:998], lines[:498]))
    name, rows = annex_rows(message)
    assert [row["Facture"] for row in rows] == [f"2026-EXPORT-{i:06}" for i in range(499, 999)]
    assert "annexe jointe : 500 des 1000 factures" in parts(message)[0]
    assert len(message.as_bytes()) < 900_000
    done = render(with_annex(folder, "reminder.fr.yaml", [], lines[:499]))
    assert done.returncode != 0 and "move the others to `annex`" in done.stderr.decode()


def a_language_without_templates_falls_back_to_that_of_the_bundle(folder):
    message = mail(altered(folder, "reminder.fr.yaml", "language: fr", "language: de"))
    assert message["Content-Language"] == "en"
    assert "1,250.00" in parts(message)[0]


def what_is_wrong_is_said_with_its_place(folder):
    mistakes = [
        ("language: fr", "langage: fr", "case.yaml:4:1", "did you mean 'language'"),
        ("template: reminder", "template: reminders", "templates/reminders.fr.txt", "NO_TEMPLATE"),
        ("sender: acme-fr", "sender: acme-es", "senders/acme-es.yaml", "NO_SENDER"),
        ('open: { EUR: "1250.00" }', 'open: { GBP: "1250.00" }', "case.yaml:", "one currency"),
        ('open: { EUR: "1250.00" }', 'open: { EUR: "1250.001" }', "case.yaml:16:18", "2 decimals"),
        ("as_of: 2026-11-02", "as_of: 02/11/2026", "case.yaml:6:8", "2026-12-31"),
        ("name: Anne Lefèvre", 'name: "Anne\\nBcc: x@y.example"', "case.yaml:10", "name"),
        ("name: Anne Lefèvre", 'name: "Anne \\u202E"', "case.yaml:10", "name"),
        ("anne.lefevre@durand.example", '"a@b.example>\\r\\nRCPT TO:<c@d.example"', "case.yaml:10",
         "email"),
    ]
    for old, new, place, word in mistakes:
        done = render(altered(folder, "reminder.fr.yaml", old, new))
        said = done.stderr.decode()
        assert done.returncode != 0 and not done.stdout, f"{new} was taken"
        assert place in said and word in said, f"{new}: {said}"


def a_broken_template_is_refused_before_anything_is_written(folder):
    bundle = folder / "bundle"
    shutil.copytree(BUNDLE, bundle)
    path = bundle / "templates/reminder.fr.txt"
    path.write_text(path.read_text(encoding="utf-8") + "{{ debtor_nam }}\n", encoding="utf-8")
    done = render(CASES / "reminder.fr.yaml", bundle)
    said = done.stderr.decode()
    assert done.returncode != 0 and not done.stdout
    assert "templates/reminder.fr.txt:" in said and "debtor_name" in said, said


def main():
    for test in (a_french_case_is_a_mail_that_names_every_line,
                 an_english_case_has_a_total_per_currency,
                 the_same_case_is_the_same_bytes,
                 as_json_it_says_the_content_hash,
                 values_are_never_read_as_template_or_html,
                 an_annex_is_a_file_in_which_every_further_line_is_found,
                 without_an_annex_nothing_is_attached_or_promised,
                 a_number_of_an_annex_is_one_cell_whatever_it_looks_like,
                 what_is_wrong_with_an_annex_is_said_with_its_place,
                 a_thousand_lines_are_five_hundred_and_an_annex,
                 a_language_without_templates_falls_back_to_that_of_the_bundle,
                 what_is_wrong_is_said_with_its_place,
                 a_broken_template_is_refused_before_anything_is_written):
        with tempfile.TemporaryDirectory() as folder:
            test(pathlib.Path(folder))
        print(f"ok {test.__name__}", flush=True)


if __name__ == "__main__":
    main()
