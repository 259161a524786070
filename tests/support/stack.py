# SPDX-License-Identifier: Apache-2.0
"""A stack of its own for tests that restart servers: Kafka, Redis, PostgreSQL and the mail sink in a folder of
this checkout, on free ports, stopped and wiped at the end."""
import fcntl
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOCAL = ROOT / "deploy/local"


def server(name, action):
    """kill, start, stop or restart of a server of the stack that the environment names."""
    subprocess.run([LOCAL / "server.sh", name, action], check=True, capture_output=True, text=True)


class Stack:
    """Inside a `with` the environment names this stack; behind it the one that it named before."""

    def __init__(self, name):
        self.folder = ROOT / ".local" / name
        self.before = None
        self.lock = None

    def _run(self, script, *arguments):
        done = subprocess.run([LOCAL / script, *arguments], stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert done.returncode == 0, f"{script}: {done.returncode}\n{done.stdout}"

    def _take(self):
        self.folder.parent.mkdir(exist_ok=True)
        self.lock = open(self.folder.with_suffix(".lock"), "w")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"another run uses {self.folder}")

    def _choose_ports(self):
        printed = subprocess.run(["bash", "-c", f"source {LOCAL}/ports.sh && free_ports"],
                                 check=True, capture_output=True, text=True).stdout
        os.environ.update(line.split("=") for line in printed.splitlines())

    def start(self):
        self._run("up.sh")
        printed = subprocess.run(["bash", "-c", f"source {self.folder}/env && env -0"], check=True,
                                 capture_output=True, text=True).stdout
        os.environ.update(line.split("=", 1) for line in printed.split("\0")
                          if line.startswith("RELANCE_"))

    def wipe(self):
        if self.folder.exists():
            self._run("down.sh", "--wipe")
            shutil.rmtree(self.folder)

    def __enter__(self):
        self._take()
        self.before = dict(os.environ)
        os.environ["RELANCE_LOCAL_DIR"] = str(self.folder)
        os.environ.setdefault("RELANCE_KAFKA_HEAP", "512m")
        os.environ.setdefault("RELANCE_READY_LIMIT_S", "240")
        self.wipe()  # of a run that was killed
        self._choose_ports()
        return self

    def __exit__(self, kind, *_):
        if kind and (self.folder / "logs").exists():
            kept = tempfile.mkdtemp(prefix="relance-servers-")
            shutil.copytree(self.folder / "logs", kept, dirs_exist_ok=True)
            print(f"logs of the servers: {kept}")
        self.wipe()
        os.environ.clear()
        os.environ.update(self.before)
        self.lock.close()
