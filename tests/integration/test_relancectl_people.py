#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What people ask of a small portfolio on real servers: why a debtor was contacted and why not, what
it owed on a day, what could not be understood and how that is settled, and whether anybody touched
the trail.

usage: test_relancectl_people.py BUILD SOURCE_FOLDER    (the local stack's env file must be sourced)
"""
import datetime
import hashlib
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

EVENTS, AUDIT = contract.load("debtor_event", "audit")
KILL_SWITCH = 101
NOT_THERE = 66
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
        self.people_dsn = self.read_dsn.replace("relance_read@", "relance_people@")

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


def check_explain_is_readable(people):
    """Places in the log are for who looks them up."""
    def told(*options):
        return subprocess.run(
            [people.binary, "explain", f"{TENANT}/C-1", *options], capture_output=True, text=True, check=True,
            timeout=60, env=dict(people.installation.environment, RELANCE_POSTGRES_DSN=people.read_dsn)).stdout
    assert ".debtor-events/" not in told() and "no reminder for" in told(), told()
    assert ".debtor-events/" in told("--evidence"), told("--evidence")


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
    sent, = [entry for entry in story["entries"] if entry["kind"] == "OUTCOME"]
    assert sent["watermark"] > 0 and str(sent["watermark"]) in sent["sentence"], sent
    brief = people.ask("explain", f"{TENANT}/C-1", "--document", "A1", "--short")["entries"]
    assert [entry["kind"] for entry in brief] == ["INVOICE", "CONTACT", "SILENCE"], brief
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


def attempts_of(people):
    """Debtor and attempt of everything that was sent."""
    records = [AUDIT.AuditRecord.FromString(record.value())
               for record in people.installation.committed("notifier.audit")]
    return [(record.envelope.debtor, record.attempted) for record in records
            if record.kind == AUDIT.AUDIT_KIND_ATTEMPTED]


def check_worklist(people):
    """What is open by the trail is what is open in the hot state, in the published order; what is
    settled is gone."""
    listed = people.ask("worklist", "--limit", "1000")
    open_now = {(debtor, task["task"], task["kind"], task["opened_at"]) for debtor in DEBTORS
                for task in people.ask("debtor", "show", f"{TENANT}/{debtor}")["tasks"]}
    assert {(task["debtor"], task["task"], task["kind"], task["opened_at"])
            for task in listed["tasks"]} == open_now, (listed, open_now)
    kinds = {kind for _, _, kind, _ in open_now}
    assert "QUARANTINE" in kinds and listed["matched"] == len(open_now), listed
    opened = [task["opened_at"] for task in listed["tasks"] if task["kind"] == "QUARANTINE"]
    assert opened == sorted(opened), listed
    assert people.ask("worklist", "--kind", "QUARANTINE")["matched"] == len(opened)
    first, = people.ask("worklist", "--limit", "1")["tasks"]
    assert first == listed["tasks"][0], first
    assert people.ask("worklist", "--kind", "quarantine")["matched"] == len(opened)
    assert people.ask("worklist", "--tenant", "nobody")["matched"] == 0
    return len(opened)


def check_teams(people):
    """A team that has nothing to do is no mistake; one that nobody ever had is."""
    refused = people.ask("worklist", "--team", "north", code=NOT_THERE)
    assert "none has a team" in refused["error"], refused
    with psycopg2.connect(people.installation.dsn("RELANCE_POSTGRES_OWNER_DSN")) as connection:
        connection.cursor().execute(
            "insert into task (tenant, debtor, task, kind, team, closed_at) values "
            "('t', 'd', 'over', 'CALL', 'south', now())")
    assert people.ask("worklist", "--team", "south")["matched"] == 0
    refused = people.ask("worklist", "--team", "north", code=NOT_THERE)
    assert "teams are south" in refused["error"], refused
    report_rows(people, "delete from task where tenant = 't'")


def check_order_of_tasks(people):
    """By the rules of the view, on tasks that no installation has yet."""
    wanted = ["due-early", "due-late", "limitation", "quarantine-old", "quarantine", "review",
              "dispute"]
    rows = [("dispute", "DISPUTE", None, 1), ("due-late", "CALL", 20, 9), ("review", "REVIEW", None, 2),
            ("quarantine", "QUARANTINE", None, 8), ("due-early", "DISPUTE", 10, 9),
            ("limitation", "LIMITATION", None, 9), ("quarantine-old", "QUARANTINE", None, 7)]
    with psycopg2.connect(people.installation.dsn("RELANCE_POSTGRES_OWNER_DSN")) as connection:
        cursor = connection.cursor()
        for task, kind, due, opened in rows:
            cursor.execute("insert into task (tenant, debtor, task, kind, due_at, opened_at) values "
                           "('t', 'd', %s, %s, to_timestamp(%s), to_timestamp(%s))",
                           (task, kind, due, opened))
    listed = people.ask("worklist", "--tenant", "t")["tasks"]
    assert [task["task"] for task in listed] == wanted, listed
    report_rows(people, "delete from task where tenant = 't'")


def check_messages(people):
    """What is shown of a contact is what was sent: to the byte, by the trail and by the relay."""
    keys = ["--tenant-keys", str(people.installation.folder)]
    attempts = attempts_of(people)
    letters = [letter.content for letter in people.installation.sink.letters()]
    assert attempts and len(letters) == len(attempts), (len(letters), attempts)
    file = people.installation.folder / "shown.eml"
    for debtor, attempt in attempts:
        shown = people.ask("contact", "show", f"{TENANT}/{debtor}", "--action", attempt.action.hex(),
                           "--request", str(attempt.request_number), "--out", str(file), *keys,
                           dsn=people.people_dsn)
        assert shown["sha256"] == attempt.content_hash.hex() == shown["content_hash"], shown
        assert shown["as_sent"] and shown["answer"]["word"] == "ACCEPTED", shown
        assert hashlib.sha256(file.read_bytes()).hexdigest() == shown["sha256"]
        assert file.read_bytes() in letters, "the relay got another message"
    latest = people.ask("contact", "show", f"{TENANT}/C-1", *keys, dsn=people.people_dsn)
    assert "Secret Person" in latest["mail"], latest
    people.ask("contact", "show", f"{TENANT}/C-1", code=64)
    people.ask("contact", "show", f"{TENANT}/C-1", "--action", "0" * 32, *keys, code=66,
               dsn=people.people_dsn)
    said = people.ask("contact", "show", f"{TENANT}/C-1", "--tenant-keys", "/nowhere", code=66,
                      dsn=people.people_dsn)
    assert "no key of this tenant" in said["error"], said


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


def check_lost_corrections(people, letter, first, at):
    """A correction that would not count is refused, or its letter stays open: exit 0 says that it is
    booked."""
    file = people.installation.folder / "correction.json"

    def corrected(code, **members):
        data = dict(first["data"], total="90.00")
        file.write_text(json.dumps(dict(first, data=data, **members)))
        return people.ask("dlq", "replay", letter, "--file", str(file), *at, code=code)

    assert "new id" in corrected(65)["error"], "the id of the first one is taken"
    assert "another" in corrected(65, id="k-1", debtor="C-3")["error"]
    said = corrected(1, id="k-2", time="2025-06-01T08:00:00Z")
    assert said["record"]["fate"] == "STALE" and not said["settled"], said
    assert "later time" in said["record"]["remedy"], said
    assert people.ask("dlq", "list")["matched"] == 5, "what comes too late makes no letter"


def check_letters_of_scenario(people, letters, twice):
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
    # No topic is named: each letter knows where its event came in.
    at = ["--time", f"{LAST_DAY}T10:30:00Z", "--actor", "u-2"]
    people.ask("dlq", "replay", letters["C-5"]["id"], *at, code=65)
    check_lost_corrections(people, letters["C-5"]["id"], twice, at)
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
    assert answer["record"]["fate"] == "ACCEPTED", answer
    assert [letter["debtor"] for letter in people.ask("dlq", "list", "--open")["letters"]] == ["C-3"]
    people.once("dlq", "drop", letters["C-3"]["id"], *at)
    people.until(lambda: settled(people, "C-2") and settled(people, "C-3"))
    assert people.ask("debtor", "show", f"{TENANT}/C-2")["receivables"] == []
    assert len(people.ask("debtor", "show", f"{TENANT}/C-3")["receivables"]) == 1
    assert people.ask("dlq", "list")["matched"] == 5, "the corrected one is fine"
    # The same again finds that it counts, and changes nothing.
    answer = people.once("dlq", "replay", letters["C-2"]["id"], "--file", str(corrected), *at)
    assert (answer["record"]["fate"], answer["answer"]) == ("DUPLICATE", "DUPLICATE"), answer
    # As it was, it is as wrong as before: it would hold its debtor again.
    said = people.ask("dlq", "replay", letters["C-2"]["id"], *at, code=65)
    assert "BAD_AMOUNT" in said["error"], said
    assert people.ask("dlq", "list")["matched"] == 5 and settled(people, "C-2")


def check_states(people):
    """The list says who is still held; what was dropped, replayed or came after all is settled."""
    def states(*options):
        return sorted((letter["debtor"], letter.get("state"))
                      for letter in people.ask("dlq", "list", *options)["letters"])

    assert states() == [("C-2", "SETTLED"), ("C-3", "SETTLED"), ("C-5", "SETTLED"),
                        ("C-6", "SETTLED"), ("C-7", "SETTLED")], states()
    away = people.installation.environment["RELANCE_REDIS_PORT"]
    people.installation.environment["RELANCE_REDIS_PORT"] = "1"
    unknown = people.ask("dlq", "list")
    people.installation.environment["RELANCE_REDIS_PORT"] = away
    assert len(unknown["letters"]) == 5 and "redis" in unknown["states_why_not"], unknown
    assert states("--open") == [], states("--open")


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
                      "step_instance", "silence", "task"):
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


def check_contacts(people):
    """What was sent is behind nothing that was known then; had it been sent at the end, it would be
    behind the hold that was placed meanwhile."""
    answer = people.ask("audit", "verify", "--at-rest")["contacts"]
    assert answer["attempts"] == len(attempts_of(people)) > 0 == answer["under_way"], answer
    assert answer["behind"] == answer["out_of_order"] == 0 and not answer["findings"], answer

    def store(raw):
        with psycopg2.connect(dsn) as connection:
            connection.cursor().execute("update audit_log set raw = %s" + where, (raw,))

    dsn = people.installation.dsn("RELANCE_POSTGRES_SUPERUSER_DSN")
    where = " where worker = 'notifier' and kind = 'ATTEMPTED' and debtor = 'C-1'"
    with psycopg2.connect(dsn) as connection:
        cursor = connection.cursor()
        cursor.execute("select raw from audit_log" + where)
        (raw,), = cursor.fetchall()
    late = AUDIT.AuditRecord.FromString(bytes(raw))
    late.attempted.look.watermark = 10**9
    store(late.SerializeToString())
    found, = people.ask("audit", "verify", "--at-rest", code=1)["contacts"]["findings"]
    assert (found["fault"], found["debtor"], found["cause"], found["reason"]) == (
        "BEHIND_SUSPENSION", "C-1", "HOLD", "MANUAL"), found
    assert found["known"] < found["watermark"], found
    store(bytes(raw))


def check_trail(people):
    answer = people.ask("audit", "verify", "--at-rest")
    assert answer["clean"] and answer["records"] > 20, answer
    with psycopg2.connect(people.installation.dsn("RELANCE_POSTGRES_SUPERUSER_DSN")) as connection:
        cursor = connection.cursor()
        cursor.execute("select worker, partition, off, seq from audit_log where debtor = 'C-1'")
        worker, partition, off, seq = random.choice(cursor.fetchall())
        cursor.execute("update audit_log set raw = set_byte(raw, 20, get_byte(raw, 20) # 1) "
                       "where worker = %s and partition = %s and off = %s",
                       (worker, partition, off))
    answer = people.ask("audit", "verify", code=1)
    found, = [part for part in answer["parts"] if part["result"] != "clean"]
    assert (found["worker"], found["partition"], found["sequence"], found["result"]) == (
        worker, partition, seq, "BYTES_CHANGED"), found


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
        nothing = people.installation.folder / "nothing.jsonl"
        nothing.write_text("\n")
        said = people.ask("replay", str(nothing), "--topic", people.installation.source,
                          "--to", LAST_DAY, code=65)
        assert "no event" in said["error"], said
        people.installation.replay(events, "--to", LAST_DAY)
        check_evidence_is_the_hold(people, check_explain(people))
        check_explain_is_readable(people)
        check_messages(people)
        check_debtor_show(people)
        waiting = check_worklist(people)
        assert waiting > 2, waiting
        check_order_of_tasks(people)
        check_teams(people)
        letters = check_letters(people, wrong, hopeless)
        check_letters_of_scenario(people, letters, twice)
        check_settling(people, letters, wrong)
        # A settled quarantine is no task any more.
        people.until(lambda: people.ask("worklist", "--kind", "QUARANTINE")["matched"] == 0)
        check_states(people)
        check_clock_stands(people)
        check_rebuild(people)
        check_contacts(people)
        check_trail(people)
        print("contacts and silences explained, state and trail agree, dead letters settled, "
              "a changed byte named")
        failed = False
    finally:
        people.installation.close(show_logs=failed)


if __name__ == "__main__":
    main()
