# SPDX-License-Identifier: Apache-2.0
"""A few debtors as a billing system would tell of them: events of the contract, in a file for
`relancectl replay`."""
import json


class Portfolio:
    def __init__(self, tenant, creditor="U001"):
        self.tenant, self.creditor = tenant, creditor
        self.lines = []
        self.number = 0

    def event(self, day, debtor, kind, data, about_account=True, **more):
        self.number += 1
        event = {"specversion": "1.0", "type": f"io.relance.{kind}.v1", "id": f"e-{self.number}",
                 "source": "books", "time": f"{day}T09:00:00Z", "tenant": self.tenant,
                 "debtor": debtor, "data": data, **more}
        if about_account:
            event["creditor"] = self.creditor
        self.lines.append((day, json.dumps(event)))
        return event

    def debtor(self, debtor, day="2026-01-02", zone="Europe/Paris", address="secret@example.test"):
        self.event(day, debtor, "debtor.upserted",
                   {"kind": "COMPANY", "country": "FR", "zone": zone, "language": "en",
                    "name": "Secret Bakery"}, about_account=False)
        self.event(day, debtor, "contact.upserted",
                   {"contact": "1", "roles": ["BILLING"], "name": "Secret Person",
                    "channels": [{"channel": "EMAIL", "address": address}]},
                   about_account=False)

    def invoice(self, debtor, document, total, day="2026-01-03", due="2026-01-10", **more):
        return self.event(day, debtor, "invoice.issued",
                          {"document": document, "currency": "EUR", "total": total,
                           "issued_on": day, "due_on": due, **more})

    def payment(self, day, debtor, document, amount):
        return self.event(day, debtor, "payment.received",
                          {"payment": f"P-{document}", "currency": "EUR", "amount": amount,
                           "received_on": day,
                           "allocations": [{"document": document, "amount": amount}]})

    def hold(self, day, debtor, until, hold="H-88"):
        self.event(day, debtor, "hold.placed",
                   {"hold": hold, "reach": "DEBTOR", "reason": "MANUAL", "clock": "CONTINUE",
                    "until": until}, about_account=False)

    def dispute(self, day, debtor, document):
        self.event(day, debtor, "dispute.opened",
                   {"dispute": "D-88", "document": document, "reason": "DELIVERY",
                    "opened_on": day})

    def contradict(self, day, event, **data):
        """The same event once more, with another content."""
        self.lines.append((day, json.dumps(dict(event, data=dict(event["data"], **data)))))

    def write(self, path):
        """All that was added since the last time, in the order of the days."""
        self.lines.sort(key=lambda line: line[0])
        path.write_text("".join(line + "\n" for _, line in self.lines))
        self.lines = []
        return path
