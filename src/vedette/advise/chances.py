"""Who could act against whom: for every effector and track the window, and what hinders it besides."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vedette.advise.config import AdviceConfig
from vedette.advise.effector import Effector
from vedette.advise.effector_config import DroneConfig
from vedette.advise.window import Window
from vedette.types.advice import Between, EffectorState, Hindrance, Option


@dataclass(frozen=True, slots=True, eq=False)
class Arm:
    """An effector with what is left of it.

    ready  s until it can start; infinite: not any more
    salvo  shots of one go against a track
    """

    effector: Effector
    state: EffectorState
    ready: float
    salvo: int

    @property
    def name(self) -> str:
        return self.effector.name

    @property
    def rounds(self) -> int | None:
        return self.state.rounds

    def busy(self, window: Window) -> float:
        """s from the start of a go until its channel is free again: it flies there, and looks or returns."""
        config = self.effector.config
        after = config.recover_s if isinstance(config, DroneConfig) else config.assess_s
        return window.intercept_s[1] - window.start_s + after

    def lack(self) -> tuple[Hindrance, str] | None:
        """Why it cannot do anything at all."""
        said = f" ({self.state.detail})" if self.state.detail else ""
        if self.rounds == 0:
            return Hindrance.ROUNDS, f"{self.name} has no rounds left{said}."
        if self.rounds is not None and self.rounds < self.salvo:
            return Hindrance.ROUNDS, f"{self.name} has {self.rounds} left, fewer than a salvo{said}."
        if math.isinf(self.ready):
            return Hindrance.CHANNEL, f"{self.name} is not ready and will not be{said}."
        return None


@dataclass(frozen=True, slots=True, eq=False)
class Chance:
    """One effector against one track. `why` None: usable, in the window."""

    arm: Arm
    window: Window
    why: Hindrance | None
    sentence: str

    @property
    def usable(self) -> bool:
        return self.why is None

    @property
    def kill(self) -> float:
        return together(self.window.kill, self.arm.salvo)[1]

    def option(self, shots: int) -> Option:
        """What it would be to do this, with so many shots at once."""
        rounds = self.arm.rounds
        return Option(
            effector=self.arm.name,
            kind=self.arm.effector.kind,
            shots=shots,
            opens_s=self.window.opens_s,
            closes_s=self.window.closes_s,
            start_s=self.window.start_s,
            intercept_s=self.window.intercept_s,
            place=self.window.place,
            kill=together(self.window.kill, shots),
            rounds_left=None if rounds is None else rounds - shots,
            cost=shots * self.arm.effector.config.cost,
        )


def together(kill: Between, shots: int) -> Between:
    """That at least one of so many shots stops it, each with a probability that is known as `kill`.

    What is not known of p is the same for all of them:

        E[1 − (1 − p)ⁿ] ≈ 1 − (1 − m)ⁿ − n(n − 1)/2 (1 − m)ⁿ⁻² s²

    exact for two, with s from the quantiles as if normal. The quantiles are told about the expectation: below
    the lower one there may be a few ways on which they do not meet at all.
    """
    low, mean, high = kill
    if shots == 1:
        return min(low, mean), mean, max(mean, high)
    s = (high - low) / 2.563
    q = 1.0 - mean
    less = 0.5 * shots * (shots - 1) * q ** (shots - 2) * s * s
    bottom, top = 1.0 - (1.0 - low) ** shots, 1.0 - (1.0 - high) ** shots
    middle = min(max(1.0 - q**shots - less, mean), 1.0)
    return min(bottom, middle), middle, max(middle, top)


def arms_of(
    effectors: Mapping[str, Effector], stock: Mapping[str, EffectorState], config: AdviceConfig
) -> tuple[Arm, ...]:
    """Those of the effectors that `stock` tells of, in their own order."""
    found = []
    for name, effector in effectors.items():
        if name in stock:
            state = stock[name]
            ready = 0.0 if state.free > 0 else (math.inf if state.ready_s is None else state.ready_s)
            found.append(Arm(effector, state, ready, _salvo(effector, state, config)))
    return tuple(found)


def _salvo(effector: Effector, state: EffectorState, config: AdviceConfig) -> int:
    """Only what is counted is shot in salvoes, and each of their shots has a channel."""
    if config.doctrine != "salvo" or state.rounds is None:
        return 1
    return max(min(config.salvo, config.most, state.channels), 1)


def chances_of(
    arms: Sequence[Arm],
    windows: Sequence[Sequence[Window]],
    tracks: Sequence[int],
    declined: Collection[tuple[int, str]],
    used: Collection[tuple[int, str]],
) -> list[list[Chance]]:
    """[arm][track].

    declined  (track, effector) that a person has said no to
    used      (track, effector) of what does nothing more by being repeated
    """
    return [
        [_chance(arm, window, track, declined, used) for track, window in zip(tracks, row, strict=True)]
        for arm, row in zip(arms, windows, strict=True)
    ]


def _chance(
    arm: Arm,
    window: Window,
    track: int,
    declined: Collection[tuple[int, str]],
    used: Collection[tuple[int, str]],
) -> Chance:
    lack = arm.lack()
    if lack is not None:
        return Chance(arm, window, *lack)
    if window.why is not None:
        return Chance(arm, window, window.why, window.sentence)
    if (track, arm.name) in declined:
        return Chance(arm, window, Hindrance.DECLINED, f"{arm.name} was declined against track {track}.")
    if (track, arm.name) in used:
        return Chance(
            arm,
            window,
            Hindrance.UNLIKELY,
            f"{arm.name} has been used on track {track}; more of it does nothing more.",
        )
    return Chance(arm, window, None, "")


def closing(chances: Sequence[Sequence[Chance]], n: int) -> float | None:
    """s until the last useful start of anything against track n; None: there is none."""
    ends = [row[n].window.closes_s for row in chances if row[n].usable]
    return max(ends) if ends else None


def spread_of(P: np.ndarray) -> float:
    """m: the standard deviation of a position on one axis, in the mean over the three."""
    return math.sqrt(max(float(np.trace(P[:3, :3])), 0.0) / 3.0)
