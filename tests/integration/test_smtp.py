#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Mails to a relay that misbehaves: each fault ends as the table says.

usage: test_smtp.py PATH_OF_SMTP_TRIAL
"""
import base64
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

from smtp_relay import Relay, Talk

TRIAL = sys.argv.pop(1)
SMALL = b"Subject: reminder\r\n\r\nDear customer\r\n"
# More than the buffers of both sides hold: it is not complete while the relay does not read.
LARGE = b"Subject: large\r\n\r\n" + b"0123456789abcdef" * 4 + b"\r\n" + (b"x" * 76 + b"\r\n") * 200000
LIMITS = {"connect_ms": 1200, "reply_ms": 1200, "block_ms": 1200, "accept_ms": 1200}
FOLDER = tempfile.TemporaryDirectory(prefix="relance-smtp-")
LONG = 20000


def at(name):
    return pathlib.Path(FOLDER.name) / name


def certify(name, subject):
    """A certificate that is its own authority: (certificate, key)."""
    files = at(name + ".pem"), at(name + ".key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=relay",
                    "-addext", "subjectAltName=" + subject, "-out", files[0], "-keyout", files[1]],
                   check=True, capture_output=True)
    return files


class Pool:
    """The pool under test, as a process."""

    def __init__(self, *relays, tls="none", ca="-", login=("-", "-"), connections=1, host="127.0.0.1",
                 per_second=0, env=None, **numbers):
        words = []
        for relay in relays:
            port = relay.port if isinstance(relay, Relay) else relay
            words += ["relay", host, port, tls, ca, *login, connections, per_second]
        for name, value in {**LIMITS, **numbers}.items():
            words += [name, value]
        self.process = subprocess.Popen([TRIAL, *map(str, words)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True,
                                        env={**os.environ, **(env or {})})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.close()

    def ask(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def send(self, message=SMALL, number=1, to="anna@kunde.example", within_ms=LONG):
        path = at("message")
        path.write_bytes(message)
        return self.ask("send", number, "mahnung@firma.example", to, path, within_ms)

    def collect(self, wait_ms=LONG):
        """(outcome, stage, code), and all of the words in `last`."""
        self.last = self.ask("collect", wait_ms).split(" ", 7)
        return (self.last[2], self.last[3], int(self.last[4])) if len(self.last) > 2 else None

    def mail(self, message=SMALL, **options):
        answer = self.send(message, **options)
        assert answer == "submitted", answer
        return self.collect()

    def close(self):
        began = time.monotonic()
        out, _ = self.process.communicate("close\n", timeout=60)
        assert out.strip() == "closed" and self.process.returncode == 0, (out, self.process.returncode)
        return time.monotonic() - began


def pause(seconds, then):
    def act(talk):
        time.sleep(seconds)
        talk.say(then)
        return then
    return act


def dribble(text):
    def act(talk):
        for letter in text + "\r\n":
            talk.sock.sendall(letter.encode())
            time.sleep(0.01)
        return text
    return act


def part_then_drop(text):
    def act(talk):
        talk.sock.sendall(text.encode())
        talk.drop()
    return act


def say_then_drop(text):
    def act(talk):
        talk.say(text)
        talk.drop()
    return act


def read_some_then(end):
    def act(talk):
        while len(talk.data) < 30000:
            talk.more()
        end(talk)
    return act


def endless(talk):
    while True:
        talk.say("250-" + "x" * 500)


LONG_LINES = "\r\n".join(["550-" + "y" * 500] * 2000) + "\r\n550 no"
ONE_LONG_LINE = "250 " + "z" * 1000000

TABLE = [
    # step, what the relay does there, the message; outcome, stage, code
    ("greeting", "421 too busy", SMALL, "deferred", "connection", 421),
    ("greeting", "554 no mail here", SMALL, "deferred", "connection", 554),
    ("greeting", Talk.drop, SMALL, "deferred", "connection", 0),
    ("greeting", Talk.reset, SMALL, "deferred", "connection", 0),
    ("greeting", Talk.hang, SMALL, "deferred", "connection", 0),
    ("EHLO", Talk.drop, SMALL, "deferred", "hello", 0),
    ("EHLO", Talk.hang, SMALL, "deferred", "hello", 0),
    ("MAIL", "451 4.3.0 later", SMALL, "deferred", "sender", 451),
    ("MAIL", "421 closing", SMALL, "deferred", "sender", 421),
    ("MAIL", "550 5.7.1 not from you", SMALL, "refused", "sender", 550),
    ("MAIL", "530 5.7.0 log in first", SMALL, "broken", "sender", 530),
    ("MAIL", Talk.drop, SMALL, "deferred", "sender", 0),
    ("MAIL", Talk.hang, SMALL, "deferred", "sender", 0),
    ("RCPT", "450 4.2.1 mailbox busy", SMALL, "deferred", "recipient", 450),
    ("RCPT", "550 5.1.1 no such user", SMALL, "refused", "recipient", 550),
    ("RCPT", LONG_LINES, SMALL, "deferred", "recipient", 0),
    ("RCPT", endless, SMALL, "deferred", "recipient", 0),
    ("RCPT", Talk.drop, SMALL, "deferred", "recipient", 0),
    ("RCPT", Talk.reset, SMALL, "deferred", "recipient", 0),
    ("RCPT", Talk.hang, SMALL, "deferred", "recipient", 0),
    ("DATA", "451 4.3.0 later", SMALL, "deferred", "data", 451),
    ("DATA", "554 5.5.1 no valid recipients", SMALL, "refused", "data", 554),
    ("DATA", "250 what", SMALL, "deferred", "data", 0),
    ("DATA", Talk.drop, SMALL, "deferred", "data", 0),
    ("DATA", Talk.hang, SMALL, "deferred", "data", 0),
    ("body", read_some_then(Talk.drop), LARGE, "deferred", "body", 0),
    ("body", read_some_then(Talk.reset), LARGE, "deferred", "body", 0),
    ("body", read_some_then(Talk.hang), LARGE, "deferred", "body", 0),
    ("dot", "250 fine", SMALL, "accepted", "end", 250),
    ("dot", "251 fine, too", SMALL, "accepted", "end", 251),
    ("dot", "451 4.3.0 later", SMALL, "deferred", "end", 451),
    ("dot", "421 4.3.2 closing", SMALL, "deferred", "end", 421),
    ("dot", "554 5.6.0 not that", SMALL, "refused", "end", 554),
    ("dot", "554 5.6.0 not that", LARGE, "refused", "end", 554),
    ("dot", say_then_drop("250 fine"), SMALL, "accepted", "end", 250),
    ("dot", say_then_drop("451 later"), SMALL, "deferred", "end", 451),
    ("dot", "354 go on", SMALL, "unknown", "end", 354),
    ("dot", "no number at all", SMALL, "unknown", "end", 0),
    ("dot", Talk.drop, SMALL, "unknown", "end", 0),
    ("dot", Talk.drop, LARGE, "unknown", "end", 0),
    ("dot", Talk.reset, SMALL, "unknown", "end", 0),
    ("dot", Talk.hang, SMALL, "unknown", "end", 0),
    ("dot", part_then_drop("25"), SMALL, "unknown", "end", 0),
    ("dot", part_then_drop("250 fi"), SMALL, "unknown", "end", 0),
    ("dot", part_then_drop("250-first\r\n"), SMALL, "unknown", "end", 0),
    ("dot", endless, SMALL, "unknown", "end", 0),
    ("dot", ONE_LONG_LINE, SMALL, "unknown", "end", 0),  # libcurl 7.88 gives up on it
    ("dot", dribble("250 2.0.0 slowly"), SMALL, "accepted", "end", 250),
]


class Faults(unittest.TestCase):
    def test_each_fault_ends_as_the_table_says(self):
        for step, act, message, *expected in TABLE:
            words = act[:30] if isinstance(act, str) else getattr(act, "__qualname__", act)
            with self.subTest(step=step, act=words, size=len(message)):
                with Relay({step: act}) as relay, Pool(relay) as pool:
                    self.assertEqual(pool.mail(message), tuple(expected), pool.last)

    def test_a_reset_beside_a_short_message_is_unknown_once_the_message_was_complete(self):
        with Relay({"body": Talk.reset}) as relay, Pool(relay) as pool:
            self.assertIn(pool.mail(), (("deferred", "body", 0), ("unknown", "end", 0)))

    def test_a_relay_without_a_greeting_for_us_is_not_the_mails_fault(self):
        with Relay({"EHLO": "550 go away", "HELO": "550 go away"}) as relay, Pool(relay) as pool:
            self.assertEqual(pool.mail(), ("deferred", "hello", 550))

    def test_an_old_relay_is_spoken_to_with_helo(self):
        with Relay({"EHLO": "502 what?"}) as relay, Pool(relay) as pool:
            self.assertEqual(pool.mail(), ("accepted", "end", 250))

    def test_a_closed_port_and_an_unknown_name_are_tried_later(self):
        with Relay() as relay:
            port = relay.port
        with Pool(port) as pool:
            self.assertEqual(pool.mail(), ("deferred", "connection", 0))
        with Pool(port, host="no-such-relay.invalid") as pool:
            self.assertEqual(pool.mail(), ("deferred", "connection", 0))

    def test_words_are_kept_without_addresses(self):
        with Relay({"RCPT": "550-5.1.1 <anna@kunde.example>: gone\r\n550 5.1.1 \x1b[1msorry"}) as relay:
            with Pool(relay) as pool:
                pool.mail()
        self.assertEqual(pool.last[4:], ["550", "5.1.1", "0", "[address] gone ?[1msorry"])


class Message(unittest.TestCase):
    def received(self, message, script=None):
        with Relay(script) as relay, Pool(relay, block_ms=20000) as pool:
            self.assertEqual(pool.mail(message), ("accepted", "end", 250), pool.last)
            return relay.bodies()

    def unstuffed(self, body):
        self.assertEqual(body[-3:], b".\r\n")
        lines = body[:-3].split(b"\r\n")
        self.assertNotIn(b".", lines)
        return b"\r\n".join(line[1:] if line.startswith(b".") else line for line in lines)

    def test_lines_of_dots_arrive_as_they_were(self):
        for message in (b".\r\n", b".first\r\n\r\n..\r\n...\r\n.\r\n", b"a\r\n.\r\nMAIL FROM:<x>\r\n",
                        b"\r\n.\r\n\r\n.\r\n"):
            with self.subTest(message=message):
                (body,) = self.received(message)
                self.assertEqual(self.unstuffed(body), message)

    def test_a_large_message_full_of_dots_arrives_whole_through_a_slow_relay(self):
        def read_slowly(talk):
            for _ in range(50):
                talk.more()
                time.sleep(0.005)

        lines = [b"." * (i % 5) + b"x" * (i % 71) for i in range(100000)]
        message = b"\r\n".join(lines) + b"\r\n"
        for script in (None, {"body": read_slowly}):
            (body,) = self.received(message, script)
            self.assertEqual(self.unstuffed(body), message)

    def test_every_size_around_a_buffer_arrives_whole(self):
        with Relay() as relay, Pool(relay) as pool:
            for size in [*range(65530, 65542), *range(131066, 131078)]:
                message = b".\r\n" * 9 + (b"y" * 76 + b"\r\n") * ((size - 27) // 78)
                message += b"z" * (size - len(message) - 2) + b"\r\n"
                if size - len(message) != 0:
                    continue
                self.assertEqual(pool.mail(message), ("accepted", "end", 250), size)
                self.assertEqual(self.unstuffed(relay.bodies()[-1]), message, size)

    def test_nothing_that_could_be_read_as_a_command_is_submitted(self):
        with Relay() as relay, Pool(relay) as pool:
            for to in ("anna@kunde.example>\\nDATA", "anna@kunde.example\\nRCPT", "<anna@kunde.example>",
                       "anna", "@kunde.example", "anna@kunde"):
                self.assertTrue(pool.send(to=to).startswith("rejected"), to)
            for message in (b"", b"no end", b"a\n.\nb\r\n", b"a\r.\r\n", b"a\0b\r\n", b"\xc3\xa4\r\n",
                            b"x" * 999 + b"\r\n"):
                self.assertTrue(pool.send(message).startswith("rejected"), message)
            self.assertEqual(pool.mail(b"x" * 998 + b"\r\n"), ("accepted", "end", 250))
        self.assertEqual([line for line in relay.heard() if line[:4] in ("MAIL", "RCPT")],
                         ["MAIL FROM:<mahnung@firma.example>", "RCPT TO:<anna@kunde.example>"])


class TooLate(unittest.TestCase):
    def test_no_byte_of_a_message_leaves_after_its_time(self):
        for step in ("greeting", "MAIL", "RCPT", "DATA"):
            late = {"greeting": "220 at last", "DATA": "354 at last"}.get(step, "250 at last")
            with self.subTest(step=step), Relay({step: pause(1.5, late)}) as relay:
                with Pool(relay, connect_ms=LONG, reply_ms=LONG) as pool:
                    self.assertEqual(pool.mail(within_ms=1000), ("too_late", "data", 0))
                relay.settle()
                self.assertEqual(relay.bodies(), [b""])
                self.assertEqual([talk.data for talk in relay.talks], [b""] * len(relay.talks))

    def test_what_is_late_from_the_start_is_not_even_tried(self):
        with Relay() as relay, Pool(relay) as pool:
            self.assertEqual(pool.mail(within_ms=0), ("too_late", "start", 0))
            self.assertEqual(relay.talks, [])

    def test_a_relay_that_takes_long_to_connect_gets_the_next_mail_in_time(self):
        with Relay({"greeting": pause(1.5, "220 at last")}) as relay:
            with Pool(relay, connect_ms=LONG) as pool:
                self.assertEqual(pool.mail(within_ms=1000)[0], "too_late")
                while pool.send(within_ms=1000) != "submitted":
                    time.sleep(0.05)
                self.assertEqual(pool.collect(), ("accepted", "end", 250))
        self.assertEqual([body for body in relay.bodies() if body], [SMALL + b".\r\n"])


class Warm(unittest.TestCase):
    def test_mails_share_a_connection(self):
        with Relay() as relay, Pool(relay) as pool:
            for number in range(20):
                self.assertEqual(pool.mail(number=number), ("accepted", "end", 250))
            self.assertEqual(len(relay.talks), 1)
            self.assertEqual(len(relay.bodies()), 20)

    def test_a_connection_that_died_while_idle_is_replaced(self):
        def close_first(talk):
            talk.say("250 fine")
            if len(talk.relay.talks) == 1:
                time.sleep(0.2)
                talk.drop()

        def say_first(talk):
            talk.say("250 fine")
            if len(talk.relay.talks) == 1:
                time.sleep(0.2)
                talk.say("421 4.4.2 idle for too long")
                talk.drop()

        def at_mail(talk):
            if len(talk.relay.talks) == 1 and talk.bodies:
                talk.reset()
            talk.say("250 fine")

        for script in ({"dot": close_first}, {"dot": say_first}, {"MAIL": at_mail}):
            with self.subTest(script=script), Relay(script) as relay, Pool(relay) as pool:
                self.assertEqual(pool.mail(), ("accepted", "end", 250))
                time.sleep(0.5)
                self.assertEqual(pool.mail(), ("accepted", "end", 250), pool.last)
                self.assertEqual(len(relay.talks), 2)
                self.assertEqual(relay.bodies(), [SMALL + b".\r\n"] * 2)

    def test_a_mail_is_never_sent_twice_by_itself(self):
        def second_is_lost(talk):
            if len(talk.bodies) == 2:
                talk.drop()
            talk.say("250 fine")

        with Relay({"dot": second_is_lost}) as relay, Pool(relay) as pool:
            self.assertEqual(pool.mail(), ("accepted", "end", 250))
            self.assertEqual(pool.mail(), ("unknown", "end", 0))
            relay.settle()
            self.assertEqual(len(relay.bodies()), 2)

    def test_a_second_reply_does_not_answer_the_next_mail(self):
        with Relay({"dot": "250 fine\r\n250 fine"}) as relay, Pool(relay) as pool:
            self.assertEqual(pool.mail(), ("accepted", "end", 250))
            self.assertEqual(pool.mail(b"second\r\n"), ("accepted", "end", 250))
            self.assertEqual([body for body in relay.bodies() if body.endswith(b"\r\n.\r\n")],
                             [SMALL + b".\r\n", b"second\r\n.\r\n"])

    def test_a_relay_that_takes_few_mails_a_connection_gets_another_one(self):
        def two_only(talk):
            talk.say("250 fine" if len(talk.bodies) < 2 else "550 too many mails in this session")

        with Relay({"MAIL": two_only}) as relay, Pool(relay) as pool:
            for _ in range(5):
                self.assertEqual(pool.mail(), ("accepted", "end", 250))
            self.assertEqual(len(relay.talks), 3)


class Trust(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.right = certify("right", "IP:127.0.0.1")
        cls.wrong = certify("wrong", "DNS:other.example")

    def test_mail_goes_by_tls_after_a_login(self):
        for tls in ("starttls", "implicit"):
            script = {"EHLO": lambda talk: talk.say(
                "250-relay\r\n250 " + ("AUTH PLAIN" if talk.tls else "STARTTLS"))}
            with self.subTest(tls=tls), Relay(script, tls == "implicit", self.right) as relay:
                with Pool(relay, tls=tls, ca=self.right[0], login=("user", "geheim")) as pool:
                    for _ in range(3):
                        self.assertEqual(pool.mail(), ("accepted", "end", 250), pool.last)
                self.assertEqual(len(relay.talks), 1)
                self.assertIn("AUTH PLAIN", relay.heard())
                self.assertIn(base64.b64encode(b"\0user\0geheim").decode(), relay.heard())

    def test_a_certificate_of_another_name_or_authority_breaks(self):
        script = {"EHLO": "250-relay\r\n250 STARTTLS"}
        cases = [(self.wrong, self.wrong[0]), (self.right, self.wrong[0]), (self.right, "-"),
                 (self.right, "/nonexistent/authority.pem")]
        for tls in ("starttls", "implicit"):
            for certificate, ca in cases:
                with self.subTest(tls=tls, ca=ca), Relay(script, tls == "implicit", certificate) as relay:
                    with Pool(relay, tls=tls, ca=ca) as pool:
                        self.assertEqual(pool.mail()[0], "broken", pool.last)
                    self.assertNotIn("MAIL", " ".join(relay.heard()))

    def test_without_starttls_nothing_is_said(self):
        for script, outcome in (({}, "broken"),
                                ({"EHLO": "250-r\r\n250 STARTTLS", "STARTTLS": "502 no"}, "broken"),
                                ({"EHLO": "250-r\r\n250 STARTTLS", "STARTTLS": "454 later"}, "deferred")):
            with self.subTest(script=script), Relay(script) as relay:
                with Pool(relay, tls="starttls", login=("user", "geheim")) as pool:
                    self.assertEqual(pool.mail()[0], outcome, pool.last)
                self.assertFalse([line for line in relay.heard() if line[:4] in ("MAIL", "AUTH")])

    def test_a_refused_login_breaks_and_a_postponed_one_does_not(self):
        for reply, outcome in (("535 5.7.8 wrong", "broken"), ("454 4.7.0 later", "deferred"),
                               (Talk.drop, "deferred")):
            script = {"EHLO": "250-relay\r\n250 AUTH PLAIN", "AUTH": reply}
            with self.subTest(reply=reply), Relay(script, True, self.right) as relay:
                with Pool(relay, tls="implicit", ca=self.right[0], login=("user", "geheim")) as pool:
                    self.assertEqual(pool.mail()[:2], (outcome, "login"), pool.last)
                    self.assertNotIn("geheim", " ".join(pool.last))

    def test_what_is_put_in_before_tls_is_not_believed(self):
        def inject(talk):
            talk.say("220 go\r\n250-evil\r\n250 AUTH PLAIN")
            talk.start_tls()

        with Relay({"EHLO": "250-r\r\n250 STARTTLS", "STARTTLS": inject}, False, self.right) as relay:
            with Pool(relay, tls="starttls", ca=self.right[0], login=("user", "geheim")) as pool:
                self.assertEqual(pool.mail()[0], "deferred", pool.last)
            self.assertNotIn("AUTH", " ".join(relay.heard()))


class Pooling(unittest.TestCase):
    def test_there_is_one_mail_a_connection(self):
        with Relay({"dot": pause(0.5, "250 fine")}) as relay, Pool(relay, connections=3) as pool:
            for number in range(3):
                self.assertEqual(pool.send(number=number), "submitted")
            self.assertEqual(pool.send(number=3), "busy -1")
            self.assertIsNone(pool.collect(0))
            self.assertEqual(pool.ask("drain", 10), "under way")
            self.assertEqual(pool.ask("drain", 5000), "drained")
            for _ in range(3):
                self.assertEqual(pool.collect(0), ("accepted", "end", 250))
            self.assertIsNone(pool.collect(0))

    def test_a_relay_that_is_away_is_left_alone_and_the_next_one_used(self):
        with Relay() as gone:
            port = gone.port
        with Relay() as relay, Pool(port, relay) as pool:
            relays = []
            for number in range(7):
                pool.mail(number=number)
                relays.append((pool.last[2], pool.last[6]))
            self.assertEqual(relays, [("deferred", "0")] * 5 + [("accepted", "1")] * 2)
        with Pool(port) as pool:
            for _ in range(5):
                pool.mail()
            word, wait_ms = pool.send().split()
            self.assertEqual(word, "busy")
            self.assertTrue(3000 < int(wait_ms) <= 5000, wait_ms)

    def test_rates_of_relay_and_domain_hold_mails_back(self):
        with Relay() as relay, Pool(relay, domain_per_minute=6, per_second=1) as pool:
            pool.mail(to="a@kunde.example")
            word, wait_ms = pool.send(to="b@KUNDE.example").split()
            self.assertEqual(word, "busy")
            self.assertTrue(1000 < int(wait_ms) <= 10000, wait_ms)
            word, wait_ms = pool.ask("release", "b@andere.example").split()
            self.assertEqual(word, "busy")
            self.assertTrue(0 < int(wait_ms) <= 1000, wait_ms)
            time.sleep(1)
            self.assertEqual(pool.ask("release", "b@andere.example"), "released")

    def test_close_does_not_wait_for_a_relay_that_hangs(self):
        for step in ("greeting", "RCPT", "body", "dot", "QUIT"):
            with self.subTest(step=step), Relay({step: Talk.hang}) as relay:
                times = dict.fromkeys(LIMITS, 60000)
                with Pool(relay, **times) as pool:
                    pool.send(LARGE if step == "body" else SMALL)
                    if step == "QUIT":
                        pool.collect()
                    time.sleep(0.3)
                    self.assertLess(pool.close(), 8)

    def test_a_quit_is_said(self):
        with Relay() as relay:
            with Pool(relay) as pool:
                pool.mail()
            relay.settle()
            self.assertEqual(relay.heard()[-1], "QUIT")

    def test_the_environment_names_no_proxy(self):
        env = {"ALL_PROXY": "http://127.0.0.1:9", "all_proxy": "socks5://127.0.0.1:9"}
        with Relay() as relay, Pool(relay, env=env) as pool:
            self.assertEqual(pool.mail(), ("accepted", "end", 250))

    def test_many_mails_over_many_connections_all_arrive_once(self):
        with Relay() as relay, Pool(relay, connections=8) as pool:
            waiting, results = list(range(300)), []
            while len(results) < 300:
                while waiting and pool.send(b"Subject: %d\r\n\r\n" % waiting[-1],
                                            number=waiting[-1]) == "submitted":
                    waiting.pop()
                self.assertEqual(pool.collect(), ("accepted", "end", 250))
                results.append(int(pool.last[1]))
            self.assertEqual(sorted(results), list(range(300)))
        self.assertEqual(sorted(relay.bodies()),
                         sorted(b"Subject: %d\r\n\r\n.\r\n" % i for i in range(300)))


if __name__ == "__main__":
    unittest.main(verbosity=2)
