#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A second opinion on the trail: recomputes every chain from the raw records alone, sharing no code
with the verifier in C.

usage: verify_trail.py DSN WORKER:PARTITION:SEQ:HEAD:GENESIS...
The arguments say where the log says that each chain ends (hashes in hexadecimal digits). Prints
"WORKER/PARTITION SEQ what" for the first fault of each chain; exit 1 if there is any."""
import hashlib
import sys

import psycopg2

COLUMNS = "seq, off, at_ms, leaf, head, tenant, debtor, kind, flaw, raw"


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def fields(data):
    """{number: last value} of one protobuf message."""
    found, at = {}, 0
    while at < len(data):
        tag, at = varint(data, at)
        if tag & 7 == 0:
            found[tag >> 3], at = varint(data, at)
        elif tag & 7 == 2:
            size, at = varint(data, at)
            found[tag >> 3], at = data[at:at + size], at + size
        else:
            raise ValueError("unexpected wire type")
    return found


def check(rows, part, end, genesis):
    """(sequence, what) of the first fault of a chain, or None."""
    last_seq, head, last_off = 0, genesis, -1
    for number, row in enumerate(rows):
        seq, off, at_ms, leaf, stored, tenant, debtor, _, flaw, raw = row
        raw, here = bytes(raw), last_seq + 1
        if hashlib.sha256(raw).digest() != bytes(leaf):
            return here, "leaf"
        record = fields(raw)
        envelope, chain = fields(record[1]), fields(record[2])
        names = [envelope[k].decode() if k in envelope else None for k in (1, 2)]
        own = hashlib.sha256(chain[2] + bytes(leaf)).digest()
        if (seq, at_ms, tenant, debtor, own) != (chain[1], record[3], *names, bytes(stored)):
            return here, "columns"
        if chain[1] != here or flaw:
            return here, f"found {chain[1]} {flaw}"
        if chain[2] != head:  # the next record, if it confirms this one, convicts the one before
            follows = fields(fields(bytes(rows[number + 1][9]))[2])[2] if number + 1 < len(rows) else end[1]
            return (here - 1 or 1) if follows == own else here, "link"
        last_seq, head, last_off = seq, own, off
        if seq == end[0] and head != end[1]:
            return seq, "head"
    if last_seq != end[0]:
        return min(last_seq, end[0]) + 1, "end"
    if part and (part[0] != (last_off + 1 if rows else -1) or part[1:] != (last_seq, head)):
        return last_seq, "position"
    return None


def main():
    connection = psycopg2.connect(sys.argv[1])
    cursor, bad, total = connection.cursor(), 0, 0
    for anchor in sys.argv[2:]:
        worker, partition, seq, head, genesis = anchor.split(":")
        cursor.execute(f"SELECT {COLUMNS} FROM audit_log WHERE worker = %s AND partition = %s"
                       " ORDER BY off", (worker, partition))
        rows = cursor.fetchall()
        cursor.execute("SELECT next_off, seq, head FROM audit_part WHERE worker = %s AND partition = %s",
                       (worker, partition))
        part = cursor.fetchone()
        part = part and (part[0], part[1], bytes(part[2]))
        fault = check(rows, part, (int(seq), bytes.fromhex(head)), bytes.fromhex(genesis))
        total += len(rows)
        if fault:
            bad += 1
            print(f"{worker}/{partition} {fault[0]} {fault[1]}")
    print(f"{total} records, {bad} chains at fault")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
