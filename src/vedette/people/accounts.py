"""People's accounts: a name, a role, a hashed password."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from vedette.errors import ServiceError
from vedette.people.password import Passwords, acceptable
from vedette.types import Role

Clock = Callable[[], int]
# Letters and digits of any script, and what stands in names; nothing that a page or a header could obey.
NAME = re.compile(r"[\w.'@+-]+( [\w.'@+-]+)*\Z")
LONGEST_NAME = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One person. Times are ns UTC; `signed_in` is the last time, None when never."""

    name: str
    role: Role
    disabled: bool
    created: int
    signed_in: int | None


def name_of(name: str) -> str:
    """The name as it is kept. Raises ServiceError for one that would mislead or break a line."""
    plain = unicodedata.normalize("NFKC", name)
    if not NAME.match(plain) or len(plain) > LONGEST_NAME:
        raise ServiceError(
            f"{name[:80]!r} will not do as a name: take letters, digits, single spaces and . ' @ + - _, "
            f"at most {LONGEST_NAME}."
        )
    return plain


def key_of(name: str) -> str:
    """The name as it is compared: two that differ in case only are one."""
    return unicodedata.normalize("NFKC", name).casefold()


class Accounts:
    """The accounts in a database. Methods raise ServiceError in sentences."""

    def __init__(self, database: sqlite3.Connection, passwords: Passwords, clock: Clock) -> None:
        self._database, self._passwords, self._clock = database, passwords, clock

    def __len__(self) -> int:
        return int(self._database.execute("SELECT count(*) FROM account").fetchone()[0])

    def all(self) -> list[Account]:
        """Everybody, by name."""
        return [account_of(row) for row in self._database.execute("SELECT * FROM account ORDER BY key")]

    def find(self, name: str) -> Account:
        return account_of(self._row(name))

    def known_as(self, name: str) -> str | None:
        """The name as it was given when the account was made; None when there is none."""
        row = self._database.execute("SELECT name FROM account WHERE key = ?", (key_of(name),)).fetchone()
        return None if row is None else str(row["name"])

    def hash_of(self, name: str) -> str | None:
        """The password's hash; None when there is no such account or it is disabled."""
        row = self._database.execute(
            "SELECT password FROM account WHERE key = ? AND NOT disabled", (key_of(name),)
        ).fetchone()
        return None if row is None else str(row["password"])

    def add(self, name: str, role: Role, password: str) -> Account:
        name = name_of(name)
        hashed = self._passwords.hashed(acceptable(password, name))
        if self._database.execute("SELECT 1 FROM token WHERE name = ?", (name,)).fetchone():
            raise ServiceError(f"A token is called {name} already, and the log must tell them apart.")
        row = (key_of(name), name, role.value, hashed, self._clock())
        try:
            self._database.execute(
                "INSERT INTO account (key, name, role, password, created) VALUES (?, ?, ?, ?, ?)", row
            )
        except sqlite3.IntegrityError:
            raise ServiceError(f"There is an account {name} already; choose another name.") from None
        return self.find(name)

    def set_role(self, name: str, role: Role) -> Account:
        """Sessions go on with the new role at once."""
        self._keep_an_admin(name, role is Role.ADMIN)
        self._change(name, "UPDATE account SET role = ? WHERE key = ?", role.value)
        return self.find(name)

    def set_password(self, name: str, password: str) -> None:
        """Whoever is signed in under this name must sign in again."""
        account = self.find(name)
        self._change(
            name,
            "UPDATE account SET password = ? WHERE key = ?",
            self._passwords.hashed(acceptable(password, account.name)),
        )
        self._database.execute("DELETE FROM session WHERE key = ?", (key_of(name),))

    def rehash(self, name: str, password: str) -> None:
        """Keep the same password under today's parameters."""
        self._change(name, "UPDATE account SET password = ? WHERE key = ?", self._passwords.hashed(password))

    def disable(self, name: str, disabled: bool = True) -> Account:
        """Nobody signs in under it, and whoever has is signed out; it can be enabled again."""
        self._keep_an_admin(name, not disabled)
        self._change(name, "UPDATE account SET disabled = ? WHERE key = ?", int(disabled))
        if disabled:
            self._database.execute("DELETE FROM session WHERE key = ?", (key_of(name),))
        return self.find(name)

    def remove(self, name: str) -> None:
        self._keep_an_admin(name, False)
        self._row(name)
        self._database.execute("DELETE FROM account WHERE key = ?", (key_of(name),))

    def signed_in(self, name: str) -> None:
        """Note that somebody just has."""
        self._change(name, "UPDATE account SET signed_in = ? WHERE key = ?", self._clock())

    def _row(self, name: str) -> sqlite3.Row:
        row = self._database.execute("SELECT * FROM account WHERE key = ?", (key_of(name),)).fetchone()
        if row is None:
            raise ServiceError(f"There is no account {name!r}; `vedette user list` names those there are.")
        return row  # type: ignore[no-any-return]

    def _change(self, name: str, statement: str, value: str | int) -> None:
        self._row(name)
        self._database.execute(statement, (value, key_of(name)))

    def _keep_an_admin(self, name: str, stays: bool) -> None:
        """The last admin stays one: accounts can always be seen to."""
        admins = [each for each in self.all() if each.role is Role.ADMIN and not each.disabled]
        if not stays and [key_of(each.name) for each in admins] == [key_of(name)] and len(self) > 1:
            raise ServiceError(f"{name} is the only admin; make somebody else one first.")


def account_of(row: sqlite3.Row) -> Account:
    return Account(
        name=row["name"],
        role=Role(row["role"]),
        disabled=bool(row["disabled"]),
        created=row["created"],
        signed_in=row["signed_in"],
    )
