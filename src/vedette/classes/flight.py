"""The catalogue of what flies: brackets with sources, from which scenarios sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import numpy as np

from vedette.config import Name, Positive, Ratio, Table, TableError, parse_toml

Bracket = tuple[float, float]


class FlightClass(Table, frozen=True, kw_only=True):
    """Brackets (low, high) of what is known of a class.

    speed m/s, height m, rcs (mean radar cross-section) dBsm with rcs_spread dB, turn_rate °/s; emits: the
    probability that one of them transmits at all on a drone link, with rf_power dBm EIRP; link, gnss: the
    probability that one does not arrive without its link, or without satellite navigation; sound dB re 20 µPa
    at 1 m; size m, √(width × height) of what is seen of it; wander °/s, standard deviation of the turn rate
    that comes and goes of its own accord. threat: whether an alert about one of them is right
    """

    name: Name
    title: str
    speed: Bracket
    height: Bracket
    rcs: Bracket
    rcs_spread: Positive
    turn_rate: Positive
    emits: tuple[Ratio, Ratio]
    rf_power: Bracket
    link: tuple[Ratio, Ratio]
    gnss: tuple[Ratio, Ratio]
    sound: Bracket
    size: tuple[Positive, Positive]
    threat: bool
    wander: Bracket = (0.0, 0.0)

    def __post_init__(self) -> None:
        for key in ("speed", "height", "rcs", "emits", "rf_power", "link", "gnss", "sound", "size", "wander"):
            low, high = getattr(self, key)
            if low > high:
                raise TableError("a bracket is [low, high]; swap them.", key)


class _File(Table, frozen=True, rename={"entries": "class"}):
    entries: tuple[FlightClass, ...]


@cache
def flight_classes() -> Mapping[str, FlightClass]:
    """Name → class, of everything that `scenario.toml` may fly."""
    text = (files("vedette.classes") / "classes.toml").read_text("utf-8")
    return MappingProxyType({c.name: c for c in parse_toml(text, _File, "classes.toml").entries})


def sample(value: float | Sequence[float], rng: np.random.Generator) -> float:
    """A number as it is; a bracket as a number drawn evenly from it. Costs one draw either way."""
    u = float(rng.random())
    return value if isinstance(value, float | int) else value[0] + u * (value[1] - value[0])


def at_end(value: float | Sequence[float], end: str) -> float:
    """A bracket's "low" or "high" end or its "middle"; a number as it is."""
    low, high = (value, value) if isinstance(value, float | int) else value
    return {"low": low, "middle": 0.5 * (low + high), "high": high}[end]
