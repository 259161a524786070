#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a model out of a ledger of closed invoices, and says how good it is.

usage: train.py LEDGER.csv --output model.yaml [--name NAME] [--column FIELD=NAME]...

The ledger has one line for each invoice: debtor, currency, amount, issued_on, due_on, paid_on
(empty: not paid yet); --column says what a field is called in it. Days are written 2025-12-31.

First a model is trained on what was known on the day after which the last part of the invoices was
issued, and tried on that part; what it scored is printed. Then the model of the file is trained on
everything. Python's own library is enough, and the same ledger gives the same file.
"""
import argparse
import sys

import debtor
import fit
import ledger
import scorecard

LAST_PART = 0.2  # of the invoices, for the evaluation
# An invoice tells something when its outcome is known, whatever it is: so long after its due date.
# Training on those that happen to be paid would learn from the quick ones only.
MATURE_DAYS = 30
# Beyond, a day more or less tells nothing that could be learnt.
DELAY_MIN, DELAY_MAX = -30, 45
RIDGE = 20.0
RIDGE_CONSTANT = 0.01
LEAST_ROWS = 200  # fewer than that are no ledger to learn from


def is_late(row, until):
    return int(row.paid_on > row.due_on if row.paid_on is not None else until > row.due_on)


def delay_of(row, until):
    paid_on = row.paid_on if row.paid_on is not None and row.paid_on <= until else until
    return min(max(paid_on - row.due_on, DELAY_MIN), DELAY_MAX)


class Design:
    """From values to columns of the fit: one for each point of each curve, and the constant."""

    def __init__(self, known):
        self.start, self.size = {}, 1
        for name, knots in scorecard.KNOTS.items():
            self.start[name] = self.size
            self.size += len(knots)
        self.usual = {name: self._usual(name, known) for name in scorecard.KNOTS}

    def _usual(self, name, known):
        """What an invoice with this value has on average: it stands in where there is none."""
        knots, total, count = scorecard.KNOTS[name], {}, 0
        for values in known:
            if name in values:
                count += 1
                for knot, part in scorecard.weights(knots, values[name]):
                    total[knot] = total.get(knot, 0.0) + part
        return [(knot, part / count) for knot, part in sorted(total.items())]

    def row(self, values):
        columns = [(0, 1.0)]
        for name, knots in scorecard.KNOTS.items():
            parts = scorecard.weights(knots, values[name]) if name in values else self.usual[name]
            columns += [(self.start[name] + knot, part) for knot, part in parts]
        return columns

    def curve(self, name, odds, delay):
        """Points so that the usual invoice has none, and what they leave to the constant."""
        start, knots = self.start[name], scorecard.KNOTS[name]
        mean = [sum(part * beta[start + knot] for knot, part in self.usual[name])
                for beta in (odds, delay)]
        points = [scorecard.Point(at, round(scorecard.PPM * (odds[start + i] - mean[0])),
                                  round(1000 * (delay[start + i] - mean[1])))
                  for i, at in enumerate(knots)]
        return points, mean


def train(rows, known, until, name, about):
    """The model by what is known on the day `until`."""
    chosen = [i for i, row in enumerate(rows) if row.due_on + MATURE_DAYS < until]
    if len(chosen) < LEAST_ROWS:
        sys.exit(f"{len(chosen)} invoices whose outcome is known are too few to learn from; "
                 f"at least {LEAST_ROWS}")
    design = Design([known[i] for i in chosen])
    lines = [design.row(known[i]) for i in chosen]
    ridge = [RIDGE_CONSTANT] + [RIDGE] * (design.size - 1)
    odds = fit.logistic(lines, [is_late(rows[i], until) for i in chosen], design.size, ridge)
    delay = fit.robust(lines, [delay_of(rows[i], until) for i in chosen], design.size, ridge)
    curves, constant = {}, [odds[0], delay[0]]
    for feature in scorecard.KNOTS:
        curves[feature], mean = design.curve(feature, odds, delay)
        constant = [a + b for a, b in zip(constant, mean)]
    curves.update(scorecard.JUDGED)
    return scorecard.Model(name, about, round(scorecard.PPM * constant[0]), round(1000 * constant[1]),
                           scorecard.MARGIN, scorecard.BANDS, curves), len(chosen)


# ---- evaluation ----

def area_under_curve(scores, labels):
    """Probability that a late invoice has the higher score; ties count half."""
    order = sorted(range(len(scores)), key=lambda i: scores[i])
    late, ranks, start = sum(labels), 0.0, 0
    while start < len(order):
        end = start
        while end < len(order) and scores[order[end]] == scores[order[start]]:
            end += 1
        ranks += (start + end + 1) / 2 * sum(labels[i] for i in order[start:end])
        start = end
    return (ranks - late * (late + 1) / 2) / (late * (len(labels) - late))


def report(rows, known, model, chosen):
    ratings = [scorecard.rate(model, known[i]) for i in chosen]
    labels = [int(rows[i].paid_on > rows[i].due_on) for i in chosen]
    chances = [late / scorecard.PPM for late, _ in ratings]
    if len(set(labels)) < 2:
        print("the last part is all late or all in time: nothing to evaluate")
        return
    brier = sum((p - y) ** 2 for p, y in zip(chances, labels)) / len(labels)
    error = sum(abs(days - (rows[i].paid_on - rows[i].due_on))
                for (_, days), i in zip(ratings, chosen)) / len(chosen)
    print(f"tried on {len(chosen)} invoices, {100 * sum(labels) / len(labels):.1f} % late")
    print(f"AUC late {area_under_curve(chances, labels):.4f}")
    print(f"Brier {brier:.4f}")
    print(f"days off {error:.2f}")
    print("forecast  invoices  late")
    for tenth in range(10):
        inside = [i for i, p in enumerate(chances) if int(p * 10) == tenth]
        if inside:
            print(f"{sum(chances[i] for i in inside) / len(inside):8.3f}  {len(inside):8}  "
                  f"{sum(labels[i] for i in inside) / len(inside):.3f}")


def evaluate(rows, known, name):
    order = sorted(range(len(rows)), key=lambda i: (rows[i].issued_on, i))
    until = rows[order[int(len(order) * (1 - LAST_PART))]].issued_on
    model, count = train(rows, known, until, name, "evaluation")
    print(f"trained on {count} invoices due before {debtor.date_of(until - MATURE_DAYS)}, "
          f"known on {debtor.date_of(until)}")
    report(rows, known, model,
           [i for i in order if rows[i].issued_on >= until and rows[i].paid_on is not None])


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].removeprefix("usage: "))
    parser.add_argument("ledger")
    parser.add_argument("--output", required=True)
    parser.add_argument("--name", default="behaviour-1")
    parser.add_argument("--column", action="append", default=[])
    arguments = parser.parse_args()

    rows = ledger.read(arguments.ledger, ledger.columns_of(arguments.column))
    known = ledger.at_issue(rows)
    evaluate(rows, known, arguments.name)
    until = 1 + max(max(row.issued_on, row.paid_on or row.issued_on) for row in rows)
    last_on = debtor.date_of(max(row.issued_on for row in rows))
    model, count = train(rows, known, until, arguments.name,
                         f"trained on invoices issued until {last_on}")
    with open(arguments.output, "w", encoding="utf-8") as file:
        file.write(scorecard.write(model))
    print(f"{arguments.output}: {model.name}, trained on {count} invoices")


if __name__ == "__main__":
    main()
