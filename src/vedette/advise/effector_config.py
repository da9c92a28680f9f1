"""What a site file says of effectors: parametric models of what could act, for advice only.

None is a real weapon, and none is connected to anything: an envelope, a speed or a dwell, a probability, a
magazine. `notional = true` says that the figures are made up for exercises; `source` where they come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Literal

from msgspec import Meta

from vedette.assess.config import MOST_POINTS, Corners
from vedette.assess.outline import crosses_itself
from vedette.classes import flight_classes
from vedette.config import Degrees, Height, Name, NotNegative, Positive, Ratio, TableError
from vedette.geo import Place

OTHER = "other"  # the entry of `kill` for every class that has none
Count = Annotated[int, Meta(ge=1, le=10_000, description="a whole number from 1 up")]
Elevation = Annotated[float, Meta(ge=-90, le=90, description="an elevation in degrees, up positive")]
Share = Annotated[float, Meta(ge=0, lt=1, description="a part of the whole, from 0 to below 1")]
Weather = Annotated[float, Meta(gt=0, le=1, description="what the weather leaves of it, above 0, at most 1")]
Point = tuple[NotNegative, Ratio]
Curve = Ratio | tuple[Point, ...]
Kill = Annotated[
    dict[str, Curve],
    Meta(description='probabilities by class, e.g. { "one-way-attack" = [[500, 0.6], [2000, 0.3]] }'),
]


class EffectorConfig(Place, frozen=True, kw_only=True):
    """Keys that every `[[effector]]` has. Lengths m, times s, angles degrees; see docs/effectors.md.

    range_min, range_max  slant range within which it acts
    height_min, height_max  above the ground, or the site's level where no terrain says; below is the floor
    elevation_min, elevation_max, sector  where it can point: clockwise [from, to], all around without it
    channels    how many targets at once
    delay_s     from the order to the first shot; assess_s: looks after a shot until it is seen to fail
    cost        of a shot, in the unit of the assets' values
    kill        class → probability that one shot stops it, or points [range, probability]
    quality     m: the standard deviation of the track at which half of that is left; without it, it seeks by
                itself and the track's quality does not matter
    weather     what the present weather leaves of it
    damaged     part of the hits that only damage: what is damaged still arrives
    no_fire     polygons over which it neither acts nor lets anything fall
    fall        radius of what falls about the place where they meet; beyond: how far what misses flies on
    fall_ok     true: what falls may fall on protected assets
    friends     what an own or cooperative aircraft must keep clear of: the line of fire, or the envelope
    """

    name: Name
    notional: bool = False
    source: str = ""
    range_min: NotNegative = 0.0
    range_max: Positive
    height_min: Height = 0.0
    height_max: Height
    elevation_min: Elevation = -90.0
    elevation_max: Elevation = 90.0
    sector: tuple[Degrees, Degrees] | None = None
    channels: Count = 1
    delay_s: NotNegative = 0.0
    assess_s: NotNegative = 0.0
    cost: NotNegative = 0.0
    kill: Kill
    quality: Positive | None = None
    weather: Weather = 1.0
    damaged: Share = 0.0
    no_fire: tuple[Corners, ...] = ()
    fall: NotNegative = 0.0
    fall_ok: bool = False
    beyond: NotNegative = 0.0
    line_of_sight: bool = True
    friends: Literal["line", "envelope"] = "line"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.notional and not self.source.strip():
            raise TableError(
                "where do its figures come from? Give 'source', or 'notional = true' for made-up ones.",
                "name",
            )
        self._check_envelope()
        if not self.kill:
            raise TableError('it would stop nothing; give at least "other", e.g. { other = 0.3 }.', "kill")
        for klass, curve in self.kill.items():
            self._check_curve(klass, curve)
        for i, corners in enumerate(self.no_fire):
            _check_corners(i, corners)

    def _check_envelope(self) -> None:
        for low, high in (
            ("range_min", "range_max"), ("height_min", "height_max"), ("elevation_min", "elevation_max"),
        ):  # fmt: skip
            if getattr(self, low) >= getattr(self, high):
                raise TableError(f"{low} must lie below {high}; lower it.", low)
        if self.sector is not None and (self.sector[1] - self.sector[0]) % 360.0 == 0.0:
            raise TableError("a sector has two different ends; leave it out for all around.", "sector")

    def _check_curve(self, klass: str, curve: Curve) -> None:
        known = flight_classes()
        if klass != OTHER and klass not in known:
            raise TableError(
                f"there is no class '{klass}'; name some of {', '.join(sorted(known))}, or {OTHER}.",
                "kill",
                klass,
            )
        points = points_of(curve)
        if not points:
            raise TableError("give at least one point [range, probability].", "kill", klass)
        for i, ((r, p), (s, q)) in enumerate(pairwise(points)):
            if s <= r:
                raise TableError(
                    "list the points by range, the nearest first, each once.", "kill", klass, i + 1
                )
            if q > p:
                raise TableError(
                    f"the probability rises from {p:g} to {q:g} with range; let it fall, and keep out "
                    "targets that are too near with 'range_min'.",
                    "kill", klass, i + 1,
                )  # fmt: skip
        if points[-1][0] > self.range_max:
            raise TableError(
                f"the last point lies {points[-1][0] - self.range_max:.0f} m beyond range_max; leave it out.",
                "kill", klass,
            )  # fmt: skip
        if points[0][1] > 1.0 - self.damaged:
            raise TableError(
                f"{points[0][1]:g} is more than the part of hits that stop, 1 − damaged = "
                f"{1.0 - self.damaged:g}; lower one of the two.",
                "kill", klass,
            )  # fmt: skip


class _Magazine(EffectorConfig, frozen=True, kw_only=True):
    """What flies there: shots at `speed` m/s, of which there are `magazine`.

    reload_s, reload_lot  time to put in so many; without them nothing is put in
    """

    speed: Positive
    magazine: Count
    reload_s: Positive | None = None
    reload_lot: Count | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.reload_s is None) != (self.reload_lot is None):
            given, missing = (
                ("reload_s", "reload_lot") if self.reload_lot is None else ("reload_lot", "reload_s")
            )
            raise TableError(f"'{given}' needs '{missing}' beside it; add it.", given)
        if self.reload_lot is not None and self.reload_lot > self.magazine:
            raise TableError(f"the magazine holds {self.magazine}; lower it.", "reload_lot")


class GunConfig(_Magazine, frozen=True, kw_only=True, tag_field="kind", tag="gun"):
    """A gun. `speed` is the mean speed of a shot over its range; a round of the magazine is a burst."""


class MissileConfig(_Magazine, frozen=True, kw_only=True, tag_field="kind", tag="missile"):
    """An interceptor missile. `speed` is its mean speed."""


class DroneConfig(_Magazine, frozen=True, kw_only=True, tag_field="kind", tag="drone"):
    """An interceptor drone: slow. `recover_s` after they meet its channel is free again."""

    recover_s: NotNegative = 0.0


class JammerConfig(EffectorConfig, frozen=True, kw_only=True, tag_field="kind", tag="jammer"):
    """A jammer: works on what depends on a link, or on satellite navigation, once it has for `dwell_s`."""

    on: Literal["link", "gnss"]
    dwell_s: Positive
    friends: Literal["line", "envelope"] = "envelope"

    def __post_init__(self) -> None:
        super().__post_init__()
        for klass in self.kill:
            if klass != OTHER and getattr(flight_classes()[klass], self.on)[1] == 0.0:
                raise TableError(
                    f"nothing of this class depends on {self.on}, so it does nothing to it; leave it out.",
                    "kill", klass,
                )  # fmt: skip


class EnergyConfig(EffectorConfig, frozen=True, kw_only=True, tag_field="kind", tag="energy"):
    """Directed energy: must dwell for `dwell_s` close by, and longer through haze.

    visibility  m, meteorological; of a beam a part exp(−3.912 R / visibility) is left at R
    """

    dwell_s: Positive
    visibility: Positive = 20_000.0


AnyEffectorConfig = GunConfig | MissileConfig | DroneConfig | JammerConfig | EnergyConfig


def points_of(curve: Curve) -> tuple[Point, ...]:
    """A probability that holds at every range as the one point that it is."""
    return ((0.0, curve),) if isinstance(curve, float | int) else tuple(curve)


def _check_corners(number: int, corners: Sequence[tuple[float, float]]) -> None:
    if len(set(corners)) < 3:
        raise TableError("a polygon needs at least three corners; add some.", "no_fire", number)
    if len(corners) > MOST_POINTS:
        raise TableError(f"at most {MOST_POINTS} points are taken; draw it with fewer.", "no_fire", number)
    if crosses_itself(tuple(corners)):
        raise TableError(
            "the polygon's edges cross or touch each other; list the corners in order around it.",
            "no_fire", number,
        )  # fmt: skip
