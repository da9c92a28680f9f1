"""How shots at a platform truly end. Textbook, and with nothing of how anything flies or is guided.

When they meet: what is sent at t₀ over a distance d takes T(d); they meet at the first t with
t − t₀ = T(|x(t) − p|). For a straight way and T(d) = d/s that is the least root of

    (v·v − s²) t² + 2 (x₀·v + s² t₀) t + (x₀·x₀ − s² t₀²) = 0

with x₀ counted from p. How they end: each shot of its own stops with probability p, damages with probability
d, and else misses; k shots together leave q^k = (1 − p)^k.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from vedette.clock import NS
from vedette.scenario.streams import stream
from vedette.types import Array, Result

Way = Callable[[int], Array | None]  # ns UTC → (3,) m where it is; None where it is not there any more
STEP = 2 * NS  # between two looks at whether they have met
EXACT = NS // 1000  # to which the moment is told
LEAST_TURN, MOST_TURN = 0.5 * math.pi, math.pi  # by which a diverted one turns away; an assumption


def meeting(
    way: Way, place: Array, flight_s: Callable[[float], float], leaves: int, until: int
) -> int | None:
    """When (ns UTC) what leaves `place` (3,) m at `leaves` meets what flies `way`; None: not by `until`.

    flight_s  m → s that it takes over such a distance
    """

    def late(t: int) -> float | None:
        x = way(t)
        return None if x is None else (t - leaves) / NS - flight_s(float(np.linalg.norm(x - place)))

    before = t = leaves
    while (left := late(t)) is not None and left < 0.0:
        if t > until:
            return None
        before, t = t, t + STEP
    while t - before > EXACT:
        middle = (before + t) // 2
        left = late(middle)
        before, t = (middle, t) if left is not None and left < 0.0 else (before, middle)
    return None if late(t) is None else t


def shots(
    count: int, stop: float, damage: float, rng: np.random.Generator, *, divert: bool = False
) -> Result:
    """How `count` independent shots end together, each of which stops it with probability `stop`.

    damage  that one hits and does not stop
    divert  what stops it turns it away
    """
    luck = rng.random(count)
    if (luck < stop).any():
        return Result.DIVERTED if divert else Result.KILLED
    return Result.DAMAGED if (luck < stop + damage).any() else Result.MISSED


def luck_of(seed: int, name: str) -> np.random.Generator:
    """The stream of one engagement: another one more or less changes nothing about it."""
    return stream(seed, "engagement", name)


def depends(seed: int, platform: str, on: str, share: tuple[float, float]) -> bool:
    """Whether this individual depends on something of which `share` (low, high) of its class do."""
    rng = stream(seed, "depends", on, platform)
    low, high = share
    return float(rng.random()) < low + (high - low) * float(rng.random())


def turn_away(rng: np.random.Generator) -> float:
    """rad, right positive, by which a diverted one turns."""
    turn = LEAST_TURN + (MOST_TURN - LEAST_TURN) * float(rng.random())
    return math.copysign(turn, float(rng.random()) - 0.5)
