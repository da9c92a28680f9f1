"""Alerts against the truth: who was warned of and how long before, and which alerts were about no threat."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from vedette.clock import from_seconds, seconds
from vedette.metric.association import Associations
from vedette.metric.paths import Floats, TrackPaths, TruthPaths
from vedette.types import Actor

NEAR = 1_000.0  # m over ground: a track further than this from everybody is nobody's


class Raised(NamedTuple):
    """An alert as it was raised: when (ns UTC), about which track, where (3,) that was, and by which rule."""

    t: int
    track: int
    position: Floats
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Warnings:
    """What the alerts of a run were worth.

    first     truth → ns UTC of the first alert about it; only those that were told of
    time      truth → s from that alert to its first arrival at an asset, 0 when the alert came later; None
              for one that never arrives, or of which no alert told
    missed    threats that arrived within the run and were never told of
    late      threats that were told of only once they had arrived
    harmless  alerts about somebody who is no threat
    nothing   alerts about a track that was near nobody
    """

    first: Mapping[str, int]
    time: Mapping[str, float | None]
    missed: tuple[str, ...]
    late: tuple[str, ...]
    harmless: int
    nothing: int

    @property
    def false(self) -> int:
        """Alerts that should not have been."""
        return self.harmless + self.nothing


def warnings(
    actors: Sequence[Actor],
    truth: TruthPaths,
    tracks: TrackPaths,
    who: Associations,
    raised: Iterable[Raised],
) -> Warnings:
    """Credit every alert to whom its track followed then, or else to whoever was nearest, within NEAR."""
    threat = {actor.id: actor.threat for actor in actors}
    first: dict[str, int] = {}
    harmless = nothing = 0
    for alert in sorted(raised, key=lambda one: (one.t, one.track)):
        name = about(alert, truth, tracks, who)
        if name is None:
            nothing += 1
            continue
        first.setdefault(name, alert.t)
        harmless += not threat.get(name, False)
    end = int(truth.t[-1]) if len(truth.t) else 0
    arrived = {actor.id: min(actor.arrivals.values()) for actor in actors if actor.arrivals}
    due = [actor.id for actor in actors if actor.threat and arrived.get(actor.id, end + 1) <= end]
    return Warnings(
        first=first,
        time={actor.id: _time(first.get(actor.id), arrived.get(actor.id)) for actor in actors},
        missed=tuple(name for name in due if name not in first),
        late=tuple(name for name in due if name in first and first[name] >= arrived[name]),
        harmless=harmless,
        nothing=nothing,
    )


def _time(told: int | None, arrived: int | None) -> float | None:
    return None if told is None or arrived is None else max(seconds(arrived - told), 0.0)


def about(alert: Raised, truth: TruthPaths, tracks: TrackPaths, who: Associations) -> str | None:
    """The truth that an alert is about; None: about nothing."""
    if not len(truth.t):
        return None
    k = int(np.argmin(np.abs(truth.t - alert.t)))
    follows = (who.first <= k) & (k <= who.last)
    for target, track in zip(who.truth[follows].tolist(), who.track[follows].tolist(), strict=True):
        if tracks.ids[track] == str(alert.track):
            return str(truth.ids[target])
    rows = slice(int(truth.start[k]), int(truth.start[k + 1]))
    x = truth.x[rows]
    there = x[:, :2] + x[:, 3:5] * ((alert.t - int(truth.t[k])) / from_seconds(1.0))
    row = nearest(alert.position, there)
    return None if row is None else truth.ids[int(truth.who[rows][row])]


def nearest(position: Floats, there: Floats, within: float = NEAR) -> int | None:
    """The row of `there` (N, ≥ 2) nearest to `position` over ground; None where none is `within` m."""
    distance = np.linalg.norm(there[:, :2] - position[:2], axis=1)
    if not len(distance) or distance.min() > within:
        return None
    return int(np.argmin(distance))
