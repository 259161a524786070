#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Finds out which documents the mails of a folder speak of.

usage: mailed.py FOLDER AFTER <DOCUMENTS     a document a line; mails of AFTER (YYYY-MM-DD) and before do not count
prints document and day of the first mail that names it, a line for each that is named
"""
import email
import email.policy
import email.utils
import pathlib
import sys


def mails_after(folder, after):
    """Day and words of each mail."""
    for path in folder.glob("*.eml"):
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        day = email.utils.parsedate_to_datetime(mail["Date"]).date().isoformat()
        if day > after:
            yield day, set(mail.get_body(("plain",)).get_content().split())


def main():
    if len(sys.argv) != 3 or sys.argv[1].startswith("-"):
        print(__doc__.strip())
        sys.exit(0 if sys.argv[1:] in (["-h"], ["--help"]) else 2)
    wanted = dict.fromkeys(sys.stdin.read().split())
    found = sorted(mails_after(pathlib.Path(sys.argv[1]), sys.argv[2]), key=lambda mail: mail[0])
    for day, words in found:
        for document in wanted:
            if document in words and not wanted[document]:
                wanted[document] = day
    for document, day in wanted.items():
        if day:
            print(document, day)


if __name__ == "__main__":
    main()
