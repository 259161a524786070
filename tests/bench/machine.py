# SPDX-License-Identifier: Apache-2.0
"""What the machine says about processes: processor time, memory, and who else works on it."""
import collections
import os
import pathlib
import platform
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
METRIC = re.compile(r"^rlc_(\w+?)_total (\d+)", re.M)

Sample = collections.namedtuple("Sample", "at_s cpu_s busy_s")


def _stat_of(pid):
    """(parent, seconds) of a process, its finished children included; None if it is gone."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None
    return int(fields[1]), sum(map(int, fields[11:15])) / TICKS_PER_S


def _family(pid):
    """The process and its children: PostgreSQL has one for each connection."""
    stats = {int(p.name): _stat_of(p.name) for p in pathlib.Path("/proc").glob("[0-9]*")}
    return sum(stat[1] for p, stat in stats.items() if stat and (p == pid or stat[0] == pid))


def busy_s():
    """Processor seconds of the whole machine that were not idle."""
    with open("/proc/stat", encoding="ascii") as file:
        fields = list(map(int, file.readline().split()[1:9]))
    return (sum(fields) - fields[3] - fields[4]) / TICKS_PER_S


def sample(pids):
    """Processor seconds by name, of {name: pid}, and of the machine, now; "loop" is that part of
    "worker" that its main thread spent."""
    cpu_s = {name: _family(pid) if name == "postgres" else _stat_of(pid)[1]
             for name, pid in pids.items()}
    cpu_s["loop"] = _stat_of(f"{pids['worker']}/task/{pids['worker']}")[1]
    return Sample(time.monotonic(), cpu_s, busy_s())


def peak_mb(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s*(\d+)", text).group(1)) / 1024


def pids(**more):
    """{name: pid} of the stack's servers, of this program and of what is given."""
    run = pathlib.Path(os.environ["RELANCE_LOCAL_DIR"]) / "run"
    servers = {name: int((run / f"{name}.pid").read_text())
               for name in ("kafka", "redis", "postgres")}
    return {**servers, "bench": os.getpid(), **more}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Page:
    """The HTTP pages of a worker."""

    def __init__(self, port):
        self.port = port

    def get(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""  # not there yet

    def metrics(self):
        return {name: int(value) for name, value in METRIC.findall(self.get("/metrics")[1])}

    def step(self):
        found = re.search(r'"step":"(\w+)"', self.get("/livez")[1])
        return found.group(1) if found else "?"

    def is_ready(self):
        return self.get("/readyz")[0] == 200


def redis(*words):
    return subprocess.run(["redis-cli", "-p", os.environ["RELANCE_REDIS_PORT"], *words],
                          capture_output=True, check=True).stdout


def redis_bytes():
    return int(re.search(rb"used_memory:(\d+)", redis("INFO", "memory")).group(1))


def first_line(*command):
    return subprocess.run(command, capture_output=True, text=True).stdout.splitlines()[0].strip()


def facts(build):
    """[(what, value)] for the foot of the table."""
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s*(\d+)", pathlib.Path("/proc/meminfo").read_text())
    version = subprocess.run([build / "services/scenario/relance-scenario", "--version"],
                             capture_output=True, text=True).stdout
    broker = pathlib.Path(f"/proc/{pids()['kafka']}/cmdline").read_text().split("\0")
    jars = pathlib.Path(broker[broker.index("-cp") + 1].rstrip("*")).glob("kafka-clients-*.jar")
    return [
        ("date", time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())),
        ("processor", f"{os.cpu_count()} x {cpu.group(1) if cpu else platform.machine()}"),
        ("memory", f"{int(memory.group(1)) / 2**20:.0f} GiB"),
        ("system", f"{platform.system()} {platform.release()}"),
        ("kafka", next((jar.stem.rsplit("-", 1)[1] for jar in jars), "?") + ", one broker"),
        ("redis", re.search(r"v=(\S+)", first_line("redis-server", "--version")).group(1)),
        ("postgres", first_line("psql", "--version").split()[2]),
        ("librdkafka", re.search(r"librdkafka: (\S+)", version).group(1)),
        ("relance", version.splitlines()[0]),
    ]
