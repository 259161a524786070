#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Names, references, invoice numbers, addresses and titles that want to be headers, commands, markup or
another text than they look like, from the source to the relay: what intake refuses is a dead letter;
what comes through is a mail in which a strict reader finds what was sent, once, and nothing else.

usage: hostile_mails.py BUILD [--texts N] [--seed N]      on the stack that the environment names
"""
import argparse
import collections
import datetime
import email
import email.header
import email.policy
import email.utils
import hashlib
import json
import pathlib
import random
import shutil
import subprocess
import sys
import time
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
sys.path.insert(0, str(ROOT / "tests/integration"))
import contact_check  # noqa: E402
import contract  # noqa: E402
from contact_check import AUDIT, EVENT, REQUEST  # noqa: E402
from installation import Installation, read_topic  # noqa: E402
from portfolio import Portfolio  # noqa: E402
from stated import digest_of, tenant_key  # noqa: E402

LETTER, = contract.load("dead_letter")
BUNDLE = ROOT / "tests/ledger/bundle"
TENANT, SENDER = "hostile", "collections@creditor.example"
FIRST_ON = datetime.date(2026, 1, 13)  # D+3
STRICT = email.policy.default.clone(raise_on_defect=True)
ONCE = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type")
MAY = {"Auto-Submitted", "Content-Language", "Content-Transfer-Encoding", "List-Unsubscribe"}
TEMPLATE = """Subject: {{ creditor_name }}: {{ debtor_name }}

Hello{% if recipient_name %} {{ recipient_name }}{% end %},
{% each line %}
{{ number }} {{ open }}
{% end %}
for {{ debtor_name }}{% if account_reference %}, {{ account_reference }}{% end %}
"""
CREDITORS = 40

# ---- what is sent ----

# None of these may reach a mail: who sees them sees something else than what is there.
FOREIGN = ["\r", "\n", "\r\n", "\0", "\t", "\x0b", "\x1b[31m", "\x7f", "\x85", "\u202e", "\u2066",
           "\u200b", "\u200e", "\ufeff", "\u2060", "\u2028", "\u2029", "\ufffe", "\u00ad"]
HEADERS = ["\r\nBcc: thief@other.example", "\nSubject: other", "\r\n\r\n<b>body</b>",
           "\r\n.\r\nMAIL FROM:<thief@other.example>", "\rTo: thief@other.example"]
ODD = ["=?utf-8?q?=0D=0ABcc:_thief@other.example?=", "=?utf-8?b?DQpCY2M6IHRoaWVm?=", "=?", "?=",
       '"', '\\"', "'", "\\", "<thief@other.example>", ", thief@other.example", ";", "(comment)", ":",
       "{{ debtor_name }}", "{% each line %}", "{# #}", "<script>alert(1)</script>", "&amp;", "&#10;",
       "=cmd|' /C calc'!A0", ".", "From ", "%0d%0aBcc:x", "%s%n", "$(id)", "\u00e9", "e\u0301",
       "\u0440\u0430\u0443pal", "\u05d0\u05d1\u05d2", "\u0627\u0628", "\u6771\u4eac", "\U0001f4b6",
       "\U0001d5d4", "\uff1d1", "\u00a0", "\u2003", "\u1d00", "\ud7ff", "\ufffd"]
PLAIN = ["Dupont", "Fils", "Acme", "SARL", "Co", "0042", "A", "x"]
LONG = ["n" * 255, "n" * 256, "n" * 257, "\u00e9" * 128, "\u00e9" * 129, "n" * 900, "n" * 1001]
ADDRESSES = ["anna@", "@other.example", "anna", "anna@other", "anna@@other.example", "anna@-x.example",
             "anna@other.example\r\nRCPT TO:<thief@other.example>", "anna@other.example\0.x",
             "anna@other.example>", "<anna@other.example>", "Anna <anna@other.example>",
             "anna@other.example, thief@other.example", "anna@other.example;thief@other.example",
             "anna thief@other.example", "anna@b\u00fccher.example", "\u00e4nna@other.example",
             "anna@\u202eexample", "anna\u200b@other.example", "a" * 10240 + "@other.example",
             "a" * 65 + "@other.example", "anna@" + "x" * 64 + ".example", "anna@" + "x." * 130 + "example",
             "=?utf-8?q?anna?=@other.example", "anna@[127.0.0.1]", "anna@other.example.", "..@other.example",
             "anna@other.example\n", "\tanna@other.example", "anna@other.example ", "anna%0a@other.example",
             '"anna thief"@other.example', '"anna\\"@x"@other.example', "anna(x)@other.example",
             "a" * 64 + "@other.example", "anna+tag@other.example", "a.b-c_d@sub.other.example",
             "!#$%&'*+/=?^_`{|}~@other.example", "anna@xn--bcher-kva.example", "ANNA@OTHER.EXAMPLE",
             "anna@" + "x" * 63 + ".example", "-anna@other.example", "anna.@other.example"]
PLACES = ("name", "debtor_name", "reference", "number", "address")
NAME_MAX, SUBJECT_MAX = 256, 512  # bytes that a mail takes (common/mail/mail.h)
TITLE_MAX = 120                   # bytes that a bundle takes


def text_of(chance):
    if chance.random() < 0.08:
        return chance.choice(LONG)
    pieces = [chance.choice(PLAIN)]
    for _ in range(chance.randint(1, 3)):
        pool = chance.choices([ODD, FOREIGN, HEADERS], [6, 2, 1])[0]
        pieces.append(chance.choice(pool))
        pieces.append(chance.choice(["", " ", chance.choice(PLAIN)]))
    return "".join(pieces).strip(" ") or "x"


def is_foreign(text):
    return any(piece in text for piece in FOREIGN)


class Debtor:
    """`place`: where its hostile text is; everything else about it is harmless."""

    def __init__(self, number, chance):
        self.id = f"H{number}"
        self.creditor = f"C{number % CREDITORS}"
        self.place = PLACES[number % len(PLACES)]
        self.said = {"name": "Anna Dupont", "debtor_name": "Dupont SARL", "reference": "PO 7",
                     "number": f"2026-{number}", "address": f"h{number}@debtor.example"}
        self.said[self.place] = chance.choice(ADDRESSES) if self.place == "address" else text_of(chance)

    def tell(self, portfolio):
        portfolio.creditor = self.creditor
        said = self.said
        portfolio.event("2026-01-02", self.id, "debtor.upserted",
                        {"kind": "COMPANY", "country": "FR", "zone": "UTC", "language": "en",
                         "name": said["debtor_name"]}, about_account=False)
        portfolio.event("2026-01-02", self.id, "account.upserted", {"reference": said["reference"]})
        portfolio.event("2026-01-02", self.id, "contact.upserted",
                        {"contact": "1", "roles": ["BILLING"], "name": said["name"],
                         "channels": [{"channel": "EMAIL", "address": said["address"]}]},
                        about_account=False)
        portfolio.event("2026-01-03", self.id, "invoice.issued",
                        {"document": "F1", "number": said["number"], "currency": "EUR",
                         "total": "100.00", "issued_on": "2026-01-03",
                         "due_on": str(FIRST_ON - datetime.timedelta(3))})

    def too_long(self, title):
        subject = f"{title}: {self.said['debtor_name']}"
        return (len(self.said["name"].encode()) > NAME_MAX
                or len(subject.encode()) > SUBJECT_MAX)


def write_bundle(folder, titles):
    shutil.copytree(BUNDLE, folder)
    for path in (folder / "creditors").iterdir():
        path.unlink()
    for number, title in enumerate(titles):
        (folder / f"creditors/C{number}.yaml").write_text(
            f"title: {json.dumps(title, ensure_ascii=is_foreign(title))}\nsender: ledger\n")
    (folder / "templates/reminder.en.txt").write_text(TEMPLATE)
    html = TEMPLATE.split("\n\n", 1)[1].replace("Hello", "<p>Hello")
    (folder / "templates/reminder.en.html").write_text(html)
    return folder


def titles_of(chance):
    """Some that a bundle may have, and some that it may not."""
    found = {True: [], False: []}
    while len(found[False]) < CREDITORS or len(found[True]) < CREDITORS:
        text = text_of(chance)
        if len(text.encode()) <= TITLE_MAX:
            found[is_foreign(text)].append(text)
    return found[False][:CREDITORS], found[True][:CREDITORS]


def check_foreign_titles(installation, titles):
    """Each is named by its file, and none is published."""
    for number, title in enumerate(titles):
        folder = write_bundle(installation.folder / f"wrong-{number}", [title])
        done = subprocess.run(installation.tool("bundle", "check", str(folder)), capture_output=True)
        assert done.returncode != 0, f"a bundle whose creditor is called {title!r} is fine"
        assert b"creditors/C0.yaml" in done.stdout + done.stderr, (title, done.stdout, done.stderr)


# ---- what came of it ----

class Found:
    def __init__(self, installation):
        servers = installation.environment["RELANCE_KAFKA_BOOTSTRAP_SERVERS"]

        def read(topic, form):
            return [contact_check.Record(one.partition(), one.offset(), form.FromString(one.value()))
                    for one in read_topic(servers, f"{installation.prefix}.{topic}")]
        self.events = read("debtor-events", EVENT.DebtorEvent)
        self.requests = read("contact-requests", REQUEST.ContactRequest)
        self.audit = read("notifier.audit", AUDIT.AuditRecord)
        self.dead = collections.defaultdict(list)
        for record in read("dead-letters", LETTER.DeadLetter):
            self.dead[record.message.debtor].append(record.message)
        self.returned = {record.message.envelope.debtor: record.message.returned
                         for record in contact_check.carrying(self.events, "returned")}
        self.attempts = {record.message.attempted.content_hash: record.message
                         for record in contact_check.attempts_of(self.audit)}
        self.letters = installation.sink.letters()
        self.key = tenant_key(installation)
        self.violations = contact_check.check(self.events, self.requests, self.audit, self.letters)


def decoded(name):
    return str(email.header.make_header(email.header.decode_header(name)))


def without_blanks(text):
    return "".join(text.split())


def wrong_with_recipient(letter, to, said):
    """Python's parser with policies judges the addresses; its names have blanks too many between
    encoded words (gh-128110) and too few within. The older decoder reads names as they are."""
    if [one.addr_spec for one in to.addresses] != [said["address"]]:
        yield f"To: {to!r}"
    elif without_blanks(to.addresses[0].display_name) != without_blanks(said["name"]):
        yield f"To has the name {to.addresses[0].display_name!r}"
    older = email.message_from_bytes(letter.content)["To"]
    if [(decoded(name), address) for name, address in email.utils.getaddresses([older])] != [
            (said["name"], said["address"])]:
        yield f"To: {older!r}"


def flat(text):
    """As a reader shows it: spaces are one."""
    return " ".join(text.split())


def wrong_with_mail(letter, debtor, title, attempt, key):
    """What is wrong with one mail; it goes to `debtor`."""
    said = debtor.said
    try:
        mail = email.message_from_bytes(letter.content, policy=STRICT)
        names = [name for name, _ in mail.items()]
        to, sender, subject = mail["To"], mail["From"], mail["Subject"]
        bodies = [mail.get_body((kind,)).get_content() for kind in ("plain", "html")]
    except Exception as error:  # whatever a strict reader has against it
        yield f"is not read: {error!r}"
        return
    for name in ONCE:
        if names.count(name) != 1:
            yield f"{names.count(name)} headers {name}"
    if set(names) - set(ONCE) - MAY:
        yield f"headers {set(names) - set(ONCE) - MAY}"
    if letter.envelope["to"] != [said["address"]] or letter.envelope["from"] != SENDER:
        yield f"the envelope is from {letter.envelope['from']} to {letter.envelope['to']}"
    yield from wrong_with_recipient(letter, to, said)
    if [one.addr_spec for one in sender.addresses] != [SENDER]:
        yield f"From: {sender!r}"
    if str(subject) != f"{title}: {said['debtor_name']}":
        yield f"Subject: {str(subject)!r}, wanted {title + ': ' + said['debtor_name']!r}"
    for text in (said["number"], said["reference"], said["debtor_name"], said["name"]):
        if flat(text) not in flat(bodies[0]):
            yield f"{text!r} is not in the text"
    if "<script>" in bodies[1] or "{{" in "".join(bodies).replace("{{ debtor_name }}", ""):
        yield "markup or template in the HTML"
    if any(unicodedata.category(one) in ("Cc", "Zl", "Zp") and one != "\n"
           for body in bodies for one in body.replace("\r\n", "\n")):
        yield "control characters in a body"
    if attempt.attempted.recipient_digest != digest_of(key, said["address"]):
        yield "the audited recipient is another one"


def judge(debtors, titles, found):
    counts, wrong = collections.Counter(), list(map(str, found.violations))
    letters = collections.defaultdict(list)
    for letter in found.letters:
        attempt = found.attempts.get(hashlib.sha256(letter.content).digest())
        letters[attempt.envelope.debtor if attempt else None].append((letter, attempt))
    for debtor in debtors:
        title = titles[int(debtor.creditor[1:])]
        what = (bool(letters[debtor.id]), bool(found.dead[debtor.id]), debtor.id in found.returned)
        texts = []
        if sum(what) != 1:
            texts.append(f"mail, dead letter, returned: {what}")
        if is_foreign(debtor.said[debtor.place]) and not what[1]:
            texts.append("came through")
        if what[2] and not debtor.too_long(title):
            texts.append(f"returned: {found.returned[debtor.id].detail}")
        for letter, attempt in letters[debtor.id]:
            texts += wrong_with_mail(letter, debtor, title, attempt, found.key)
        counts[debtor.place, ("mail", "dead letter", "returned")[what.index(True)]
               if any(what) else "nothing"] += 1
        wrong += [f"{debtor.id} {debtor.place}={debtor.said[debtor.place]!r:.120}: {text}"
                  for text in texts]
    wrong += [f"a mail of nobody's: {letter.name}" for letter, _ in letters[None]]
    return counts, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build")
    parser.add_argument("--texts", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}")
    chance = random.Random(arguments.seed)
    began, failed = time.monotonic(), True
    installation, portfolio = Installation(arguments.build, TENANT), Portfolio(TENANT)
    try:
        titles, foreign = titles_of(chance)
        check_foreign_titles(installation, foreign)
        installation.start_all()
        installation.activate(write_bundle(installation.folder / "bundle", titles),
                              "2026-01-01T00:00:00Z")
        debtors = [Debtor(number, chance) for number in range(arguments.texts)]
        for debtor in debtors:
            debtor.tell(portfolio)
        path = portfolio.write(installation.folder / "events.jsonl")
        installation.replay(path, "--to", str(FIRST_ON))
        counts, wrong = judge(debtors, titles, Found(installation))
        for (place, what), count in sorted(counts.items()):
            print(f"  {place:12} {what:12} {count:5}")
        print(f"{len(debtors)} texts and {len(titles) + len(foreign)} titles, "
              f"{time.monotonic() - began:.0f} s")
        assert not wrong, "\n".join([f"{len(wrong)} are wrong", *wrong[:40]])
        failed = False
    finally:
        installation.close(show_logs=failed)


if __name__ == "__main__":
    main()
