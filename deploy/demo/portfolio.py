#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the portfolio of the demonstration: 310 debtors of three sellers over the year 2025.

usage: portfolio.py EVENTS.jsonl     writes the events, one canonical JSON record a line
       portfolio.py --table          prints what is in it, story by story
       portfolio.py --expect         prints what must come out of it, as NAME=VALUE lines

All of it is made up and the same on every machine. The format is that of proto/README.md.
"""
import collections
import datetime
import json
import random
import sys

SEED = 2025
TENANT = "acme"
FIRST_DAY = datetime.date(2025, 1, 2)
LAST_DAY = datetime.date(2025, 12, 31)
# Invoices of the last days would fall due after the demonstration has ended.
LAST_ISSUE = datetime.date(2025, 12, 12)
KEY_ACCOUNT_SHARE = 0.15

Seller = collections.namedtuple("Seller", "name currency country zone language")
SELLERS = [
    Seller("ACME-FR", "EUR", "FR", "Europe/Paris", "fr"),
    Seller("ACME-UK", "GBP", "GB", "Europe/London", "en"),
    Seller("ACME-SERVICES", "EUR", "FR", "Europe/Paris", "fr"),
]
TRADES = ["Bakery", "Garage", "Printing", "Joinery", "Optics", "Nursery", "Roofing", "Brewery",
          "Pottery", "Cycles", "Timber", "Catering", "Textiles", "Tools", "Dairy", "Freight"]
PLACES = ["Aubrac", "Bexley", "Calder", "Dorval", "Elmet", "Ferrand", "Grove", "Hallin", "Ivry",
          "Joule", "Kestrel", "Lomond", "Merle", "Norwood", "Ormeau", "Perrin", "Quill", "Rowan",
          "Sorel", "Tamar", "Ulmes", "Verne", "Wexcombe", "Yarrow"]


def decimal(cents):
    return f"{cents // 100}.{cents % 100:02d}"


class Debtor:
    """A buyer of one seller; what it does is told by one of the stories below."""

    def __init__(self, book, number, seller, natural=False):
        self.book = book
        self.random = book.random
        self.name = f"C-{10000 + number}"
        self.seller = seller
        self.natural = natural
        self.segment = "key-account" if self.random.random() < KEY_ACCOUNT_SHARE else "retail"

    def send(self, kind, day, data, **more):
        """Puts an event into the book; returns it, for stories that repeat or spoil it."""
        seller = more.get("seller", self.seller)
        delivered = more.get("delivered", day)
        event = {"specversion": "1.0", "type": f"io.relance.{kind}.v1",
                 "id": self.book.next_id(), "source": more.get("source", "erp"),
                 "time": self.book.instant(day), "tenant": TENANT, "debtor": self.name}
        if more.get("account", True):
            event["creditor"] = seller.name
        if self.natural:
            event["naturalperson"] = True
        event["data"] = data
        if day <= LAST_DAY:
            self.book.add(delivered, event)
        return event

    def introduce(self, with_address=True):
        title = f"{self.random.choice(TRADES)} {self.random.choice(PLACES)}"
        self.send("debtor.upserted", FIRST_DAY, {
            "kind": "SOLE_TRADER" if self.natural else "COMPANY", "country": self.seller.country,
            "zone": self.seller.zone, "language": self.seller.language, "name": title,
            "address": [f"{self.random.randint(1, 90)} Market Street", "10000 Exampleton"],
        }, account=False, source="crm")
        self.open_account(self.seller)
        if with_address:
            self.send("contact.upserted", FIRST_DAY, {
                "contact": "1", "roles": ["ACCOUNTS_PAYABLE"], "language": self.seller.language,
                "name": f"Accounts of {title}",
                "channels": [{"channel": "EMAIL",
                              "address": f"accounts.{self.name.lower()}@debtor.example"}],
            }, account=False, source="crm")

    def open_account(self, seller):
        self.send("account.upserted", FIRST_DAY, {"segment": self.segment}, source="crm",
                  seller=seller)

    def amount(self):
        if self.segment == "key-account":
            return self.random.randint(200000, 2500000)
        return self.random.choice([self.random.randint(2000, 9000),
                                   self.random.randint(9000, 250000)])

    def invoice(self, issued, seller=None, cents=None, **more):
        seller = seller or self.seller
        invoice = Invoice(self, seller, self.book.next_document("F"), issued,
                          issued + datetime.timedelta(self.random.choice([14, 30, 30, 45])),
                          cents or self.amount())
        self.book.receivables[self.name, seller.name, invoice.document] = invoice
        invoice.event = self.send("invoice.issued", issued, {
            "document": invoice.document, "currency": seller.currency,
            "total": decimal(invoice.total), "issued_on": issued.isoformat(),
            "due_on": invoice.due.isoformat()}, seller=seller, **more)
        return invoice

    def invoices(self):
        """A handful over the year, in the order of their days."""
        span = (LAST_ISSUE - FIRST_DAY).days
        days = sorted(self.random.sample(range(1, span), self.random.randint(4, 8)))
        return [self.invoice(FIRST_DAY + datetime.timedelta(day)) for day in days]


class Invoice:
    def __init__(self, debtor, seller, document, issued, due, total):
        self.debtor, self.seller, self.document = debtor, seller, document
        self.issued, self.due, self.total, self.open = issued, due, total, total
        self.event = None

    def after_due(self, least, most):
        """A day between so many days after the due date."""
        return self.due + datetime.timedelta(self.debtor.random.randint(least, most))

    def pay(self, day, cents=None, on_account=False, **more):
        cents = self.open if cents is None else cents
        if day > LAST_DAY or cents == 0:
            return None
        payment = self.debtor.book.next_document("P")
        data = {"payment": payment, "currency": self.seller.currency, "amount": decimal(cents),
                "received_on": day.isoformat(), **more}
        if not on_account:
            data["allocations"] = [{"document": self.document, "amount": decimal(cents)}]
            self.open -= cents
        self.debtor.send("payment.received", day, data, source="bank", seller=self.seller)
        return payment

    def reverse(self, payment, day, cents):
        if payment and day <= LAST_DAY:
            self.open += cents
            self.debtor.send("payment.reversed", day, {
                "payment": payment, "reversed_on": day.isoformat(), "reason_code": "AM04"},
                source="bank", seller=self.seller)

    def credit(self, day, cents):
        if day > LAST_DAY:
            return
        self.open -= cents
        self.debtor.send("credit_note.issued", day, {
            "document": self.debtor.book.next_document("A"), "currency": self.seller.currency,
            "total": decimal(cents), "issued_on": day.isoformat(), "reason_code": "GOODWILL",
            "allocations": [{"document": self.document, "amount": decimal(cents)}],
        }, seller=self.seller)

    def dispute(self, day, cents=None):
        dispute = self.debtor.book.next_document("D")
        data = {"dispute": dispute, "document": self.document, "opened_on": day.isoformat(),
                "reason": self.debtor.random.choice(["PRICE", "QUANTITY", "DELIVERY", "QUALITY"])}
        if cents:
            data.update(currency=self.seller.currency, amount=decimal(cents))
        self.debtor.send("dispute.opened", day, data, source="crm", seller=self.seller)
        return dispute

    def resolve(self, dispute, day, result, accepted=None):
        data = {"dispute": dispute, "result": result, "resolved_on": day.isoformat()}
        if accepted:
            data.update(currency=self.seller.currency, accepted=decimal(accepted))
        self.debtor.send("dispute.resolved", day, data, source="crm", seller=self.seller)

    def promise(self, day, until):
        self.debtor.send("promise.made", day, {
            "promise": self.debtor.book.next_document("Z"), "currency": self.seller.currency,
            "amount": decimal(self.open), "made_on": day.isoformat(),
            "promised_for": until.isoformat(), "channel": "CALL", "documents": [self.document],
        }, source="crm", seller=self.seller)


# ---- the stories: what one debtor does with its invoices over the year ----

def days(count):
    return datetime.timedelta(count)


def punctual(debtor):
    debtor.introduce()
    for invoice in debtor.invoices():
        invoice.pay(invoice.after_due(-12, 2))


def late(debtor):
    debtor.introduce()
    for invoice in debtor.invoices():
        invoice.pay(invoice.after_due(4, 24))


def very_late(debtor):
    debtor.introduce()
    for invoice in debtor.invoices():
        invoice.pay(invoice.after_due(30, 120))


def never_pays(debtor):
    debtor.introduce()
    debtor.invoices()


def disputes_in_full_rejected(debtor):
    debtor.introduce()
    for invoice in debtor.invoices():
        opened = invoice.after_due(-2, 4)
        settled = opened + days(14)
        invoice.resolve(invoice.dispute(opened), settled, "REJECTED")
        invoice.pay(settled + days(debtor.random.randint(3, 30)))


def disputes_in_full_accepted(debtor):
    debtor.introduce()
    for invoice in debtor.invoices():
        opened = invoice.after_due(-2, 4)
        settled = opened + days(10)
        invoice.resolve(invoice.dispute(opened), settled, "ACCEPTED", invoice.total)
        invoice.credit(settled, invoice.total)


def disputes_in_part(debtor):
    debtor.introduce()
    for invoice in debtor.invoices():
        part = invoice.total // 4
        opened = invoice.after_due(-2, 4)
        settled = opened + days(12)
        dispute = invoice.dispute(opened, part)
        if debtor.random.random() < 0.5:
            invoice.resolve(dispute, settled, "ACCEPTED", part)
            invoice.credit(settled, part)
        else:
            invoice.resolve(dispute, settled, "WITHDRAWN")
        invoice.pay(settled + days(debtor.random.randint(5, 25)))


def disputes_and_forgets(debtor):
    debtor.introduce()
    for invoice in debtor.invoices():
        invoice.dispute(invoice.after_due(1, 3))
        invoice.pay(invoice.after_due(40, 60))


def keeps_promises(debtor):
    debtor.introduce()
    for invoice in debtor.invoices():
        made = invoice.after_due(4, 6)
        invoice.promise(made, made + days(14))
        invoice.pay(made + days(13))


def breaks_promises(debtor):
    debtor.introduce()
    for invoice in debtor.invoices():
        made = invoice.after_due(4, 6)
        invoice.promise(made, made + days(10))
        invoice.pay(made + days(debtor.random.randint(20, 50)))


def pays_in_parts(debtor):
    debtor.introduce()
    for invoice in debtor.invoices():
        third = invoice.total // 3
        invoice.pay(invoice.after_due(0, 2), third)
        invoice.pay(invoice.after_due(8, 12), third)
        invoice.pay(invoice.after_due(20, 35))


def pays_on_account(debtor):
    """The money is there, but nobody said for which invoice: it covers, it does not settle."""
    debtor.introduce()
    for invoice in debtor.invoices():
        invoice.pay(invoice.after_due(2, 15), invoice.total, on_account=True)


def gets_credit_notes(debtor):
    debtor.introduce()
    for invoice in debtor.invoices():
        invoice.credit(invoice.after_due(3, 8), invoice.total // 5)
        invoice.pay(invoice.after_due(12, 30))


def pays_before_the_invoice_is_known(debtor):
    debtor.introduce()
    span = (LAST_ISSUE - FIRST_DAY).days
    for day in sorted(debtor.random.sample(range(1, span), 5)):
        issued = FIRST_DAY + days(day)
        # Billing is a week behind the bank.
        debtor.invoice(issued, delivered=issued + days(7)).pay(issued + days(3))


def told_twice(debtor):
    debtor.introduce()
    for invoice in debtor.invoices():
        debtor.book.add(invoice.issued + days(2), invoice.event)
        invoice.pay(invoice.after_due(4, 20))


def direct_debit_bounces(debtor):
    debtor.introduce()
    for invoice in debtor.invoices():
        day = invoice.due
        payment = invoice.pay(day, method="DIRECT_DEBIT",
                              provisional_until=debtor.book.instant(day + days(10)))
        if debtor.random.random() < 0.5:
            invoice.reverse(payment, day + days(6), invoice.total)
            invoice.pay(day + days(debtor.random.randint(15, 40)))


def on_hold_for_a_while(debtor):
    debtor.introduce()
    for invoice in debtor.invoices():
        placed = invoice.after_due(1, 2)
        debtor.send("hold.placed", placed, {
            "hold": debtor.book.next_document("H"), "reach": "DEBTOR", "reason": "MEDIATION",
            "clock": "CONTINUE", "until": debtor.book.instant(placed + days(20)),
        }, account=False, source="crm")
        invoice.pay(invoice.after_due(28, 45))


def on_hold_until_lifted(debtor):
    debtor.introduce()
    for invoice in debtor.invoices():
        hold = debtor.book.next_document("H")
        placed = invoice.after_due(2, 4)
        debtor.send("hold.placed", placed, {
            "hold": hold, "reach": "ACCOUNT", "reason": "MANUAL", "clock": "STOP"}, source="crm")
        debtor.send("hold.lifted", placed + days(9), {"hold": hold, "reason_code": "AGREED"},
                    source="crm")
        invoice.pay(invoice.after_due(20, 45))


def no_address(debtor):
    debtor.introduce(with_address=False)
    for invoice in debtor.invoices():
        invoice.pay(invoice.after_due(15, 40))


def owes_since_last_year(debtor):
    debtor.introduce()
    issued = datetime.date(2024, 11, debtor.random.randint(3, 28))
    total = debtor.amount()
    item = Invoice(debtor, debtor.seller, debtor.book.next_document("F"), issued,
                   issued + days(30), total)
    item.open = total // 2
    debtor.book.receivables[debtor.name, debtor.seller.name, item.document] = item
    debtor.send("opening_item.entered", FIRST_DAY, {
        "document": item.document, "currency": debtor.seller.currency, "total": decimal(total),
        "open": decimal(item.open), "issued_on": issued.isoformat(),
        "due_on": item.due.isoformat(), "last_step": "reminder",
        "last_contact_at": "2024-12-20T09:00:00Z"})
    item.pay(FIRST_DAY + days(debtor.random.randint(30, 60)))
    for invoice in debtor.invoices():
        invoice.pay(invoice.after_due(-5, 15))


def buys_from_two_sellers(debtor):
    """Hears of both debts, but never more often than one debtor may be written to."""
    debtor.introduce()
    other = SELLERS[2] if debtor.seller != SELLERS[2] else SELLERS[0]
    debtor.open_account(other)
    for invoice in debtor.invoices():
        invoice.pay(invoice.after_due(5, 30))
        debtor.invoice(invoice.issued, other).pay(invoice.after_due(5, 30))


def natural_person(debtor):
    debtor.natural = True
    late(debtor)


# ---- wrong records: each is a dead letter, and its debtor is left in peace ----

def spoil_amount(event):
    event["data"]["total"] = "12O0.00"


def spoil_currency(event):
    event["data"]["currency"] = "EURO"


def spoil_due_date(event):
    event["data"]["due_on"] = str(int(event["data"]["issued_on"][:4]) - 2) + "-06-30"


def drop_due_date(event):
    del event["data"]["due_on"]


def misspell_member(event):
    event["data"]["issuedon"] = event["data"].pop("issued_on")


def number_for_amount(event):
    event["data"]["total"] = 1200.5


def invent_type(event):
    event["type"] = "io.relance.invoice.lost.v1"


def say_otherwise(event):
    """The same invoice event once more, with another total."""
    event["data"]["total"] = "1.00"


def cancel_what_never_was(event):
    event["type"] = "io.relance.invoice.cancelled.v1"
    event["data"] = {"document": event["data"]["document"], "cancelled_on": event["data"]["issued_on"]}


SPOILERS = [
    ("BAD_AMOUNT", spoil_amount),
    ("BAD_CURRENCY", spoil_currency),
    ("INCONSISTENT", spoil_due_date),
    ("MISSING_FIELD", drop_due_date),
    ("UNKNOWN_FIELD", misspell_member),
    ("WRONG_TYPE", number_for_amount),
    ("UNKNOWN_TYPE", invent_type),
    ("CONFLICT", say_otherwise),
    ("UNKNOWN_OBJECT", cancel_what_never_was),
    ("NOT_JSON", None),
]


def one_wrong_record(debtor):
    debtor.introduce()
    invoices = debtor.invoices()
    for invoice in invoices:
        invoice.pay(invoice.after_due(6, 40))
    code, spoil = SPOILERS[debtor.book.wrong.total() % len(SPOILERS)]
    event = json.loads(json.dumps(invoices[0].event))
    if spoil is not say_otherwise:
        event["id"] = debtor.book.next_id()
        event["data"]["document"] = debtor.book.next_document("F")
    debtor.book.wrong[code] += 1
    day = invoices[0].issued + days(1)
    if spoil:
        spoil(event)
        debtor.book.add(day, event)
        debtor.book.quarantined.add(debtor.name)
    else: # cut off on the way: nobody can tell whose it was
        debtor.book.add_line(day, json.dumps(event)[:120])


STORIES = [
    (punctual, 84), (late, 58), (very_late, 24), (never_pays, 6),
    (disputes_in_full_rejected, 6), (disputes_in_full_accepted, 6), (disputes_in_part, 10),
    (disputes_and_forgets, 4), (keeps_promises, 12), (breaks_promises, 10), (pays_in_parts, 14),
    (pays_on_account, 8), (gets_credit_notes, 8), (pays_before_the_invoice_is_known, 6),
    (told_twice, 8), (direct_debit_bounces, 8), (on_hold_for_a_while, 6),
    (on_hold_until_lifted, 4), (no_address, 4),
    (owes_since_last_year, 6), (buys_from_two_sellers, 8), (natural_person, 4),
    (one_wrong_record, 10),
]


class Book:
    """All events, in the order in which they are delivered, and what must come of them."""

    def __init__(self):
        self.random = random.Random(SEED)
        self.lines = []
        self.receivables = {}
        self.wrong = collections.Counter()
        self.quarantined = set()
        self.told = collections.OrderedDict()
        self._ids = 0
        self._documents = collections.Counter()

    def next_id(self):
        self._ids += 1
        return f"evt-{self._ids:06d}"

    def next_document(self, letter):
        self._documents[letter] += 1
        return f"{letter}2025-{self._documents[letter]:05d}"

    def instant(self, day):
        """In the morning, before the day's reminders are decided."""
        hour, minute = self.random.randint(6, 8), self.random.randint(0, 59)
        return f"{day.isoformat()}T{hour:02d}:{minute:02d}:00Z"

    def add(self, day, event):
        self.add_line(day, json.dumps(event, separators=(",", ":")), event["time"][11:])

    def add_line(self, day, line, clock="09:00:00Z"):
        if day <= LAST_DAY:
            self.lines.append((day, clock, len(self.lines), line))

    def tell(self):
        number = 0
        for story, count in STORIES:
            before = len(self.lines), len(self.receivables)
            for _ in range(count):
                story(Debtor(self, number, SELLERS[number % len(SELLERS)]))
                number += 1
            self.told[story.__name__.replace("_", " ")] = (
                count, len(self.receivables) - before[1], len(self.lines) - before[0])
        self.lines.sort()
        return self

    def open_by_currency(self):
        sums = collections.Counter()
        for invoice in self.receivables.values():
            sums[invoice.seller.currency] += invoice.open
        return sums


def print_table(book):
    print(f"{'story':34}{'debtors':>9}{'invoices':>10}{'records':>9}")
    for story, counts in book.told.items():
        print(f"{story:34}{counts[0]:9}{counts[1]:10}{counts[2]:9}")
    totals = [sum(column) for column in zip(*book.told.values())]
    print(f"{'all':34}{totals[0]:9}{totals[1]:10}{totals[2]:9}")


def print_expectation(book):
    print(f"debtors={sum(count for _, count in STORIES)}")
    print(f"invoices={len(book.receivables)}")
    print(f"records={len(book.lines)}")
    print(f"dead_letters={book.wrong.total()}")
    print(f"conflicts={book.wrong['CONFLICT']}")
    print(f"quarantined={len(book.quarantined)}")
    print(f"last_day={LAST_DAY}")
    for currency, cents in sorted(book.open_by_currency().items()):
        print(f"open_{currency}={cents}")


def main():
    if len(sys.argv) != 2 or sys.argv[1] in ("-h", "--help"):
        print(__doc__.strip())
        sys.exit(0 if sys.argv[1:] in (["-h"], ["--help"]) else 2)
    book = Book().tell()
    if sys.argv[1] == "--table":
        print_table(book)
    elif sys.argv[1] == "--expect":
        print_expectation(book)
    else:
        with open(sys.argv[1], "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for _, _, _, line in book.lines)


if __name__ == "__main__":
    main()
