#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The enumerations of common/wire and of the schema have the same members with the same numbers."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def enums(text, opening, member):
    """{name: {member: number}} of every enumeration in the text."""
    found = {}
    for match in re.finditer(opening + r" \{\n(.*?)\n\}", text, re.S):
        found[match.group(1)] = {m: int(n) for m, n in re.findall(member, match.group(2))}
    return found


def snake(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def main():
    headers = "".join(p.read_text() for p in sorted(ROOT.glob("common/wire/*.h")))
    schema = "".join(p.read_text() for p in sorted(ROOT.glob("proto/relance/v1/*.proto")))
    in_c = enums("\n" + headers, r"\nenum rlc_(\w+)", r"\bRLC_(\w+) = (\d+)")
    faults = 0
    for name, members in enums("\n" + schema, r"\nenum (\w+)", r"\b([A-Z]\w+) = (\d+);").items():
        ours = dict(in_c.get(snake(name), {}))
        ours.pop(snake(name).upper() + "_ALL", None)
        ours.setdefault(snake(name).upper() + "_UNSPECIFIED", 0)
        if ours != members:
            faults += 1
            print(f"{name}: {sorted(set(ours.items()) ^ set(members.items()))}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
