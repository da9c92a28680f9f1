"""Running a site's feeds: bytes → detections → scans in order → the pipeline, all on one event loop."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
import numpy as np

from vedette.clock import NS
from vedette.errors import ConfigError, ServiceError
from vedette.feed import Feed, FeedConfig, Reorder
from vedette.pipeline.desk import Desk
from vedette.pipeline.loop import Pipeline
from vedette.pipeline.play import Clock
from vedette.site import Site
from vedette.types import Scan, SensorHealth, acts
from vedette.types.acts import Done

TICK = 0.1  # s between two looks at what may go on although nothing has come
SLACK = NS // 20  # ns that a chunk may have waited between its stamp of arrival and its being read
OVERRUN = 0.25  # s by which a turn of the loop may be late
HOLD = NS // 2  # ns that the reorder buffer waits at least


def open_feeds(pipeline: Pipeline, clock: Clock, rng: np.random.Generator) -> list[Feed]:
    """The feeds of the pipeline's site, which record raw bytes before they are parsed.

    Raises ConfigError for a feed that cannot work.
    """

    def keep(sensor: str, data: bytes, t_rx: int) -> int:
        number = pipeline.record(lambda recorder: recorder.raw(sensor, data, t_rx))
        return -1 if number is None else number

    on_raw = None if pipeline.recorder is None else keep
    try:
        return [Feed(config, clock=clock, rng=rng, on_raw=on_raw) for config in resolved(pipeline.site)]
    except ConfigError as error:
        raise ConfigError(str(error), where=str(pipeline.site.path)) from None


def resolved(site: Site) -> list[FeedConfig]:
    """The feeds' configurations with relative paths counted from the site file."""
    folder = Path(site.path).parent

    def placed(feed: FeedConfig) -> FeedConfig:
        named = {key: getattr(feed, key) for key in ("path", "ca", "certificate", "key")}
        paths = {key: str(folder / path) for key, path in named.items() if path is not None}
        return msgspec.structs.replace(feed, **paths)

    return [placed(feed) for feed in site.feeds]


def reorder_of(site: Site) -> Reorder:
    """A buffer that waits for the slowest sensor of the site."""
    latest = max((sensor.latency for sensor in site.sensors.values()), default=0.0)
    return Reorder(hold_ns=HOLD + round(latest * NS))


class Intake:
    """Reports of all feeds in, scans stepped in order.

    heard     latest time of arrival, ns UTC
    counters  overrun: how often a turn of the loop took longer than OVERRUN. The tracker cannot keep up then,
              and what arrives meanwhile is stamped too late.
    """

    def __init__(self, pipeline: Pipeline, reorder: Reorder) -> None:
        self.pipeline, self.reorder = pipeline, reorder
        self.heard = 0
        self.counters: Counter[str] = Counter(overrun=0)
        pipeline.stages["reorder"] = reorder
        pipeline.stages["intake"] = self

    async def take(self, feed: Feed) -> None:
        """Everything one feed brings, until it ends."""
        async for reports, t_rx in feed.stream():
            self.heard = max(self.heard, t_rx)
            self.step(self.reorder.push(reports, t_rx))

    def step(self, scans: Iterable[Scan]) -> None:
        """Pass scans that are final on to the pipeline."""
        for scan in scans:
            self.pipeline.step(scan)

    async def advance(self, clock: Clock) -> None:
        """Pass on what became final by the passing of time, although nothing came."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + TICK
            await asyncio.sleep(TICK)
            self.counters["overrun"] += loop.time() - due > OVERRUN
            self.step(self.reorder.advance(clock() - SLACK))

    def flush(self) -> None:
        """All feeds have ended: pass on what is left."""
        self.step(self.reorder.flush())


def plays_the_past(configs: Sequence[FeedConfig]) -> bool:
    """Whether a file is played under its recorded times, so that the clock says nothing about its data."""
    return any(config.transport == "file" and config.start == "recorded" for config in configs)


async def run_live(
    pipeline: Pipeline, feeds: Sequence[Feed], clock: Clock, intake: Intake | None = None
) -> None:
    """Run feeds until they have all ended (files do; live ones never), stepping the pipeline.

    A feed that fails is its own affair: it shows its state and tries again.
    """
    intake = intake or Intake(pipeline, reorder_of(pipeline.site))
    tasks = [asyncio.create_task(intake.take(feed)) for feed in feeds]
    idle = (
        []
        if plays_the_past([feed.config for feed in feeds])
        else [asyncio.create_task(intake.advance(clock))]
    )
    try:
        await asyncio.gather(*tasks)
        intake.flush()
    finally:
        for task in (*tasks, *idle):
            task.cancel()
        await asyncio.gather(*tasks, *idle, return_exceptions=True)


class LiveDesk(Desk):
    """The feeds of a site behind the screen."""

    def __init__(self, pipeline: Pipeline, clock: Clock, rng: np.random.Generator) -> None:
        super().__init__(pipeline, clock)
        self._feeds = open_feeds(pipeline, clock, rng)
        self._intake = Intake(pipeline, reorder_of(pipeline.site))
        self._past = plays_the_past(pipeline.site.feeds)
        self._health = tuple(feed.health(clock()) for feed in self._feeds)

    def now(self) -> int:
        """The clock; where a file is played under its recorded times, the last of those."""
        return self._intake.heard if self._past and self._intake.heard else self.clock()

    async def act(self, act: acts.Act) -> Done:
        """As every desk; but an act has no place before the first moment of a file's own time."""
        if self._past and not self._intake.heard:
            raise ServiceError("The recorded file has not begun yet; try again in a moment.")
        return await super().act(act)

    def health(self) -> tuple[SensorHealth, ...]:
        """The feeds' condition, as taken on their own thread a moment ago."""
        return self._health + self.pipeline.troubles()

    async def work(self) -> None:
        """Run the feeds; when all have ended, keep the last picture on show."""
        watching = asyncio.create_task(self._watch())
        try:
            await run_live(self.pipeline, self._feeds, self.clock, self._intake)
            await asyncio.Event().wait()
        finally:
            watching.cancel()

    async def _watch(self) -> None:
        """Take the feeds' condition, and tell of it when a state has changed."""
        while True:
            now = self.now()
            health = tuple(feed.health(now) for feed in self._feeds)
            before, self._health = self._health, self.pipeline.remarked(health)
            if [(h.state, h.detail) for h in before] != [(h.state, h.detail) for h in self._health]:
                self.tell()
            await asyncio.sleep(TICK)
