"""What a sensor is to the tracker and to the simulator: one description, used from both sides."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from vedette.types import Array, Kind


@runtime_checkable
class Sensor(Protocol):
    """One sensor of the site, with its place known in the site's local frame [east, north, up] (m).

    name         as in the site file
    kind         registry key, e.g. "radar3d"
    looks        True: it scans, and a miss is evidence where `detection_probability` is high;
                 False: it reports when it pleases (ADS-B, Remote ID, track feeds)
    look_rate    for looks=True: looks per second at any one place; else 0
    report_rate  for looks=False: reports per second that a seen target sends; 0 where silence is no evidence
    """

    name: str
    kind: str
    looks: bool
    look_rate: float
    report_rate: float

    def convert(self, kind: Kind, z: Array, R: Array) -> tuple[Array, Array]:
        """Reports z (m, k), R (m, k, k) of one kind to the site's frame: y (m, d), S (m, d, d).

        d is 3 (position) or 6 (position and velocity). Unbiased (kernel.convert).
        """
        ...

    def detection_probability(self, position: Array) -> Array:
        """(N, 3) in the site's frame → (N,): the probability that one look reports a target there."""
        ...

    def clutter_density(self, position: Array) -> Array:
        """(m, 3) in the site's frame → (m,): expected false reports per look and m³ there, above zero."""
        ...

    def volume(self) -> float:
        """The volume in m³ in which this sensor can report anything."""
        ...
