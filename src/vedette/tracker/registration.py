"""Registration: what each sensor's constant error is, learned from targets that two sensors see.

What aircraft and drones report of themselves (ADS-B, Remote ID) has no bias and makes a radar's absolute; two
radars alone tell only their difference. See docs/registration.md; the formulas stand in kernel.registration.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vedette.clock import NS
from vedette.kernel.pairing import follow, learn
from vedette.kernel.registration import STATES, Memory, consider, given, plots_of_tracks, taken_off, walk
from vedette.sensor import Sensor
from vedette.tracker.bernoulli import Bernoullis
from vedette.tracker.config import TrackerConfig
from vedette.types import Array, Bias, Detection, Kind
from vedette.units import DEGREE

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

POLAR = frozenset({Kind.RANGE_AZ_EL, Kind.RANGE_AZ, Kind.RANGE_AZ_HEIGHT})
FRESH = 5 * NS  # age at which a plot is no partner any more
MOST = 16  # plots tried per look
DOUBT = 50  # plots in a row, matched ones taken off, whose only partner lies beyond what is believed
ENOUGH = 150  # pairs of every sensor that has any, after which one FRESH in PAUSE serves for learning
PAUSE = 12
SURE = 3.0  # standard deviations from zero at which the bias of who is taken as right is taken off
LASTING = 12.0  # looks that a track remembers: what stays the same in all of them does not average out
UNEASY = 10  # of DOUBT: no more pauses
# How a bias wanders: variance per second of range, azimuth, elevation and time
WALK = np.square([1.0, 0.01 * DEGREE, 0.01 * DEGREE, 0.01]) / 3600.0


@dataclass(frozen=True, slots=True, eq=False)
class RegistrationState:
    """What `Registration.save` keeps."""

    arrays: tuple[NDArray[np.generic], ...]
    size: int
    turn: int
    t: int
    heard: tuple[int, ...]


def prior_of(sensor: Sensor, config: TrackerConfig) -> Array:
    """(4,) variances of a bias nobody knows yet; zero for a sensor that reports places."""
    if not sensor.accepts & POLAR or not config.registration:
        return np.zeros(STATES)
    elevation = config.bias_elevation if Kind.RANGE_AZ_EL in sensor.accepts else 0.0
    return np.square([config.bias_range, config.bias_azimuth * DEGREE, elevation * DEGREE, config.bias_time])


def usable(sensor: Sensor, kind: Kind, detections: Sequence[Detection]) -> Bools:
    """(M,), for reports of one kind: a radar's polar ones; what a target says of itself.

    The track of another system proves nothing: it may have come from a radar with a bias of its own.
    """
    if sensor.accepts & POLAR:
        return np.full(len(detections), kind in POLAR)
    own = [
        ("icao24" in d.claims or "remote_id" in d.claims) and "track_number" not in d.claims
        for d in detections
    ]
    return np.array(own, bool)


@dataclass(slots=True)
class Registration:
    """Biases of `sensors` (name → Sensor, in the tracker's order), in the order of `prior`: 4 numbers each.

    speed2  (3,) variance of a target's velocity before it is known, (m/s)²
    density (K,) acceleration density of the ways a target moves, m²/s³
    """

    sensors: Mapping[str, Sensor]
    config: TrackerConfig
    speed2: Array
    density: Array
    counters: Counter[str]
    on: bool = field(init=False)
    prior: Array = field(init=False)
    b: Array = field(init=False)
    B: Array = field(init=False)
    links: Ints = field(init=False)
    doubt: Ints = field(init=False)
    datum: Ints = field(init=False)
    size: int = 0
    turn: int = 0
    t: int = 0
    heard: list[int] = field(init=False)  # ns UTC of each sensor's last look with plots
    _settled: bool = False
    _off: Array = field(init=False)  # (4 S,) what is taken off
    _memory: Memory = field(init=False)
    _places: tuple[Array, Array, Bools] = field(init=False)
    _order: Ints = field(init=False)
    _numbers: dict[str, int] = field(init=False)
    _walk: Array = field(init=False)
    _expected: Array = field(init=False)

    def __post_init__(self) -> None:
        sensors, S = list(self.sensors.values()), len(self.sensors)
        variances = np.array([prior_of(s, self.config) for s in sensors]).reshape(S, STATES)
        biased = variances.any(axis=1)
        self.on = S > 1 and bool(biased.any())
        self.prior = np.diag(variances.reshape(-1))
        self.b, self.B = np.zeros(STATES * S), self.prior.copy()
        self.links, self.doubt, self.datum = np.zeros((S, S), np.int64), np.zeros(S, np.int64), np.arange(S)
        self._order = np.argsort(biased, kind="stable")  # who has no bias is asked first
        self._memory = self._room(64 if self.on else 0)
        self.heard = [0] * S
        self._off = np.zeros(STATES * S)
        self._numbers = {name: s for s, name in enumerate(self.sensors)}
        self._walk, self._expected = np.tile(WALK, S), np.sqrt(np.diag(self.prior))
        if self.on:
            turns, origins = zip(*(s.to_site for s in sensors), strict=True)
            flat = [Kind.RANGE_AZ_EL not in s.accepts for s in sensors]
            self._places = np.stack(turns), np.stack(origins), np.array(flat)

    def _room(self, rows: int) -> Memory:
        S = len(self.sensors)
        return (
            np.zeros((rows, S), np.int64), np.zeros((rows, S), bool), np.zeros((rows, S, 6)),
            np.zeros((rows, S, 6, 6)), np.zeros((rows, S, 3, 3)), np.zeros((rows, S)),
        )  # fmt: skip

    # ----------------------------------------------------- before association

    def corrected(self, sensor: str, kind: Kind, z: Array) -> Array:
        """Reports z (M, k) of one kind with the sensor's bias taken off; places of targets as they are."""
        if not self.on or kind not in POLAR:
            return z
        size = 3 if kind is Kind.RANGE_AZ_EL else 2
        z = z.copy()
        z[:, :size] -= self.bias(sensor)[:size]
        return z

    def delay(self, sensor: str) -> float:
        """s by which its reports are stamped too late."""
        return float(self.bias(sensor)[3]) if self.on else 0.0

    def bias(self, sensor: str) -> Array:
        """(4,) what is taken off its reports: m, rad, rad, s (kernel.registration.taken_off)."""
        s = self._numbers[sensor]
        return self._off[STATES * s : STATES * (s + 1)]

    def considered(self, sensor: str, y: Array, S: Array, told: Bools) -> Array:
        """S (M, k, k) with what is still unknown of the bias; `told` (M,) marks the plots that have one.

        What sensors that agree have in common moves all their tracks alike and makes no plot doubtful beside
        another: it is left out here, and stands in `biases`.
        """
        s = self._numbers[sensor]
        if not self.on or self.datum[s] == s:
            return S
        S = S.copy()
        T, t, flat = self._places
        B = LASTING * given(self.B, s, int(self.datum[s]))
        consider(y, S, told, T[s], t[s], bool(flat[s]), B, self.speed2)
        return S

    # ------------------------------------------------------ after association

    def learn(
        self, sensor: str, b: Bernoullis, used: Ints, y: Array, S: Array, tau: Array, t: Ints, told: Bools,
        now: int,
    ) -> None:  # fmt: skip
        """From the plots y, S (not `considered`), tau, t that tracks `used` (N,) in one look, at `now` ns."""
        s, N = self._numbers[sensor], len(used)
        if not self.on or not len(t) or not self._due(s, now):
            return
        self._make_room(N)
        plot = plots_of_tracks(
            s, self._places, self._off, used, b.confirmed[:N], b.mu[:N], b.x[:N], b.P[:N], self.density,
            y, S, tau, t, told,
        )  # fmt: skip
        if not len(plot[0]):
            return
        walk(self.B, self.prior, self._walk, (now - self.t) / NS if self.t else 0.0)
        self.t, before = now, self._off
        fits, ambiguous, refused = learn(
            self.b, self.B, self.prior, self._places, self._order, s, plot, self._memory, self.size,
            FRESH, MOST, self.turn, self.links, self.doubt,
        )  # fmt: skip
        self.turn += 1
        self.counters["registration_pairs"] += fits
        self.counters["registration_ambiguous"] += ambiguous
        self.counters["registration_refused"] += refused
        if not fits and self.doubt.max() < DOUBT:
            return
        self._agree()
        if (np.abs(self._off - before) > 0.01 * self._expected).any():
            follow(b.x[:N], b.seen[:N], self._places, before, self._off, FRESH)

    def _due(self, s: int, now: int) -> bool:
        """Somebody else is heard too; and once all is well known, only one FRESH in PAUSE."""
        self.heard[s] = now
        if self._settled and now // FRESH % PAUSE and self.doubt.max() < UNEASY:
            self.size = 0  # what is remembered will be too old
            return False
        return any(now - t <= FRESH for k, t in enumerate(self.heard) if k != s)

    def forget(self, keep: Bools | None) -> None:
        """Squeeze out the tracks not to keep, as `Pmb.forget` does."""
        if keep is None or not self.size:
            return
        keep = keep[: self.size]
        size = int(keep.sum())
        for array in self._memory:
            array[:size] = array[: self.size][keep]
        self.size = size

    def _agree(self) -> None:
        """Who is contradicted too often starts afresh; then, who is right where sensors share targets: one
        without a bias, else the first of them in the site file."""
        for s in np.flatnonzero(self.doubt >= DOUBT):
            self._start_afresh(int(s))
        best = np.empty_like(self._order)
        best[self._order] = np.arange(len(best))
        while True:  # the best rank spreads along the links
            spread = np.where(self.links > 0, best[None], len(best)).min(axis=1)
            if (spread >= best).all():
                break
            best = np.minimum(best, spread)
        self.datum = self._order[best]
        self._settle()

    def _settle(self) -> None:
        self._off = taken_off(self.b, self.B, self.datum, SURE).reshape(-1)
        pairs = self.links.sum(axis=1)
        self._settled = bool(pairs.any() and pairs[pairs > 0].min() >= ENOUGH)

    def _start_afresh(self, s: int) -> None:
        own = slice(STATES * s, STATES * (s + 1))
        self.doubt[s] = 0
        if not self.prior[own].any():
            return
        self.counters["registration_restarted"] += 1
        self.b[own], self.B[own], self.B[:, own] = 0.0, 0.0, 0.0
        self.B[own, own] = self.prior[own, own]
        self.links[s], self.links[:, s] = 0, 0

    def _make_room(self, N: int) -> None:
        if len(self._memory[0]) < N:
            old, self._memory = self._memory, self._room(2 * N)
            for new, had in zip(self._memory, old, strict=True):
                new[: self.size] = had[: self.size]
        self._memory[0][self.size : N] = 0
        self.size = N

    # ----------------------------------------------------------- state, and out

    def save(self) -> RegistrationState:
        """A copy of all that the next scan's result depends on."""
        arrays = (self.b, self.B, self.links, self.doubt, self.datum, *(a[: self.size] for a in self._memory))
        return RegistrationState(
            tuple(a.copy() for a in arrays), self.size, self.turn, self.t, tuple(self.heard)
        )

    def restore(self, state: RegistrationState) -> None:
        """Be as at `save`; the copy stays good for another time."""
        mine = (self.b, self.B, self.links, self.doubt, self.datum)
        for own, saved in zip(mine, state.arrays, strict=False):
            own[...] = saved
        self.size, self.turn, self.t, self.heard = state.size, state.turn, state.t, list(state.heard)
        self._settle()
        for row, saved in zip(self._memory, state.arrays[len(mine) :], strict=True):
            row[: self.size] = saved

    def biases(self) -> dict[str, Bias]:
        """What is known of every sensor that may have a bias, by name."""
        sigma, names = np.sqrt(np.diag(self.B)), list(self.sensors)
        found = {}
        for s, name in enumerate(names):
            b, d = self.b[STATES * s :].tolist(), sigma[STATES * s :].tolist()
            if not self.prior[STATES * s : STATES * (s + 1)].any():  # reports places, not ranges and angles
                continue
            found[name] = Bias(
                range_m=b[0], range_sigma=d[0], azimuth=b[1], azimuth_sigma=d[1], elevation=b[2],
                elevation_sigma=d[2], time_s=b[3], time_sigma=d[3], pairs=int(self.links[s].sum()),
                relative_to=names[self.datum[s]],
            )  # fmt: skip
        return found
