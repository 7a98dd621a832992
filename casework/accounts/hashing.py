"""Passwords as Argon2id hashes, and the hashes of secrets that are shown once."""

from __future__ import annotations

import hashlib
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

ALPHABET = (
    "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that is read for something else
)
ONCE_LENGTH = 14
TOKEN_BYTES = 32


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    """Return the hash that is verified for an unknown login, so that both take the same time."""
    return _hasher().hash(secrets.token_urlsafe(TOKEN_BYTES))


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password; about 0.1 s of one core and 64 MiB, so never inside a transaction."""
    return _hasher().hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Tell whether a password belongs to a hash; None takes as long and never matches."""
    try:
        _hasher().verify(stored or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def make_password() -> str:
    """Return a password that serves once: letters, digits and a mark, easy to read out."""
    text = "".join(secrets.choice(ALPHABET) for _ in range(ONCE_LENGTH))
    return f"{text[:5]}-{text[5:10]}-{text[10:]}"


def make_token() -> str:
    """Return a random token for a cookie, a link or a program."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> str:
    """Return the SHA-256 under which a token is stored and looked up."""
    return hashlib.sha256(token.encode()).hexdigest()
