"""What is left of every effector: rounds, channels, what is being put in. Counted, never asked for.

Nothing tells Vedette what an effector truly does. It counts what people accepted, and takes their word when
they correct it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from vedette.advise.effector import Effector
from vedette.advise.effector_config import DroneConfig, GunConfig, MissileConfig
from vedette.advise.queue import peak
from vedette.clock import NS
from vedette.errors import NotThereError, ServiceError
from vedette.types import EffectorState, Engagement, Option


class Magazines:
    """Rounds of effectors by name; None where they are not counted. Times are ns UTC."""

    def __init__(self, effectors: Mapping[str, Effector]) -> None:
        self.effectors = effectors
        self.rounds: dict[str, int | None] = {name: each.magazine for name, each in effectors.items()}
        self._due: dict[str, int] = {}  # effector → when the lot that is being put in is in

    def step(self, t: int) -> None:
        """Put in what has been put in by now."""
        for name, effector in self.effectors.items():
            self._reload(name, effector, t)

    def _reload(self, name: str, effector: Effector, t: int) -> None:
        """A lot after each `reload_s` from when there is room for one."""
        lot, every = reload(effector)
        full, rounds = effector.magazine, self.rounds[name]
        if not lot or full is None or rounds is None:
            return
        while rounds + lot <= full:
            due = self._due.setdefault(name, t + every)
            if due > t:
                break
            rounds += lot
            self._due[name] = due + every
        if rounds + lot > full:
            self._due.pop(name, None)
        self.rounds[name] = rounds

    def begin(self, t: int, name: str, option: Option, start: int, engagements: Iterable[Engagement]) -> int:
        """When an acceptance at t can begin, not before `start`: when enough channels stay free for it.

        Raises ServiceError where there are not so many rounds, or no channel in time.
        """
        channels = self.effectors[name].config.channels
        start = max(start, self._there(t, name, option))
        uses = [use_of(each, self.effectors[name]) for each in engagements if each.effector == name]
        first = max(t, start)
        last = max(first, t + round(option.closes_s * NS))
        busy = round((option.intercept_s[1] - option.start_s) * NS) + _after(self.effectors[name])
        for moment in sorted({first, *(use.until for use in uses if first < use.until <= last)}):
            taken = peak([use[:3] for use in uses], moment, moment + busy)
            if taken + min(option.shots, channels) <= channels:
                return moment
        raise ServiceError(f"{name} has no channel free in time; take what is advised next.")

    def _there(self, t: int, name: str, option: Option) -> int:
        """From when there are as many rounds: now, or when the lot is in that is being put in."""
        rounds = self.rounds[name]
        if rounds is None or rounds >= option.shots:
            return t
        lot, due = reload(self.effectors[name])[0], self._due.get(name)
        if (
            rounds <= 0
            and due is not None
            and rounds + lot >= option.shots
            and due - t <= option.closes_s * NS
        ):
            return due
        raise ServiceError(
            f"{name} has {left(rounds)} rounds left, not {option.shots}; take what is advised next."
        )

    def take(self, t: int, name: str, shots: int) -> None:
        """So many rounds are gone, or will be of the next lot."""
        rounds = self.rounds[name]
        if rounds is not None:
            self.rounds[name] = rounds - shots
        self.step(t)

    def correct(self, t: int, name: str, rounds: int) -> tuple[int, bool]:
        """A person has counted. Returns how many there were thought to be, and whether that changed anything.

        Raises NotThereError for an effector that is not there, ServiceError for a number that cannot be.
        """
        if name not in self.effectors:
            names = ", ".join(self.effectors)
            raise NotThereError(f"There is no effector {name}; name one of {names}.")
        full, before = self.effectors[name].magazine, left(self.rounds[name])
        if full is None or before is None:
            raise ServiceError(f"The rounds of {name} are not counted; there is nothing to correct.")
        if rounds > full:
            raise ServiceError(f"{name} holds {full} rounds at most; give a number up to that.")
        self.rounds[name] = rounds
        self._due.pop(name, None)
        self.step(t)
        return before, before != rounds

    def restore(self, t: int, stock: Mapping[str, int], reloads: Mapping[str, int]) -> None:
        """As many at t as there were before a restart; what was being put in then was put in meanwhile, too.

        Where nothing is put in any more, what was promised of it is none.
        """
        for name, rounds in stock.items():
            effector = self.effectors.get(name)
            if effector is None or effector.magazine is None:
                continue
            lot, every = reload(effector)
            if lot and name in reloads:
                self._due[name] = min(reloads[name], t + every)  # should the clock have been put back
            self.rounds[name] = min(rounds if name in self._due else max(rounds, 0), effector.magazine)
        self.step(t)

    def kept(self) -> dict[str, int]:
        """Rounds as they must outlive a restart, below 0 where so many are promised of the next lot."""
        return {name: rounds for name, rounds in self.rounds.items() if rounds is not None}

    def reloads(self) -> dict[str, int]:
        """When the lots are in that are being put in, which must outlive it, too."""
        return dict(self._due)

    def states(self, t: int, engagements: Sequence[Engagement]) -> tuple[EffectorState, ...]:
        """Every effector at t, in the order of the site file."""
        return tuple(self.state(t, name, engagements) for name in self.effectors)

    def state(self, t: int, name: str, engagements: Iterable[Engagement]) -> EffectorState:
        """What is left of one."""
        effector, rounds = self.effectors[name], left(self.rounds[name])
        channels = effector.config.channels
        uses = [use_of(each, effector) for each in engagements if each.effector == name]
        busy = [use for use in uses if use.kept_from <= t < use.until]
        free = max(channels - sum(use.channels for use in busy), 0)
        waits, detail = [0], []
        if not free:
            waits.append(min(use.until for use in busy) - t)
            detail.append(f"busy with {tracks(use.track for use in busy)}")
        if rounds == 0:
            detail.append("no rounds left" + self._more(t, name))
        never = rounds == 0 and name not in self._due
        if rounds == 0 and not never:
            waits.append(self._due[name] - t)
        return EffectorState(
            effector=name,
            kind=effector.kind,
            rounds=rounds,
            magazine=effector.magazine,
            channels=channels,
            free=free,
            ready_s=None if never else max(waits) / NS,
            detail="; ".join(detail),
        )

    def _more(self, t: int, name: str) -> str:
        due = self._due.get(name)
        if due is None:
            return ""
        return f", {reload(self.effectors[name])[0]} more in {round((due - t) / NS)} s"


def left(rounds: int | None) -> int | None:
    """None are left where the next lot is promised already; not counted is not counted."""
    return None if rounds is None else max(rounds, 0)


def reload(effector: Effector) -> tuple[int, int]:
    """How many rounds are put in at once, 0 where none are, and in how many ns."""
    config = effector.config
    if not isinstance(config, GunConfig | MissileConfig | DroneConfig):
        return 0, 0
    return config.reload_lot or 0, round((config.reload_s or 0.0) * NS)


class Use(NamedTuple):
    """Channels in use for one engagement, from its order to the look, or until what was sent is back."""

    begins: int
    until: int
    channels: int
    track: int

    @property
    def kept_from(self) -> int:
        """From when they are kept free for it: when there is no time for another such engagement before."""
        return 2 * self.begins - self.until


def use_of(engagement: Engagement, effector: Effector) -> Use:
    """Each of its shots has a channel."""
    config = effector.config
    return Use(
        begins=engagement.t_start - round(config.delay_s * NS),
        until=engagement.t_intercept + _after(effector),
        channels=min(engagement.shots, config.channels),
        track=engagement.track,
    )


def _after(effector: Effector) -> int:
    return round(effector.after_s * NS)


def tracks(numbers: Iterable[int]) -> str:
    """'track 7', 'tracks 7 and 9'."""
    *head, last = (str(number) for number in sorted(set(numbers)))
    return f"tracks {', '.join(head)} and {last}" if head else f"track {last}"
