# SPDX-License-Identifier: Apache-2.0
"""What `relancectl explain` says of a debtor on a day, held against the log: nothing is left out, and the
record at each offset that it names concerns this debtor and supports that reason. Reads the topics
by itself and shares no code with the workers."""
import collections
import csv
import datetime
import decimal
import json
import pathlib
import subprocess
import zoneinfo

import yaml

import contract
from installation import read_topic

EVENTS, FACTS, LETTERS, WORDS, PARTIES = contract.load("debtor_event", "debtor_fact", "dead_letter",
                                                       "vocabulary", "party")

# What stands in the way, by the event that placed it and the member that names it.
AGREEMENTS = {"DISPUTE": ("DISPUTE_OPENED", "dispute_opened", "dispute"),
              "PROMISE": ("PROMISE_MADE", "promise_made", "promise"),
              "HOLD": ("HOLD_PLACED", "hold_placed", "hold")}
ENDS = {"DISPUTE": ("DISPUTE_RESOLVED", "dispute_resolved", "dispute"),
        "PROMISE": ("PROMISE_WITHDRAWN", "promise_withdrawn", "promise"),
        "HOLD": ("HOLD_LIFTED", "hold_lifted", "hold")}
IN_THE_WAY = {"DISPUTED": "DISPUTE", "PROMISED": "PROMISE", "ON_HOLD": "HOLD"}
SETTLES = {"PAYMENT_RECEIVED", "CREDIT_NOTE_ISSUED", "INVOICE_CANCELLED", "INVOICE_AMENDED"}
TONES = ("courtesy", "friendly", "firm", "final", "formal_notice", "legal")
# By kind of fact: the kind of entry that tells it.
TOLD = {"SUPPRESSED": "SILENCE", "STEP_CLOSED": "CLOSED", "CONTACT_REQUESTED": "REQUEST",
        "CONTACT_RETURNED": "RETURNED", "CONTACT_OUTCOME": "OUTCOME", "AGREEMENT_OPENED": "AGREEMENT",
        "AGREEMENT_CHANGED": "AGREEMENT", "AGREEMENT_CLOSED": "AGREEMENT_ENDED",
        "COMMAND_ACCEPTED": "COMMAND", "COMMAND_REFUSED": "COMMAND", "SUBJECT_ERASED": "ERASED",
        "SCORE_APPLIED": "SCORE", "REFERRED": "REFERRED", "CASE_MOVED": "CASE"}


def word(enum, number, prefix):
    return enum.Name(number)[len(prefix):]


def fact_kind(fact):
    return word(FACTS.FactKind, fact.kind, "FACT_KIND_")


def event_kind(event):
    return word(EVENTS.EventKind, event.kind, "EVENT_KIND_")


def body_of(message):
    """The one member that is set beside the common ones."""
    return [value for field, value in message.ListFields() if field.number > 100][0]


def names(message, document):
    """Whether a document is named anywhere in a message."""
    for field, value in message.ListFields():
        if field.name == "document" and value == document:
            return True
        if field.message_type and any(names(one, document) for one in (
                value if field.label == field.LABEL_REPEATED else [value])):
            return True
    return False


def instance_of(entry):
    return tuple(entry[name] for name in ("creditor", "document", "scenario", "step", "occurrence"))


def instance_of_fact(fact):
    instance = body_of(fact).instance
    return (fact.envelope.creditor, instance.document, instance.scenario, instance.step,
            instance.occurrence)


class Log:
    """The topics as they are now, by their places."""

    def __init__(self, servers, prefix):
        self.servers, self.prefix = servers, prefix
        self.raw = {}
        self.events = self._read("debtor-events", EVENTS.DebtorEvent)
        self.facts = self._read("debtor-facts", FACTS.DebtorFact)
        self.letters = {}
        for letter in self._read("dead-letters", LETTERS.DeadLetter).values():
            self.letters[letter.at.topic, letter.at.partition, letter.at.offset] = letter
        self.named = {(event.envelope.source, event.envelope.source_event_id): (place, event)
                      for place, event in self.events.items()}
        self.of_debtor = collections.defaultdict(list)
        for place, fact in sorted(self.facts.items()):
            self.of_debtor[fact.envelope.debtor].append((place, fact))

    def _read(self, topic, message):
        return {(record.topic(), record.partition(), record.offset()):
                message.FromString(record.value())
                for record in read_topic(self.servers, f"{self.prefix}.{topic}")}

    def bytes_at(self, place):
        """Of a topic that is not ours."""
        if place[0] not in self.raw:
            self.raw[place[0]] = {(record.partition(), record.offset()): record.value()
                                  for record in read_topic(self.servers, place[0])}
        return self.raw[place[0]].get(place[1:])


class Evidence:
    """`bundle`: the folder of the policies that decided."""

    def __init__(self, log, tenant, bundle, tool, environment):
        self.log, self.tenant, self.tool, self.environment = log, tenant, tool, environment
        self.bundle = pathlib.Path(bundle)
        self.reasons = collections.Counter()
        self.records = self.entries = 0
        self.holidays = {
            file.stem: {row[0] for row in csv.reader(file.open()) if row[0][:1].isdigit()}
            for file in self.bundle.glob("calendars/*.csv")}

    # ---- one pair ----

    def explain(self, debtor, day):
        done = subprocess.run([*self.tool, "--json", "explain", f"{self.tenant}/{debtor}",
                               "--on", str(day)], env=self.environment,
                              capture_output=True, text=True, timeout=60)
        return done.returncode, json.loads(done.stdout)

    def check(self, debtor, day):
        """AssertionError where the log says otherwise. Returns what was said."""
        code, said = self.explain(debtor, day)
        if code == 66:
            assert not self.facts_of(debtor, day, datetime.timezone.utc), "explain knows nobody"
            return None
        assert code == 0, said
        self.judge(debtor, day, said)
        for entry in said["entries"]:
            self.entries += 1
            self.reasons[entry["kind"], entry.get("reason")] += 1
        return said

    def facts_of(self, debtor, day, zone):
        return [(place, fact) for place, fact in self.log.of_debtor[debtor]
                if self.day_of(fact.decided_at_ms, zone) <= day]

    def judge(self, debtor, day, said):
        zone = zoneinfo.ZoneInfo(said["zone"])
        facts = self.facts_of(debtor, day, zone)
        assert said["facts"] == len(facts), (said["facts"], len(facts))
        self.check_complete(said["entries"], facts, day, zone)
        for entry in said["entries"]:
            self.check_entry(debtor, entry, facts, day, zone)

    def refuses(self, debtor, day, said):
        """Whether this is found to be wrong."""
        before = self.records
        try:
            self.judge(debtor, day, said)
        except (AssertionError, KeyError, AttributeError):
            return True
        finally:
            self.records = before
        return False

    @staticmethod
    def day_of(instant_ms, zone):
        return datetime.datetime.fromtimestamp(instant_ms / 1000, zone).date()

    @staticmethod
    def told_on(facts, day, zone):
        """Places of what a day's story must tell: all of it, but for steps whose contact tells it."""
        return {place[1:] for place, fact in facts
                if fact_kind(fact) in TOLD and Evidence.day_of(fact.decided_at_ms, zone) == day
                and not (fact_kind(fact) == "STEP_CLOSED"
                         and fact.step_closed.result == WORDS.STEP_RESULT_ACTED)
                and not (fact_kind(fact) == "CONTACT_REQUESTED" and fact.contact_requested.part)}

    @staticmethod
    def standing(facts):
        """Places of the latest word about each step and agreement that has not ended."""
        latest = {}
        for place, fact in facts:
            kind = fact_kind(fact)
            if kind in ("SUPPRESSED", "STEP_CLOSED"):
                key = instance_of_fact(fact)
            elif kind.startswith("AGREEMENT_"):
                agreement = body_of(fact)
                key = (fact.envelope.creditor, agreement.kind, agreement.agreement)
            else:
                continue
            if kind in ("STEP_CLOSED", "AGREEMENT_CLOSED"):
                latest.pop(key, None)
            else:
                latest[key] = place[1:]
        return set(latest.values())

    def check_complete(self, entries, facts, day, zone):
        places = [(entry["fact"]["partition"], entry["fact"]["offset"]) for entry in entries]
        today = self.told_on(facts, day, zone)
        assert len(places) == len(set(places)), "told twice"
        assert set(places) == today | self.standing(facts), (
            sorted(places), sorted(today), sorted(self.standing(facts)))
        for entry, place in zip(entries, places):
            assert bool(entry.get("still")) == (place not in today), entry

    # ---- one entry ----

    def check_entry(self, debtor, entry, facts, day, zone):
        place = (f"{self.log.prefix}.debtor-facts", entry["fact"]["partition"],
                 entry["fact"]["offset"])
        fact = self.log.facts[place]
        self.records += 1
        assert (fact.envelope.tenant, fact.envelope.debtor) == (self.tenant, debtor), entry
        assert TOLD[fact_kind(fact)] == entry["kind"], entry
        at_ms = round(datetime.datetime.fromisoformat(entry["at"]).timestamp() * 1000)
        assert fact.decided_at_ms == at_ms, entry
        assert entry.get("still") or self.day_of(at_ms, zone) == day, entry
        records = [self.record(debtor, entry, at_ms, at) for at in entry.get("evidence", [])]
        words = [self.named(debtor, entry, at_ms, event) for event in entry.get("events", [])]
        check = getattr(self, "check_" + entry["kind"].lower())
        assert check(entry, fact, records + words, facts, at_ms, zone), (
            "not supported", entry, [event_kind(one) if one else "raw" for one in records + words])

    def record(self, debtor, entry, at_ms, at):
        """The event at a place; None for a record of a source, which ingest did not understand."""
        place = (at["topic"], at["partition"], at["offset"])
        self.records += 1
        if at["topic"] != f"{self.log.prefix}.debtor-events":
            assert self.log.bytes_at(place) is not None, ("no such record", entry)
            assert self.log.letters[place].debtor == debtor, ("another's record", entry)
            return None
        event = self.log.events[place]
        assert event.envelope.ingested_at_ms <= at_ms, ("later than what it explains", entry)
        if event_kind(event) == "TICK":
            assert at["partition"] == entry["fact"]["partition"], ("another partition's tick", entry)
            assert event.tick.now_ms == at_ms, ("a tick of another time", entry)
        else:
            assert (event.envelope.tenant, event.envelope.debtor) == (self.tenant, debtor), entry
        return event

    def named(self, debtor, entry, at_ms, name):
        (_, event) = self.log.named[name["source"], name["id"]]
        self.records += 1
        assert (event.envelope.tenant, event.envelope.debtor) == (self.tenant, debtor), entry
        assert event.envelope.ingested_at_ms <= at_ms, ("later than what it explains", entry)
        return event

    # ---- by kind of entry ----

    def check_silence(self, entry, fact, records, facts, at_ms, zone):
        assert instance_of(entry) == instance_of_fact(fact) and records, entry
        assert entry["reason"] == word(WORDS.Suppression, fact.suppressed.reason,
                                       "SUPPRESSION_"), entry
        reason = entry["reason"]
        if reason in IN_THE_WAY:
            return all(self.places(AGREEMENTS[IN_THE_WAY[reason]], entry, one) for one in records)
        return getattr(self, "because_" + reason.lower())(entry, records, facts, at_ms, zone)

    @staticmethod
    def places(row, entry, event):
        """Whether an event says the word of this row about the entry's object, and its document."""
        kind, member, name = row
        body = getattr(event, member)
        documents = {one.document for one in getattr(body, "documents", [])} or {
            getattr(body, "document", "")} - {""}
        return (event_kind(event) == kind and getattr(body, name) == entry["object"]
                and ("document" not in entry or not documents or entry["document"] in documents))

    def because_quarantined(self, entry, records, facts, at_ms, zone):
        tasks = {fact.task_opened.task for _, fact in facts if fact_kind(fact) == "TASK_OPENED"}
        return entry["object"] in tasks and all(
            (at["topic"], at["partition"], at["offset"]) in self.log.letters
            for at in entry["evidence"])

    def step_of(self, scenario, name):
        file = self.bundle / f"scenarios/{scenario}.yaml"
        step, = (one for one in yaml.safe_load(file.read_text())["steps"] if one["name"] == name)
        return step

    @staticmethod
    def amount_of(entry, facts, at_ms):
        """What was open of the entry's document then."""
        return [body_of(fact).open for _, fact in facts
                if fact_kind(fact).startswith("RECEIVABLE_") and fact.decided_at_ms <= at_ms
                and fact.envelope.creditor == entry["creditor"]
                and body_of(fact).document == entry["document"]][-1]

    def because_below_amount(self, entry, records, facts, at_ms, zone):
        """The invoice, and what holds back or covers so much of it that too little is left."""
        amount = self.amount_of(entry, facts, at_ms)
        step = self.step_of(entry["scenario"], entry["step"])
        least = decimal.Decimal(step["when"]["at_least"][amount.currency]) * 100
        left = amount.minor
        for event in records[1:]:
            if event_kind(event) == "DISPUTE_OPENED" and names(event, entry["document"]):
                left -= event.dispute_opened.amount.minor
            else:
                assert event_kind(event) in SETTLES, event
                left -= body_of(event).amount.minor
        return names(records[0], entry["document"]) and left < least

    def because_condition(self, entry, records, facts, at_ms, zone):
        supported = {"step.formal_notice": self.lacks_notice, "step.bands": self.outside_bands}
        return (any(names(event, entry["document"]) for event in records)
                and supported[entry["rule"]](entry, facts, at_ms))

    def lacks_notice(self, entry, facts, at_ms):
        """No formal notice of the document has been given for as long as the step asks."""
        wait_days = self.step_of(entry["scenario"], entry["step"]).get("notice_days", 0)
        lines = [line for _, fact in facts if fact_kind(fact) == "CONTACT_REQUESTED"
                 and fact.decided_at_ms <= at_ms - wait_days * 86_400_000
                 for line in fact.contact_requested.lines if line.document == entry["document"]]
        return all(self.step_of(line.instance.scenario, line.instance.step)["tone"]
                   != "formal_notice" for line in lines)

    def outside_bands(self, entry, facts, at_ms):
        bands = [fact.score_applied.band for _, fact in facts
                 if fact_kind(fact) == "SCORE_APPLIED" and fact.decided_at_ms <= at_ms]
        step = self.step_of(entry["scenario"], entry["step"])
        return not bands or bands[-1] not in step["when"]["bands"]

    def because_paid(self, entry, records, facts, at_ms, zone):
        return all(event_kind(event) in SETTLES and event.envelope.creditor == entry["creditor"]
                   for event in records)

    def requests(self, facts, until_ms):
        return {fact.contact_requested.action.hex(): fact for _, fact in facts
                if fact_kind(fact) == "CONTACT_REQUESTED" and fact.decided_at_ms <= until_ms}

    def because_cap(self, entry, records, facts, at_ms, zone):
        request = self.requests(facts, at_ms).get(entry["object"])
        return request and at_ms - request.decided_at_ms < 7 * 86_400_000

    def because_higher_tone(self, entry, records, facts, at_ms, zone):
        requests = self.requests(facts, at_ms)
        if "object" in entry:
            return entry["object"] in requests
        if any(at_ms - request.decided_at_ms < 86_400_000 for request in requests.values()):
            return True
        return entry["rule"] == "speech.apart" and self.higher_waits(entry, facts, at_ms)

    def higher_waits(self, entry, facts, at_ms):
        """What is to go first went to law by the same decision, or is itself held back."""
        own = TONES.index(self.step_of(entry["scenario"], entry["step"])["tone"])
        held = {}
        for _, fact in facts:
            if fact.envelope.creditor != entry["creditor"] or fact.decided_at_ms > at_ms:
                continue
            if fact_kind(fact) == "REFERRED" and fact.decided_at_ms == at_ms:
                return True
            if fact_kind(fact) in ("SUPPRESSED", "STEP_CLOSED"):
                held[instance_of_fact(fact)] = fact_kind(fact) == "SUPPRESSED"
        return any(stands and TONES.index(self.step_of(scenario, step)["tone"]) > own
                   for (_, _, scenario, step, _), stands in held.items())

    def because_insolvent(self, entry, records, facts, at_ms, zone):
        return all(event_kind(event) == "DEBTOR_UPSERTED"
                   and event.debtor_upserted.status not in (0, PARTIES.PARTY_STATUS_ACTIVE)
                   or event_kind(event) == "HOLD_PLACED" and event.hold_placed.reason
                   == WORDS.HOLD_REASON_INSOLVENCY for event in records)

    def because_no_address(self, entry, records, facts, at_ms, zone):
        return not any(event_kind(event) == "CONTACT_UPSERTED" and event.contact_upserted.channels
                       for event in self.log.events.values()
                       if event.envelope.debtor == self.debtor_of(facts)
                       and event.envelope.ingested_at_ms <= at_ms)

    @staticmethod
    def debtor_of(facts):
        return facts[0][1].envelope.debtor

    def because_outside_hours(self, entry, records, facts, at_ms, zone):
        """By the hours of the bundle: 08:00 to 18:00 on business days of the debtor's calendar."""
        bundle = yaml.safe_load((self.bundle / "bundle.yaml").read_text())
        assert bundle["hours"] == {"from": "08:00", "to": "18:00", "days": "business"}
        calendar = bundle["calendar"]
        for _, fact in facts:
            if fact_kind(fact) == "DEBTOR_CHANGED" and fact.decided_at_ms <= at_ms:
                calendar = fact.debtor_changed.calendar or bundle["calendar"]
        local = datetime.datetime.fromtimestamp(at_ms / 1000, zone)
        return (local.weekday() >= 5 or str(local.date()) in self.holidays[calendar]
                or not 8 <= local.hour < 18)

    def check_closed(self, entry, fact, records, facts, at_ms, zone):
        event, = records
        if entry["reason"] == "PAID":
            closed = [one for _, one in facts if fact_kind(one) == "RECEIVABLE_CLOSED"
                      and one.receivable_closed.document == entry["document"]
                      and one.envelope.causation == fact.envelope.causation]
            return event_kind(event) in SETTLES and closed
        steps = [one.step_opened for _, one in facts if fact_kind(one) == "STEP_OPENED"
                 and one.step_opened.instance.document == entry["document"]]
        if entry["reason"] == "CARRIED":
            return any(one.instance.step == entry["by_step"] for one in steps)
        assert entry["reason"] == "EXPIRED", entry
        own, = (one for one in steps if one.instance.step == entry["step"]
                and one.instance.occurrence == entry["occurrence"])
        return at_ms // 86_400_000 > own.step_on

    def check_request(self, entry, fact, records, facts, at_ms, zone):
        body = fact.contact_requested
        opened = {instance_of_fact(one)[1:] for _, one in facts if fact_kind(one) == "STEP_OPENED"}
        lines = [(line.instance.document, line.instance.scenario, line.instance.step,
                  line.instance.occurrence) for line in body.lines]
        return (records and entry["action"] == body.action.hex() and set(lines) <= opened
                and set(entry["documents"]) == {line.document for line in body.lines})

    def cause_of(self, fact):
        cause = fact.envelope.causation.at
        self.records += 1
        return self.log.events[cause.topic, cause.partition, cause.offset]

    def check_outcome(self, entry, fact, records, facts, at_ms, zone):
        """It names how far the log was looked at: its answer stands behind that."""
        cause = fact.envelope.causation.at
        event = self.cause_of(fact)
        return (event.outcome.action.hex() == entry["action"] and entry["action"] in self.requests(
            facts, at_ms) and event.outcome.look.watermark == entry["watermark"] <= cause.offset)

    def check_returned(self, entry, fact, records, facts, at_ms, zone):
        return entry["action"] in self.requests(facts, at_ms)

    def check_agreement(self, entry, fact, records, facts, at_ms, zone):
        return all(self.places(AGREEMENTS[entry["reason"]], entry, one) for one in records)

    def check_agreement_ended(self, entry, fact, records, facts, at_ms, zone):
        event, = records
        begun = {(one.agreement_opened.kind, one.agreement_opened.agreement) for _, one in facts
                 if fact_kind(one) == "AGREEMENT_OPENED"}
        assert (fact.agreement_closed.kind, entry["object"]) in begun, entry
        if event_kind(event) == "TICK":
            until_ms = fact.agreement_closed.until_ms
            return entry["result"] in ("EXPIRED", "KEPT", "BROKEN") and 0 < until_ms <= at_ms
        return (event_kind(event) in SETTLES and entry["result"] == "KEPT") or self.places(
            ENDS[entry["reason"]], entry, event)

    def check_command(self, entry, fact, records, facts, at_ms, zone):
        return self.cause_of(fact).command_issued.command == entry["object"]

    def check_erased(self, entry, fact, records, facts, at_ms, zone):
        return fact.subject_erased.subject == entry["object"]

    def check_score(self, entry, fact, records, facts, at_ms, zone):
        event = self.cause_of(fact)
        return (event.envelope.debtor == fact.envelope.debtor and event_kind(event) == "SCORE_CHANGED"
                and event.score_changed.band == entry["reason"] == fact.score_applied.band)

    def check_referred(self, entry, fact, records, facts, at_ms, zone):
        return fact.referred.case_id == entry["object"]

    def check_case(self, entry, fact, records, facts, at_ms, zone):
        event = self.cause_of(fact)
        return (event.envelope.debtor == fact.envelope.debtor and event_kind(event) == "MILESTONE"
                and event.milestone.case_id == entry["object"])

    # ---- many pairs ----

    def pairs(self, count, chance):
        """Half of them any debtor on any day of the log; half of them on a day with a story."""
        days = sorted(fact.decided_at_ms // 86_400_000 for fact in self.log.facts.values())
        told = sorted({(fact.envelope.debtor, fact.decided_at_ms // 86_400_000)
                       for fact in self.log.facts.values() if fact_kind(fact) in TOLD
                       and fact.envelope.debtor})
        debtors = sorted(debtor for debtor in self.log.of_debtor if debtor)
        for number in range(count):
            if number % 2:
                debtor, day = chance.choice(told)
            else:
                debtor, day = chance.choice(debtors), chance.randint(days[0], days[-1])
            yield debtor, datetime.date(1970, 1, 1) + datetime.timedelta(day)
