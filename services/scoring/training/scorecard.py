# SPDX-License-Identifier: Apache-2.0
"""The model: curves of points in whole numbers, as core/scorecard.c adds them up."""
import collections
import math
import re

PPM = 1000000
STEPS = 16
STEP_ODDS = PPM // STEPS
SIGMOID = [round(PPM / (1 + math.exp(-k / STEPS))) for k in range(14 * STEPS + 1)]
DELAY_MIN, DELAY_MAX = -60, 365

# Where the curves that are learnt have their points, in the units of core/features.c. What is left
# out (late_10, late_30, delay_slow, open, overdue) tells the same again: with it a model is no
# better, and neighbours take signs against each other, which makes reasons that nobody understands.
KNOTS = {
    "settled": [0, 1, 3, 8, 20, 60, 200],
    "late_share": [30, 100, 200, 350, 500, 650, 800, 950],
    "late_recent": [0, 60, 150, 300, 500, 700, 850, 1000],
    "delay_recent": [-150, -50, -20, 0, 10, 25, 50, 100, 250],
    "delay_weighted": [-150, -50, -20, 0, 20, 50, 120],
    "delay_last": [-15, -5, -2, 0, 1, 3, 7, 15, 40],
    "paid_ago": [0, 3, 8, 20, 60, 150],
    "exposure": [0, 500, 1000, 2000, 5000, 15000],
    "overdue_share": [0, 1, 100, 300, 600, 1000],
    "oldest_overdue": [0, 1, 5, 15, 40, 100],
    "amount_usual": [0, 50, 300, 700, 1000, 1500, 3000, 8000],
    "term": [0, 5, 15, 20, 30, 45, 65, 90],
    "due_weekday": [0, 1, 2, 3, 4, 5, 6],
    "due_monthday": [1, 6, 11, 16, 21, 26, 31],
    "late_weekday": [20, 80, 160, 300, 450, 600, 750, 900],
}

Point = collections.namedtuple("Point", "at odds delay")
Band = collections.namedtuple("Band", "name below")  # percent; None: the last one
Model = collections.namedtuple("Model", "name about odds delay margin bands curves")

# No ledger of payments holds these, so a person sets them: a broken promise doubles the odds of the
# next payment being late, a payment that was taken back a little less, a dispute or a contact
# without an answer a little. At 0, where nothing happened, they say nothing.
JUDGED = {
    "broken_promises": [Point(0, 0, 0), Point(1, 700000, 4000), Point(3, 1400000, 10000)],
    "disputes": [Point(0, 0, 0), Point(1, 200000, 2000), Point(4, 500000, 5000)],
    "returned_payments": [Point(0, 0, 0), Point(1, 500000, 4000), Point(3, 1000000, 8000)],
    "unanswered": [Point(0, 0, 0), Point(2, 100000, 1000), Point(5, 500000, 5000)],
}

BANDS = [Band("A", 15), Band("B", 35), Band("C", 55), Band("D", 75), Band("E", None)]
MARGIN = 20000


def weights(knots, value):
    """[(number of a knot, part)] of a value: it lies between two of them, or beyond the last."""
    if value <= knots[0]:
        return [(0, 1.0)]
    if value >= knots[-1]:
        return [(len(knots) - 1, 1.0)]
    at = max(i for i, knot in enumerate(knots) if knot <= value)
    part = (value - knots[at]) / (knots[at + 1] - knots[at])
    return [(at, 1.0 - part), (at + 1, part)] if part > 0 else [(at, 1.0)]


def _upper_half(odds):
    step, rest = divmod(odds, STEP_ODDS)
    if step >= len(SIGMOID) - 1:
        return SIGMOID[-1]
    return SIGMOID[step] + (SIGMOID[step + 1] - SIGMOID[step]) * rest // STEP_ODDS


def probability(odds):
    return _upper_half(odds) if odds >= 0 else PPM - _upper_half(-odds)


def _on_curve(points, value):
    if value <= points[0].at:
        return points[0]
    if value >= points[-1].at:
        return points[-1]
    low, high = next((a, b) for a, b in zip(points, points[1:]) if a.at <= value < b.at)
    part, of = value - low.at, high.at - low.at
    return Point(value, low.odds + (high.odds - low.odds) * part // of,
                 low.delay + (high.delay - low.delay) * part // of)


def rate(model, values):
    """(late_ppm, delay_days) of {feature: value}."""
    odds, delay = model.odds, model.delay
    for name, points in model.curves.items():
        if name in values:
            point = _on_curve(points, values[name])
            odds += point.odds
            delay += point.delay
    return probability(odds), min(max((delay + 500) // 1000, DELAY_MIN), DELAY_MAX)


def write(model):
    """The text of the model's file."""
    lines = ["# SPDX-License-Identifier: Apache-2.0",
             f"model: {model.name}", f'about: "{model.about}"',
             f"odds: {model.odds}", f"delay: {model.delay}", f"margin: {model.margin}", "bands:"]
    for band in model.bands:
        below = "" if band.below is None else f", below: {band.below}"
        lines.append(f"  - {{band: {band.name}{below}}}")
    lines.append("features:")
    for name, points in model.curves.items():
        lines += [f"  - feature: {name}", "    points:"]
        lines += [f"      - {{at: {p.at}, odds: {p.odds}, delay: {p.delay}}}" for p in points]
    return "\n".join(lines) + "\n"


def read(text):
    """The model of a file that write() made."""
    head = dict(re.findall(r"^(\w+): (\S.*)$", text, re.M))
    bands = [Band(name, int(below) if below else None)
             for name, below in re.findall(r"\{band: (\S+?)(?:, below: (\d+))?\}", text)]
    curves = {}
    for part in re.split(r"^  - feature: ", text, flags=re.M)[1:]:
        curves[part.split("\n", 1)[0]] = [
            Point(*map(int, found)) for found in
            re.findall(r"\{at: (-?\d+), odds: (-?\d+), delay: (-?\d+)\}", part)]
    return Model(head["model"], head["about"].strip('"'), int(head["odds"]), int(head["delay"]),
                 int(head["margin"]), bands, curves)
