"""What a site file says of assets, zones, alerts, own drones and readiness. Degrees and m, as a user writes.

A `[[zone]]` is a rule: where, whom, when, and how surely. What it leaves out is as `[alert]` has it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import numpy as np
from msgspec import Meta, field

from vedette.assess.hours import Hours
from vedette.assess.outline import crosses_itself
from vedette.config import (
    Height,
    Latitude,
    Longitude,
    Name,
    NotNegative,
    Positive,
    Probability,
    Table,
    TableError,
)
from vedette.geo import Area, Array, Circle, Corridor, LocalFrame, Place, Polygon
from vedette.types import Severity
from vedette.units import DEGREE

Corner = tuple[Latitude, Longitude]
Corners = Annotated[tuple[Corner, ...], Meta(description="points [[latitude, longitude], …] in degrees")]
Classes = Annotated[
    dict[str, Probability], Meta(description='classes and their least probability, e.g. { "drone" = 0.6 }')
]
MOST_POINTS = 500


class AssetConfig(Place, frozen=True, kw_only=True):
    """`[[asset]]`: something worth protecting.

    radius  m around its place within which a hit would count
    value   relative to the other assets
    """

    name: Name
    radius: Positive = 100.0
    value: Positive = 1.0


class Datum(StrEnum):
    """What floor and ceiling count from."""

    SITE = "site"  # the site's reference point, along the curve of the Earth
    AGL = "agl"  # the ground below
    MSL = "msl"  # mean sea level, EGM96


class ZoneConfig(Place, frozen=True, kw_only=True):
    """`[[zone]]`: airspace that alarms when something is likely to enter it; None is as `[alert]` has it.

    A circle (a place and `radius`), a `polygon`, or a `corridor`: a line `width` m wide. From `floor` to
    `ceiling` in m above `datum`.

    klass           class → least probability, one of which a track must have; it counts as met while nothing
                    is known of the track's class
    speed_from, speed_to  m/s over ground
    hours           "22:00-05:00", in `time_zone`: UTC, an offset such as +03:00, or a name as Asia/Baghdad
    existence, probability, clear, confirm_s, remind_s, expire_s  as in `[alert]`, for this rule
    within_s        s ahead within which it must be likely to enter; at most `horizon_s`
    clears          false: an alert stays open until a person closes it, also when its cause has gone
    on              false: off until somebody, or a posture, switches it on
    """

    name: Name
    severity: Severity = Severity.WARNING
    radius: Positive | None = None
    polygon: Corners | None = None
    corridor: Corners | None = None
    width: Positive | None = None
    floor: Height = -500.0
    ceiling: Height = 3000.0
    datum: Datum = Datum.SITE
    klass: Classes = field(default_factory=dict)
    speed_from: NotNegative | None = None
    speed_to: Positive | None = None
    hours: Name | None = None
    time_zone: Name = "UTC"
    existence: Probability | None = None
    probability: Probability | None = None
    clear: Probability | None = None
    within_s: Positive | None = None
    confirm_s: NotNegative | None = None
    remind_s: NotNegative | None = None
    expire_s: Positive | None = None
    clears: bool = True
    on: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_shape()
        if self.height != 0.0:
            raise TableError("a zone has 'floor' and 'ceiling' instead; use those.", "height")
        if self.floor >= self.ceiling:
            raise TableError("floor must lie below ceiling; swap them.", "floor")
        if self.speed_from is not None and self.speed_to is not None and self.speed_from >= self.speed_to:
            raise TableError("speed_from must lie below speed_to; swap them.", "speed_from")
        if self.clear is not None and self.probability is not None and self.clear >= self.probability:
            raise TableError("clear must lie below probability; lower it.", "clear")
        if self.hours is not None:
            Hours.of(self.hours, self.time_zone)
        elif self.time_zone != "UTC":
            raise TableError("it says of which zone 'hours' are; give those, too.", "time_zone")

    def _check_shape(self) -> None:
        shapes = [name for name in ("radius", "polygon", "corridor") if getattr(self, name) is not None]
        if len(shapes) != 1:
            raise TableError(
                "a zone is a circle with 'radius', or has a 'polygon' or a 'corridor', one of the three; "
                "keep one.",
                "radius",
            )
        if (self.corridor is None) != (self.width is None):
            raise TableError("a corridor has a 'width' in m, and nothing else has; give both.", "width")
        points = self.polygon or self.corridor
        if points is None:
            return
        if self.latitude is not None or self.bearing is not None:
            raise TableError(f"a {shapes[0]} needs no place beside it; remove the place.", shapes[0])
        if len(points) > MOST_POINTS:
            raise TableError(f"at most {MOST_POINTS} points are taken; draw it with fewer.", shapes[0])
        if self.polygon is not None:
            self._check_polygon(self.polygon)
        elif len(set(points)) < 2:
            raise TableError("a corridor needs at least two points; add some.", "corridor")

    def _check_polygon(self, corners: tuple[Corner, ...]) -> None:
        if len(set(corners)) < 3:
            raise TableError("a polygon needs at least three corners; add some.", "polygon")
        if crosses_itself(corners):
            raise TableError(
                "the polygon's edges cross or touch each other; list the corners in order around it.",
                "polygon",
            )

    def area(self, frame: LocalFrame) -> Area:
        """Its ground area in the site's frame."""
        if self.polygon is not None:
            return Polygon(on_plane(self.polygon, frame))
        if self.corridor is not None:
            return Corridor(on_plane(self.corridor, frame), self.width or 0.0)
        return Circle(self.position(frame)[:2], self.radius or 0.0)


def on_plane(points: tuple[Corner, ...], frame: LocalFrame) -> Array:
    """Corners in degrees → (K, 2) east, north in m in the site's frame."""
    geodetic = np.array([(lat * DEGREE, lon * DEGREE, frame.height) for lat, lon in points])
    return frame.from_geodetic(geodetic)[:, :2]


class AlertConfig(Table, frozen=True, kw_only=True):
    """`[alert]`: when to warn.

    horizon_s       s ahead that is looked at
    probability     of entering the zone within the horizon, from which an alert is raised
    clear           the same, below which it is closed; lower, so that a track on the edge does not flap
    existence       of the track, from which it may alarm
    confirm_s       s for which the condition must hold before an alert is raised or closed
    reopen_s        s for which a track stays silent about a zone after a person closed its alert
    remind_s        s after which an alert that nobody has acknowledged comes back to notice; 0: never
    expire_s        s after which an alert from before a restart is closed when its track is not seen again
    turbulence      m²/s³ per horizontal axis: how much a target is expected to wander (white-noise
                    acceleration; √(turbulence · t) is the standard deviation of its velocity's change in t)
    turbulence_up   the same for the vertical
    allow           icao24 addresses, callsigns and Remote ID serials that never alarm; anyone can claim them
    allow_transponders  true: nothing alarms that sends an icao24 address, nor another track of the same
                    aircraft; anyone can claim one
    bird_speed      m/s over ground up to which a track may be a bird: it then alarms only when a sensor of
                    `drone_proof` has contributed to it; 0: everything may alarm
    drone_proof     sensors that hear drones and no birds
    """

    horizon_s: Positive = 600.0
    probability: Probability = 0.5
    clear: Probability = 0.2
    existence: Probability = 0.9
    confirm_s: NotNegative = 2.0
    reopen_s: NotNegative = 300.0
    remind_s: NotNegative = 60.0
    expire_s: Positive = 300.0
    turbulence: NotNegative = 0.05
    turbulence_up: NotNegative = 0.005
    allow: tuple[Name, ...] = ()
    allow_transponders: bool = False
    bird_speed: NotNegative = 0.0
    drone_proof: tuple[Name, ...] = ()

    def __post_init__(self) -> None:
        if self.clear >= self.probability:
            raise TableError("clear must lie below probability; lower it.", "clear")
        if self.drone_proof and self.bird_speed == 0.0:
            raise TableError("it says what proves a slow track; give bird_speed, too.", "drone_proof")


class OwnConfig(Table, frozen=True, kw_only=True):
    """`[[own]]`: a drone or aircraft of one's own, shown as a friend, that never alarms; anyone can claim it.

    One at least of `remote_id` (its serial number), `icao24` and `callsign`; `owner` is who flies it.
    """

    name: Name
    owner: str = ""
    remote_id: Name | None = None
    icao24: Name | None = None
    callsign: Name | None = None

    def __post_init__(self) -> None:
        if not self.names():
            raise TableError("give its remote_id, its icao24 or its callsign.", "name")

    def names(self) -> dict[str, str]:
        """Claim → value by which it is known."""
        known = {fact: getattr(self, fact) for fact in ("remote_id", "icao24", "callsign")}
        return {fact: value for fact, value in known.items() if value is not None}


class PostureConfig(Table, frozen=True, kw_only=True):
    """`[[posture]]`: a level of readiness, and what it changes while it holds. None changes nothing.

    rank         0 is the calmest, where the site begins; the higher, the readier
    meaning      in a sentence, for the people who see it
    probability, clear, existence, confirm_s, remind_s  take the place of those in `[alert]`; a rule that has
                 its own keeps it
    on, off      names of rules that this level switches on or off
    """

    name: Name
    rank: Annotated[int, Meta(ge=0, le=9)]
    meaning: str = ""
    probability: Probability | None = None
    clear: Probability | None = None
    existence: Probability | None = None
    confirm_s: NotNegative | None = None
    remind_s: NotNegative | None = None
    on: tuple[Name, ...] = ()
    off: tuple[Name, ...] = ()

    def __post_init__(self) -> None:
        if self.clear is not None and self.probability is not None and self.clear >= self.probability:
            raise TableError("clear must lie below probability; lower it.", "clear")
        if both := sorted(set(self.on) & set(self.off)):
            raise TableError(f"'{both[0]}' cannot be both on and off; keep one.", "on")
