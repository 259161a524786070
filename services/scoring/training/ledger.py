# SPDX-License-Identifier: Apache-2.0
"""A ledger of closed invoices as CSV, and the order in which its entries became known."""
import collections
import csv
import decimal
import sys

import debtor

COLUMNS = ("id", "debtor", "currency", "amount", "issued_on", "due_on", "paid_on")
OPTIONAL = ("id", "currency", "paid_on")
# Cents, whatever the currency: only amounts of one currency are ever compared.
EXPONENT = 2

Row = collections.namedtuple("Row", "id debtor currency amount issued_on due_on paid_on")


def columns_of(arguments):
    """FIELD=NAME arguments as {field: name}; a field that is not named has its own name."""
    names = {field: field for field in COLUMNS}
    for argument in arguments:
        field, _, name = argument.partition("=")
        if field not in names or not name:
            sys.exit(f"--column {argument}: say FIELD=NAME, where FIELD is one of {', '.join(COLUMNS)}")
        names[field] = name
    return names


def _row(entry, names, number, optional):
    text = {field: (entry.get(name) or "").strip() for field, name in names.items()}
    amount = int(decimal.Decimal(text["amount"]).scaleb(EXPONENT).to_integral_value(decimal.ROUND_HALF_UP))
    if amount <= 0:
        raise ValueError(f"the amount {text['amount']} is not above 0")
    if not text["debtor"]:
        raise ValueError("no debtor")
    if not text["paid_on"] and "paid_on" not in optional:
        raise ValueError("no day of payment")
    return Row(text["id"] or str(number), text["debtor"], text["currency"], amount,
               debtor.day_of(text["issued_on"]), debtor.day_of(text["due_on"]),
               debtor.day_of(text["paid_on"]) if text["paid_on"] else None)


def read(path, names):
    """The rows of a file. Exits with line and remedy where one cannot be read."""
    with open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        missing = [field for field in COLUMNS
                   if field not in OPTIONAL and names[field] not in (reader.fieldnames or [])]
        if missing:
            sys.exit(f"{path}: no column '{names[missing[0]]}'; say what it is called: "
                     f"--column {missing[0]}=NAME, one of {', '.join(reader.fieldnames or [])}")
        rows = []
        for number, entry in enumerate(reader, 1):
            try:
                rows.append(_row(entry, names, number, OPTIONAL))
            except (ValueError, decimal.InvalidOperation) as error:
                sys.exit(f"{path}:{reader.line_num}: {error or 'no amount'}")
        return rows


def _entries(rows):
    """(day, kind, number) in the order of knowledge: what is issued on a day is issued before
    anybody pays on it, so a payment of the same day is not yet past."""
    entries = []
    for number, row in enumerate(rows):
        entries.append((row.issued_on, 0, number))
        if row.paid_on is not None:
            entries.append((max(row.paid_on, row.issued_on), 1, number))
    return sorted(entries)


def at_issue(rows):
    """What was known of each row on its day of issue."""
    profiles = collections.defaultdict(debtor.Profile)
    known = [None] * len(rows)
    for _, kind, number in _entries(rows):
        row = rows[number]
        profile = profiles[row.debtor]
        if kind == 0:
            known[number] = debtor.features(profile, row.currency, row.amount, row.issued_on, row.due_on)
            profile.issue(row.currency, row.amount, row.due_on)
        else:
            profile.settle(row.currency, row.amount, row.due_on, row.paid_on)
    return known
