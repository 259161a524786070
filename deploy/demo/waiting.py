#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Finds a case that waits for an approval, as `relancectl explain` tells it.

usage: waiting.py TENANT <DEBTORS       debtors a line; the environment is that of the run
prints debtor, creditor, case, act, claim hash and documents of the first one; exit 1 if there is none
"""
import json
import subprocess
import sys


def waiting_case(tenant, debtor):
    """The debtor's latest milestone, if it asks for an approval, and what was referred with it."""
    told = json.loads(subprocess.run(["relancectl", "--json", "explain", f"{tenant}/{debtor}"],
                                     check=True, capture_output=True, text=True).stdout)["entries"]
    moves = [entry for entry in told if entry["kind"] == "CASE"]
    if not moves or moves[-1]["reason"] != "APPROVAL_ASKED":
        return None
    referred = next(entry for entry in told
                    if entry["kind"] == "REFERRED" and entry["object"] == moves[-1]["object"])
    return moves[-1], referred["documents"]


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        print(__doc__.strip())
        sys.exit(2)
    for debtor in sys.stdin.read().split():
        found = waiting_case(sys.argv[1], debtor)
        if found:
            case, documents = found
            print(debtor, case["creditor"], case["object"], case["act"], case["claim_hash"],
                  ",".join(documents))
            return
    sys.exit(1)


if __name__ == "__main__":
    main()
