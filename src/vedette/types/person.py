"""Who acts: a person or a machine that has proved who it is. Every decision needs one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody may do, from least to most; each includes those before it."""

    VIEWER = "viewer"  # sees the picture
    OPERATOR = "operator"  # acts: acknowledges, identifies, sets a posture
    ADMIN = "admin"  # sees to people: sessions, tokens, the log

    def includes(self, least: Role) -> bool:
        """Whether this role may do what `least` may."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(least)


class Proof(StrEnum):
    """How somebody proved who they are."""

    PASSWORD = "password"  # a person, signed in at the page
    TOKEN = "token"  # a machine, by the secret it was given


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody known by name. There is no `Person` without proof: nobody known is None."""

    name: str
    role: Role
    proof: Proof

    def may(self, least: Role) -> bool:
        """Whether this person's role includes `least`."""
        return self.role.includes(least)
