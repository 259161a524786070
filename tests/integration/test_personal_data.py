#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A name, an address and an e-mail that upstream sends are found nowhere in the clear: not in keys,
headers or values of any topic of the installation, not in Redis, not in a dump of PostgreSQL, not in
a log line.

usage: test_personal_data.py BUILD
"""
import json
import os
import pathlib
import subprocess
import sys
import time

from confluent_kafka import Consumer, TopicPartition

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from installation import Installation  # noqa: E402

# Rare enough to be found, and in no other place of the test.
SECRETS = [b"Zebulon Quetzalcoatl", b"17 Xylophone Crescent", b"quetzal@zebulon.example",
           b"Quibbling about pallets", b"Zebulon pays later"]


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
    # A record that is refused must not carry its content into the dead letter.
    yield event("debtor.upserted", 7, {"kind": "COMPANY", "country": "FR", "zone": "UTC",
                                       "language": "en", "name": name, "unknown": mail})


def hits(what, content):
    return [f"{what}: {secret.decode()}" for secret in SECRETS if secret in content]


def in_topics(installation):
    """(records of our topics, hits there, hits in the source topic)."""
    reader = Consumer({
        "bootstrap.servers": installation.environment["RELANCE_KAFKA_BOOTSTRAP_SERVERS"],
        "group.id": "eye", "enable.partition.eof": True, "enable.auto.commit": False,
        "isolation.level": "read_uncommitted"})
    places = [TopicPartition(name, partition, 0)
              for name, topic in reader.list_topics(timeout=10).topics.items()
              if name.startswith(installation.prefix + ".") for partition in topic.partitions]
    reader.assign(places)
    found, control, records, ends = [], [], 0, 0
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
            records += 1
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


def main():
    installation = Installation(sys.argv[1], "privacy")
    failed = True
    try:
        path = installation.folder / "events.jsonl"
        path.write_text("".join(json.dumps(one) + "\n" for one in events()))
        installation.start_all()
        installation.activate(pathlib.Path(__file__).parents[1] / "ledger/bundle",
                              "2026-01-01T00:00:00Z")
        installation.replay(path, "--to", "2026-03-20")
        time.sleep(2)
        records, found, control = in_topics(installation)
        keys, in_values = in_redis(installation)
        dump = subprocess.run(["pg_dump", installation.dsn("RELANCE_POSTGRES_SUPERUSER_DSN")],
                              capture_output=True, check=True).stdout
        found += in_values + hits("pg_dump", dump)
        for log in installation.folder.glob("*.log"):
            found += hits(log.name, log.read_bytes())
        assert len(control) >= len(SECRETS), "the source topic does not hold what is looked for"
        assert records > 20 and keys > 5 and len(dump) > 10000, "too little to look at"
        assert not found, found
        print(f"{len(SECRETS)} texts in {records} records, {keys} Redis keys, a dump of {len(dump)} "
              f"bytes and the logs: 0 hits")
        failed = False
    finally:
        installation.close(show_logs=failed)


if __name__ == "__main__":
    main()
