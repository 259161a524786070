#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The first weeks of the demonstration's portfolio, lived through on real servers and in one process:
every debtor's state has the same hash, though each seals under keys of its own and has other places
in its log; so do the numbers of facts, requests, dead letters and mails.

usage: test_embedded.py BUILD SOURCE_FOLDER [LAST_DAY]
"""
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from installation import ALSO, Installation  # noqa: E402

TENANT = "acme"
BEGIN = "2025-01-01T00:00:00Z"
LAST_DAY = "2025-02-20"
COUNTED = ("debtor-facts", "contact-requests", "scoring.audit", "dead-letters")


def shorten(source, last_day, target):
    """The file's lines up to a day; one that is no event goes with its predecessor."""
    kept = []
    for line in source.read_text().splitlines(keepends=True):
        try:
            if json.loads(line)["time"][:10] > last_day:
                break
        except ValueError:
            pass
        kept.append(line)
    target.write_text("".join(kept))
    return len(kept)


def on_servers(build, events, bundle, last_day):
    """({debtor: hash}, numbers, folder with the tenant's key)."""
    installation = Installation(build, TENANT)
    fine = False
    try:
        installation.start_all(ALSO)
        installation.activate(bundle, BEGIN)
        print("on servers:", installation.replay(events, "--to", last_day)[0])
        said = json.loads(installation.control("state", "hash", "--each", "--json"))
        assert "each" not in json.loads(installation.control("state", "hash", "--json"))
        assert installation.control("state", "hash").endswith(f"{said['hash']}\n")
        assert said["debtors"] == len(said["each"])
        numbers = {topic: len(installation.committed(topic)) for topic in COUNTED}
        numbers["mails"] = len(installation.sink.letters())
        fine = True
        return ({one["debtor"]: one["hash"] for one in said["each"]}, said["hash"], numbers,
                installation.folder)
    finally:
        installation.close(show_logs=not fine)


def in_one_process(build, events, bundle, last_day, keys, partitions):
    out, mails = keys / f"out{partitions}", keys / f"mails{partitions}"
    done = subprocess.run(
        [build / "services/embedded/relance-embedded", events, "--bundle", bundle, "--tenant",
         TENANT, "--tenant-keys", keys, "--begin", BEGIN, "--to", last_day, "--partitions",
         str(partitions), "--out", out, "--mails", mails], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    print("in one process:", done.stdout.splitlines()[-1])
    lines = [json.loads(line) for line in (out / "state-hashes.jsonl").read_text().splitlines()]
    numbers = {topic: len((out / f"{topic}.jsonl").read_text().splitlines()) for topic in COUNTED}
    numbers["mails"] = len(list(mails.glob("*.eml")))
    overall = next(line.split()[-1] for line in done.stdout.splitlines()
                   if line.startswith("  hash over all of them"))
    return {one["debtor"]: one["hash"] for one in lines}, overall, numbers


def main():
    build, source = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    last_day = sys.argv[3] if len(sys.argv) > 3 else LAST_DAY
    bundle = source / "deploy/bundles/demo"
    whole = build / "embedded-whole.jsonl"
    events = build / "embedded-events.jsonl"
    subprocess.run([build / "services/relancectl/relancectl", "sample", "--out", whole], check=True)
    print(shorten(whole, last_day, events), "records to", last_day)
    servers, servers_all, servers_numbers, keys = on_servers(build, events, bundle, last_day)
    assert len(servers) > 300 and servers_numbers["mails"] > 0 and \
        servers_numbers["scoring.audit"] > 0 and \
        servers_numbers["dead-letters"] > 0, servers_numbers
    for partitions in (6, 1):
        memory, memory_all, numbers = in_one_process(build, events, bundle, last_day, keys,
                                                     partitions)
        others = [debtor for debtor in sorted(servers.keys() | memory.keys())
                  if servers.get(debtor) != memory.get(debtor)]
        assert not others, f"{len(others)} debtors differ, for example {others[:5]}"
        assert memory_all == servers_all
        if partitions == 6:  # each partition tells of a change of the scope
            assert numbers == servers_numbers, f"{numbers} and {servers_numbers}"
    print(f"{len(servers)} debtors have the same state, {servers_all}")


if __name__ == "__main__":
    main()
