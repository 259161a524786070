#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Payments race against filings on real servers: nothing is filed behind a payment that was known,
and what is paid later is recalled. See README.md.

usage: filing_races.py BUILD [OPTIONS]       starts and stops a stack of its own; exit 1 if anything
                                             was filed that must not have been
"""
import argparse
import pathlib
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/support"), str(ROOT / "tests/integration")]
import filing_windows  # noqa: E402
import race_courses  # noqa: E402
from filing_ground import FilingGround  # noqa: E402
from filing_windows import WINDOWS  # noqa: E402
from race_courses import BLIND_PAYERS, CONNECTIONS, FOUND_AT_LEAST, sizes_of  # noqa: E402


def say_head():
    print(f"  {'payments come':28} {'payments':>8} {'never':>7} {'before':>7} {'raced':>7} "
          f"{'recalled in':>12} {'violations':>10} {'took':>6}", flush=True)


def say_row(row, took_s):
    print(f"  {row.window:28} {row.payments:8} {row.never:7} {row.before:7} {row.raced:7} "
          f"{row.recalled_s:10.1f} s {len(row.violations):10} {took_s:4.0f} s", flush=True)


def course_windows(arguments):
    """A payment in each window between the referral and the filing that stands."""
    violations, names = [], arguments.windows
    say_head()
    with FilingGround(arguments.build, sizes_of(arguments.payments, len(names)),
                      connections=CONNECTIONS) as ground:
        ground.replace_legal()
        for name, group in zip(names, ground.groups):
            began = time.monotonic()
            silent = WINDOWS[name](ground, group)
            row = filing_windows.judge(ground, name, group, silent)
            say_row(row, time.monotonic() - began)
            violations += row.violations
    return violations


# What legal-escalation may be unable to see, the window that shows it, and whether the checker can
# tell: a watermark that is too low, and a source, hide their fault from who only reads the log.
BLINDNESS = [
    ("intake", "unread by intake", False),
    ("gate", "given to look", True),
    ("high-watermark", "behind an open transaction", False),
    ("inbox", "unread in the inbox", True),
    ("order", "look to scenario's answer", True),
]


def course_blind(arguments):
    """The same with workers that are blind in one eye: checker and clock must see it."""
    violations = []
    with FilingGround(arguments.build, sizes_of(BLIND_PAYERS, len(BLINDNESS)),
                      connections=CONNECTIONS) as ground:
        for (what, window, by_checker), group in zip(BLINDNESS, ground.groups):
            ground.replace_legal(without=what)
            WINDOWS[window](ground, group)
            ground.settle(group)
            known = ground.behind(group)
            checked = {number for number in ground.behind_by_the_log() if number in group.payers}
            print(f"  without {what:15} {len(known):3} filings behind a committed payment, of "
                  f"which the checker finds {len(checked)}", flush=True)
            found = checked if by_checker else known
            if len(found) < FOUND_AT_LEAST:
                violations.append(f"without {what} only {len(found)} filings were found")
            if checked and not by_checker:
                violations.append(f"without {what} the checker finds {len(checked)}: then why the "
                                  "clock?")
    return violations


COURSES = {"windows": course_windows, "blind": course_blind}


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--windows", nargs="+", default=list(WINDOWS), choices=list(WINDOWS))
    race_courses.add_options(parser, COURSES)
    return parser.parse_args()


def main():
    race_courses.run(parse(), COURSES, "filing-races-stack")


if __name__ == "__main__":
    main()
