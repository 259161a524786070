# SPDX-License-Identifier: Apache-2.0
"""A whole installation on the servers of the local stack: topics, keys, workers as processes, the
replay of a file of events. Shared by tests that live through a portfolio."""
import hashlib
import os
import pathlib
import random
import secrets
import subprocess
import sys
import tempfile
import threading
import time

import psycopg2
from confluent_kafka import Consumer, TopicPartition

SKIPPED = 77
WORKERS = {
    "ingest": "services/ingest/relance-ingest",
    "scenario": "services/scenario/relance-scenario",
    "audit": "services/audit/relance-audit",
    "stand-in": "tests/integration/relance-stand-in",
}


class Killer(threading.Thread):
    """kill -9 of a random worker every so often, started again at once."""

    def __init__(self, installation, kills, chance, every=(0.3, 2.0)):
        super().__init__(daemon=True)
        self.installation, self.kills, self.chance, self.every = installation, kills, chance, every
        self.done, self.over = 0, threading.Event()

    def run(self):
        while self.done < self.kills and not self.over.wait(self.chance.uniform(*self.every)):
            worker, ordinal = self.chance.choice(sorted(self.installation.processes))
            self.installation.kill(worker, ordinal)
            self.installation.start(worker, ordinal)
            self.done += 1

    def stop(self):
        self.over.set()
        self.join()
        return self.done


class Installation:
    def __init__(self, build, tenant, partitions=6, keys_of=None, clock="stepped"):
        for name in ("RELANCE_KAFKA_BOOTSTRAP_SERVERS", "RELANCE_REDIS_PORT", "RELANCE_POSTGRES_DSN"):
            if not os.environ.get(name):
                print("SKIPPED: no local stack (source its env file)")
                sys.exit(SKIPPED)
        self.build = pathlib.Path(build)
        self.tenant = tenant
        self.partitions = partitions
        self.prefix = f"t{os.getpid()}x{random.randrange(10**6)}"
        self.source = f"{self.prefix}.source"
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="relance-"))
        self.processes = {}
        self._write_key(keys_of)
        self._make_database()
        if keys_of:
            self._copy_data_keys(keys_of)
        self.environment = dict(
            os.environ, RELANCE_INSTALLATION_TOPIC_PREFIX=self.prefix,
            RELANCE_INSTALLATION_NAME="test", RELANCE_HTTP_LISTEN="",
            RELANCE_KAFKA_SESSION_TIMEOUT_MS="6s",
            RELANCE_POSTGRES_DSN=self.dsn("RELANCE_POSTGRES_DSN"))
        self.control("topics", "create", "--partitions", str(partitions), "--clock", clock,
                     "--source", self.source)

    def _write_key(self, keys_of):
        key = self.folder / f"{self.tenant}.key"
        key.write_text((keys_of.folder / key.name).read_text() if keys_of
                       else secrets.token_hex(64))
        key.chmod(0o600)

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

    def _copy_data_keys(self, other):
        """With the same keys the same names are sealed to the same bytes."""
        with psycopg2.connect(other.dsn("RELANCE_POSTGRES_SUPERUSER_DSN")) as connection:
            cursor = connection.cursor()
            cursor.execute("select key_id, tenant, subject, wrapped from data_key")
            rows = cursor.fetchall()
        with psycopg2.connect(self.dsn("RELANCE_POSTGRES_SUPERUSER_DSN")) as connection:
            connection.cursor().executemany(
                "insert into data_key (key_id, tenant, subject, wrapped) values (%s, %s, %s, %s)",
                rows)

    def dsn(self, name):
        return os.environ[name].rsplit("/", 1)[0] + "/" + self.prefix

    def control(self, *arguments):
        binary = self.build / "services/relancectl/relancectl"
        done = subprocess.run([binary, *arguments], env=self.environment, capture_output=True,
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
            environment["RELANCE_KEYS_TENANTS"] = str(self.folder)
            environment["RELANCE_POSTGRES_DSN"] = self.dsn("RELANCE_POSTGRES_DSN").replace(
                "relance_audit@", "relance_keys@")
        return environment

    def start(self, worker, ordinal=0, binary=None, **environment):
        environment = dict(self._environment_of(worker), RELANCE_WORKER_ORDINAL=str(ordinal),
                           **environment)
        log = open(self.log_of(worker, ordinal), "ab")
        self.processes[worker, ordinal] = subprocess.Popen(
            [self.build / (binary or WORKERS[worker])], env=environment, stderr=log)

    def log_of(self, worker, ordinal=0):
        return self.folder / f"{worker}-{ordinal}.log"

    def start_all(self):
        for worker in WORKERS:
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
        if show_logs:
            for log in sorted(self.folder.glob("*.log")):
                print(f"--- {log.name}")
                print("".join(log.read_text().splitlines(keepends=True)[-12:]))

    def activate(self, folder, at):
        """Publishes and activates a bundle and sets every creditor live, at an instant."""
        output = self.control("bundle", "publish", str(folder))
        bundle = next(word for word in output.split() if len(word) == 64)
        self.control("bundle", "activate", bundle, "--tenant", self.tenant, "--topic", self.source,
                     "--time", at, "--no-wait")
        self.control("command", "CREDITOR_MODE", "--tenant", self.tenant, "--topic", self.source,
                     "--payload", '{"mode":"LIVE"}', "--time", at, "--no-wait")
        return bundle

    def committed(self, topic, partitions=None):
        """The committed records of a topic (named without prefix) as they are now."""
        reader = Consumer({"bootstrap.servers": self.environment["RELANCE_KAFKA_BOOTSTRAP_SERVERS"],
                           "group.id": "eye", "isolation.level": "read_committed",
                           "enable.partition.eof": True, "enable.auto.commit": False})
        partitions = self.partitions if partitions is None else partitions
        reader.assign([TopicPartition(f"{self.prefix}.{topic}", p, 0) for p in range(partitions)])
        records, ends = [], 0
        while ends < partitions:
            message = reader.poll(10)
            assert message is not None, f"{topic} does not end"
            if message.error():
                ends += 1
            else:
                records.append(message)
        reader.close()
        return records

    def state_hash(self):
        """One hash over the state of every debtor, whatever the number of partitions: the last record
        of each key of the changelog, sorted by key, checkpoints left out."""
        # Debtors only: the scope and its commands belong to the tenant.
        state = {record.key(): record.value() for record in self.committed("scenario.state")
                 if not record.key().startswith((b"ckpt", b"s|", b"t|", b"q|"))}
        digest = hashlib.sha256()
        for key in sorted(key for key in state if state[key] is not None):
            digest.update(len(key).to_bytes(4, "big") + key)
            digest.update(len(state[key]).to_bytes(4, "big") + state[key])
        return len(state), digest.hexdigest()

    def replay(self, events, *options):
        began = time.monotonic()
        output = self.control("replay", str(events), "--topic", self.source, "--answers",
                              "stand-in", *options)
        return output.strip(), time.monotonic() - began
