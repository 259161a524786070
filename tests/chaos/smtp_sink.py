#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""An SMTP server that misbehaves by rules, for fault tests: as a library and as a program.

usage: smtp_sink.py FOLDER [--port N] [--tls] [--rules FILE]      serves until SIGTERM
       smtp_sink.py FOLDER --tell COMMAND                         changes the rules of the one there

FOLDER gets messages/ (what was taken, as deploy/local/smtp/letterbox.py says), log.jsonl (a line
for each stage of each session: at, peer, connection, stage, address, rule, reply, done; the last of
a session is `end` with `why`) and control, a Unix socket. It answers a command a line with a line
of JSON: `add RULE` (before all others), `clear`, `list`. With --tls, tls/localhost.pem is the
certificate to trust. The rules: smtp_rules.py.

    with Sink(folder) as sink:
        sink.rules.add("1x rcpt anna@* 450")
        ...                                     127.0.0.1:{sink.port}
        sink.letters(), sink.log()
"""
import argparse
import datetime
import json
import pathlib
import signal
import socket
import socketserver
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "deploy/local/smtp"))
import letterbox  # noqa: E402
from smtp_rules import Rules, parse_all  # noqa: E402
from smtp_session import Session  # noqa: E402
from smtp_wire import Wire, make_certificate, server_context  # noqa: E402

HOST = "127.0.0.1"
CONTROL_LIMIT_S = 10


class Greylist:
    """Since when each sender and recipient has been known."""

    def __init__(self):
        self.turn = threading.Lock()
        self.since = {}

    def open(self, who, seconds):
        with self.turn:
            now = time.monotonic()
            since = self.since.setdefault(who, now)
        return now - since >= seconds and now > since


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False  # Sink.close ends the sessions itself
    request_queue_size = 128


class ControlServer(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    block_on_close = False


class Sink:
    """Serves from the beginning of a `with` to its end. `tls`: offers STARTTLS."""

    def __init__(self, folder, port=0, tls=False, rules=()):
        self.folder = pathlib.Path(folder)
        self.rules, self.greylist = Rules(rules), Greylist()
        self.letterbox = letterbox.Letterbox(self.folder / "messages")
        self.contexts = {}
        if tls:
            self.contexts = {kind: server_context(*make_certificate(self.folder / "tls", name))
                             for kind, name in (("right", "localhost"), ("wrong", "wrong.example"))}
        self.certificate = self.folder / "tls/localhost.pem"
        self.over = threading.Event()
        self.turn = threading.Lock()
        self.wires, self.sessions = set(), 0
        self.journal = open(self.folder / "log.jsonl", "a", encoding="ascii")
        self.control_path = self.folder / "control"
        self.control_path.unlink(missing_ok=True)  # of a process that was killed
        self.servers = [Server((HOST, port), self._handler(self._serve)),
                        ControlServer(str(self.control_path), self._handler(self._obey))]
        self.port = self.servers[0].server_address[1]

    @staticmethod
    def _handler(function):
        """A handler that keeps out of the way: the socket belongs to `function`."""
        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                function(self.request, self.client_address)
        return Handler

    def _serve(self, link, peer):
        wire = Wire(link, self.over)
        with self.turn:
            self.sessions += 1
            number = self.sessions
            self.wires.add(wire)
            if self.over.is_set():
                wire.stop()
        try:
            Session(self, wire, f"{peer[0]}:{peer[1]}", number).run()
        finally:
            with self.turn:
                self.wires.discard(wire)

    def _obey(self, link, _):
        with link.makefile("rw", encoding="utf-8") as file:
            for line in file:
                print(json.dumps(self.obey(line)), file=file, flush=True)

    def obey(self, line):
        """The answer to a command of the control socket."""
        word, _, rest = line.strip().partition(" ")
        if word == "add":
            try:
                self.rules.add(rest)
            except ValueError as error:
                return {"error": str(error)}
        elif word == "clear":
            self.rules.clear()
        elif word != "list":
            return {"error": f"'{word}' is no command; there are add, clear, list"}
        return {"rules": self.rules.texts()}

    def note(self, **what):
        now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds")
        with self.turn:
            if not self.journal.closed:
                print(json.dumps({"at": now, **what}), file=self.journal, flush=True)

    def log(self, stage=None):
        """The lines of the log so far, those of one stage if it is named."""
        lines = [json.loads(line) for line in (self.folder / "log.jsonl").read_text().splitlines()]
        return [line for line in lines if stage in (None, line["stage"])]

    def letters(self):
        return list(letterbox.letters(self.folder / "messages"))

    def __enter__(self):
        for server in self.servers:
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Ends all sessions where they are; may be called again."""
        if self.over.is_set():
            return
        self.over.set()
        for server in self.servers:
            server.shutdown()
            server.server_close()
        self.control_path.unlink(missing_ok=True)
        with self.turn:
            for wire in self.wires:
                wire.stop()
        while self.wires:
            time.sleep(0.01)  # the sessions write their last lines
        self.journal.close()
        self.letterbox.close()


def tell(folder, command):
    """What the sink that serves in `folder` answers."""
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(CONTROL_LIMIT_S)
        link.connect(str(pathlib.Path(folder) / "control"))
        link.sendall(command.encode() + b"\n")
        return json.loads(link.makefile().readline())


def serve(arguments):
    rules = parse_all(pathlib.Path(arguments.rules).read_text()) if arguments.rules else ()
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    with Sink(arguments.folder, arguments.port, arguments.tls, rules) as sink:
        print(f"listening on {HOST}:{sink.port}", flush=True)
        over.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--port", type=int, default=0, help="of 127.0.0.1; left out: any, printed")
    parser.add_argument("--tls", action="store_true", help="offer STARTTLS")
    parser.add_argument("--rules", metavar="FILE")
    parser.add_argument("--tell", metavar="COMMAND", help="add RULE, clear or list")
    arguments = parser.parse_args()
    if arguments.tell is None:
        serve(arguments)
        return
    answer = tell(arguments.folder, arguments.tell)
    print("\n".join(answer.get("rules", [])) or answer.get("error", "no rules"))
    sys.exit("error" in answer)


if __name__ == "__main__":
    main()
