"""Directions: they update the targets that are known by place, and what is left over makes new ones.

1. Every report goes to the known targets (kernel.angles), through the sensor's own h and H.
2. What none of them explains makes angle tracks, per sensor (tracker.angle_tracks).
3. Where believed angle tracks of two sensors meet, a target starts (tracker.crossings).

See docs/tracker.md.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vedette.clock import NS, from_seconds
from vedette.sensor import DirectionSensor
from vedette.tracker.angle_tracks import TICK, AngleTracks, Heard
from vedette.tracker.bernoulli import Bernoullis
from vedette.tracker.config import TrackerConfig
from vedette.tracker.crossings import BELIEVED, Crossings, along
from vedette.tracker.pmb import Pmb
from vedette.tracker.undetected import Anywhere
from vedette.types import SIZE, Array, Bearing, Detection, Sector

Ints = NDArray[np.int64]

FLOOD = 2000  # directions in one look, beyond which they say nothing
LOOSE = 0.5  # a report is left over that with at least this probability comes from nobody known
FORGET = 10.0  # s, or three looks

State = dict[str, tuple[int, Bernoullis]]


@dataclass(slots=True)
class Directions:
    """What sensors of directions (`sensors`, by name; `order`: the number of each sensor) add to `pmb`."""

    pmb: Pmb
    undetected: Anywhere
    sensors: Mapping[str, DirectionSensor]
    order: Mapping[str, int]
    config: TrackerConfig
    counters: Counter[str]
    tracks: dict[str, AngleTracks] = field(init=False)
    crossings: Crossings = field(init=False)

    def __post_init__(self) -> None:
        life, settings = self.config.mean_life_s, self.pmb.config
        self.tracks = {n: AngleTracks(SIZE[s.reports], life, settings) for n, s in self.sensors.items()}
        self.crossings = Crossings(
            self.pmb, self.undetected, self.sensors, self.tracks, self.order, self.config, self.counters
        )

    # ------------------------------------------------------------- one look

    def look(
        self, t: int, some: Sequence[Detection], codes: Ints, labels: Ints, sensor: DirectionSensor,
        sector: Sector | None, p_detect: Array,
    ) -> None:  # fmt: skip
        """One look's reports of kind `sensor.reports` at time t; without a sector a miss is no evidence.

        codes, labels (M,): identities, and what starts with each report; p_detect (N,): of every Bernoulli,
        of one report.
        """
        if len(some) > FLOOD:
            self.counters["direction_flood"] += len(some)
            return
        heard = self._heard(t, some, codes, labels, sensor)
        p_new = self._known(heard, sensor, p_detect, looking=sector is not None)
        tracks = self.tracks[sensor.name]
        tracks.predict(t)
        p = self._in_view(tracks, sensor, sector)
        left = heard.taken(np.flatnonzero(p_new >= LOOSE))
        tracks.look(left, p, looking=sector is not None)
        if len(left.t):
            self.crossings.meet(t, sensor, int(left.t.min()))
        tracks.prune(t - from_seconds(max(FORGET, 3.0 / max(sensor.look_rate, 1e-3))))

    def _heard(
        self, t: int, some: Sequence[Detection], codes: Ints, labels: Ints, sensor: DirectionSensor
    ) -> Heard:
        k, when = self.tracks[sensor.name].k, np.array([d.t for d in some], np.int64)
        z = np.array([d.z for d in some]).reshape(-1, k)
        R = np.array([d.R for d in some]).reshape(-1, k, k)
        return Heard(
            z=z, R=R, tau=np.round((t - when) / NS / TICK) * TICK, t=when, code=codes, label=labels,
            clutter=np.maximum(sensor.direction_density(sensor.reports, z), 1e-30),
            beta=along(self.undetected, sensor, z)[0],
        )  # fmt: skip

    def _known(self, heard: Heard, sensor: DirectionSensor, p_detect: Array, *, looking: bool) -> Array:
        """Update the known targets; how probably each report is of none of them (M,)."""
        b, N = self.pmb.bernoullis, self.pmb.bernoullis.size
        times, when = heard.moments()
        h, H = expected(sensor, b.x[:N], times)
        number = self.order[sensor.name]
        told = b.seen[:N, number] > 0
        p = p_detect.copy()
        p[told] = np.minimum(p[told] / sensor.perceptible, self.config.p_detect_max)
        return self.pmb.look_along(
            h, H, when, heard.z, heard.R, heard.t, heard.code, heard.kappa, p,
            told | (sensor.perceptible >= 1.0), looking=looking, sensor=number,
        )  # fmt: skip

    def _in_view(self, tracks: AngleTracks, sensor: DirectionSensor, sector: Sector | None) -> Array:
        """P_D (N,) of every angle track in this look."""
        N = tracks.b.size
        if sector is None or not N:
            return np.ones(N)
        z = tracks.b.x[:N, 0, : tracks.k]
        seen = np.mod(z[:, 0] - sector.az0, 2.0 * math.pi) <= sector.width
        if tracks.k > 1:
            seen &= (z[:, 1] >= sector.el0) & (z[:, 1] <= sector.el1)
        _, p = along(self.undetected, sensor, z)
        return np.where(seen, np.minimum(p / sensor.perceptible, self.config.p_detect_max), 0.0)

    # ----------------------------------------------------------- state, and out

    def bearings(self, t: int) -> tuple[Bearing, ...]:
        """The believed angle tracks at time t, that nobody known by place explains."""
        found = []
        for name, tracks in self.tracks.items():
            for row in np.flatnonzero(tracks.b.r[: tracks.b.size] > BELIEVED):
                z, R = tracks.ahead(int(row), (t - tracks.t) / NS)
                found.append(
                    Bearing(
                        sensor=name, azimuth=float(np.mod(z[0], 2.0 * math.pi)),
                        elevation=float(z[1]) if tracks.k > 1 else None, sigma=math.sqrt(R[0, 0]),
                        existence=float(tracks.b.r[row]),
                    )
                )  # fmt: skip
        return tuple(found)

    def codes(self) -> list[int]:
        """Identities that angle tracks go by."""
        return [int(c) for tracks in self.tracks.values() for c in tracks.b.code[: tracks.b.size]]

    def save(self) -> State:
        """A copy of all that the next look's result depends on."""
        return {name: tracks.save() for name, tracks in self.tracks.items()}

    def restore(self, state: State) -> None:
        """Be as at `save`; the copy stays good for another time."""
        for name, tracks in self.tracks.items():
            tracks.restore(state[name])


def expected(sensor: DirectionSensor, x: Array, times: Array) -> tuple[Array, Array]:
    """h (T, N, K, k), H (T, N, K, k, 6) of states x (N, K, 6), τ s before their time for each of `times`.

    With p = p₀ − τ v:  ∂h/∂v₀ = ∂h/∂v − τ ∂h/∂p.
    """
    N, K, n = x.shape
    k, flat = SIZE[sensor.reports], x.reshape(-1, n)
    h, H = np.zeros((len(times), N, K, k)), np.zeros((len(times), N, K, k, n))
    for i, tau in enumerate(times):
        one, slope = sensor.expected(sensor.reports, flat[:, :3] - tau * flat[:, 3:], flat[:, 3:])
        slope[:, :, 3:] -= tau * slope[:, :, :3]
        h[i], H[i] = one.reshape(N, K, k), slope.reshape(N, K, k, n)
    return h, H
