# SPDX-License-Identifier: Apache-2.0
"""The contenders of RC-1 as processes: how each is started, what it is called, where it writes."""
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(HERE.parent))
from plant import check  # noqa: E402

SKIPPED = 77
SOURCES = ("Core.java", "StreamsPeer.java")
OUTPUTS = ("facts", "commands", "audit")
# Fetched ahead is what the second between two looks of librdkafka's fetcher takes, not the hundred
# thousand records of its default, which would be most of the memory.
LEAN = {"RELANCE_KAFKA_PROPERTIES_QUEUED_MIN_MESSAGES": "50000"}


def run_once(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{command[0]} failed, Kafka Streams cannot be built:\n{done.stdout}{done.stderr}")


def build_streams():
    """The class path of the Kafka Streams program: fetched and compiled once for these sources."""
    if not shutil.which("javac") or not shutil.which("mvn"):
        print("SKIPPED: javac or mvn is missing; install openjdk-17-jdk-headless and maven")
        sys.exit(SKIPPED)
    sources = [HERE / name for name in SOURCES]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in [HERE / "pom.xml", *sources]))
    jars = pathlib.Path(os.environ.get("RELANCE_KAFKA_JARS", ROOT / ".local/jars"))
    folder = jars / f"rc1-{digest.hexdigest()[:12]}"
    if not folder.exists():
        jars.mkdir(parents=True, exist_ok=True)
        unfinished = pathlib.Path(tempfile.mkdtemp(dir=jars))
        run_once("mvn", "-q", "-B", "-Dstyle.color=never", "-f", HERE / "pom.xml",
                 "dependency:copy-dependencies", "-DincludeScope=runtime",
                 f"-DoutputDirectory={unfinished}")
        run_once("javac", "-cp", f"{unfinished}/*", "-d", unfinished, *sources)
        unfinished.rename(folder)
    return f"{folder}:{folder}/*"


class Contender:
    """One program on one input. `name` is new for each run."""

    title = kills = None  # what the table says; whether it is killed and must come back

    def __init__(self, bed, name):
        self.bed, self.name, self.process = bed, name, None
        self.log = bed.folder / f"{name}.log"

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command(), env=self.environment(), stdout=log,
                                            stderr=log, stdin=subprocess.DEVNULL)

    def environment(self):
        return dict(os.environ)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def check_alive(self):
        check(self.process.poll() is None, f"{self.name} ended: {self.log.read_text()[-2000:]}")


class Ours(Contender):
    title, kills = "**our loop**", True

    def __init__(self, bed, name):
        super().__init__(bed, name)
        self.group = f"{name}.test.rc1"
        self.outputs = [f"{name}.rc1.{output}" for output in OUTPUTS]
        self.states = f"{name}.rc1.state"
        self.topics = [*self.outputs, self.states, f"{name}.rc1.dead-letters", f"{name}.bundles"]
        subprocess.run([*self.command(), "setup", str(bed.partitions), "system"], check=True,
                       env=self.environment())

    def command(self):
        return [self.bed.build / "tests/bench/rc1/rc1_worker"]

    def environment(self):
        return dict(os.environ, RELANCE_INSTALLATION_TOPIC_PREFIX=self.name,
                    RELANCE_INSTALLATION_NAME="test", RELANCE_HTTP_LISTEN="",
                    RELANCE_RC1_INPUT=self.bed.input, **LEAN)


class Streams(Contender):
    kills = True
    store = cache = None

    def __init__(self, bed, name):
        super().__init__(bed, name)
        self.group = name
        self.outputs = [f"{name}-{output}" for output in OUTPUTS]
        self.states = f"{name}-state-changelog"
        self.topics = [*self.outputs, self.states, f"{name}-chain-changelog"]
        self.store_folder = bed.folder / f"{name}-store"
        bed.make_topics(self.outputs)

    def start(self):
        """Streams 4.1 leaves the checkpoint of its last restoration while it runs, and after a death
        may go on with a store that holds what was never committed (KAFKA-20685). Without the file it
        does what it is documented to do: it drops the store and restores it from its changelog."""
        for checkpoint in self.store_folder.rglob(".checkpoint"):
            checkpoint.unlink()
        super().start()

    def command(self):
        return ["java", f"-Xms{self.bed.heap}", f"-Xmx{self.bed.heap}", "-XX:+UseParallelGC",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", self.bed.class_path,
                "StreamsPeer", self.bed.servers, self.bed.input, self.name, self.store, self.cache,
                "2", self.store_folder]


class StreamsRocks(Streams):
    title, store, cache = "Kafka Streams, RocksDB, cache", "rocks", "cache"


class StreamsMemory(Streams):
    title, store, cache = "Kafka Streams, in memory, no cache", "memory", "nocache"


class Pipe(Contender):
    """Writes what ours wrote in this round; it has no state, so there is nothing to come back to."""

    title, kills = "raw pipe, our outputs", False

    def __init__(self, bed, name):
        super().__init__(bed, name)
        self.group = name
        self.pairs = {topic: f"{name}.{number}"
                      for number, topic in enumerate([*bed.ours.outputs, bed.ours.states])}
        self.topics = list(self.pairs.values())
        bed.make_topics(self.topics)

    def command(self):
        return [self.bed.build / "tests/bench/bench_pipe", self.name, self.bed.input,
                *(f"{original}={copy}" for original, copy in self.pairs.items())]


CONTENDERS = {"ours": Ours, "streams-rocks": StreamsRocks, "pipe": Pipe,
              "streams-memory": StreamsMemory}
