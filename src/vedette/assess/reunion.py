"""Alerts from before a restart: whose track is this now, and when is one given up?

After a restart tracks have new numbers. A new track is taken to be an old one when it bears its name, or when
it is where the old one would be: d² = ỹᵀ S⁻¹ ỹ of place and velocity within the gate, S of both and of what
the target may have done meanwhile. The nearest pair comes first, and each is used once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vedette.assess.approach import predict
from vedette.clock import NS
from vedette.types import Status, Track
from vedette.types.operations import Last

GATE = 22.46  # 99.9 % of χ² with 6 degrees of freedom
UNREST = np.array([1.0, 1.0, 0.1])  # m²/s³: as one that turns, not as one that is warned of
NAMING = ("icao24", "remote_id")  # claims that name one airframe for good


@dataclass(frozen=True, slots=True)
class _Lost:
    """An old track, and since when (ns UTC) it is looked for."""

    last: Last
    since: int


class Reunion:
    """Looks for the tracks of restored alerts and identities among the new ones."""

    def __init__(self) -> None:
        self.lost: dict[int, _Lost] = {}

    def seek(self, last: Last, t: int) -> None:
        """Look for this track from t (ns UTC) on."""
        self.lost[last.track] = _Lost(last, t)

    def forget(self, number: int) -> None:
        """Give one up."""
        self.lost.pop(number, None)

    def found(self, t: int, tracks: Sequence[Track]) -> list[tuple[int, Track]]:
        """(old number, new track), each taken off the list of those looked for."""
        sure = [track for track in tracks if track.status in (Status.CONFIRMED, Status.COASTING)]
        near = sorted(
            (distance, old, track.id, track)
            for old, lost in self.lost.items()
            for track in sure
            if (distance := apart(lost.last, track, t)) is not None
        )
        pairs: list[tuple[int, Track]] = []
        for _, old, number, track in near:
            if old in self.lost and all(track_.id != number for _, track_ in pairs):
                self.forget(old)
                pairs.append((old, track))
        return pairs


def apart(last: Last, track: Track, t: int) -> float | None:
    """d² between an old track and a new one, 0 where their names agree; None: they are not the same."""
    for fact in NAMING:
        name = track.identity.get(fact)
        if name is not None and fact in last.names:
            return 0.0 if str(name.value) == last.names[fact] else None
    age = np.array([max(t - last.t, 0) / NS])
    x, P = predict(np.array([last.x]), np.array([last.P]), age, UNREST)
    y, S = track.estimate.x[:6] - x[0], P[0] + track.estimate.P[:6, :6]
    d2 = float(y @ np.linalg.solve(S, y))
    return d2 if d2 <= GATE else None


def last_of(track: Track) -> Last:
    """Where a track is now, to be found again after a restart."""
    return Last(
        track=track.id,
        t=track.estimate.t,
        x=tuple(track.estimate.x[:6].tolist()),
        P=tuple(map(tuple, track.estimate.P[:6, :6].tolist())),
        names={fact: str(track.identity[fact].value) for fact in NAMING if fact in track.identity},
    )
