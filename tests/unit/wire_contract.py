#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The contract seen from outside: schema, headers, golden records and proto/README.md agree."""
import importlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = sorted(ROOT.glob("proto/relance/v1/*.proto"))
MESSAGES = {  # folder of golden records: file and message of the schema
    "audit_record": ("audit", "AuditRecord"),
    "bundle_record": ("bundle", "BundleRecord"),
    "checkpoint": ("state", "Checkpoint"),
    "command": ("command", "Command"),
    "contact_request": ("contact_request", "ContactRequest"),
    "dead_letter": ("dead_letter", "DeadLetter"),
    "debtor_event": ("debtor_event", "DebtorEvent"),
    "debtor_fact": ("debtor_fact", "DebtorFact"),
    "legal_filing": ("legal_filing", "LegalFiling"),
    "legal_inbox": ("legal_inbox", "LegalInbox"),
    "reference": ("reference", "ReferenceEvent"),
}


def enums(text, opening, member):
    """{name: {member: number}} of every enumeration in the text."""
    found = {}
    for match in re.finditer(opening + r" \{\n(.*?)\n\}", text, re.S):
        found[match.group(1)] = {m: int(n) for m, n in re.findall(member, match.group(2))}
    return found


def snake(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class Contract(unittest.TestCase):
    def test_headers_and_schema_have_the_same_enumerators(self):
        headers = "\n".join(p.read_text() for p in sorted(ROOT.glob("common/wire/*.h")))
        in_c = enums(headers, r"\nenum rlc_(\w+)", r"\bRLC_(\w+) = (\d+)")
        for path in SCHEMA:
            for name, members in enums(
                path.read_text(), r"\nenum (\w+)", r"\b([A-Z]\w+) = (\d+);"
            ).items():
                if snake(name) not in in_c and path.name.endswith("_state.proto"):
                    continue  # a worker's own records are not of common/wire
                ours = dict(in_c.get(snake(name), {}))
                ours.pop(snake(name).upper() + "_ALL", None)  # a union of bits
                ours.setdefault(snake(name).upper() + "_UNSPECIFIED", 0)
                self.assertEqual(ours, members, name)

    def test_stored_messages_have_no_oneof_and_no_map_and_enumerations_start_unspecified(self):
        for path in SCHEMA:
            text = re.sub(r"//.*", "", path.read_text())
            self.assertNotRegex(text, r"\b(oneof|map\s*<)", path.name)
            for name, members in enums(text, r"\nenum (\w+)", r"\b([A-Z]\w+) = (\d+);").items():
                self.assertEqual(members.get(snake(name).upper() + "_UNSPECIFIED"), 0, name)

    def test_golden_records_are_whole_to_another_implementation(self):
        with tempfile.TemporaryDirectory() as folder:
            files = [str(p.relative_to(ROOT / "proto")) for p in SCHEMA]
            subprocess.run(
                ["protoc", "-I", ROOT / "proto", "--python_out", folder, *files], check=True
            )
            sys.path.insert(0, folder)
            count = 0
            for path in sorted((ROOT / "tests/golden").glob("*/*.hex")):
                module, message = MESSAGES[path.parent.name]
                kind = getattr(importlib.import_module(f"relance.v1.{module}_pb2"), message)
                data = bytes.fromhex(path.read_text())
                record = kind.FromString(data)
                self.assertEqual(len(record.UnknownFields()), 0, path)
                self.assertEqual(record.SerializeToString(deterministic=True), data, path)
                count += 1
            self.assertGreater(count, 100)

    def test_every_example_of_the_contract_page_is_a_valid_cloud_event(self):
        page = (ROOT / "proto/README.md").read_text()
        seen = set()
        for text in re.findall(r"```json\n(.*?)```", page, re.S):
            event = json.loads(text)
            for attribute in ("specversion", "type", "id", "source", "time", "tenant", "data"):
                self.assertIn(attribute, event)
            seen.add(event["type"])
        self.assertEqual(seen, set(re.findall(r"`(io\.relance\.[a-z_.]+\.v1)`", page)))


if __name__ == "__main__":
    unittest.main()
