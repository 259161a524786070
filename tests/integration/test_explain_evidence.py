#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`relancectl explain` on random debtors and days, each record that it names read again and judged: see
tests/support/evidence.py. The portfolio is that of the demonstration, or a part of it.

usage: test_explain_evidence.py BUILD SOURCE_FOLDER [--pairs N] [--debtors N] [--to DAY] [--seed N]
                                         (the local stack's env file must be sourced)
       --debtors 0: all of them, and with --to 2025-12-31 the whole year (3 minutes)
"""
import argparse
import collections
import datetime
import json
import pathlib
import random
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from evidence import Evidence, Log  # noqa: E402
from installation import Installation  # noqa: E402

TENANT = "acme"
BEGIN = "2025-01-01T00:00:00Z"


def debtor_of(line):
    try:
        return json.loads(line).get("debtor")
    except ValueError:
        return None


def write_events(installation, path, count, last_day, chance):
    """Records of some debtors up to a day; those that are wrong beyond reading stay in."""
    whole = path.with_suffix(".whole")
    subprocess.run(installation.tool("sample", "--out", whole), check=True)
    lines = whole.read_text().splitlines(keepends=True)
    debtors = sorted({debtor_of(line) for line in lines} - {None})
    kept = set(chance.sample(debtors, count) if count else debtors) | {None}
    with path.open("w") as file:
        for line in lines:
            if debtor_of(line) in kept and json_day(line) <= last_day:
                file.write(line)


def json_day(line):
    """Of what is no JSON: the first day, with whatever goes before it."""
    try:
        return json.loads(line)["time"][:10]
    except (ValueError, KeyError):
        return "2025-01-01"


def lies(said):
    """The same story, each time with another word that is not true."""
    def changed(number, **members):
        entries = [dict(entry) for entry in said["entries"]]
        entries[number].update(members)
        return dict(said, entries=entries)

    for number, entry in enumerate(said["entries"]):
        yield "left out", dict(said, entries=said["entries"][:number] + said["entries"][number + 1:])
        yield "told twice", dict(said, entries=[*said["entries"], entry])
        for at in entry.get("evidence", []):
            yield "the record before", changed(number, evidence=[dict(at, offset=at["offset"] - 1)])
        for event in entry.get("events", []):
            yield "another's word", changed(number, events=[dict(event, id="evt-000001")])
        if entry["kind"] in ("SILENCE", "CLOSED", "SCORE"):
            yield "another reason", changed(number, reason="ON_HOLD" if entry["reason"] != "ON_HOLD"
                                            else "PROMISED")
        if entry.get("object"):
            yield "another object", changed(number, object="nothing")
        yield "another time", changed(number, at="2025-02-03T04:05:06Z")


def check_lies(evidence, debtor, day, said, counts):
    for name, lie in lies(said):
        assert evidence.refuses(debtor, day, lie), (name, lie)
        counts[name] += 1


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("build")
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--debtors", type=int, default=0)
    parser.add_argument("--to", type=datetime.date.fromisoformat, default=datetime.date(2025, 12, 31))
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    asked = parser.parse_args()
    print(f"--seed {asked.seed}")
    chance = random.Random(asked.seed)
    installation = Installation(asked.build, TENANT)
    failed = True
    try:
        events = installation.folder / "events.jsonl"
        write_events(installation, events, asked.debtors, str(asked.to), chance)
        installation.start_all(["scoring", "legal-escalation"])
        bundle = asked.source / "deploy/bundles/demo"
        installation.activate(bundle, BEGIN)
        print(installation.replay(events, "--to", str(asked.to))[0])
        environment = dict(installation.environment,
                           RELANCE_POSTGRES_DSN=installation.dsn("RELANCE_POSTGRES_READ_DSN"))
        log = Log(environment["RELANCE_KAFKA_BOOTSTRAP_SERVERS"], installation.prefix)
        evidence = Evidence(log, TENANT, bundle, installation.tool(), environment)
        counts = collections.Counter()
        for debtor, day in evidence.pairs(asked.pairs, chance):
            try:
                said = evidence.check(debtor, day)
                if said:
                    check_lies(evidence, debtor, day, said, counts)
            except (AssertionError, AttributeError, KeyError, IndexError, ValueError):
                print(f"{TENANT}/{debtor} on {day}")
                raise
        assert evidence.entries >= asked.pairs // 4, f"only {evidence.entries} entries were told"
        for (kind, reason), count in sorted(evidence.reasons.items(), key=str):
            print(f"{count:6}  {kind} {reason or ''}")
        print(f"{asked.pairs} pairs: {evidence.entries} entries, {evidence.records} records read, "
              "each of them concerns its debtor and supports its reason")
        print("found out:", ", ".join(f"{name} ({count})" for name, count in counts.items()))
        failed = False
    finally:
        installation.close(show_logs=failed)


if __name__ == "__main__":
    main()
