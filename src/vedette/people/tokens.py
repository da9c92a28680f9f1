"""Tokens: what machines show instead of signing in. Shown once, kept as a hash."""

from __future__ import annotations

import hashlib
import hmac
import re
import sqlite3
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass

from vedette.errors import ServiceError
from vedette.people.accounts import key_of, name_of
from vedette.types import Role

Clock = Callable[[], int]
Entropy = Callable[[int], bytes]
PREFIX = "vdt"  # so that a token left lying about is known for what it is
SECRET = 32  # bytes
SHAPE = re.compile(rf"{PREFIX}_([0-9a-f]{{12}})_([A-Za-z0-9_-]{{43}})\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One machine's token; times are ns UTC."""

    id: str
    name: str
    role: Role
    created: int
    expires: int
    revoked: bool


class Tokens:
    """The tokens in a database. Methods raise ServiceError in sentences."""

    def __init__(self, database: sqlite3.Connection, entropy: Entropy, clock: Clock) -> None:
        self._database, self._entropy, self._clock = database, entropy, clock

    def all(self) -> list[Token]:
        """Every token, the newest last."""
        return [token_of(row) for row in self._database.execute("SELECT * FROM token ORDER BY created, id")]

    def create(self, name: str, role: Role, lifetime_ns: int) -> tuple[Token, str]:
        """A new token and its text, which nobody will ever see again."""
        name = name_of(name)
        self._free(name)
        ident, secret = self._entropy(6).hex(), self._entropy(SECRET)
        text = f"{PREFIX}_{ident}_{urlsafe_b64encode(secret).decode().rstrip('=')}"
        now = self._clock()
        self._database.execute(
            "INSERT INTO token (id, name, role, secret, created, expires) VALUES (?, ?, ?, ?, ?, ?)",
            (ident, name, role.value, _hash(text), now, now + lifetime_ns),
        )
        return self._get(ident), text

    def revoke(self, word: str) -> Token:
        """End a token, by its id or its name."""
        for token in self.all():
            if word in (token.id, token.name) and not token.revoked:
                self._database.execute("UPDATE token SET revoked = 1 WHERE id = ?", (token.id,))
                return self._get(token.id)
        raise ServiceError(f"There is no token {word!r} to revoke; `vedette token list` names them all.")

    def find(self, text: str) -> Token | None:
        """The token of that text, if it is good now. One that is not is not told apart from none."""
        match = SHAPE.match(text)
        row = match and self._database.execute("SELECT * FROM token WHERE id = ?", (match[1],)).fetchone()
        known = row["secret"] if row else bytes(32)
        if not hmac.compare_digest(known, _hash(text)) or not row:
            return None
        token = token_of(row)
        return token if not token.revoked and self._clock() < token.expires else None

    def _free(self, name: str) -> None:
        if self._database.execute("SELECT 1 FROM account WHERE key = ?", (key_of(name),)).fetchone():
            raise ServiceError(f"A person is called {name} already, and the log must tell them apart.")
        if any(token.name == name and not token.revoked for token in self.all()):
            raise ServiceError(f"There is a token {name} already; revoke it first, or choose another name.")

    def _get(self, ident: str) -> Token:
        return token_of(self._database.execute("SELECT * FROM token WHERE id = ?", (ident,)).fetchone())


def _hash(text: str) -> bytes:
    """A plain hash will do: the text is 256 random bits, which nobody can try out."""
    return hashlib.sha256(text.encode()).digest()


def token_of(row: sqlite3.Row) -> Token:
    return Token(
        id=row["id"],
        name=row["name"],
        role=Role(row["role"]),
        created=row["created"],
        expires=row["expires"],
        revoked=bool(row["revoked"]),
    )
