"""Other systems' tracks as plots: from each report only what it adds to the last one that its target used.

A track's errors are correlated in time, so a tracker that took every report as a plot would count the same
measurements again and again. Per sensor and track number this remembers the report that our target used last,
and makes of the next one

- a tracklet (kernel.fusion), where the sequence of covariances is a filter's; exact for a Kalman filter;
- else, with standard deviations only, the part of it that the earlier report does not explain, errors taken
  to die away within the sending tracker's memory;
- the whole report, where our target has used none before, or the sender has evidently started afresh.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vedette.clock import NS
from vedette.kernel.fusion import NEWS, decorrelate, least_process_noise, moved, tracklet, unit_noise
from vedette.sensor import TrackFeed
from vedette.types import Array, Detection

Ints = NDArray[np.int64]
Key = tuple[str, str]

SILENCE = 60 * NS  # a number not heard for longer has become another track
SPACING = 0.3  # s; in shorter steps rounding of the covariances passes for process noise, and nothing is lost
FILTER = 0.1  # least correlation of position and velocity in a filter's covariance (√½ in its steady state)
AGILE = 1e4  # m²/s³: no tracker assumes more process noise; its covariance grew for another reason
FITS = 40.0  # χ² of a report against the sender's own earlier one, beyond which it did not follow from it
STEADY = 16.8  # the same, beyond which a report is not extrapolated (99 % of 6 degrees of freedom)
GATE = 20.0  # χ² of a report against the target that may be its own
MEMORY = 10.0  # s, of a sender that says nothing of velocity
LONGEST = 30.0  # s; errors that hang together for longer are biases, which no weighting removes


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """A track as reported at t (ns UTC): y (m,), S (m, m) in the site's frame."""

    t: int
    y: Array
    S: Array


HeardTracks = dict[Key, tuple[Heard, ...]]


@dataclass(slots=True)
class Tracklets:
    """What was heard under each number: the report our target used last, and the newest."""

    counters: Counter[str]
    heard: HeardTracks = field(default_factory=dict)
    swept: int = 0

    def save(self) -> HeardTracks:
        """A copy; what it holds never changes."""
        return dict(self.heard)

    def restore(self, state: HeardTracks) -> None:
        self.heard = dict(state)

    def plots(
        self, sensor: TrackFeed, some: Sequence[Detection], y: Array, S: Array, used: Ints
    ) -> tuple[list[int], Array, Array]:
        """Which reports (indices) are worth using, and those as plots z (k, m), R (k, m, m).

        y (M, m), S (M, m, m): the reports of `some` in the site's frame; used (M,) ns UTC: when the target of
        that name last used a report of this sensor, 0 for never.
        """
        z, R = y.copy(), S.copy()
        keep = np.ones(len(some), bool)
        before = [self._before(d, y.shape[1], u) for d, u in zip(some, used.tolist(), strict=True)]
        rows = np.array([k for k, base in enumerate(before) if base is not None], np.int64)
        if len(rows):
            bases = [base for base in before if base is not None]
            dt = np.array([some[k].t - base.t for k, base in zip(rows.tolist(), bases, strict=True)]) / NS
            y0, S0 = np.stack([base.y for base in bases]), np.stack([base.S for base in bases])
            z[rows], R[rows], keep[rows] = self._news(sensor, dt, y0, S0, y[rows], S[rows])
        for k in np.flatnonzero(keep).tolist():
            self._remember(some[k], y[k], S[k], before[k])
        self._forget(max(d.t for d in some))
        return np.flatnonzero(keep).tolist(), z[keep], R[keep]

    def _before(self, d: Detection, m: int, used: int) -> Heard | None:
        """The earlier report that the target of this name has used; None when there is none to subtract."""
        if "track_number" not in d.claims:
            self.counters["unnumbered_tracks"] += 1
            return None
        for heard in reversed(self.heard.get(_key(d), ())):
            if heard.t <= used and len(heard.y) == m and d.t - heard.t <= SILENCE:
                return heard
        return None

    def _news(
        self, sensor: TrackFeed, dt: Array, y0: Array, S0: Array, y: Array, S: Array
    ) -> tuple[Array, Array, NDArray[np.bool_]]:
        """z, R of what the reports y, S add to y0, S0, dt (k,) s older; and whether they add anything."""
        z, R, follows = _decorrelated(dt, y0, y, S, sensor.memory)
        news, soon = np.ones(len(dt), bool), dt < SPACING
        if y.shape[1] == 6:
            rows = np.flatnonzero(_of_a_filter(S0) & _of_a_filter(S) & ~soon)
            u, U, fits, gained = _tracklets(
                dt[rows], y0[rows], S0[rows], y[rows], S[rows], sensor.process_noise
            )
            z[rows[fits]], R[rows[fits]], news[rows[fits]] = u[fits], U[fits], gained[fits]
            follows[rows[fits]] = True
            self.counters["tracklets"] += int(np.sum(fits & gained))
            self.counters["tracks_without_news"] += int(np.sum(fits & ~gained))
        self.counters["tracks_too_soon"] += int(np.sum(soon))
        self.counters["tracks_begun_afresh"] += int(np.sum(~follows & ~soon))
        return z, R, news & ~soon

    def _remember(self, d: Detection, y: Array, S: Array, before: Heard | None) -> None:
        if "track_number" in d.claims:
            now = Heard(d.t, y.copy(), S.copy())
            self.heard[_key(d)] = (now,) if before is None else (before, now)

    def _forget(self, t: int) -> None:
        """Free what could not be used any more at time t (ns UTC)."""
        if t - self.swept >= SILENCE // 10:
            self.swept = t
            oldest = t - 2 * SILENCE  # a late scan may still ask for what is a little too old now
            self.heard = {key: heard for key, heard in self.heard.items() if heard[-1].t >= oldest}


def last_used(
    code: Ints, position: Array, S: Array, codes: Ints, seen: Ints, mean: Array, cov: Array
) -> Ints:
    """When the target of each report last used one of this sensor, ns UTC (M,); 0 for never.

    A report's target is the one that goes by its name, code (M,); where none does, as when two sensors name
    it differently, the nearest within the gate. position (M, 3), S (M, 3, 3) of the reports; codes (N,),
    seen (N,) ns UTC, mean (N, 3), cov (N, 3, 3) of the targets.
    """
    used, known = np.zeros(len(code), np.int64), np.flatnonzero(seen > 0)
    seen, mean, cov = seen[known], mean[known], cov[known]
    by_name: dict[int, int] = {}
    for name, t in zip(codes[known].tolist(), seen.tolist(), strict=True):
        by_name[name] = max(t, by_name.get(name, 0))
    for j, name in enumerate(code.tolist()):
        if name in by_name:
            used[j] = by_name[name]
        elif len(known):
            used[j] = _nearest(position[j], S[j], seen, mean, cov)
    return used


def _nearest(position: Array, S: Array, seen: Ints, mean: Array, cov: Array) -> int:
    """`seen` of the target nearest to one report, 0 when none is within the gate."""
    off = mean - position
    d2 = np.einsum("na,na->n", off, np.linalg.solve(cov + S, off[:, :, None])[:, :, 0])
    best = int(np.argmin(d2))
    return int(seen[best]) if d2[best] < GATE else 0


def _key(d: Detection) -> Key:
    return d.sensor, str(d.claims["track_number"])


def _of_a_filter(S: Array) -> NDArray[np.bool_]:
    """Which S (k, 6, 6) are covariances of a filter's [p, v], and not six standard deviations."""
    sigma = np.sqrt(np.diagonal(S, axis1=1, axis2=2))
    together = np.diagonal(S[:, :3, 3:], axis1=1, axis2=2) / (sigma[:, :3] * sigma[:, 3:])
    return np.asarray(together.mean(axis=1) >= FILTER)


def _tracklets(
    dt: Array, y0: Array, S0: Array, y: Array, S: Array, process_noise: float | None
) -> tuple[Array, Array, NDArray[np.bool_], NDArray[np.bool_]]:
    """u, U of each pair of reports; whether the second followed from the first, and whether it adds any."""
    x0, P0 = moved(y0, S0, dt)
    Q = unit_noise(dt, 3)
    least = least_process_noise(P0, S, Q)
    q = least if process_noise is None else np.full(len(dt), process_noise)
    u, U, gain, nis = tracklet(x0, P0 + q[:, None, None] * Q, y, S)
    fits = (least <= AGILE) & (gain[:, 0] > -0.05) & (nis <= FITS)
    return u, U, fits, gain[:, -1] > NEWS


def _decorrelated(
    dt: Array, y0: Array, y: Array, S: Array, memory: float | None
) -> tuple[Array, Array, NDArray[np.bool_]]:
    """z, R of each second report for errors that die away with e^(−dt/T); whether it followed from the first.

    T = σ_p / σ_v where no memory is stated: the natural time (r/q)^¼ of a steady filter that tracks white
    acceleration of density q through plots of noise density r, for which σ_p² = √2 q^¼ r^¾ and
    σ_v² = √2 q^¾ r^¼ (Kalman & Bucy 1961).
    """
    T = np.full(len(y), MEMORY if memory is None else memory)
    if y.shape[1] == 6 and memory is None:
        variance = np.diagonal(S, axis1=1, axis2=2)
        T = np.minimum(np.sqrt(variance[:, :3].sum(axis=1) / variance[:, 3:].sum(axis=1)), LONGEST)
    rho = np.exp(-np.maximum(dt, 1e-3) / T)
    if y.shape[1] < 6:  # where it was to be expected is not known: count it less, but take it as it stands
        return y, decorrelate(y, y, S, rho)[1], np.ones(len(y), bool)
    z, R, jump = decorrelate(moved(y0, S, dt)[0], y, S, rho)
    # A jump was not predicted by the sender either: to extrapolate it would overshoot.
    z = np.where((jump > STEADY)[:, None], y, z)
    follows = jump * (1.0 - rho**2) <= 2.0 * FITS
    return np.where(follows[:, None], z, y), np.where(follows[:, None, None], R, S), follows
