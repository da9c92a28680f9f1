"""Our own JSON lines: one detection or one look per line. The format for home-made sensors.

A detection, field by field (docs/feed/jsonl.md has examples):

| key       | type            | meaning                                                                   |
|-----------|-----------------|---------------------------------------------------------------------------|
| kind      | string          | one of types.Kind; says what z holds                                      |
| t         | integer         | ns UTC when it was measured; or `time`, ISO 8601 with offset; or neither: |
|           |                 | then the time of arrival is taken                                         |
| z         | list of numbers | the measurement, SI and radians, as types.Kind says                       |
| R         | list of lists   | its covariance, SI and radians; or `sigma`, standard deviations           |
| claims    | object          | what the report says of itself; optional                                  |
| sensor,   |                 | written by our encoder, not believed: the feed knows its sensor's name,   |
| seq, t_rx |                 | numbers its reports and stamps their arrival itself                       |

A look of a scanning sensor: `look` [t0, t1] in ns UTC, and `sector` {az0, width, el0, el1, r0, r1} in rad
and m or null. A key that is not in this list is an error, so that a misspelt one is noticed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime

import msgspec
import numpy as np

from vedette.clock import NS
from vedette.feed.format.lines import Lines
from vedette.feed.format.protocol import Tallied, Tally
from vedette.feed.limits import implausible
from vedette.feed.look import Look, Report
from vedette.types import SIZE, Array, Claim, Detection, Kind, Sector
from vedette.units import DEGREE

POLAR = {Kind.RANGE_AZ_EL, Kind.RANGE_AZ, Kind.RANGE_AZ_HEIGHT}
# Where the angles stand in z.
ANGLES = {
    Kind.RANGE_AZ_EL: slice(1, 3),
    Kind.RANGE_AZ: slice(1, 2),
    Kind.RANGE_AZ_HEIGHT: slice(1, 2),
    Kind.AZ_EL: slice(0, 2),
    Kind.AZ: slice(0, 1),
}
EPOCH_LIMIT = 2**62  # ns; the year 2116. A larger integer is not a time
VARIANCE_LIMIT = 1e14  # a σ of 10,000 km: whoever is less sure than this has not measured
ANGLE_LIMIT = 0.6  # rad, σ of an angle, beyond which no direction was measured (kernel.convert)


class JsonlOptions(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """There is nothing to set."""


class SectorLine(msgspec.Struct, forbid_unknown_fields=True, frozen=True, omit_defaults=True):
    """r1 is left out when the range is not bounded: JSON has no infinity."""

    az0: float = 0.0
    width: float = 2.0 * math.pi
    el0: float = -math.pi / 2
    el1: float = math.pi / 2
    r0: float = 0.0
    r1: float | None = None


class Line(msgspec.Struct, forbid_unknown_fields=True, frozen=True, omit_defaults=True, kw_only=True):
    """Any line."""

    kind: Kind | None = None
    t: int | None = None
    time: datetime | None = None
    z: list[float] = []
    R: list[list[float]] | None = None
    sigma: list[float] | None = None
    claims: dict[str, str | float | int | bool] = {}
    look: tuple[int, int] | None = None
    sector: SectorLine | None = None
    sensor: str | None = None
    seq: int | None = None
    t_rx: int | None = None


class Jsonl(Tallied):
    """JSON lines to detections and looks."""

    def __init__(self, sensor: str, options: JsonlOptions) -> None:
        self._tally = Tally(sensor)
        self._lines = Lines(self._tally)
        self._decode = msgspec.json.Decoder(Line).decode

    def feed(self, data: bytes, t_rx: int) -> list[Report]:
        reports = (self._line(line, t_rx) for line in self._lines.lines(data))
        return [report for report in reports if report is not None]

    def close(self) -> list[Report]:
        """A last line without its end is not trusted: it may have been cut."""
        for _ in self._lines.close():
            self._tally.seen()
            self._tally.drop("cut_line")
        return []

    def _line(self, text: bytes, t_rx: int) -> Report | None:
        self._tally.seen()
        try:
            line = self._decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self._tally.drop("not_a_line")
            return None
        if line.look is not None:
            return self._look(line)
        if line.kind is None:
            self._tally.drop("no_kind")
            return None
        return self._detection(line, line.kind, t_rx)

    def _look(self, line: Line) -> Look | None:
        t0, t1 = line.look or (0, 0)
        if not 0 < t0 < t1 < EPOCH_LIMIT:
            self._tally.drop("implausible_look")
            return None
        sector = line.sector
        if sector is None:
            return self._tally.look(t0, t1, None)
        r1 = math.inf if sector.r1 is None else sector.r1
        if not (0.0 <= sector.r0 < r1 and sector.el0 < sector.el1 and 0.0 < sector.width <= 2.0 * math.pi):
            self._tally.drop("implausible_sector")
            return None
        return self._tally.look(
            t0,
            t1,
            Sector(az0=sector.az0, width=sector.width, el0=sector.el0, el1=sector.el1, r0=sector.r0, r1=r1),
        )

    def _detection(self, line: Line, kind: Kind, t_rx: int) -> Detection | None:
        t = moment(line, t_rx)
        covariance = covariance_of(line, SIZE[kind])
        if len(line.z) != SIZE[kind] or covariance is None:
            self._tally.drop("wrong_size")
            return None
        if not np.all(np.abs(covariance) <= VARIANCE_LIMIT):
            self._tally.drop("implausible_covariance")
            return None
        if reason := implausible_time(t) or implausible(**readable(kind, line.z)):
            self._tally.drop(reason)
            return None
        if is_vague(kind, covariance):
            self._tally.drop("implausible_covariance")
            return None
        return self._tally.detection(
            t, t_rx, kind, np.array(line.z, dtype=np.float64), covariance, line.claims
        )


def moment(line: Line, t_rx: int) -> int:
    if line.t is not None:
        return line.t
    if line.time is not None and line.time.tzinfo is not None:
        whole = int(line.time.replace(microsecond=0).timestamp())
        return whole * NS + line.time.microsecond * 1000
    return t_rx


def implausible_time(t: int) -> str | None:
    return None if 0 < t < EPOCH_LIMIT else "implausible_time"


def covariance_of(line: Line, m: int) -> Array | None:
    """R (m, m), from R or sigma; None when the sizes are wrong."""
    if line.R is not None:
        if len(line.R) != m or any(len(row) != m for row in line.R):
            return None
        return np.array(line.R, dtype=np.float64)
    if line.sigma is None or len(line.sigma) != m:
        return None
    return np.diag([min(abs(sigma), 1e100) ** 2 for sigma in line.sigma])


def is_vague(kind: Kind, R: Array) -> bool:
    """Whether an angle of a polar report is less sure than ANGLE_LIMIT: no place could be made of it."""
    angles = ANGLES.get(kind, slice(0))
    return bool((R.diagonal()[angles] > ANGLE_LIMIT**2).any())


def readable(kind: Kind, z: list[float]) -> dict[str, float | None]:
    """z under the names and in the units of the table of limits."""
    if kind in POLAR:
        fields: dict[str, float | None] = {"slant_range": z[0], "azimuth": compass(z[1])}
        if kind is Kind.RANGE_AZ_EL:
            fields["elevation"] = z[2] / DEGREE
        if kind is Kind.RANGE_AZ_HEIGHT:
            fields["height"] = z[2]
        return fields
    if kind in (Kind.AZ, Kind.AZ_EL):
        return {"azimuth": compass(z[0]), "elevation": z[1] / DEGREE if kind is Kind.AZ_EL else None}
    fields = {"latitude": z[0] / DEGREE, "longitude": z[1] / DEGREE, "height": z[2]}
    if kind is Kind.GEODETIC_VELOCITY:
        fields |= {"ground_speed": math.hypot(z[3], z[4]), "vertical_rate": z[5]}
    return fields


def compass(azimuth: float) -> float:
    """Degrees in [0, 360); what is more than two turns away is left as it is, and falls to the limits."""
    degrees = azimuth / DEGREE
    return degrees % 360.0 if abs(degrees) <= 720.0 else degrees


def encode(reports: Iterable[Report]) -> bytes:
    """Detections and looks as JSON lines; feeding them back gives the same numbers, bit for bit."""
    return b"".join(msgspec.json.encode(line(report)) + b"\n" for report in reports)


def line(report: Report) -> Line:
    if isinstance(report, Look):
        return Line(look=(report.t0, report.t1), sector=sector_line(report.sector), sensor=report.sensor)
    claims: dict[str, Claim] = dict(report.claims)
    return Line(
        kind=report.kind,
        t=report.t,
        z=report.z.tolist(),
        R=report.R.tolist(),
        claims=claims,
        sensor=report.sensor,
        seq=report.seq,
        t_rx=report.t_rx,
    )


def sector_line(sector: Sector | None) -> SectorLine | None:
    if sector is None:
        return None
    r1 = sector.r1 if math.isfinite(sector.r1) else None
    return SectorLine(sector.az0, sector.width, sector.el0, sector.el1, sector.r0, r1)


def looks_like_jsonl(head: bytes) -> bool:
    first = head.partition(b"\n")[0].strip()
    return first.startswith(b"{") and (b'"kind"' in first or b'"look"' in first)
