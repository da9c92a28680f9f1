"""Hands the newest air picture to every viewer: encoded once, latest wins, a slow viewer skips.

A queue per viewer would let a slow one fall behind and show old places as if they were new. So each viewer
has one slot per kind of message and a wake-up call: when its socket takes data again, the newest is sent.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

from starlette.websockets import WebSocket

from vedette.clock import seconds
from vedette.server import frame, view
from vedette.server.beat import Beat
from vedette.server.desk import Desk
from vedette.server.messages import ByeMessage, encode
from vedette.server.viewer import Viewer
from vedette.types import Picture

DELAYS = 10_000  # frames sent whose delay is remembered
STATUS_PERIOD = 1.0  # s
MOST_VIEWERS = 500


class Hub:
    """The fan-out from one desk to many viewers. Lives on the event loop's thread.

    `clock` gives ns UTC and stamps each frame with the time it was sent. `delays` are s from the moment that
    the pipeline handed a picture over, and the viewer could take it, until its frame was written to that
    viewer.
    """

    def __init__(self, desk: Desk, clock: Callable[[], int]) -> None:
        self.desk, self.clock = desk, clock
        self.viewers: list[Viewer] = []
        self.counters = {"frames_encoded": 0, "frames_sent": 0, "frames_skipped": 0, "bad_messages": 0}
        self.counters |= {"floods": 0, "viewers_refused": 0}
        self.frame, self.sequence = b"", 0
        self.delays: deque[float] = deque(maxlen=DELAYS)
        self.made: int | None = None  # ns UTC when the frame's picture was handed over; None: shown before
        self._news = False
        self.status = b""
        self.bye: bytes | None = None
        self._fresh = asyncio.Event()
        self._beat: Beat | None = None
        self._picture = desk.picture()
        self._signature: object = None
        self._subscribers: list[asyncio.Event] = []
        desk.listen(self.publish)

    def publish(self, picture: Picture) -> None:
        """Take a new picture; it is encoded as soon as the beat allows, and only if someone is watching."""
        self._news |= picture.t_made != self._picture.t_made
        self._picture = picture
        if self._beat is None or self._beat.wait(asyncio.get_running_loop().time()) > 0.0:
            self._fresh.set()
        else:  # here and now: the desk's thread stands aside so long
            self._take(self._beat)
        if view.signature(picture) != self._signature:
            self.announce()

    async def run(self) -> None:
        """Send frames and heartbeats until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._send_frames())
            tasks.create_task(self._send_heartbeats())

    async def _send_frames(self) -> None:
        """One frame for every picture, or for the newest when they come faster than the beat."""
        clock = asyncio.get_running_loop().time
        self._beat = Beat(clock())
        while True:
            await self._fresh.wait()
            await asyncio.sleep(self._beat.wait(clock()))
            if self._fresh.is_set():  # it has not gone out meanwhile
                self._take(self._beat)

    def _take(self, beat: Beat) -> None:
        """The newest picture goes out, if anybody watches."""
        self._fresh.clear()
        beat.sent(asyncio.get_running_loop().time())
        if self.viewers:
            self._encode()
        self._news = False

    async def _send_heartbeats(self) -> None:
        """Status flows also when no data arrive, so that a page shows how old its picture is."""
        while True:
            self.announce()
            await asyncio.sleep(STATUS_PERIOD)

    def _encode(self) -> None:
        self.sequence = (self.sequence + 1) & 0xFFFFFFFF
        self.counters["frames_encoded"] += 1
        self.made = self._picture.t_made if self._news else None
        self.frame = frame.encode(
            self._picture,
            self.desk.site.frame,
            t_sent=self.clock(),
            sequence=self.sequence,
            simulated=self.desk.simulated,
            sensors=tuple(self.desk.site.sensors),
        )
        for viewer in self.viewers:
            viewer.wake.set()

    def written(self, since: int) -> None:
        """A frame has just been written to a viewer for which it was there `since` then (ns UTC)."""
        self.delays.append(seconds(self.clock() - since))

    def announce(self) -> None:
        """Give everybody the newest status, and each viewer the details of what it has selected."""
        picture = self.desk.picture()
        self._signature = view.signature(picture)
        self.status = encode(view.status(picture, self.desk.now(), self.desk.site, self.desk.deliveries()))
        for viewer in self.viewers:
            viewer.inform(picture)
        for subscriber in self._subscribers:
            subscriber.set()

    async def attend(self, websocket: WebSocket) -> None:
        """Serve one page until it goes away or the server stops."""
        if len(self.viewers) >= MOST_VIEWERS:
            self.counters["viewers_refused"] += 1
            await websocket.close(1013)
            return
        viewer = Viewer(self, websocket)
        self.viewers.append(viewer)
        self._fresh.set()  # a first frame without waiting for the next data
        try:
            await viewer.attend()
        finally:
            self.viewers.remove(viewer)

    async def statuses(self) -> AsyncIterator[bytes]:
        """The newest status as JSON, again and again, until the server stops (for server-sent events)."""
        changed = asyncio.Event()
        changed.set()
        self._subscribers.append(changed)
        try:
            while self.bye is None:
                await changed.wait()
                changed.clear()
                yield self.status
        finally:
            self._subscribers.remove(changed)

    async def close(self, reason: str, *, patience: float = 1.0) -> None:
        """Say bye to everybody and wait up to `patience` seconds until they have been told."""
        self.bye = encode(ByeMessage(reason=reason))
        for event in [viewer.wake for viewer in self.viewers] + self._subscribers:
            event.set()
        loop = asyncio.get_running_loop()
        end = loop.time() + patience
        while (self.viewers or self._subscribers) and loop.time() < end:
            await asyncio.sleep(0.01)
