"""Whether errors are as large as the tracker says, for every kind of sensor in the registry.

Targets move as the motion model says, start as the tracker's prior says, and are far apart; each kind of
sensor sees them with its own P_D, noise and clutter. If the whole chain from conversion to update is right,
then NEES, e'P⁻¹e of the state (6 degrees of freedom) over all targets and runs of one moment, lies inside the
95 % bounds of χ² at 95 % of the moments, and so does NIS, the same of the innovations of the targets' own
plots against the predicted track (Bar-Shalom, Li & Kirubarajan 2001, §5.4).

Nothing here asks the tracker for more than its snapshots. NIS is computed with one way of moving, where the
prediction from a snapshot has a closed form.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any, get_args

import msgspec
import numpy as np

from vedette.clock import NS, seconds
from vedette.errors import ConfigError
from vedette.geo import LocalFrame
from vedette.kernel.bend import straighten
from vedette.kernel.motion import Step, white_acceleration
from vedette.metric.consistency import Consistency, consistency, normalised
from vedette.sensor import SENSORS, Radar2D, SensorConfig, Simulated, Targets, build
from vedette.tracker import Motion, Tracker, TrackerConfig, motion_of
from vedette.types import Array, Scan, Track

Luck = Callable[[int], np.random.Generator]  # number of the run → its random numbers, afresh

SITE = LocalFrame("enu:study", math.radians(52.0), math.radians(5.0), 50.0)
BEGIN = 1_700_000_000 * NS
TARGETS = 8  # 45° apart, so that no two meet
SETTLED = 5  # s after which a track is held to its word: before, a few have not been shown yet
CONFIG = TrackerConfig(speed_sigma=30.0, climb_sigma=3.0, in_the_air=float(TARGETS))

# What a sensor's table needs, by key; a kind may have its own. A new kind with a key that has no default and
# is not here is refused by name.
VALUES: Mapping[str, Any] = MappingProxyType(
    {
        "name": "sensor", "bearing": 0.0, "distance": 0.0, "height": 20.0, "range_max": 40e3,
        "reference_range": 30e3, "reference_rcs": 0.0, "reference_pd": 0.9, "range_resolution": 40.0,
        "azimuth_beamwidth": 1.5, "elevation_beamwidth": 2.0, "elevation_min": -1.0, "elevation_max": 60.0,
        "period": 1.0, "clutter": 3.0, "height_prior": 1500.0, "height_sigma": 300.0, "range_floor": 3.0,
        "azimuth_floor": 0.1, "elevation_floor": 0.1,
    }
)  # fmt: skip
# A height that no plot shows leaves an error along the ground of σ_h²/(√2 × distance), here 5 m. The tracker
# says how large it is; but it is a square, no Gaussian, and NEES of it alone would not be χ². Noise beside it
# makes it so.
OWN: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "adsb": {"period": 0.5},
        "remote_id": {"range_max": 40e3, "power": 30.0, "sensitivity": -110.0},
        "radar2d": {"range_floor": 30.0},
    }
)


# A direction alone makes no track, so there is nothing to hold to its word.
PLACING = tuple(kind for kind, made in SENSORS.items() if not hasattr(made, "direction_density"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of one kind of sensor and one motion: shares of moments inside the bounds, and above them; mean values
    over what they should be; `straight`, of a radar that measures no height, the same NEES in its own
    coordinates (`straight`); `held`, the share of targets and moments that had a track."""

    sensor: str
    motion: str
    nees_inside: float
    nees_above: float
    nees_factor: float
    position_nees_factor: float
    nis_inside: float
    nis_factor: float
    straight_nees_inside: float
    straight_nees_factor: float
    held: float
    samples: int

    def told(self) -> dict[str, Any]:
        """As a table; NIS and `straight` only where they were computed."""
        return {name: value for name, value in asdict(self).items() if value == value}


def example(kind: str) -> Simulated:
    """A sensor of the kind, as VALUES has it. Raises ConfigError where that is not enough."""
    config = next(c for c in get_args(SensorConfig) if c.__struct_config__.tag == kind)
    wanted = dict(VALUES) | dict(OWN.get(kind, {}))
    known = {f.name: f for f in msgspec.structs.fields(config)}
    missing = [name for name, f in known.items() if f.required and name not in wanted]
    if missing:
        raise ConfigError(
            f"The consistency study has no value for {missing[0]} of a {kind}; add it to "
            "vedette.study.consistency.OWN."
        )
    return build(config(**{name: wanted[name] for name in known if name in wanted}), SITE)


MOTIONS: Mapping[str, Motion] = MappingProxyType(
    {
        "single": Motion((partial(white_acceleration, CONFIG.acceleration),)),
        "imm": motion_of(CONFIG),
    }
)


@dataclass(slots=True)
class Flight:
    """Truth that moves as `motion` says: x (N, 6) and each target's mode (N,), from a seeded generator."""

    motion: Motion
    rng: np.random.Generator
    x: Array
    mode: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.mode = self.rng.choice(len(self.motion.models), len(self.x), p=self.motion.at_birth)

    def move(self, dt: float) -> None:
        """dt s onwards: the mode switches, then the target moves in it, exactly."""
        jump = self.motion.switching(dt)
        self.mode = np.array([self.rng.choice(len(jump), p=jump[m]) for m in self.mode])
        w = self.rng.standard_normal((2, *self.x[:, :3].shape))
        for m, model in enumerate(self.motion.models):
            rows = self.mode == m
            self.x[rows] = stepped(self.x[rows], model(dt), w[:, rows])


def stepped(x: Array, step: Step, w: Array) -> Array:
    """States x (N, 6) after one Step with standard normal noise w (2, N, 3)."""
    alpha, beta, q_pp, q_pv, q_vv = step
    a = math.sqrt(q_pp)
    b = q_pv / a
    c = math.sqrt(max(q_vv - b * b, 0.0))
    p = x[:, :3] + alpha * x[:, 3:] + a * w[0]
    return np.concatenate([p, beta * x[:, 3:] + b * w[0] + c * w[1]], axis=1)


def start(sensor: Simulated, rng: np.random.Generator) -> Array:
    """(TARGETS, 6): around the sensor, with velocities as the tracker's prior has them; heights as a sensor
    that measures none believes them to be."""
    azimuth = 2.0 * math.pi * (np.arange(TARGETS) + rng.random()) / TARGETS
    distance = rng.uniform(0.3, 0.5) * min(sensor.range_max, 40e3)
    config = getattr(sensor, "config", None)
    prior, sigma = getattr(config, "height_prior", 1500.0), getattr(config, "height_sigma", 100.0)
    x = np.zeros((TARGETS, 6))
    x[:, 0], x[:, 1] = distance * np.sin(azimuth), distance * np.cos(azimuth)
    x[:, 2] = rng.normal(prior, sigma, TARGETS) - SITE.height_above(x[:, :3])
    x[:, 3:] = rng.standard_normal((TARGETS, 3)) * [
        CONFIG.speed_sigma,
        CONFIG.speed_sigma,
        CONFIG.climb_sigma,
    ]
    return x


@dataclass(slots=True)
class Errors:
    """Errors with what the tracker said of them, and the moment of each."""

    step: list[int] = field(default_factory=list)
    e: list[Array] = field(default_factory=list)
    cov: list[Array] = field(default_factory=list)

    def add(self, step: int, e: Array, cov: Array) -> None:
        self.step.append(step)
        self.e.append(e)
        self.cov.append(cov)

    def judged(self, axes: int, freedom: int | None = None) -> Consistency:
        """Of the first `axes` components, of which `freedom` are measured."""
        if not self.e:
            return Consistency(0, 0, math.nan, math.nan, math.nan, math.nan)
        e, cov = np.array(self.e)[:, :axes], np.array(self.cov)[:, :axes, :axes]
        return consistency(normalised(e, cov), np.array(self.step), freedom or axes)


@dataclass(slots=True)
class Tally:
    """Everything that the runs of one sensor and motion gave."""

    nees: Errors = field(default_factory=Errors)
    nis: Errors = field(default_factory=Errors)
    straight: Errors = field(default_factory=Errors)
    asked: int = 0


def run(
    sensor: Simulated, motion: Motion, length: int, rng: np.random.Generator, tally: Tally, first: int = 0
) -> None:
    """One flight of `length` s past one sensor: NEES once a second, NIS of every own plot; moments count from
    `first`."""
    tracker = Tracker({sensor.name: sensor}, SITE.name, CONFIG, motion)
    flight, single = Flight(motion, rng, start(sensor, rng)), len(motion.models) == 1
    names = tuple(f"{i:06x}" for i in range(TARGETS))
    seq, t = 0, BEGIN
    tracks: tuple[Track, ...] = ()
    for look in sensor.schedule(BEGIN, BEGIN + length * NS):
        flight.move(seconds(look.t1 - t))
        t = look.t1
        here = Targets(
            position=flight.x[:, :3], velocity=flight.x[:, 3:], rcs=np.ones(TARGETS), transponder=names,
            remote_id=names,
        )  # fmt: skip
        seen = sensor.measure(here, look, rng)
        found = seen.detections(sensor, look, seq)
        seq += len(found)
        whole = (t - BEGIN) % NS == 0
        step = (t - BEGIN) // NS
        if single and step >= SETTLED:
            innovations(sensor, seen, flight.x, tracks, t, first + step, tally.nis)
        tracker.step(Scan(sensor=sensor.name, t0=look.t0, t1=t, sector=look.sector, detections=found))
        if whole or single:
            tracks = tracker.snapshot()
        if whole and step >= SETTLED:
            tally.asked += TARGETS
            for x in flight.x:
                track = follower(tracks, x)
                if track is not None:
                    tally.nees.add(first + step, track.estimate.x - x, track.estimate.P)
                    if isinstance(sensor, Radar2D):
                        tally.straight.add(first + step, *straight(sensor, track, x))


def follower(tracks: tuple[Track, ...], x: Array) -> Track | None:
    """The track of a target: targets are kilometres apart, so whoever is nearest, if within a kilometre over
    ground; of several, the likeliest."""
    near = [k for k in tracks if math.dist(k.estimate.position[:2], x[:2]) < 1000.0 and k.existence > 0.5]
    return max(near, key=lambda k: k.existence, default=None)


def straight(radar: Radar2D, track: Track, x: Array) -> tuple[Array, Array]:
    """Error and covariance where the radar's plots lie on straight lines (kernel.bend): the density of a
    target of unknown height is bent in space, and only there Gaussian, so that NEES is χ²."""
    mean, P = track.estimate.x, track.estimate.P
    up, c, h0 = radar.bend(mean[None, :3])
    m2, P2 = mean[None, None].copy(), P[None, None].copy()
    straighten(m2, P2, up, c, h0, radar.config.height_sigma**2)
    h, off, rate = float(x[:3] @ up - h0[0]), float((x - mean)[:3] @ up), float((x - mean)[3:] @ up)
    truth = x.copy()
    truth[:3] -= 0.5 * c[0] * (h * h - radar.config.height_sigma**2)
    truth[3:] -= c[0] * off * rate
    return m2[0, 0] - truth, P2[0, 0]


def innovations(
    sensor: Simulated, seen: Any, x: Array, tracks: tuple[Track, ...], t: int, step: int, into: Errors
) -> None:
    """ν and S of every target's own plot against its track, moved from the snapshot to the plot's time."""
    own = np.flatnonzero(seen.source >= 0)
    if len(own) == 0 or not tracks:
        return
    y, R = sensor.convert(seen.kind, seen.z[own], seen.R[own])
    if isinstance(sensor, Radar2D):  # that holds a height which it did not measure
        guess = sensor.guess([seen.kind] * len(own), y)
        R = R + 1e8 * guess[:, :, None] * guess[:, None, :]
    for j, i, z, noise in zip(own, seen.source[own], y, R, strict=True):
        track = follower(tracks, x[i])
        if track is None:
            continue
        ahead = seconds(t - track.estimate.t) - float(seen.age[j])
        F, Q = matrices(white_acceleration(CONFIG.acceleration, ahead))
        mean, cov = F @ track.estimate.x, F @ track.estimate.P @ F.T + Q
        m = len(z)
        into.add(step, z - mean[:m], cov[:m, :m] + noise)


def matrices(step: Step) -> tuple[Array, Array]:
    """F and Q (6, 6) of one Step."""
    alpha, beta, q_pp, q_pv, q_vv = step
    one = np.eye(3)
    F = np.kron(np.array([[1.0, alpha], [0.0, beta]]), one)
    return F, np.kron(np.array([[q_pp, q_pv], [q_pv, q_vv]]), one)


def measure(
    kind: str, motion: str, luck: Luck, *, runs: int = 12, groups: int = 1, length: int = 60
) -> Figures:
    """`groups` times `runs` flights past one kind of sensor with one motion, "single" or "imm", each with its
    own luck.

    The flights of a group are averaged moment by moment. Errors of one flight hang together from moment to
    moment, so that one group's share inside scatters; several groups make it a figure.
    """
    sensor, tally = example(kind), Tally()
    for number in range(runs * groups):
        run(sensor, MOTIONS[motion], length, luck(number), tally, number // runs * (length + 1))
    state, place = tally.nees.judged(6), tally.nees.judged(3)
    nis, own = tally.nis.judged(3, 2 if isinstance(sensor, Radar2D) else 3), tally.straight.judged(6)
    return Figures(
        sensor=kind, motion=motion,
        nees_inside=state.inside, nees_above=state.above, nees_factor=state.factor,
        position_nees_factor=place.factor, nis_inside=nis.inside, nis_factor=nis.factor,
        straight_nees_inside=own.inside, straight_nees_factor=own.factor,
        held=len(tally.nees.e) / max(tally.asked, 1), samples=len(tally.nees.e),
    )  # fmt: skip


def measured(luck: Luck, runs: int = 12, length: int = 60, groups: int = 1) -> Iterator[Figures]:
    """Every kind in the registry that says where its targets are, with each motion."""
    for kind in PLACING:
        for motion in MOTIONS:
            yield measure(kind, motion, luck, runs=runs, groups=groups, length=length)
