"""Playing scans through a pipeline: as fast as possible, or paced against a clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from vedette.clock import NS
from vedette.pipeline.loop import Pipeline
from vedette.store import Act, OperationsSet
from vedette.types import Scan

Clock = Callable[[], int]
Progress = Callable[[int, int], None]  # (data time in ns UTC, scans so far)
Step = Scan | Act | OperationsSet

TICK = 0.02  # s between two looks at the clock
SLICE = 50  # scans stepped before people's wishes are looked at again
PROGRESS_EVERY = 200  # scans


def time_of(step: Step) -> int:
    """Data time at which a scan, a recorded act, or what was taken over from before a restart, is due."""
    return step.t1 if isinstance(step, Scan) else step.t


class Player:
    """A source, and the pipeline it is played through, one entry at a time in the source's order.

    A source yields scans in time order, perhaps with recorded acts between them.
    """

    def __init__(self, pipeline: Pipeline, source: Iterable[Step]) -> None:
        self.pipeline = pipeline
        self.scans = 0
        self._open(source)

    def _open(self, source: Iterable[Step]) -> None:
        self._source: Iterator[Step] = iter(source)
        self._next: Step | None = next(self._source, None)

    @property
    def t_next(self) -> int | None:
        """When the next entry is due; None when the source has ended."""
        return None if self._next is None else time_of(self._next)

    def step(self) -> None:
        """Play one entry."""
        entry = self._next
        if isinstance(entry, Scan):
            self.pipeline.step(entry)
            self.scans += 1
        elif isinstance(entry, OperationsSet):
            self.pipeline.take_over(entry.operations, entry.t)
        elif entry is not None:
            self.pipeline.repeat(entry)
        self._next = next(self._source, None)

    def advance(self, t: int, most: int = SLICE) -> bool:
        """Play what is due by data time t, at most so many entries; True when nothing more is due."""
        for _ in range(most):
            if self.t_next is None or self.t_next > t:
                return True
            self.step()
        return self.t_next is None or self.t_next > t


def run_fast(
    pipeline: Pipeline,
    source: Iterable[Step],
    *,
    until: int | None = None,
    progress: Progress | None = None,
) -> int:
    """Play a source as fast as possible, up to data time `until` (ns UTC); returns the number of scans."""
    player = Player(pipeline, source)
    while player.t_next is not None and (until is None or player.t_next <= until):
        player.step()
        if progress is not None and player.scans % PROGRESS_EVERY == 0:
            progress(pipeline.tracker.t, player.scans)
    if progress is not None:
        progress(pipeline.tracker.t, player.scans)
    return player.scans


@dataclass(frozen=True, slots=True)
class Pace:
    """A play-head that stood at data time `t` when the clock said `began`; `speed` 0 is paused."""

    t: int
    began: int
    speed: float = 1.0

    def head(self, now: int) -> int:
        """Data time due when the clock says `now`."""
        return self.t + round((now - self.began) * self.speed)


async def run_paced(pipeline: Pipeline, source: Iterable[Step], clock: Clock, *, speed: float = 1.0) -> None:
    """Play a source at `speed` times the pace of `clock` (ns UTC), from its first entry on, to its end."""
    player = Player(pipeline, source)
    pace = Pace(player.t_next or 0, clock(), speed)
    while player.t_next is not None:
        await follow(player, pace.head(clock()))


async def follow(player: Player, head: int) -> None:
    """Play what is due by `head`, not all of it at once; when nothing more is, rest for a tick."""
    await asyncio.sleep(TICK if player.advance(head) else 0.0)


def seconds_of(scans: Iterable[Scan], duration_s: float) -> Iterator[Scan]:
    """The scans of the first `duration_s` seconds of data time."""
    t_end: int | None = None
    for scan in scans:
        t_end = scan.t1 + round(duration_s * NS) if t_end is None else t_end
        if scan.t1 > t_end:
            return
        yield scan
