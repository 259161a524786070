#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A case on real servers: referred after its formal notice, approved with a key of its approver's own,
held by the kill switch and filed once when it is lifted, recalled on the same key by money on account, or by
the debtor's insolvency, although the switch is on again; and four approvals that do not bind.

usage: test_legal.py BUILD SOURCE_FOLDER    (the local stack's env file must be sourced)
"""
import json
import pathlib
import shutil
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
import contract  # noqa: E402
from installation import Installation  # noqa: E402

TENANT, DEBTOR, CREDITOR = "acme", "C-1", "ACME-FR"
SCENARIO = """title: A notice, then the law
steps:
  - name: notice
    offset: D+3
    tone: formal_notice
    channels: [email]
    template: formal-notice
  - name: law
    offset: D+15
    tone: legal
    refer: injonction-de-payer
    notice_days: 8
"""


def make_key(path):
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", path], check=True)
    written = subprocess.run(["openssl", "pkey", "-in", path, "-pubout"], check=True,
                             capture_output=True, text=True).stdout
    return written.splitlines()[1]


def event(kind, number, at, data, **more):
    return json.dumps(dict({"specversion": "1.0", "type": f"io.relance.{kind}.v1",
                            "id": f"e{number}", "source": "sap", "time": at, "tenant": TENANT,
                            "debtor": DEBTOR, "revision": 1, "data": data}, **more)) + "\n"


class Case:
    def __init__(self, build, source):
        self.installation = Installation(build, TENANT, partitions=2)
        self.folder = self.installation.folder
        self.filing, self.audit = contract.load("legal_filing", "audit")
        self.bundle = self.folder / "bundle"
        shutil.copytree(pathlib.Path(source) / "deploy/bundles/demo", self.bundle)
        (self.bundle / "scenarios/retail.yaml").write_text(SCENARIO)
        self.key = self.folder / "head.pem"
        self.write_authorities(make_key(self.key))

    def write_authorities(self, public_key):
        (self.bundle / "authorities.yaml").write_text(f"""authorities:
  - actor: head
    key: head-1
    public_key: {public_key}
    acts: [FILE_PAYMENT_ORDER]
    up_to: {{ EUR: "5000.00" }}
""")

    def start(self):
        self.installation.start_all(["legal-escalation"])
        self.installation.activate(self.bundle, "2026-01-01T00:00:00Z")

    def replay(self, name, text, to):
        file = self.folder / name
        file.write_text(text)
        self.installation.replay(file, "--to", to)

    def filings(self):
        return [self.filing.LegalFiling.FromString(message.value())
                for message in self.installation.committed("legal-filings")]

    def trail(self):
        return [self.audit.AuditRecord.FromString(message.value())
                for message in self.installation.committed("legal-escalation.audit")]

    def asked(self):
        return [record.case_moved for record in self.trail()
                if record.case_moved.code == "APPROVAL_ASKED"]

    def refused(self):
        return [record.act_refused.rule for record in self.trail() if record.HasField("act_refused")]

    def approve(self, name, actor="head", key=None, claim_hash=None, refused=None):
        """Approves what was asked for last, and has the case's own answer: APPROVED, or why not."""
        asked = self.asked()[-1]
        payload = {"case_id": asked.case_id, "act": asked.act,
                   "claim_hash": (claim_hash or asked.claim_hash).hex()}
        signed = ["--key", str(key), "--signing-key", "head-1"] if key else []
        done = subprocess.run(self.installation.tool(
            "--json", "command", "approve", "--tenant", TENANT, "--debtor", DEBTOR, "--creditor",
            CREDITOR, "--topic", self.installation.source, "--actor", actor, "--id", name,
            "--payload", json.dumps(payload), *signed), env=self.installation.environment,
            stdin=subprocess.DEVNULL, capture_output=True, text=True)
        answer = json.loads(done.stdout)
        wanted = ("REFUSED", refused, 1) if refused else ("APPROVED", None, 0)
        assert (answer["answer"], answer.get("rule"), done.returncode) == wanted, (done, wanted)

    def pay(self, name, revision, allocations):
        """All that is owed; without allocations it lies on account."""
        self.replay(name, event(
            "payment.received", 3 + revision, f"2026-02-{25 + revision}T09:00:00Z",
            {"payment": "P-1", "currency": "EUR", "amount": "1000.00", "received_on": "2026-02-26",
             "allocations": allocations}, creditor=CREDITOR, revision=revision),
            f"2026-02-{25 + revision}")

    def throw_switch(self, name, on):
        self.installation.control(
            "command", "kill-switch", "--tenant", TENANT, "--topic", self.installation.source,
            "--actor", "head", "--id", name, "--payload", json.dumps({"on": on}))

    def held(self):
        return [record.case_moved.rule for record in self.trail()
                if record.case_moved.code == "ON_HOLD"]

    def until(self, question, seconds=60):
        deadline = time.monotonic() + seconds
        while not question():
            assert time.monotonic() < deadline, "nothing came of it"
            time.sleep(0.2)


def debtor(number, at, status, revision):
    return event("debtor.upserted", number, at,
                 {"kind": "COMPANY", "status": status, "country": "FR", "zone": "Europe/Paris",
                  "language": "fr", "registry_id": "732829320", "name": "Martin SARL",
                  "address": ["1 rue", "69003 Lyon"]}, revision=revision)


def ask(case):
    """The case is referred, and its approval asked for."""
    case.start()
    case.replay("invoice.jsonl", debtor(1, "2026-01-05T08:00:00Z", "ACTIVE", 1)
                + event("contact.upserted", 2, "2026-01-05T08:00:00Z",
                        {"contact": "1", "roles": ["ACCOUNTS_PAYABLE"], "language": "fr", "name": "Claire",
                         "channels": [{"channel": "EMAIL", "address": "compta@martin.example"}]})
                + event("invoice.issued", 3, "2026-01-05T09:00:00Z",
                        {"document": "F-1", "currency": "EUR", "total": "1000.00",
                         "issued_on": "2026-01-05", "due_on": "2026-02-05"}, creditor=CREDITOR),
                "2026-02-25")
    assert len(case.asked()) == 1, [record.case_moved.code for record in case.trail()]


def refuse(case):
    """Four approvals that do not bind."""
    other = case.folder / "other.pem"
    make_key(other)
    case.approve("a1", refused="NO_SIGNATURE")
    case.approve("a2", key=other, refused="WRONG_KEY")
    case.approve("a3", actor="junior", key=case.key, refused="NO_AUTHORITY")
    case.approve("a4", key=case.key, claim_hash=bytes(31) + b"\1", refused="STALE_CLAIM")
    assert case.refused() == ["NO_SIGNATURE", "WRONG_KEY", "NO_AUTHORITY", "STALE_CLAIM"]
    assert case.filings() == []


def file(case):
    """Approved under the kill switch, and filed when that is lifted."""
    case.throw_switch("k1", True)
    case.approve("a5", key=case.key)
    case.until(case.held)
    assert case.held() == ["KILL_SWITCH"] and case.filings() == []
    case.throw_switch("k2", False)
    case.until(lambda: len(case.filings()) == 1)
    filed = case.filings()[0].filed
    line = filed.claim.lines[0]
    assert filed.approval == "a5" and filed.look.watermark > 0
    assert line.interest.minor > 0
    assert sum(segment.interest.minor for segment in line.segments) == line.interest.minor


def recall(case, happen, reason, left):
    """What happens then recalls it on the same key, although the switch is on again."""
    case.throw_switch("k3", True)
    happen()
    case.until(lambda: len(case.filings()) == 2)
    filed, recalled = case.filings()
    assert recalled.recalled.filing == filed.filed.filing
    assert (recalled.recalled.reason, recalled.recalled.open.minor) == (reason, left)


def paid(case):
    """Nobody says at first what the money is for."""
    ask(case)
    refuse(case)
    file(case)
    recall(case, lambda: case.pay("payment.jsonl", 1, []), "PAID", 0)
    case.pay("applied.jsonl", 2, [{"document": "F-1", "amount": "1000.00"}])
    case.until(lambda: case.trail()[-1].case_moved.code == "SETTLED")


def insolvent(case):
    ask(case)
    file(case)
    recall(case, lambda: case.replay("insolvent.jsonl", debtor(
        4, "2026-02-26T09:00:00Z", "LIQUIDATION", 2), "2026-02-26"), "INSOLVENT", 100000)
    assert case.trail()[-1].case_moved.code == "INSOLVENT"


def live(check, *arguments):
    case = Case(*arguments)
    good = False
    try:
        check(case)
        good = True
    finally:
        case.installation.close(show_logs=not good)


def main():
    live(paid, *sys.argv[1:3])
    live(insolvent, *sys.argv[1:3])


if __name__ == "__main__":
    main()
