#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The mail server of the local stack: takes every message and sends none. Each becomes a file of
FOLDER, see letterbox.py; the 250 is said when the file is on disk.

It is as strict as the standard lets a server be: lines end with CRLF and have at most 1000 octets.
"""
import argparse
import asyncio
import signal
import sys
import time

from aiosmtpd.smtp import SMTP

from letterbox import Letterbox

HOST = "127.0.0.1"
# What large providers take: 35 MB, encoded.
SIZE_LIMIT = 35 * 1000 * 1000


class Keeper:
    """What aiosmtpd asks: only what is to become of a message."""

    def __init__(self, letterbox):
        self.letterbox = letterbox

    async def handle_DATA(self, server, session, envelope):
        # Not in a thread: the file of one message is there before the next one is answered.
        try:
            name = self.letterbox.keep(
                envelope.mail_from, envelope.rcpt_tos, envelope.original_content,
                body_at_ms=server.body_at_ms, options=envelope.mail_options, helo=session.host_name,
                peer=f"{session.peer[0]}:{session.peer[1]}")
        except OSError as error:
            print(f"a message of {len(envelope.original_content)} bytes could not be kept: {error}",
                  flush=True)
            return "452 4.3.1 not kept"
        print(f"kept {name}, {len(envelope.original_content)} bytes", flush=True)
        return f"250 2.0.0 kept as {name}"


class Server(SMTP):
    """Notes when the first byte of a message comes in."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.body_at_ms = None

    async def smtp_DATA(self, arg):
        self.body_at_ms = None
        await super().smtp_DATA(arg)

    def data_received(self, data):
        # While a message is awaited the first byte is its own: no client sends it before the 354.
        if self.body_at_ms is None:
            self.body_at_ms = time.time_ns() // 1_000_000
        super().data_received(data)


async def serve(port, letterbox):
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)
    server = await loop.create_server(
        lambda: Server(Keeper(letterbox), hostname="localhost", ident="Relance sink", loop=loop,
                       data_size_limit=SIZE_LIMIT, enable_SMTPUTF8=True), HOST, port)
    print(f"listening on {HOST}:{server.sockets[0].getsockname()[1]}", flush=True)
    await over.wait()
    server.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("port", type=int, help="of 127.0.0.1; 0: any, it is printed")
    parser.add_argument("folder")
    arguments = parser.parse_args()
    try:
        letterbox = Letterbox(arguments.folder)
    except BlockingIOError:
        sys.exit(f"{arguments.folder} belongs to another server that runs")
    asyncio.run(serve(arguments.port, letterbox))


if __name__ == "__main__":
    main()
