#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A payment that is in the log before the tick that would fire its reminder always beats it, also
when its transaction is still open while the tick is appended.

usage: test_payment_before_tick.py BUILD [PAYMENTS]
"""
import datetime
import json
import pathlib
import sys
import time

from confluent_kafka import Consumer, Producer, TopicPartition

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
import contract  # noqa: E402
from installation import Installation  # noqa: E402

UNPAID = 20  # debtors nobody pays: they show that the tick does fire
DUE = datetime.date(2026, 3, 2)
EPOCH = datetime.date(1970, 1, 1)


def ms(day, hour=0):
    return ((day - EPOCH).days * 24 + hour) * 3600 * 1000


def write_events(path, debtors):
    with open(path, "w") as file:
        for number in range(debtors):
            debtor = f"D{number}"
            common = {"specversion": "1.0", "source": "test", "tenant": "race", "debtor": debtor}
            file.write(json.dumps(dict(
                common, type="io.relance.debtor.upserted.v1", id=f"d{number}",
                time="2026-02-01T00:00:00Z",
                data={"kind": "COMPANY", "country": "FR", "zone": "UTC", "language": "en",
                      "name": f"Debtor {number}"})) + "\n")
            file.write(json.dumps(dict(
                common, type="io.relance.contact.upserted.v1", id=f"c{number}",
                time="2026-02-01T00:00:00Z",
                data={"contact": "1", "roles": ["ACCOUNTS_PAYABLE"],
                      "channels": [{"channel": "EMAIL",
                                    "address": f"d{number}@example.test"}]})) + "\n")
            file.write(json.dumps(dict(
                common, creditor="U001", type="io.relance.invoice.issued.v1", id=f"i{number}",
                time="2026-02-01T00:00:00Z",
                data={"document": f"F{number}", "currency": "EUR", "total": "100.00",
                      "issued_on": "2026-02-01", "due_on": DUE.isoformat()})) + "\n")


class Log:
    """Writes to debtor-events as ingest and the conductor would."""

    def __init__(self, installation):
        self.installation = installation
        self.events, = contract.load("debtor_event")
        self.topic = f"{installation.prefix}.debtor-events"
        servers = {"bootstrap.servers": installation.environment["RELANCE_KAFKA_BOOTSTRAP_SERVERS"],
                   "log_level": 0}
        self.plain = Producer(servers)
        self.transactional = Producer(dict(servers, **{"transactional.id": installation.prefix}))
        self.transactional.init_transactions(20)

    def payment(self, producer, number, minor=10000, named=True):
        """`named`: it says for which invoice it is."""
        event = self.events.DebtorEvent()
        event.kind = self.events.EVENT_KIND_PAYMENT_RECEIVED
        envelope = event.envelope
        envelope.tenant, envelope.debtor, envelope.creditor = "race", f"D{number}", "U001"
        envelope.source, envelope.source_event_id = "bank", f"p{number}"
        envelope.occurred_at_ms = envelope.ingested_at_ms = ms(DUE, 12)
        payment = event.payment_received
        payment.payment, payment.method = f"P{number}", 1
        payment.received_on = (DUE - EPOCH).days
        payment.amount.minor, payment.amount.currency = minor, "EUR"
        if named:
            allocation = payment.allocations.add()
            allocation.document = f"F{number}"
            allocation.amount.minor, allocation.amount.currency = minor, "EUR"
        key = f"race/D{number}".encode()
        producer.produce(self.topic, key=key, value=event.SerializeToString(),
                         partition=contract.partition_of(key, self.installation.partitions))

    def tick(self, now_ms, producer=None):
        producer = self.plain if producer is None else producer
        event = self.events.DebtorEvent()
        event.kind = self.events.EVENT_KIND_TICK
        event.envelope.source, event.envelope.source_event_id = "replay", f"tick-{now_ms}"
        event.envelope.occurred_at_ms = event.envelope.ingested_at_ms = now_ms
        event.tick.now_ms = now_ms
        for partition in range(self.installation.partitions):
            producer.produce(self.topic, value=event.SerializeToString(), partition=partition)
        producer.flush(10)


def reminded(installation, at_least, seconds=60):
    """Debtors with a contact request, once there are `at_least` and then a few silent seconds."""
    reader = Consumer({
        "bootstrap.servers": installation.environment["RELANCE_KAFKA_BOOTSTRAP_SERVERS"],
        "group.id": "eye", "isolation.level": "read_committed", "enable.auto.commit": False})
    topic = f"{installation.prefix}.contact-requests"
    reader.assign([TopicPartition(topic, p, 0) for p in range(installation.partitions)])
    found, deadline, quiet = set(), time.monotonic() + seconds, 0
    while time.monotonic() < deadline and quiet < 3:
        message = reader.poll(1)
        if message is not None and not message.error():
            found.add(message.key().decode())
            quiet = 0
        elif len(found) >= at_least:
            quiet += 1
    reader.close()
    return found


def main():
    payments = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    installation = Installation(sys.argv[1], "race")
    failed = True
    try:
        events = installation.folder / "events.jsonl"
        write_events(events, payments + UNPAID)
        for worker in ("ingest", "scenario", "notifier"):
            installation.start(worker)
        installation.activate(pathlib.Path(__file__).parents[1] / "ledger/bundle",
                              "2026-01-01T00:00:00Z")
        installation.replay(events, "--without-audit", "--to",
                            (DUE + datetime.timedelta(days=2)).isoformat())
        assert not reminded(installation, 0), "somebody was reminded too early"
        log = Log(installation)
        log.transactional.begin_transaction()
        for number in range(payments):
            log.payment(log.plain if number % 2 else log.transactional, number)
        log.plain.flush(10)
        log.transactional.flush(10)
        log.tick(ms(DUE + datetime.timedelta(days=3), 10))
        time.sleep(1)
        log.transactional.commit_transaction(20)
        found = reminded(installation, UNPAID)
        wanted = {f"race/D{number}" for number in range(payments, payments + UNPAID)}
        assert found == wanted, f"{len(found - wanted)} reminded although paid, " \
                                f"{len(wanted - found)} not reminded"
        print(f"{payments} payments before the tick, half of them in an open transaction: 0 "
              f"reminders; {UNPAID} unpaid: {len(found)} reminders")
        failed = False
    finally:
        installation.close(show_logs=failed)


if __name__ == "__main__":
    main()
