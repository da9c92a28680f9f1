"""Where scans come from when no feed is live: a file of raw bytes, a scenario, or both in the demo."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import as_file, files
from itertools import count
from pathlib import Path

from vedette.clock import NS
from vedette.feed import Relocate, Relocation, Reorder, decode_file, shifted
from vedette.geo import LocalFrame
from vedette.scenario import Scenario, World, load_scenario, simulate
from vedette.site import Site, load_site
from vedette.types import Detection, Scan
from vedette.units import DEGREE

DEMO_SCENARIO = "two-drones"
DEMO_SLICE = "afr34zg-climb.jsonl.gz"
# Where the aircraft of the slice took off, Paris-Charles de Gaulle: latitude °, longitude °, height m. The
# slice says 48.996°, 2.563° when it leaves the ground; the airfield is at 119 m, the geoid 44 m above the
# ellipsoid.
TAKE_OFF = (48.996, 2.563, 163.0)
# Where it takes off in the demo, seen from the site, and by how many degrees its way is turned clockwise: it
# climbs past the base at 32 to 42 km, outside the radar's 30 km, since the simulated radar cannot see it.
DEMO_BEARING, DEMO_DISTANCE, DEMO_TURN = 300.0, 32_000.0, -45.0
REST = 90 * NS  # ns between the end of the slice and its next begin: its old track has been dropped by then


def file_scans(
    path: Path, sensor: str, *, begin: int | None = None, relocation: Relocation | None = None
) -> Iterator[Scan]:
    """The scans of a file of raw bytes, decoded and put in order as a feed would.

    begin       ns UTC at which the first report is to come; None keeps the recorded times
    relocation  moves the reports to another place
    """
    reorder, relocate = Reorder(), None if relocation is None else Relocate(relocation)
    by: int | None = None if begin is not None else 0
    for report in decode_file(path, sensor=sensor):
        t_rx = report.t_rx if isinstance(report, Detection) else report.t1
        if by is None:
            by = (begin or 0) - t_rx
        moved = shifted(report, by)
        yield from reorder.push([moved if relocate is None else relocate(moved)], t_rx + by)
    yield from reorder.flush()


def scenario_scans(world: World, site: Site) -> Iterator[Scan]:
    """What every sensor of the site reports of a scenario."""
    return simulate(world, site.sensors)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Demo:
    """The scenario's radar and a real recorded aircraft, flown past the site again and again, without end.

    begin  ns UTC of the first moment; pass n of the scenario has the seed `seed + n`
    """

    site: Site
    scenario: Scenario
    begin: int
    seed: int

    def world(self, number: int = 0, begin: int | None = None) -> World:
        """What flies in one pass."""
        start = self.begin if begin is None else begin
        return World(self.scenario, self.site.frame, seed=self.seed + number, begin=start)

    @property
    def simulated(self) -> frozenset[str]:
        """Sensors whose reports come from the scenario: all that look for themselves."""
        return frozenset(name for name, sensor in self.site.sensors.items() if sensor.looks)

    @property
    def receiver(self) -> str:
        """The sensor to which the recorded aircraft speaks."""
        return next(name for name, sensor in self.site.sensors.items() if sensor.kind == "adsb")

    def origins(self) -> dict[str, str]:
        """Sensor → where its data really come from."""
        with as_file(files("vedette.feed") / "samples" / DEMO_SLICE) as path:
            recorded = decode_file(path).origin
        simulated = f"simulated: scenario {self.scenario.name}, seed {self.seed}"
        moved = f"{recorded}; moved to this site and time"
        return {**dict.fromkeys(sorted(self.simulated), simulated), self.receiver: moved}

    def scans(self) -> Iterator[Scan]:
        """Both together in the order of their keys, endlessly."""
        return heapq.merge(self._passes(), self._aircraft(), key=lambda scan: scan.key)

    def _passes(self) -> Iterator[Scan]:
        sensors = {name: self.site.sensors[name] for name in sorted(self.simulated)}
        begin = self.begin
        for number in count():
            world = self.world(number, begin)
            yield from simulate(world, sensors)
            begin = world.end

    def _aircraft(self) -> Iterator[Scan]:
        relocation, begin = relocated(self.site.frame), self.begin
        with as_file(files("vedette.feed") / "samples" / DEMO_SLICE) as path:
            while True:
                for scan in file_scans(path, self.receiver, begin=begin, relocation=relocation):
                    yield scan
                    last = scan.t1
                begin = last + REST


def relocated(site: LocalFrame) -> Relocation:
    """From the airfield of the recording to the demo's."""
    latitude, longitude = site.reckon(DEMO_DISTANCE, DEMO_BEARING * DEGREE)
    to = (latitude / DEGREE, longitude / DEGREE, site.height)
    return Relocation(origin=TAKE_OFF, to=to, turn_deg=DEMO_TURN)


def open_demo(begin: int, seed: int | None = None) -> Demo:
    """The demo that comes with Vedette, from `begin` (ns UTC) on."""
    scenario = load_scenario(DEMO_SCENARIO)
    return Demo(
        site=load_site(scenario.site),
        scenario=scenario,
        begin=begin,
        seed=scenario.seed if seed is None else seed,
    )
