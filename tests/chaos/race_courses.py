# SPDX-License-Identifier: Apache-2.0
"""What contact_races.py and filing_races.py do alike: how many race, and the courses, one after the other
on one stack."""
import os
import sys
import time

from installation import SKIPPED
from stack import Stack

CONNECTIONS = 32
CONTROLS = 10  # one for so many payers
BLIND_PAYERS = 30
SAID_AT_MOST = 40
FOUND_AT_LEAST = 10  # of a worker that is blind in one eye


def sizes_of(payers, count):
    return [(payers, max(payers // CONTROLS, 2))] * count


def add_options(parser, courses):
    parser.add_argument("build")
    parser.add_argument("--payments", type=int, default=200, help="in each window")
    parser.add_argument("--only", nargs="*", default=list(courses), choices=list(courses))
    parser.add_argument("--beside-a-stack", action="store_true",
                        help="skip where the environment names no local stack")


def run(arguments, courses, stack_name):
    """Ends the process: 1 if anything was found that must not be."""
    if arguments.beside_a_stack and not os.environ.get("RELANCE_LOCAL_DIR"):
        print("SKIPPED: no local stack")
        sys.exit(SKIPPED)
    violations = []
    with Stack(stack_name) as stack:
        stack.start()
        for name in arguments.only:
            began = time.monotonic()
            print(f"{name}: {courses[name].__doc__}", flush=True)
            found = courses[name](arguments)
            print(f"{name}: {len(found)} violations, {time.monotonic() - began:.0f} s", flush=True)
            violations += found
    for one in violations[:SAID_AT_MOST]:
        print(one)
    if len(violations) > SAID_AT_MOST:
        print(f"... and {len(violations) - SAID_AT_MOST} more")
    sys.exit(1 if violations else 0)
