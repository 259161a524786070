#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every command of relancectl: its help has an example, a typing error is told apart, answers with
--json are one JSON object, exit codes are the documented ones, and where no server answers a clear
line comes within 10 s. Needs no servers.

usage: test_relancectl_manners.py RELANCECTL SOURCE_FOLDER
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

OK, FOUND, USAGE, DATA, NOT_THERE, UNAVAILABLE, CONFIG = 0, 1, 64, 65, 66, 69, 78
CODES = {OK, FOUND, USAGE, DATA, NOT_THERE, UNAVAILABLE, 70, CONFIG}
LIMIT_S = 10
AWAY = "127.0.0.1:1"

# A right command line for each command; what is not named has no arguments.
ARGUMENTS = {
    "bundle check": ["{source}/deploy/bundles/standard-fr"],
    "bundle publish": ["{source}/deploy/bundles/standard-fr"],
    "bundle activate": ["0" * 64, "--tenant", "acme"],
    "check": ["{folder}/event.jsonl"],
    "command": ["kill-switch", "--tenant", "acme", "--payload", '{"on":true}'],
    "contact show": ["acme/C-1", "--tenant-keys", "{folder}"],
    "debtor show": ["acme/C-1"],
    "dlq drop": ["3f0c1d22a9b84e10"],
    "dlq replay": ["3f0c1d22a9b84e10"],
    "dlq show": ["3f0c1d22a9b84e10"],
    "case show": ["acme/C-1"],
    "dossier": ["acme/C-1", "--tenant-keys", "{folder}", "--out", "{folder}/dossier"],
    "explain": ["acme/C-1", "--on", "2026-03-02"],
    "import": ["{folder}/empty.csv", "--mapping", "{source}/tests/ledger/mapping.yaml"],
    "render": ["{source}/deploy/bundles/demo", "{source}/deploy/demo/cases/final.en.yaml"],
    "replay": ["{folder}/empty.jsonl"],
    "sample": ["--out", "{folder}/sample.jsonl"],
    "send": ["{folder}/event.jsonl"],
    "top": ["--once"],
    "try": ["{source}/deploy/try/open-items.csv", "--mapping", "{source}/deploy/try/mapping.yaml"],
}
OFFLINE = {"bundle check", "check", "import", "render", "sample", "try"}

EVENT = {"specversion": "1.0", "type": "io.relance.invoice.cancelled.v1", "id": "e-1", "source": "books",
         "time": "2026-03-02T09:15:00Z", "tenant": "acme", "debtor": "C-1", "creditor": "fr",
         "data": {"document": "F-1", "cancelled_on": "2026-03-02"}}

# Command lines that are wrong, and a word of what is said.
WRONG = [
    (["dlq", "lst"], "dlq"),
    (["explian", "acme/C-1"], "explain"),
    (["dlq", "list", "--limt", "3"], "--limt"),
    (["dlq", "list", "--limit", "none"], "--limit"),
    (["dlq", "list", "--limit", "0"], "--limit"),
    (["dlq", "list", "--limit"], "--limit"),
    (["dlq", "show"], "ID"),
    (["dlq", "show", "nothex"], "no id"),
    (["dlq", "show", "3f0c1d", "more"], "too many"),
    (["dlq", "drop", "3f0c1d22", "--time", "yesterday"], "--time"),
    (["debtor", "show", "acme"], "TENANT/DEBTOR"),
    (["debtor", "show", "ACME/C-1"], "TENANT/DEBTOR"),
    (["debtor", "show", "acme/C-1", "--on", "2026-02-30"], "--on"),
    (["explain", "acme/C-1", "--on", "today"], "--on"),
    (["explain"], "TENANT/DEBTOR"),
    (["explain", "acme/C-1", "--short"], "--document"),
    (["contact", "show", "acme", "--tenant-keys", "/"], "TENANT/DEBTOR"),
    (["contact", "show", "acme/C-1"], "--tenant-keys"),
    (["contact", "show", "acme/C-1", "--tenant-keys", "/", "--request", "0"], "--request"),
    (["case", "list", "--limit", "0"], "--limit"),
    (["case", "show", "acme"], "TENANT/DEBTOR"),
    (["dossier", "acme", "--tenant-keys", "/"], "TENANT/DEBTOR"),
    (["dossier", "acme/C-1"], "--tenant-keys"),
    (["dossier", "acme/C-1", "--cases", "K"], "--cases"),
    (["audit", "verify", "--wait", "-1"], "--wait"),
    (["worklist", "--limit", "0"], "--limit"),
    (["worklist", "--kind", "FOO"], "kinds are CALL, APPROVAL, REPAIR_CONTACT"),
    # What ingest would refuse, or what would be somebody else, is not sent.
    (["command", "plce-hold", "--tenant", "acme", "--debtor", "C-1"], "data.kind"),
    (["command", "lift-hold", "--tenant", "acme", "--debtor", "C-1", "--payload", '{"holds":"H-1"}'],
     "data.payload"),
    (["command", "lift-hold", "--tenant", "acme", "--debtor", "C-1"], "data.payload.hold"),
    (["command", "lift-hold", "--tenant", "acme", "--payload", '{"hold":"H-1"}'], "debtor"),
    (["command", "kill-switch", "--tenant", "acme", "--debtor", "C-1", "--payload", '{"on":true}'],
     "names no debtor"),
    (["command", "lift-hold", "--tenant", "acme", "--debtor", "acme/C-1", "--payload",
      '{"hold":"H-1"}'], "C-1"),
    (["command", "kill-switch", "--tenant", "ACME", "--payload", '{"on":true}'], "tenant"),
    (["command", "kill-switch", "--tenant", "acme", "--payload", "[1]"], "payload"),
    (["audit", "verfy"], "audit verify"),
    (["replay", "events.jsonl", "--with", "scoring,nobody"], "--with"),
    (["sample", "--debtors", "79"], "--debtors"),
    (["send", "--time", "noon"], "--time"),
    (["try"], "AGED-BALANCE.csv"),
    (["try", "a.csv", "--mapping", "m.yaml", "--on", "2026-02-30"], "--on"),
    (["try", "a.csv", "--mapping", "m.yaml", "--law", "US"], "--law"),
]


class Tool:
    def __init__(self, binary, source, folder):
        self.binary, self.source, self.folder = binary, source, folder
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("RELANCE_")}
        self.environment.update(RELANCE_KAFKA_BOOTSTRAP_SERVERS=AWAY, RELANCE_REDIS_HOST="127.0.0.1",
                                RELANCE_REDIS_PORT="1",
                                RELANCE_POSTGRES_DSN="postgresql://nobody@127.0.0.1:1/none")

    def run(self, *arguments, **environment):
        began = time.monotonic()
        done = subprocess.run([self.binary, *arguments], capture_output=True, text=True,
                              env=dict(self.environment, **environment), timeout=60)
        done.seconds = time.monotonic() - began
        assert done.returncode in CODES, f"{arguments}: exit {done.returncode}\n{done.stderr}"
        return done

    def arguments(self, command):
        return [*command.split(),
                *(a.replace("{source}", self.source).replace("{folder}", self.folder)
                  for a in ARGUMENTS.get(command, []))]


def commands_of(tool):
    done = tool.run("--help")
    assert done.returncode == OK and "Exit codes" in done.stdout
    lines = [line for line in done.stdout.splitlines() if line.startswith("  ")]
    return [line[2:20].strip() for line in lines]


def check_help(tool, command):
    done = tool.run(*command.split(), "--help")
    assert done.returncode == OK, f"{command} --help: exit {done.returncode}"
    assert f"relancectl {command}: " in done.stdout and "usage:" in done.stdout, done.stdout
    example = done.stdout.split("example:\n")[1].strip()
    assert example.startswith(f"relancectl {command}"), example
    for word in example.split():
        assert not word.startswith("deploy/") or (pathlib.Path(tool.source) / word).exists(), word
    assert done.seconds < 2


def check_kinds(tool):
    """Whoever asks how to order something is told what there is, each as it may be typed."""
    said = tool.run("command", "--help").stdout
    contract = (pathlib.Path(tool.source) / "proto/README.md").read_text(encoding="utf-8")
    table = contract.split("| kind | payload |")[1].split("\n\n")[0]
    kinds = {kind for row in table.splitlines()[2:]
             for kind in re.findall(r"`([A-Z_]+)`", row.split("|")[1])}
    assert len(kinds) > 20, kinds
    listed = said.split("KIND, with")[1].split("\n\nexample")[0].split("\n", 1)[1].split()
    assert {kind.upper().replace("-", "_") for kind in listed} == kinds, (listed, kinds)


def check_unknown_option(tool, command):
    done = tool.run(*tool.arguments(command), "--no-such-option", "--json")
    assert done.returncode == USAGE, f"{command}: exit {done.returncode}"


def check_json(tool, command):
    """Without servers: one JSON object, the documented exit code, in time; the same as a line."""
    done = tool.run(*tool.arguments(command), "--json")
    answer = json.loads(done.stdout)
    assert isinstance(answer, dict), done.stdout
    assert done.seconds < LIMIT_S, f"{command}: {done.seconds:.1f} s"
    if command not in OFFLINE:
        assert done.returncode == UNAVAILABLE, f"{command}: exit {done.returncode} {done.stdout}"
        assert answer["exit"] == UNAVAILABLE and AWAY.split(":")[0] in answer["error"], answer
        text = tool.run(*tool.arguments(command))
        lines = text.stderr.strip().splitlines()
        assert text.returncode == UNAVAILABLE and len(lines) == 1, f"{command}: {text.stderr}"
        assert lines[0].startswith("relancectl: "), lines
        assert text.seconds < LIMIT_S, f"{command}: {text.seconds:.1f} s"


def check_wrong(tool, case):
    arguments, word = case
    done = tool.run(*arguments)
    assert done.returncode == USAGE, f"{arguments}: exit {done.returncode} {done.stderr}"
    assert word in done.stderr, f"{arguments}: {done.stderr}"
    done = tool.run("--json", *arguments)
    assert json.loads(done.stdout)["exit"] == USAGE


def check_configuration(tool):
    done = tool.run("dlq", "list", RELANCE_KAFKA_BOTSTRAP="x")
    assert done.returncode == CONFIG, f"an unknown setting: exit {done.returncode}"
    done = tool.run("explain", "acme/C-1", RELANCE_POSTGRES_DSN="postgresql://u@h/d?nosuch=1")
    assert done.returncode == CONFIG, f"a wrong connection string: exit {done.returncode}"


def main():
    with tempfile.TemporaryDirectory() as folder:
        tool = Tool(sys.argv[1], sys.argv[2], folder)
        for name in ("empty.csv", "empty.jsonl"):
            open(os.path.join(folder, name), "w").close()
        with open(os.path.join(folder, "event.jsonl"), "w") as file:
            json.dump(EVENT, file)
        commands = commands_of(tool)
        assert {"dlq list", "audit verify", "debtor show", "explain"} <= set(commands), commands
        with ThreadPoolExecutor(8) as pool:
            checks = [pool.submit(check, tool, command) for command in commands
                      for check in (check_help, check_unknown_option, check_json)]
            checks += [pool.submit(check_wrong, tool, case) for case in WRONG]
            checks.append(pool.submit(check_configuration, tool))
            checks.append(pool.submit(check_kinds, tool))
            failures = [c.exception() for c in checks if c.exception()]
        for failure in failures:
            print(type(failure).__name__, failure)
        assert not failures, f"{len(failures)} of {len(checks)} failed"
        print(f"{len(commands)} commands, {len(WRONG)} wrong command lines: as documented")


if __name__ == "__main__":
    main()
