"""Secrets that the system hands out: session ids, tokens and one-time links. Only their hashes are ever stored.

A secret is 256 random bits, so a plain SHA-256 protects it: there is nothing to guess that a slow hash would keep away.
"""

import hashlib
import secrets

_BYTES = 32


def new_secret() -> str:
    """A fresh secret of 256 random bits, safe in URLs, cookies and headers."""
    return secrets.token_urlsafe(_BYTES)


def hash_of(secret: str) -> bytes:
    """What the database knows of a secret: its SHA-256."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
