#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Redis and Kafka away under load, one at a time: the worker waits and says why, stays alive, and
goes on by itself; nothing is lost or doubled. Kills and starts the servers of the local stack that
RELANCE_LOCAL_DIR names.

usage: test_servers_away.py COUNTER_BINARY [SECONDS_AWAY]
"""
import json
import os
import pathlib
import random
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

from loop_lab import SKIPPED, Lab
from test_loop_kills import check

SERVER = pathlib.Path(__file__).parents[2] / "deploy/local/server.sh"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except urllib.error.URLError:
        return 0, "nobody listens"


def until(port, ready, seconds):
    deadline = time.monotonic() + seconds
    while True:
        status, body = ask(port, "/readyz")
        assert ask(port, "/livez")[0] == 200, "/livez is not green"
        if (status == 200) == ready:
            return body
        assert time.monotonic() < deadline, f"/readyz stayed {status}: {body}"
        time.sleep(0.2)


def publish(lab, sent, count, chance):
    for _ in range(count):
        key, number = f"s{chance.randrange(20)}", chance.randrange(1000)
        lab.publish(key, f"add {number}")
        sent.append((key, number))


def away(lab, port, server, seconds, sent, chance):
    publish(lab, sent, 2000, chance)
    subprocess.run([SERVER, server, "kill"], check=True, capture_output=True)
    gone = time.monotonic()
    body = until(port, False, 60)
    whys = [one["why"] for one in json.loads(body)["checks"] if not one["ok"]]
    while time.monotonic() - gone < seconds:
        assert ask(port, "/livez")[0] == 200, "/livez is not green"
        time.sleep(0.5)
    subprocess.run([SERVER, server, "start"], check=True, capture_output=True)
    back = time.monotonic()
    publish(lab, sent, 500, chance)
    lab.producer.flush(120)
    until(port, True, 120)
    print(f"{server} away for {seconds} s: alive, not ready ({whys[0]}), ready again "
          f"{time.monotonic() - back:.1f} s after its start")


def main():
    if not os.environ.get("RELANCE_LOCAL_DIR"):
        print("SKIPPED: no local stack")
        sys.exit(SKIPPED)
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    lab = Lab(sys.argv[1], 3)
    sent, chance, port, failed = [], random.Random(3), free_port(), True
    lab.environment["RELANCE_HTTP_LISTEN"] = f"127.0.0.1:{port}"
    try:
        lab.start(0)
        while ask(port, "/livez")[0] == 0:
            time.sleep(0.1)
        until(port, True, 30)
        for server in ("redis", "kafka"):
            away(lab, port, server, seconds, sent, chance)
        check(lab.committed("facts", len(sent)), sent)
        print(f"{len(sent)} events: each counted once")
        failed = False
    finally:
        if failed:
            for name in lab.logs.values():
                print(f"--- {name}\n" + "".join(open(name).readlines()[-15:]))
        lab.close()


if __name__ == "__main__":
    main()
