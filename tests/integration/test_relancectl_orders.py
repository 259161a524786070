#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What people order with relancectl, on real servers: nothing that cannot be obeyed is sent, and what
other systems send is refused at the border.

usage: test_relancectl_orders.py BUILD SOURCE_FOLDER    (the local stack's env file must be sourced)
"""
import json
import pathlib
import subprocess
import sys
import time

from confluent_kafka import Producer

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from installation import Installation  # noqa: E402

TENANT = "shop"
OK, FOUND, DATA, NOT_THERE, UNAVAILABLE = 0, 1, 65, 66, 69


class Orders:
    def __init__(self, build, clock):
        self.installation = Installation(build, TENANT, partitions=2, clock=clock)
        self.binary = self.installation.build / "services/relancectl/relancectl"

    def order(self, *arguments, code=OK):
        done = subprocess.run([self.binary, "--json", *arguments],
                              env=self.installation.environment, capture_output=True, text=True,
                              timeout=60)
        assert done.returncode == code, f"{arguments}: {done.returncode} {done.stdout}{done.stderr}"
        return json.loads(done.stdout.splitlines()[-1])

    def until(self, question, seconds=60):
        deadline = time.monotonic() + seconds
        while not question():
            assert time.monotonic() < deadline, "nothing came of it"
            time.sleep(0.2)

    def source_records(self):
        return self.installation.committed("source")

    def send(self, command, kind, payload):
        """As another system would: straight to the source topic."""
        producer = Producer({"bootstrap.servers": self.installation.environment[
            "RELANCE_KAFKA_BOOTSTRAP_SERVERS"]})
        event = {"specversion": "1.0", "type": "io.relance.command.issued.v1", "id": command,
                 "source": "crm", "time": "2020-03-20T08:00:00Z", "tenant": TENANT,
                 "data": {"command": command, "kind": kind, "actor": "u-2", "payload": payload}}
        producer.produce(self.installation.source, key=TENANT, value=json.dumps(event))
        assert producer.flush(10) == 0

    def debts(self, debtor):
        """The open documents of a debtor; none where nobody knows it yet."""
        done = subprocess.run([self.binary, "--json", "debtor", "show", f"{TENANT}/{debtor}"],
                              env=self.installation.environment, capture_output=True, text=True,
                              timeout=60)
        return sorted(row["document"] for row in json.loads(done.stdout).get("receivables", []))

    def letters(self):
        return self.order("dlq", "list")["letters"]

    def state_of(self, letter):
        """Of a dead letter: OPEN, SETTLED or None."""
        return {one["id"]: one.get("state") for one in self.letters()}[letter]


def check_only_published_bundles(orders, source):
    """A mistyped hash would stop every worker that decides by it, for good."""
    at = ["--tenant", TENANT, "--topic", orders.installation.source]
    bundle = orders.order("bundle", "publish", f"{source}/tests/ledger/bundle")["hash"]
    typo = bundle[:-1] + ("0" if bundle[-1] != "0" else "1")
    said = orders.order("bundle", "activate", typo, *at, code=NOT_THERE)
    assert typo in said["error"] and "bundle publish" in said["error"], said
    assert orders.source_records() == [], "nothing was sent"
    orders.send("A-1", "ACTIVATE_BUNDLE", {"bundle_hash": typo})
    orders.until(lambda: len(orders.letters()) == 1)
    letter, = orders.letters()
    assert (letter["code"], letter["path"]) == (
        "UNKNOWN_OBJECT", "data.payload.bundle_hash"), letter
    # Nobody waits for a bundle that never comes: the right one is obeyed.
    said = orders.order("bundle", "activate", bundle, *at)
    assert said["answer"] == "ACCEPTED", said
    assert orders.order("bundle", "activate", bundle, *at, code=FOUND)["rule"] == "ALREADY_ACTIVE"
    assert len(orders.letters()) == 1


def check_answers(orders):
    """Whoever orders something is told what came of it."""
    at = ["--tenant", TENANT, "--topic", orders.installation.source]
    debtor = [*at, "--debtor", "C-1", "--actor", "u-7"]
    hold = json.dumps({"hold": "H-1", "reach": "DEBTOR", "reason": "CAMPAIGN", "clock": "STOP"})

    def told(kind, *options, code=OK):
        answer = orders.order("command", kind, *options, code=code)
        return answer["answer"], answer.get("rule")

    assert told("place-hold", *debtor, "--payload", hold, "--id", "o-1") == ("ACCEPTED", None)
    assert told("lift-hold", *debtor, "--payload", '{"hold":"H-1"}') == ("ACCEPTED", None)
    assert told("place-hold", *debtor, "--payload", hold, code=FOUND) == (
        "REFUSED", "ALREADY_OVER")
    assert told("place-hold", *debtor, "--payload", hold, "--id", "o-1", code=FOUND) == (
        "DUPLICATE", None)
    assert told("task-done", *debtor, "--payload", '{"task":"nope","outcome_code":"CALLED"}',
                code=FOUND) == ("REFUSED", "UNKNOWN_OBJECT")
    assert told("creditor-mode", *at, "--payload", '{"creditor":"U01","mode":"LIVE"}',
                code=FOUND) == ("REFUSED", "UNKNOWN_OBJECT")
    # The tenant is none that this ingest serves: its dead letter is the answer.
    elsewhere = ["--tenant", "other", "--topic", orders.installation.source]
    assert told("kill-switch", *elsewhere, "--payload", '{"on":true}', code=FOUND) == (
        "DEAD_LETTER", "WRONG_TENANT")
    said = orders.order("command", "kill-switch", *at, "--payload", '{"on":true}', "--no-wait")
    assert "answer" not in said, said


def check_told(orders):
    """`explain` tells commands and their answers."""
    def entries():
        return [entry for entry in orders.order("explain", f"{TENANT}/C-1")["entries"]
                if entry["kind"] == "COMMAND"]

    orders.until(lambda: len(entries()) == 4)
    assert [(entry["command_kind"], entry["reason"], entry.get("rule")) for entry in entries()] == [
        ("PLACE_HOLD", "ACCEPTED", None), ("LIFT_HOLD", "ACCEPTED", None),
        ("PLACE_HOLD", "REFUSED", "ALREADY_OVER"), ("TASK_DONE", "REFUSED", "UNKNOWN_OBJECT")]
    assert "u-7" in entries()[0]["sentence"] and "o-1" in entries()[0]["sentence"], entries()


def invoice(number, **data):
    return {"specversion": "1.0", "type": "io.relance.invoice.issued.v1", "id": f"inv-{number}",
            "source": "books", "time": "2020-03-01T08:00:00Z", "tenant": TENANT, "debtor": "C-9",
            "creditor": "U01", "data": dict({"document": f"F-{number}", "currency": "EUR",
                                             "total": "10.00", "issued_on": "2020-03-01",
                                             "due_on": "2020-03-31"}, **data)}


def check_sent(orders):
    """A file is sent as it stands, or not at all where one of its events is wrong."""
    file = orders.installation.folder / "events.jsonl"
    send = ["send", str(file), "--topic", orders.installation.source]
    before = len(orders.source_records())
    file.write_text(json.dumps(invoice(1)) + "\n" + json.dumps(invoice(2, total="1,00")) + "\n" +
                    json.dumps(invoice(3), indent=2))
    said = orders.order(*send, code=DATA)
    assert (said["sent"], said["wrong"], said["faults"][0]["line"]) == (0, 1, 2), said
    assert len(orders.source_records()) == before, "nothing was sent"
    said = orders.order(*send, "--skip-wrong", code=DATA)
    assert (said["sent"], said["events"]) == (2, 3), said
    sent = [record for record in orders.source_records() if b"inv-" in record.value()]
    assert sorted(record.value() for record in sent) == sorted(
        (json.dumps(invoice(1)).encode(), json.dumps(invoice(3), indent=2).encode())), "to the byte"
    assert {record.key() for record in sent} == {f"{TENANT}/C-9".encode()}
    orders.until(lambda: orders.debts("C-9") == ["F-1", "F-3"])
    orders.order("send", str(file), "--topic", "nowhere", "--skip-wrong", code=NOT_THERE)


def told_of(said):
    return [(fate["line"], fate["fate"], fate.get("rule"), fate.get("path"))
            for fate in said["fates"]]


def check_said_again(orders, wait, conflict, lift):
    """Sent again, what does not count is no success: its dead letter is named while it is open."""
    file = pathlib.Path(wait[1])
    for event, debtor, rule, path, settled in ((conflict, "C-9", "CONFLICT", "id", "REFUSED"),
                                               (lift, "C-8", "UNKNOWN_OBJECT", "data.hold",
                                                "DUPLICATE")):
        file.write_text(json.dumps(event) + "\n")
        said = orders.order(*wait, code=FOUND)
        assert told_of(said) == [(1, "REFUSED", rule, path)], said
        letter, = [letter for letter in orders.letters()
                   if (letter.get("debtor"), letter["code"]) == (debtor, rule)]
        assert said["fates"][0]["letter"] == {"id": letter["id"], "state": "OPEN"}, said
        orders.order("dlq", "drop", letter["id"], "--topic", orders.installation.source)
        orders.until(lambda: orders.state_of(letter["id"]) == "SETTLED")
        # The end of what is not there stands now; the other body never does.
        said = orders.order(*wait, code=OK if settled == "DUPLICATE" else FOUND)
        assert said["fates"][0]["fate"] == settled, said
        assert said["fates"][0].get("letter", {}).get("state") in (None, "SETTLED"), said


def check_fates(orders):
    """Whoever waits is told what became of each event, at ingest and behind it."""
    file = orders.installation.folder / "fates.jsonl"
    wait = ["send", str(file), "--topic", orders.installation.source, "--wait"]

    def told(*events, code):
        file.write_text("".join(json.dumps(event) + "\n" for event in events))
        said = orders.order(*wait, code=code)
        return told_of(said)

    assert told(invoice(11), invoice(12), code=OK) == [
        (1, "ACCEPTED", None, None), (2, "ACCEPTED", None, None)]
    lift = dict(invoice(0), id="lift-1", type="io.relance.hold.lifted.v1", debtor="C-8",
                data={"hold": "H-none"})
    lift.pop("creditor")
    command = dict(invoice(0), id="o-9", type="io.relance.command.issued.v1", debtor="C-8",
                   data={"command": "o-9", "kind": "LIFT_HOLD", "actor": "u-1",
                         "payload": {"hold": "H-none"}})
    assert told(invoice(11), invoice(11), invoice(13), dict(invoice(12), time="2020-02-01T08:00:00Z"),
                invoice(12, total="11.00"), dict(invoice(14), tenant="other"), lift, command,
                code=FOUND) == [
        (1, "DUPLICATE", None, None), (2, "DUPLICATE", None, None),
        (3, "ACCEPTED", None, None), (4, "DUPLICATE", None, None),
        (5, "REFUSED", "CONFLICT", "id"), (6, "DEAD_LETTER", "WRONG_TENANT", "tenant"),
        (7, "REFUSED", "UNKNOWN_OBJECT", "data.hold"), (8, "REFUSED", "UNKNOWN_OBJECT", None)]
    check_said_again(orders, wait, invoice(12, total="11.00"), lift)
    assert told(invoice(12), code=OK) == [(1, "DUPLICATE", None, None)], "the first one counts"
    # What came too late does not count, and nobody may take it for a success.
    older = dict(invoice(12), id="inv-older", time="2020-02-01T08:00:00Z")
    assert told(older, code=FOUND) == [(1, "STALE", None, None)]
    assert "later time" in orders.order(*wait, code=FOUND)["fates"][0]["remedy"]
    orders.installation.kill("scenario")
    assert told(invoice(15), code=UNAVAILABLE) == [(1, "TAKEN", None, None)]
    orders.installation.kill("ingest")
    assert told(invoice(16), code=UNAVAILABLE) == [(1, "UNKNOWN", None, None)]
    for worker in ("ingest", "scenario"):
        orders.installation.start(worker)


def check_letters_without_debtor(orders):
    """What nobody can be held for is settled all the same: none is left open for ever."""
    def open_letters():
        return {letter["id"]: letter["code"]
                for letter in orders.order("dlq", "list", "--open")["letters"]
                if not letter.get("debtor")}

    def send_raw(text):
        before = open_letters()
        producer = Producer({"bootstrap.servers": orders.installation.environment[
            "RELANCE_KAFKA_BOOTSTRAP_SERVERS"]})
        producer.produce(orders.installation.source, key=TENANT, value=text)
        assert producer.flush(10) == 0
        orders.until(lambda: len(open_letters()) > len(before))
        letter, = set(open_letters()) - set(before)
        return letter

    dropped, corrected = send_raw("no json"), send_raw('{"kunde":"C-9"}')
    # As it was, it would only be one letter more.
    said = orders.order("dlq", "replay", dropped, code=DATA)
    assert "NOT_JSON" in said["error"] and len(open_letters()) >= 2, said
    said = orders.order("dlq", "drop", dropped, "--actor", "u-3")
    assert said["settled"] and dropped not in open_letters(), said
    shown, = [letter for letter in orders.letters() if letter["id"] == dropped]
    assert (shown["state"], shown["settled_by"]) == ("SETTLED", "u-3"), shown
    file = orders.installation.folder / "corrected.json"
    file.write_text(json.dumps(invoice(31)))
    # Whoever does not wait does not know whether it counts: the letter stays until somebody asks.
    said = orders.order("dlq", "replay", corrected, "--file", str(file), "--no-wait")
    assert not said["settled"] and corrected in open_letters(), said
    orders.until(lambda: "F-31" in orders.debts("C-9"))
    said = orders.order("dlq", "replay", corrected, "--file", str(file))
    assert (said["record"]["fate"], said["settled"]) == ("DUPLICATE", True), said
    for letter in open_letters():
        orders.order("dlq", "drop", letter)
    assert open_letters() == {}


def check_nobody_answers(orders):
    orders.installation.kill("scenario")
    at = ["--tenant", TENANT, "--topic", orders.installation.source]
    said = orders.order("command", "kill-switch", *at, "--payload", '{"on":false}',
                        code=UNAVAILABLE)
    assert said["answer"] is None and said["command"], said


def main():
    orders = Orders(sys.argv[1], "system")
    failed = True
    try:
        for worker in ("ingest", "scenario", "audit"):
            orders.installation.start(worker)
        check_only_published_bundles(orders, sys.argv[2])
        check_answers(orders)
        check_told(orders)
        check_sent(orders)
        check_fates(orders)
        check_letters_without_debtor(orders)
        check_nobody_answers(orders)
        print("only a published bundle becomes active, whoever orders is answered")
        failed = False
    finally:
        orders.installation.close(show_logs=failed)


if __name__ == "__main__":
    main()
