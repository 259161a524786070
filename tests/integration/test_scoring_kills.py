#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The first weeks of the demonstration's portfolio twice on real servers: undisturbed, and with workers
killed all the time, scoring among them. Every debtor's scores are the same ones, each is said once, and
the trail holds them.

usage: test_scoring_kills.py BUILD SOURCE_FOLDER [LAST_DAY [KILLS [SEED]]]
"""
import pathlib
import random
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
import contract  # noqa: E402
from installation import Installation, Killer  # noqa: E402

TENANT = "acme"
BEGIN = "2025-01-01T00:00:00Z"
LAST_DAY = "2025-02-10"
KILLS = 25
DAY_MS = 86400000
KEY = "5c" * 64


def said_of(record, score):
    """A score, without its place in the log and the time of day, which are those of its cause."""
    return (record.envelope.source_event_id, record.envelope.entity_revision,
            record.decided_at_ms // DAY_MS, score.document, score.model, score.band, score.late_ppm,
            score.delay_days, tuple((reason.code, reason.weight_ppm) for reason in score.reasons))


def scores_of(installation, audits, events):
    """{debtor: its scores in order}, out of scoring.audit; debtor-events must say the same ones."""
    scores, ids = {}, {}
    for message in installation.committed("scoring.audit"):
        record = audits.AuditRecord.FromString(message.value())
        debtor = record.envelope.debtor
        scores.setdefault(debtor, []).append(said_of(record, record.scored))
        ids.setdefault(debtor, []).append(record.envelope.source_event_id)
    said = {}
    for message in installation.committed("debtor-events"):
        event = events.DebtorEvent.FromString(message.value())
        if event.HasField("score_changed"):
            said.setdefault(event.envelope.debtor, []).append(event.envelope.source_event_id)
    assert said == ids, "debtor-events and scoring.audit tell of different scores"
    for debtor, names in ids.items():
        assert len(names) == len(set(names)), f"{debtor}: a score was said twice"
    return scores


def live(build, bundle, events, last_day, kills, seed, kinds):
    # One key, so that natural persons have the same pseudonyms in both lives.
    installation = Installation(build, TENANT, keys=(KEY, []))
    fine = False
    try:
        installation.start_all(["scoring"])
        installation.activate(bundle, BEGIN)
        # A notifier that dies leaves outcomes that nobody knows, and those count as no contact.
        killer = Killer(installation, kills, random.Random(seed), spare={"notifier"})
        killer.start()
        print(installation.replay(events, "--to", last_day)[0])
        print(f"{killer.stop()} kills")
        installation.control("audit", "verify", "--at-rest", "--wait", "60")
        scores = scores_of(installation, *kinds)
        fine = True
        return scores, killer.done
    finally:
        installation.close(show_logs=not fine)


def main():
    build, source = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    last_day = sys.argv[3] if len(sys.argv) > 3 else LAST_DAY
    kills = int(sys.argv[4]) if len(sys.argv) > 4 else KILLS
    seed = int(sys.argv[5]) if len(sys.argv) > 5 else random.randrange(1 << 32)
    print("seed", seed)
    kinds = contract.load("audit", "debtor_event")
    bundle, events = source / "deploy/bundles/demo", build / "scoring-events.jsonl"
    subprocess.run([build / "services/relancectl/relancectl", "sample", "--out", events], check=True)
    calm, _ = live(build, bundle, events, last_day, 0, seed, kinds)
    assert sum(map(len, calm.values())) > 100, "too few scores to compare"
    killed, done = live(build, bundle, events, last_day, kills, seed, kinds)
    assert done > 0
    others = [debtor for debtor in sorted(calm.keys() | killed.keys())
              if calm.get(debtor) != killed.get(debtor)]
    assert not others, f"{len(others)} debtors differ, for example {others[:3]}: " \
        f"{calm.get(others[0])} and {killed.get(others[0])}"
    print(f"{sum(map(len, calm.values()))} scores of {len(calm)} debtors are the same")


if __name__ == "__main__":
    main()
