#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The mail server of the local stack, as a process of the test's own: what it has said 250 to is on
disk, whole and as it came.

usage: test_mail_sink.py
"""
import os
import pathlib
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from unittest import mock

SINK = pathlib.Path(__file__).resolve().parents[2] / "deploy/local/smtp"
sys.path.insert(0, str(SINK))
import letterbox  # noqa: E402

LIMIT_S = 20
PAUSE_S = 0.2
FROM, TO = "dunning@seller.example", ["anna@debtor.example", "ben@debtor.example"]
MESSAGE = b"Subject: Reminder\r\n\r\n.one dot\r\n..two\r\n\x00\xff \r\n\r\n"


class Server:
    """The sink on any free port; `folder` outlives it."""

    def __init__(self, folder):
        self.process = subprocess.Popen([SINK / "sink.py", "0", folder], stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True)
        self.said = self.process.stdout.readline().strip()
        self.port = int(self.said.rpartition(":")[2]) if "listening" in self.said else 0

    def client(self):
        return smtplib.SMTP("127.0.0.1", self.port, timeout=LIMIT_S)

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        self.process.communicate(timeout=LIMIT_S)
        return self.process.returncode


class MailSink(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name, "messages")

    def launch(self):
        server = Server(self.folder)
        self.addCleanup(lambda: server.process.poll() is None and server.stop(signal.SIGKILL))
        return server

    def serve(self):
        server = self.launch()
        self.assertTrue(server.port, server.said)
        return server

    def letters(self):
        return list(letterbox.letters(self.folder))

    def test_a_message_lies_there_byte_by_byte_with_its_envelope_beside_it(self):
        with self.serve().client() as client:
            client.sendmail(FROM, TO, MESSAGE, mail_options=["BODY=8BITMIME"])
        letter, = self.letters()
        self.assertEqual(letter.content, MESSAGE)
        self.assertEqual((letter.envelope["from"], letter.envelope["to"]), (FROM, TO))
        self.assertEqual(letter.envelope["size"], len(MESSAGE))
        self.assertIn("BODY=8BITMIME", letter.envelope["options"])

    def test_the_envelope_says_when_the_first_byte_of_the_message_came(self):
        client = self.serve().client()
        for _ in range(2):
            client.ehlo()
            client.mail(FROM)
            client.rcpt(TO[0])
            client.docmd("DATA")
            time.sleep(PAUSE_S)
            before = time.time_ns() // 1_000_000
            client.send(b"S")
            time.sleep(PAUSE_S)
            after = time.time_ns() // 1_000_000
            client.send(b"ubject: slow\r\n\r\n.\r\n")
            self.assertEqual(client.getreply()[0], 250)
            came = self.letters()[-1].envelope["body_at_ms"]
            self.assertTrue(before <= came < after, (before, came, after))
        client.quit()

    def test_the_answer_names_the_file(self):
        client = self.serve().client()
        client.ehlo()
        client.mail(FROM)
        client.rcpt(TO[0])
        self.assertEqual(client.data(MESSAGE), (250, b"2.0.0 kept as 000000000001"))
        client.quit()

    def test_names_sort_by_arrival_across_crashes_of_the_server(self):
        for life in range(3):
            server = self.serve()
            with server.client() as client:
                for number in range(5):
                    client.sendmail(FROM, TO, b"Subject: %d.%d\r\n\r\n" % (life, number))
            server.stop(signal.SIGKILL)
        subjects = [letter.content for letter in self.letters()]
        self.assertEqual(subjects, sorted(subjects))
        self.assertEqual(len(subjects), 15)

    def test_a_reader_goes_on_where_it_was(self):
        with self.serve().client() as client:
            client.sendmail(FROM, TO, b"1\r\n")
            last = self.letters()[-1].name
            client.sendmail(FROM, TO, b"2\r\n")
            behind = list(letterbox.letters(self.folder, last))
        self.assertEqual([letter.content for letter in behind], [b"2\r\n"])

    def test_what_was_cut_off_before_its_final_dot_is_not_there(self):
        server = self.serve()
        with socket.create_connection(("127.0.0.1", server.port), LIMIT_S) as link:
            link.sendall(b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n")
            answers = link.makefile("rb")
            while not answers.readline().startswith(b"354"):
                pass
            link.sendall(b"Subject: half\r\n\r\nhalf\r\n")
        with server.client() as client:
            client.sendmail(FROM, TO, MESSAGE)
        self.assertEqual([letter.content for letter in self.letters()], [MESSAGE])

    def test_a_folder_has_one_server_at_a_time(self):
        self.serve()
        second = self.launch()
        self.assertIn("belongs to another server", second.said)
        second.process.communicate(timeout=LIMIT_S)
        self.assertEqual(second.process.returncode, 1)

    def test_sigterm_ends_it_in_order_while_somebody_is_connected(self):
        server = self.serve()
        client = server.client()
        self.assertEqual(server.stop(), 0)
        client.close()

    def test_what_no_file_can_hold_is_not_accepted(self):
        server = self.serve()
        (self.folder / "000000000001.eml.new").mkdir()  # in the way of the file to write
        with server.client() as client:
            with self.assertRaises(smtplib.SMTPDataError) as refused:
                client.sendmail(FROM, TO, MESSAGE)
            self.assertEqual(refused.exception.smtp_code, 452)
            client.sendmail(FROM, TO, MESSAGE)
        self.assertEqual([letter.name for letter in self.letters()], ["000000000002"])


class Letterbox(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name

    def test_a_name_appears_when_its_bytes_are_synced_and_the_message_last(self):
        steps = []
        really = os.fsync, pathlib.Path.rename

        def fsync(number):
            steps.append("sync " + pathlib.Path(os.readlink(f"/proc/self/fd/{number}")).name)
            really[0](number)

        def rename(path, target):
            steps.append("rename " + path.name)
            return really[1](path, target)

        box = letterbox.Letterbox(self.folder)
        with mock.patch("os.fsync", fsync), mock.patch.object(pathlib.Path, "rename", rename):
            name = box.keep(FROM, TO, MESSAGE, 1)
        box.close()
        self.assertEqual(steps, [
            f"sync {name}.json.new", f"rename {name}.json.new", f"sync {name}.eml.new",
            f"rename {name}.eml.new", f"sync {pathlib.Path(self.folder).name}"])

    def test_a_number_that_a_crash_used_up_is_not_used_again(self):
        pathlib.Path(self.folder, "000000000007.json").write_text("{}")
        pathlib.Path(self.folder, "000000000007.eml.new").write_text("half")
        box = letterbox.Letterbox(self.folder)
        self.assertEqual(box.keep(FROM, TO, MESSAGE, 1), "000000000008")
        box.close()
        self.assertEqual(sorted(path.name for path in pathlib.Path(self.folder).iterdir()),
                         ["000000000007.json", "000000000008.eml", "000000000008.json"])


if __name__ == "__main__":
    unittest.main()
