"""A real server on a free port of 127.0.0.1, in a thread; and a desk with hand-made pictures behind it."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.applications import Starlette

from tests.advise.plans import Scene, option, proposal
from tests.server.by_hand import T, alert_of, picture_of, track_of
from vedette.advise.adviser import Adviser
from vedette.assess import Assessor, PostureConfig, Preview, Rule
from vedette.clock import NS
from vedette.errors import NotThereError, ServiceError
from vedette.server import listen
from vedette.site import Site
from vedette.types import (
    AlertState,
    Delivery,
    DeliveryState,
    Detection,
    Picture,
    ReplayState,
    Step,
    acts,
)
from vedette.types.acts import Done
from vedette.types.operations import Entry


class HandDesk:
    """A desk whose pictures a test puts there."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.simulated = frozenset({"radar"})
        self.begin_anew()
        self.shown = picture_of(track_of(7), track_of(8), alerts=(alert_of(),))
        self.reports: tuple[Detection, ...] = ()
        self.log_trouble: Callable[[], str] = str
        self.listeners: list[Callable[[Picture], None]] = []
        self.tried: list[tuple[str, str]] = []
        self.orders: list[tuple[str, int | None, float | None]] = []
        self.fault: Exception | None = None
        self.loop: asyncio.AbstractEventLoop | None = None

    def begin_anew(self) -> None:
        """As if nobody had ever acted."""
        site = self.site
        self.assessor = Assessor(site.zones, site.assets, site.alert, site.frame)
        self.adviser: Adviser | None = None

    def advise(self) -> Adviser:
        """From now on there is advice, made by hand: 7-Gun 1-1 and 8-Jammer-1 can be answered."""
        scene = Scene(begin=self.now())
        scene.propose(proposal(), proposal(8, option("Jammer", shots=1), rank=2))
        scene.at(0)
        self.adviser = scene.adviser
        self.shown = replace(self.shown, advised=scene.adviser.advised)
        return scene.adviser

    def now(self) -> int:
        return T + 3 * NS

    def picture(self) -> Picture:
        return replace(self.shown, log_trouble=self.log_trouble())

    def listen(self, listener: Callable[[Picture], None]) -> None:
        self.listeners.append(listener)

    async def run(self) -> None:
        self.loop = asyncio.get_running_loop()
        while self.fault is None:
            await asyncio.sleep(0.01)
        raise self.fault

    def rules(self) -> tuple[Rule, ...]:
        return self.assessor.rules

    def levels(self) -> tuple[PostureConfig, ...]:
        return self.assessor.standing.levels

    def handover(self) -> tuple[Entry, ...]:
        return self.assessor.log

    async def act(self, act: acts.Act) -> Done:
        """What is about the alert is done by hand, the rest by an assessor or an adviser."""
        if self.adviser is not None and isinstance(act, acts.Decide | acts.Stock):
            done = self.adviser.act(self.now(), act)
            self.shown = replace(self.shown, advised=self.adviser.advised)
            return done
        if not isinstance(act, acts.Acknowledge):
            done = self.assessor.act(self.now(), act)
            self.shown = replace(
                self.shown, posture=self.assessor.posture, rules=self.assessor.standing.changes
            )
            return done
        (known,) = [a for a in self.shown.alerts if a.id == act.alert] or [None]
        if known is None:
            raise NotThereError(f"There is no alert {act.alert}; it may have been closed. Reload the list.")
        step = Step(state=AlertState.ACKNOWLEDGED, t=self.now(), by=act.by, note=act.note)
        alert = replace(known, history=(*known.history, step))
        self.shown = replace(self.shown, alerts=(alert,))
        return Done(self.now(), act, alert)

    async def preview(self, rule: Mapping[str, Any]) -> Preview:
        name = self.site.frame.name
        tracks = [replace(one, estimate=replace(one.estimate, frame=name)) for one in self.shown.tracks]
        return self.assessor.preview(self.shown.t, tracks, rule)

    async def plots(self, sensor: str) -> tuple[Detection, ...]:
        return self.reports

    def deliveries(self) -> tuple[Delivery, ...]:
        one = Delivery(
            channel="post", kind="webhook", state=DeliveryState.OK, t_last=T, waiting=0, sent=2, failed=0
        )
        return (one,)

    def try_channel(self, channel: str, by: str) -> None:
        self.tried.append((channel, by))

    async def replay(self, action: str, *, t: int | None = None, speed: float | None = None) -> ReplayState:
        if self.shown.replay is None:
            raise ServiceError("Nothing is being replayed; start `vedette replay` with a recording to do so.")
        self.orders.append((action, t, speed))
        return self.shown.replay

    def show(self, picture: Picture) -> None:
        """From any thread: a new picture."""
        assert self.loop is not None
        self.loop.call_soon_threadsafe(self._show, picture)

    def _show(self, picture: Picture) -> None:
        self.shown = picture
        for listener in self.listeners:
            listener(picture)


@dataclass
class Served:
    """A running server; `stop` ends it and waits until it is gone, `ended` waits for it to end by itself."""

    host: str
    port: int
    stop: Callable[[], None]
    ended: Callable[[float], bool]

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def ws(self) -> str:
        return f"ws://{self.host}:{self.port}/ws"


@contextlib.contextmanager
def served(app: Starlette) -> Iterator[Served]:
    """Run `app` under the settings of `listen`, on a free port."""
    listener = listen.bind("127.0.0.1", 0)
    server = listen.build_server(app)
    app.state.stop = lambda: setattr(server, "should_exit", True)

    def run() -> None:
        with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
            runner.run(server.serve(sockets=[listener]))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()

    def stop() -> None:
        server.should_exit = True
        thread.join(10.0)
        assert not thread.is_alive(), "the server did not stop"

    def ended(patience: float) -> bool:
        thread.join(patience)
        return not thread.is_alive()

    try:
        while not server.started and thread.is_alive():
            thread.join(0.005)
        yield Served(*listener.getsockname()[:2], stop, ended)
    finally:
        stop()
        listener.close()
