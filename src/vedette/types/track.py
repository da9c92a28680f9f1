"""A snapshot of what the tracker believes about one target. History lives in the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from vedette.types.detection import Claim
from vedette.types.estimate import Estimate


class Status(IntEnum):
    """How far a track is believed."""

    TENTATIVE = 0  # existence not yet above the confirmation threshold
    CONFIRMED = 1  # believed, and updated lately
    COASTING = 2  # believed, but not updated lately: the position is a prediction
    DROPPED = 3  # no longer believed; sent once, as the track's last snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One fused fact: its value, the sensor that said so, and when (ns UTC)."""

    value: Claim
    source: str
    t: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Track:
    """One target as believed at `estimate.t`.

    id            stable, from a counter; never used twice in a run
    existence     probability that the target is real, 0 to 1
    identity      fact → Field, e.g. callsign, icao24, squawk (claimed, not proven)
    klass         class → probability; empty while nothing is known
    contributors  sensor → time (ns UTC) of its last report used for this track
    t_born        time of the first report
    t_updated     time of the last report used
    hits          number of reports used
    modes         probability of each way of moving, in the tracker's order; empty where it is not known
    """

    id: int
    status: Status
    estimate: Estimate
    existence: float
    identity: Mapping[str, Field]
    klass: Mapping[str, float]
    contributors: Mapping[str, int]
    t_born: int
    t_updated: int
    hits: int
    modes: tuple[float, ...] = ()
