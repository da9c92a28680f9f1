"""What flies, and where it truly is at any time."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vedette.classes import at_end, flight_classes, sample
from vedette.clock import from_seconds, seconds
from vedette.config import TableError
from vedette.geo import LocalFrame
from vedette.scenario.file import PlatformConfig, Scenario
from vedette.scenario.path import FlightPath, Paths, fly_by, turned
from vedette.scenario.streams import stream
from vedette.scenario.wander import luck, steps_of, wander
from vedette.sensor import Targets
from vedette.sensor.link import decibel
from vedette.types import Array, Truth
from vedette.units import DEGREE

Ints = NDArray[np.int64]
Inside = Callable[[Array], Array]  # (M, 3) in the site's frame → (M,) bool

AFTER = 20.0  # s for which a scenario goes on after the last arrival
ALONE = 0.2  # part of a flock bird's own in how it turns; an assumption
STEP = 5.0  # m along the path between two looks at whether an area has been entered


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Platform:
    """One platform with its numbers drawn, from `begin` to `end` (ns UTC, its arrival).

    threat: whether an alert about it is right.

    speed m/s, turn_rate rad/s (its most), rcs m², rf_power dBm (−inf: it sends nothing), sound dB at 1 m,
    size m, operator rad (NaN: not known)
    """

    name: str
    klass: str
    threat: bool
    speed: float
    turn_rate: float
    rcs: float
    transponder: str
    rf_power: float
    sound: float
    size: float
    remote_id: str
    operator: tuple[float, float]
    path: FlightPath
    begin: int
    end: int


@dataclass(slots=True)
class Seen:
    """What flies at t: `World.state`, and `World.targets` once somebody asked for it."""

    t: int
    rows: Ints
    x: Array
    targets: Targets | None = None


class World:
    """All platforms of a scenario at a site. A platform exists from its start until its last waypoint.

    frame  the site's; states are [east, north, up, v_east, v_north, v_up] there
    seed   replaces the scenario's; begin (ns UTC) replaces its start
    rcs    "low", "middle" or "high": that end of every platform's bracket of mean radar cross-sections, for a
           table of what depends on it; one individual's spread about the mean stays as it was drawn

    Raises ConfigError naming the file, line and waypoint of a path that cannot be flown.
    """

    def __init__(
        self,
        scenario: Scenario,
        frame: LocalFrame,
        seed: int | None = None,
        begin: int | None = None,
        rcs: str | None = None,
    ) -> None:
        self.scenario, self.frame, self.rcs = scenario, frame, rcs
        self.seed = scenario.seed if seed is None else seed
        self.begin = scenario.start if begin is None else begin
        self.platforms = tuple(
            p for i, config in enumerate(scenario.platforms) for p in self._group(i, config)
        )
        self.end = self.begin + from_seconds(self._duration())
        self._paths = Paths.of([p.path for p in self.platforms])
        self._speed = np.array([p.speed for p in self.platforms])
        self._rcs = np.array([p.rcs for p in self.platforms])
        self._rf_power = np.array([p.rf_power for p in self.platforms])
        self._sound = np.array([p.sound for p in self.platforms])
        self._size = np.array([p.size for p in self.platforms])
        self._operator = np.array([p.operator for p in self.platforms])
        self._t = np.array([(p.begin, p.end) for p in self.platforms], np.int64)
        self._seen: Seen | None = None
        self._outages: dict[str, list[tuple[int, int]]] = {}
        for outage in scenario.file.outage:
            span = (self.begin + from_seconds(outage.start), self.begin + from_seconds(outage.end))
            self._outages.setdefault(outage.sensor, []).append(span)

    def again(self) -> World:
        """The same scenario with the next seed, from the end of this one on."""
        return World(self.scenario, self.frame, seed=self.seed + 1, begin=self.end, rcs=self.rcs)

    def _group(self, index: int, config: PlatformConfig) -> Iterator[Platform]:
        """Each of a platform's individuals; those of a flock start with the first and fly as fast."""
        lead: Platform | None = None
        start = 0.0
        for name in config.names:
            rng = stream(self.seed, "platform", name)
            numbers = self._numbers(config, rng)
            # Drawn after all else, so that what was drawn before there were groups stays as it was.
            own, wait = sample(config.start, rng), sample(config.interval or 0.0, rng)
            height = sample(config.height or 0.0, rng)
            angle = 2.0 * math.pi * float(rng.random())
            reach = config.scatter * math.sqrt(float(rng.random()))
            if lead is None or (config.interval is None and not config.flock):
                start = own
            else:
                start += wait
            if lead is not None and config.flock:
                numbers["speed"] = lead.speed
            offset = reach * np.array([math.sin(angle), math.cos(angle)])
            path = self._path(
                index, config, name, numbers["speed"], offset, None if config.height is None else height
            )
            begin = self.begin + from_seconds(start)
            end = begin + from_seconds(path.length / numbers["speed"])
            made = Platform(
                name=name, path=path, begin=begin, end=end, turn_rate=self._turn_rate(config), **numbers
            )
            lead = lead or made
            yield made

    def _numbers(self, config: PlatformConfig, rng: np.random.Generator) -> dict[str, Any]:
        """Of one individual, always drawn in the same order from its own stream."""
        known = flight_classes()[config.klass]
        speed = sample(known.speed if config.speed is None else config.speed, rng)
        bracket = known.rcs if config.rcs is None else config.rcs
        rcs = sample(bracket, rng)
        if self.rcs is not None:
            rcs = at_end(bracket, self.rcs)
        spread = known.rcs_spread if config.rcs_spread is None else config.rcs_spread
        rcs += spread * float(rng.standard_normal())
        emits = float(rng.random()) < sample(known.emits if config.emits is None else config.emits, rng)
        rf_power = sample(known.rf_power if config.rf_power is None else config.rf_power, rng)
        sound = sample(known.sound if config.sound is None else config.sound, rng)
        size = sample(known.size if config.size is None else config.size, rng)
        operator = (
            (math.nan, math.nan, 0.0) if config.operator is None else config.operator.geodetic(self.frame)
        )
        return {
            "klass": config.klass, "threat": known.threat if config.threat is None else config.threat,
            "speed": speed, "rcs": decibel(rcs), "transponder": config.transponder,
            "rf_power": rf_power if emits else -math.inf, "sound": sound, "size": size,
            "remote_id": config.remote_id, "operator": operator[:2],
        }  # fmt: skip

    def _path(
        self,
        index: int,
        config: PlatformConfig,
        name: str,
        speed: float,
        offset: Array,
        height: float | None,
    ) -> FlightPath:
        """Past the waypoints; but for the last, beside them by `offset` (2,), as high as `height`."""
        known = flight_classes()[config.klass]
        places = np.array([place.position(self.frame) for place in config.waypoints])
        corners, up = places[:, :2].copy(), self.frame.height_above(places)
        corners[:-1] += offset
        if height is not None:
            up[:-1] = height
        rate = self._turn_rate(config)
        if known.wander[1] > 0.0:
            return wander(corners, up, speed, rate, self._turns(config, name, corners, speed))
        try:
            return fly_by(corners, up, speed / rate)
        except TableError as fault:
            raise self.scenario.error(TableError(fault.message, "platform", index, *fault.path)) from None

    def _turn_rate(self, config: PlatformConfig) -> float:
        """rad/s."""
        known = flight_classes()[config.klass].turn_rate
        return (known if config.turn_rate is None else config.turn_rate) * DEGREE

    def _turns(self, config: PlatformConfig, name: str, corners: Array, speed: float) -> Array:
        """(S,) rad/s that a bird turns of its own accord; a flock mostly turns together."""
        S, known = steps_of(corners, speed), flight_classes()[config.klass]
        rng = stream(self.seed, "wander", name)
        size, white = sample(known.wander, rng) * DEGREE, rng.standard_normal(S)
        if config.flock:
            flock = stream(self.seed, "flock", config.name)
            size = sample(known.wander, flock) * DEGREE
            white = math.sqrt(1.0 - ALONE**2) * flock.standard_normal(S) + ALONE * white
        return size * luck(white)

    def check_sensors(self, known: Collection[str]) -> None:
        """Raise ConfigError, with file and line, for a sensor that the site does not have."""
        file = self.scenario.file
        named = [("outage", i, outage.sensor) for i, outage in enumerate(file.outage)]
        named += [("recorded", i, recorded.sensor) for i, recorded in enumerate(file.recorded)]
        for table, i, sensor in named:
            if sensor not in known:
                near = get_close_matches(sensor, known, 1)
                hint = f"did you mean '{near[0]}'? It has" if near else "it has"
                said = f"the site has no sensor '{sensor}'; {hint} {', '.join(sorted(known))}."
                raise self.scenario.error(TableError(said, table, i, "sensor"))

    def silent(self, sensor: str, t0: int, t1: int) -> bool:
        """Whether a look from t0 to t1 (ns UTC) falls into an outage of the sensor."""
        return any(t1 > begin and t0 < end for begin, end in self._outages.get(sensor, ()))

    def _duration(self) -> float:
        given = self.scenario.file.scenario.duration
        last = max(p.end for p in self.platforms)
        return seconds(last - self.begin) + AFTER if given is None else given

    # --- what becomes of it

    def stop(self, name: str, t: int) -> None:
        """The platform is there until t (ns UTC) and no longer. What was drawn for others stays as it was."""
        row = self._row(name)
        end = max(min(self.platforms[row].end, t), self.platforms[row].begin)
        self._become(row, replace(self.platforms[row], end=end))

    def divert(self, name: str, t: int, turn: float) -> None:
        """At t (ns UTC) it turns by `turn` rad, right positive, and flies on until the scenario ends."""
        row = self._row(name)
        p = self.platforms[row]
        s, end = p.speed * seconds(t - p.begin), max(self.end, p.end)
        path = turned(p.path, s, turn, p.speed / p.turn_rate, p.speed * seconds(end - p.begin))
        self._become(row, replace(p, path=path, end=end))

    def _row(self, name: str) -> int:
        return next(i for i, p in enumerate(self.platforms) if p.name == name)

    def _become(self, row: int, platform: Platform) -> None:
        platforms = list(self.platforms)
        platforms[row] = platform
        self.platforms = tuple(platforms)
        self._paths = Paths.of([p.path for p in platforms])
        self._t[row] = platform.begin, platform.end
        self._seen = None

    # --- where everything is

    def state(self, t: int) -> tuple[Ints, Array]:
        """Rows (M,) of the platforms that fly at t (ns UTC), and their states (M, 6); to be read only."""
        seen = self._at(t)
        return seen.rows, seen.x

    def _at(self, t: int) -> Seen:
        """Kept until another moment is asked for: all receivers listen in the same slices of time."""
        if self._seen is None or self._seen.t != t:
            rows = np.flatnonzero((self._t[:, 0] <= t) & (t <= self._t[:, 1]))
            x = self._state(rows, self._speed[rows] * ((t - self._t[rows, 0]) / 1e9))
            x.flags.writeable = False
            self._seen = Seen(t, rows, x)
        return self._seen

    def _state(self, rows: Ints, s: Array) -> Array:
        """(M, 6) of platforms `rows` at distances s along their paths.

        up = h − n²/2M − e²/2N, the inverse of `LocalFrame.height_above`, and its rate.
        """
        place, heading, height, slope = self._paths.at(rows, s)
        M, N = self.frame.radii
        v = self._speed[rows]
        x = np.empty((len(rows), 6))
        x[:, :2] = place
        x[:, 2] = height - place[:, 1] ** 2 / (2 * M) - place[:, 0] ** 2 / (2 * N)
        x[:, 3], x[:, 4] = v * np.sin(heading), v * np.cos(heading)
        x[:, 5] = v * slope - place[:, 1] * x[:, 4] / M - place[:, 0] * x[:, 3] / N
        return x

    def truth(self, t: int) -> tuple[Truth, ...]:
        """Every platform that flies at t."""
        rows, x = self.state(t)
        return tuple(
            Truth(t=t, id=self.platforms[i].name, klass=self.platforms[i].klass, x=x[k])
            for k, i in enumerate(rows)
        )

    def targets(self, t: int) -> Targets:
        """The same, as sensors need it."""
        seen = self._at(t)
        if seen.targets is None:
            seen.targets = self._targets(t, seen.rows, seen.x)
        return seen.targets

    def _targets(self, t: int, rows: Ints, x: Array) -> Targets:
        flying = [self.platforms[i] for i in rows]
        return Targets(
            position=x[:, :3], velocity=x[:, 3:], rcs=self._rcs[rows],
            transponder=tuple(p.transponder for p in flying), rf_power=self._rf_power[rows],
            sound=self._sound[rows], size=self._size[rows], klass=tuple(p.klass for p in flying),
            remote_id=tuple(p.remote_id for p in flying), operator=self._operator[rows],
            past=partial(self._past, rows, t),
        )  # fmt: skip

    def _past(self, rows: Ints, t: int, age: Array) -> Array:
        """(M, 3) where platforms `rows` were `age` (M,) s before t; before its start one came straight in."""
        s = self._speed[rows] * ((t - self._t[rows, 0]) / 1e9 - age)
        x = self._state(rows, np.maximum(s, 0.0))
        return np.asarray(x[:, :3] + (np.minimum(s, 0.0) / self._speed[rows])[:, None] * x[:, 3:])

    def arrivals(self, areas: Mapping[str, Inside]) -> dict[str, dict[str, int | None]]:
        """Platform → area → ns UTC when it first is inside, exact to a millisecond; None if it never is.

        An area smaller than `STEP` across the path may be missed.
        """
        return {
            p.name: {name: self._arrival(i, inside) for name, inside in areas.items()}
            for i, p in enumerate(self.platforms)
        }

    def _arrival(self, row: int, inside: Inside) -> int | None:
        p = self.platforms[row]
        length = min(p.path.length, p.speed * seconds(p.end - p.begin))  # it may have been stopped
        s = np.linspace(0.0, length, max(2, math.ceil(length / STEP) + 1))

        def entered(s: Array) -> Array:
            return inside(self._state(np.full(len(s), row), s)[:, :3])

        hits = np.flatnonzero(entered(s))
        if not len(hits):
            return None
        low, high = s[max(hits[0] - 1, 0)], s[hits[0]]
        while high - low > 1e-4 * p.speed:
            middle = 0.5 * (low + high)
            low, high = (low, middle) if entered(np.array([middle]))[0] else (middle, high)
        return p.begin + from_seconds(float(high) / p.speed)
