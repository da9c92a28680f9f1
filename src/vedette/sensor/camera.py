"""Cameras on a mount, by day or infrared: they see far, but only where they point."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Annotated, Literal, Protocol, runtime_checkable

import msgspec
import numpy as np
from scipy.special import ndtr

from vedette.clock import from_seconds
from vedette.config import NotNegative, Positive, TableError
from vedette.geo import LocalFrame, to_polar
from vedette.sensor.base import Look, Simulated
from vedette.sensor.direction import cross_sigma
from vedette.sensor.optics import contrast, cycles, over_sizes, resolved, search_cells, slew_to_cue
from vedette.sensor.passive import Angle, Bools, Claims, Elevation, Ints, Passive, PassiveConfig, Share
from vedette.sensor.targets import Targets
from vedette.types import NO_CLAIMS, Array, Claim, Kind, Sector
from vedette.units import DEGREE

Pixels = Annotated[int, msgspec.Meta(ge=16, le=100_000, description="how many pixels")]
Contrast = Annotated[float, msgspec.Meta(gt=0.02, le=1, description="a contrast against the sky, above 0.02")]
Classes = Annotated[tuple[str, ...], msgspec.Meta(min_length=2, description="at least two names of classes")]

SEARCHED = 2.0  # standard deviations of a cue that its search covers
Where = Callable[[int], Targets]


@runtime_checkable
class Steered(Simulated, Protocol):
    """A simulated sensor that is pointed at what others have found."""

    def cued(self, begin: int, end: int, targets: Where, rng: np.random.Generator) -> Iterator[Look]:
        """Its looks that end after `begin` and not after `end` (ns UTC), given what flies at any time."""
        ...


class CameraConfig(PassiveConfig, frozen=True, kw_only=True, tag_field="kind", tag="camera"):
    """Keys of a camera's `[[sensor]]` table. The coverage is where the mount can turn it. Angles degrees.

    fov, pixels, lines   of one picture: its width, and the pixels across and down
    mode, night          a "day" camera sees nothing by night; an "infrared" one does
    contrast             of a target against the sky close by, in the band of the camera
    visibility           m, meteorological, in that band
    detection, recognition, identification  cycles across a target for one chance in two
    pointing_sigma       of the mount; half a pixel's spread is added
    expected_size, expected_size_spread  m and σ of its logarithm: what the tracker expects
    classes              what it tells apart; recognised_right, identified_right: how often it is right
    cued                 it turns to what others have found, cue_sigma off; otherwise it goes round
    slew_latency s, slew_rate °/s, dwell s for each field of a search or of the round, stare s at each target
    """

    fov: Angle
    pixels: Pixels = 1920
    lines: Pixels = 1080
    mode: Literal["day", "infrared"] = "day"
    night: bool = False
    contrast: Contrast = 0.3
    visibility: Positive = 10_000.0
    detection: Positive = 1.0
    recognition: Positive = 4.0
    identification: Positive = 6.4
    pointing_sigma: Positive = 0.05
    expected_size: Positive = 1.0
    expected_size_spread: NotNegative = 0.5
    classes: Classes = ("one-way-attack", "quadcopter", "cooperative", "bird")
    recognised_right: Share = 0.8
    identified_right: Share = 0.95
    cued: bool = True
    cue_sigma: Positive = 0.5
    slew_latency: NotNegative = 0.5
    slew_rate: Positive = 60.0
    dwell: Positive = 0.5
    stare: Positive = 5.0
    patrol_elevation: Elevation = 5.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.detection <= self.recognition <= self.identification:
            raise TableError(
                "telling more takes more cycles; keep detection ≤ recognition ≤ identification.",
                "recognition",
            )
        if not self.elevation_min <= self.patrol_elevation <= self.elevation_max:
            raise TableError(
                "the round lies outside elevation_min to elevation_max; move it inside.", "patrol_elevation"
            )


class Camera(Passive):
    """See `DirectionSensor`, `Simulated` and `Steered`.

    `look_rate` is that of an average place in its coverage; `detection_probability` over a look's sector is
    that of the look, over a full turn that of a place it points at.
    """

    kind = "camera"
    reports = Kind.AZ_EL

    def __init__(self, config: CameraConfig, site: LocalFrame) -> None:
        super().__init__(config, site)
        c = self.config = config
        self.ifov = c.fov * DEGREE / c.pixels
        self.width, self.height = c.fov * DEGREE, self.ifov * c.lines
        self.blind = c.night and c.mode == "day"
        s = self.coverage
        whole = s.width * (math.sin(s.el1) - math.sin(s.el0))
        self.look_rate = min(1.0, self.width * self.height / whole) / c.period

    def cycles(self, local: Array, size: Array | float) -> Array:
        """Line pairs across a target of `size` m; none in the dark, below the horizon or in the haze."""
        r = np.linalg.norm(local, axis=1)
        seen = self.station.above_horizon(local) & (not self.blind)
        c = contrast(self.config.contrast, r, self.config.visibility)
        return np.where(seen, cycles(size, r, self.ifov, c), 0.0)

    def confusion(self, right: float) -> Array:
        """(K, K): rows the true class, columns what is said of it, when it is right with this probability."""
        K = len(self.config.classes)
        return np.full((K, K), (1.0 - right) / (K - 1)) + np.eye(K) * (right - (1.0 - right) / (K - 1))

    def _noticed(self, local: Array) -> Array:
        sizes, share = over_sizes(self.config.expected_size, self.config.expected_size_spread)
        n = np.stack([self.cycles(local, float(size)) for size in sizes], axis=1)
        return np.asarray(resolved(n, self.config.detection) @ share)

    def _notices(self, local: Array, targets: Targets, luck: Array) -> tuple[Bools, Array]:
        n = self.cycles(local, targets.size)
        return np.asarray(ndtr(luck) < resolved(n, self.config.detection)), n

    def _sigma(self, local: Array, strength: Array) -> Array:
        sigma = math.hypot(self.config.pointing_sigma * DEGREE, self.ifov / math.sqrt(12.0))
        return cross_sigma(local, sigma, sigma)

    def _weakest(self, n: int) -> Array:
        return np.full(n, self.config.detection)

    def _claims(self, targets: Targets, rows: Ints, strength: Array, luck: Array, dice: Array) -> Claims:
        """The same luck that detects recognises, with more cycles: who is identified is recognised too."""
        c = self.config
        recognised = ndtr(luck) < resolved(strength, c.recognition)
        identified = ndtr(luck) < resolved(strength, c.identification)
        return tuple(
            self._hint(targets.klass[row], bool(identified[i]), float(ndtr(dice[i, 0])))
            if recognised[i]
            else NO_CLAIMS
            for i, row in enumerate(rows)
        )

    def _hint(self, klass: str, identified: bool, u: float) -> dict[str, Claim]:
        """What it takes a target of `klass` for, drawn from its row of the confusion matrix."""
        c = self.config
        matrix = self.confusion(c.identified_right if identified else c.recognised_right)
        known = klass in c.classes
        row = matrix[c.classes.index(klass)] if known else np.full(len(c.classes), 1.0 / len(c.classes))
        said = min(int((np.cumsum(row) <= u).sum()), len(c.classes) - 1)
        return {"class_hint": c.classes[said], "class_level": "identified" if identified else "recognised"}

    # --- where it points

    def _field(self) -> tuple[float, float]:
        return self.width, self.height

    def sector(self, az: float, el: float) -> Sector:
        """What one picture covers when the camera points at az, el (rad)."""
        width = min(self.width / max(math.cos(el), 0.1), 2.0 * math.pi)
        s = self.coverage
        return Sector(
            az0=(az - 0.5 * width) % (2.0 * math.pi), width=width, el0=el - 0.5 * self.height,
            el1=el + 0.5 * self.height, r0=s.r0, r1=s.r1,
        )  # fmt: skip

    def _stop(self, k: int) -> tuple[float, float]:
        """Where look k of the round points: from field to field, `dwell` at each."""
        s, c = self.coverage, self.config
        stops = max(1, math.ceil(s.width / self.width - 1e-9))
        at = int(k * c.period / c.dwell + 1e-9) % stops
        return s.az0 + (at + 0.5) * s.width / stops, c.patrol_elevation * DEGREE

    def schedule(self, begin: int, end: int) -> Iterator[Look]:
        """The round, which it makes when nobody cues it."""
        for k, look in enumerate(super().schedule(begin, end)):
            yield Look(t0=look.t0, t1=look.t1, sector=self.sector(*self._stop(k)))

    def cued(self, begin: int, end: int, targets: Where, rng: np.random.Generator) -> Iterator[Look]:
        """To one target after another, the nearest first; the round while there is none.

        Each visit is a cue with an error of its own, a turn and a search (`optics.slew_to_cue`), in which
        nothing is reported, and then looks for `stare` s.
        """
        if not self.config.cued:
            yield from self.schedule(begin, end)
            return
        t, visit, at, step = begin, 0, self._stop(0), from_seconds(self.config.period)
        while t + step <= end:
            place = self._nearest(targets(t), visit)
            if place is None:
                at = self._stop((t - begin) // step)
                yield Look(t0=t, t1=t + step, sector=self.sector(*at))
                t += step
                continue
            visit += 1
            off = self._aim_error(rng.standard_normal(2))
            t += from_seconds(self._turn(at, place))
            for _ in range(max(1, round(self.config.stare / self.config.period))):
                t += step
                place = self._followed(targets(t), place)
                if t > end or place is None:
                    break
                at = self._pointing(place, off)
                yield Look(t0=t - step, t1=t, sector=self.sector(*at))

    def _nearest(self, targets: Targets, visit: int) -> Array | None:
        """(3,) in its own axes: the target whose turn it is, of those in its reach, nearest first."""
        local = self.station.local(targets.position)
        polar = to_polar(local)
        s = self.coverage
        reach = (polar[:, 0] <= s.r1) & (polar[:, 2] >= s.el0) & (polar[:, 2] <= s.el1)
        reach &= np.mod(polar[:, 1] - s.az0, 2.0 * math.pi) <= s.width
        order = np.flatnonzero(reach)[np.argsort(polar[reach, 0], kind="stable")]
        return local[order[visit % len(order)]] if len(order) else None

    def _followed(self, targets: Targets, place: Array) -> Array | None:
        """The same target a little later: the one nearest to where it was."""
        local = self.station.local(targets.position)
        return local[np.argmin(np.linalg.norm(local - place, axis=1))] if len(local) else None

    def _turn(self, at: tuple[float, float], place: Array) -> float:
        """s from pointing at `at` to the end of the search about `place`."""
        c = self.config
        polar = to_polar(place[None])[0]
        across = math.cos(polar[2]) * math.remainder(polar[1] - at[0], 2.0 * math.pi)
        angle = math.hypot(across, polar[2] - at[1]) / DEGREE
        return slew_to_cue(
            angle, c.slew_latency, c.slew_rate, c.cue_sigma, min(self.width, self.height) / DEGREE, c.dwell,
            SEARCHED,
        )  # fmt: skip

    def _aim_error(self, noise: Array) -> Array:
        """(2,) rad across and up, of the field in which the search ends.

        With n fields a side the search stops at the one that holds the target, wherever in it the target is;
        a cue off by more than what was searched leaves it pointing beside the target.
        """
        c = self.config
        off, field = c.cue_sigma * DEGREE * noise, min(self.width, self.height)
        n = search_cells(c.cue_sigma * DEGREE, field, SEARCHED)
        if n == 1 or np.abs(off).max() > 0.5 * n * field:
            return np.asarray(off)
        return np.asarray(np.mod(off + 0.5 * n * field, field) - 0.5 * field)

    def _pointing(self, place: Array, off: Array) -> tuple[float, float]:
        polar = to_polar(place[None])[0]
        el = float(np.clip(polar[2] + off[1], self.coverage.el0, self.coverage.el1))
        return float(polar[1] + off[0] / max(math.cos(el), 0.1)), el
