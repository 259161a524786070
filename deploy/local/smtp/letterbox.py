# SPDX-License-Identifier: Apache-2.0
"""A folder of messages, one file each, in the order in which they came.

    000000000042.eml     the bytes of the message as SMTP delivered them, dots unstuffed
    000000000042.json    the envelope: number, received_at, body_at_ms (when the first byte of the
                         message came, UTC milliseconds), from, to, size, sha256, and what the
                         server adds

A message is complete when its .eml is there: both files are written under another name and synced,
and the .eml is renamed last. Numbers rise for ever in one folder, across restarts. Shared by the
sink of the local stack and the one of the fault tests; `letters` is for whoever looks what came.
"""
import collections
import datetime
import fcntl
import hashlib
import json
import os
import pathlib
import threading

# Names of equal length sort like their numbers.
DIGITS = 12

Letter = collections.namedtuple("Letter", "name envelope content")
Letter.__doc__ = "`envelope` as in the .json; `content` are the bytes of the .eml."


def letters(folder, behind=""):
    """What came, in order; with `behind`, what came after the letter of that name. A name that
    comes later is never smaller, so the last one read is where to go on."""
    names = sorted(path.stem for path in pathlib.Path(folder).glob("*.eml"))
    for name in names:
        if name > behind:
            path = pathlib.Path(folder, name)
            yield Letter(name, json.loads(path.with_suffix(".json").read_text()),
                         path.with_suffix(".eml").read_bytes())


class Letterbox:
    """The writing side. One process at a time has a folder: another one gets BlockingIOError."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.directory = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        self.turn = threading.Lock()
        try:
            fcntl.flock(self.directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self.directory)
            raise
        # An envelope whose message was cut off by a crash has used up its number.
        self.last = max((int(path.stem) for path in self.folder.glob("[0-9]*.json")), default=0)
        for unfinished in self.folder.glob("*.new"):
            unfinished.unlink()

    def keep(self, sender, recipients, content, body_at_ms, **more):
        """Returns the name under which the message lies once it will survive a loss of power. One
        at a time: a smaller number must never appear behind a larger one."""
        with self.turn:
            self.last += 1
            name = f"{self.last:0{DIGITS}d}"
            now = datetime.datetime.now(datetime.timezone.utc)
            envelope = {"number": self.last, "received_at": now.isoformat(timespec="milliseconds"),
                        "body_at_ms": body_at_ms, "from": sender, "to": list(recipients), "size": len(content),
                        "sha256": hashlib.sha256(content).hexdigest(), **more}
            self._write(name + ".json", json.dumps(envelope, indent=1).encode() + b"\n")
            self._write(name + ".eml", content)
            os.fsync(self.directory)
            return name

    def _write(self, name, content):
        path = self.folder / name
        unfinished = path.with_name(name + ".new")
        with open(unfinished, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)

    def close(self):
        os.close(self.directory)
