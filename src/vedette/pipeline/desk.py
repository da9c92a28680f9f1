"""What stands behind the screen: a pipeline on a thread of its own, and the newest picture on the web's.

The web's event loop must never wait for the tracker. So everything from the source to the picture runs on an
event loop in a second thread, and only finished pictures, which nobody changes any more, cross over.

`PacedDesk` plays a scenario or the demo, `replay.ReplayDesk` a recording; `live.LiveDesk` runs the feeds of a
site. Each of them is a `server.Desk`.
"""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from vedette.assess import PostureConfig, Preview, Rule
from vedette.errors import ServiceError
from vedette.pipeline.loop import Pipeline
from vedette.pipeline.outlook import LookAhead
from vedette.pipeline.play import Clock, Pace, Player, Step, follow
from vedette.pipeline.warm import warm_up
from vedette.pipeline.watch import aged
from vedette.site import Site
from vedette.types import Delivery, Detection, FeedState, Picture, ReplayState, SensorHealth, acts
from vedette.types.acts import Done
from vedette.types.operations import Entry

MAKE_WAY = 0.02  # s that the pipeline's thread stands aside at most while the web's takes a picture
Listener = Callable[[Picture], None]
R = TypeVar("R")


class Desk:
    """A pipeline at work on its own thread, and what everybody on the web's event loop may ask of it.

    As a sink it takes pictures from the pipeline and passes the newest one on to the web: when they come
    faster than the web's loop turns, only the last of them. `simulated` names the sensors of a scenario.
    """

    def __init__(self, pipeline: Pipeline, clock: Clock, *, simulated: Iterable[str] = ()) -> None:
        self.pipeline, self.clock = pipeline, clock
        self.simulated = frozenset(simulated)
        self.ahead: LookAhead | None = None
        self.warm = False  # whether everything has been compiled already, where that was to be seen
        self._newest = pipeline.picture
        self._on_its_way = False
        self._taken = threading.Event()
        self._taken.set()
        self._listeners: list[Listener] = []
        self._web: asyncio.AbstractEventLoop | None = None
        self._home: asyncio.AbstractEventLoop | None = None  # the pipeline's loop, while it works
        self._stopping = False
        self._working: asyncio.Task[None] | None = None
        pipeline.sinks.append(self)

    def look_ahead(self) -> None:
        """Look ahead from the pictures from now on, in a process of its own; for desks with a page only."""
        if self.ahead is None and self.site.outlook.enabled and self.site.assets:
            self.ahead = LookAhead(self.site)
            self.pipeline.sinks.append(self.ahead)
            self.pipeline.stages["outlook"] = self.ahead

    # ------------------------------------------------------- asked on the web's loop

    @property
    def site(self) -> Site:
        """The site whose picture this is."""
        return self.pipeline.site

    def now(self) -> int:
        """The moment that ages are measured against, ns UTC."""
        return self.clock()

    def picture(self) -> Picture:
        """The newest tracks and alerts, with the sensors' condition as it is now."""
        newest = self._newest
        return replace(
            newest,
            t=newest.t or self.now(),
            t_made=newest.t_made or self.clock(),
            sensors=self.health(),
            replay=self.replay_state(),
            outlook=None if self.ahead is None else self.ahead.newest(newest.t),
            log_trouble=self.pipeline.log_trouble(),
        )

    def health(self) -> tuple[SensorHealth, ...]:
        """Every sensor's condition now."""
        now = self.now()
        return tuple(aged(sensor, now) for sensor in self._newest.sensors)

    def deliveries(self) -> tuple[Delivery, ...]:
        """How the site's channels to people elsewhere fare."""
        courier = self.pipeline.courier
        return () if courier is None else courier.deliveries

    def try_channel(self, channel: str, by: str) -> None:
        """Send a test; ServiceError when there is no such channel, or it is off."""
        if self.pipeline.courier is None:
            raise ServiceError("This site names no channel; add a [[notify]] table to its file.")
        self.pipeline.courier.test(channel, by)

    def replay_state(self) -> ReplayState | None:
        """Where a replay stands; None when this is none."""
        return None

    def listen(self, listener: Listener) -> None:
        """Call `listener` on the web's loop with every new picture."""
        self._listeners.append(listener)

    def rules(self) -> tuple[Rule, ...]:
        """Every rule as it stands, those of the site first."""
        return self.pipeline.assessor.rules

    def levels(self) -> tuple[PostureConfig, ...]:
        """The levels of readiness, the calmest first."""
        return self.pipeline.assessor.standing.levels

    def handover(self) -> tuple[Entry, ...]:
        """What people did, oldest first."""
        return self.pipeline.assessor.log

    async def act(self, act: acts.Act) -> Done:
        """Do what somebody says and record it; ServiceError, in a sentence, when it cannot be done."""
        return await self.at_home(lambda: self.pipeline.act(act, self.now()))

    async def preview(self, rule: Mapping[str, Any]) -> Preview:
        """What a rule would do with the tracks of now; ServiceError when it cannot be used."""

        def judged() -> Preview:
            picture = self.pipeline.picture
            return self.pipeline.assessor.preview(picture.t, picture.tracks, rule)

        return await self.at_home(judged)

    async def plots(self, sensor: str) -> tuple[Detection, ...]:
        """The newest reports of a sensor as they came, oldest first."""
        return await self.at_home(lambda: self.pipeline.plots.of(sensor, self.pipeline.tracker.t))

    async def replay(self, action: str, *, t: int | None = None, speed: float | None = None) -> ReplayState:
        """Only a ReplayDesk can be steered."""
        raise ServiceError("Nothing is being replayed; start `vedette replay` with a recording to do so.")

    async def at_home(self, call: Callable[[], R]) -> R:
        """Run `call` on the pipeline's thread, between two scans, and wait for its result."""
        if self._home is None:
            raise ServiceError("The pipeline has stopped; start Vedette again.")

        async def called() -> R:
            return call()

        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(called(), self._home))

    async def run(self) -> None:
        """Work until cancelled, then close the pipeline and its recording. Raises what stopped the work."""
        self._web = asyncio.get_running_loop()
        thread = asyncio.create_task(asyncio.to_thread(lambda: asyncio.run(self._work())))
        try:
            await asyncio.shield(thread)
        except asyncio.CancelledError:
            self._stopping = True
            if self._home is not None and self._working is not None:
                self._home.call_soon_threadsafe(self._working.cancel)
            await thread
            raise
        finally:
            self._web = None

    # ---------------------------------------------------------- on the pipeline's thread

    async def work(self) -> None:
        """What this desk does, until it is cancelled."""
        raise NotImplementedError

    async def _work(self) -> None:
        for _ in () if self.warm else warm_up(self.site):
            if self._stopping:
                break
        # What is loaded by now stays. Else every full collection looks at all of it, with the web's thread
        # and this one standing still for a tenth of a second.
        gc.collect()
        gc.freeze()
        self._home, self._working = asyncio.get_running_loop(), asyncio.create_task(self.work())
        try:
            if self._stopping:
                self._working.cancel()
            await self._working
        except asyncio.CancelledError:
            pass  # `run` was cancelled, and says so itself
        finally:
            self._home = None
            self.pipeline.close()

    def write(self, picture: Picture) -> None:
        """Take a picture from the pipeline; from now on it is late for whoever has not seen it.

        So the web's thread goes first. It needs the interpreter for some milliseconds, and if this thread
        went on at once each would take it from the other again and again.
        """
        self._newest = replace(picture, t_made=self.clock())
        self.tell()
        self._taken.wait(MAKE_WAY)

    def tell(self) -> None:
        """Let the listeners know, on their own loop, how things stand."""
        if self._web is not None and not self._on_its_way:
            self._on_its_way = True
            self._taken.clear()
            self._web.call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        self._on_its_way = False
        picture = self.picture()
        for listener in self._listeners:
            listener(picture)
        # In the loop's next turn: by then it has been written to whoever was waiting for it.
        asyncio.get_running_loop().call_soon(self._taken.set)

    def close(self) -> None:
        """The pipeline has closed; the last picture stays."""


class PacedDesk(Desk):
    """A scenario or the demo, at `speed` times the pace of the clock, from its first scan to its end."""

    def __init__(
        self,
        pipeline: Pipeline,
        source: Iterable[Step],
        clock: Clock,
        *,
        speed: float = 1.0,
        simulated: Iterable[str] = (),
    ) -> None:
        super().__init__(pipeline, clock, simulated=simulated)
        self._source, self._pace = source, Pace(clock(), clock(), speed)
        self._ended = False

    def now(self) -> int:
        """The play-head; it stands still once the source has ended."""
        return self._newest.t if self._ended else self._pace.head(self.clock())

    def health(self) -> tuple[SensorHealth, ...]:
        """Every sensor's condition; all have ended once the source has."""
        if not self._ended:
            return super().health()
        return tuple(replace(sensor, state=FeedState.ENDED) for sensor in self._newest.sensors)

    async def work(self) -> None:
        """Play to the end, then keep the last picture on show."""
        player = Player(self.pipeline, self._source)
        self._pace = Pace(player.t_next or 0, self.clock(), self._pace.speed)
        while player.t_next is not None:
            await follow(player, self._pace.head(self.clock()))
        self._ended = True
        self.tell()
        await asyncio.Event().wait()
