#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes up a ledger of closed invoices: debtors of six habits over two years, always the same ones.

usage: sample.py LEDGER.csv [--debtors NUMBER] [--seed NUMBER]

For trying train.py, and for the model of the demonstration. A real model is trained on a real ledger.
"""
import argparse
import csv
import datetime
import random

import debtor

FIRST_DAY = datetime.date(2023, 1, 2)
DAYS = 730
WEEKEND = 5  # Saturday, the first of its days
TERMS = [14, 30, 30, 45, 60]
CURRENCIES = ["EUR", "EUR", "EUR", "GBP"]
# Share of the debtors; days of delay on average and how far they spread.
HABITS = [
    (0.35, -3, 2),  # early
    (0.25, 0, 1),  # on the day
    (0.15, 4, 3),  # a little late
    (0.12, 12, 8),  # late
    (0.08, 35, 20),  # very late
    (0.05, 5, 25),  # as it happens
]


def paid_on(due_on, habit, source):
    """Banks do not work at weekends: what would be paid then is paid on Monday."""
    day = due_on + round(source.gauss(habit[1], habit[2]))
    while debtor.weekday_of(day) >= WEEKEND:
        day += 1
    return day


def invoices_of(number, source):
    habit = source.choices(HABITS, [habit[0] for habit in HABITS])[0]
    usual, term, currency = source.randint(20000, 900000), source.choice(TERMS), source.choice(CURRENCIES)
    day = debtor.day_of(FIRST_DAY.isoformat()) + source.randint(0, 120)
    last, pause = day + DAYS, source.randint(3, 45)
    while day < last:
        amount = max(100, round(usual * source.lognormvariate(0, 0.5)))
        due_on = day + term
        yield (f"D-{number}", currency, f"{amount // 100}.{amount % 100:02}", debtor.date_of(day),
               debtor.date_of(due_on), debtor.date_of(max(day, paid_on(due_on, habit, source))))
        day += 1 + round(source.expovariate(1 / pause))


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].removeprefix("usage: "))
    parser.add_argument("ledger")
    parser.add_argument("--debtors", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    source = random.Random(arguments.seed)
    with open(arguments.ledger, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["debtor", "currency", "amount", "issued_on", "due_on", "paid_on"])
        for number in range(arguments.debtors):
            writer.writerows(invoices_of(number, source))


if __name__ == "__main__":
    main()
