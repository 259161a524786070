#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Payments, commands and faults race against contacts on real servers: nothing is sent behind a
payment that was known. See README.md.

usage: contact_races.py BUILD [OPTIONS]      starts and stops a stack of its own; exit 1 if anything
                                             was sent that must not have been
"""
import argparse
import functools
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/support"), str(ROOT / "tests/integration")]
import race_courses  # noqa: E402
import race_faults  # noqa: E402
import race_windows  # noqa: E402
from race_courses import BLIND_PAYERS, CONNECTIONS, FOUND_AT_LEAST, sizes_of  # noqa: E402
from race_ground import SABOTAGED, Ground  # noqa: E402


def windows_of(tick_s):
    return {
        "before the tick": race_windows.before_the_tick,
        "tick to request": race_windows.tick_to_request,
        "request to gate": race_windows.request_to_gate,
        "behind an open transaction": race_windows.behind_an_open_transaction,
        "gate to attempt": race_windows.gate_to_attempt,
        "attempt to body": race_windows.attempt_to_body,
        "after the letter": race_windows.after,
        f"during a tick of {tick_s:g} s": functools.partial(race_windows.during_a_long_tick,
                                                            seconds=tick_s),
    }


def say_row(row):
    print(f"  {row.window:28} {row.payments:8} {row.unasked:8} {row.returned:9} {row.before:14} "
          f"{row.raced:14} {len(row.violations):10}", flush=True)


def say_head():
    print(f"  {'payments come':28} {'payments':>8} {'no query':>8} {'returned':>9} "
          f"{'letter before':>14} {'asked before':>14} {'violations':>10}", flush=True)


def course_windows(arguments):
    """A payment in each window between the evening before and the letter."""
    windows, violations = windows_of(arguments.tick), []
    say_head()
    with Ground(arguments.build, sizes_of(arguments.payments, len(windows)),
                connections=CONNECTIONS) as ground:
        for (name, window), group in zip(windows.items(), ground.groups):
            silent = window(ground, group)
            row = race_windows.judge(ground, name, group, silent)
            say_row(row)
            violations += row.violations
    return violations


# What a notifier may be unable to see, the window that shows it, and whether the checker can tell.
BLINDNESS = [
    ("gate", race_windows.request_to_gate, True),
    ("high-watermark", race_windows.behind_an_open_transaction, False),
    ("intake", race_faults.behind_a_stopped_intake, False),
]


def course_blind(arguments):
    """The same with notifiers that are blind in one eye: checker and clock must see it."""
    violations = []
    with Ground(arguments.build, sizes_of(BLIND_PAYERS, len(BLINDNESS)), connections=CONNECTIONS,
                live=True) as ground:
        for (what, window, by_checker), group in zip(BLINDNESS, ground.groups):
            ground.replace_notifier(binary=SABOTAGED, SABOTAGE_WITHOUT=what)
            window(ground, group)
            ground.settle(group)
            known = ground.behind(group)
            checked = {number for number in ground.behind_by_the_log() if number in group.payers}
            print(f"  without {what:15} {len(known):3} letters behind a committed payment, of "
                  f"which the checker finds {len(checked)}", flush=True)
            found = checked if by_checker else known
            if len(found) < FOUND_AT_LEAST:
                violations.append(f"without {what} only {len(found)} letters were found")
            if checked and not by_checker:
                violations.append(f"without {what} the checker finds {len(checked)}: then why the "
                                  "clock?")
    return violations


COURSES = {
    "windows": course_windows,
    "blind": course_blind,
    "rest": race_faults.course_rest,
    "servers": race_faults.course_servers,
    "system-time": race_faults.course_system_time,
    "kill-switch": race_faults.course_kill_switch,
    "takeover": race_faults.course_takeover,
}


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tick", type=float, default=10, help="seconds that the long tick takes")
    parser.add_argument("--contacts", type=int, default=100, help="that wait for a server")
    race_courses.add_options(parser, COURSES)
    return parser.parse_args()


def main():
    race_courses.run(parse(), COURSES, "races-stack")


if __name__ == "__main__":
    main()
