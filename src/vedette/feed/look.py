"""The marker that one look of a scanning sensor has ended."""

from __future__ import annotations

from dataclasses import dataclass

from vedette.types import Detection, Sector


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Sensor `sensor` looked at `sector` from t0 to t1 (ns UTC, t0 included, t1 not).

    `sector` is None when the sensor does not say where it looked; its silence is then no evidence.
    """

    sensor: str
    t0: int
    t1: int
    sector: Sector | None = None


Report = Detection | Look
