#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""docs/OPERATIONS.md tells of each event that a worker can log, and of none that it cannot; each metric and
each command that it names exists.

usage: manual.py BUILD
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[2]
# What writes an event's name into the log, or hands it to who does.
CALL = re.compile(r"\b(?:rlc_log|rlc_note|rlc_part_halt|tell|turn_tell)\s*\(([^;]*?)\"([a-z_]+\.[a-z_]+)\"",
                  re.S)
# The sources of the loop, broken sentences put together.
SAID = [re.sub(r'"\s*"', "", file.read_text())
        for file in (ROOT / "common/runtime/loop").glob("*.c")]
WORKERS = ("ingest", "scenario", "scoring", "legal-escalation", "notifier", "audit")


def logged():
    events = set()
    for folder in ("common/process", "common/runtime/loop", "services"):
        for file in (ROOT / folder).rglob("*.c"):
            if "relancectl" not in file.parts:
                events |= {name for before, name in CALL.findall(file.read_text())
                           if '"' not in before}
    return events


def rows(page, section):
    """First cells of the tables of a section."""
    part = page.split(f"## {section}.")[1].split("\n## ")[0]
    return {name for line in part.splitlines() for name in re.findall(r"^\| `([^`]+)` \|", line)}


def output(binary, option):
    return subprocess.run([binary, option], check=True, capture_output=True, text=True).stdout


def main():
    build = pathlib.Path(sys.argv[1])
    page = (ROOT / "docs/OPERATIONS.md").read_text()
    wrong = []
    events, told = logged(), {name for name in rows(page, 4) if "." in name}
    wrong += [f"the log's event {name} is not told" for name in sorted(events - told)]
    wrong += [f"no worker logs {name}" for name in sorted(told - events)]
    metrics = "".join(output(build / f"services/{worker.replace('-', '_')}/relance-{worker}",
                             "--document-metrics")
                      for worker in WORKERS)
    # Those that no table declares stand in the page of metrics.
    known = set(re.findall(r"\brlc_[a-z_]+", metrics + (ROOT / "docs/METRICS.md").read_text()))
    wrong += [f"no worker has the metric {name}"
              for name in sorted(set(re.findall(r"\brlc_[a-z_]+", page)) - known)]
    waits = set(re.findall(r"NOTIFIER_WAITS_FOR_([A-Z]+)",
                           (ROOT / "services/notifier/shell.h").read_text()))
    named = {name for line in page.split("{wait=...}")[1].split("\n## ")[0].splitlines()
             for name in re.findall(r"`([A-Z]+)`", line.split("|")[1] if "|" in line else "")}
    wrong += [f"what {name} waits for is not told, or nothing does" for name in sorted(waits ^ named)]
    sentences = rows(page, 5)
    wrong += [f"no partition says: {name}" for name in sorted(sentences)
              if not any(name in said for said in SAID)]
    commands = {line[2:20].strip() for line in output(
        build / "services/relancectl/relancectl", "--help").splitlines() if line.startswith("  ")}
    named = set(re.findall(r"relancectl ([a-z]+(?: (?:create|list|show|replay|drop|verify|rebuild|publish"
                           r"|activate|check))?)", page))
    wrong += [f"there is no command relancectl {name}" for name in sorted(named - commands)]
    assert len(events) > 20 and waits and sentences, "nothing was found in the code"
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
