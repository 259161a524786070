# SPDX-License-Identifier: Apache-2.0
"""What an installation has come to: everything it wrote, in a form in which two lives of the same
days are equal if and only if they say the same.

Left out, because aborted transactions and control records take offsets too:
  * the offset in coordinates. In its place stands which record of its debtor it is; a cause must
    also hash to the bytes that it names.
  * a cause's hash, once it was checked: its bytes hold an offset of their own.
  * the chain (sequence, head before): it follows from the facts; `audit verify` checks it.
  * column `off` of the reporting tables, and the checkpoints of the state topic.
State records are compared byte for byte, except that of a debtor, which names the records that
quarantined it by coordinates.
Everything else is compared: all fields, sealed bytes and epochs included, in the order of a debtor.
"""
import collections
import hashlib
import itertools

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
}
LEFT_OUT = {"chain"}


def owner_of(record):
    """Whose record it is; what concerns a whole tenant stands in every partition."""
    return record.partition(), record.key() or b""


class Reader:
    """Reads all topics once, and knows what coordinates name."""

    def __init__(self, installation):
        self.installation = installation
        event, fact, request, letter, self.state_forms = contract.load(
            "debtor_event", "debtor_fact", "contact_request", "dead_letter", "scenario_state")
        self.names, self.hashes = {}, {}
        self.source = self._read(installation.source, None)
        self.events = self._read("debtor-events", event.DebtorEvent)
        self.requests = self._read("contact-requests", request.ContactRequest)
        self.facts = self._read("debtor-facts", fact.DebtorFact)
        self.letters = self._read("dead-letters", letter.DeadLetter)

    def _read(self, topic, form):
        """[(Kafka's record, decoded record)] in the order of offsets of each partition."""
        if form:
            topic = f"{self.installation.prefix}.{topic}"
        records, counts = [], collections.Counter()
        for record in self.installation.records(topic):
            message = form.FromString(record.value()) if form else None
            place = topic, record.partition(), record.offset()
            owner = owner_of(record)
            counts[owner] += 1
            # A tick belongs to no debtor; its id says its instant.
            self.names[place] = (topic, *owner, counts[owner]) if owner[1] or form is None else \
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
        found[owner_of(record)].append(reader.plain(message))
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


def check_trail(cursor, reader):
    """The trail holds each committed fact once, byte for byte, and nothing else."""
    cursor.execute("select partition, off, raw from audit_log where worker = 'scenario' "
                   "order by partition, off")
    for stored, fact in itertools.zip_longest(cursor.fetchall(), reader.facts):
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
        "dead letters": letters,
        "records of the state": state_of(reader),
    }
    with psycopg2.connect(installation.dsn("RELANCE_POSTGRES_SUPERUSER_DSN")) as connection:
        cursor = connection.cursor()
        check_trail(cursor, reader)
        for table, (name, order) in TABLES.items():
            picture[name] = table_of(cursor, table, order)
    return picture


# ---- comparing ----

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
