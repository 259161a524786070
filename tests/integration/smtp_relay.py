# SPDX-License-Identifier: Apache-2.0
"""A relay for test_smtp.py that does what its script says: for each step a reply, or a function that
gets the talk. A step without an entry goes as it should."""
import contextlib
import socket
import ssl
import struct
import threading
import time

GOOD = {
    "greeting": "220 relay.example ready", "EHLO": "250-relay.example\r\n250 8BITMIME",
    "HELO": "250 relay.example", "MAIL": "250 2.1.0 sender fine", "RCPT": "250 2.1.5 recipient fine",
    "DATA": "354 go ahead", "body": None, "dot": "250 2.0.0 queued as 4711", "NOOP": "250 fine",
    "QUIT": "221 bye", "STARTTLS": "220 go ahead",
}


class Gone(Exception):
    """The talk is over."""


def welcome(talk):
    """AUTH PLAIN as RFC 4954 4 has it: the secret comes on a line of its own."""
    talk.say("334 ")
    talk.heard.append(talk.line())
    talk.say("235 2.7.0 welcome")


class Talk:
    """One connection: what was heard on it, and what the script may do with it."""

    def __init__(self, relay, sock):
        self.relay = relay
        self.sock = sock
        self.data = b""
        self.heard = []
        self.bodies = []
        self.tls = False

    def say(self, text):
        self.sock.sendall(text.encode() + b"\r\n")

    def drop(self):
        raise Gone

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Gone

    def hang(self):
        self.relay.over.wait(60)
        raise Gone

    def start_tls(self):
        self.sock = self.relay.context.wrap_socket(self.sock, server_side=True)
        self.tls = True

    def more(self):
        piece = self.sock.recv(65536)
        if not piece:
            raise Gone
        self.data += piece

    def line(self):
        while b"\r\n" not in self.data:
            self.more()
        line, self.data = self.data.split(b"\r\n", 1)
        return line.decode()

    def body(self):
        """Everything up to the final dot, as it came, dots doubled."""
        self.bodies.append(b"")
        self.step("body")
        while not (b"\r\n" + self.bodies[-1]).endswith(b"\r\n.\r\n"):
            while not self.data:
                self.more()
            self.bodies[-1] += self.data
            self.data = b""

    def step(self, name):
        act = {"AUTH": welcome, **GOOD, **self.relay.script}.get(name, "500 what?")
        if callable(act):
            return act(self)
        if act:
            self.say(act)
        return act

    def converse(self):
        if self.relay.implicit:
            self.start_tls()
        self.step("greeting")
        while True:
            line = self.line()
            self.heard.append(line)
            verb = line.split(" ")[0].upper()
            said = self.step(verb)
            if verb == "STARTTLS" and said and said.startswith("220"):
                self.start_tls()
            if verb == "DATA" and (said is None or said.startswith("354")):
                self.body()
                self.step("dot")
            if verb == "QUIT":
                return


class Relay:
    """Listens inside a `with`; `talks` is every connection so far."""

    def __init__(self, script=None, implicit=False, certificate=None):
        self.script = script or {}
        self.implicit = implicit
        self.context = None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*certificate)
        self.talks = []
        self.over = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.threads = []

    def serve(self, talk):
        with contextlib.suppress(Gone, OSError, UnicodeDecodeError):
            talk.converse()
        with contextlib.suppress(OSError):
            talk.sock.close()

    def accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            sock.settimeout(60)
            talk = Talk(self, sock)
            self.talks.append(talk)
            thread = threading.Thread(target=self.serve, args=(talk,), daemon=True)
            thread.start()
            self.threads.append(thread)

    def __enter__(self):
        thread = threading.Thread(target=self.accept, daemon=True)
        thread.start()
        self.threads.append(thread)
        return self

    def __exit__(self, *_):
        self.over.set()
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for talk in self.talks:
            with contextlib.suppress(OSError):
                talk.sock.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join(10)

    def heard(self):
        return [line for talk in self.talks for line in talk.heard]

    def bodies(self):
        return [body for talk in self.talks for body in talk.bodies]

    def settle(self):
        """Until no byte came for a moment: what is not here now will not come."""
        before = None
        while before != (now := [(len(t.heard), t.bodies[:], t.data) for t in self.talks]):
            before = now
            time.sleep(0.2)
