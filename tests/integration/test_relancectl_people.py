#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What people ask of a small portfolio on real servers: why a debtor was contacted and why not, what
it owed on a day, what could not be understood and how that is settled, and whether anybody touched
the trail.

usage: test_relancectl_people.py BUILD SOURCE_FOLDER    (the local stack's env file must be sourced)
"""
import datetime
import json
import pathlib
import random
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))

import psycopg2

import contract
from installation import Installation
from portfolio import Portfolio

EVENTS, = contract.load("debtor_event")
KILL_SWITCH = 101
TENANT, CREDITOR = "shop", "U001"
BEGIN = "2026-01-01T08:00:00Z"
LAST_DAY = "2026-01-24"
DEBTORS = [f"C-{number}" for number in range(1, 8)]


class People:
    def __init__(self, build):
        self.installation = Installation(build, TENANT)
        self.binary = self.installation.build / "services/relancectl/relancectl"
        self.keys_dsn = self.installation.dsn("RELANCE_POSTGRES_DSN").replace(
            "relance_audit@", "relance_keys@")
        self.read_dsn = self.installation.dsn("RELANCE_POSTGRES_READ_DSN")

    def ask(self, *arguments, code=0, dsn=None):
        """The answer as JSON; asked as text too, so that both forms are printed."""
        environment = dict(self.installation.environment,
                           RELANCE_POSTGRES_DSN=dsn or self.read_dsn)
        for form in ([], ["--json"]):
            done = subprocess.run([self.binary, *form, *arguments], env=environment,
                                  capture_output=True, text=True, timeout=60)
            assert done.returncode == code, f"{arguments}: {done.returncode} {done.stdout}{done.stderr}"
            assert "ecret" not in done.stdout + done.stderr or "--tenant-keys" in arguments, done.stdout
        return json.loads(done.stdout)

    def once(self, *arguments):
        """What must not be done twice is done once."""
        return json.loads(self.installation.control("--json", *arguments))

    def until(self, question, seconds=30):
        deadline = time.monotonic() + seconds
        while not question():
            assert time.monotonic() < deadline, "nothing came of it"
            time.sleep(0.2)


def instant_ms(text):
    return int(datetime.datetime.fromisoformat(text).timestamp() * 1000)


def kinds(entries):
    return [(entry["kind"], entry.get("reason")) for entry in entries]


def check_explain(people):
    story = people.ask("explain", f"{TENANT}/C-1")
    assert story["zone"] == "Europe/Paris" and story["unreadable"] == 0
    asked = [entry for entry in story["entries"] if entry["kind"] == "REQUEST"]
    assert [(entry["local"][:10], entry["documents"]) for entry in asked] == [
        ("2026-01-13", ["A1"])], asked
    assert asked[0]["local"].endswith("11:00"), "10:00 UTC is 11:00 in Paris"
    held = [entry for entry in story["entries"] if entry.get("reason") == "ON_HOLD"]
    assert len(held) == 1 and held[0]["local"][:10] == "2026-01-20", story["entries"]
    assert held[0]["object"] == "H-88" and held[0]["rule"], held
    assert held[0]["next_at"] == "2026-01-31T23:00:00.000Z", held
    said, = held[0]["events"]
    assert said["source"] == "books" and f"event {said['id']} of books" in held[0]["sentence"], held
    evidence, = held[0]["evidence"]
    assert evidence["topic"].endswith(".debtor-events"), evidence
    for word in ("no reminder for A1", "step second", "ON_HOLD", "H-88", "until 2026-02-01 00:00",
                 f"{evidence['topic']}/{evidence['partition']}@{evidence['offset']}"):
        assert word in held[0]["sentence"], held[0]["sentence"]
    day = people.ask("explain", f"{TENANT}/C-1", "--on", "2026-01-22")["entries"]
    assert kinds(day) == [("AGREEMENT", "HOLD"), ("SILENCE", "ON_HOLD")], day
    assert all(entry["still"] for entry in day), day
    # A dispute stops the clock: the step is never reached, and the day tells why.
    day = people.ask("explain", f"{TENANT}/C-4", "--on", "2026-01-22")["entries"]
    assert kinds(day) == [("AGREEMENT", "DISPUTE")] and "A4" in day[0]["sentence"], day
    assert people.ask("explain", f"{TENANT}/C-1", "--on", "2026-01-05")["entries"] == []
    other = people.ask("explain", f"{TENANT}/C-1", "--document", "another")["entries"]
    assert kinds(other) == [("AGREEMENT", "HOLD")], "only the hold reaches everything"
    people.ask("explain", f"{TENANT}/nobody", code=66)
    return evidence


def check_evidence_is_the_hold(people, evidence):
    """The coordinates lead to the event in the log."""
    from confluent_kafka import Consumer, TopicPartition
    reader = Consumer({"bootstrap.servers": people.installation.environment[
        "RELANCE_KAFKA_BOOTSTRAP_SERVERS"], "group.id": "eye", "enable.auto.commit": False})
    reader.assign([TopicPartition(evidence["topic"], evidence["partition"], evidence["offset"])])
    message = reader.poll(10)
    reader.close()
    assert message.offset() == evidence["offset"] and b"H-88" in message.value()


def comparable(sheet):
    """What hot state and trail must agree on."""
    def rows(name, *members):
        return sorted(tuple(row.get(member) for member in members) for row in sheet[name])
    return {
        "receivables": rows("receivables", "creditor", "document", "due_on", "issued_on",
                            "open_minor", "total", "currency"),
        "steps": rows("steps", "document", "scenario", "step", "occurrence", "step_on", "reason",
                      "next_at"),
        "agreements": rows("agreements", "creditor", "kind", "agreement", "reach", "document",
                           "until", "reason"),
        "requests": rows("requests", "action", "state"),
        "quarantine": rows("quarantine", "topic", "partition", "offset"),
        "tasks": rows("tasks", "task", "kind"),
        "who": [sheet.get(name) for name in ("kind", "status", "country", "zone", "language")],
        "open": rows("balances", "creditor", "currency", "open_minor", "documents", "credit_minor"),
    }


def check_debtor_show(people):
    for debtor in DEBTORS:
        now = people.ask("debtor", "show", f"{TENANT}/{debtor}")
        assert now["source"] == "hot state" and now["behind"] == 0, now
        then = people.ask("debtor", "show", f"{TENANT}/{debtor}", "--on", LAST_DAY)
        assert comparable(now) == comparable(then), (comparable(now), comparable(then))
    freed, = people.ask("debtor", "show", f"{TENANT}/C-7", "--on", LAST_DAY)["balances"]
    assert freed["credit"] == "80.00", freed
    early = people.ask("debtor", "show", f"{TENANT}/C-1", "--on", "2026-01-09")
    assert early["steps"] == [] and early["agreements"] == []
    assert early["balances"] == [{"creditor": CREDITOR, "open": "1200.50", "open_minor": 120050,
                                  "currency": "EUR", "documents": 1}], early["balances"]
    people.ask("debtor", "show", f"{TENANT}/C-1", "--on", "2025-12-31", code=66)
    people.ask("debtor", "show", f"{TENANT}/nobody", code=66)


def check_letters(people, wrong, hopeless):
    listed = people.ask("dlq", "list")
    assert listed["matched"] == 5, listed
    letters = {letter["debtor"]: letter for letter in listed["letters"]}
    assert letters["C-2"]["code"] == "BAD_AMOUNT", letters
    assert people.ask("dlq", "list", "--code", "BAD_AMOUNT")["matched"] == 1
    assert people.ask("dlq", "list", "--debtor", f"{TENANT}/C-3")["matched"] == 1
    assert len(people.ask("dlq", "list", "--limit", "1")["letters"]) == 1
    keys = str(people.installation.folder)
    shown = people.ask("dlq", "show", letters["C-2"]["id"], "--tenant-keys", keys,
                       dsn=people.keys_dsn)
    assert json.loads(shown["raw"]) == wrong, shown
    assert "--tenant-keys" in people.ask("dlq", "show", letters["C-2"]["id"])["raw_why_not"]
    assert "no key" in people.ask("dlq", "show", letters["C-3"]["id"], "--tenant-keys", "/nowhere",
                                  dsn=people.keys_dsn)["raw_why_not"]
    people.ask("dlq", "show", "0" * 16, code=66)
    for debtor in ("C-2", "C-5", "C-6"):
        silent = [entry for entry in people.ask("explain", f"{TENANT}/{debtor}")["entries"]
                  if entry.get("reason") == "QUARANTINED"]
        assert silent and silent[0]["kind"] == "SILENCE", silent
        letter = letters[debtor]
        assert [(at["topic"], at["offset"]) for at in silent[0]["evidence"]] == [
            (letter["topic"], letter["offset"])], silent[0]
    return letters


def settled(people, debtor):
    return people.ask("debtor", "show", f"{TENANT}/{debtor}")["quarantine"] == []


def check_letters_of_scenario(people, letters):
    """What only the owner of a debtor can refuse: a conflict, an end of something unknown."""
    for debtor, code, path in [("C-5", "CONFLICT", "id"), ("C-6", "UNKNOWN_OBJECT", "data.hold"),
                               ("C-7", "UNKNOWN_OBJECT", "data.payment")]:
        shown = people.ask("dlq", "show", letters[debtor]["id"])
        assert (shown["code"], shown["path"], shown["worker"]) == (code, path, "scenario"), shown
        assert shown["topic"].endswith(".debtor-events") and shown["source"] == "books", shown
        assert shown["remedy"] and not shown["raw_kept"] and shown["raw_why_not"], shown
        held = people.ask("debtor", "show", f"{TENANT}/{debtor}")["quarantine"]
        # The payment came after all, and its debtor was let go by itself.
        wanted = [] if debtor == "C-7" else [(shown["partition"], shown["offset"])]
        assert [(at["partition"], at["offset"]) for at in held] == wanted, held
    at = ["--time", f"{LAST_DAY}T10:30:00Z", "--actor", "u-2", "--topic",
          people.installation.source]
    people.ask("dlq", "replay", letters["C-5"]["id"], *at, code=65)
    assert not settled(people, "C-5"), "a conflict stays one"
    people.once("dlq", "drop", letters["C-5"]["id"], *at)
    people.once("dlq", "replay", letters["C-6"]["id"], *at)
    people.until(lambda: settled(people, "C-5") and settled(people, "C-6"))
    stands, = people.ask("debtor", "show", f"{TENANT}/C-5")["receivables"]
    assert stands["open_minor"] == 10000, stands
    assert people.ask("dlq", "list")["matched"] == 5, "sent again, it is the same record"


def check_settling(people, letters, wrong):
    corrected = people.installation.folder / "corrected.json"
    wrong["data"]["amount"] = wrong["data"]["allocations"][0]["amount"] = "300.00"
    at = ["--time", f"{LAST_DAY}T11:00:00Z", "--actor", "u-2"]
    corrected.write_text(json.dumps(dict(wrong, debtor="")))
    said = people.ask("dlq", "replay", letters["C-2"]["id"], "--file", str(corrected), *at, code=65)
    assert "debtor" in said["error"], said
    corrected.write_text(json.dumps(wrong))
    answer = people.once("dlq", "replay", letters["C-2"]["id"], "--file", str(corrected), *at)
    assert (answer["kind"], answer["answer"]) == ("RELEASE_QUARANTINE", "ACCEPTED"), answer
    people.once("dlq", "drop", letters["C-3"]["id"], *at)
    people.until(lambda: settled(people, "C-2") and settled(people, "C-3"))
    assert people.ask("debtor", "show", f"{TENANT}/C-2")["receivables"] == []
    assert len(people.ask("debtor", "show", f"{TENANT}/C-3")["receivables"]) == 1
    assert people.ask("dlq", "list")["matched"] == 5, "the corrected one is fine"
    # As it was: it is as wrong as before, and holds its debtor again.
    answer = people.once("dlq", "replay", letters["C-2"]["id"], *at)
    assert answer["answer"] == "DUPLICATE", answer
    people.until(lambda: people.ask("dlq", "list")["matched"] == 6)
    people.until(lambda: not settled(people, "C-2"))


def check_states(people):
    """The list says who is still held; what was dropped, replayed or came after all is settled."""
    def states(*options):
        return sorted((letter["debtor"], letter.get("state"))
                      for letter in people.ask("dlq", "list", *options)["letters"])

    assert states() == [("C-2", "OPEN"), ("C-2", "SETTLED"), ("C-3", "SETTLED"), ("C-5", "SETTLED"),
                        ("C-6", "SETTLED"), ("C-7", "SETTLED")], states()
    away = people.installation.environment["RELANCE_REDIS_PORT"]
    people.installation.environment["RELANCE_REDIS_PORT"] = "1"
    unknown = people.ask("dlq", "list")
    people.installation.environment["RELANCE_REDIS_PORT"] = away
    assert len(unknown["letters"]) == 6 and "redis" in unknown["states_why_not"], unknown
    assert states("--open") == [("C-2", "OPEN")], states("--open")


def check_clock_stands(people):
    """Nothing that was ordered, with its time or without, moved the stepped clock to today."""
    tenant = ["--tenant", TENANT, "--topic", people.installation.source]
    answer = people.once("command", "kill-switch", "--payload", '{"on":true}', *tenant)
    assert answer["answer"] == "ACCEPTED", answer
    events = [EVENTS.DebtorEvent.FromString(record.value())
              for record in people.installation.committed("debtor-events")]
    times = {event.envelope.ingested_at_ms for event in events}
    assert max(times) == instant_ms(f"{LAST_DAY}T11:00:00Z"), max(times)
    last = next(event for event in events if event.command_issued.kind == KILL_SWITCH)
    assert last.envelope.ingested_at_ms == max(times) == last.envelope.occurred_at_ms, last


def report_rows(people, *statements):
    """How many rows the reporting tables have, after these statements."""
    with psycopg2.connect(people.installation.dsn("RELANCE_POSTGRES_OWNER_DSN")) as connection:
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        counts = {}
        for table in ("receivable", "receivable_change", "request", "request_line",
                      "step_instance", "silence"):
            cursor.execute(f"select count(*) from {table}")
            counts[table], = cursor.fetchone()
        return counts


def check_rebuild(people):
    """Rows that were lost come back; who does not own the tables is told whose right it is."""
    before = report_rows(people)
    assert min(before.values()) > 0, before
    lost = report_rows(people, "delete from silence", "delete from receivable")
    assert lost["silence"] == lost["receivable"] == 0, lost
    said = people.ask("audit", "rebuild", code=78)
    assert "relance_owner" in said["error"], said
    assert report_rows(people) == lost, "nothing has changed"
    said = people.ask("audit", "rebuild",
                      dsn=people.installation.dsn("RELANCE_POSTGRES_OWNER_DSN"))
    assert said["facts"] > 20, said
    assert report_rows(people) == before, (before, report_rows(people))


def check_trail(people):
    answer = people.ask("audit", "verify", "--at-rest")
    assert answer["clean"] and answer["records"] > 20, answer
    with psycopg2.connect(people.installation.dsn("RELANCE_POSTGRES_SUPERUSER_DSN")) as connection:
        cursor = connection.cursor()
        cursor.execute("select partition, off, seq from audit_log where debtor = 'C-1'")
        partition, off, seq = random.choice(cursor.fetchall())
        cursor.execute("update audit_log set raw = set_byte(raw, 20, get_byte(raw, 20) # 1) "
                       "where partition = %s and off = %s", (partition, off))
    answer = people.ask("audit", "verify", code=1)
    found, = [part for part in answer["parts"] if part["result"] != "clean"]
    assert (found["worker"], found["partition"], found["sequence"], found["result"]) == (
        "scenario", partition, seq, "BYTES_CHANGED"), found


def main():
    people = People(sys.argv[1])
    # One is on hold, one disputes, one is the victim of a wrong record, one of a hopeless one, of one
    # an invoice is told twice and not the same, of one a hold is lifted that nobody placed, of one a
    # payment bounces before it is told.
    portfolio = Portfolio(TENANT, CREDITOR)
    failed = True
    try:
        for debtor in DEBTORS:
            portfolio.debtor(debtor)
        portfolio.invoice("C-1", "A1", "1200.50")
        portfolio.hold("2026-01-15", "C-1", "2026-02-01T00:00:00+01:00")
        portfolio.invoice("C-4", "A4", "50.00")
        portfolio.dispute("2026-01-09", "C-4", "A4")
        portfolio.invoice("C-2", "A2", "300.00")
        wrong = portfolio.payment("2026-01-11", "C-2", "A2", "300,00")
        portfolio.invoice("C-3", "A3", "77.00")
        hopeless = portfolio.event("2026-01-12", "C-3", "payment.recieved", {"secret": "Secret Cash"})
        twice = portfolio.invoice("C-5", "A5", "100.00")
        portfolio.contradict("2026-01-04", twice, total="90.00")
        portfolio.contradict("2026-01-05", twice, total="90.00")
        portfolio.invoice("C-6", "A6", "60.00")
        portfolio.event("2026-01-11", "C-6", "hold.lifted", {"hold": "H-0"},
                        about_account=False)
        portfolio.event("2026-01-11", "C-7", "payment.reversed",
                        {"payment": "P-A7", "reversed_on": "2026-01-11"})
        portfolio.payment("2026-01-12", "C-7", "A7", "70.00")
        # Money that a cancellation frees is on account, in the hot state and in the trail.
        portfolio.invoice("C-7", "A8", "80.00")
        portfolio.payment("2026-01-13", "C-7", "A8", "80.00")
        portfolio.event("2026-01-14", "C-7", "invoice.cancelled",
                        {"document": "A8", "cancelled_on": "2026-01-14"})
        events = people.installation.folder / "events.jsonl"
        portfolio.write(events)
        people.installation.start_all()
        assert "--time" in people.ask("command", "kill-switch", "--payload", '{"on":true}',
                                      "--tenant", TENANT, code=64)["error"]
        people.installation.activate(pathlib.Path(sys.argv[2]) / "tests/ledger/bundle", BEGIN)
        people.installation.replay(events, "--to", LAST_DAY)
        check_evidence_is_the_hold(people, check_explain(people))
        check_debtor_show(people)
        letters = check_letters(people, wrong, hopeless)
        check_letters_of_scenario(people, letters)
        check_settling(people, letters, wrong)
        check_states(people)
        check_clock_stands(people)
        check_rebuild(people)
        check_trail(people)
        print("contacts and silences explained, state and trail agree, dead letters settled, "
              "a changed byte named")
        failed = False
    finally:
        people.installation.close(show_logs=failed)


if __name__ == "__main__":
    main()
