"""Who could act against whom: for every effector and track the window, and what hinders it besides."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vedette.advise.config import AdviceConfig
from vedette.advise.effector import Effector
from vedette.advise.magazines import reload
from vedette.advise.queue import Again, Use, turn
from vedette.advise.window import Window
from vedette.types.advice import Between, EffectorState, Hindrance, Option


@dataclass(frozen=True, slots=True, eq=False)
class Arm:
    """An effector with what is left of it.

    ready  s until it can start; infinite: not any more
    salvo  shots of one go against a track
    uses   of its channels: from when (s), until when, how many
    """

    effector: Effector
    state: EffectorState
    ready: float
    salvo: int
    uses: tuple[Use, ...] = ()

    @property
    def name(self) -> str:
        return self.effector.name

    @property
    def rounds(self) -> int | None:
        """What it starts with: what there is, or the lot that is being put in."""
        if self.state.rounds == 0 and not math.isinf(self.ready):
            return reload(self.effector)[0]
        return self.state.rounds

    def busy(self, window: Window) -> float:
        """s from the start of a go until its channel is free again."""
        return window.intercept_s[1] - window.start_s + self.effector.after_s

    def turn(self, window: Window, shots: int, uses: Sequence[Use], again: Again) -> Window | None:
        """The window in which so many shots at once find channels beside `uses`; None: there is none."""
        most = self.state.channels - min(shots, self.state.channels)
        return turn(
            window, self.busy(window), self.effector.after_s, uses, most,
            lambda begins, by: again(max(begins, self.ready), by),
        )  # fmt: skip

    def use(self, window: Window, shots: int) -> Use:
        """The channels that it takes to start so many shots when it is best."""
        return window.start_s, window.start_s + self.busy(window), min(shots, self.state.channels)

    def lack(self) -> tuple[Hindrance, str] | None:
        """Why it cannot do anything at all."""
        said = f" ({self.state.detail})" if self.state.detail else ""
        if self.rounds == 0 or (self.state.rounds == 0 and math.isinf(self.ready)):
            return Hindrance.ROUNDS, f"{self.name} has no rounds left{said}."
        if self.rounds is not None and self.rounds < self.salvo:
            return Hindrance.ROUNDS, f"{self.name} has {self.rounds} left, fewer than a salvo{said}."
        if math.isinf(self.ready):
            return Hindrance.CHANNEL, f"{self.name} is not ready and will not be{said}."
        return None


@dataclass(frozen=True, slots=True, eq=False)
class Chance:
    """One effector against one track, so many shots in a go. `why` None: usable, in the window."""

    arm: Arm
    window: Window
    shots: int
    why: Hindrance | None
    sentence: str

    @property
    def usable(self) -> bool:
        return self.why is None

    @property
    def kill(self) -> float:
        return together(self.window.kill, self.shots)[1]

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
    effectors: Mapping[str, Effector],
    stock: Mapping[str, EffectorState],
    uses: Mapping[str, Sequence[Use]],
    config: AdviceConfig,
) -> tuple[Arm, ...]:
    """Those of the effectors that `stock` tells of, in their own order; uses: of what was accepted."""
    found = []
    for name, effector in effectors.items():
        if name in stock:
            state = stock[name]
            ready = 0.0 if state.free > 0 and state.rounds != 0 else state.ready_s
            ready = math.inf if ready is None else ready
            booked = _booked(state, ready, uses.get(name, ()))
            found.append(Arm(effector, state, ready, _salvo(effector, state, config), booked))
    return tuple(found)


def _booked(state: EffectorState, ready: float, uses: Sequence[Use]) -> tuple[Use, ...]:
    """What was accepted, and channels that are not free for any other reason: until one is, or for good."""
    more = state.channels - state.free - sum(channels for begins, _, channels in uses if begins <= 0.0)
    until = math.inf if state.free else ready
    return (*uses, (0.0, until, more)) if more > 0 else tuple(uses)


def _salvo(effector: Effector, state: EffectorState, config: AdviceConfig) -> int:
    """Only what is counted is shot in salvoes, and each of their shots has a channel that is free."""
    if config.doctrine != "salvo" or state.rounds is None:
        return 1
    return max(min(config.salvo, config.most, state.free or state.channels), 1)


def chances_of(
    arms: Sequence[Arm],
    windows: Sequence[Sequence[Window]],
    tracks: Sequence[int],
    declined: Collection[tuple[int, str]],
    used: Collection[tuple[int, str]],
    spare: Sequence[int],
) -> list[list[Chance]]:
    """[arm][track].

    declined  (track, effector) that a person has said no to
    used      (track, effector) of what does nothing more by being repeated
    spare     shots that are allowed at each track beside those that are under way: no go has more
    """
    return [
        [
            _chance(arm, window, track, max(min(arm.salvo, some), 1), declined, used)
            for track, window, some in zip(tracks, row, spare, strict=True)
        ]
        for arm, row in zip(arms, windows, strict=True)
    ]


def _chance(
    arm: Arm,
    window: Window,
    track: int,
    shots: int,
    declined: Collection[tuple[int, str]],
    used: Collection[tuple[int, str]],
) -> Chance:
    lack = arm.lack()
    if lack is not None:
        return Chance(arm, window, shots, *lack)
    if window.why is not None:
        return Chance(arm, window, shots, window.why, window.sentence)
    if (track, arm.name) in declined:
        sentence = f"{arm.name} was declined against track {track}."
        return Chance(arm, window, shots, Hindrance.DECLINED, sentence)
    if (track, arm.name) in used:
        return Chance(
            arm,
            window,
            shots,
            Hindrance.UNLIKELY,
            f"{arm.name} has been used on track {track}; more of it does nothing more.",
        )
    return Chance(arm, window, shots, None, "")


def closing(chances: Sequence[Sequence[Chance]], n: int) -> float | None:
    """s until the last useful start of anything against track n; None: there is none."""
    ends = [row[n].window.closes_s for row in chances if row[n].usable]
    return max(ends) if ends else None


def spread_of(P: np.ndarray) -> float:
    """m: the standard deviation of a position on one axis, in the mean over the three."""
    return math.sqrt(max(float(np.trace(P[:3, :3])), 0.0) / 3.0)
