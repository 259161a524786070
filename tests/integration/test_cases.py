#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A credit manager at work, on real servers: finds the case that waits, reads its claim, and approves
it with the command that was shown; what the case refuses is an error at once, with its rule; and what
is over waits for nobody.

usage: test_cases.py BUILD SOURCE_FOLDER    (the local stack's env file must be sourced)
"""
import json
import os
import pty
import shlex
import subprocess
import sys

from test_legal import CREDITOR, DEBTOR, TENANT, event, live

OK, FOUND, USAGE, ABSENT = 0, 1, 64, 66


class Manager:
    def __init__(self, case):
        self.case, self.installation = case, case.installation

    def run(self, *arguments, code=OK):
        done = subprocess.run(self.installation.tool(*arguments), env=self.installation.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        assert done.returncode == code, (arguments, done)
        return done.stdout

    def ask(self, *arguments):
        return json.loads(self.run("--json", *arguments))

    def waiting(self):
        return self.ask("case", "list", "--waiting")["cases"]

    def tasks(self):
        return self.ask("worklist", "--kind", "APPROVAL")["tasks"]

    def at_terminal(self, arguments, answer):
        """Runs the program on a terminal on which somebody types the answer; (exit code, screen)."""
        child, terminal = pty.fork()
        if child == 0:
            command = self.installation.tool(*arguments)
            os.execve(command[0], command, self.installation.environment)
        os.write(terminal, answer.encode() + b"\n")
        screen = b""
        try:
            while block := os.read(terminal, 4096):
                screen += block
        except OSError:
            pass  # the program has closed its side
        os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), screen.decode()


def refer(case):
    case.start()
    case.replay("invoice.jsonl", event(
        "debtor.upserted", 1, "2026-01-05T08:00:00Z",
        {"kind": "COMPANY", "country": "FR", "zone": "Europe/Paris", "language": "fr",
         "registry_id": "732829320", "name": "Martin SARL", "address": ["1 rue", "69003 Lyon"]})
        + event("contact.upserted", 2, "2026-01-05T08:00:00Z",
                {"contact": "1", "roles": ["ACCOUNTS_PAYABLE"], "language": "fr", "name": "Claire",
                 "channels": [{"channel": "EMAIL", "address": "compta@martin.example"}]})
        + event("invoice.issued", 3, "2026-01-05T09:00:00Z",
                {"document": "F-1", "currency": "EUR", "total": "1000.00",
                 "issued_on": "2026-01-05", "due_on": "2026-02-05"}, creditor=CREDITOR),
        "2026-02-25")
    assert len(case.asked()) == 1


def check_found(case, manager):
    """The case is in both lists, and its id leads to it."""
    asked = case.asked()[0]
    case.until(manager.waiting)
    found, = manager.waiting()
    assert (found["case"], found["debtor"], found["creditor"]) == (asked.case_id, DEBTOR, CREDITOR)
    assert (found["amount"], found["currency"]) == ("1000.00", "EUR")
    assert found["waits"] == "approval of FILE_PAYMENT_ORDER"
    task, = manager.tasks()
    assert (task["object"], task["creditor"]) == (asked.case_id, CREDITOR)
    assert manager.ask("case", "list", "--tenant", "umbrella")["cases"] == []
    assert manager.ask("case", "list", "--creditor", CREDITOR, "--debtor", DEBTOR)["matched"] == 1
    manager.run("case", "show", f"{TENANT}/nobody", code=ABSENT)
    manager.run("case", "show", f"{TENANT}/{DEBTOR}", "--case", "0" * 32, code=ABSENT)


def check_shown(case, manager):
    """What is shown is what an approval would sign, and whose approval binds."""
    asked = case.asked()[0]
    shown = manager.ask("case", "show", f"{TENANT}/{asked.case_id}")
    assert shown == manager.ask("case", "show", f"{TENANT}/{DEBTOR}")
    claim = shown["claim"]
    assert claim["claim_hash"] == claim["computed_hash"] == asked.claim_hash.hex()
    assert (claim["principal"], claim["indemnity"]) == ("1000.00", "40.00")
    assert float(claim["interest"]) > 0
    assert shown["cost"] == {"amount": "110.00", "currency": "EUR"}
    assert [row["document"] for row in shown["receivables"]] == ["F-1"]
    assert [row["kind"] for row in shown["proofs"]] == ["FORMAL_NOTICE"]
    assert shown["approvers"] == [{"actor": "head", "signing_key": "head-1"}]
    assert shown["topic"] == manager.installation.source
    text = manager.run("case", "show", f"{TENANT}/{asked.case_id}")
    for wanted in (CREDITOR, "F-1", "1000.00", "40.00", asked.claim_hash.hex()):
        assert wanted in text, (wanted, text)


def shown_command(case, manager):
    """The command as it is shown, for a person who puts the key's file in."""
    text = manager.run("case", "show", f"{TENANT}/{DEBTOR}")
    line, = [line for line in text.splitlines() if "command approve" in line]
    return [str(case.key) if word == "KEY.pem" else word for word in shlex.split(line)][1:]


def check_refused(case, manager):
    """Accepted is not approved: what the case refuses is an error, with its rule and a remedy."""
    command = shown_command(case, manager)
    stale = command[:-1] + [json.dumps(dict(json.loads(command[-1]), claim_hash="1" * 64))]
    told = manager.run(*stale, code=FOUND)
    assert "STALE_CLAIM" in told and "case show" in told, told
    assert "not the claim that would be signed" in told, told
    payload = {"case_id": case.asked()[0].case_id, "act": "ORDER_GRANT", "on": "2026-02-25"}
    order = ["command", "record-act", *command[2:10], "--actor", "head"]
    told = manager.run(*order, "--payload", json.dumps(payload), code=FOUND)
    assert "RECORD_ACT refused" in told and "NOT_EXPECTED" in told, told
    answer = json.loads(manager.run("--json", *order, "--payload", json.dumps(payload), code=FOUND))
    assert (answer["answer"], answer["rule"]) == ("REFUSED", "NOT_EXPECTED") and answer["remedy"]
    assert len(manager.tasks()) == 1, "a refused approval leaves the question standing"


def check_approved(case, manager):
    """The claim stands on the screen before anything is signed; no is no, and yes is filed."""
    command = shown_command(case, manager)
    before = len(case.trail())
    code, screen = manager.at_terminal(command, "n")
    assert code == FOUND and "nothing was sent" in screen, screen
    assert "principal" in screen and "1000.00 EUR" in screen, screen
    assert len(case.trail()) == before
    code, screen = manager.at_terminal(command, "y")
    assert code == OK and "APPROVED" in screen, screen
    case.until(lambda: len(case.filings()) == 1)
    case.until(lambda: not manager.tasks() and not manager.waiting())
    found, = manager.ask("case", "list")["cases"]
    assert found["waits_for"] in ("FILING", "DEADLINE", "STEP"), found


def check_over(case, manager):
    """Paid, it is in nobody's list, and the invoice's own story has kept what was approved."""
    case.replay("payment.jsonl", event(
        "payment.received", 4, "2026-02-26T09:00:00Z",
        {"payment": "P-1", "currency": "EUR", "amount": "1000.00", "received_on": "2026-02-26",
         "allocations": [{"document": "F-1", "amount": "1000.00"}]}, creditor=CREDITOR),
        "2026-02-26")
    case.until(lambda: not manager.ask("case", "list")["cases"])
    over, = manager.ask("case", "list", "--all")["cases"]
    assert over["word"] == "SETTLED" and over["over"] and "waits_for" not in over, over
    for options in ([], ["--short"]):
        told = manager.run("explain", f"{TENANT}/{DEBTOR}", "--document", "F-1", *options)
        assert "APPROVED" in told and "FILED" in told and "SETTLED" in told, told
    rebuilding = dict(manager.installation.environment, RELANCE_POSTGRES_DSN=manager.installation.dsn(
        "RELANCE_POSTGRES_OWNER_DSN"))
    subprocess.run(manager.installation.tool("audit", "rebuild"), env=rebuilding, check=True,
                   capture_output=True)
    assert manager.ask("case", "list", "--all")["cases"] == [over]


def check(case):
    manager = Manager(case)
    refer(case)
    check_found(case, manager)
    check_shown(case, manager)
    check_refused(case, manager)
    check_approved(case, manager)
    check_over(case, manager)


def main():
    live(check, *sys.argv[1:3])


if __name__ == "__main__":
    main()
