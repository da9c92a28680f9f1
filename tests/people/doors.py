"""A door with quick passwords, a clock that a test moves, and secrets that are different each time."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from vedette.clock import NS
from vedette.people import Accounts, Door, Passwords, Sessions, Throttle, Tokens, open_database
from vedette.store import Log
from vedette.store.log_check import entries
from vedette.types import Role

HOUR = 3600 * NS
PASSWORD = "correct horse battery staple"
PEOPLE = {"vera": Role.VIEWER, "otto": Role.OPERATOR, "ada": Role.ADMIN}


@dataclass
class Moving:
    """A clock that stands still until it is moved."""

    t: int = 1_700_000_000 * NS

    def __call__(self) -> int:
        return self.t

    def on(self, seconds: float) -> None:
        self.t += round(seconds * NS)


@dataclass
class Counting:
    """Bytes that never come twice; not secret, and repeatable."""

    n: int = 0

    def __call__(self, size: int) -> bytes:
        from hashlib import shake_256

        self.n += 1
        return shake_256(str(self.n).encode()).digest(size)


@dataclass
class Hall:
    """A door and what a test needs beside it."""

    door: Door
    clock: Moving
    folder: Path
    tokens: dict[str, str] = field(default_factory=dict)

    def log(self) -> list[tuple[str, str]]:
        """(who, what) of every entry."""
        return [(entry.who, entry.what) for entry in entries(self.folder)]


def hall(folder: Path, *, people: bool = True, memory_kib: int = 64) -> Hall:
    """Three people, named in PEOPLE, who all have the same password; and a token of each role."""
    clock, entropy = Moving(), Counting()
    database = open_database(folder / "accounts.sqlite")
    passwords = Passwords(entropy, memory_kib=memory_kib, passes=1)
    accounts = Accounts(database, passwords, clock)
    tokens = Tokens(database, entropy, clock)
    sessions = Sessions(database, entropy, clock, lasts_ns=12 * HOUR, idle_ns=HOUR // 2)
    log = Log(folder / "log", Ed25519PrivateKey.from_private_bytes(bytes(32)), clock)
    door = Door(accounts, tokens, sessions, passwords, Throttle(entropy(32)), log, clock)
    made = Hall(door, clock, folder)
    if people:
        for name, role in PEOPLE.items():
            accounts.add(name, role, PASSWORD)
            made.tokens[role.value] = tokens.create(f"script {role}", role, 24 * HOUR)[1]
    return made
