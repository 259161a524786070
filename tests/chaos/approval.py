# SPDX-License-Identifier: Apache-2.0
"""Approvals as the contract states them (proto/README.md, section on commands): what is signed, and
`openssl` to sign it and to check it. Shares no code with the product."""
import functools
import pathlib
import subprocess
import tempfile

DOMAIN = b"relance-approval-v1\0"


def make_key(path):
    """A key of its owner's own; the line of its public half that authorities.yaml takes."""
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", path], check=True)
    public = subprocess.run(["openssl", "pkey", "-in", path, "-pubout"], check=True,
                            capture_output=True, text=True).stdout
    return public.splitlines()[1]


def statement(tenant, case_id, act, command, actor, claim_hash):
    """The bytes that whoever approves an act signs."""
    parts = [part.encode() for part in ("APPROVE", tenant, case_id, act, command, actor)]
    return DOMAIN + b"".join(len(part).to_bytes(4, "big") + part for part in parts) + claim_hash


def sign(key, stated):
    """The signature, with the private key of a PEM file."""
    with tempfile.NamedTemporaryFile() as file:
        pathlib.Path(file.name).write_bytes(stated)
        return subprocess.run(["openssl", "pkeyutl", "-sign", "-inkey", key, "-rawin", "-in",
                               file.name], check=True, capture_output=True).stdout


@functools.lru_cache(maxsize=None)
def is_signed(public_line, stated, signature):
    """Whether the key signed it whose line stands in authorities.yaml."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "key").write_text("-----BEGIN PUBLIC KEY-----\n" + public_line
                                    + "\n-----END PUBLIC KEY-----\n")
        (folder / "stated").write_bytes(stated)
        (folder / "signature").write_bytes(signature)
        return subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", folder / "key",
                               "-rawin", "-in", folder / "stated", "-sigfile",
                               folder / "signature"], capture_output=True).returncode == 0
