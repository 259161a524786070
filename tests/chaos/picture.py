# SPDX-License-Identifier: Apache-2.0
"""What an installation has come to: everything it wrote, in a form in which two lives of the same
days are equal if and only if they say the same.

Left out, because aborted transactions and control records take offsets too:
  * the offset in coordinates. In its place stands which record of its debtor it is; a cause must
    also hash to the bytes that it names.
  * a cause's hash, once it was checked: its bytes hold an offset of their own.
  * the chain (sequence, head before): it follows from the facts; `audit verify` checks it.
  * what a last look had read: watermarks and the time of the question; contact_check.py holds them
    against the log.
  * column `off` of the reporting tables, and the checkpoints of the state topic.
State records are compared byte for byte, except that of a debtor, which names the records that
quarantined it by coordinates.
Everything else is compared: all fields, sealed bytes and epochs included, in the order of a debtor (see
lane_of for what stands between two of its records by chance).
"""
import collections
import hashlib
import itertools
import re

import psycopg2

import contract

# Reporting tables: the name for people, and the order of a debtor's lines.
TABLES = {
    "receivable": ("balances", "tenant, debtor, creditor, document"),
    "request": ("requests", "tenant, debtor, requested_at, action, request_number"),
    "request_line": ("lines of requests", "tenant, debtor, off, line"),
    "step_instance": ("step instances",
                      "tenant, debtor, creditor, document, scenario, step, occurrence"),
    "silence": ("silences", "tenant, debtor, off"),
    "task": ("tasks", "tenant, debtor, task"),
    "law_case": ("cases", "tenant, debtor, case_id"),
}
LEFT_OUT = {"chain", "look"}


def owner_of(record):
    """Whose record it is; what concerns a whole tenant stands in every partition."""
    return record.partition(), record.key() or b""


def asks_approval(fact):
    """The task of a case: opened and closed by what legal-escalation says."""
    task = fact.task_opened.task or fact.task_closed.task
    return task.startswith("approval-")


def lane_of(message):
    """Scoring and legal-escalation answer the same fact at the same time, and whose answer is first
    is chance: what comes of each is in order for itself."""
    form = message.DESCRIPTOR.name if message is not None else ""
    if form == "DebtorEvent" and message.envelope.source in ("scoring", "legal-escalation"):
        return message.envelope.source
    if form == "DebtorFact" and message.HasField("score_applied"):
        return "scoring"
    if form == "DebtorFact" and (message.HasField("case_moved") or asks_approval(message)):
        return "legal-escalation"
    return ""


class Reader:
    """Reads all topics once, and knows what coordinates name."""

    def __init__(self, installation):
        self.installation = installation
        event, fact, request, letter, audit, inbox, filing, self.state_forms = contract.load(
            "debtor_event", "debtor_fact", "contact_request", "dead_letter", "audit",
            "legal_inbox", "legal_filing", "scenario_state")
        self.names, self.hashes = {}, {}
        self.source = self._read(installation.source, None)
        self.events = self._read("debtor-events", event.DebtorEvent)
        self.requests = self._read("contact-requests", request.ContactRequest)
        self.facts = self._read("debtor-facts", fact.DebtorFact)
        self.letters = self._read("dead-letters", letter.DeadLetter)
        self.contacts = self._read("notifier.audit", audit.AuditRecord)
        self.scores = self._read("scoring.audit", audit.AuditRecord)
        self.inbox = self._read("legal-inbox", inbox.LegalInbox)
        self.acts = self._read("legal-escalation.audit", audit.AuditRecord)
        self.filings = self._read("legal-filings", filing.LegalFiling)

    def _read(self, topic, form):
        """[(Kafka's record, decoded record)] in the order of offsets of each partition."""
        if form:
            topic = f"{self.installation.prefix}.{topic}"
        records, counts = [], collections.Counter()
        for record in self.installation.records(topic):
            message = form.FromString(record.value()) if form else None
            place = topic, record.partition(), record.offset()
            owner = owner_of(record)
            line = *owner, lane_of(message)
            counts[line] += 1
            # A tick belongs to no debtor; its id says its instant.
            self.names[place] = (topic, *line, counts[line]) if owner[1] or form is None else \
                (topic, message.envelope.source_event_id)
            self.hashes[place] = hashlib.sha256(record.value()).digest()
            records.append((record, message))
        records.sort(key=lambda pair: (pair[0].partition(), pair[0].offset()))
        return records

    def _name(self, at):
        place = at.topic, at.partition, at.offset
        assert place in self.names, f"no committed record at {place}"
        return self.names[place]

    def _cause(self, causation):
        at = causation.at
        if not at.topic:
            return None
        name = self._name(at)
        wanted = self.hashes[at.topic, at.partition, at.offset]
        assert causation.record_hash == wanted, f"{name} is named as cause with another hash"
        return name

    def plain(self, message):
        """A record as a structure of Python's, without what may differ."""
        form = message.DESCRIPTOR.name
        if form == "Coordinates":
            return self._name(message) if message.topic else None
        if form == "Causation":
            return self._cause(message)
        found = {}
        for field, value in message.ListFields():
            if field.name in LEFT_OUT:
                continue
            if field.type != field.TYPE_MESSAGE:
                found[field.name] = list(value) if field.label == field.LABEL_REPEATED else value
            elif field.label == field.LABEL_REPEATED:
                found[field.name] = [self.plain(one) for one in value]
            else:
                found[field.name] = self.plain(value)
        return found


def by_debtor(reader, records):
    """{whose: the records in their order}."""
    found = collections.defaultdict(list)
    for record, message in records:
        found[*owner_of(record), lane_of(message)].append(reader.plain(message))
    return found


def state_of(reader):
    """{key: newest value} of scenario's state, checkpoints left out."""
    state = {}
    for record in reader.installation.records(f"{reader.installation.prefix}.scenario.state"):
        key = record.partition(), record.key()
        state[key] = record.value()
        if state[key] is not None and key[1].startswith(b"d|"):
            state[key] = reader.plain(reader.state_forms.DebtorRecord.FromString(state[key]))
    return {key: [value] for key, value in state.items()
            if value is not None and not key[1].startswith(b"ckpt")}


def table_of(cursor, table, order):
    cursor.execute(f"select * from {table} order by {order}")
    names = [column.name for column in cursor.description]
    found = collections.defaultdict(list)
    for row in cursor.fetchall():
        values = {name: bytes(value) if isinstance(value, memoryview) else value
                  for name, value in zip(names, row) if name != "off"}
        found[values["tenant"], values["debtor"]].append(values)
    return found


def mails_of(reader):
    """{whose: (action, hash) of each mail}, whatever the order in which they went."""
    owners = {message.body.action.hex(): owner_of(record) for record, message in reader.requests}
    found = collections.defaultdict(list)
    for letter in reader.installation.sink.letters():
        action = re.search(rb"^Message-ID: <([0-9a-f]{32})@", letter.content, re.M)[1].decode()
        found[owners[action]].append((action, letter.envelope["sha256"]))
    for mails in found.values():
        mails.sort()
    return found


def check_trail(cursor, worker, records):
    """The trail holds each committed record once, byte for byte, and nothing else."""
    cursor.execute("select partition, off, raw from audit_log where worker = %s "
                   "order by partition, off", (worker,))
    for stored, fact in itertools.zip_longest(cursor.fetchall(), records):
        wanted = fact and (fact[0].partition(), fact[0].offset(), fact[0].value())
        got = stored and (stored[0], stored[1], bytes(stored[2]))
        assert got == wanted, f"the trail has {got and got[:2]} where the log has " \
                              f"{wanted and wanted[:2]}"


def take(installation):
    """{what: {whose: [records]}}."""
    reader = Reader(installation)
    source = collections.defaultdict(list)
    for record, _ in reader.source:
        source[record.partition()].append((record.offset(), record.key(), record.value()))
    letters = collections.defaultdict(list)
    for _, message in reader.letters:
        letters[message.worker].append(reader.plain(message))
    for ones in letters.values():
        ones.sort(key=repr)
    picture = {
        "records of the source": source,
        "events": by_debtor(reader, reader.events),
        "facts": by_debtor(reader, reader.facts),
        "contact requests": by_debtor(reader, reader.requests),
        "scores": by_debtor(reader, reader.scores),
        "acts of cases": by_debtor(reader, reader.acts),
        "filings": by_debtor(reader, reader.filings),
        "dead letters": letters,
        "records of the state": state_of(reader),
        "mails": mails_of(reader),
    }
    with psycopg2.connect(installation.dsn("RELANCE_POSTGRES_SUPERUSER_DSN")) as connection:
        cursor = connection.cursor()
        check_trail(cursor, "scenario", reader.facts)
        check_trail(cursor, "notifier", reader.contacts)
        check_trail(cursor, "scoring", reader.scores)
        check_trail(cursor, "legal-escalation", reader.acts)
        for table, (name, order) in TABLES.items():
            picture[name] = table_of(cursor, table, order)
    return picture


# ---- comparing ----

def debtor_of(whose):
    """`tenant/debtor` of an owner, of a state key, or of a line of a table."""
    if isinstance(whose[0], str):
        return "/".join(whose)
    key = whose[1].decode()
    return key.split("|")[1] if key[1:2] == "|" else key


def without(picture, debtors):
    """The picture of all others."""
    return {what: {whose: ones for whose, ones in part.items()
                   if not isinstance(whose, tuple) or debtor_of(whose) not in debtors}
            for what, part in picture.items()}


def in_doubt(picture):
    """{debtor: how many of its mails may have arrived or not}."""
    found = collections.Counter()
    for whose, events in picture["events"].items():
        for event in events:
            if event.get("outcome", {}).get("result") == 4:  # OUTCOME_RESULT_UNKNOWN
                found[debtor_of(whose)] += 1
    return found


def count(part):
    return sum(map(len, part.values()))


def digest(part):
    """One hash over all of it, sorted by whose it is."""
    return hashlib.sha256(repr(sorted(part.items(), key=repr)).encode()).hexdigest()


def first_difference(left, right, path=""):
    """Where two structures differ, for people; "" if they do not."""
    if left == right:
        return ""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted(set(left) | set(right), key=str):
            found = first_difference(left.get(key), right.get(key), f"{path}.{key}")
            if found:
                return found
    if isinstance(left, list) and isinstance(right, list):
        for place, pair in enumerate(itertools.zip_longest(left, right), 1):
            found = first_difference(*pair, f"{path}[{place}]")
            if found:
                return found
    return f"{path}: {str(left)[:300]} and not {str(right)[:300]}"


def differences(disturbed, calm):
    """One line for each part that is not equal."""
    for what in calm:
        for whose in sorted(set(disturbed[what]) | set(calm[what]), key=str):
            found = first_difference(disturbed[what].get(whose, []), calm[what].get(whose, []))
            if found:
                yield f"{what}: {count(disturbed[what])} and {count(calm[what])}; first at " \
                      f"{whose} {found}"
                break
