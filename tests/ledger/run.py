#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Lives through a real ledger on real servers and compares everything with the prediction.

usage: run.py BUILD LEDGER.csv [--cap] [--kills N] [--partitions P ...] [--memory P ...]
       (the local stack's env file must be sourced)
"""
import argparse
import collections
import email
import email.policy
import email.utils
import os
import pathlib
import random
import re
import subprocess
import sys

import psycopg2

import predict

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "support"))
from installation import SKIPPED, Installation, Killer  # noqa: E402

BEGIN = "2018-01-01T00:00:00Z"
LINE = re.compile(r"^(\S+) +\d+ \w+ \d{4} +([A-Z]{3})\s([\d,]+\.\d\d)\r?$", re.M)  # of the bundle
DAYS = {"first": 3, "second": 10, "third": 40}  # the steps of the bundles beside this file


def rows_of(cursor, sql, *values):
    cursor.execute(sql, values)
    return cursor.fetchall()


def check_receivables(cursor, wanted):
    (debtors, count, still_open), = rows_of(cursor, """
        select count(distinct debtor), count(*), count(*) filter (where open_minor <> 0)
          from receivable where tenant = 'ledger'""")
    assert debtors == wanted["debtors"], f"{debtors} debtors"
    assert count == wanted["receivables"], f"{count} receivables"
    assert still_open == 0, f"{still_open} still open"
    issued = dict(rows_of(cursor, """select creditor, sum(total_minor)::bigint from receivable
                                      where tenant = 'ledger' group by 1"""))
    assert issued == wanted["issued_minor"], issued


def check_requests(cursor, wanted):
    acted = collections.defaultdict(set)
    for debtor, action, number, document, step, day in rows_of(cursor, """
            select l.debtor, l.action, l.request_number, l.document, l.step,
                   (r.requested_at at time zone 'UTC')::date
              from request_line l join request r using (tenant, debtor, action, request_number)
             where l.tenant = 'ledger' and r.outcome = 'ACCEPTED'"""):
        acted[debtor, day.isoformat(), bytes(action), number].add((document, DAYS[step]))
    got = sorted((debtor, day, sorted(map(list, ones)))
                 for (debtor, day, _, _), ones in acted.items())
    want = sorted((request["debtor"], request["day"], request["instances"])
                  for request in wanted["requests"])
    assert len(got) == len(want), f"{len(got)} requests and not {len(want)}"
    for left, right in zip(got, want):
        assert left == tuple(right), f"{left} and not {right}"


def letter_of(content):
    """Debtor, day and lines of a mail, as its reader has them, and whether it says how to get no
    more of them: the first step does."""
    mail = email.message_from_bytes(content, policy=email.policy.default)
    lines = sorted((document, currency, int(amount.replace(",", "").replace(".", "")))
                   for document, currency, amount in LINE.findall(mail.get_content()))
    day = email.utils.parsedate_to_datetime(mail["Date"]).date().isoformat()
    return mail["To"].addresses[0].username, day, tuple(lines), "List-Unsubscribe" in mail


def check_letters(installation, rows, wanted):
    """Each predicted request is one mail that names exactly its documents, with their amounts."""
    by_id = {row["id"]: row for row in rows}
    got = collections.Counter(letter_of(letter.content) for letter in installation.sink.letters())
    want = collections.Counter()
    for request in wanted["requests"]:
        documents = sorted({document for document, _ in request["instances"]})
        lines = sorted((document, by_id[document]["currency"], by_id[document]["minor"])
                       for document in documents)
        gentle = {step for _, step in request["instances"]} == {DAYS["first"]}
        want[request["debtor"], request["day"], tuple(lines), gentle] += 1
    assert got == want, f"{sum(got.values())} mails and not {sum(want.values())}; for example " \
                        f"{list((got - want).items())[:1]} and not {list((want - got).items())[:1]}"


def check_instances(cursor, wanted):
    results = dict(rows_of(cursor, """select coalesce(result, 'OPEN'), count(*) from step_instance
                                       where tenant = 'ledger' group by 1"""))
    want = {"ACTED": wanted["acted"]}
    if wanted["closed_paid"]:
        want["PAID"] = len(wanted["closed_paid"])
    assert results == want, results
    paid = sorted([debtor, document, DAYS[step]] for debtor, document, step in rows_of(cursor, """
        select debtor, document, step from step_instance
         where tenant = 'ledger' and result = 'PAID'"""))
    assert paid == wanted["closed_paid"], "other instances were closed by payment"


def check_balances(cursor, wanted):
    """At ten dates, as a credit manager asks for them."""
    for date, want in wanted["balances"].items():
        got = {creditor: [int(open_minor), int(items)] for creditor, open_minor, items in
               rows_of(cursor, """select creditor, sum(open_minor), sum(items) from balance_on(%s)
                                   where tenant = 'ledger' group by 1""", date)}
        assert got == want, f"balances on {date}: {got} and not {want}"


def bundle_of(arguments):
    return HERE / ("bundle-cap7" if arguments.cap else "bundle")


def export_data_keys(installation):
    """What was sealed under these keys is the same bytes wherever they are used."""
    with psycopg2.connect(installation.dsn("RELANCE_POSTGRES_SUPERUSER_DSN")) as connection:
        cursor = connection.cursor()
        cursor.execute("select subject, wrapped from data_key where tenant = 'ledger' order by 1")
        file = installation.folder / "data-keys"
        file.write_text("".join(f"{subject}|{bytes(wrapped).hex()}\n"
                                for subject, wrapped in cursor))
    return file


def check_memory(arguments, installation, state_hash):
    """The same life on the log and hot state in memory ends in the same state."""
    done = subprocess.run(
        [installation.build / "tests/sim/ledger_in_memory", installation.folder / "events.jsonl",
         bundle_of(arguments), "ledger", installation.folder, export_data_keys(installation),
         *map(str, arguments.memory)], capture_output=True, text=True)
    print(done.stdout.strip())
    assert done.returncode == 0, done.stdout + done.stderr
    hashes = dict(line.split() for line in done.stdout.splitlines() if line[:1].isdigit())
    for partitions in map(str, arguments.memory):
        assert hashes[partitions] == state_hash, f"{partitions} in memory: another state"


def live(arguments, rows, wanted, partitions, keys=None):
    """One installation from its first topic to the last check; (installation, state hash)."""
    installation = Installation(arguments.build, "ledger", partitions, keys)
    # A mail that a kill leaves in doubt is asked for again on another day: tests/chaos/campaign.py.
    killer = Killer(installation, arguments.kills, random.Random(), spare={"notifier"})
    failed = True
    try:
        events = installation.folder / "events.jsonl"
        print(installation.control("import", arguments.ledger, "--mapping",
                                   str(HERE / "mapping.yaml"), "--out", str(events)).strip())
        installation.start_all()
        installation.activate(bundle_of(arguments), BEGIN)
        killer.start()
        output, seconds = installation.replay(events)
        print(f"{partitions} partitions: {output}; {seconds:.1f} s in all, {killer.stop()} kills")
        with psycopg2.connect(installation.dsn("RELANCE_POSTGRES_SUPERUSER_DSN")) as connection:
            cursor = connection.cursor()
            check_receivables(cursor, wanted)
            check_balances(cursor, wanted)
            check_instances(cursor, wanted)
            check_requests(cursor, wanted)
        check_letters(installation, rows, wanted)
        print(f"{wanted['receivables']} receivables, {wanted['acted']} instances acted in "
              f"{len(wanted['requests'])} mails, {len(wanted['closed_paid'])} closed by payment, "
              f"balances at {len(wanted['balances'])} dates: equal to the prediction")
        records, state_hash = installation.state_hash()
        print(f"state: {records} records, {state_hash}")
        failed = False
    finally:
        if killer.is_alive():
            killer.stop()
        installation.close(show_logs=failed)
    return installation, state_hash


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build")
    parser.add_argument("ledger")
    parser.add_argument("--cap", action="store_true", help="one contact in seven days")
    parser.add_argument("--kills", type=int, default=0, help="kill -9 of random workers")
    parser.add_argument("--partitions", type=int, nargs="+", default=[6],
                        help="lives through it once for each; the states must be equal")
    parser.add_argument("--memory", type=int, nargs="+", default=[],
                        help="partitions of lives in memory; the states must be equal")
    arguments = parser.parse_args()
    if not os.path.exists(arguments.ledger):
        print("SKIPPED: data absent")
        sys.exit(SKIPPED)
    rows = predict.read(arguments.ledger)
    wanted = predict.predict(rows, 7 if arguments.cap else 0)
    first, state_hash = live(arguments, rows, wanted, arguments.partitions[0])
    for partitions in arguments.partitions[1:]:
        _, other = live(arguments, rows, wanted, partitions, first.keys())
        assert other == state_hash, f"{partitions} partitions: another state"
    if arguments.memory:
        check_memory(arguments, first, state_hash)


if __name__ == "__main__":
    main()
