# SPDX-License-Identifier: Apache-2.0
"""Redis as the tests see it: any command, and whole slices of hot state. Uses the server that
RELANCE_REDIS_PORT names."""
import os
import socket


def _reply(stream):
    kind, rest = (line := stream.readline())[:1], line[1:-2]
    if kind == b"-":
        raise AssertionError(f"Redis: {rest.decode()}")
    if kind == b":":
        return int(rest)
    if kind == b"$":
        return None if rest == b"-1" else stream.read(int(rest) + 2)[:-2]
    if kind == b"*":
        return [_reply(stream) for _ in range(int(rest))]
    return rest


def ask(*command):
    """The answer: int, bytes, None or a list of them."""
    with socket.create_connection(("127.0.0.1", int(os.environ["RELANCE_REDIS_PORT"]))) as link:
        parts = [part if isinstance(part, bytes) else str(part).encode() for part in command]
        link.sendall(b"*%d\r\n" % len(parts) +
                     b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts))
        with link.makefile("rb") as stream:
            return _reply(stream)


def _pairs(flat):
    return dict(zip(flat[::2], flat[1::2]))


def records(worker, partition):
    """{key: value} of a slice; `worker` with the installation's prefix, as in "demo.scenario"."""
    return _pairs(ask("HGETALL", f"{{{worker}:{partition}}}:h"))


def timers(worker, partition):
    """{key: instant} of a slice's timers."""
    return _pairs(ask("ZRANGE", f"{{{worker}:{partition}}}:t", 0, -1, "WITHSCORES"))


def fence(worker, partition):
    return _pairs(ask("HGETALL", f"{{{worker}:{partition}}}:f"))


def whole(worker, partitions):
    """Records and timers of every slice, and where each stands and is not being built any more."""
    return [(records(worker, p), timers(worker, p),
             {name: fence(worker, p).get(name) for name in (b"off", b"next", b"cnt", b"bld")})
            for p in range(partitions)]
