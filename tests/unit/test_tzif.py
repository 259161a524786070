#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Compares our tables of time zones with Python's own reading of the same files.

usage: test_tzif.py BUNDLE_TOOL

The two share the files of the machine and nothing else. Every zone is asked around each change of
its offset and every 97 hours from 1970 to 2100.
"""
import bisect
import datetime
import subprocess
import sys
import zoneinfo

ZONES = """
Africa/Cairo Africa/Casablanca Africa/El_Aaiun Africa/Johannesburg America/Argentina/Buenos_Aires
America/Cayenne America/Guadeloupe America/Los_Angeles America/Martinique America/Mexico_City
America/New_York America/Nuuk America/Sao_Paulo America/St_Johns Antarctica/Troll Asia/Gaza
Asia/Jerusalem Asia/Kathmandu Asia/Kolkata Asia/Tehran Asia/Tokyo Atlantic/Azores
Australia/Lord_Howe Australia/Sydney Europe/Berlin Europe/Dublin Europe/Istanbul Europe/Lisbon
Europe/London Europe/Moscow Europe/Paris Indian/Mayotte Indian/Reunion Pacific/Apia
Pacific/Auckland Pacific/Chatham Pacific/Easter Pacific/Kiritimati Pacific/Noumea Pacific/Tahiti UTC
""".split()
UTC = datetime.timezone.utc
FIRST = datetime.datetime(1970, 1, 1, tzinfo=UTC)
END = datetime.datetime(2101, 1, 1, tzinfo=UTC)
STEP = datetime.timedelta(hours=97)
SECOND = datetime.timedelta(seconds=1)


def offset_seconds(text):
    sign = -1 if text[0] == "-" else 1
    parts = [int(part) for part in text[1:].split(":")] + [0]
    return sign * (parts[0] * 3600 + parts[1] * 60 + parts[2])


def our_tables(tool):
    out = subprocess.run([tool, "zone", *ZONES], check=True, capture_output=True, text=True).stdout
    tables = {}
    for line in out.splitlines():
        zone, instant, offset = line.split(",")
        start = datetime.datetime.fromisoformat(instant.replace("Z", "+00:00")) if instant else FIRST
        tables.setdefault(zone, []).append((start, offset_seconds(offset)))
    return tables


def compare(zone, table):
    info = zoneinfo.ZoneInfo(zone)
    starts = [start for start, _ in table]
    asked = [FIRST + STEP * i for i in range(int((END - FIRST) / STEP))]
    asked += [start + shift for start in starts[1:] for shift in (-SECOND, SECOND * 0)]
    wrong = 0
    for instant in asked:
        ours = table[bisect.bisect_right(starts, instant) - 1][1]
        theirs = int(instant.astimezone(info).utcoffset().total_seconds())
        if ours != theirs:
            wrong += 1
            print(f"{zone} at {instant.isoformat()}: {ours} s, expected {theirs} s")
    return len(asked), wrong


def main():
    tables = our_tables(sys.argv[1])
    counts = [compare(zone, tables[zone]) for zone in ZONES]
    asked, wrong = (sum(column) for column in zip(*counts))
    print(f"{len(ZONES)} zones, {asked} instants, {wrong} wrong")
    return 1 if wrong or not asked else 0


if __name__ == "__main__":
    sys.exit(main())
