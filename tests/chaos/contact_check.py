#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What was really sent, held against what was known: a second opinion on the promise "never behind a
known payment". It reads topics and the folder of a mail sink, and shares no code with the product.

usage: contact_check.py BOOTSTRAP_SERVERS PREFIX FOLDER      exit 1 if there is any violation

    behind-payment    an attempt asks for more than the events below its watermark leave open
    behind-suspicion  ... although a payment was suspected
    behind-kill       ... although the kill switch was on
    late              the first byte of a mail came more than 2 s after its gate was asked
    unannounced       a mail without an earlier attempt that names the hash of its bytes
    sent-twice        a request's second mail, the first one's outcome not being unknown
    unanswered        a request without outcome or return
    answered-twice    ... with more than one
    unasked           an outcome or return of what was never asked for

What is open is made up from the events of `debtor-events` alone: claims, credit notes, cancellations
and what payments name. Money that names no document, write-offs and agreements are not weighed here;
`relancectl audit verify` does that by the facts.

A driver of its own calls check(); each record is a Record, each letter one of letterbox.letters.
"""
import collections
import hashlib
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
sys.path.insert(0, str(ROOT / "deploy/local/smtp"))
import contract  # noqa: E402
import letterbox  # noqa: E402

AUDIT, EVENT, REQUEST, WORDS = contract.load("audit", "debtor_event", "contact_request",
                                             "vocabulary")
# The body's first byte leaves within that time of the question, or another one is asked.
LOOK_IS_GOOD_MS = 2000

Record = collections.namedtuple("Record", "partition offset message")
Violation = collections.namedtuple("Violation", "kind debtor request text")
Violation.__doc__ = "`request` is (action id in hexadecimal digits, request number), or None."


def debtor_of(record):
    envelope = record.message.envelope
    return f"{envelope.tenant}/{envelope.debtor}"


def request_of(body):
    return body.action.hex(), body.request_number


def by_debtor(records):
    found = collections.defaultdict(list)
    for record in records:
        found[debtor_of(record)].append(record)
    return found


def attempts_of(audit):
    return [record for record in audit if record.message.HasField("attempted")]


# ---- what is open, from the events alone ----

def version_of(record):
    """Of two records about one thing the one with the higher version counts, whichever came first."""
    envelope = record.message.envelope
    return envelope.entity_revision, envelope.occurred_at_ms, envelope.source_event_id


def newest(records, name, identity):
    """(record, body) of the newest word about each thing, of the records that carry a body `name`;
    `identity` is the member with the thing's id."""
    found = {}
    for record in sorted(carrying(records, name), key=version_of):
        body = getattr(record.message, name)
        found[getattr(body, identity)] = record, body
    return found.values()


def carrying(records, *names):
    return [record for record in records
            if any(record.message.HasField(name) for name in names)]


def claim_of(records, document):
    """(amount, record) of the newest word about what a document asks for; None if there is none."""
    words = []
    for record in carrying(records, "invoice_issued", "invoice_amended", "opening_item"):
        message = record.message
        if message.HasField("opening_item"):
            invoice, amount = message.opening_item.invoice, message.opening_item.open
        else:
            name = "invoice_issued" if message.HasField("invoice_issued") else "invoice_amended"
            invoice = getattr(message, name)
            amount = invoice.total
        if invoice.document == document:
            words.append((version_of(record), amount, record))
    return max(words, key=lambda word: word[0])[1:] if words else None


def share(allocations, left, document, currency):
    """What a document gets of a settlement that has `left` to give, in the order of its words."""
    got = 0
    for allocation in allocations:
        if allocation.amount.currency != currency:
            continue
        given = min(allocation.amount.minor, left)
        left -= given
        got += given if allocation.document == document else 0
    return got


def reversed_of(records, payment):
    """What was taken back of a payment; a word without an amount takes all of it."""
    taken = {}
    for record in carrying(records, "payment_reversed"):
        body = record.message.payment_reversed
        if body.payment == payment.payment:
            all_of_it = not body.HasField("amount")
            taken[record.message.envelope.source_event_id] = \
                payment.amount.minor if all_of_it else body.amount.minor
    return min(sum(taken.values()), payment.amount.minor)


def settlements_of(records):
    """(record, amount in force, currency, allocations) of every payment and credit note."""
    for record, body in newest(records, "payment_received", "payment"):
        yield (record, body.amount.minor - reversed_of(records, body), body.amount.currency,
               body.allocations)
    for record, body in newest(records, "credit_note_issued", "document"):
        yield record, body.total.minor, body.total.currency, body.allocations


def open_of(records, document):
    """(minor, currency, offset of what lowered it last) of a document, from all that is said about
    its account; (0, None, None) if nothing is."""
    claim = claim_of(records, document)
    if claim is None:
        return 0, None, None
    (amount, record), lowered = claim, claim[1].offset
    for cancelled in carrying(records, "invoice_cancelled"):
        if cancelled.message.invoice_cancelled.document == document:
            return 0, amount.currency, cancelled.offset
    left = amount.minor
    for record, force, currency, allocations in settlements_of(records):
        got = share(allocations, force, document, currency) if currency == amount.currency else 0
        left -= got
        lowered = max(lowered, record.offset) if got else lowered
    return max(left, 0), amount.currency, lowered


# ---- what was known ----

def known_to(attempt, records):
    """Of the debtor's events those below the watermark of the attempt's last look."""
    watermark = attempt.message.attempted.look.watermark
    return [record for record in records
            if record.partition == attempt.partition and record.offset < watermark]


def violation(kind, attempt, text):
    body = attempt.message.attempted
    return Violation(kind, debtor_of(attempt), request_of(body),
                     f"{text}; attempt at {attempt.partition}/{attempt.offset}, watermark "
                     f"{body.look.watermark}")


def behind_payment(events, audit):
    said = by_debtor(events)
    for attempt in attempts_of(audit):
        known = known_to(attempt, said[debtor_of(attempt)])
        for line in attempt.message.attempted.lines:
            creditor = line.creditor or attempt.message.envelope.creditor
            account = [record for record in known if record.message.envelope.creditor == creditor]
            left, currency, offset = open_of(account, line.document)
            if line.open.minor > left or line.open.currency != (currency or line.open.currency):
                yield violation("behind-payment", attempt,
                                f"{line.document} is asked for with {line.open.minor} "
                                f"{line.open.currency}, open are {left} {currency or ''} since "
                                f"offset {offset}")


def behind_suspicion(events, audit):
    said = by_debtor(events)
    for attempt in attempts_of(audit):
        known = known_to(attempt, said[debtor_of(attempt)])
        cleared = {record.message.cash_cleared.suspicion
                   for record in carrying(known, "cash_cleared")}
        for record in carrying(known, "cash_suspected"):
            body = record.message.cash_suspected
            over = 0 < body.until_ms <= attempt.message.decided_at_ms
            if body.suspicion not in cleared and not over:
                yield violation("behind-suspicion", attempt,
                                f"{body.suspicion} is open since offset {record.offset}")


def behind_kill(events, audit):
    scopes = carrying(events, "scope_changed")
    for attempt in attempts_of(audit):
        tenant = attempt.message.envelope.tenant
        known = [record for record in known_to(attempt, scopes)
                 if record.message.envelope.tenant == tenant]
        last = max(known, key=lambda record: record.message.scope_changed.revision, default=None)
        if last and last.message.scope_changed.kill_switch:
            yield violation("behind-kill", attempt, f"the kill switch is on since {last.offset}")


# ---- what was sent ----

def when(attempt):
    """By partition time, which stands still where it is stepped, then by the clock on the wall."""
    return attempt.message.attempted.attempted_at_ms, attempt.message.attempted.look.asked_at_ms


def sent(audit, letters):
    """[(letter, attempt)] in the order of the first bytes; the attempt is the latest one before it
    that names the hash of the letter's bytes, or None."""
    by_hash, pairs = collections.defaultdict(list), []
    for attempt in attempts_of(audit):
        by_hash[attempt.message.attempted.content_hash].append(attempt)
    for letter in sorted(letters, key=lambda letter: letter.envelope["body_at_ms"]):
        before = [attempt for attempt in by_hash[hashlib.sha256(letter.content).digest()]
                  if max(when(attempt)) <= letter.envelope["body_at_ms"]]
        pairs.append((letter, max(before, default=None, key=when)))
    return pairs


def unannounced(audit, letters):
    for letter, attempt in sent(audit, letters):
        if attempt is None:
            digest = hashlib.sha256(letter.content).hexdigest()
            yield Violation("unannounced", "", None,
                            f"letter {letter.name}: no attempt before it names {digest}")


def late(audit, letters):
    for letter, attempt in sent(audit, letters):
        if attempt is None:
            continue
        age = letter.envelope["body_at_ms"] - attempt.message.attempted.look.asked_at_ms
        if age > LOOK_IS_GOOD_MS:
            yield violation("late", attempt,
                            f"letter {letter.name}: its body began {age} ms after the question")


def unknowns_of(audit):
    """{request: [(partition, offset)]} where the notifier wrote that it does not know."""
    found = collections.defaultdict(list)
    for record in audit:
        message = record.message
        body = message.contact_ended if message.HasField("contact_ended") else message.local_event
        if body.result == WORDS.OUTCOME_RESULT_UNKNOWN:
            found[request_of(body)].append((record.partition, record.offset))
    return found


def sent_twice(audit, letters):
    unknowns, last = unknowns_of(audit), {}
    for letter, attempt in sent(audit, letters):
        if attempt is None:
            continue
        request = request_of(attempt.message.attempted)
        place = attempt.partition, attempt.offset
        before, last[request] = last.get(request), place
        if before and not any(before < unknown < place for unknown in unknowns[request]):
            yield violation("sent-twice", attempt, f"letter {letter.name} is not its first")


# ---- what was answered ----

def answers(events):
    for record in carrying(events, "outcome", "returned"):
        message = record.message
        yield record, message.outcome if message.HasField("outcome") else message.returned


def unanswered(requests, events):
    asked = {request_of(record.message.body): record for record in requests}
    counts = collections.Counter()
    for record, answer in answers(events):
        request = request_of(answer)
        counts[request] += 1
        if request not in asked:
            yield Violation("unasked", debtor_of(record), request,
                            f"answered at {record.partition}/{record.offset}")
    for request, record in asked.items():
        if counts[request] != 1:
            kind = "answered-twice" if counts[request] else "unanswered"
            yield Violation(kind, debtor_of(record), request,
                            f"asked at {record.partition}/{record.offset}, answers: "
                            f"{counts[request]}")


# ---- all of it ----

def check(events, requests, audit, letters):
    """Every violation; the records of each topic in any order of partitions."""
    letters = list(letters)
    return [*behind_payment(events, audit), *behind_suspicion(events, audit),
            *behind_kill(events, audit), *unannounced(audit, letters), *late(audit, letters),
            *sent_twice(audit, letters), *unanswered(requests, events)]


def read(servers, topic, form):
    from installation import read_topic  # needs the client of the servers, which check() does not
    return [Record(record.partition(), record.offset(), form.FromString(record.value()))
            for record in read_topic(servers, topic)]


def read_all(servers, prefix):
    """Events, requests and audit records of an installation."""
    return (read(servers, f"{prefix}.debtor-events", EVENT.DebtorEvent),
            read(servers, f"{prefix}.contact-requests", REQUEST.ContactRequest),
            read(servers, f"{prefix}.notifier.audit", AUDIT.AuditRecord))


def check_installation(servers, prefix, folder):
    """Every violation of an installation whose mails lie in a folder."""
    return check(*read_all(servers, prefix), letterbox.letters(folder))


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    servers, prefix, folder = sys.argv[1:]
    events, requests, audit = read_all(servers, prefix)
    letters = list(letterbox.letters(folder))
    found = check(events, requests, audit, letters)
    for one in found:
        request = f" {one.request[0]} {one.request[1]}" if one.request else ""
        print(f"{one.kind:16} {one.debtor}{request}: {one.text}")
    print(f"{len(attempts_of(audit))} attempts, {len(letters)} letters, {len(requests)} requests: "
          f"{len(found)} violations")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
