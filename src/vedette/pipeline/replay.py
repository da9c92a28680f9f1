"""Replaying a recording: the same tracker over the same scans, to any moment, with the same result."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import cast

from vedette.clock import NS
from vedette.errors import ServiceError
from vedette.pipeline.desk import Desk
from vedette.pipeline.loop import Checkpoint, Pipeline
from vedette.pipeline.metadata import origins_of, simulated_in, site_of
from vedette.pipeline.play import Clock, Pace, Player, Step, follow, time_of
from vedette.site import Site
from vedette.store import Recording
from vedette.types import FeedState, Mode, ReplayState, SensorHealth, acts
from vedette.types.acts import Done

BOOKMARK_PERIOD = 10 * NS  # ns of data time between two bookmarks, at first
MOST_BOOKMARKS = 128  # then every other one is forgotten and the period doubled
PARTS = 200  # of a recording, for which the slider shows how much was going on
LATEST = 60 * NS  # ns by which an entry may be older than one recorded before it


def entries(recording: Recording, t_from: int | None = None) -> Iterator[Step]:
    """Scans, what people did between them, and what was taken over from before a restart.

    In recorded order, from data time t_from on.
    """
    return cast(Iterator[Step], recording.messages(t_from, ("/scan/", "/acts", "/operations")))


def alert_times(recording: Recording) -> tuple[int, ...]:
    """When alerts were raised, ns UTC: the marks on a replay's slider."""
    return tuple(sorted({alert.t_raised for entry in recording.alerts() for alert in entry.alerts}))


def silent(sensor: SensorHealth) -> SensorHealth:
    """A sensor of the site that the recording holds nothing of."""
    return replace(sensor, state=FeedState.ENDED, detail="The recording holds nothing of this sensor.")


@dataclass(frozen=True, slots=True, eq=False)
class Bookmark:
    """The state after all entries up to data time t, and how to read on from there.

    To read on, skip the first `skip` entries from `t_from` on: so the file is not read from its begin.
    """

    t: int
    checkpoint: Checkpoint
    t_from: int | None
    skip: int


class Replayer(Player):
    """Plays a recording through a pipeline and can go to any moment of it.

    Going back restores a bookmark and plays on from there; the result is the one of straight play, since the
    bookmark is a copy of the whole state. Bookmarks are few, so memory stays bounded for any length.
    """

    def __init__(self, pipeline: Pipeline, recording: Recording) -> None:
        super().__init__(pipeline, entries(recording))
        self.recording = recording
        self.period = BOOKMARK_PERIOD
        self.t = 0
        self._recent: list[int] = []  # times of played entries, of the last LATEST at least
        self._bookmarks = [Bookmark(0, pipeline.checkpoint(), None, 0)]

    def step(self) -> None:
        """Play one entry, and bookmark the place when the last bookmark is far behind."""
        if self.t_next is None:
            return
        self._recent.append(self.t_next)
        self.t = max(self.t, self.t_next)
        super().step()
        if self.t - self._bookmarks[-1].t >= self.period:
            self._bookmark()

    def _bookmark(self) -> None:
        t_from = self.t - LATEST
        self._recent = [t for t in self._recent if t >= t_from]
        mark = Bookmark(self.t, self.pipeline.checkpoint(), t_from, len(self._recent))
        self._bookmarks.append(mark)
        if len(self._bookmarks) > MOST_BOOKMARKS:
            self._bookmarks = self._bookmarks[::2]
            self.period *= 2

    def turn_to(self, t: int) -> None:
        """Be at the bookmark nearest before data time t, unless the way from here is shorter."""
        mark = self._bookmarks[bisect_right([mark.t for mark in self._bookmarks], t) - 1]
        if mark.t <= self.t <= t:
            return
        self.pipeline.restore(mark.checkpoint)
        self.t = mark.t
        read = [time_of(entry) for entry in islice(entries(self.recording, mark.t_from), mark.skip)]
        self._recent = read
        self._open(islice(entries(self.recording, mark.t_from), mark.skip, None))


class ReplayDesk(Desk):
    """A recording behind the screen, which people can play, pause, seek and speed up."""

    def __init__(self, pipeline: Pipeline, recording: Recording, clock: Clock, *, speed: float = 1.0) -> None:
        super().__init__(pipeline, clock, simulated=simulated_in(recording))
        self.recording = recording
        self._speed, self._playing, self._behind = speed, True, False
        self._marks: tuple[int, ...] = ()
        self._density = recording.volume(PARTS)
        self._place(recording.t_begin)
        self._player: Replayer | None = None

    @classmethod
    def of(
        cls, recording: Recording, clock: Clock, *, site: Site | None = None, speed: float = 1.0
    ) -> ReplayDesk:
        """Replay at the recording's own site, or at `site`. RecordingError when it does not say its own."""
        site = site or site_of(recording)
        pipeline = Pipeline(site, mode=Mode.REPLAY, origins=origins_of(recording))
        return cls(pipeline, recording, clock, speed=speed)

    def _place(self, t: int) -> None:
        """Put the play-head at data time t."""
        inside = min(max(t, self.recording.t_begin), self.recording.t_end)
        self._pace = Pace(inside, self.clock(), self._speed if self._playing else 0.0)

    def head(self) -> int:
        """The play-head, ns UTC of data time."""
        return min(self._pace.head(self.clock()), self.recording.t_end)

    def now(self) -> int:
        """The play-head; while the tracker works its way there, the place it has reached."""
        return self._newest.t if self._behind and self._newest.t else self.head()

    def health(self) -> tuple[SensorHealth, ...]:
        """Every sensor's condition; one of which nothing was recorded is not waited for."""
        return tuple(
            sensor if f"/scan/{sensor.sensor}" in self.recording.counts else silent(sensor)
            for sensor in super().health()
        )

    def replay_state(self) -> ReplayState:
        """Where the replay stands."""
        return ReplayState(
            t_begin=self.recording.t_begin,
            t_end=self.recording.t_end,
            playing=self._playing,
            speed=self._speed,
            marks=self._marks,
            density=self._density,
        )

    async def work(self) -> None:
        """Follow the play-head; rest at the end until somebody moves it."""
        marking = asyncio.create_task(self._mark())
        try:
            self._player = Replayer(self.pipeline, self.recording)
            self._place(self._pace.t)
            while True:
                await self._follow(self._player)
        finally:
            marking.cancel()

    async def _mark(self) -> None:
        self._marks = await asyncio.to_thread(alert_times, self.recording)
        self.tell()

    async def _follow(self, player: Replayer) -> None:
        head = self.head()
        await follow(player, head)
        self._behind = player.t_next is not None and player.t_next <= head
        if self._playing and head >= self.recording.t_end and not self._behind:
            self._playing = False
            self._place(head)
            self.tell()

    async def act(self, act: acts.Act) -> Done:
        """What was done then cannot be done now."""
        raise ServiceError("This is a replay: it shows what people did then. Act on the live picture.")

    async def replay(self, action: str, *, t: int | None = None, speed: float | None = None) -> ReplayState:
        """play, pause, seek (t), speed (speed), or live: to the end of the recording."""
        await self.at_home(lambda: self._steer(action, t, speed))
        return self.replay_state()

    def _steer(self, action: str, t: int | None, speed: float | None) -> None:
        head = self.head()
        if action == "play":
            self._playing = True
            self._go(self.recording.t_begin if head >= self.recording.t_end else head)
        elif action == "pause":
            self._playing = False
            self._place(head)
        elif action == "seek" and t is not None:
            self._go(t)
        elif action == "speed" and speed is not None:
            self._speed = speed
            self._place(head)
        elif action == "live":
            self._go(self.recording.t_end)
        else:
            raise ServiceError(
                f"A replay cannot {action}; it can play, pause, seek, change speed or go live."
            )

    def _go(self, t: int) -> None:
        """Put the play-head there, and the tracker at the last bookmark before it."""
        self._place(t)
        if self._player is not None:
            self._player.turn_to(self._pace.t)
