#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The private key of the demonstration's approver, whose other half stands in deploy/bundles/demo. It is
made up and public, so that a run comes to the same as any other.

usage: approver.py >KEY.pem
"""
import base64
import hashlib

# Of an Ed25519 key in PKCS #8 (RFC 8410); its 32 bytes follow.
HEAD = bytes.fromhex("302e020100300506032b657004220420")


def key():
    der = HEAD + hashlib.sha256(b"relance demo approver").digest()
    return ("-----BEGIN PRIVATE KEY-----\n" + base64.b64encode(der).decode()
            + "\n-----END PRIVATE KEY-----\n")


if __name__ == "__main__":
    print(key(), end="")
