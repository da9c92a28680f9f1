"""What a channel is: it finds what is new to say, and sends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from vedette.errors import ServiceError
from vedette.publish.area import AreaOf
from vedette.publish.outbox import Letter
from vedette.types import Alert


class DeliveryError(ServiceError):
    """An attempt failed; the text says why. `final`: another attempt would fail, too."""

    def __init__(self, why: str, *, final: bool = False, after_s: float = 0.0) -> None:
        super().__init__(why)
        self.final, self.after_s = final, after_s


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Office:
    """What all channels of a site share.

    site      its name, said in every message
    folder    of the site file, from which relative paths count
    exercise  every message says that it is one
    area_of   the ground of a zone, for public warnings
    """

    site: str
    folder: Path
    exercise: bool = False
    area_of: AreaOf = lambda _: None


class Channel(Protocol):
    """One way to people or partners.

    gather  so many letters go into one message at most
    """

    gather: int

    def news(
        self, t: int, alerts: Sequence[Alert], said: Mapping[str, Any]
    ) -> tuple[list[Letter], dict[str, Any]]:
        """Letters about what has changed at t (ns UTC), and what they leave to be remembered as said.

        said  what was said before, by what it was about; a value None in the answer forgets one
        """
        ...

    def trial(self, t: int, by: str) -> Letter:
        """A letter with which `by` tries the channel out; it says that it is a test."""
        ...

    async def send(self, letters: Sequence[Letter], t: int) -> None:
        """One attempt at t (ns UTC). Raises DeliveryError."""
        ...
