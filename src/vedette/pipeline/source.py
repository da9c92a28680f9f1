"""Where scans come from when no feed is live: a file of raw bytes, or a scenario."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from vedette.feed import Relocate, Relocation, Reorder, decode_file, shifted
from vedette.scenario import World, simulate
from vedette.site import Site
from vedette.types import Detection, Scan

DEMO_SLICE = "afr34zg-climb.jsonl.gz"
# Where the aircraft of the slice took off, Paris-Charles de Gaulle: latitude °, longitude °, height m. The
# slice says 48.996°, 2.563° when it leaves the ground; the airfield is at 119 m, the geoid 44 m above the
# ellipsoid.
TAKE_OFF = (48.996, 2.563, 163.0)


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
