# SPDX-License-Identifier: Apache-2.0
"""A whole installation on the servers of the local stack: topics, keys, workers as processes, the
replay of a file of events. Shared by tests that live through a portfolio."""
import hashlib
import os
import pathlib
import random
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

import psycopg2
from confluent_kafka import Consumer, TopicPartition

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "chaos"))
from smtp_sink import Sink  # noqa: E402

SKIPPED = 77
WORKERS = {
    "ingest": "services/ingest/relance-ingest",
    "scenario": "services/scenario/relance-scenario",
    "notifier": "services/notifier/relance-notifier",
    "audit": "services/audit/relance-audit",
}
# What an installation may do without.
ALSO = {
    "scoring": "services/scoring/relance-scoring",
    "legal-escalation": "services/legal_escalation/relance-legal-escalation",
}
ALL_WORKERS = dict(WORKERS, **ALSO)


class Killer(threading.Thread):
    """kill -9 of a random worker every so often, started again at once; but not of those spared."""

    def __init__(self, installation, kills, chance, every=(0.3, 2.0), spare=()):
        super().__init__(daemon=True)
        self.spare = spare
        self.installation, self.kills, self.chance, self.every = installation, kills, chance, every
        self.done, self.over = 0, threading.Event()

    def run(self):
        while self.done < self.kills and not self.over.wait(self.chance.uniform(*self.every)):
            worker, ordinal = self.chance.choice(
                sorted(one for one in self.installation.processes if one[0] not in self.spare))
            self.installation.kill(worker, ordinal)
            self.installation.start(worker, ordinal)
            self.done += 1

    def stop(self):
        self.over.set()
        self.join()
        return self.done


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(port, path):
    """What a worker answers: status (0 = nobody listens) and text."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def read_topic(servers, topic):
    """Every committed record of a topic, by its whole name, up to its end."""
    reader = Consumer({"bootstrap.servers": servers, "group.id": "eye",
                       "isolation.level": "read_committed", "enable.partition.eof": True,
                       "enable.auto.commit": False})
    partitions = reader.list_topics(topic, timeout=10).topics[topic].partitions
    reader.assign([TopicPartition(topic, partition, 0) for partition in partitions])
    ends = 0
    while ends < len(partitions):
        message = reader.poll(10)
        assert message is not None, f"{topic} does not end"
        if message.error():
            ends += 1
        else:
            yield message
    reader.close()


class Installation:
    """`keys`: those of another installation, see keys(); with them the same names are sealed to the
    same bytes. `probes`: each worker answers /livez and /readyz on a port, see `ports`. Mails go to
    a relay of its own, see `sink`."""

    def __init__(self, build, tenant, partitions=6, keys=None, prefix=None, clock="stepped",
                 probes=False):
        for name in ("RELANCE_KAFKA_BOOTSTRAP_SERVERS", "RELANCE_REDIS_PORT", "RELANCE_POSTGRES_DSN"):
            if not os.environ.get(name):
                print("SKIPPED: no local stack (source its env file)")
                sys.exit(SKIPPED)
        self.build = pathlib.Path(build)
        self.tenant = tenant
        self.partitions = partitions
        self.prefix = prefix or f"t{os.getpid()}x{random.randrange(10**6)}"
        self.source = f"{self.prefix}.source"
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="relance-"))
        self.processes = {}
        self.also = set() # of ALSO, who was started: a replay waits for them
        self.sink = Sink(self.folder / "relay")
        self.sink.__enter__()
        self.probes, self.ports = probes, {}
        for worker in WORKERS:
            self._give_port(worker)
        self._key_file().write_text(keys[0] if keys else secrets.token_hex(64))
        self._key_file().chmod(0o600)
        self._make_database()
        if keys:
            self._put_data_keys(keys[1])
        self.environment = dict(
            os.environ, RELANCE_INSTALLATION_TOPIC_PREFIX=self.prefix,
            RELANCE_INSTALLATION_NAME="test", RELANCE_HTTP_LISTEN="",
            RELANCE_KAFKA_SESSION_TIMEOUT_MS="6s",
            RELANCE_POSTGRES_DSN=self.dsn("RELANCE_POSTGRES_DSN"))
        self.connections = 8
        self.control("topics", "create", "--partitions", str(partitions), "--clock", clock,
                     "--source", self.source)

    def _key_file(self):
        return self.folder / f"{self.tenant}.key"

    def _make_database(self):
        """The trail belongs to one installation: its positions and chain heads mean that log."""
        sql = pathlib.Path(__file__).parents[2] / "deploy/sql"
        connection = psycopg2.connect(os.environ["RELANCE_POSTGRES_SUPERUSER_DSN"])
        connection.autocommit = True
        connection.cursor().execute(f"create database {self.prefix} owner relance_owner")
        connection.close()
        with psycopg2.connect(self.dsn("RELANCE_POSTGRES_OWNER_DSN")) as connection:
            for file in sorted(sql.glob("*.sql")):
                connection.cursor().execute(file.read_text())

    def _put_data_keys(self, rows):
        with psycopg2.connect(self.dsn("RELANCE_POSTGRES_SUPERUSER_DSN")) as connection:
            connection.cursor().executemany(
                "insert into data_key (key_id, tenant, subject, wrapped) values (%s, %s, %s, %s)",
                rows)

    def keys(self):
        """The tenant's key and the data keys of all subjects."""
        with psycopg2.connect(self.dsn("RELANCE_POSTGRES_SUPERUSER_DSN")) as connection:
            cursor = connection.cursor()
            cursor.execute("select key_id, tenant, subject, wrapped from data_key")
            return self._key_file().read_text(), cursor.fetchall()

    def dsn(self, name):
        return os.environ[name].rsplit("/", 1)[0] + "/" + self.prefix

    def tool(self, *arguments):
        """The command line of relancectl."""
        return [self.build / "services/relancectl/relancectl", *arguments]

    def control(self, *arguments):
        done = subprocess.run(self.tool(*arguments), env=self.environment, capture_output=True,
                              text=True)
        if done.returncode != 0:
            raise AssertionError(f"relancectl {' '.join(arguments)}: {done.returncode}: "
                                 f"{done.stdout}{done.stderr}")
        return done.stdout

    def _environment_of(self, worker):
        environment = dict(self.environment)
        if worker == "ingest":
            environment["RELANCE_INGEST_SOURCES"] = f"{self.source} start=earliest"
            environment["RELANCE_INGEST_TENANTS"] = self.tenant
        if worker == "notifier":
            environment["RELANCE_SMTP_RELAYS"] = \
                f"127.0.0.1:{self.sink.port} tls=none connections={self.connections}"
            environment["RELANCE_SMTP_HELLO"] = "notifier.relance.test"
        if worker in ("ingest", "notifier"):
            environment["RELANCE_KEYS_TENANTS"] = str(self.folder)
            environment["RELANCE_POSTGRES_DSN"] = self.dsn("RELANCE_POSTGRES_DSN").replace(
                "relance_audit@", "relance_keys@")
        if worker in self.ports:
            environment["RELANCE_HTTP_LISTEN"] = f"127.0.0.1:{self.ports[worker]}"
        return environment

    def _give_port(self, worker):
        if self.probes:
            self.ports.setdefault(worker, free_port())

    def start(self, worker, ordinal=0, binary=None, **environment):
        self._give_port(worker)
        environment = dict(self._environment_of(worker), RELANCE_WORKER_ORDINAL=str(ordinal),
                           **environment)
        log = open(self.log_of(worker, ordinal), "ab")
        self.also |= {worker} & set(ALSO)
        self.processes[worker, ordinal] = subprocess.Popen(
            [self.build / (binary or ALL_WORKERS[worker])], env=environment, stderr=log)

    def log_of(self, worker, ordinal=0):
        return self.folder / f"{worker}-{ordinal}.log"

    def start_all(self, also=()):
        for worker in [*WORKERS, *also]:
            self.start(worker)

    def kill(self, worker, ordinal=0):
        process = self.processes.pop((worker, ordinal))
        process.kill()
        process.wait()

    def group(self, worker):
        return f"{self.prefix}.test.{worker}"

    def close(self, show_logs=False):
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
        self.sink.__exit__(None, None, None)
        if show_logs:
            for log in sorted(self.folder.glob("*.log")):
                print(f"--- {log.name}")
                print("".join(log.read_text().splitlines(keepends=True)[-12:]))

    def activate(self, folder, at):
        """Publishes and activates a bundle and sets every creditor live, at an instant."""
        output = self.control("bundle", "publish", str(folder))
        bundle = next(word for word in output.split() if len(word) == 64)
        self.control("bundle", "activate", bundle, "--tenant", self.tenant, "--topic", self.source,
                     "--time", at, "--id", "activate", "--no-wait")
        self.control("command", "CREDITOR_MODE", "--tenant", self.tenant, "--topic", self.source,
                     "--payload", '{"mode":"LIVE"}', "--time", at, "--id", "live",
                     "--no-wait")
        return bundle

    def records(self, topic):
        """Every committed record of a topic, by its whole name, up to its end."""
        return read_topic(self.environment["RELANCE_KAFKA_BOOTSTRAP_SERVERS"], topic)

    def committed(self, topic):
        """The committed records of a topic (named without prefix) as they are now."""
        return list(self.records(f"{self.prefix}.{topic}"))

    def state_hash(self):
        """One hash over the state of every debtor, whatever the number of partitions: the last record
        of each key of the changelog, sorted by key, checkpoints left out."""
        state = {}
        for message in self.records(f"{self.prefix}.scenario.state"):
            # Debtors only: the scope and its commands belong to the tenant.
            if not message.key().startswith((b"ckpt", b"s|", b"t|", b"q|")):
                state[message.key()] = message.value()
        digest = hashlib.sha256()
        for key in sorted(key for key in state if state[key] is not None):
            digest.update(len(key).to_bytes(4, "big") + key)
            digest.update(len(state[key]).to_bytes(4, "big") + state[key])
        return len(state), digest.hexdigest()

    def replaying(self, events, *options):
        """The command line of a replay that waits for everybody who was started."""
        also = ["--with", ",".join(sorted(self.also))] if self.also else []
        return self.tool("replay", str(events), "--topic", self.source, *also, *options)

    def replay(self, events, *options):
        began = time.monotonic()
        output = self.control(*self.replaying(events, *options)[1:])
        return output.strip(), time.monotonic() - began
