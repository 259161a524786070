#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How much memory each worker holds at rest: started, every partition owned and restored, a bundle active,
nothing to do; and again after it has worked. Fails when one holds more than it may.

usage: rest.py BUILD [--partitions N] [--events N] [--detail]
       (the stack's env file must be sourced)
  --detail   what the memory is: heap, libraries, ... (from /proc/<pid>/smaps)
"""
import argparse
import collections
import pathlib
import re
import sys
import time

import backlog
import machine
import plant
import table

from installation import ALL_WORKERS, ALSO, Installation, ask  # noqa: E402  (plant knows where)

BUNDLE = plant.ROOT / "deploy/bundles/demo"
BEGIN = "2026-01-01T00:00:00Z"
PATIENCE_S = 200
DEBTORS = 2000
QUIET_S = 5
# What a pod of a small installation is given, less what it needs when it works. Notifier and audit
# have a client of SMTP or of PostgreSQL with TLS, and what these load.
LIMIT_MIB = 24
LIMITS_MIB = {"notifier": 32, "audit": 32}
# After work a worker also keeps the tables of a whole batch, and for a minute the keys it has opened.
WORKED_MIB = 16
MAPPING = re.compile(r"^[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ \S+\s*(.*)")


def limits_mib(worker):
    """(at rest, after work)."""
    limit = LIMITS_MIB.get(worker, LIMIT_MIB)
    return limit, limit + WORKED_MIB


def resident_mib(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s*(\d+)", text).group(1)) / 1024


def detail(pid, binary):
    """MiB by kind of mapping, the largest first."""
    kinds, kind = collections.Counter(), ""
    for text in pathlib.Path(f"/proc/{pid}/smaps").read_text().splitlines():
        mapping = MAPPING.match(text)
        if mapping:
            path = pathlib.Path(mapping.group(1))
            kind = ("the program" if path.name == binary else path.name.split(".so")[0]
                    if ".so" in path.name else path.name or "heaps of threads, arenas, stacks")
        elif text.startswith("Rss:"):
            kinds[kind] += int(text.split()[1]) / 1024
    return ", ".join(f"{kind} {mib:.1f}" for kind, mib in kinds.most_common() if mib >= 0.3)


class Watched(Installation):
    def processed(self, worker):
        """Records so far, by its own count."""
        return machine.Page(self.ports[worker]).metrics().get("loop_events", 0)

    def settle(self):
        """Every worker is ready, and nothing happens any more."""
        deadline, seen = time.monotonic() + PATIENCE_S, None
        for worker in ALL_WORKERS:
            while ask(self.ports[worker], "/readyz")[0] != 200:
                assert time.monotonic() < deadline, f"{worker} does not become ready"
                time.sleep(0.2)
        while (now := [self.processed(worker) for worker in ALL_WORKERS]) != seen:
            assert time.monotonic() < deadline, "the workers do not come to rest"
            seen = now
            time.sleep(QUIET_S)

    def held_mib(self):
        return {worker: resident_mib(self.processes[worker, 0].pid) for worker in ALL_WORKERS}


def look(arguments, installation):
    """(at rest, after work), MiB by worker."""
    installation.start_all(ALSO)
    installation.activate(BUNDLE, BEGIN)
    installation.settle()
    before, fresh = installation.processed("scenario"), installation.held_mib()
    assert before > 0, "the bundle did not come as far as scenario"
    plant.feed(installation.environment["RELANCE_KAFKA_BOOTSTRAP_SERVERS"], installation.source,
               backlog.Book(DEBTORS).backlog(arguments.events))
    installation.settle()
    done = installation.processed("scenario") - before
    assert done >= arguments.events, f"scenario worked off {done} of {arguments.events} events"
    return fresh, installation.held_mib()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--partitions", type=int, default=24, help="of every topic (default 24)")
    parser.add_argument("--events", type=int, default=60000, help="of the work (default 60000)")
    parser.add_argument("--detail", action="store_true", help="what the memory is")
    arguments = parser.parse_args()
    installation = Watched(arguments.build, backlog.TENANT, arguments.partitions, probes=True)
    failed = True
    try:
        looks = look(arguments, installation)
        print("\n".join(table.head("held, MiB", "at rest", "at most", "after work", "at most")))
        for worker in ALL_WORKERS:
            print(table.line(worker, *(f"{held[worker]:.1f} | {limit}" for held, limit in
                                       zip(looks, limits_mib(worker)))))
        for worker in ALL_WORKERS if arguments.detail else ():
            print(f"{worker}: " + detail(installation.processes[worker, 0].pid,
                                         pathlib.Path(ALL_WORKERS[worker]).name))
        failed = False
    finally:
        installation.close(show_logs=failed)
    above = [worker for worker in ALL_WORKERS
             if any(held[worker] > limit for held, limit in zip(looks, limits_mib(worker)))]
    if above:
        sys.exit(f"more memory than they may hold: {', '.join(above)}; --detail says what it is")


if __name__ == "__main__":
    main()
