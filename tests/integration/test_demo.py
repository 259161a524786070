#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The demonstration's year shows what it is there to show: most steps are acted on and many are not,
for many different reasons, and each story of the portfolio stands in the report with a debtor.

usage: test_demo.py BUILD SOURCE_FOLDER    (the local stack's env file must be sourced)
"""
import html
import json
import os
import pathlib
import subprocess
import sys

import psycopg2

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))

from installation import ALSO, Installation

TENANT = "acme"
BEGIN = "2025-01-01T00:00:00Z"
LAST_DAY = "2025-12-31"
ACTED_PERCENT = range(40, 91)
REASONS_AT_LEAST = 10
# Without them a year would not show what a credit manager meets.
STORIES = ["punctual", "late", "disputes a part, accepted", "breaks promises", "pays in parts", "insolvent",
           "told twice", "one wrong record", "buys from two sellers"]


def live(installation, source):
    events = installation.folder / "events.jsonl"
    installation.control("sample", "--out", str(events))
    installation.start_all(ALSO)
    installation.activate(source / "deploy/bundles/demo", BEGIN)
    output, _ = installation.replay(events, "--to", LAST_DAY)
    (installation.folder / "replay.txt").write_text(output)


def ask(installation, query):
    with psycopg2.connect(installation.dsn("RELANCE_POSTGRES_READ_DSN")) as connection:
        cursor = connection.cursor()
        cursor.execute(query)
        return cursor.fetchall()


def check_coverage(installation):
    ((acted, steps),) = ask(installation, """
        select count(*) filter (where result = 'ACTED'), count(*) from step_instance""")
    reasons = ask(installation, "select reason, count(*) from silence group by 1 order by 2 desc")
    print(f"{acted} of {steps} step instances acted ({100 * acted // steps} %), "
          + ", ".join(f"{reason} {number}" for reason, number in reasons))
    assert 100 * acted // steps in ACTED_PERCENT
    assert len(reasons) >= REASONS_AT_LEAST and all(reason for reason, _ in reasons)
    ((silent,),) = ask(installation, "select count(*) from open_step where reason is null")
    assert silent == 0, f"{silent} open steps are silent without a reason"


def make_report(installation, source, stories):
    folder = installation.folder
    (folder / "stories.json").write_text(stories)
    (folder / "dead-letters.json").write_text(
        installation.control("--json", "dlq", "list", "--limit", "1000"))
    (folder / "verify.txt").write_text(installation.control("audit", "verify", "--at-rest"))
    tool = installation.build / "services/relancectl"
    subprocess.run(
        [source / "deploy/demo/report.py", folder, "-", "-"], check=True,
        env=dict(installation.environment, PATH=f"{tool}:{os.environ['PATH']}",
                 RELANCE_POSTGRES_DSN=installation.dsn("RELANCE_POSTGRES_READ_DSN")))
    return (folder / "demo-report.html").read_text(encoding="utf-8")


def check_stories(installation, report, stories):
    """Each is a row of the report, and names a debtor that the trail knows as one of the story's;
    natural persons it knows by a pseudonym."""
    known = {debtor for debtor, in ask(installation, "select distinct debtor from receivable")}
    keys = {story["story"]: {key.partition("/")[2] for key in story["keys"]} for story in stories}
    unnamed = known.difference(*keys.values())
    for story in stories:
        name, tells = html.escape(story["story"]), html.escape(story["tells"])
        _, found, row = report.partition(f"<td><b>{name}</b></td><td>{tells}</td>")
        assert found, f"{name}: not in the report"
        shown = row.split("<code>")[1].split("</code>")[0]
        assert shown in (known & keys[story["story"]] or unnamed), f"{name}: {shown}"
    for section in ("scores", "law"):
        assert f'<section id="{section}">' in report, f"the report tells nothing of {section}"
    assert set(STORIES) <= set(keys), set(STORIES) - set(keys)


def main():
    build, source = sys.argv[1], pathlib.Path(sys.argv[2])
    installation = Installation(build, TENANT)
    failed = True
    try:
        live(installation, source)
        check_coverage(installation)
        stories = installation.control("sample", "--stories", "--json")
        check_stories(installation, make_report(installation, source, stories),
                      json.loads(stories)["stories"])
        failed = False
    finally:
        installation.close(show_logs=failed)


if __name__ == "__main__":
    main()
