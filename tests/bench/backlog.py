#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the events that the benchmark feeds: the same for the same numbers, on every machine.

usage: backlog.py EVENTS DEBTORS      prints how many of each kind there are

Every debtor has at least one event; the others fall on debtors by chance. The kinds are drawn by
the weights below. What needs an invoice and finds none becomes an invoice, so that a debtor's
history makes sense from its first event on. All are records of proto/README.md."""
import collections
import datetime
import json
import random
import sys

SEED = 2026
TENANT = "acme"
FIRST_MS = 1767600000000  # 2026-01-05T08:00:00Z
SPAN_MS = 28 * 86400000  # of the backlog; due dates lie behind it, so that no step falls due
SELLERS = [("ACME-FR", "EUR"), ("ACME-UK", "GBP"), ("ACME-SERVICES", "EUR")]
WEIGHTS = {"invoice": 42, "payment": 30, "debtor": 10, "account": 7, "contact": 7, "dispute": 2,
           "promise": 2}

Event = collections.namedtuple("Event", "kind debtor payment at_ms record")
Invoice = collections.namedtuple("Invoice", "document cents")


def decimal(cents):
    return f"{cents // 100}.{cents % 100:02d}"


def day(at_ms, days=0):
    moment = datetime.datetime.fromtimestamp(at_ms / 1000, datetime.timezone.utc)
    return (moment.date() + datetime.timedelta(days)).isoformat()


class Book:
    """What was told so far; `next` tells one event more."""

    def __init__(self, debtors, seed=SEED):
        self.random = random.Random(seed)
        self.debtors = debtors
        self.invoices = collections.defaultdict(list)  # by debtor, not yet paid
        self.told = self.documents = self.payments = 0
        self.kinds = random.Random(seed + 1).choices(list(WEIGHTS), list(WEIGHTS.values()), k=9973)

    def next(self, debtor, at_ms, kind=None):
        kind = kind or self.kinds[self.told % len(self.kinds)]
        if kind in ("payment", "dispute", "promise") and not self.invoices[debtor]:
            kind = "invoice"
        name = f"C-{100000 + debtor}"
        seller, currency = SELLERS[debtor % len(SELLERS)]
        self.told += 1
        event, data = getattr(self, "_" + kind)(debtor, currency, at_ms)
        record = {"specversion": "1.0", "type": f"io.relance.{event}.v1", "id": f"e{self.told}",
                  "source": "erp", "time": f"{day(at_ms)}T08:00:00Z", "tenant": TENANT,
                  "debtor": name, "creditor": seller, "data": data}
        if kind in ("debtor", "contact"):
            del record["creditor"]
        return Event(kind, name, self.payments if kind == "payment" else 0, at_ms,
                     json.dumps(record, separators=(",", ":")))

    def _document(self, letter):
        self.documents += 1
        return f"{letter}2026{self.documents:08d}"

    def _debtor(self, debtor, currency, at_ms):
        return "debtor.upserted", {
            "kind": "COMPANY", "country": "GB" if currency == "GBP" else "FR",
            "zone": "Europe/London" if currency == "GBP" else "Europe/Paris",
            "language": "en" if currency == "GBP" else "fr", "registry_id": f"{732000000 + debtor}",
            "name": f"Company {debtor} Ltd", "address": [f"{debtor % 90} Market Street", "Exampleton"]}

    def _account(self, debtor, currency, at_ms):
        return "account.upserted", {"customer_number": str(debtor), "currency": currency,
                                    "segment": "retail", "credit_limit": "20000.00"}

    def _contact(self, debtor, currency, at_ms):
        return "contact.upserted", {
            "contact": "1", "roles": ["ACCOUNTS_PAYABLE"], "name": f"Accounts of {debtor}",
            "channels": [{"channel": "EMAIL", "address": f"accounts.{debtor}@debtor.example"}]}

    def _invoice(self, debtor, currency, at_ms):
        invoice = Invoice(self._document("F"), self.random.randint(5000, 500000))
        self.invoices[debtor].append(invoice)
        return "invoice.issued", {
            "document": invoice.document, "currency": currency, "total": decimal(invoice.cents),
            "tax": decimal(invoice.cents // 6), "issued_on": day(at_ms), "due_on": day(at_ms, 60),
            "references": [{"kind": "PURCHASE_ORDER", "value": f"PO-{self.documents}"}]}

    def _payment(self, debtor, currency, at_ms):
        invoice = self.invoices[debtor].pop(0)
        cents = invoice.cents
        if self.random.random() < 0.2:  # in part
            cents = invoice.cents // 2
            self.invoices[debtor].append(invoice._replace(cents=invoice.cents - cents))
        self.payments += 1
        return "payment.received", {
            "payment": f"P{self.payments}", "currency": currency, "amount": decimal(cents),
            "received_on": day(at_ms), "remittance": f"{invoice.document} with thanks",
            "allocations": [{"document": invoice.document, "amount": decimal(cents)}]}

    def _dispute(self, debtor, currency, at_ms):
        return "dispute.opened", {
            "dispute": self._document("D"), "document": self.invoices[debtor][0].document,
            "reason": "DELIVERY", "opened_on": day(at_ms)}

    def _promise(self, debtor, currency, at_ms):
        invoice = self.invoices[debtor][0]
        return "promise.made", {
            "promise": self._document("Z"), "currency": currency, "amount": decimal(invoice.cents),
            "made_on": day(at_ms), "promised_for": day(at_ms, 60), "channel": "CALL",
            "documents": [invoice.document]}

    def backlog(self, events):
        """That many events over all debtors, in order of time."""
        order = list(range(self.debtors))
        order += self.random.choices(range(self.debtors), k=events - self.debtors)
        self.random.shuffle(order)
        for number, debtor in enumerate(order):
            yield self.next(debtor, FIRST_MS + SPAN_MS * number // events)

    def live(self, events, kind=None):
        """More events about the same debtors, after the backlog; payments only, or any kind."""
        for _ in range(events):
            debtor = self.random.randrange(self.debtors)
            while kind == "payment" and not self.invoices[debtor]:
                debtor = self.random.randrange(self.debtors)
            yield self.next(debtor, FIRST_MS + SPAN_MS, kind)


if __name__ == "__main__":
    counts, total = collections.Counter(), 0
    for made in Book(int(sys.argv[2])).backlog(int(sys.argv[1])):
        counts[made.kind] += 1
        total += len(made.record)
    for kind, count in counts.most_common():
        print(f"{kind:8} {count:8} {100 * count / sum(counts.values()):5.1f} %")
    print(f"{total / sum(counts.values()):.0f} bytes a record")
