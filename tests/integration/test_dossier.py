#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The dossier of a case, on real servers: twice the same to the byte, before its approval, after its
filing and after its recall; and everything in it is found out anew here, without the code that wrote
it: the claim's hash, interest over a part payment and a change of rate, the mails as the relay got
them, the records of the trail, the signature. What somebody changed in the database is refused.

usage: test_dossier.py BUILD SOURCE_FOLDER    (the local stack's env file must be sourced)
"""
import csv
import datetime
import decimal
import hashlib
import json
import shutil
import subprocess
import sys

import psycopg2

from test_legal import CREDITOR, DEBTOR, TENANT, contract, event, live

SCENARIO = """title: A reminder, a notice, then the law
steps:
  - name: reminder
    offset: D+1
    tone: friendly
    channels: [email]
    template: reminder
  - name: notice
    offset: D+10
    tone: formal_notice
    channels: [email]
    template: formal-notice
  - name: law
    offset: D+40
    tone: legal
    refer: injonction-de-payer
    notice_days: 8
"""
PERSON = f"{DEBTOR}/1"
# Of half-years: the rate that L441-10 gives, in per cent a year.
RATES = {(2025, 1): "13.15", (2025, 2): "12.15"}
ABSENT, FOUND, OK = 66, 1, 0


def day(text):
    return datetime.date.fromisoformat(text)


class Dossiers:
    def __init__(self, case):
        self.case, self.installation = case, case.installation
        self.folder = case.folder / "dossiers"
        self.folder.mkdir()

    def make(self, name, *options, code=OK):
        installation = self.installation
        environment = dict(installation.environment, RELANCE_POSTGRES_DSN=installation.dsn(
            "RELANCE_POSTGRES_READ_DSN").replace("relance_read@", "relance_people@"))
        done = subprocess.run(
            installation.tool("--json", "dossier", f"{TENANT}/{DEBTOR}", "--tenant-keys",
                              str(installation.folder), "--out", str(self.folder / name), *options),
            env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        return json.loads(done.stdout)

    def twice(self, name, *options):
        """The same dossier in two folders: nothing but their place differs."""
        said = self.make(name, *options)
        again = self.make(name + "-again", *options)
        first, second = self.content(name), self.content(name + "-again")
        assert first == second, sorted(path for path in first.keys() | second.keys()
                                       if first.get(path) != second.get(path))
        assert said["files"] == again["files"] == len(first), said
        return Dossier(self.folder / name)

    def content(self, name):
        root = self.folder / name
        for path in root.rglob("*"):
            assert path.stat().st_mode & 0o077 == 0, f"others may read {path}"
        return {str(path.relative_to(root)): path.read_bytes()
                for path in root.rglob("*") if path.is_file()}


class Dossier:
    def __init__(self, folder):
        self.folder = folder
        self.case = json.loads((folder / "case.json").read_text())

    def rows(self, name):
        with open(self.folder / name, newline="") as file:
            return list(csv.DictReader(file))

    def run(self, *command):
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True)

    def whats(self):
        return [act["what"] for act in self.case["acts"]]

    def check_sums(self):
        done = self.run("sha256sum", "-c", "--strict", "SHA256SUMS")
        assert done.returncode == 0, done.stdout
        listed = {line.split("  ", 1)[1]
                  for line in (self.folder / "SHA256SUMS").read_text().splitlines()}
        there = {str(path.relative_to(self.folder)) for path in self.folder.rglob("*")
                 if path.is_file()}
        assert listed | {"SHA256SUMS"} == there, listed ^ there

    def check_program(self):
        """The program in the folder agrees, and does not once a byte has changed."""
        done = self.run(sys.executable, "verify.py")
        assert done.returncode == 0, done.stdout + done.stderr
        spoilt = self.folder.with_name(self.folder.name + "-spoilt")
        for place in ("chain/records", "documents", "chain/links"):
            shutil.copytree(self.folder, spoilt)
            file = sorted(path for path in (spoilt / place).iterdir())[0]
            content = bytearray(file.read_bytes())
            content[-3] = ord("1") if content[-3] == ord("0") else ord("0")
            file.write_bytes(content)
            sums = (spoilt / "SHA256SUMS").read_text()
            name = str(file.relative_to(spoilt))
            old, = [line for line in sums.splitlines() if line.endswith("  " + name)]
            new = hashlib.sha256(content).hexdigest() + "  " + name
            (spoilt / "SHA256SUMS").write_text(sums.replace(old, new))
            done = subprocess.run([sys.executable, "verify.py"], cwd=spoilt, capture_output=True,
                                  text=True)
            assert done.returncode != 0 and name.split(".")[0] in done.stdout, (name, done.stdout)
            shutil.rmtree(spoilt)


# ---- what is in it, found out anew ----


def number(value, size=4):
    return value.to_bytes(size, "big")


def text(value):
    return number(len(value)) + value


def hash_of_claim(claim):
    """As the contract says it, of the message on the topic: legal-escalation's own claim."""
    parts = [b"relance-claim-v1\0", number(len(claim.lines))]
    for line in sorted(claim.lines, key=lambda line: line.document.encode()):
        proofs = b"".join(number(proof.kind) + proof.content_hash + number(proof.dated_on)
                          for proof in claim.proofs if proof.document == line.document)
        evidence = hashlib.sha256(b"relance-evidence-v1\0" + proofs).digest()
        parts += [text(line.document.encode()), text(line.principal.currency.encode()),
                  number(line.principal.minor, 8), text(line.terms_version.encode()), evidence]
    parts += [text(claim.interest_rule.encode()), number(claim.computed_on)]
    return hashlib.sha256(b"".join(parts)).digest()


def daily(first, last, base):
    """Interest of the days, unrounded."""
    total = decimal.Decimal(0)
    while first <= last:
        rate = decimal.Decimal(RATES[first.year, 1 if first.month < 7 else 2])
        total += base * rate / 100 / 365
        first += datetime.timedelta(1)
    return total


def check_interest(dossier, filed_on):
    """F-1 owed 1000.00 through 2025-06-20, and 700.00 from then on; F-2 all the time 250.50."""
    rows = [row for row in dossier.rows("interest.csv") if row["document"] == "F-1"]
    ends = [(row["from"], row["to"], row["base"], row["rate_percent"]) for row in rows]
    computed_on = dossier.case["claim"]["computed_on"]
    assert ends[:2] == [("2025-06-02", "2025-06-20", "1000.00", "13.1500"),
                        ("2025-06-21", "2025-06-30", "700.00", "13.1500")], ends
    assert ends[2] == ("2025-07-01", computed_on, "700.00", "12.1500"), ends
    assert day(rows[-1]["to"]) == filed_on, ends
    cents = decimal.Decimal("0.01")
    for document, debts in {"F-1": [("2025-06-02", "2025-06-20", "1000.00"),
                                    ("2025-06-21", None, "700.00")],
                            "F-2": [("2025-06-02", None, "250.50")]}.items():
        for until, member in ((day(computed_on), "interest"), (filed_on, "interest_to_filing")):
            exact = sum(daily(day(first), min(day(last) if last else until, until),
                              decimal.Decimal(base)) for first, last, base in debts)
            row, = [row for row in dossier.rows("claim.csv") if row["document"] == document]
            # Rounded once for each amount.
            assert abs(decimal.Decimal(row[member]) - exact) <= cents * len(debts) / 2, (row, exact)
    for row in dossier.rows("interest.csv"):
        days = (day(row["to"]) - day(row["from"])).days + 1
        exact = daily(day(row["from"]), day(row["to"]), decimal.Decimal(row["base"]))
        assert int(row["days"]) == days and abs(decimal.Decimal(row["interest"]) - exact) <= cents
    total = sum(decimal.Decimal(row["interest"]) for row in dossier.rows("interest.csv"))
    assert total == decimal.Decimal(dossier.case["claim"]["interest_to_filing"]), total


def check_filing(dossier, filing):
    """The claim is that of the topic, and what is shown of it adds up."""
    claim = filing.claim
    assert hash_of_claim(claim).hex() == claim.claim_hash.hex() == \
        dossier.case["claim"]["computed_hash"] == dossier.case["claim"]["claim_hash"]
    lines = {row["document"]: row for row in dossier.rows("claim.csv")}
    for line in claim.lines:
        row = lines[line.document]
        assert row["principal"].replace(".", "") == str(line.principal.minor), row
        assert row["interest_as_filed"].replace(".", "") == str(line.interest.minor), row
        assert row["indemnity"] == "40.00" and row["evidence_hash"] == line.evidence_hash.hex()
    segments = [(line.document, segment.interest.minor) for line in claim.lines
                for segment in line.segments]
    assert segments == [(row["document"], int(row["interest"].replace(".", "")))
                        for row in dossier.rows("interest-filed.csv")] != [], segments
    assert lines["F-2"]["interest_as_filed"] == lines["F-2"]["interest_to_filing"], lines
    # The filing counts F-1 on what is left of it: the dossier says so.
    remark, = dossier.case["remarks"]
    assert remark.startswith("F-1: the filing claims interest of"), remark
    assert remark in (dossier.folder / "README.txt").read_text()


def check_messages(case, dossier):
    """Each is what the relay got, and the notice is what proves the claim."""
    letters = {letter.envelope["sha256"]: letter.content
               for letter in case.installation.sink.letters()}
    documents = dossier.rows("documents.csv")
    assert [row["step"] for row in documents] == ["reminder", "notice"], documents
    for row in documents:
        assert row["state"] == "AS_SENT" and row["result"] == "ACCEPTED", row
        content = (dossier.folder / row["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == row["sha256"]
        assert content == letters[row["sha256"]], "the relay got another message"
    for proof in dossier.rows("proofs.csv"):
        assert proof["kind"] == "FORMAL_NOTICE" and proof["file"] == documents[1]["file"], proof
    assert {proof["document"] for proof in dossier.rows("proofs.csv")} == {"F-1", "F-2"}


def check_chain(case, dossier):
    """Each record is that of the log, and its hashes follow from its bytes."""
    logs = {}
    heads = {}
    for row in dossier.rows("chain/records.csv"):
        topic = row["topic"]
        if topic not in logs:
            logs[topic] = {(message.partition(), message.offset()): message.value()
                           for message in case.installation.records(topic)}
        raw = (dossier.folder / row["file"]).read_bytes()
        assert raw == logs[topic][int(row["partition"]), int(row["offset"])], row
        leaf = hashlib.sha256(raw).digest()
        previous = bytes.fromhex(row["previous"])
        assert leaf.hex() == row["leaf"] and previous in raw, row
        assert hashlib.sha256(previous + leaf).hexdigest() == row["head"], row
        heads[row["worker"], row["partition"], int(row["sequence"])] = row
    assert len(logs) == 3, logs.keys()
    kinds = {row["kind"] for row in dossier.rows("chain/records.csv")}
    assert kinds >= {"REFERRED", "CASE_OPENED", "FILED", "ATTEMPTED", "CONTACT_REQUESTED",
                     "PAYMENT_RECORDED", "ACT_REFUSED", "COMMAND_ACCEPTED"}, kinds
    # No sequence is missing between them.
    for chain in dossier.case["links"]:
        lines = (dossier.folder / chain["file"]).read_text().split()[1:]
        assert [int(line.split(",")[0]) for line in lines] == \
            list(range(chain["first"], chain["last"] + 1))
    # What an act says stands in the record that it names.
    places = {(row["worker"], row["partition"], row["offset"]) for row in heads.values()}
    for act in dossier.rows("acts.csv"):
        assert (act["worker"], act["partition"], act["offset"]) in places, act


def check_approval(dossier):
    done = dossier.run("openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "approval/key.pem",
                       "-rawin", "-in", "approval/signed.bin", "-sigfile",
                       "approval/signature.bin")
    assert done.returncode == 0, done.stdout + done.stderr
    signed = (dossier.folder / "approval/signed.bin").read_bytes()
    assert signed.startswith(b"relance-approval-v1\0")
    assert signed.endswith(bytes.fromhex(dossier.case["claim"]["claim_hash"]))
    approved, = [act for act in dossier.rows("acts.csv") if act["what"] == "APPROVED"]
    assert (approved["actor"], approved["signing_key"], approved["command"]) == (
        "head", "head-1", "a5"), approved
    assert approved["claim_hash"] == dossier.case["claim"]["claim_hash"]
    assert approved["signature"] == (dossier.folder / "approval/signature.bin").read_bytes().hex()


# ---- the case ----


def tell_story(case):
    case.replay("story.jsonl", event(
        "debtor.upserted", 1, "2025-05-05T08:00:00Z",
        {"kind": "COMPANY", "country": "FR", "zone": "Europe/Paris", "language": "fr",
         "registry_id": "732829320", "name": "Martin SARL", "address": ["1 rue", "69003 Lyon"]})
        + event("contact.upserted", 2, "2025-05-05T08:00:00Z",
                {"contact": "1", "roles": ["ACCOUNTS_PAYABLE"], "language": "fr", "name": "Claire",
                 "channels": [{"channel": "EMAIL", "address": "compta@martin.example"}]})
        + event("invoice.issued", 3, "2025-05-05T09:00:00Z",
                {"document": "F-1", "currency": "EUR", "total": "1000.00", "terms_version": "T7",
                 "issued_on": "2025-05-02", "due_on": "2025-06-01"}, creditor=CREDITOR)
        + event("invoice.issued", 4, "2025-05-05T09:00:00Z",
                {"document": "F-2", "number": "2025/2", "currency": "EUR", "total": "250.50",
                 "issued_on": "2025-05-02", "due_on": "2025-06-01"}, creditor=CREDITOR)
        # Ten days younger: another case of the same debtor.
        + event("invoice.issued", 10, "2025-05-05T09:00:00Z",
                {"document": "F-3", "currency": "EUR", "total": "199.00",
                 "issued_on": "2025-05-02", "due_on": "2025-06-12"}, creditor=CREDITOR)
        # Of another creditor, and of nobody's concern here.
        + event("invoice.issued", 5, "2025-05-05T09:00:00Z",
                {"document": "F-1", "currency": "EUR", "total": "77.00",
                 "issued_on": "2025-05-02", "due_on": "2025-12-01"}, creditor="ACME-SERVICES")
        + event("payment.received", 6, "2025-06-23T09:00:00Z",
                {"payment": "P-1", "currency": "EUR", "amount": "300.00",
                 "received_on": "2025-06-20",
                 "allocations": [{"document": "F-1", "amount": "300.00"}]}, creditor=CREDITOR),
        "2025-07-16")


def pay(case, number, document, amount, on):
    case.replay(f"payment{number}.jsonl", event(
        "payment.received", number, f"{on}T09:00:00Z",
        {"payment": f"P-{number}", "currency": "EUR", "amount": amount, "received_on": on,
         "allocations": [{"document": document, "amount": amount}]}, creditor=CREDITOR), on)


def await_trail(case):
    """Until the trail holds whatever the workers have written."""
    installation = case.installation
    case.until(lambda: subprocess.run(installation.tool("audit", "verify", "--at-rest"),
                                      env=installation.environment,
                                      capture_output=True).returncode == OK)


def check_unfiled(dossiers):
    """Nothing was filed: the claim is rebuilt, and its hash is the one that an approval must name."""
    dossier = dossiers.twice("asked")
    claim = dossier.case["claim"]
    assert claim["source"] == "LEDGER" and claim["agrees"], (claim, dossier.case["remarks"])
    assert claim["claim_hash"] == dossiers.case.asked()[-1].claim_hash.hex()
    assert (claim["principal"], claim["indemnity"]) == ("950.50", "80.00"), claim
    assert dossier.case["remarks"] == [] and "approval" not in dossier.case, dossier.case["remarks"]
    assert dossier.whats()[:2] == ["REFERRED", "CASE_OPENED"], dossier.whats()
    assert dossier.whats()[-1] == "APPROVAL_ASKED", dossier.whats()
    dossier.check_sums()
    dossier.check_program()


def check_filed(case, dossiers):
    dossier = dossiers.twice("filed")
    filing = case.filings()[0].filed
    filed_on = (datetime.datetime(1970, 1, 1) +
                datetime.timedelta(milliseconds=filing.filed_at_ms)).date()
    assert dossier.case["case"]["filing"] == filing.filing, dossier.case["case"]
    assert dossier.case["parties"]["debtor_name"] == "Martin SARL", dossier.case["parties"]
    assert dossier.case["parties"]["registry_id"] == "732829320", dossier.case["parties"]
    check_filing(dossier, filing)
    check_interest(dossier, filed_on)
    check_messages(case, dossier)
    check_chain(case, dossier)
    check_approval(dossier)
    dossier.check_sums()
    dossier.check_program()
    refused = [act["rule"] for act in dossier.case["acts"] if act["what"] == "ACT_REFUSED"]
    assert refused == ["NO_SIGNATURE"], refused


def check_reduced(case, dossiers):
    """One receivable was paid, the filing recalled: what may be filed next is the claim now."""
    pay(case, 7, "F-1", "700.00", "2025-07-18")
    assert case.filings()[-1].recalled.reason == "PAID", case.filings()
    dossier = dossiers.twice("reduced")
    claim = dossier.case["claim"]
    assert claim["source"] == "LEDGER" and claim["agrees"], (claim, dossier.case["remarks"])
    assert claim["claim_hash"] == case.asked()[-1].claim_hash.hex()
    assert claim["principal"] == "250.50" and claim["computed_on"] == "2025-07-18", claim
    assert dossier.case["remarks"] == [] and "approval" not in dossier.case, dossier.case["remarks"]
    dossier.check_sums()
    dossier.check_program()


def check_recalled(case, dossiers):
    pay(case, 8, "F-2", "250.50", "2025-07-21")
    dossier = dossiers.twice("recalled")
    assert dossier.case["case"]["recall_reason"] == "PAID", dossier.case["case"]
    assert dossier.case["case"]["state"] == "SETTLED", dossier.case["case"]
    # What is claimed stays what was filed; what is owed is told beside it.
    assert dossier.case["claim"]["principal"] == "950.50", dossier.case["claim"]
    assert {row["open_now"] for row in dossier.rows("claim.csv")} == {"0.00"}
    check_filing(dossier, case.filings()[0].filed)
    check_messages(case, dossier)
    check_chain(case, dossier)
    dossier.check_sums()
    dossier.check_program()


def check_refusals(dossiers):
    said = dossiers.make("recalled", code=65)
    assert "is there already" in said["error"] and "--out" in said["error"], said
    said = dossiers.make("other", "--case", "nobody", code=ABSENT)
    assert "no case 'nobody'" in said["error"], said
    assert not (dossiers.folder / "other").exists()


def check_tampered(case, dossiers):
    """A flipped byte of any record, and one that was replaced with its hashes: no dossier."""
    def change(sql, *values):
        with psycopg2.connect(case.installation.dsn("RELANCE_POSTGRES_SUPERUSER_DSN")) as connection:
            connection.cursor().execute(sql, values)

    flip = ("update audit_log set raw = set_byte(raw, 20, get_byte(raw, 20) # 1) where "
            "worker = %s and kind = %s")
    for worker, kind in (("legal-escalation", "FILED"), ("notifier", "ATTEMPTED"),
                         ("scenario", "REFERRED")):
        change(flip, worker, kind)
        said = dossiers.make("tampered", code=FOUND)
        assert said["error"].startswith("BYTES_CHANGED") and worker in said["error"], said
        change(flip, worker, kind)
    # Another's record between ours: the links do not fit any more.
    chain, = [chain for chain in Dossier(dossiers.folder / "recalled").case["links"]
              if chain["worker"] == "scenario"]
    swap = ("update audit_log set leaf = sha256(leaf) where worker = 'scenario' and partition = %s "
            "and seq = %s")
    lines = (dossiers.folder / "recalled" / chain["file"]).read_text().split()[1:]
    ours = {row["sequence"] for row in Dossier(dossiers.folder / "recalled").rows("chain/records.csv")
            if row["worker"] == "scenario"}
    others = [line.split(",") for line in lines if line.split(",")[0] not in ours]
    with psycopg2.connect(case.installation.dsn("RELANCE_POSTGRES_SUPERUSER_DSN")) as connection:
        connection.cursor().execute("update audit_log set debtor = 'C-2' where worker = 'scenario' "
                                    "and partition = %s and seq = %s",
                                    (chain["partition"], int(others[0][0])))
    change(swap, chain["partition"], int(others[0][0]))
    said = dossiers.make("tampered", code=FOUND)
    assert "is broken at record" in said["error"], said
    change("update audit_log set leaf = sha256(raw), debtor = %s where worker = 'scenario' and "
           "partition = %s and seq = %s", DEBTOR, chain["partition"], int(others[0][0]))
    assert not (dossiers.folder / "tampered").exists()
    assert dossiers.make("untampered")["whole"]


def check_other_case(case, dossiers):
    """Of two cases one is named; and what happens to the other changes no byte of it."""
    case.replay("late.jsonl", event(
        "contact.upserted", 11, "2025-07-22T08:00:00Z",
        {"contact": "2", "roles": ["ACCOUNTS_PAYABLE"], "language": "fr", "name": "Paul",
         "channels": [{"channel": "EMAIL", "address": "paul@martin.example"}]}), "2025-07-25")
    first = Dossier(dossiers.folder / "recalled").case["case"]["case"]
    said = dossiers.make("which", code=64)
    assert "has 2 cases" in said["error"] and "--case" in said["error"], said
    assert f"{first} (SETTLED)" in said["error"], said
    dossiers.make("first", "--case", first)
    assert dossiers.content("first") == dossiers.content("recalled")
    second = case.asked()[-1].case_id
    assert second != first and second in said["error"], (second, said)
    other = dossiers.twice("second", "--case", second)
    assert [row["document"] for row in other.rows("claim.csv")] == ["F-3"]
    assert other.case["claim"]["agrees"] and not other.case["remarks"], other.case["remarks"]
    other.check_program()
    return first


def check_forged(case, dossiers, first):
    """Somebody gave a message's outcome another hash and rewrote the chain behind it: the records
    fit each other, and the message is still not passed off as what was sent."""
    fact, = contract.load("debtor_fact")
    dsn = case.installation.dsn("RELANCE_POSTGRES_SUPERUSER_DSN")
    chain, = [chain for chain in Dossier(dossiers.folder / "recalled").case["links"]
              if chain["worker"] == "scenario"]
    with psycopg2.connect(dsn) as connection:
        cursor = connection.cursor()
        cursor.execute("select off, raw, leaf, head from audit_log where worker = 'scenario' and "
                       "partition = %s order by off", (chain["partition"],))
        rows = cursor.fetchall()
    head, forged = None, []
    for off, raw, _, _ in rows:
        record = fact.DebtorFact.FromString(bytes(raw))
        if record.contact_outcome.content_hash and head is None:
            record.contact_outcome.content_hash = bytes(31) + b"\7"
            head = record.chain.previous
        if head is not None:
            record.chain.previous = head
            raw = record.SerializeToString()
            leaf = hashlib.sha256(raw).digest()
            head = hashlib.sha256(head + leaf).digest()
            forged.append((raw, leaf, head, off))
    update = ("update audit_log set raw = %s, leaf = %s, head = %s where worker = 'scenario' and "
              f"partition = {chain['partition']} and off = %s")

    def store(changed):
        with psycopg2.connect(dsn) as connection:
            connection.cursor().executemany(update, changed)

    store(forged)
    said = dossiers.make("forged", "--case", first, code=FOUND)
    dossier = Dossier(dossiers.folder / "forged")
    documents = dossier.rows("documents.csv")
    assert [row["state"] for row in documents] == ["NOT_AS_SENT", "AS_SENT"], documents
    assert (dossier.folder / documents[0]["file"]).suffix == ".txt", documents
    assert not said["whole"] and any("differs from what was sent" in remark
                                     for remark in said["remarks"]), said
    dossier.check_sums()
    store([(raw, leaf, head, off) for off, raw, leaf, head in rows])


def check_erased(case, dossiers, first):
    """Who was erased is not opened: a note stands in the place of the message."""
    case.installation.control("command", "ERASE", "--tenant", TENANT, "--debtor", DEBTOR, "--topic",
                              case.installation.source, "--time", "2025-07-25T12:00:00Z",
                              "--payload", json.dumps({"subject": PERSON}))

    def is_erased():
        with psycopg2.connect(case.installation.dsn("RELANCE_POSTGRES_SUPERUSER_DSN")) as connection:
            cursor = connection.cursor()
            cursor.execute("select count(*) from data_key where subject = %s and wrapped is null",
                           (PERSON,))
            return cursor.fetchone()[0] == 1

    case.until(is_erased)
    await_trail(case)
    dossier = dossiers.twice("erased", "--case", first)
    documents = dossier.rows("documents.csv")
    assert {row["state"] for row in documents} == {"ERASED"}, documents
    for row in documents:
        note = (dossier.folder / row["file"]).read_text()
        assert "was erased" in note and row["sha256"] in note and "compta" not in note, note
    dossier.check_sums()
    assert dossier.run(sys.executable, "verify.py").returncode == 0


def check(case):
    (case.bundle / "scenarios/retail.yaml").write_text(SCENARIO)
    case.installation.start_all(["legal-escalation"])
    case.installation.activate(case.bundle, "2025-05-01T00:00:00Z")
    dossiers = Dossiers(case)
    dossiers.make("nobody", code=ABSENT)
    tell_story(case)
    assert len(case.asked()) == 1, [record.case_moved.code for record in case.trail()]
    check_unfiled(dossiers)
    case.approve("a1", refused="NO_SIGNATURE")
    case.approve("a5", key=case.key)
    case.until(lambda: len(case.filings()) == 1)
    await_trail(case)
    check_filed(case, dossiers)
    check_reduced(case, dossiers)
    check_recalled(case, dossiers)
    check_refusals(dossiers)
    check_tampered(case, dossiers)
    first = check_other_case(case, dossiers)
    check_forged(case, dossiers, first)
    check_erased(case, dossiers, first)


def main():
    live(check, *sys.argv[1:3])


if __name__ == "__main__":
    main()
