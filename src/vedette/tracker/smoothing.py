"""Smoothed flights for reports: each moment of a track in the light of all that was seen of it later.

The input is what a recording holds: the tracks as they were shown. Between two of them the target moved as
the tracker's models say, weighted with how probable each was; that the tracker itself went the way in several
steps makes no difference, because its models may be split in time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vedette.clock import NS
from vedette.kernel.smooth import averaged, smooth, smooth_lagged, smooth_modes
from vedette.tracker.pmb import Motion
from vedette.types import Array, Status, Track

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Flight:
    """One track as it was shown.

    last   its last snapshot that holds a report
    t      (T,) ns UTC, ascending
    x, P   (T, 6), (T, 6, 6) as believed then, in the site's frame
    modes  (T, K) probability of each way of moving; (T, 0) where the recording does not say
    """

    last: Track
    t: Ints
    x: Array
    P: Array
    modes: Array


@dataclass(slots=True)
class Flights:
    """Gathers snapshots, in order of time, into flights."""

    shown: dict[int, list[Track]] = field(default_factory=dict)

    def add(self, tracks: Iterable[Track]) -> None:
        """One snapshot of all tracks."""
        for track in tracks:
            rows = self.shown.setdefault(track.id, [])
            if track.status is not Status.DROPPED and (not rows or rows[-1].estimate.t < track.estimate.t):
                rows.append(track)

    def confirmed(self) -> list[Flight]:
        """Every track that was ever confirmed, by id, up to the last report used for it."""
        return [
            flight_of(rows)
            for _, rows in sorted(self.shown.items())
            if any(track.status is not Status.TENTATIVE for track in rows)
        ]


def flight_of(rows: list[Track]) -> Flight:
    """Snapshots of one track, without those at the end that only predict."""
    end = rows[-1].t_updated
    used = sum(1 for track in rows if track.estimate.t < end) + 1
    rows = rows[:used]
    known = all(len(track.modes) == len(rows[0].modes) for track in rows)
    return Flight(
        last=rows[-1],
        t=np.array([track.estimate.t for track in rows], np.int64),
        x=np.array([track.estimate.x for track in rows]),
        P=np.array([track.estimate.P for track in rows]),
        modes=np.array([track.modes for track in rows]) if known else np.empty((len(rows), 0)),
    )


def smoothed(flight: Flight, motion: Motion) -> tuple[Array, Array]:
    """x (T, 6), P (T, 6, 6) given the whole flight; motion as in the tracker that made it."""
    return smooth(flight.x, flight.P, *_model(flight, motion))


def smoothed_lagged(flight: Flight, motion: Motion, lag: float) -> tuple[Array, Array]:
    """x (T, 6), P (T, 6, 6) given what was known `lag` seconds later; 10 to 20 s give most of the gain."""
    t = (flight.t - flight.t[0]) / NS
    return smooth_lagged(flight.x, flight.P, *_model(flight, motion), t, lag)


def _model(flight: Flight, motion: Motion) -> tuple[Array, Array, Array]:
    """α, β (T−1,) and Q (T−1, 6, 6) from each snapshot to the next: the models' average.

    Weighted with what the whole flight says of the way of moving: the filter notices a turn only when the
    target has been turning for a while, and would have the smoother cut the corner.
    """
    dt = np.diff(flight.t) / NS
    steps = np.array([motion.steps(d) for d in dt]).reshape(len(dt), len(motion.models), 5)
    return averaged(_weights(flight, motion, dt), flight.x[:-1], flight.P[:-1], steps)


def _weights(flight: Flight, motion: Motion, dt: Array) -> Array:
    """(T−1, K). Where modes were not recorded: the part of its time that a target spends in each."""
    K = len(motion.models)
    if flight.modes.shape[1] != K:
        sojourn = np.array(motion.sojourn) if K > 1 else np.ones(1)
        return np.tile(sojourn / sojourn.sum(), (len(dt), 1))
    switch = np.array([motion.switching(d) for d in dt]).reshape(len(dt), K, K)
    return smooth_modes(flight.modes, switch)[1:]
