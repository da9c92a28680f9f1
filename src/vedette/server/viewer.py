"""One open page: what it has selected, what it may ask, and what is sent to it."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from vedette.clock import from_seconds
from vedette.errors import ServiceError
from vedette.server import layout, view
from vedette.server.access import DeniedError, caller
from vedette.server.desk import Desk
from vedette.server.messages import ByeMessage, ErrorMessage, encode
from vedette.server.orders import Request, Seen, Select, decode
from vedette.types import Picture, ReplayState, Role

if TYPE_CHECKING:
    from vedette.server.hub import Hub

MOST_UNSEEN = 2  # frames on their way to a page that says which it has seen
MAX_ERRORS = 8  # unsent answers to bad messages; the oldest give way
MAX_MESSAGE = 16 * 1024  # bytes a page may send at once
MAX_SPEED = 100.0
SIGNED_OUT = 4401  # how a WebSocket is closed whose session has ended
BURST, PER_SECOND = (
    100.0,
    20.0,
)  # messages a page may send at once, and on average; the page sends a few a minute


class Viewer:
    """One WebSocket. `wake` is set whenever something newer than what was sent is there."""

    def __init__(self, hub: Hub, websocket: WebSocket) -> None:
        self.hub, self.websocket = hub, websocket
        self.caller = caller(websocket)
        self.wake = asyncio.Event()
        self._selected: int | None = None
        self._sequence = hub.sequence
        self._unseen: deque[int] | None = None  # frames on their way; None: it does not say what it has seen
        self._free = 0  # ns UTC since when it could take a frame
        self._status: bytes | None = None
        self._details: bytes | None = None
        self._errors: deque[bytes] = deque(maxlen=MAX_ERRORS)

    def inform(self, picture: Picture) -> None:
        """Take over the hub's newest status, and the newest details of the selected track."""
        self._status = self.hub.status
        self._detail(picture)
        self.wake.set()

    def _detail(self, picture: Picture) -> None:
        if self._selected is None:
            return
        track = next((track for track in picture.tracks if track.id == self._selected), None)
        if track is not None:
            self._details = encode(view.details(track, self.hub.desk.site, picture.t))

    async def attend(self) -> None:
        """Read and write until the page goes away or the server stops."""
        await self.websocket.accept()
        reader, writer = asyncio.create_task(self._read()), asyncio.create_task(self._write())
        try:
            done, _ = await asyncio.wait({reader, writer}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        except WebSocketDisconnect:
            pass  # the page went away while something was being sent
        finally:
            reader.cancel()
            writer.cancel()
            await asyncio.gather(reader, writer, return_exceptions=True)

    async def _write(self) -> None:
        hub, picture = self.hub, self.hub.desk.picture()
        await self._send(encode(layout.hello(hub.desk, picture.mode, self.caller.person)))
        await self._send(encode(view.status(picture, hub.desk.now(), hub.desk.site, hub.desk.deliveries())))
        while hub.bye is None:
            if self._status is not None and not self.caller.alive():  # asked once a second, with the status
                await self._send(encode(ByeMessage(reason="You are signed out.")))
                await self.websocket.close(SIGNED_OUT)
                return
            await self._send_newest()
            await self.wake.wait()
            self.wake.clear()
        await self._send(hub.bye)
        await self.websocket.close(1001)

    async def _send_newest(self) -> None:
        """Answers first, then details and status, then the frame: each the newest there is."""
        texts = [*self._errors, *filter(None, (self._details, self._status))]
        self._errors.clear()
        self._details = self._status = None
        for text in texts:
            await self._send(text)
        if self._sequence != self.hub.sequence and len(self._unseen or ()) < MOST_UNSEEN:
            await self._send_frame()

    async def _send_frame(self) -> None:
        hub, counters = self.hub, self.hub.counters
        counters["frames_sent"] += 1
        counters["frames_skipped"] += (hub.sequence - self._sequence - 1) & 0xFFFFFFFF
        self._sequence, made = hub.sequence, hub.made
        if self._unseen is not None:
            self._unseen.append(self._sequence)
        await self.websocket.send_bytes(hub.frame)
        if made is not None:
            hub.written(max(made, self._free))
        self._free = hub.clock()

    def _has_seen(self, sequence: int) -> None:
        """The page has taken up this frame. What lies in its buffers cannot be replaced by something newer,
        and a browser takes in megabytes before the connection says that it is slow."""
        was_full = len(self._unseen or ()) >= MOST_UNSEEN
        self._unseen = self._unseen or deque()
        if sequence in self._unseen:
            while self._unseen.popleft() != sequence:
                pass
        if was_full:
            self._free = self.hub.clock()
            self.wake.set()

    async def _send(self, text: bytes) -> None:
        await self.websocket.send_text(text.decode())

    async def _read(self) -> None:
        clock = asyncio.get_running_loop().time
        left, then = BURST, clock()
        while True:
            message = await self.websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            left, then = min(BURST, left + PER_SECOND * (clock() - then)) - 1.0, clock()
            if left < 0.0:
                self.hub.counters["floods"] += 1
                await self.websocket.close(1008)
                return
            error = await self._obey(message.get("text") or message.get("bytes") or "")
            if error is not None:
                self.hub.counters["bad_messages"] += 1
                self._errors.append(encode(ErrorMessage(message=error)))
                self.wake.set()

    async def _obey(self, data: str | bytes) -> str | None:
        """Do what the page asks; the sentence to answer with when that cannot be done."""
        if len(data) > MAX_MESSAGE:
            return f"The message is too long; send at most {MAX_MESSAGE} bytes."
        try:
            await self._do(decode(data))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return (
                f"That message was not understood ({error}); docs/reference/wire.md lists what can be sent."
            )
        except ServiceError as error:
            return str(error)
        return None

    async def _do(self, request: Request) -> None:
        desk = self.hub.desk
        if isinstance(request, Seen):
            self._has_seen(request.sequence)
        elif isinstance(request, Select):
            self._selected, self._details = request.id, None
            self._detail(desk.picture())
            self.wake.set()
        else:
            self._may_act()
            await steer_replay(desk, request.action, request.t_s, request.speed)
            self.hub.announce()

    def _may_act(self) -> None:
        person = self.caller.person
        if person is not None and not person.may(Role.OPERATOR):
            raise DeniedError(f"{person.name} is a viewer here; only operators and admins act.")


async def steer_replay(desk: Desk, action: str, t_s: float | None, speed: float | None) -> ReplayState:
    """Check an order to the replay and pass it on; ServiceError in a sentence when it is incomplete."""
    if action == "seek" and t_s is None:
        raise ServiceError("To seek, say where to: give t_s in Unix seconds.")
    if action == "speed" and (speed is None or not 0.0 < speed <= MAX_SPEED):
        raise ServiceError(f"To change the speed, give speed as a factor above 0, at most {MAX_SPEED:g}.")
    return await desk.replay(action, t=None if t_s is None else from_seconds(t_s), speed=speed)
