#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What was filed and recalled, held against what was known: a second opinion on the promises of
legal-escalation. It reads topics only, and shares no code with the product.

usage: filing_check.py BOOTSTRAP_SERVERS PREFIX     exit 1 if there is any violation

    behind-payment  a filing claims more than the events below its watermark leave open
    unapproved      no command in `debtor-events` approved this act of this case for this claim
    unsigned        the filing's signature is not that of the approver's key (where keys are given)
    standing        all that was filed is paid, and no recall stands behind the filing
    recalled-twice  ... more than one does
    unfiled         a recall of what was not filed before it, on the same key
    filed-twice     the same filing again, or another one of the case while the first one stands
    untold          what was filed or recalled does not stand in the audit stream exactly once

What is open is made up from the events of `debtor-events` alone, as in contact_check.py. Money of
which no payment says what it is for counts as paid. Disputes, write-offs and agreements are not
weighed.

A driver of its own calls check(): events and audit are Records of contact_check, filings are Keyed.
"""
import collections
import sys

import approval
import contact_check
from contact_check import AUDIT, EVENT, by_debtor, carrying, contract, debtor_of, open_of

FILING, = contract.load("legal_filing")

Keyed = collections.namedtuple("Keyed", "partition offset message key")
Violation = collections.namedtuple("Violation", "kind debtor filing text")


def filed_of(filings):
    return [record for record in filings if record.message.HasField("filed")]


def recalled_of(filings):
    return [record for record in filings if record.message.HasField("recalled")]


def body_of(record):
    message = record.message
    return message.filed if message.HasField("filed") else message.recalled


def place_of(record):
    return f"{record.partition}/{record.offset}"


def violation(kind, record, text):
    return Violation(kind, debtor_of(record), body_of(record).filing,
                     f"{text}; at {place_of(record)}")


def account_of(records, record):
    """Of a debtor's events those of the creditor who files."""
    creditor = record.message.envelope.creditor
    return [event for event in records if event.message.envelope.creditor == creditor]


def unnamed_of(records, currency):
    """What came in on an account, and nobody has said for what."""
    left = 0
    for _, force, unit, allocations in contact_check.settlements_of(records):
        if unit == currency:
            left += max(force - sum(allocation.amount.minor for allocation in allocations), 0)
    return left


# ---- what was known ----

def behind_payment(events, filings):
    said = by_debtor(events)
    for record in filed_of(filings):
        filed = record.message.filed
        known = [event for event in account_of(said[debtor_of(record)], record)
                 if event.partition == record.partition and event.offset < filed.look.watermark]
        for line in filed.claim.lines:
            left, currency, offset = open_of(known, line.document)
            if line.principal.minor > left or line.principal.currency != (
                    currency or line.principal.currency):
                yield violation("behind-payment", record,
                                f"{line.document} is claimed with {line.principal.minor} "
                                f"{line.principal.currency}, open are {left} {currency or ''} "
                                f"since offset {offset}, watermark {filed.look.watermark}")
        unnamed = unnamed_of(known, filed.claim.lines[0].principal.currency)
        if unnamed > 0:
            yield violation("behind-payment", record, f"{unnamed} are on account, watermark "
                                                      f"{filed.look.watermark}")


# ---- who said yes ----

def approvals_of(events):
    """{(debtor, command): command} of all approvals."""
    return {(debtor_of(event), event.message.command_issued.command): event.message.command_issued
            for event in carrying(events, "command_issued")
            if event.message.command_issued.HasField("approve")}


def unapproved(events, filings):
    approvals = approvals_of(events)
    for record in filed_of(filings):
        filed = record.message.filed
        command = approvals.get((debtor_of(record), filed.approval))
        wanted = filed.approver, filed.case_id, filed.act, filed.claim.claim_hash
        if command is None or wanted != (command.actor, command.approve.case_id,
                                         command.approve.act, command.approve.claim_hash):
            yield violation("unapproved", record, f"no such approval {filed.approval or '(none)'}")


def unsigned(filings, keys):
    """`keys`: {signing key: its line in authorities.yaml}"""
    for record in filed_of(filings):
        filed = record.message.filed
        stated = approval.statement(record.message.envelope.tenant, filed.case_id, filed.act,
                                    filed.approval, filed.approver, filed.claim.claim_hash)
        if filed.signing_key not in keys or not approval.is_signed(
                keys[filed.signing_key], stated, filed.signature):
            yield violation("unsigned", record, f"{filed.signing_key} did not sign")


# ---- what stands ----

def recalls_of(filings):
    """{filing: its recalls}"""
    found = collections.defaultdict(list)
    for record in recalled_of(filings):
        found[record.message.recalled.filing].append(record)
    return found


def standing(events, filings):
    said, recalls = by_debtor(events), recalls_of(filings)
    for record in filed_of(filings):
        filed = record.message.filed
        account = account_of(said[debtor_of(record)], record)
        left = sum(open_of(account, line.document)[0] for line in filed.claim.lines)
        left -= unnamed_of(account, filed.claim.lines[0].principal.currency)
        if left <= 0 and filed.filing not in recalls:
            yield violation("standing", record, "nothing of it is open, and it is not recalled")


def recalled_wrongly(filings):
    first = {}
    for record in filed_of(filings):
        first.setdefault(record.message.filed.filing, record)
    for filing, recalls in recalls_of(filings).items():
        filed = first.get(filing)
        for record in recalls:
            if filed is None or (filed.key, filed.partition) != (record.key, record.partition) \
                    or filed.offset > record.offset:
                yield violation("unfiled", record, "it was not filed before, on this key")
        for record in recalls[1:]:
            yield violation("recalled-twice", record, f"recalled already at {place_of(recalls[0])}")


def filed_twice(filings):
    stands, seen = {}, set()
    for record in sorted(filings, key=lambda record: (record.partition, record.offset)):
        body = body_of(record)
        case = debtor_of(record), body.case_id
        if record.message.HasField("recalled"):
            stands.pop(case, None)
            continue
        if body.filing in seen or case in stands:
            yield violation("filed-twice", record, "it stands already" if case in stands
                            else "it was filed already")
        seen.add(body.filing)
        stands[case] = body.filing


# ---- what was told ----

def untold(filings, audit):
    told, done = collections.Counter(), collections.Counter()
    for record in audit:
        for name in ("filed", "recalled"):
            if record.message.HasField(name):
                told[name, getattr(record.message, name).filing] += 1
    last = {}
    for record in filings:
        act = ("filed" if record.message.HasField("filed") else "recalled"), body_of(record).filing
        done[act] += 1
        last[act] = record
    for act, record in last.items():
        if told[act] != done[act] or done[act] != 1:
            yield violation("untold", record, f"{act[0]} {done[act]} times, told {told[act]} times")
    for name, filing in told.keys() - done.keys():
        yield Violation("untold", "", filing, f"{name} was told, and never done")


# ---- all of it ----

def check(events, filings, audit, keys=None):
    """Every violation; the records of each topic in the order of each partition."""
    found = [*behind_payment(events, filings), *unapproved(events, filings),
             *standing(events, filings), *recalled_wrongly(filings), *filed_twice(filings),
             *untold(filings, audit)]
    return found + list(unsigned(filings, keys) if keys else [])


def read_all(servers, prefix):
    """Events, filings and audit records of an installation."""
    from installation import read_topic  # needs the client of the servers, which check() does not
    filings = [Keyed(record.partition(), record.offset(),
                     FILING.LegalFiling.FromString(record.value()), record.key())
               for record in read_topic(servers, f"{prefix}.legal-filings")]
    return (contact_check.read(servers, f"{prefix}.debtor-events", EVENT.DebtorEvent), filings,
            contact_check.read(servers, f"{prefix}.legal-escalation.audit", AUDIT.AuditRecord))


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    events, filings, audit = read_all(*sys.argv[1:])
    found = check(events, filings, audit)
    for one in found:
        print(f"{one.kind:14} {one.debtor} {one.filing}: {one.text}")
    print(f"{len(filed_of(filings))} filings, {len(recalled_of(filings))} recalls: "
          f"{len(found)} violations")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
