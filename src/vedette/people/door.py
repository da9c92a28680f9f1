"""The door: who signs in, who is let in by what, who is refused; and each of these in the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from vedette.clock import NS
from vedette.errors import ServiceError
from vedette.people.accounts import Accounts, key_of
from vedette.people.password import LONGEST, Passwords
from vedette.people.sessions import Session, Sessions
from vedette.people.throttle import Throttle
from vedette.people.tokens import Tokens
from vedette.store import Log
from vedette.types import Person, Proof

Clock = Callable[[], int]
NOBODY = "nobody"  # who, in the log, of what was tried without a name
WRONG = "The name or the password is wrong, or the account is disabled."
NOTED = 60  # refusals of requests that the log takes a minute; the rest are counted and summed up
MINUTE = 60 * NS


class RefusedError(ServiceError):
    """Somebody may not come in; `wait` s must pass before the next try is heard."""

    def __init__(self, sentence: str, wait: float = 0.0) -> None:
        super().__init__(sentence)
        self.wait = wait


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A fresh session, and the secret that proves it."""

    session: Session
    secret: str


class Door:
    """Signing in and out, and finding out who asks.

    counters  signed_in, sign_in_refused, sign_in_delayed, unknown (no or bad proof), not_allowed (role),
              foreign_page (a cookie sent along by another site's page), not_a_person (a machine that
              would decide)
    """

    def __init__(
        self,
        accounts: Accounts,
        tokens: Tokens,
        sessions: Sessions,
        passwords: Passwords,
        throttle: Throttle,
        log: Log,
        clock: Clock,
    ) -> None:
        self.accounts, self.tokens, self.sessions, self.log = accounts, tokens, sessions, log
        self._passwords, self._throttle, self._clock = passwords, throttle, clock
        self.counters: Counter[str] = Counter(
            signed_in=0, sign_in_refused=0, sign_in_delayed=0, unknown=0, not_allowed=0, foreign_page=0
        )
        self._minute, self._noted, self._left_out = 0, 0, 0

    # Signing in goes in three steps, so that the costly one in the middle can run on another thread.

    def knock(self, name: str, address: str) -> str | None:
        """The hash to compare with, or None. Raises RefusedError when this one must wait."""
        wait = self._throttle.wait(key_of(name), address, self._clock())
        if wait > 0.0:
            self.counters["sign_in_delayed"] += 1
            raise RefusedError(f"Too many tries. Wait {max(1, round(wait))} s and try again.", wait)
        return self.accounts.hash_of(name)

    def compare(self, password: str, known: str | None) -> bool:
        """Costs some 20 ms of processor time and 19 MiB; touches nothing else, so any thread will do."""
        return len(password) <= LONGEST and self._passwords.matches(password, known)

    def admit(self, name: str, password: str, known: str | None, matches: bool, address: str) -> SignedIn:
        """Open a session. Raises RefusedError, in the same words whatever was wrong."""
        # The account may have been changed while the password was being compared.
        if not matches or known is None or self.accounts.hash_of(name) != known:
            failures = self._throttle.failed(key_of(name), address, self._clock())
            self.counters["sign_in_refused"] += 1
            # Not what was typed: people type their password where the name belongs.
            known_as = self.accounts.known_as(name)
            tried = {"name": known_as or "(unknown)", "address": address, "failures": failures}
            self.log.append(NOBODY, "sign-in refused", tried)
            raise RefusedError(WRONG)
        self._throttle.succeeded(key_of(name), address)
        if self._passwords.is_dated(known):
            self.accounts.rehash(name, password)
        self.accounts.signed_in(name)
        session, secret = self.sessions.begin(name, address)
        self.counters["signed_in"] += 1
        self.log.append(session.person.name, "signed in", {"session": session.id, "address": address})
        return SignedIn(session=session, secret=secret)

    def sign_in(self, name: str, password: str, address: str) -> SignedIn:
        """All three steps at once."""
        known = self.knock(name, address)
        return self.admit(name, password, known, self.compare(password, known), address)

    def sign_out(self, session: Session, by: Person) -> None:
        """End a session; `by` may be another person."""
        self.sessions.end(session.id)
        what = "signed out" if by.name == session.person.name else "session ended"
        self.log.append(by.name, what, {"session": session.id, "of": session.person.name})

    def change_password(self, person: Person, old: str, new: str, address: str) -> None:
        """Give oneself another password; every session of that name ends."""
        known = self.knock(person.name, address)
        if not self.compare(old, known):
            self._throttle.failed(key_of(person.name), address, self._clock())
            raise RefusedError("The old password is wrong.")
        self.accounts.set_password(person.name, new)
        self.log.append(person.name, "password changed", {"name": person.name})

    # who asks

    def by_secret(self, secret: str) -> Session | None:
        """The session that a cookie proves."""
        return self.sessions.find(secret)

    def by_token(self, text: str) -> Person | None:
        """The machine that a bearer token proves."""
        token = self.tokens.find(text)
        return None if token is None else Person(name=token.name, role=token.role, proof=Proof.TOKEN)

    def refused(self, who: Person | None, why: str, body: dict[str, Any]) -> None:
        """Note a request that was turned away; a flood of them is summed up."""
        self.counters[why.replace(" ", "_")] += 1
        minute = self._clock() // MINUTE
        if minute != self._minute:
            self._minute, self._noted = minute, 0
        self._noted += 1
        if self._noted > NOTED:
            self._left_out += 1
            return
        if self._left_out:
            body = {**body, "left_out_before": self._left_out}
            self._left_out = 0
        self.log.append(NOBODY if who is None else who.name, "refused", {"why": why, **body})
