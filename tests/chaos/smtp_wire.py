# SPDX-License-Identifier: Apache-2.0
"""The server's end of one connection: bytes in, bytes out, TLS, pauses that end when the client
leaves, and ways to close. Behind it: certificates made up for a test."""
import select
import socket
import ssl
import struct
import subprocess
import time

# Longer than any command of RFC 5321, and than any line of a message.
LINE_LIMIT = 4096
# How soon a pause notices that the client has left.
LOOK_S = 0.02


class Over(Exception):
    """The connection ends; its text says why. `reset`: with a TCP reset."""

    def __init__(self, why, reset=False):
        super().__init__(why)
        self.reset = reset


class Wire:
    """`over` is the event that ends all pauses. What finds nobody there any more raises Over."""

    def __init__(self, link, over):
        self.link, self.over = link, over
        self.file = link.makefile("rb")

    def line(self):
        """Up to and with the next LF, or the first LINE_LIMIT bytes of it."""
        try:
            line = self.file.readline(LINE_LIMIT)
        except OSError as error:
            raise Over(f"client lost: {error}") from None
        if not line:
            raise Over("stopped" if self.over.is_set() else "client left")
        return line

    def await_bytes(self):
        """Until there is something to read; it stays there."""
        try:
            there = self.file.peek(1)
        except OSError as error:
            raise Over(f"client lost: {error}") from None
        if not there:
            raise Over("client left")

    def write(self, data):
        try:
            self.link.sendall(data)
        except OSError as error:
            raise Over(f"client lost: {error}") from None

    def pause(self, seconds):
        """An infinite pause ends with the client or with `over` only."""
        until = time.monotonic() + seconds
        poll = select.poll()
        poll.register(self.link, select.POLLRDHUP)
        while (left := until - time.monotonic()) > 0:
            if self.over.wait(min(left, LOOK_S)):
                raise Over("stopped")
            if poll.poll(0):
                raise Over("client left")

    def start_tls(self, context):
        """What the client sent before the handshake is thrown away, as RFC 3207 asks."""
        self.file.close()
        try:
            # In two steps, so that stop() finds the socket that the handshake waits on.
            self.link = context.wrap_socket(self.link, server_side=True,
                                            do_handshake_on_connect=False)
            self.link.do_handshake()
        except OSError as error:
            raise Over(f"no TLS: {getattr(error, 'reason', None) or error}") from None
        self.file = self.link.makefile("rb")

    def stop(self):
        """From another thread: whoever reads or writes here gets Over."""
        try:
            # Not the method of an SSLSocket, which takes TLS away under the feet of the other.
            socket.socket.shutdown(self.link, socket.SHUT_RDWR)
        except OSError:
            pass  # closed meanwhile

    def close(self, reset=False):
        self.file.close()
        if reset:
            # SO_LINGER with 0 seconds: what is not sent is forgotten and the peer gets RST.
            self.link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.link.close()


def make_certificate(folder, name):
    """A self-signed one for `name`, for two days. Returns (file of the certificate, of the key)."""
    folder.mkdir(exist_ok=True)
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    done = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}",
         "-keyout", key, "-out", certificate],
        stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise OSError(f"openssl: {done.stderr.strip()}")
    return certificate, key


def server_context(certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
