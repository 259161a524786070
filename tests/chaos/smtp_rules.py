# SPDX-License-Identifier: Apache-2.0
"""What an SMTP server that misbehaves is to do, and when: the rules of smtp_sink.py. A rule a line:

    [Nx] STAGE ADDRESS ACTION [ARGUMENT]

    1x greeting * 421                     one connection is turned away, those behind it are not
    rcpt anna@* 450 4.2.2 mailbox full    this recipient is deferred
    rcpt *@grey.example greylist 2        451 in the first two seconds of each sender and recipient
    dot lost@* keep-drop                  the message is taken, but nobody hears of it

Nx      the rule holds N times; without it, for ever
STAGE   the point at which the server is to speak, in the order of a session: greeting, helo,
        starttls, mail, rcpt, data (the 354), body (the message begins to come), dot (all of it is
        there), quit
ADDRESS a pattern with * and ?, in any case; at mail of the sender, from rcpt on of a recipient that
        was accepted, elsewhere *
ACTION  see ACTIONS; "usual" is what a server without rules would say

The first rule that fits counts. When none does, a local part may be one: STAGE.ACTION[.ARGUMENT]
and then, if wanted, +anything: <rcpt.550+anna@debtor.example>, <dot.hang.2.5@debtor.example>.
"""
import collections
import fnmatch
import re
import threading

STAGES = ("greeting", "helo", "starttls", "mail", "rcpt", "data", "body", "dot", "quit")
WITH_ADDRESS = ("mail", "rcpt", "data", "body", "dot")
SPOKEN = tuple(stage for stage in STAGES if stage != "body")  # where a server has something to say
FOR_EVER = float("inf")
# RFC 5321 allows 512 octets in a line of a reply.
HUGE_BYTES = 100_000

Action = collections.namedtuple("Action", "stages default meaning")
Action.__doc__ = "`default`: the argument when none is given; None: there is no argument."
ACTIONS = {
    "accept": Action(STAGES, None, "the usual, whatever stands further below"),
    "drop": Action(STAGES, None, "closes the connection in place of an answer"),
    "reset": Action(STAGES, None, "the same with a TCP reset"),
    "hang": Action(STAGES, FOR_EVER, "goes on as usual after so many seconds, or when all is over"),
    "slow": Action(SPOKEN, 1.0, "the usual answer, so many seconds a byte"),
    "huge": Action(SPOKEN, HUGE_BYTES, "the usual answer, so many bytes in one line"),
    "lines": Action(SPOKEN, 100, "the usual answer, so many lines"),
    "garbage": Action(SPOKEN, None, "bytes that are no answer; what was asked is not done"),
    "answer-drop": Action(SPOKEN, None, "the usual answer, then closes the connection"),
    "keep-drop": Action(("dot",), None, "keeps the message and closes without an answer"),
    "greylist": Action(("rcpt",), 1.0, "451 until so many seconds after the first attempt"),
    "wrong-certificate": Action(("starttls",), None, "the certificate of somebody else"),
    "no-handshake": Action(("starttls",), None, "220, and then no TLS"),
}
# The code is the action, the argument its text. At body and with 421 the connection ends with it.
REPLY = Action(STAGES, "as told", "answers so")
CODE = re.compile(r"[2-5][0-9][0-9]")


class Rule:
    """`left`: how often it still holds; `argument`: seconds, bytes, lines, or the text of a reply,
    as told or by default; `code`: of that reply, None for the other actions; `text`: the line
    without the count."""

    def __init__(self, stage, pattern, action, argument, left=FOR_EVER):
        self.stage, self.pattern, self.left = stage, pattern.lower(), left
        if stage not in STAGES:
            raise ValueError(f"'{stage}' is no stage; there are {', '.join(STAGES)}")
        if pattern != "*" and stage not in WITH_ADDRESS:
            raise ValueError(f"at {stage} nobody's address is known: the pattern must be *")
        self.action = action
        self.code = int(action) if CODE.fullmatch(action) else None
        known = REPLY if self.code else ACTIONS.get(action)
        if known is None:
            raise ValueError(f"'{action}' is no action; there are codes and {', '.join(ACTIONS)}")
        if stage not in known.stages:
            raise ValueError(f"{action} is for {', '.join(known.stages)}")
        self.text = f"{stage} {self.pattern} {action} {argument}".rstrip()
        self.argument = self._read(argument, known.default)

    def _read(self, text, default):
        if not text:
            return default
        if self.code:
            return text
        if default is None:
            raise ValueError(f"{self.action} takes no argument")
        number = type(default)(text)
        if not number >= 0:
            raise ValueError(f"{self.action} {text}: not below 0")
        return number

    def __str__(self):
        return self.text if self.left == FOR_EVER else f"{self.left}x {self.text}"

    def fits(self, stage, address):
        return (stage == self.stage and self.left > 0
                and (self.pattern == "*" or fnmatch.fnmatchcase(address.lower(), self.pattern)))


def parse(line):
    """The rule of a line; ValueError says what is wrong with it."""
    words = line.split(None, 1)
    left = FOR_EVER
    if words and re.fullmatch(r"[0-9]+x", words[0]):
        left, line = int(words[0][:-1]), words[1] if len(words) > 1 else ""
    words = line.split(None, 3)
    if len(words) < 3:
        raise ValueError(f"'{line.strip()}' is not [Nx] STAGE ADDRESS ACTION [ARGUMENT]")
    return Rule(*words[:3], words[3].strip() if len(words) > 3 else "", left)


def parse_all(text):
    """The rules of a file; empty lines and lines that begin with # say nothing."""
    return [parse(line) for line in text.splitlines()
            if line.strip() and not line.lstrip().startswith("#")]


def of_local_part(address):
    """The rule that an address is itself, or None. One that begins like a rule and is none raises
    ValueError: a test with a typing error must not pass as accepted."""
    local = address.rpartition("@")[0].partition("+")[0].lower()
    stage, dot, rest = local.partition(".")
    if not dot or stage not in WITH_ADDRESS:
        return None
    action, _, argument = rest.partition(".")
    return Rule(stage, "*", action, argument)


class Rules:
    """The rules in force; may be changed while sessions ask."""

    def __init__(self, rules=()):
        self.turn = threading.Lock()
        self.rules = list(rules)

    def add(self, text):
        """The rules of some lines, before all others; ValueError leaves everything as it was."""
        rules = parse_all(text)
        with self.turn:
            self.rules[:0] = rules

    def clear(self):
        with self.turn:
            self.rules.clear()

    def texts(self):
        with self.turn:
            return [str(rule) for rule in self.rules]

    def match(self, stage, addresses):
        """(rule, the address that it fits), or (None, the first address). The rule is used once."""
        addresses = list(addresses) or [""]
        with self.turn:
            for rule in self.rules:
                for address in addresses:
                    if rule.fits(stage, address):
                        rule.left -= 1
                        return rule, address
        for address in addresses:
            rule = of_local_part(address)
            if rule and rule.stage == stage:
                return rule, address
        return None, addresses[0]
