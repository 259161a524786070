#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Scores invoices by a model, each by what was known on its day of issue.

usage: score.py MODEL.yaml LEDGER.csv [NEW.csv] [--column FIELD=NAME]... [--new-column FIELD=NAME]...

Without NEW the invoices of the ledger are scored, else those of NEW, by the ledger before them and
by each other. Where nobody knows when an invoice was paid, it counts as paid on the day that the
model expected. Prints id,late_ppm,delay_days.
"""
import argparse
import collections
import heapq

import debtor
import ledger
import scorecard


def score(model, rows):
    """[(late_ppm, delay_days)] of all rows."""
    profiles = collections.defaultdict(debtor.Profile)
    entries = [(row.issued_on, 0, number, None) for number, row in enumerate(rows)]
    heapq.heapify(entries)
    ratings = [None] * len(rows)
    while entries:
        _, kind, number, paid_on = heapq.heappop(entries)
        row = rows[number]
        profile = profiles[row.debtor]
        if kind == 1:
            profile.settle(row.currency, row.amount, row.due_on, paid_on)
            continue
        ratings[number] = scorecard.rate(model, debtor.features(
            profile, row.currency, row.amount, row.issued_on, row.due_on))
        profile.issue(row.currency, row.amount, row.due_on)
        paid_on = row.due_on + ratings[number][1] if row.paid_on is None else row.paid_on
        heapq.heappush(entries, (max(paid_on, row.issued_on), 1, number, paid_on))
    return ratings


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].removeprefix("usage: "))
    parser.add_argument("model")
    parser.add_argument("ledger")
    parser.add_argument("new", nargs="?")
    parser.add_argument("--column", action="append", default=[])
    parser.add_argument("--new-column", action="append", default=[])
    arguments = parser.parse_args()

    with open(arguments.model, encoding="utf-8") as file:
        model = scorecard.read(file.read())
    old = ledger.read(arguments.ledger, ledger.columns_of(arguments.column))
    new = ledger.read(arguments.new, ledger.columns_of(arguments.new_column)) if arguments.new else []
    ratings = score(model, old + new)
    print("id,late_ppm,delay_days")
    for row, (late_ppm, delay_days) in list(zip(old + new, ratings))[len(old) if new else 0:]:
        print(f"{row.id},{late_ppm},{delay_days}")


if __name__ == "__main__":
    main()
