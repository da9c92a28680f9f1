"""Reports of one sensor as they came, placed on the map."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from vedette.clock import seconds
from vedette.geo import LocalFrame
from vedette.sensor import Sensor
from vedette.server.messages import PlotMessage, PlotsMessage
from vedette.types import Array, Detection, Kind

ANGLES = frozenset({Kind.AZ, Kind.AZ_EL})
NO_HEIGHT = frozenset({Kind.RANGE_AZ})  # placed, but at a height that nobody measured


def plots(sensor: Sensor, reports: Sequence[Detection], frame: LocalFrame, t: int) -> PlotsMessage:
    """The newest reports in the order they came, at data time t (ns UTC)."""
    return PlotsMessage(
        t_s=seconds(t),
        sensor=sensor.name,
        plots=[plot(sensor, report, frame) for report in reports if report.kind in sensor.accepts],
    )


def plot(sensor: Sensor, report: Detection, frame: LocalFrame) -> PlotMessage:
    """One report: a direction keeps its bearing, anything else has a place."""
    snr = report.claims.get("snr_db")
    place = None if report.kind in ANGLES else geodetic(sensor, report, frame)
    return PlotMessage(
        t_s=seconds(report.t),
        latitude=None if place is None else math.degrees(place[0]),
        longitude=None if place is None else math.degrees(place[1]),
        height_m=None if place is None or report.kind in NO_HEIGHT else float(place[2]),
        bearing_deg=math.degrees(report.z[0]) % 360.0 if report.kind in ANGLES else None,
        snr_db=float(snr) if isinstance(snr, int | float) and math.isfinite(snr) else None,
    )


def geodetic(sensor: Sensor, report: Detection, frame: LocalFrame) -> Array:
    """(3,) latitude rad, longitude rad, height above the ellipsoid m."""
    y, _ = sensor.convert(report.kind, report.z[None], report.R[None])
    return np.asarray(frame.to_geodetic(y[0, :3]))
