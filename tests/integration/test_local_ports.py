#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The local stack next to servers that are not its own: it says whose they are, and speaks to none of them.

usage: test_local_ports.py
"""
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

LOCAL = pathlib.Path(__file__).resolve().parents[2] / "deploy/local"
START_LIMIT_S = 60


def redis_pong(_):
    return b"+PONG\r\n"


def postgres_asks_for_a_password(said):
    """Behind the question whether it speaks TLS: no."""
    return b"N" if said == bytes.fromhex("0000000804d2162f") else b"R\0\0\0\x08\0\0\0\x03"


def silence(_):
    return b""

class Stranger:
    """A server of this test, good enough for the probes of the stack."""

    def __init__(self, answer):
        self.answer = answer
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            with client:
                try:
                    while said := client.recv(4096):
                        client.sendall(self.answer(said))
                except OSError:
                    pass  # it has left

    def close(self):
        self.socket.close()


class LocalPorts(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="relance-ports-", dir="/var/tmp"))
        self.folder.chmod(0o755)
        free = subprocess.run(["bash", "-c", f"source {LOCAL}/ports.sh && free_ports"], check=True,
                              capture_output=True, text=True).stdout
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith("RELANCE_")}
        self.environment.update(line.split("=") for line in free.splitlines())
        self.environment.update(RELANCE_LOCAL_DIR=str(self.folder),
                                RELANCE_READY_LIMIT_S=str(START_LIMIT_S))
        self.strangers = []

    def tearDown(self):
        for stranger in self.strangers:
            stranger.close()
        self.run_script("down.sh", "--wipe")
        shutil.rmtree(self.folder)

    def stranger(self, variable, answer):
        stranger = Stranger(answer)
        self.strangers.append(stranger)
        self.environment[variable] = str(stranger.port)
        return stranger

    def run_script(self, script, *arguments):
        return subprocess.run([LOCAL / script, *arguments], env=self.environment, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, check=False)

    def start_past_the_check(self, server):
        """As if the port had been taken between the check of all ports and the start of this server."""
        return subprocess.run(
            ["bash", "-c", f"source {LOCAL}/lib.sh; check_ports() {{ :; }}; "
             f"sql() {{ echo SQL WAS SAID; }}; lock_stack; start_servers {server}"],
            env=self.environment, text=True, stdin=subprocess.DEVNULL, capture_output=True,
            timeout=2 * START_LIMIT_S, check=False)

    def refused_with_the_remedy(self, done, variable, stranger):
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn(f"port {stranger.port} for ", done.stderr)
        self.assertIn(f"pid {os.getpid()} (", done.stderr)
        self.assertRegex(done.stderr, rf"choose another: {variable}=[0-9]+ ")
        self.assertNotIn("ready", done.stdout)

    def test_a_taken_port_is_named_with_its_owner_and_the_variable_that_chooses_another(self):
        for variable in ("RELANCE_KAFKA_PORT", "RELANCE_KAFKA_CONTROLLER_PORT", "RELANCE_SMTP_PORT"):
            stranger = self.stranger(variable, silence)
            self.refused_with_the_remedy(self.run_script("up.sh"), variable, stranger)
            self.environment[variable] = str(stranger.port + 1)
            stranger.close()

    def test_a_redis_that_is_not_its_own_is_not_ready(self):
        stranger = self.stranger("RELANCE_REDIS_PORT", redis_pong)
        self.refused_with_the_remedy(self.start_past_the_check("redis"), "RELANCE_REDIS_PORT", stranger)

    def test_a_postgres_that_is_not_its_own_hears_no_sql(self):
        stranger = self.stranger("RELANCE_POSTGRES_PORT", postgres_asks_for_a_password)
        done = self.start_past_the_check("postgres")
        self.refused_with_the_remedy(done, "RELANCE_POSTGRES_PORT", stranger)
        self.assertNotIn("SQL", done.stdout)

    def test_what_it_began_is_stopped_so_that_the_next_try_may_choose_all_ports(self):
        self.stranger("RELANCE_POSTGRES_PORT", postgres_asks_for_a_password)
        self.start_past_the_check("smtp postgres")
        self.assertEqual(self.run_script("server.sh", "smtp", "pid").returncode, 1)

    def test_its_own_server_is_ready(self):
        done = self.run_script("server.sh", "redis", "start")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("redis     ready on 127.0.0.1:", done.stdout)
        self.assertRegex(self.run_script("status.sh").stdout, r"redis .* ready, pid [0-9]+")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
