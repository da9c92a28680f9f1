"""The bridge to Stone Soup: its users can try our tracker on their data, ours can use its metrics and plots.

`PmbTracker` is our tracker as one of its trackers: give it a detector, iterate, get its tracks. The functions
bring detections, truths and tracks from one side to the other. Needs the package stonesoup 1.9 and is never
imported by the running system.

Conventions. Its times are datetimes, UTC when they carry no zone; ours are ns UTC. Its bearings run
anticlockwise from the x axis, our azimuths clockwise from north: with x east, bearing = π/2 − azimuth. Its
states alternate [x, vx, y, vy, …], ours are [x, y, …, vx, vy, …]; a model's `mapping` says where positions
stand, and the other components are taken for the velocities.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import numpy as np
from stonesoup.base import Property
from stonesoup.models.measurement.linear import LinearGaussian
from stonesoup.models.measurement.nonlinear import (
    Cartesian2DToBearing,
    CartesianToBearingRange,
    CartesianToElevationBearing,
    CartesianToElevationBearingRange,
)
from stonesoup.tracker.base import Tracker, _TrackerMixInNext
from stonesoup.types.detection import Detection as TheirDetection
from stonesoup.types.groundtruth import GroundTruthPath, GroundTruthState
from stonesoup.types.state import GaussianState
from stonesoup.types.track import Track as TheirTrack

from vedette.errors import MeasurementError
from vedette.kernel.convert import local_to_local, unbiased_2d, unbiased_3d
from vedette.kernel.motion import white_acceleration
from vedette.tracker import Anywhere, Motion, Plots, Pmb, PmbConfig
from vedette.types import Array, Detection, Estimate, Kind, Status, Track, Truth

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

# --- time and state ---


def to_ns(t: datetime) -> int:
    """ns UTC of a datetime; one without a zone is taken as UTC."""
    return (t.replace(tzinfo=t.tzinfo or UTC) - EPOCH) // MICROSECOND * 1000


def to_datetime(t: int) -> datetime:
    """Without a zone, as Stone Soup's own examples have it; whole microseconds."""
    return (EPOCH + (t // 1000) * MICROSECOND).replace(tzinfo=None)


def alternating(D: int) -> list[int]:
    """Where our [p, v] components go in a state [x, vx, y, vy, …] of D axes."""
    return [2 * a for a in range(D)] + [2 * a + 1 for a in range(D)]


def gaussian(x: Array, P: Array, t: datetime, order: Sequence[int]) -> GaussianState:
    """Our x (n,), P (n, n) as its state, component k at `order[k]`."""
    n = len(x)
    mean, cov = np.empty((n, 1)), np.empty((n, n))
    mean[order, 0], cov[np.ix_(order, order)] = x, P
    return GaussianState(mean, cov, timestamp=t)


# --- detections ---


def to_detection(detection: Detection, place: Array) -> TheirDetection:
    """Our report as theirs, with a model for states [x, vx, y, vy, z, vz] (x east, y north, z up).

    place (3,): the sensor in the same frame, m. For the kinds range_az_el, az_el and az; others have no model
    there that says the same and raise MeasurementError: convert them with the sensor, to a position.
    """
    # rows: their components; columns: ours
    pick: dict[Kind, tuple[type, list[list[float]], tuple[int, ...]]] = {
        Kind.RANGE_AZ_EL: (CartesianToElevationBearingRange, [[0, 0, 1], [0, -1, 0], [1, 0, 0]], (0, 2, 4)),
        Kind.AZ_EL: (CartesianToElevationBearing, [[0, 1], [-1, 0]], (0, 2, 4)),
        Kind.AZ: (Cartesian2DToBearing, [[-1]], (0, 2)),
    }
    if detection.kind not in pick:
        raise MeasurementError(
            f"Stone Soup has no model for a report of kind {detection.kind}; convert it with its sensor and "
            "pass the position to `to_position`."
        )
    model, rows, mapping = pick[detection.kind]
    J = np.array(rows, float)
    offset = 0.5 * math.pi * (J == -1.0).any(axis=1)
    measurement = model(
        ndim_state=6, mapping=mapping, noise_covar=J @ detection.R @ J.T,
        translation_offset=np.asarray(place, float)[: len(mapping), None],
    )  # fmt: skip
    return _their_detection((J @ detection.z + offset)[:, None], measurement, detection)


def to_position(detection: Detection, y: Array, S: Array) -> TheirDetection:
    """A report that its sensor has converted (sensor.convert) to y (3,), S (3, 3) in the site's frame."""
    return _their_detection(y[:3, None], LinearGaussian(6, (0, 2, 4), S[:3, :3]), detection)


def _their_detection(z: Array, model: Any, ours: Detection) -> TheirDetection:
    about = {"sensor": ours.sensor, "seq": ours.seq, **ours.claims}
    return TheirDetection(z, measurement_model=model, timestamp=to_datetime(ours.t), metadata=about)


def from_detection(detection: TheirDetection, *, sensor: str, seq: int) -> Detection:
    """Their elevation–bearing–range detection as our report of `sensor`, number `seq`.

    The sensor's place is not in it: ours is in the site file. Raises MeasurementError for other models and
    for sensors that are turned; `position_of` turns both into positions.
    """
    model = detection.measurement_model
    if not isinstance(model, CartesianToElevationBearingRange) or np.any(model.rotation_offset):
        raise MeasurementError(
            f"A {type(model).__name__} detection has no counterpart among our reports; "
            "take its position with `position_of`."
        )
    J = np.array([[0, 0, 1], [0, -1, 0], [1, 0, 0]], float)  # its own inverse
    z = J @ np.asarray(detection.state_vector, float)[:, 0] + [0.0, 0.5 * math.pi, 0.0]
    z[1] %= 2.0 * math.pi
    t = to_ns(detection.timestamp)
    R = J @ np.asarray(model.covar(), float) @ J.T
    return Detection(t=t, t_rx=t, sensor=sensor, seq=seq, kind=Kind.RANGE_AZ_EL, z=z, R=R)


def position_of(detection: TheirDetection, model: Any) -> tuple[Array, Array, float]:
    """y (D,), S (D, D) in their frame, unbiased, and the volume of measurement space per unit of position.

    Takes LinearGaussian positions, CartesianToElevationBearingRange and CartesianToBearingRange.
    """
    z, R = np.asarray(detection.state_vector, float)[:, 0], np.asarray(model.covar(), float)
    if isinstance(model, LinearGaussian):
        return z, R, 1.0
    if isinstance(model, CartesianToElevationBearingRange):
        ours, spread = z[[2, 1, 0]], R[np.ix_([2, 1, 0], [2, 1, 0])]  # range, bearing, elevation
        y, S = unbiased_3d(ours[None], spread[None])
        # dr db de = dx dy dz / (r² cos e)
        jacobian = 1.0 / (ours[0] ** 2 * max(math.cos(ours[2]), 1e-6))
    elif isinstance(model, CartesianToBearingRange):
        y, S = unbiased_2d(z[None, ::-1].copy(), R[None, ::-1, ::-1].copy())
        y, S = np.pad(y, ((0, 0), (0, 1))), np.pad(S, ((0, 0), (0, 1), (0, 1)))
        jacobian = 1.0 / z[1]
    else:
        raise MeasurementError(
            f"A position cannot be had from a {type(model).__name__} detection; "
            "give LinearGaussian, CartesianToElevationBearingRange or CartesianToBearingRange ones."
        )
    D = len(model.mapping)
    place = np.zeros(3)
    place[:D] = np.asarray(model.translation_offset, float)[:D, 0]
    # They turn a position into the sensor's axes: x' = T (x − place). Back: x = Tᵀ x' + place.
    local_to_local(y, S, np.ascontiguousarray(np.asarray(model.rotation_matrix, float).T), place)
    return y[0, :D], S[0, :D, :D], jacobian


# --- truths and tracks ---


def to_truths(truths: Iterable[Truth]) -> set[GroundTruthPath]:
    """Our truths, in any order, as one path per target."""
    paths: dict[str, GroundTruthPath] = {}
    for truth in sorted(truths, key=lambda truth: (truth.id, truth.t)):
        state = np.empty((6, 1))
        state[alternating(3), 0] = truth.x
        about = {"class": truth.klass}
        paths.setdefault(truth.id, GroundTruthPath(id=truth.id)).append(
            GroundTruthState(state, timestamp=to_datetime(truth.t), metadata=about)
        )
    return set(paths.values())


def from_truths(paths: Iterable[GroundTruthPath], klass: str = "unknown") -> list[Truth]:
    """Their paths of states [x, vx, y, vy, z, vz] as our truths, by time and id."""
    found = [
        Truth(
            t=to_ns(state.timestamp),
            id=path.id,
            klass=str(getattr(state, "metadata", {}).get("class", klass)),
            x=np.asarray(state.state_vector, float)[alternating(3), 0],
        )
        for path in paths
        for state in path
    ]
    return sorted(found, key=lambda truth: (truth.t, truth.id))


def to_tracks(pictures: Iterable[Iterable[Track]]) -> set[TheirTrack]:
    """Our snapshots, in order of time, as one of their tracks per id; its metadata says what we know."""
    tracks: dict[int, TheirTrack] = {}
    for picture in pictures:
        for ours in picture:
            if ours.status is Status.DROPPED:
                continue
            track = tracks.setdefault(ours.id, TheirTrack(id=str(ours.id)))
            e = ours.estimate
            track.append(gaussian(e.x, e.P, to_datetime(e.t), alternating(3)))
            known = {name: field.value for name, field in ours.identity.items()}
            track.metadata.update(
                known, existence=ours.existence, hits=ours.hits, status=ours.status.name.lower()
            )
    return set(tracks.values())


def from_track(track: TheirTrack, number: int, frame: str) -> Track:
    """The last state [x, vx, y, vy, z, vz] of their track as our snapshot; existence 1 unless it says so."""
    state, order = track.states[-1], np.ix_(alternating(3), alternating(3))
    times = [to_ns(one.timestamp) for one in track.states]
    hits = [t for t, one in zip(times, track.states, strict=True) if hasattr(one, "hypothesis")] or times
    return Track(
        id=number,
        status=Status.CONFIRMED,
        estimate=Estimate(
            t=times[-1],
            x=np.asarray(state.mean, float)[alternating(3), 0],
            P=np.asarray(state.covar, float)[order].copy(),
            frame=frame,
        ),
        existence=float(track.metadata.get("existence", 1.0)),
        identity={}, klass={}, contributors={}, t_born=times[0], t_updated=hits[-1], hits=len(hits),
    )  # fmt: skip


# --- the tracker ---


class PmbTracker(_TrackerMixInNext, Tracker):
    """Our Poisson multi-Bernoulli tracker, used like a MultiTargetTracker.

    It needs no initiator, deleter, associator, hypothesiser, predictor or updater: how probably each target
    exists follows from the numbers below. Detections are LinearGaussian positions, elevation–bearing–range or
    bearing–range, in two or three dimensions, from one sensor per set; an empty set is a look that saw
    nothing. Its tracks hold GaussianStates, and their metadata the existence probability.
    """

    detector: Any = Property(default=None, doc="What yields (datetime, set of detections)")
    measurement_model: Any = Property(default=None, doc="For detections that bring none of their own")
    noise_diff_coeff: float = Property(doc="q of ConstantVelocity, m²/s³")
    prob_detect: float = Property(default=0.9, doc="Probability that a look sees a target")
    clutter_spatial_density: float = Property(doc="False detections per look and unit of measurement space")
    birth_density: float = Property(doc="New targets per second and m² (m³ in three dimensions)")
    mean_life: float = Property(default=600.0, doc="Mean time a target stays, s")
    speed_sigma: Sequence[float] = Property(doc="Velocity per axis before anything is known of it, 1 σ, m/s")
    report: float = Property(default=0.5, doc="Existence probability above which a track is reported")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._time: datetime | None = None
        self._interval = 1.0
        self._order: list[int] = []
        self._history: dict[int, TheirTrack] = {}
        self._tracks: set[TheirTrack] = set()
        D = len(self.speed_sigma)
        births = Anywhere(
            rate=self.birth_density, start=self.birth_density * self.mean_life, death=1.0 / self.mean_life,
            sigma_v=tuple(self.speed_sigma),  # type: ignore[arg-type]  # two numbers in a plane
            search=lambda place: np.full(len(place), self.prob_detect / self._interval),
        )  # fmt: skip
        self._pmb = Pmb(
            n=2 * D, undetected=births, config=PmbConfig(gamma=16.0, unexplained=0.5),
            motion=Motion((partial(white_acceleration, self.noise_diff_coeff),)),
        )  # fmt: skip

    @property
    def tracks(self) -> set[TheirTrack]:
        return self._tracks

    def __next__(self) -> tuple[datetime, set[TheirTrack]]:
        time, detections = next(self.detector_iter)
        pmb = self._pmb
        if self._time is not None:
            self._interval = max((time - self._time).total_seconds(), 1e-3)
            pmb.predict(self._interval, math.exp(-self._interval / self.mean_life))
        self._time = time
        pmb.look(self._plots(time, detections), np.full(len(pmb.bernoullis), self.prob_detect), looking=True)
        pmb.prune()
        self._tracks = set(self._report(time))
        return time, self._tracks

    def _plots(self, time: datetime, detections: Iterable[TheirDetection]) -> Plots:
        """Positions in order, so that the order of a set makes no difference."""
        found = []
        for detection in detections:
            model = detection.measurement_model or self.measurement_model
            self._learn_order(model)
            y, S, jacobian = position_of(detection, model)
            age = (time - (detection.timestamp or time)).total_seconds()
            found.append((y, S, age, self.clutter_spatial_density * jacobian))
        found.sort(key=lambda one: tuple(one[0]))
        M, D = len(found), len(self.speed_sigma)
        return Plots(
            z=np.array([one[0] for one in found]).reshape(M, D),
            R=np.array([one[1] for one in found]).reshape(M, D, D),
            tau=np.array([one[2] for one in found]),
            clutter=np.array([one[3] for one in found]),
            p_detect=np.full(M, self.prob_detect),
            t=np.full(M, to_ns(time), np.int64),
            code=np.full(M, -1, np.int64),
        )

    def _learn_order(self, model: Any) -> None:
        """Where positions stand in their states, from the first model; the others must agree."""
        D = len(self.speed_sigma)
        places = list(model.mapping)
        order = places + [k for k in range(model.ndim_state) if k not in places]
        if len(places) != D or model.ndim_state != 2 * D:
            raise MeasurementError(
                f"speed_sigma has {D} numbers, but a measurement model maps {len(places)} positions of a "
                f"state of {model.ndim_state}; states must be positions and velocities of {D} axes."
            )
        if self._order and order != self._order:
            raise MeasurementError("Two measurement models differ in their mapping; give them the same one.")
        self._order = order

    def _report(self, time: datetime) -> Iterator[TheirTrack]:
        """Tracks believed now, each longer by one state."""
        b = self._pmb.bernoullis
        for row in np.flatnonzero(b.r[: b.size] > self.report):
            label = int(b.label[row])
            track = self._history.setdefault(label, TheirTrack(id=f"vedette-{label}"))
            track.append(gaussian(b.x[row, 0], b.P[row, 0], time, self._order))
            track.metadata.update(existence=float(b.r[row]), hits=int(b.hits[row]))
            yield track
        alive = set(b.label[: b.size].tolist())
        self._history = {label: track for label, track in self._history.items() if label in alive}
