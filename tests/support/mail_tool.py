# SPDX-License-Identifier: Apache-2.0
"""Messages for the program mail_tool, and its answers."""
import dataclasses
import subprocess

FIELDS = ("from_name", "from_address", "reply_name", "reply_address", "to_name", "to_address",
          "subject", "text", "html", "message_id", "unsubscribe", "language")


@dataclasses.dataclass
class Mail:
    """One message, with members that a test leaves alone filled in. Text may be str or bytes."""
    from_name: object = "Acme SA"
    from_address: object = "recouvrement@acme.test"
    reply_name: object = ""
    reply_address: object = ""
    to_name: object = "Comptabilité"
    to_address: object = "compta@debtor.test"
    subject: object = "Facture 42"
    text: object = "Bonjour\n"
    html: object = ""
    message_id: object = "<00ff.1@acme.test>"
    unsubscribe: object = ""
    language: object = ""
    date_ms: int = 1_790_000_000_123
    copies: list = dataclasses.field(default_factory=list)       # (name, address)
    attachments: list = dataclasses.field(default_factory=list)  # (name, type, bytes)


def to_bytes(value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


def framed(mail):
    values = [getattr(mail, name) for name in FIELDS] + [mail.date_ms, len(mail.copies)]
    values += [value for copy in mail.copies for value in copy]
    values += [len(mail.attachments), *[value for one in mail.attachments for value in one]]
    fields = map(to_bytes, values)
    return b"".join(len(field).to_bytes(4, "big") + field for field in fields)


def fields_of(answer):
    at = 0
    while at < len(answer):
        size = int.from_bytes(answer[at:at + 4], "big")
        yield answer[at + 4:at + 4 + size]
        at += 4 + size


def compose(binary, mails, environment=None):
    """For each message its bytes, or the tuple (code, path, remedy) of its refusal."""
    done = subprocess.run([binary], input=b"".join(map(framed, mails)), capture_output=True,
                          env=environment, timeout=300, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"mail_tool ends with {done.returncode}: {done.stderr.decode()}")
    fields = fields_of(done.stdout)
    answers = []
    for verdict in fields:
        if verdict == b"ok":
            answers.append(next(fields))
        else:
            answers.append(tuple(next(fields).decode() for _ in range(3)))
    return answers
