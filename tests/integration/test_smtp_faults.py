#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The SMTP server of the fault tests: what a client sees of each way to misbehave, what is taken
and what is not.

usage: test_smtp_faults.py
"""
import pathlib
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

CHAOS = pathlib.Path(__file__).resolve().parents[1] / "chaos"
sys.path.insert(0, str(CHAOS))
import smtp_sink  # noqa: E402

LIMIT_S = 20
# What a test waits for on purpose: long beside a round trip, short beside its patience.
SHORT_S = 0.4
FROM, TO, OTHER = "dunning@seller.example", "anna@debtor.example", "ben@debtor.example"
MESSAGE = b"Subject: Reminder\r\n\r\n.one dot\r\n"
STUFFED = MESSAGE.replace(b"\r\n.", b"\r\n..") + b"."  # as the wire has it, but for the last CRLF
# More than the buffers of both ends hold: the server can be gone before the final dot is sent.
LONG = b"Subject: Reminder\r\n\r\n" + b"0123456789\r\n" * 1_000_000


class Raw:
    """A client that sees every byte."""

    def __init__(self, port):
        self.link = socket.create_connection(("127.0.0.1", port), LIMIT_S)
        self.file = self.link.makefile("rb")

    def reply(self):
        """All lines of one reply, as bytes; b"" when the connection has ended."""
        lines = b""
        while line := self.file.readline():
            lines += line
            if line[3:4] != b"-":
                break
        return lines

    def ask(self, *commands):
        """The reply to the last of them."""
        for command in commands:
            self.link.sendall(command + b"\r\n")
            reply = self.reply()
        return reply

    def begin(self, recipient=TO):
        """Up to the 354."""
        self.reply()
        return self.ask(b"EHLO test", b"MAIL FROM:<%s>" % FROM.encode(),
                        b"RCPT TO:<%s>" % recipient.encode(), b"DATA")

    def close(self):
        self.file.close()
        self.link.close()


class Case(unittest.TestCase):
    tls = False

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.sink = smtp_sink.Sink(temporary.name, tls=self.tls)
        self.addCleanup(self.sink.__exit__)
        self.sink.__enter__()

    def client(self):
        client = smtplib.SMTP("127.0.0.1", self.sink.port, timeout=LIMIT_S)
        self.addCleanup(client.close)
        return client

    def raw(self):
        raw = Raw(self.sink.port)
        self.addCleanup(raw.close)
        return raw

    def send(self, *recipients, content=MESSAGE):
        with self.client() as client:
            return client.sendmail(FROM, recipients or (TO,), content)

    def kept(self):
        return [letter.content for letter in self.sink.letters()]

    def ends(self, count=1):
        """Why the sessions ended, once that many have."""
        deadline = time.monotonic() + LIMIT_S
        while len(found := self.sink.log("end")) < count:
            self.assertLess(time.monotonic(), deadline, found)
            time.sleep(0.01)
        return [line["why"] for line in found]


class Usual(Case):
    def test_without_rules_it_takes_everything_and_stores_it_as_the_stack_does(self):
        self.assertEqual(self.send(TO, OTHER), {})
        letter, = self.sink.letters()
        self.assertEqual(letter.content, MESSAGE)
        self.assertEqual((letter.envelope["from"], letter.envelope["to"]), (FROM, [TO, OTHER]))

    def test_the_envelope_says_when_the_first_byte_of_the_message_came(self):
        raw = self.raw()
        raw.begin()
        time.sleep(0.2)
        before = time.time_ns() // 1_000_000
        raw.link.sendall(b"a")
        time.sleep(0.2)
        after = time.time_ns() // 1_000_000
        raw.link.sendall(b"b\r\n.\r\n")
        self.assertTrue(raw.reply().startswith(b"250"))
        came = self.sink.letters()[0].envelope["body_at_ms"]
        self.assertTrue(before <= came < after, (before, came, after))

    def test_one_connection_takes_many_messages(self):
        with self.client() as client:
            for number in range(3):
                client.sendmail(FROM, [TO], b"%d\r\n" % number)
        self.assertEqual(self.kept(), [b"0\r\n", b"1\r\n", b"2\r\n"])

    def test_a_dot_between_bare_line_feeds_ends_nothing(self):
        raw = self.raw()
        raw.begin()
        raw.link.sendall(b"a\n.\r\nb\r\n.\n\r\n.\r\n")
        self.assertTrue(raw.reply().startswith(b"250"))
        self.assertEqual(self.kept(), [b"a\n.\r\nb\r\n\n\r\n"])

    def test_commands_out_of_order_are_refused(self):
        raw = self.raw()
        raw.reply()
        self.assertTrue(raw.ask(b"RCPT TO:<a@b.example>").startswith(b"503"))
        self.assertTrue(raw.ask(b"EHLO x", b"DATA").startswith(b"503"))
        self.assertTrue(raw.ask(b"MAIL FROM:a@b.example").startswith(b"501"))
        self.assertTrue(raw.ask(b"STARTTLS").startswith(b"502"))

    def test_every_stage_is_a_line_of_the_log(self):
        self.sink.rules.add("1x rcpt ben@* 450")
        self.send(TO, OTHER)
        self.assertEqual(self.ends(), ["quit"])
        log = self.sink.log()
        self.assertEqual(
            [(line["stage"], line.get("reply")) for line in log],
            [("greeting", 220), ("helo", 250), ("mail", 250), ("rcpt", 250), ("rcpt", 450),
             ("data", 354), ("body", None), ("dot", 250), ("quit", 221), ("end", None)])
        self.assertEqual((log[4]["address"], log[4]["rule"]), (OTHER, "rcpt ben@* 450"))
        self.assertTrue(all(line["peer"].startswith("127.0.0.1:") and line["at"] for line in log))


class Codes(Case):
    def test_421_at_the_greeting_turns_one_connection_away(self):
        self.sink.rules.add("1x greeting * 421 busy")
        with self.assertRaises(smtplib.SMTPConnectError) as refused:
            self.client()
        self.assertEqual(refused.exception.smtp_code, 421)
        self.assertEqual(self.send(), {})

    def test_421_closes_at_every_stage(self):
        words = {"mail": 0, "rcpt": 1, "data": 2}
        commands = [b"MAIL FROM:<a@b.example>", b"RCPT TO:<c@d.example>", b"DATA"]
        for stage, place in words.items():
            with self.subTest(stage):
                self.sink.rules.add(f"1x {stage} * 421")
                raw = self.raw()
                raw.reply()
                reply = raw.ask(b"EHLO x", *commands[:place + 1])
                self.assertTrue(reply.startswith(b"421"), reply)
                self.assertEqual(raw.reply(), b"")

    def test_421_after_the_final_dot_takes_nothing(self):
        self.sink.rules.add("dot * 421")
        with self.assertRaises(smtplib.SMTPException):
            self.send()
        self.assertEqual(self.kept(), [])

    def test_a_refused_greeting_of_the_client_makes_it_fall_back_to_helo(self):
        self.sink.rules.add("1x helo * 502")
        self.assertEqual(self.send(), {})

    def test_one_recipient_is_refused_and_the_other_gets_the_message(self):
        self.sink.rules.add("rcpt ANNA@* 450 4.2.2 mailbox full\nrcpt carl@* 550 5.1.1 unknown")
        refused = self.send(TO, OTHER, "carl@debtor.example")
        self.assertEqual(refused, {TO: (450, b"4.2.2 mailbox full"),
                                   "carl@debtor.example": (550, b"5.1.1 unknown")})
        self.assertEqual(self.sink.letters()[0].envelope["to"], [OTHER])

    def test_another_code_of_the_usual_kind_accepts(self):
        self.sink.rules.add("rcpt * 251 2.1.5 will forward")
        raw = self.raw()
        self.assertTrue(raw.begin().startswith(b"354"))
        raw.ask(STUFFED)
        self.assertEqual(self.kept(), [MESSAGE])

    def test_552_at_data_and_after_the_dot_takes_nothing(self):
        for stage in ("data", "dot"):
            with self.subTest(stage):
                with self.assertRaises(smtplib.SMTPDataError) as refused:
                    self.send(f"{stage}.552@debtor.example")
                self.assertEqual(refused.exception.smtp_code, 552)
        self.assertEqual(self.kept(), [])

    def test_a_sender_is_matched_at_mail(self):
        self.sink.rules.add("mail dunning@* 452")
        with self.assertRaises(smtplib.SMTPSenderRefused) as refused:
            self.send()
        self.assertEqual(refused.exception.smtp_code, 452)

    def test_the_greylist_opens_after_its_time_for_who_came_before(self):
        self.sink.rules.add(f"rcpt anna@* greylist {SHORT_S}\nrcpt ben@* greylist 600")
        for recipient in (TO, OTHER, OTHER):
            with self.assertRaises(smtplib.SMTPRecipientsRefused) as refused:
                self.send(recipient)
            self.assertEqual(refused.exception.recipients[recipient][0], 451)
        time.sleep(SHORT_S)
        self.assertEqual(self.send(), {})
        with self.assertRaises(smtplib.SMTPRecipientsRefused):
            self.send("anna@another.example")


class Drops(Case):
    def test_a_connection_dropped_before_the_final_dot_takes_nothing(self):
        self.sink.rules.add("body * drop")
        with self.assertRaises((OSError, smtplib.SMTPServerDisconnected)):
            self.send(content=LONG)
        self.assertEqual(self.kept(), [])

    def test_an_answer_in_the_middle_of_a_message_ends_the_connection(self):
        self.sink.rules.add("body * 451 no more")
        raw = self.raw()
        raw.begin()
        raw.link.sendall(b"Subject: half\r\n")
        self.assertEqual(raw.reply(), b"451 no more\r\n")
        self.assertEqual(self.ends(), ["said 451"])

    def test_dropped_after_the_final_dot_the_client_cannot_know_what_became_of_it(self):
        for action, count in (("drop", 0), ("keep-drop", 1)):
            with self.subTest(action):
                with self.assertRaises(smtplib.SMTPServerDisconnected):
                    self.send(f"dot.{action}@debtor.example")
                self.assertEqual(len(self.kept()), count)

    def test_250_and_then_gone_is_a_message_taken(self):
        raw = self.raw()
        raw.begin("dot.answer-drop@debtor.example")
        self.assertTrue(raw.ask(STUFFED).startswith(b"250"))
        self.assertEqual(raw.reply(), b"")
        self.assertEqual(len(self.kept()), 1)

    def test_a_reset_is_no_orderly_end(self):
        raw = self.raw()
        self.assertTrue(raw.begin("dot.reset@debtor.example").startswith(b"354"))
        raw.link.sendall(STUFFED + b"\r\n")
        with self.assertRaises(ConnectionResetError):
            raw.reply()

    def test_it_drops_at_every_stage_at_which_it_speaks(self):
        for stage in ("greeting", "helo", "mail", "rcpt", "data", "quit"):
            with self.subTest(stage):
                self.sink.rules.add(f"1x {stage} * drop")
                raw = self.raw()
                if stage == "greeting":
                    self.assertEqual(raw.reply(), b"")
                    continue
                raw.reply()
                words = {"helo": b"EHLO x", "mail": b"MAIL FROM:<a@b.example>",
                         "rcpt": b"RCPT TO:<c@d.example>", "data": b"DATA", "quit": b"QUIT"}
                place = list(words).index(stage)
                before = [] if stage == "quit" else list(words.values())[:place]
                self.assertEqual(raw.ask(*before, words[stage]), b"")


class Slowness(Case):
    def test_it_hangs_at_every_stage_and_then_goes_on(self):
        for stage in ("greeting", "helo", "mail", "rcpt", "data", "body", "dot", "quit"):
            with self.subTest(stage):
                self.sink.rules.add(f"1x {stage} * hang {SHORT_S}")
                began = time.monotonic()
                self.assertEqual(self.send(), {})
                self.assertGreaterEqual(time.monotonic() - began, SHORT_S)
        self.assertEqual(len(self.kept()), 8)

    def test_a_client_that_leaves_ends_a_pause_and_a_late_answer_has_the_message_all_the_same(self):
        raw = self.raw()
        raw.begin("dot.hang@debtor.example")
        raw.link.sendall(STUFFED + b"\r\n")
        raw.link.settimeout(SHORT_S)
        with self.assertRaises(TimeoutError):
            raw.reply()
        raw.close()
        self.assertEqual(self.ends(), ["client left"])
        self.assertEqual(self.kept(), [MESSAGE])

    def test_a_message_that_the_server_does_not_read_stands_still(self):
        self.sink.rules.add("body * hang")
        raw = self.raw()
        raw.begin()
        raw.link.settimeout(SHORT_S)
        with self.assertRaises(TimeoutError):
            raw.link.sendall(LONG)

    def test_the_end_of_the_sink_ends_a_pause(self):
        self.sink.rules.add("greeting * hang")
        raw = self.raw()
        while not self.sink.log("greeting"):
            time.sleep(0.01)
        began = time.monotonic()
        self.sink.stop()
        self.assertEqual(raw.reply(), b"")
        self.assertLess(time.monotonic() - began, LIMIT_S / 2)
        self.assertEqual(self.ends(), ["stopped"])

    def test_the_end_of_the_sink_ends_a_session_that_waits_for_its_client(self):
        raw = self.raw()
        raw.reply()
        self.sink.stop()
        self.assertEqual(raw.reply(), b"")
        self.assertEqual(self.ends(), ["stopped"])

    def test_an_answer_comes_a_byte_at_a_time(self):
        self.sink.rules.add("greeting * slow 0.02")
        raw = self.raw()
        pieces, began = [], time.monotonic()
        while not pieces or not pieces[-1].endswith(b"\n"):
            pieces.append(raw.link.recv(1000))
        self.assertEqual(b"".join(pieces), b"220 sink.example ESMTP\r\n")
        self.assertGreaterEqual(time.monotonic() - began, 0.02 * (len(b"".join(pieces)) - 1))
        self.assertGreater(len(pieces), 1)


class Oddities(Case):
    def test_a_line_of_100_kilobytes(self):
        self.sink.rules.add("rcpt * huge")
        raw = self.raw()
        raw.reply()
        reply = raw.ask(b"EHLO x", b"MAIL FROM:<a@b.example>", b"RCPT TO:<c@d.example>")
        self.assertEqual(reply, b"250 " + b"x" * 100_000 + b"\r\n")

    def test_a_banner_of_many_lines(self):
        self.sink.rules.add("greeting * lines 50")
        reply = self.raw().reply()
        self.assertEqual(reply.count(b"\r\n"), 50)
        self.assertTrue(all(line.startswith(b"220") for line in reply.splitlines()))
        self.assertEqual(self.send(), {})

    def test_garbage_is_no_answer_and_nothing_is_done(self):
        self.sink.rules.add("1x rcpt * garbage\n1x dot * garbage")
        raw = self.raw()
        self.assertFalse(raw.begin().startswith(b"354"))
        self.assertFalse(raw.ask(b"RCPT TO:<a@b.example>", b"DATA", STUFFED)[:3].isdigit())
        self.assertEqual(self.kept(), [])
        self.sink.rules.add("greeting * garbage")
        with self.assertRaises(smtplib.SMTPException):
            self.client()


class Tls(Case):
    tls = True

    def trusting(self):
        return ssl.create_default_context(cafile=self.sink.certificate)

    def start(self, context):
        client = self.client()
        client._host = "localhost"  # the name that the certificate must have
        client.starttls(context=context)
        return client

    def test_a_client_that_trusts_the_certificate_sends_over_tls(self):
        self.start(self.trusting()).sendmail(FROM, [TO], MESSAGE)
        self.assertTrue(self.sink.letters()[0].envelope["tls"])

    def test_the_certificate_of_somebody_else_is_refused_by_who_looks(self):
        self.sink.rules.add("starttls * wrong-certificate")
        with self.assertRaises(ssl.SSLCertVerificationError):
            self.start(self.trusting())
        self.assertIn("no TLS", self.ends()[0])

    def test_220_and_then_no_tls(self):
        self.sink.rules.add("starttls * no-handshake")
        with self.assertRaises(ssl.SSLError):
            self.start(self.trusting())

    def test_starttls_may_be_refused(self):
        self.sink.rules.add("starttls * 454")
        with self.assertRaises(smtplib.SMTPResponseException):
            self.start(self.trusting())

    def test_commands_before_the_handshake_are_forgotten(self):
        raw = self.raw()
        raw.reply()
        raw.ask(b"EHLO x")
        raw.link.sendall(b"STARTTLS\r\nMAIL FROM:<evil@b.example>\r\n")
        self.assertTrue(raw.reply().startswith(b"220"))
        with self.trusting().wrap_socket(raw.link, server_hostname="localhost") as link:
            link.sendall(b"NOOP\r\n")
            self.assertEqual(link.recv(1000), b"250 2.0.0 ok\r\n")
        self.assertEqual(self.sink.log("mail"), [])


class Naming(Case):
    """How a rule is said."""

    def test_the_first_rule_that_fits_counts_and_a_local_part_comes_last(self):
        self.sink.rules.add("rcpt *@debtor.example 450")
        self.sink.rules.add("rcpt a* 451\nrcpt anna@* accept")
        refused = self.send(TO, "ANTON@Debtor.Example", OTHER, "rcpt.550@debtor.example",
                            "rcpt.550+x@other.example", "dora@other.example")
        self.assertEqual({address: code for address, (code, _) in refused.items()},
                         {TO: 451, "ANTON@Debtor.Example": 451, OTHER: 450,
                          "rcpt.550@debtor.example": 450, "rcpt.550+x@other.example": 550})

    def test_a_rule_with_a_count_is_used_up(self):
        self.sink.rules.add("2x rcpt * 450")
        for _ in range(2):
            with self.assertRaises(smtplib.SMTPRecipientsRefused):
                self.send()
        self.assertEqual(self.send(), {})

    def test_an_address_that_looks_like_a_rule_and_is_none_is_refused(self):
        for local in ("rcpt.55", "dot.dorp", "rcpt.keep-drop", "data.hang.x"):
            with self.assertRaises(smtplib.SMTPRecipientsRefused) as refused:
                self.send(f"{local}@debtor.example")
            self.assertEqual(refused.exception.recipients[f"{local}@debtor.example"][0], 554)

    def test_a_wrong_rule_is_refused_as_a_whole(self):
        for line in ("rcpt *", "nowhere * drop", "rcpt * 650", "greeting anna@* drop",
                     "body * slow", "dot * drop 3", "rcpt * hang -1", "rcpt * lines 2.5"):
            with self.subTest(line), self.assertRaises(ValueError):
                self.sink.rules.add("rcpt * 450\n" + line)
        self.assertEqual(self.sink.rules.texts(), [])

    def test_the_rules_are_printed_as_they_are_read(self):
        lines = ["3x greeting * 421 busy today", "dot a@* hang", "rcpt * greylist 2.5"]
        self.sink.rules.add("# a remark\n\n" + "\n".join(lines))
        self.assertEqual(self.sink.rules.texts(), lines)

    def test_the_rules_change_while_sessions_come_and_go(self):
        wrong = []

        def talk():
            for _ in range(10):
                try:
                    self.send()
                except smtplib.SMTPRecipientsRefused:
                    wrong.append(1)
        threads = [threading.Thread(target=talk) for _ in range(8)]
        self.sink.rules.add("30x rcpt * 450")
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual((len(wrong), len(self.kept())), (30, 50))


class Program(unittest.TestCase):
    def test_it_serves_is_told_rules_and_ends_in_order(self):
        with tempfile.TemporaryDirectory() as folder:
            rules = pathlib.Path(folder, "rules")
            rules.write_text("# from the beginning\nrcpt ben@* 550\n")
            program = [CHAOS / "smtp_sink.py", folder]
            sink = subprocess.Popen([*program, "--rules", rules], stdout=subprocess.PIPE, text=True)
            try:
                port = int(sink.stdout.readline().rpartition(":")[2])
                told = subprocess.run([*program, "--tell", "add rcpt anna@* 450"], text=True,
                                      stdout=subprocess.PIPE, check=True)
                self.assertEqual(told.stdout, "rcpt anna@* 450\nrcpt ben@* 550\n")
                with smtplib.SMTP("127.0.0.1", port, timeout=LIMIT_S) as client:
                    refused = client.sendmail(FROM, [TO, OTHER, "c@debtor.example"], MESSAGE)
                self.assertEqual((refused[TO][0], refused[OTHER][0]), (450, 550))
                self.assertIn("error", smtp_sink.tell(folder, "add nonsense"))
                self.assertEqual(smtp_sink.tell(folder, "clear"), {"rules": []})
            finally:
                sink.send_signal(signal.SIGTERM)
                sink.communicate(timeout=LIMIT_S)
            self.assertEqual(sink.returncode, 0)


if __name__ == "__main__":
    unittest.main()
