"""What was there and what was reported, as arrays: the common input of every metric.

`gather` turns a run (times, truths, tracks) into one `TruthPaths` and one `TrackPaths`, once; the metrics see
only these. Both are rows sorted by step: the objects of step k are rows start[k] to start[k+1].
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vedette import clock
from vedette.errors import FrameError, VedetteError
from vedette.types import Status, Track, Truth

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Covered = Callable[[Floats], Bools]  # (R, 6) states → (R,) whether a sensor could have seen them

REPORTED = (Status.CONFIRMED, Status.COASTING)  # what an operator is shown as a fact


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Paths:
    """Objects over time.

    t      (K,) time of each step, ns UTC, strictly ascending
    start  (K+1,) rows of step k are start[k]:start[k+1]
    who    (R,) which object a row is about, an index into `ids`
    x      (R, 6) east, north, up in m and their rates in m/s
    ids    (N,) the objects' names
    """

    t: Ints
    start: Ints
    who: Ints
    x: Floats
    ids: tuple[str, ...]

    @property
    def step(self) -> Ints:
        """(R,) the step of each row."""
        return np.repeat(np.arange(len(self.t)), np.diff(self.start))

    @property
    def seconds(self) -> Floats:
        """(K,) time of each step in s after the first."""
        return (self.t - self.t[:1]) / clock.NS

    @property
    def hours(self) -> float:
        """From the first step to the last."""
        return float(self.seconds[-1]) / 3600.0 if len(self.t) else 0.0

    def by_object(self) -> Ints:
        """(R,) row indices ordered by object and, within it, by time."""
        return np.argsort(self.who, kind="stable")

    def find(self, step: Ints, who: Ints) -> Ints:
        """The rows of objects `who` at `step` (both (E,)), −1 where one is absent."""
        code, wanted = self.step * len(self.ids) + self.who, step * len(self.ids) + who
        at = np.minimum(np.searchsorted(code, wanted), max(len(code) - 1, 0))
        there = code[at] == wanted if len(code) else np.zeros(len(wanted), bool)
        return np.where(there, at, -1)

    def spans(self) -> tuple[Ints, Ints]:
        """First and last step (N,) of each object."""
        first, last = np.full(len(self.ids), len(self.t)), np.full(len(self.ids), -1)
        np.minimum.at(first, self.who, self.step)
        np.maximum.at(last, self.who, self.step)
        return first, last


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TruthPaths(Paths):
    """Targets as they are: `klass` (N,) of each, and `covered` (R,), whether a sensor could have seen it."""

    klass: tuple[str, ...]
    covered: Bools


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrackPaths(Paths):
    """Tracks as reported.

    P          (R, 6, 6) covariance; NaN where a track gave none
    t_updated  (R,) time of the last report used, ns UTC
    classes    (C,) class names, sorted
    p_class    (R, C) probability of each class; a row of zeros where nothing is known
    """

    P: Floats
    t_updated: Ints
    classes: tuple[str, ...]
    p_class: Floats


Step = tuple[int, Sequence[Truth], Sequence[Track]]


def gather(
    steps: Iterable[Step], *, covered: Covered | None = None, reported: Collection[Status] = REPORTED
) -> tuple[TruthPaths, TrackPaths]:
    """A run as arrays: steps of (t ns UTC, truths at t, tracks shown at t), times strictly ascending.

    Tracks of other states than `reported` are left out. A track estimated before t is moved to t at constant
    velocity, as a display would; its covariance moves with it, without process noise. `covered` says where
    sensors could see; without it, everywhere. Raises VedetteError or FrameError with the step's time.
    """
    t: list[int] = []
    truths: list[tuple[int, Truth]] = []
    tracks: list[tuple[int, Track]] = []
    for k, (time, there, shown) in enumerate(steps):
        if t and time <= t[-1]:
            raise VedetteError(f"Steps must go forward in time; sort them: {clock.iso(time)} came late.")
        if late := [truth.id for truth in there if truth.t != time]:
            raise FrameError(
                f"Truth {late[0]} is not at {clock.iso(time)}; move it to the step's time first."
            )
        t.append(time)
        truths += ((k, truth) for truth in there)
        tracks += ((k, track) for track in shown if track.status in reported)
    return _truths(np.array(t, np.int64), truths, covered), _tracks(np.array(t, np.int64), tracks)


def _truths(t: Ints, rows: list[tuple[int, Truth]], covered: Covered | None) -> TruthPaths:
    klass = {truth.id: truth.klass for _, truth in reversed(rows)}
    ids = tuple(dict.fromkeys(truth.id for _, truth in rows))
    x = np.array([truth.x[:6] for _, truth in rows], float).reshape(-1, 6)
    return truth_paths(
        t, [k for k, _ in rows], _indices([truth.id for _, truth in rows], ids), x,
        ids=ids, klass=[klass[name] for name in ids], covered=None if covered is None else covered(x),
    )  # fmt: skip


def _tracks(t: Ints, rows: list[tuple[int, Track]]) -> TrackPaths:
    frames = sorted({track.estimate.frame for _, track in rows})
    if len(frames) > 1:
        raise FrameError(
            f"Tracks are in {' and '.join(frames)}; bring them into one frame with geo.LocalFrame first."
        )
    step = np.array([k for k, _ in rows], np.int64)
    ids = tuple(dict.fromkeys(track.id for _, track in rows))
    classes = tuple(sorted({name for _, track in rows for name in track.klass}))
    x = np.array([track.estimate.x[:6] for _, track in rows], float).reshape(-1, 6)
    P = np.array([track.estimate.P[:6, :6] for _, track in rows], float).reshape(-1, 6, 6)
    age = (t[step] - np.array([track.estimate.t for _, track in rows], np.int64)) / clock.NS
    F = np.repeat(np.eye(6)[None], len(rows), axis=0)
    F[:, :3, 3:] = age[:, None, None] * np.eye(3)
    return track_paths(
        t, step, _indices([track.id for _, track in rows], ids), np.einsum("rij,rj->ri", F, x),
        ids=[str(name) for name in ids], P=F @ P @ np.swapaxes(F, 1, 2),
        t_updated=[track.t_updated for _, track in rows], classes=classes,
        p_class=np.array([[track.klass.get(name, 0.0) for name in classes] for _, track in rows]),
    )  # fmt: skip


def _indices(names: Sequence[object], ids: Sequence[object]) -> list[int]:
    place = {name: k for k, name in enumerate(ids)}
    return [place[name] for name in names]


def truth_paths(
    t: ArrayLike,
    step: ArrayLike,
    who: ArrayLike,
    x: ArrayLike,
    *,
    ids: Sequence[str] | None = None,
    klass: Sequence[str] | None = None,
    covered: ArrayLike | None = None,
) -> TruthPaths:
    """TruthPaths from rows in any order: step (R,), who (R,), x (R, n ≤ 6), missing components zero."""
    times, start, order, whose, states, names = _rows(t, step, who, x, ids)
    seen = np.ones(len(order), bool) if covered is None else np.asarray(covered, bool).reshape(-1)[order]
    kinds = tuple(klass) if klass is not None else ("",) * len(names)
    return TruthPaths(t=times, start=start, who=whose, x=states, ids=names, klass=kinds, covered=seen)


def track_paths(
    t: ArrayLike,
    step: ArrayLike,
    who: ArrayLike,
    x: ArrayLike,
    *,
    ids: Sequence[str] | None = None,
    P: ArrayLike | None = None,
    t_updated: ArrayLike | None = None,
    classes: Sequence[str] = (),
    p_class: ArrayLike | None = None,
) -> TrackPaths:
    """TrackPaths from rows in any order; without P no consistency, without t_updated no latency is scored."""
    times, start, order, whose, states, names = _rows(t, step, who, x, ids)
    R, C = len(order), len(classes)
    covariance = np.full((R, 6, 6), np.nan) if P is None else np.asarray(P, float).reshape(R, 6, 6)[order]
    shown = np.repeat(times, np.diff(start))
    updated = shown if t_updated is None else np.asarray(t_updated, np.int64).reshape(-1)[order]
    odds = np.zeros((R, C)) if p_class is None else np.asarray(p_class, float).reshape(R, C)[order]
    return TrackPaths(
        t=times, start=start, who=whose, x=states, ids=names, P=covariance, t_updated=updated,
        classes=tuple(classes), p_class=odds,
    )  # fmt: skip


def _rows(
    t: ArrayLike, step: ArrayLike, who: ArrayLike, x: ArrayLike, ids: Sequence[str] | None
) -> tuple[Ints, Ints, Ints, Ints, Floats, tuple[str, ...]]:
    """Times, starts, order, who, x and names with rows sorted by step, then object."""
    times, steps = np.asarray(t, np.int64).reshape(-1), np.asarray(step, np.int64).reshape(-1)
    whose = np.asarray(who, np.int64).reshape(-1)
    order = np.lexsort((whose, steps))
    steps, whose = steps[order], whose[order]
    given = np.asarray(x, float).reshape(len(order), -1) if len(order) else np.empty((0, 6))
    states = np.zeros((len(order), 6))
    states[:, : given.shape[1]] = given[order]
    names = tuple(ids) if ids is not None else tuple(str(k) for k in range(int(whose.max(initial=-1)) + 1))
    twice = np.flatnonzero((np.diff(steps) == 0) & (np.diff(whose) == 0))
    if twice.size:
        k = twice[0]
        raise VedetteError(
            f"{names[whose[k]]} is there twice at {clock.iso(int(times[steps[k]]))}; "
            "give one state of each object per step."
        )
    if not np.isfinite(states).all():
        raise VedetteError("A state to be scored is not finite; leave that row out.")
    return times, np.searchsorted(steps, np.arange(len(times) + 1)), order, whose, states, names
