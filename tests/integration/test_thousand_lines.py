#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A debtor with a thousand overdue invoices gets one message: five hundred in its text, the others in
its annex, and no record of any topic comes near what a broker takes.

usage: test_thousand_lines.py BUILD
"""
import csv
import datetime
import email
import email.policy
import io
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from installation import Installation  # noqa: E402
from portfolio import Portfolio  # noqa: E402

INVOICES = 1000
LISTED = 500
RECORD_BYTES_MAX = 900_000
DAY = datetime.date(2026, 1, 13)
TOPICS = ("debtor-events", "debtor-facts", "contact-requests", "notifier.state", "notifier.audit",
          "scenario.state")


def number_of(place):
    """As long as invoice numbers get: 64 characters."""
    return f"F2026-{'0' * 50}-{place:07}"


def live(build):
    installation = Installation(build, "large")
    failed = True
    try:
        portfolio = Portfolio("large")
        portfolio.debtor("D1")
        for place in range(INVOICES):
            portfolio.invoice("D1", f"{place}", f"{100 + place}.25", number=number_of(place))
        events = installation.folder / "events.jsonl"
        portfolio.write(events)
        installation.start_all()
        installation.activate(pathlib.Path(__file__).parents[1] / "ledger/bundle",
                              "2026-01-01T00:00:00Z")
        installation.replay(events, "--to", DAY.isoformat())
        print(installation.control("audit", "verify", "--at-rest").strip().splitlines()[-1])
        largest = {topic: max((len(record.value() or b"")
                               for record in installation.committed(topic)), default=0)
                   for topic in TOPICS}
        requests = len(installation.committed("contact-requests"))
        letters = installation.sink.letters()
        failed = False
        return letters, requests, largest
    finally:
        installation.close(show_logs=failed)


def main():
    letters, requests, largest = live(sys.argv[1])
    assert len(letters) == 1, f"{len(letters)} messages"
    assert requests == INVOICES // LISTED, f"{requests} records of the request"
    for topic, size in largest.items():
        print(f"  largest record of {topic:18} {size:8} bytes")
        assert 0 < size < RECORD_BYTES_MAX, f"{topic}: {size}"
    mail = email.message_from_bytes(letters[0].content, policy=email.policy.default)
    body = mail.get_body(("plain",)).get_content()
    listed = re.findall(r"^F2026-0+-(\d{7})", body, re.M)
    attached, = mail.iter_attachments()
    annex = list(csv.reader(io.StringIO(attached.get_content())))[1:]
    others = [row[0][-7:] for row in annex]
    print(f"  one mail of {len(letters[0].content)} bytes: {len(listed)} lines, "
          f"{len(others)} in {attached.get_filename()}")
    assert len(listed) == LISTED and len(others) == INVOICES - LISTED
    assert {int(number) for number in listed + others} == set(range(INVOICES))
    total = sum(10025 + 100 * place for place in range(INVOICES))
    assert f"{total // 100:,}.{total % 100:02}" in body.replace("\xa0", " "), "the total is wrong"


if __name__ == "__main__":
    main()
