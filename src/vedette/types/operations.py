"""What must outlive a restart: open alerts, what people have ordered, said and decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from vedette.types.acts import Affiliation
from vedette.types.advice import Decision, Engagement
from vedette.types.alert import Alert
from vedette.types.picture import Posture


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the hand-over log: at t (ns UTC) somebody did something, in a sentence."""

    t: int
    by: str
    act: str
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """Whose a track is, in somebody's word, since t (ns UTC)."""

    track: int
    affiliation: Affiliation
    by: str
    t: int
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Last:
    """Where a track was last believed to be, at t (ns UTC): x (6,) and P (6, 6) in the site's frame, and
    what it called itself."""

    track: int
    t: int
    x: tuple[float, ...]
    P: tuple[tuple[float, ...], ...]
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operations:
    """All of it, at one moment.

    alerts   the open ones
    tracks   those that have an open alert, of which somebody has said whose they are, or has decided
    rules    of operators, as the keys of a `[[zone]]`
    switched rule → whether somebody has switched it on or off
    highest  no track had a higher number
    stock    effector → rounds left; below 0: so many of the lot that is being put in are promised
    reloads  effector → ns UTC when that lot is in
    engagements, declined  what was accepted and is not over, and what was declined
    """

    alerts: tuple[Alert, ...] = ()
    tracks: tuple[Last, ...] = ()
    words: tuple[Word, ...] = ()
    rules: tuple[Mapping[str, Any], ...] = ()
    switched: Mapping[str, bool] = field(default_factory=dict)
    posture: Posture | None = None
    log: tuple[Entry, ...] = ()
    highest: int = 0
    stock: Mapping[str, int] = field(default_factory=dict)
    reloads: Mapping[str, int] = field(default_factory=dict)
    engagements: tuple[Engagement, ...] = ()
    declined: tuple[Decision, ...] = ()
