"""A direction in which something is, and nothing more: what sensors of directions know of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearing:
    """An angle track as others see it: whence, whither and how surely.

    sensor       name of the sensor that hears it
    azimuth      rad, clockwise from the sensor's north; elevation  rad, None where it is not measured
    sigma        rad, 1 σ of the azimuth
    existence    probability that there is something
    """

    sensor: str
    azimuth: float
    elevation: float | None
    sigma: float
    existence: float
