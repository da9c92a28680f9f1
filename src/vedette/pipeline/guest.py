"""A real aircraft, recorded elsewhere, that takes part in an exercise: `[[recorded]]` of a scenario.

Its reports go to the site's receiver as they were heard, moved to the site and the time. Its truth is what it
said of itself, joined by straight lines: errors of some metres, which is what a score of it is worth.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from contextlib import nullcontext
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np

from vedette.clock import from_seconds
from vedette.config import TableError
from vedette.feed import Relocation, decode_file
from vedette.geo import LocalFrame, Place
from vedette.pipeline.source import DEMO_SLICE, TAKE_OFF, file_scans
from vedette.scenario import RecordedConfig, World
from vedette.site import Site
from vedette.types import Actor, Array, Kind, Scan, Truth
from vedette.units import DEGREE

PACKAGED = {"afr34zg-climb": (DEMO_SLICE, TAKE_OFF)}  # name → file, and the place that its way is told from
SLOPE = 5.0  # s to either side over which its velocity is taken
GEODETIC = (Kind.GEODETIC, Kind.GEODETIC_VELOCITY)


class Guest:
    """One recorded aircraft. `sensor` hears it; `origin` says where its reports come from."""

    def __init__(self, config: RecordedConfig, world: World, site: Site) -> None:
        self.config, self.sensor = config, config.sensor
        packaged = PACKAGED.get(config.file)
        folder = world.scenario.path.parent
        opened = (
            as_file(files("vedette.feed") / "samples" / packaged[0])
            if packaged
            else nullcontext(folder / config.file)
        )
        with opened as path:
            self._hear(Path(path), packaged[1] if packaged else elsewhere(config.origin), world, site)
        self._place: Array = np.empty((0, 3))
        self._keep_places(site)

    def _hear(self, path: Path, told_from: tuple[float, float, float], world: World, site: Site) -> None:
        relocation = Relocation(
            origin=told_from, to=degrees(self.config.place, site.frame), turn_deg=self.config.turn
        )
        begin = world.begin + from_seconds(self.config.start)
        self.origin = f"{decode_file(path).origin}; moved to this site and time"
        scans = file_scans(path, self.sensor, begin=begin, relocation=relocation)
        self._scans = tuple(scan for scan in scans if scan.t1 <= world.end)

    def _keep_places(self, site: Site) -> None:
        said = [d for scan in self._scans for d in scan.detections if d.kind in GEODETIC]
        said.sort(key=lambda d: d.t)
        self._t = [d.t for d in said]
        self._place = np.array([site.frame.from_geodetic(d.z[:3]) for d in said]).reshape(-1, 3)

    def scans(self) -> Iterator[Scan]:
        """What the receiver hears of it, in order."""
        return iter(self._scans)

    def actor(self) -> Actor:
        """It is no threat, and nothing simulated sees it."""
        first, last = (self._t[0], self._t[-1]) if self._t else (0, 0)
        return Actor(
            id=self.config.name, klass=self.config.klass, threat=False, rcs=None, t_begin=first, t_end=last,
            arrivals={},
        )  # fmt: skip

    def truth(self, t: int) -> tuple[Truth, ...]:
        """Where it said that it was; nothing before its first report and after its last."""
        if not self._t or not self._t[0] <= t <= self._t[-1]:
            return ()
        x = np.empty(6)
        x[:3] = self._at(t)
        a, b = (max(self._t[0], t - from_seconds(SLOPE)), min(self._t[-1], t + from_seconds(SLOPE)))
        x[3:] = (self._at(b) - self._at(a)) / max((b - a) / from_seconds(1.0), 1e-3)
        return (Truth(t=t, id=self.config.name, klass=self.config.klass, x=x),)

    def _at(self, t: int) -> Array:
        k = min(max(bisect_right(self._t, t), 1), len(self._t) - 1)
        a, b = self._t[k - 1], self._t[k]
        part = (t - a) / (b - a) if b > a else 0.0
        return np.asarray(self._place[k - 1] + part * (self._place[k] - self._place[k - 1]))


def degrees(place: Place, site: LocalFrame) -> tuple[float, float, float]:
    """Latitude and longitude in degrees, height above the ellipsoid in m, as `Relocation` takes them."""
    latitude, longitude, height = place.geodetic(site)
    return latitude / DEGREE, longitude / DEGREE, height


def elsewhere(place: Place | None) -> tuple[float, float, float]:
    """The same of a place with latitude and longitude, whose height is above the ellipsoid."""
    return TAKE_OFF if place is None else (place.latitude or 0.0, place.longitude or 0.0, place.height)


def guests(world: World, site: Site) -> tuple[Guest, ...]:
    """Every recorded aircraft of a scenario. ConfigError, with file and line, for one that cannot be read."""
    found = []
    for i, config in enumerate(world.scenario.file.recorded):
        if config.file not in PACKAGED:
            there = (world.scenario.path.parent / config.file).is_file()
            if not there or config.origin is None:
                what = (
                    "a recording of your own needs 'origin', the place that its way is told from; add it."
                    if there
                    else "there is no such file; the path counts from this file. Packaged: "
                    f"{', '.join(PACKAGED)}."
                )
                raise world.scenario.error(TableError(what, "recorded", i, "file"))
        found.append(Guest(config, world, site))
    return tuple(found)
