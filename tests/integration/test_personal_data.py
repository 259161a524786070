#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A name, an address and an e-mail that upstream sends are found nowhere in the clear: not in keys,
headers or values of any topic of the installation, not in Redis, not in a dump of PostgreSQL, not in
a log line. Only the mails carry them. Once they are erased nobody opens them any more: a contact that
is under way comes back, no mail goes to them, and what upstream says of them later changes nothing.

usage: test_personal_data.py BUILD
"""
import collections
import json
import os
import pathlib
import subprocess
import sys
import threading
import time

import psycopg2
from confluent_kafka import Consumer, TopicPartition

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
import contract  # noqa: E402
from installation import Installation  # noqa: E402

EVENTS, FACTS, REQUESTS, LETTERS, WORDS = contract.load("debtor_event", "debtor_fact",
                                                        "contact_request", "dead_letter",
                                                        "vocabulary")

# Rare enough to be found, and in no other place of the test.
SECRETS = [b"Zebulon Quetzalcoatl", b"17 Xylophone Crescent", b"quetzal@zebulon.example",
           b"Quibbling about pallets", b"Zebulon pays later"]
SENT = [SECRETS[0], SECRETS[2]]  # what a mail says: to whom it goes
# Where the notifier writes, and what it reads.
NOTIFIERS = ("contact-requests", "notifier.audit", "notifier.state", "debtor-events")
PERSON = "D1/1"  # the subject of the contact person
WAIT_S = 60


def event(kind, number, data, **members):
    return dict({"specversion": "1.0", "type": f"io.relance.{kind}.v1", "id": f"e{number}",
                 "source": "crm", "time": "2026-01-05T10:00:00Z", "tenant": "privacy",
                 "debtor": "D1", "data": data}, **members)


def events():
    name, address, mail, note, remittance = (secret.decode() for secret in SECRETS)
    yield event("debtor.upserted", 1, {"kind": "COMPANY", "country": "FR", "zone": "UTC",
                                       "language": "en", "name": name, "address": [address]})
    yield event("contact.upserted", 2, {
        "contact": "1", "roles": ["ACCOUNTS_PAYABLE"], "name": name,
        "channels": [{"channel": "EMAIL", "address": mail}]})
    yield event("invoice.issued", 3, {"document": "F1", "currency": "EUR", "total": "100.00",
                                      "issued_on": "2026-01-05", "due_on": "2026-02-01"},
                creditor="U001")
    yield event("invoice.issued", 4, {"document": "F2", "currency": "EUR", "total": "50.00",
                                      "issued_on": "2026-01-05", "due_on": "2026-02-01"},
                creditor="U001")
    yield event("dispute.opened", 5, {"dispute": "X1", "document": "F2", "reason": "DELIVERY",
                                      "opened_on": "2026-01-06", "note": note}, creditor="U001")
    yield event("payment.received", 6, {"payment": "P1", "currency": "EUR", "amount": "10.00",
                                        "received_on": "2026-01-07", "payer": name,
                                        "remittance": remittance}, creditor="U001")
    # A record that is refused must not carry its content into the dead letter. Its debtor is held.
    yield event("debtor.upserted", 7, {"kind": "COMPANY", "country": "FR", "zone": "UTC",
                                       "language": "en", "name": name, "unknown": mail},
                debtor="D2")


def hits(what, content):
    return [f"{what}: {secret.decode()}" for secret in SECRETS if secret in content]


def in_topics(installation):
    """(records of each of our topics, hits there, hits in the source topic)."""
    reader = Consumer({
        "bootstrap.servers": installation.environment["RELANCE_KAFKA_BOOTSTRAP_SERVERS"],
        "group.id": "eye", "enable.partition.eof": True, "enable.auto.commit": False,
        "isolation.level": "read_uncommitted"})
    places = [TopicPartition(name, partition, 0)
              for name, topic in reader.list_topics(timeout=10).topics.items()
              if name.startswith(installation.prefix + ".") for partition in topic.partitions]
    reader.assign(places)
    found, control, records, ends = [], [], collections.Counter(), 0
    while ends < len(places):
        message = reader.poll(10)
        if message is None:
            break
        if message.error():
            ends += 1
            continue
        content = b"\0".join([message.key() or b"", message.value() or b"",
                              *(value or b"" for _, value in message.headers() or [])])
        if message.topic() == installation.source:
            control += hits("source", content)
        else:
            records[message.topic()] += 1
            found += hits(message.topic(), content)
    reader.close()
    return records, found, control


def in_redis(installation):
    command = ["redis-cli", "-p", os.environ["RELANCE_REDIS_PORT"]]
    keys = subprocess.run([*command, "--scan", "--pattern", f"*{installation.prefix}*"],
                          capture_output=True, check=True).stdout.split()
    found = []
    for key in keys:
        dump = subprocess.run([*command, "dump", key.decode()], capture_output=True, check=True)
        whole = subprocess.run([*command, "hgetall", key.decode()], capture_output=True, check=True)
        found += hits("redis " + key.decode(), dump.stdout + whole.stdout)
    return len(keys), found


def look_everywhere(installation):
    """Nothing personal anywhere but in the source and in the mails."""
    records, found, control = in_topics(installation)
    keys, in_values = in_redis(installation)
    dump = subprocess.run(["pg_dump", installation.dsn("RELANCE_POSTGRES_SUPERUSER_DSN")],
                          capture_output=True, check=True).stdout
    found += in_values + hits("pg_dump", dump)
    for log in installation.folder.glob("*.log"):
        found += hits(log.name, log.read_bytes())
    assert len(control) >= len(SECRETS), "the source topic does not hold what is looked for"
    assert records.total() > 20 and keys > 5 and len(dump) > 10000, "too little to look at"
    for topic in NOTIFIERS:
        assert records[f"{installation.prefix}.{topic}"], f"nothing in {topic}"
    assert not found, found
    print(f"{len(SECRETS)} texts in {records.total()} records, {keys} Redis keys, a dump of "
          f"{len(dump)} bytes and the logs: 0 hits")


def until(true, what):
    deadline = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < deadline, f"{what}: not within {WAIT_S} s"
        time.sleep(0.2)


def bodies(installation, topic, form, name):
    """What the records of a topic say of that name."""
    messages = [form.FromString(record.value()) for record in installation.committed(topic)]
    return [getattr(message, name) for message in messages if message.HasField(name)]


def asked(installation):
    return bodies(installation, "contact-requests", REQUESTS.ContactRequest, "body")


def returned(installation):
    return {WORDS.ReturnReason.Name(one.reason) for one in
            bodies(installation, "debtor-events", EVENTS.DebtorEvent, "returned")}


def write(installation, name, events):
    path = installation.folder / name
    path.write_text("".join(json.dumps(one) + "\n" for one in events))
    return path


def live_on(installation, path, to):
    """A replay on a thread; the function that waits for its end."""
    errors = []

    def go():
        try:
            installation.replay(path, "--to", to)
        except AssertionError as error:
            errors.append(error)
    thread = threading.Thread(target=go)
    thread.start()

    def finish():
        thread.join()
        assert not errors, errors
    return finish


def erase(installation):
    installation.control("command", "ERASE", "--tenant", installation.tenant, "--debtor", "D1",
                         "--topic", installation.source, "--no-wait", "--payload",
                         json.dumps({"subject": PERSON, "ground": "GDPR-17-1-B"}))
    until(lambda: bodies(installation, "debtor-facts", FACTS.DebtorFact, "subject_erased"),
          "the fact of the erasure")
    until(lambda: is_erased(installation), "the key is gone")


def is_erased(installation):
    with psycopg2.connect(installation.dsn("RELANCE_POSTGRES_SUPERUSER_DSN")) as connection:
        cursor = connection.cursor()
        cursor.execute("select wrapped is null, erased_at is not null from data_key "
                       "where subject = %s", [PERSON])
        return cursor.fetchall() == [(True, True)]


def erased_while_under_way(installation):
    """The third step is asked for while no notifier is there; the person is erased meanwhile."""
    before, mails = len(asked(installation)), len(installation.sink.letters())
    installation.kill("notifier")
    finish = live_on(installation, write(installation, "later.jsonl", [
        event("invoice.issued", 20, {"document": "F3", "currency": "EUR", "total": "70.00",
                                     "issued_on": "2026-03-21", "due_on": "2026-03-22"},
              creditor="U001", time="2026-03-21T10:00:00Z")]), "2026-03-25")
    until(lambda: len(asked(installation)) > before, "a contact under way")
    assert not returned(installation), "nothing came back before"
    erase(installation)
    installation.start("notifier")
    finish()
    reasons = returned(installation)
    assert reasons and reasons <= {"RETURN_REASON_ERASED", "RETURN_REASON_DEBTOR_CHANGED"}, reasons
    assert len(installation.sink.letters()) == mails, "a mail went to who was erased"
    return mails


def not_brought_back(installation, mails):
    """Upstream goes on speaking of the person; a step falls due behind it."""
    contact = next(one for one in events() if one["type"] == "io.relance.contact.upserted.v1")
    path = write(installation, "last.jsonl", [
        dict(contact, id="e30", time="2026-03-26T10:00:00Z"),
        event("invoice.issued", 31, {"document": "F4", "currency": "EUR", "total": "80.00",
                                     "issued_on": "2026-03-26", "due_on": "2026-03-27"},
              creditor="U001", time="2026-03-26T10:00:00Z")])
    requests = len(asked(installation))
    installation.kill("ingest")  # which may keep an opened key for a minute
    installation.start("ingest")
    installation.replay(path, "--to", "2026-04-20")
    codes = [LETTERS.DeadLetter.FromString(record.value()).code
             for record in installation.committed("dead-letters")]
    assert codes.count("ERASED_SUBJECT") == 1, codes
    assert is_erased(installation), "the key came back"
    assert len(asked(installation)) == requests, "somebody who was erased is asked for"
    assert len(installation.sink.letters()) == mails, "a mail went to who was erased"


def main():
    installation = Installation(sys.argv[1], "privacy")
    failed = True
    try:
        path = write(installation, "events.jsonl", events())
        installation.start_all()
        installation.activate(pathlib.Path(__file__).parents[1] / "ledger/bundle",
                              "2026-01-01T00:00:00Z")
        installation.replay(path, "--to", "2026-03-20")
        time.sleep(2)
        mails = installation.sink.letters()
        assert mails and all(secret in letter.content for letter in mails for secret in SENT), \
            "the mails do not say to whom they go"
        look_everywhere(installation)
        not_brought_back(installation, erased_while_under_way(installation))
        look_everywhere(installation)
        assert "clean" in installation.control("audit", "verify", "--at-rest", "--wait", "30")
        print(f"{len(mails)} mails carry them; after the erasure none, and audit verify is clean")
        failed = False
    finally:
        installation.close(show_logs=failed)


if __name__ == "__main__":
    main()
