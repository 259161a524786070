#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Predicts, from a ledger as CSV and nothing else, what must happen to it.

usage: predict.py LEDGER.csv [--cap-days N] [--json]

Steps D+3, D+10 and D+40 in calendar days on all days of the week; the tick comes after the day's
events, so what is paid on a day is no longer open at that day's tick. An instance opens at the first
tick at which its receivable is open and the step's day is reached. With --cap-days N a contact on day
t forbids the next one to the same debtor before t + N; until then its instances stay open, and those
whose receivable is paid meanwhile close as PAID.

This is the second opinion on the engine: it shares no code with it.
"""
import argparse
import collections
import csv
import datetime
import json
import sys

STEPS = (3, 10, 40)


def read(path):
    rows = []
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            code = row["business_code_imputed"]
            whole, _, cents = row["amount"].partition(".")
            rows.append({
                "id": row["row_id"],
                "debtor": row["cust_number"],
                "creditor": code or "BLANK",
                "currency": "CAD" if code == "CA02" else "USD",
                "minor": int(whole) * 100 + int(cents.ljust(2, "0")),
                "issued": datetime.date.fromisoformat(row["issue_date_imputed"]),
                "due": datetime.date.fromisoformat(row["due_date"]),
                "cleared": datetime.date.fromisoformat(row["clear_date"]),
            })
    return rows


def instances(rows):
    """(debtor, day it opens, day it can no longer act, receivable, step, row), per debtor by day."""
    found = collections.defaultdict(list)
    for row in rows:
        for step in STEPS:
            opens = max(row["due"] + datetime.timedelta(days=step), row["issued"])
            if opens < row["cleared"]:
                found[row["debtor"]].append((opens, row["cleared"], row["id"], step, row))
    for list_ in found.values():
        list_.sort(key=lambda item: (item[0], item[2], item[3]))
    return found


def act(items, cap_days):
    """Requests of one debtor: [(day, [(receivable, step)])], and the instances closed as PAID."""
    requests, paid = [], []
    waiting, position, free_from = [], 0, datetime.date.min
    day = items[0][0]
    while waiting or position < len(items):
        if not waiting:
            day = max(day, items[position][0])
        while position < len(items) and items[position][0] <= day:
            waiting.append(items[position])
            position += 1
        paid += [(item[2], item[3]) for item in waiting if item[1] <= day]
        waiting = [item for item in waiting if item[1] > day]
        if waiting and day >= free_from:
            requests.append((day, [(item[2], item[3]) for item in waiting]))
            waiting, free_from = [], day + datetime.timedelta(days=cap_days)
        day += datetime.timedelta(days=1)
    return requests, paid


def balances(rows, dates):
    """Per date (end of day) and creditor: open amount and open items."""
    result = {}
    for date in dates:
        open_ = collections.defaultdict(lambda: [0, 0])
        for row in rows:
            if row["issued"] <= date < row["cleared"]:
                open_[row["creditor"]][0] += row["minor"]
                open_[row["creditor"]][1] += 1
        result[date.isoformat()] = {key: value for key, value in sorted(open_.items())}
    return result


def predict(rows, cap_days=0):
    found = instances(rows)
    requests, paid = [], []
    for debtor in sorted(found):
        its_requests, its_paid = act(found[debtor], cap_days)
        requests += [{"debtor": debtor, "day": day.isoformat(),
                      "instances": sorted([list(one) for one in ones])}
                     for day, ones in its_requests]
        paid += [[debtor, *one] for one in its_paid]
    issued = collections.Counter()
    for row in rows:
        issued[row["creditor"]] += row["minor"]
    first = min(row["issued"] for row in rows)
    last = max(row["cleared"] for row in rows)
    step = (last - first) // 10
    return {
        "debtors": len({row["debtor"] for row in rows}),
        "receivables": len(rows),
        "issued_minor": dict(sorted(issued.items())),
        "instances": {f"D+{step_}": sum(1 for list_ in found.values() for item in list_
                                        if item[3] == step_) for step_ in STEPS},
        "debtor_days": len({(debtor, item[0]) for debtor, list_ in found.items() for item in list_}),
        "requests": requests,
        "acted": sum(len(request["instances"]) for request in requests),
        "closed_paid": sorted(paid),
        "balances": balances(rows, [first + step * i for i in range(1, 11)]),
        "first_day": first.isoformat(),
        "last_day": last.isoformat(),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("ledger")
    parser.add_argument("--cap-days", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    result = predict(read(arguments.ledger), arguments.cap_days)
    if arguments.json:
        json.dump(result, sys.stdout, indent=1)
        return
    print(f"debtors {result['debtors']}, receivables {result['receivables']}")
    for creditor, minor in result["issued_minor"].items():
        print(f"issued {creditor:6} {minor // 100:>15,}.{minor % 100:02}")
    counts = result["instances"]
    print(" + ".join(f"{count} ({step})" for step, count in counts.items()),
          f"= {sum(counts.values())} instances on {result['debtor_days']} debtor-days")
    print(f"cap {arguments.cap_days} days: {result['acted']} acted in {len(result['requests'])} "
          f"requests, {len(result['closed_paid'])} closed by payment")


if __name__ == "__main__":
    main()
