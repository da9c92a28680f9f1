"""Passwords as argon2id hashes: made, compared, and made anew when the parameters have changed."""

from __future__ import annotations

from collections.abc import Callable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from vedette.errors import ServiceError

Entropy = Callable[[int], bytes]
# OWASP Password Storage Cheat Sheet (2025), Argon2id: 19 MiB, 2 passes, 1 lane.
MEMORY_KIB, PASSES, LANES = 19_456, 2, 1
SALT, HASH = 16, 32  # bytes, RFC 9106 §3.1
SHORTEST, LONGEST = 12, 256  # characters


class Passwords:
    """Hashes and compares. `entropy(n)` gives n bytes that nobody can guess; it makes the salts."""

    def __init__(self, entropy: Entropy, *, memory_kib: int = MEMORY_KIB, passes: int = PASSES) -> None:
        self._entropy = entropy
        self._hasher = PasswordHasher(passes, memory_kib, LANES, HASH, SALT, type=Type.ID)
        # Compared when there is no such account, so that an answer takes as long as for one that there is.
        self._nobody = self.hashed(entropy(SALT).hex())

    def hashed(self, password: str) -> str:
        """A new hash of it, with its parameters and salt."""
        return self._hasher.hash(password, salt=self._entropy(SALT))

    def matches(self, password: str, known: str | None) -> bool:
        """Whether `known` was made of `password`; takes as long when nothing is known."""
        try:
            self._hasher.verify(known or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return known is not None

    def is_dated(self, known: str) -> bool:
        """Whether it was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(known)


def acceptable(password: str, name: str) -> str:
    """The password itself. Raises ServiceError when it is too easily guessed, or cannot be typed."""
    if len(password) < SHORTEST:
        raise ServiceError(f"The password is too short; take {SHORTEST} characters or more, e.g. four words.")
    if len(password) > LONGEST:
        raise ServiceError(f"The password is too long; take at most {LONGEST} characters.")
    if not password.isprintable():
        raise ServiceError("The password holds characters that cannot be seen; leave them out.")
    if len(set(password)) < 5 or name.casefold() in password.casefold():
        raise ServiceError("The password is guessed at once; take four words that nobody links with you.")
    return password
