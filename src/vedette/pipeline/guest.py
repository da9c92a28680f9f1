"""A real aircraft, recorded elsewhere, that takes part in an exercise: `[[recorded]]` of a scenario.

Its reports go to the site's receiver as they were heard, moved to the site and the time. Its truth is what it
said of itself, joined by straight lines: errors of some metres, which is what a score of it is worth.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np

from vedette.clock import NS, from_seconds
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
REST = 90 * NS  # ns between its end and its next begin: its old track has been dropped by then
GEODETIC = (Kind.GEODETIC, Kind.GEODETIC_VELOCITY)


class Guest:
    """One recorded aircraft. `sensor` hears it; `origin` says where its reports come from.

    again  it comes back without end, REST after each time that it has gone
    """

    def __init__(self, config: RecordedConfig, world: World, site: Site, *, again: bool = False) -> None:
        self.config, self.sensor, self.again, self._site = config, config.sensor, again, site
        packaged = PACKAGED.get(config.file)
        self._file = None if packaged else world.scenario.path.parent / config.file
        self._relocation = Relocation(
            origin=packaged[1] if packaged else elsewhere(config.origin),
            to=degrees(config.place, site.frame),
            turn_deg=config.turn,
        )
        self.begin, self.end = world.begin + from_seconds(config.start), world.end
        with self._opened() as path:
            self.origin = f"{decode_file(path).origin}; moved to this site and time"

    @contextmanager
    def _opened(self) -> Iterator[Path]:
        if self._file is not None:
            yield self._file
            return
        with as_file(files("vedette.feed") / "samples" / PACKAGED[self.config.file][0]) as path:
            yield path

    def scans(self) -> Iterator[Scan]:
        """What the receiver hears of it, in order."""
        begin = self.begin
        while True:
            for scan in self._once(begin):
                if not self.again and scan.t1 > self.end:
                    return
                yield scan
                last = scan.t1
            if not self.again:
                return
            begin = last + REST

    def _once(self, begin: int) -> Iterator[Scan]:
        with self._opened() as path:
            yield from file_scans(path, self.sensor, begin=begin, relocation=self._relocation)

    def stop(self, t: int) -> None:
        """Nothing is heard of it after t (ns UTC), and it does not come back."""
        self.end, self.again = min(self.end, t), False

    @cached_property
    def _said(self) -> tuple[list[int], Array]:
        """When and where (N, 3) it said that it was, of the first time that it flies."""
        said = [d for scan in self._once(self.begin) for d in scan.detections if d.kind in GEODETIC]
        said.sort(key=lambda d: d.t)
        place = [self._site.frame.from_geodetic(d.z[:3]) for d in said]
        return [d.t for d in said], np.array(place).reshape(-1, 3)

    def actor(self) -> Actor:
        """It is no threat, and nothing simulated sees it."""
        t, _ = self._said
        heard = [moment for moment in t if moment <= self.end]
        first, last = (heard[0], heard[-1]) if heard else (0, 0)
        return Actor(
            id=self.config.name, klass=self.config.klass, threat=False, rcs=None, t_begin=first, t_end=last,
            arrivals={},
        )  # fmt: skip

    def truth(self, t: int) -> tuple[Truth, ...]:
        """Where it said that it was, the first time; nothing before its first report and after its last."""
        times, _ = self._said
        if not times or not times[0] <= t <= min(times[-1], self.end):
            return ()
        x = np.empty(6)
        x[:3] = self._at(t)
        a, b = max(times[0], t - from_seconds(SLOPE)), min(times[-1], t + from_seconds(SLOPE))
        x[3:] = (self._at(b) - self._at(a)) / max((b - a) / NS, 1e-3)
        return (Truth(t=t, id=self.config.name, klass=self.config.klass, x=x),)

    def _at(self, t: int) -> Array:
        times, place = self._said
        k = min(max(bisect_right(times, t), 1), len(times) - 1)
        a, b = times[k - 1], times[k]
        part = (t - a) / (b - a) if b > a else 0.0
        return np.asarray(place[k - 1] + part * (place[k] - place[k - 1]))


def degrees(place: Place, site: LocalFrame) -> tuple[float, float, float]:
    """Latitude and longitude in degrees, height above the ellipsoid in m, as `Relocation` takes them."""
    latitude, longitude, height = place.geodetic(site)
    return latitude / DEGREE, longitude / DEGREE, height


def elsewhere(place: Place | None) -> tuple[float, float, float]:
    """The same of a place with latitude and longitude, whose height is above the ellipsoid."""
    return TAKE_OFF if place is None else (place.latitude or 0.0, place.longitude or 0.0, place.height)


def invited(world: World, site: Site) -> tuple[Guest, ...]:
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
