#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""docs/CONFIGURATION.md and docs/METRICS.md are what the workers themselves print.

usage: reference.py BUILD [--write]      exit 1 and the difference when a page is out of date
"""
import argparse
import difflib
import pathlib
import subprocess
import sys

DOCS = pathlib.Path(__file__).parents[2] / "docs"
WORKERS = ["ingest", "scenario", "scoring", "legal-escalation", "notifier", "audit"]
NOTICE = "<!-- SPDX-License-Identifier: Apache-2.0 -->\n"
MADE = ("This page is made from the tables in the code: `tests/tidy/reference.py BUILD --write` "
        "writes it, and a test compares.\n")
CONFIGURATION = """# Configuration

Every worker reads the same settings, from a YAML file (`--config FILE`, or `RELANCE_CONFIG`) and from
variables, which win. A key that does not exist is refused with file, line, column and the nearest one
that does. Secrets may come from files: `redis.password_file`, `RELANCE_REDIS_PASSWORD_FILE`.

    relance-scenario --check-config    says what is wrong, connects nowhere
    relance-scenario --print-config    what is in force, where it came from, secrets masked

Durations are written `250ms`, `10s`, `5m`; a bare number is milliseconds.
"""
METRICS = """# Metrics

Each worker answers on `http.listen`: `/livez` (200 while its loop moves), `/readyz` (200, or 503 and
why not) and `/metrics` in Prometheus' text format. No label ever names a debtor.

What to watch first:

- `rlc_ready`, `rlc_not_ready`: who cannot work, and why not.
- `rlc_loop_behind_seconds`: how late a partition is. Offsets say nothing about time.
- `rate(rlc_loop_step_seconds_total[5m])` by `step`: where the time goes. `POLL` is idleness.
- `rlc_loop_rejected_total`, `rlc_audit_flaws_total`: somebody should look.
- `rlc_loop_fenced_total`, `rlc_loop_restores_total`: owners that changed, servers that were away.
- `rlc_notifier_waiting_contacts` by `wait`: why mails do not leave.

Besides these, each process tells `rlc_ready` (1 when `/readyz` answers 200), `rlc_not_ready{check}` (one series
for each thing that `/readyz` names: a partition `topic/3`, `redis`, `kafka`, `loop`, ...),
`rlc_build_info{version,commit,worker}`, `process_cpu_seconds_total`, `process_resident_memory_bytes`,
`process_virtual_memory_bytes`, `process_open_fds`, `process_max_fds` and `process_start_time_seconds`.

A partition that stands, or is being restored, has no `rlc_loop_behind_seconds`: nobody knows how late it is. Watch
`rlc_ready` beside it, and `up`.
"""


def table(build, worker, option):
    """The lines of a table that a worker prints, its two lines of head first."""
    binary = pathlib.Path(build) / f"services/{worker.replace('-', '_')}/relance-{worker}"
    return subprocess.run([binary, option], check=True, capture_output=True,
                          text=True).stdout.splitlines()


def page(build, option, preface):
    """Rows that all workers share, then each worker's own."""
    tables = {worker: table(build, worker, option) for worker in WORKERS}
    shared = [row for row in tables[WORKERS[0]] if all(row in rows for rows in tables.values())]
    parts = [NOTICE + preface, MADE, "## Every worker\n", "\n".join(shared) + "\n"]
    for worker, rows in tables.items():
        own = [row for row in rows if row not in shared]
        if own:
            parts += [f"## {worker}\n", "\n".join(shared[:2] + own) + "\n"]
    return "\n".join(parts)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    stale = False
    for name, option, preface in (("CONFIGURATION.md", "--document-config", CONFIGURATION),
                                  ("METRICS.md", "--document-metrics", METRICS)):
        path, text = DOCS / name, page(arguments.build, option, preface)
        if arguments.write:
            path.write_text(text, encoding="utf-8")
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        if old != text:
            stale = True
            sys.stdout.writelines(difflib.unified_diff(
                old.splitlines(True), text.splitlines(True), name, "printed by the workers"))
    sys.exit(1 if stale else 0)


if __name__ == "__main__":
    main()
