"""Sessions: who has signed in at which page, and for how long that holds."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from base64 import urlsafe_b64encode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from vedette.clock import NS
from vedette.errors import ServiceError
from vedette.people.accounts import key_of
from vedette.types import Person, Proof, Role

Clock = Callable[[], int]
Entropy = Callable[[int], bytes]
SECRET = 32  # bytes
SHAPE = re.compile(r"[A-Za-z0-9_-]{43}\Z")
NOTED = 20 * NS  # ns between two notes of when a session was last seen: not every request is worth a write
MOST = 20  # sessions of one account at a time; the oldest gives way


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One sign-in. `id` is for people to speak of it and is no secret; times are ns UTC."""

    id: str
    person: Person
    address: str
    began: int
    seen: int
    ends: int


class Sessions:
    """The sessions in a database: they outlive a restart, and one that is ended is gone at once.

    lasts_ns  from signing in, whatever one does
    idle_ns   from the last request; an open page counts as asking all the time
    """

    def __init__(
        self, database: sqlite3.Connection, entropy: Entropy, clock: Clock, *, lasts_ns: int, idle_ns: int
    ) -> None:
        self._database, self._entropy, self._clock = database, entropy, clock
        self.lasts_ns, self.idle_ns = lasts_ns, idle_ns

    def begin(self, name: str, address: str) -> tuple[Session, str]:
        """A new session and its secret; always a new secret, so that none can be foisted on anybody."""
        self._forget()
        secret = urlsafe_b64encode(self._entropy(SECRET)).decode().rstrip("=")
        now, key = self._clock(), key_of(name)
        ident = self._entropy(6).hex()
        self._database.execute(
            "INSERT INTO session (secret, id, key, address, began, seen) VALUES (?, ?, ?, ?, ?, ?)",
            (_hash(secret), ident, key, address, now, now),
        )
        self._database.execute(
            "DELETE FROM session WHERE key = ? AND id NOT IN "
            "(SELECT id FROM session WHERE key = ? ORDER BY began DESC, rowid DESC LIMIT ?)",
            (key, key, MOST),
        )
        session = self.find(secret)
        assert session is not None
        return session, secret

    def find(self, secret: str) -> Session | None:
        """The session of that secret if it still holds, seen just now."""
        if not SHAPE.match(secret):
            return None
        row = self._database.execute(f"{SELECT} AND secret = ?", (_hash(secret),)).fetchone()
        session = None if row is None else self._session(row)
        if session is None or not self._holds(session):
            return None
        now = self._clock()
        if now - session.seen >= NOTED:
            with suppress(sqlite3.OperationalError):  # a full disk must not shut anybody out
                self._database.execute("UPDATE session SET seen = ? WHERE id = ?", (now, session.id))
        return session

    def end(self, ident: str) -> Session:
        """End one by its id. Raises ServiceError when there is none."""
        for session in self.all():
            if session.id == ident:
                self._database.execute("DELETE FROM session WHERE id = ?", (ident,))
                return session
        raise ServiceError(f"There is no session {ident[:20]!r} now; it may have ended by itself.")

    def all(self) -> list[Session]:
        """Those that hold, the oldest first."""
        rows = self._database.execute(f"{SELECT} ORDER BY began, session.rowid").fetchall()
        return [session for session in map(self._session, rows) if self._holds(session)]

    def _session(self, row: sqlite3.Row) -> Session:
        return Session(
            id=row["id"],
            person=Person(name=row["name"], role=Role(row["role"]), proof=Proof.PASSWORD),
            address=row["address"],
            began=row["began"],
            seen=row["seen"],
            ends=row["began"] + self.lasts_ns,
        )

    def _holds(self, session: Session) -> bool:
        """A clock that was set back ends no session and lengthens none by more than it was set back."""
        now = self._clock()
        return now < session.ends and now - session.seen < self.idle_ns

    def _forget(self) -> None:
        """Those that have ended by themselves."""
        now = self._clock()
        self._database.execute(
            "DELETE FROM session WHERE began <= ? OR seen <= ?", (now - self.lasts_ns, now - self.idle_ns)
        )


SELECT = (
    "SELECT session.id, session.address, session.began, session.seen, account.name, account.role "
    "FROM session JOIN account USING (key) WHERE NOT account.disabled"
)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
