"""What a site file says of advice: how far to look, how unlikely is too unlikely, and how shots are spent."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from vedette.classes import flight_classes
from vedette.config import NotNegative, Positive, Ratio, Table, TableError

Shots = Annotated[int, Meta(ge=1, le=100, description="how many shots, from 1 up")]
Weights = Annotated[
    dict[str, NotNegative], Meta(description='weights by class, e.g. { "one-way-attack" = 3, decoy = 1 }')
]


class AdviceConfig(Table, frozen=True, kw_only=True):
    """`[advice]`: what is advised to people, who decide. Nothing is done of itself.

    enabled     false: no advice
    every_s     s of data time between two plans
    horizon_s   s ahead that are looked at
    doctrine    "shoot-look-shoot": nothing more at a track until the look; "salvo": `salvo` shots at once
    most        so many shots at once at one track
    least_kill  a probability of stopping it below which a shot is not advised
    switching   what a change of advice costs, as a part of what the track threatens: what is advised stays
    hold_s      s for which advice that a person holds stays quiet
    friend_margin_m  m that own and cooperative aircraft are kept clear of
    ceiling     m above the site's reference point, above which passing an asset is no arrival
    classes     weights of what may come, before its speed is looked at; all alike without it
    """

    enabled: bool = True
    every_s: Positive = 1.0
    horizon_s: Positive = 300.0
    doctrine: Literal["shoot-look-shoot", "salvo"] = "shoot-look-shoot"
    salvo: Shots = 2
    most: Shots = 3
    least_kill: Ratio = 0.1
    switching: NotNegative = 0.05
    hold_s: NotNegative = 30.0
    friend_margin_m: NotNegative = 300.0
    ceiling: Positive = 4_000.0
    classes: Weights = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.every_s > self.horizon_s:
            raise TableError("every_s must not be above horizon_s; lower it.", "every_s")
        if self.doctrine == "salvo" and self.salvo > self.most:
            raise TableError("a salvo has no more shots than 'most' allows at once; lower it.", "salvo")
        known = flight_classes()
        for klass in self.classes:
            if klass not in known:
                raise TableError(
                    f"there is no class '{klass}'; name some of {', '.join(sorted(known))}.", "classes", klass
                )
        if self.classes and not any(self.classes.values()):
            raise TableError("all weights are 0; give one above 0, or leave it out.", "classes")
