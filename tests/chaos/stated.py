# SPDX-License-Identifier: Apache-2.0
"""What the contract states, for checks that share no code with the product."""
import hashlib
import hmac


def tenant_key(installation):
    """The bytes of the tenant's key."""
    return bytes.fromhex((installation.folder / f"{installation.tenant}.key").read_text())


def digest_of(key, address):
    """`recipient_digest`: HMAC-SHA-256 over a word, NUL and the address in lower case."""
    return hmac.new(key, b"relance-address\0" + address.lower().encode(), hashlib.sha256).digest()
