#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the report of a demonstration: one page that needs no network and no other file.

usage: report.py FOLDER DEBTOR ACTION      writes FOLDER/demo-report.html
FOLDER is the run's folder, its `env` is in the environment; DEBTOR and ACTION name the contact
whose mail is shown.
"""
import collections
import fractions
import pathlib
import sys

sys.dont_write_bytecode = True
from report_page import (  # noqa: E402
    AGES, aged_balance, bar, code, count, day, legend, life, money, moneys, page, percent,
    pre, section, table, tag)
from report_trail import (  # noqa: E402
    CONTACTS, DEBTORS, FILINGS, ITEMS, MOVES, REASONS, SILENCES, STEPS, TOTALS, Trail)

TENANT = "acme"
# A life that fits on a screen and shows something.
ITEMS_AT_MOST = 10
LETTERS_AT_MOST = 25


def tile(number, words, good=None):
    mood = {None: "tile", True: "tile good", False: "tile bad"}[good]
    return tag("div", tag("b", number), tag("span", words), class_=mood)


def verified(trail):
    """What `relancectl audit verify` said: its numbers by name, and whether it was content."""
    said = trail.read("verify.txt")
    numbers = {}
    for line in said.splitlines():
        name, _, value = line.rpartition("  ")
        numbers[name.strip()] = value.strip()
    return said, numbers, ": clean" in said


def tiles(trail, totals):
    _, numbers, clean = verified(trail)
    behind = numbers.get("contacts behind a known payment", "not judged")
    return tag("div",
               tile(count(totals["debtors"]), f'debtors of {totals["creditors"]} sellers'),
               tile(count(totals["invoices"]), "invoices"),
               tile(count(totals["accepted"]), "contacts sent and accepted"),
               tile(count(totals["silences"]), f'silences, for {totals["reasons"]} reasons'),
               tile(behind, "contacts behind a known payment", behind == "0"),
               tile("clean" if clean else "not clean",
                    f'the trail: {count(totals["records"])} records verified', clean),
               class_="tiles")


def aged(trail, totals):
    drawings = []
    for currency, weeks in trail.aged(totals["last"]).items():
        now = weeks[-1][1]
        drawings += [tag("h3", f"{money(sum(now), currency)} open at the end, "
                               f"{money(sum(now[1:]), currency)} of it late"),
                     aged_balance(currency, weeks)]
    return section(
        "balance", "What was owed",
        "Open amounts at the end of each week, by days since the due date. A payment counts from "
        "its value date on; money whose invoice nobody has named is not taken off.",
        legend([(f"age{number}", name) for number, name in enumerate(AGES)]), *drawings)


def example_of(trail, row):
    """The silence that stands for its reason, in the words of relancectl explain."""
    for entry in trail.explain(row["debtor"]):
        if entry["kind"] == "SILENCE" and entry["fact"]["offset"] == row["off"]:
            sentence = entry["sentence"].partition("; because of")[0]
            return f'{entry["local"][:10]}, {row["debtor"]}: {sentence}'
    return row["debtor"]


def contacts(trail, totals):
    steps, reasons = trail.ask(STEPS), trail.ask(REASONS)
    most = max([row["count"] for row in steps + reasons] or [1])
    done, acted = totals["steps"], totals["acted"]
    return section(
        "contacts", "Who was contacted, and why others were not",
        f'{count(done)} steps fell due: {percent(acted, done)} were acted on, '
        f'{percent(done - acted - totals["still_open"], done)} ended without a message, '
        f'{count(totals["still_open"])} are still open. Whatever could have been said and was not has '
        'its reason in the trail.',
        tag("h3", "Contacts by step"),
        table(["Step", "Tone", "Contacts", ""],
              [[row["name"], row["tone"].lower(), count(row["count"]),
                bar(row["count"], most, "contact")] for row in steps], numbers=[2]),
        tag("h3", "Silences by reason"),
        table(["Reason", "Silences", "Debtors", "", "One of them, as relancectl explain tells it"],
              [[row["reason"], count(row["count"]), count(row["debtors"]),
                bar(row["count"], most, "quiet"), tag("small", example_of(trail, row))]
               for row in reasons], numbers=[1, 2]))


def show_best(debtors):
    """The debtor that shows most of its story: most reasons, then most contacts."""
    return max(debtors, key=lambda row: (len(row["reasons"]), row["contacts"]))


def typical(mine, debtors):
    """The one whose reasons for silence are its story's own rather than everybody's."""
    def held(rows):
        return collections.Counter(reason for row in rows for reason in row["reasons"])
    ours, everybodys = held(mine), held(debtors)

    def own(row):
        return sum(fractions.Fraction(ours[one], everybodys[one]) for one in row["reasons"])
    return max(mine, key=lambda row: (own(row), row["contacts"]))


def came_of(row):
    reasons = sorted(row["reasons"].items(), key=lambda one: (-one[1], one[0]))
    silences = ", ".join(f"{reason}\N{NO-BREAK SPACE}{number}" for reason, number in reasons)
    return (f'{count(row["invoices"], "invoice")}, {count(row["contacts"], "contact")}; '
            + (f"silent: {silences}" if silences else "no silence"))


def stories(trail, debtors):
    """A line per story with one of its debtors. The trail knows natural persons by a pseudonym."""
    known = {row["debtor"]: row for row in debtors}
    named = {key for _, _, keys in trail.stories() for key in keys}
    unnamed = [row for row in debtors if row["debtor"] not in named]
    rows = []
    for name, sentence, keys in trail.stories():
        mine = [known[key] for key in keys if key in known] or unnamed
        if not mine:
            continue
        best = typical(mine, debtors)
        rows.append([tag("b", name), sentence, count(len(keys)), code(best["debtor"]),
                     tag("small", came_of(best), tag("br"),
                         f'open at the end: {moneys(best["open"])}')])
    if not rows:
        return None
    return section(
        "stories", "The stories",
        "The portfolio is made up of these. The debtor named in a line is one of the story's; "
        "relancectl explain tells its whole year.",
        table(["Story", "What its debtors do", "Debtors", "One of them", "What came of it"], rows,
              numbers=[2]))


def said(entries):
    return tag("ol", *(tag("li", tag("time", entry["local"]), tag("span", entry["sentence"]))
                       for entry in entries), class_="said")


def one_life(trail, totals, debtors):
    fitting = [row for row in debtors if row["invoices"] <= ITEMS_AT_MOST and row["contacts"]]
    if not fitting:
        return None
    debtor = show_best(fitting)["debtor"]
    items = trail.ask(ITEMS, debtor=debtor)
    told = trail.explain(debtor)
    return section(
        "life", f"The year of {debtor}",
        "One line per invoice, from issue to settlement. Each mark says more under the pointer.",
        legend([("waiting", "open, not due"), ("overdue", "late"), ("contact", "contact"),
                ("silence", "silence with its reason"), ("payment", "payment or credit")]),
        life(items, *(trail.ask(query, debtor=debtor) for query in (CONTACTS, SILENCES, MOVES)),
             day(totals["last"])),
        tag("details", tag("summary", f"All of it in words ({len(told)} entries)"), said(told)))


def mail(trail, debtor, action):
    sent = trail.mail(action)
    if sent is None:
        return None
    heads = [[name, sent[name]] for name in ("Date", "From", "To", "Subject") if sent[name]]
    plain, rich = sent.get_body(("plain",)), sent.get_body(("html",))
    again = (" Made again out of the trail and the sealed personal data it is the same, byte for byte."
             if trail.is_made_again(action) else "")
    return section(
        "mail", "One mail, as the mail server got it", f"To {debtor}.{again}", table([], heads),
        tag("iframe", srcdoc=rich.get_content(), sandbox="", title="The mail") if rich else None,
        tag("details", tag("summary", "Its text part"), pre(plain.get_content())) if plain else None)


def scores(trail):
    debtor, told = trail.explain_facts(["SCORE_APPLIED"], ["SCORE"])
    if not told:
        return None
    return section("scores", "What scoring thinks",
                   f"How {debtor} was seen over the year: a band, a probability, its reasons.", said(told))


def law(trail):
    debtor, told = trail.explain_facts(["RECALLED", "FILED", "CASE_MOVED", "REFERRED"],
                                       ["CASE", "REFERRED"])
    if not told:
        return None
    acts = trail.ask(FILINGS)[0]
    return section("law", "What went to law",
                   f'{count(acts["filed"], "filing")}, {acts["recalled"]} of them recalled. '
                   f"The case of {debtor}:", said(told))


def letters(trail):
    listed = trail.letters()
    if not listed:
        return None
    rows = [[tag("b", one["code"]), code(one.get("path") or ""), code(one.get("debtor") or "nobody's"),
             one.get("remedy") or ""] for one in listed[:LETTERS_AT_MOST]]
    return section(
        "letters", "What could not be understood",
        "Each such record is kept with its place and a remedy; its debtor is left in peace until "
        "somebody decides (relancectl dlq).",
        table(["Code", "Place", "Debtor", "What to do"], rows))


def proof(trail):
    told, _, _ = verified(trail)
    return section(
        "trail", "The trail, verified",
        "Every record of every worker, chained by SHA-256 and compared with the log; every contact "
        "judged against the payments that stood in the log before it.", pre(told.rstrip()))


def throughput(trail, totals):
    last = (trail.read("replay.txt").strip().splitlines() or ["unknown"])[-1]
    return section(
        "throughput", "Throughput",
        "The year was lived day by day, each step waiting until everybody had come to the end of "
        "its input; this is no measure of speed under load (tests/bench/README.md is).",
        tag("p", f'{last}; {count(totals["accepted"])} mails, {count(totals["records"])} audited records.'))


def tries(trail):
    lines = [line.split("\t") for line in trail.read("try.tsv").splitlines()]
    if not lines:
        return None
    return section(
        "try", "Try it",
        "Against the installation that demo.sh --keep leaves running, from the repository's folder.",
        tag("h3", "Once in each shell"), pre(f"source {trail.folder.absolute()}/env"),
        *(part for words, command in lines for part in (tag("h3", words), pre(command))))


def lead(trail, totals):
    """Which days it tells of: the case at law goes on behind the year that the terminal sums up."""
    summed = trail.read("summed-up-to").strip()
    beyond = (f' The demonstration\'s own sums end with {summed}; this page counts what the case at law '
              "brought after it, too." if summed and summed < str(totals["last"]) else "")
    return (f'{trail.tenant}, {totals["first"]} to {totals["last"]}. Made up, lived through on real servers, '
            f"and told from the trail.{beyond}")


def write(trail, debtor, action):
    totals = trail.ask(TOTALS)[0]
    debtors = trail.ask(DEBTORS)
    return page(
        "A year of receivables", lead(trail, totals),
        tiles(trail, totals), aged(trail, totals), contacts(trail, totals), stories(trail, debtors),
        one_life(trail, totals, debtors), mail(trail, debtor, action), scores(trail), law(trail),
        letters(trail), proof(trail), throughput(trail, totals), tries(trail))


def main():
    if len(sys.argv) != 4:
        print(__doc__.strip())
        sys.exit(0 if sys.argv[1:] in (["-h"], ["--help"]) else 2)
    folder, debtor, action = sys.argv[1:]
    text = write(Trail(folder, TENANT), debtor, action)
    pathlib.Path(folder, "demo-report.html").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
