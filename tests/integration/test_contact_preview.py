#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A contact that still waits is shown as it will be sent: to the byte what the relay gets afterwards. When
its person is erased, nobody is shown it any more.

usage: test_contact_preview.py BUILD SOURCE_FOLDER    (the local stack's env file must be sourced)
"""
import json
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))

from installation import Installation
from portfolio import Portfolio

TENANT, DEBTOR = "shop", "shop/C-1"
LIMIT_S = 60


def show(installation, *options):
    environment = dict(installation.environment, RELANCE_POSTGRES_DSN=installation.dsn(
        "RELANCE_POSTGRES_READ_DSN").replace("relance_read@", "relance_people@"))
    done = subprocess.run(
        installation.tool("--json", "contact", "show", DEBTOR, "--tenant-keys",
                          str(installation.folder), *options),
        env=environment, capture_output=True, text=True, timeout=60)
    return done.returncode, json.loads(done.stdout)


def until(question):
    deadline = time.monotonic() + LIMIT_S
    while not question():
        assert time.monotonic() < deadline, "nothing came of it"
        time.sleep(0.2)


def check(installation, source):
    portfolio = Portfolio(TENANT)
    portfolio.debtor("C-1")
    portfolio.invoice("C-1", "A1", "1200.50")
    events = portfolio.write(installation.folder / "events.jsonl")
    for worker in ("ingest", "scenario", "audit"):
        installation.start(worker)
    installation.activate(pathlib.Path(source) / "tests/ledger/bundle", "2026-01-01T08:00:00Z")
    # The day does not end before the contact has its answer.
    replay = subprocess.Popen(installation.tool("replay", str(events), "--topic",
                                                installation.source, "--to", "2026-01-14"),
                              env=installation.environment, stdout=subprocess.DEVNULL)
    try:
        until(lambda: show(installation)[0] == 0)
        code, preview = show(installation)
        assert code == 0 and "answer" not in preview and "as_sent" not in preview, preview
        assert "Secret Person" in preview["mail"], preview
        assert not list(installation.sink.letters()), "nobody sends yet"
        installation.start("notifier")
        assert replay.wait(LIMIT_S) == 0
    finally:
        replay.kill()
        replay.wait()
    letter, = installation.sink.letters()
    assert letter.content == preview["mail"].encode(), (letter.content, preview["mail"])
    until(lambda: "answer" in show(installation)[1])
    code, sent = show(installation)
    assert code == 0 and sent["as_sent"] and sent["sha256"] == preview["sha256"], sent
    assert letter.envelope["sha256"] == sent["content_hash"], (letter.envelope, sent)
    # Who was erased is not shown any more, nor is the message to them.
    installation.control("command", "ERASE", "--tenant", TENANT, "--debtor", "C-1", "--topic",
                         installation.source, "--time", "2026-01-14T12:00:00Z", "--payload",
                         '{"subject":"C-1/1"}')
    until(lambda: show(installation)[0] == 66)
    assert "was erased" in show(installation)[1]["error"], show(installation)


def main():
    installation = Installation(sys.argv[1], TENANT)
    failed = True
    try:
        check(installation, sys.argv[2])
        print("what was shown while it waited is what the relay got")
        failed = False
    finally:
        installation.close(show_logs=failed)


if __name__ == "__main__":
    main()
