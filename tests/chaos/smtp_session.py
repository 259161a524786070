# SPDX-License-Identifier: Apache-2.0
"""One SMTP session of smtp_sink.py: says what a server says, unless a rule wants otherwise."""
import collections
import re
import time

import smtp_rules
from smtp_wire import LINE_LIMIT, Over

NAME = "sink.example"
# What large providers take: 35 MB, encoded. Offered, and kept to.
SIZE_LIMIT = 35_000_000
GARBAGE = b"\x00\xfe\xffnot a reply\x80\r\n"
PATH = {"mail": re.compile(r"FROM:\s*<([^<>]*)>(?:\s.*)?", re.I),
        "rcpt": re.compile(r"TO:\s*<([^<>]+)>(?:\s.*)?", re.I)}

Reply = collections.namedtuple("Reply", "code lines")


def encode(reply):
    marks = ["-"] * (len(reply.lines) - 1) + [" "]
    return "".join(f"{reply.code}{mark}{line}\r\n"
                   for mark, line in zip(marks, reply.lines)).encode("utf-8", "surrogateescape")


def one(code, text):
    return Reply(code, [text])


# ---- what the actions say; each gets (session, rule, usual answer) ----

def say(session, _, usual):
    session.wire.write(encode(usual))


def hang(session, rule, usual):
    session.wire.pause(rule.argument)
    if usual:
        say(session, rule, usual)


def slow(session, rule, usual):
    for byte in encode(usual):
        session.wire.write(bytes([byte]))
        session.wire.pause(rule.argument)


def huge(session, rule, usual):
    session.wire.write(encode(Reply(usual.code, usual.lines[:-1] + ["x" * rule.argument])))


def lines(session, rule, usual):
    more = [f"line {number}" for number in range(rule.argument - len(usual.lines))]
    session.wire.write(encode(Reply(usual.code, more + usual.lines)))


def garbage(session, _, __):
    session.wire.write(GARBAGE)


def drop(_, rule, __):
    raise Over(rule.action)


def reset(_, __, ___):
    raise Over("reset", reset=True)


def answer_drop(session, rule, usual):
    say(session, rule, usual)
    raise Over(rule.action)


def no_handshake(session, rule, usual):
    say(session, rule, usual)
    garbage(session, rule, usual)
    raise Over(rule.action)


SPEAK = {"accept": say, "greylist": say, "hang": hang, "slow": slow, "huge": huge, "lines": lines,
         "garbage": garbage, "drop": drop, "reset": reset, "answer-drop": answer_drop,
         "keep-drop": drop, "wrong-certificate": say, "no-handshake": no_handshake}
# Whoever says the usual answer in the end has done what was asked before beginning to: a server
# that answers late, or whose answer is lost, has the message all the same.
DOES_IT = {"accept", "greylist", "hang", "slow", "huge", "lines", "answer-drop", "keep-drop",
           "wrong-certificate"}


class Session:
    """`sink` has rules, greylist, letterbox, contexts and note(...)."""

    def __init__(self, sink, wire, peer, number):
        self.sink, self.wire, self.peer, self.number = sink, wire, peer, number
        self.helo = None
        self.secure = False
        self.action = None  # of the last step
        self.forget()

    def forget(self):
        self.sender, self.recipients = None, []

    def note(self, stage, **more):
        self.sink.note(peer=self.peer, connection=self.number, stage=stage, **more)

    # ---- one stage ----

    def step(self, stage, addresses, usual, effect=lambda: None):
        """Lets the first rule that fits speak; `effect` does what was asked. True if it was done."""
        rule, address = self.sink.rules.match(stage, addresses)
        reply, done = self._decide(stage, rule, address, usual)
        self.note(stage, address=address, rule=rule.text if rule else "",
                  reply=reply and reply.code, done=done)
        if done:
            effect()
        speak = SPEAK.get(rule.action, say) if rule and reply is usual else say
        if reply or speak is not say:
            speak(self, rule, reply)
        if reply and (reply.code == 421 or (rule and rule.code and stage == "body")):
            raise Over(f"said {reply.code}")
        self.action = rule and rule.action
        return done

    def _decide(self, stage, rule, address, usual):
        """(answer, whether what was asked is done)"""
        if not rule:
            return usual, True
        if rule.code:
            same_kind = bool(usual) and rule.code // 100 == usual.code // 100
            return one(rule.code, rule.argument), same_kind
        if rule.action == "greylist" and not self.sink.greylist.open(
                (self.sender, address), rule.argument):
            return one(451, "4.7.1 greylisted, come back later"), False
        return usual, rule.action in DOES_IT

    def refuse(self, code, text):
        """Where the client is wrong, no rule is asked."""
        self.note("wrong", reply=code)
        self.wire.write(encode(one(code, text)))

    # ---- the commands; each gets what follows the word ----

    def on_ehlo(self, argument):
        offers = [f"SIZE {SIZE_LIMIT}", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"]
        if self.sink.contexts and not self.secure:
            offers.append("STARTTLS")
        self._greet(argument, [NAME, *offers])

    def on_helo(self, argument):
        self._greet(argument, [NAME])

    def _greet(self, argument, texts):
        def effect():
            self.helo = argument
            self.forget()
        self.step("helo", (), Reply(250, texts), effect)

    def on_starttls(self, _):
        if not self.sink.contexts or self.secure:
            return self.refuse(502, "5.5.1 not here")
        if self.step("starttls", (), one(220, "2.0.0 go ahead")):
            whose = "wrong" if self.action == "wrong-certificate" else "right"
            self.wire.start_tls(self.sink.contexts[whose])
            self.note("tls", reply=None)
            self.secure, self.helo = True, None
            self.forget()

    def on_mail(self, argument):
        path = PATH["mail"].fullmatch(argument)
        if not self.helo or self.sender is not None:
            return self.refuse(503, "5.5.1 not now")
        if not path:
            return self.refuse(501, "5.5.4 MAIL FROM:<address>")

        def effect():
            self.sender = path[1]
        self._with_address("mail", path[1], "2.1.0 sender ok", effect)

    def on_rcpt(self, argument):
        path = PATH["rcpt"].fullmatch(argument)
        if self.sender is None:
            return self.refuse(503, "5.5.1 MAIL first")
        if not path:
            return self.refuse(501, "5.5.4 RCPT TO:<address>")
        self._with_address("rcpt", path[1], "2.1.5 recipient ok",
                           lambda: self.recipients.append(path[1]))

    def _with_address(self, stage, address, text, effect):
        try:
            smtp_rules.of_local_part(address)
        except ValueError as error:
            return self.refuse(554, f"5.3.0 no such rule: {error}")
        self.step(stage, [address], one(250, text), effect)

    def on_data(self, _):
        if not self.recipients:
            return self.refuse(503, "5.5.1 no valid recipients")
        if self.step("data", self.recipients, one(354, "go ahead")):
            self.wire.await_bytes()
            body_at_ms = time.time_ns() // 1_000_000
            self.step("body", self.recipients, None)
            content = self._read_body()
            self.step("dot", self.recipients, one(250, "2.0.0 kept"),
                      lambda: self._keep(content, body_at_ms))
            self.forget()

    def _read_body(self):
        """Only CRLF ends a line: a dot between bare LFs is part of the message."""
        content, fresh = bytearray(), True  # fresh: at the beginning of a line
        while True:
            line = self.wire.line()
            if fresh and line == b".\r\n":
                return bytes(content)
            content += line[1:] if fresh and line.startswith(b".") else line
            fresh = content.endswith(b"\r\n")
            if len(content) > SIZE_LIMIT:
                raise Over("message too large")

    def _keep(self, content, body_at_ms):
        self.sink.letterbox.keep(self.sender, self.recipients, content, body_at_ms, helo=self.helo,
                                 peer=self.peer, tls=self.secure)

    def on_rset(self, _):
        self.forget()
        self.wire.write(b"250 2.0.0 forgotten\r\n")

    def on_noop(self, _):
        self.wire.write(b"250 2.0.0 ok\r\n")

    def on_quit(self, _):
        self.step("quit", (), one(221, "2.0.0 bye"))
        raise Over("quit")

    # ---- the whole session ----

    COMMANDS = {"EHLO": on_ehlo, "HELO": on_helo, "STARTTLS": on_starttls, "MAIL": on_mail,
                "RCPT": on_rcpt, "DATA": on_data, "RSET": on_rset, "NOOP": on_noop, "QUIT": on_quit}

    def command(self):
        line = self.wire.line()
        if not line.endswith(b"\n"):
            raise Over(f"a command of more than {LINE_LIMIT} bytes"
                       if len(line) == LINE_LIMIT else "client left")
        word, _, argument = line.decode("utf-8", "surrogateescape").rstrip("\r\n").partition(" ")
        known = self.COMMANDS.get(word.upper())
        if known:
            known(self, argument.strip())
        else:
            self.refuse(502, "5.5.1 unknown")

    def run(self):
        """Until it is over; never raises because of what a client does."""
        end = Over("broken")
        try:
            self.step("greeting", (), one(220, f"{NAME} ESMTP"))
            while True:
                self.command()
        except Over as over:
            end = over
        finally:
            self.note("end", why=str(end))
            self.wire.close(end.reset)
