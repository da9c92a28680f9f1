"""Fan-out: a slow viewer skips and never falls behind, frames are encoded once, everybody hears the end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import replace

import httpx
import numpy as np
import pytest
from websockets.sync.client import ClientConnection, connect

from tests.server.by_hand import T, alert_of, picture_of, site, track_of
from tests.server.served import HandDesk, Served, served
from vedette.clock import NS
from vedette.server import build_app, view
from vedette.server.hub import Hub
from vedette.types import AlertState, Picture

Running = tuple[HandDesk, Hub, Served]


@pytest.fixture
def running() -> Iterator[Running]:
    desk = HandDesk(site())
    app = build_app(desk, clock=desk.now)
    with served(app) as server:
        yield desk, app.state.hub, server


def big(t: int, count: int = 2000) -> Picture:
    rng = np.random.default_rng(t % 2**32)
    x = rng.normal(size=(count, 6)) * [30e3, 30e3, 2e3, 50, 50, 2]
    return picture_of(*(track_of(i, x=x[i], t=t) for i in range(count)), t=t)


def frame_of(ws: ClientConnection) -> tuple[int, float, int]:
    """(sequence, data time, count) of the next frame."""
    while True:
        data = ws.recv(timeout=5)
        if isinstance(data, bytes):
            _, count, sequence, _, t, _ = struct.unpack_from("<4sIIIdd", data)
            return sequence, t, count


def test_a_page_gets_a_frame_at_once_also_when_nothing_moves(running: Running) -> None:
    _, _, server = running
    with connect(server.ws) as ws:
        _, t, count = frame_of(ws)
        assert (t, count) == (T / NS, 2)


def test_frames_come_five_times_a_second_at_most_and_the_newest_wins(running: Running) -> None:
    desk, hub, server = running
    with connect(server.ws) as ws:
        frame_of(ws)
        begin, seen = time.monotonic(), []
        for n in range(1, 151):  # a hundred pictures a second
            desk.show(picture_of(track_of(1), t=T + n * NS // 100))
            time.sleep(0.01)
        took = time.monotonic() - begin
        while not seen or seen[-1] < (T + 150 * NS // 100) / NS:
            seen.append(frame_of(ws)[1])
        assert len(seen) <= took * 5 + 3
        assert seen == sorted(seen)
        assert hub.counters["frames_encoded"] < 150


def test_the_delay_from_picture_to_page_is_kept_for_every_viewer() -> None:
    desk, now = HandDesk(site()), [T]
    app = build_app(desk, clock=lambda: now[0])
    hub: Hub = app.state.hub
    with served(app) as server, connect(server.ws) as one, connect(server.ws) as other:
        assert frame_of(one)[1] == frame_of(other)[1] == T / NS
        assert not hub.delays  # the picture was older than the viewers
        now[0] = T + 3 * NS
        desk.show(picture_of(track_of(1), t=T + 2 * NS))
        for ws in (one, other):
            while frame_of(ws)[1] < T / NS + 2:
                pass
        while len(hub.delays) < 2:
            time.sleep(0.01)
        assert list(hub.delays) == [1.0, 1.0]
        text = httpx.get(f"{server.url}/metrics").text
        assert 'vedette_frame_delay_seconds{quantile="0.99"} 1.0' in text


def test_who_says_what_it_has_seen_is_sent_no_more_than_it_takes_up(running: Running) -> None:
    desk, hub, server = running

    def show(n: int) -> None:
        sequence = hub.sequence
        desk.show(picture_of(track_of(1), t=T + n * NS))
        while hub.sequence == sequence:
            time.sleep(0.005)

    with connect(server.ws) as ws, connect(server.ws) as other:
        first = frame_of(ws)[0]
        ws.send(json.dumps({"type": "seen", "sequence": first}))
        ws.send('{"type": "select", "id": 9}')  # unknown: answered with nothing
        ws.send('{"type": "replay", "action": "play"}')
        while "error" not in str(ws.recv(timeout=5)):
            pass  # so it has read what came before
        for n in range(1, 8):
            show(n)
        newest = (T + 7 * NS) / NS
        while frame_of(other)[1] < newest:  # who says nothing gets them all
            pass
        (one, t_one, _), (two, t_two, _) = frame_of(ws), frame_of(ws)
        assert t_two < newest
        before = hub.counters["frames_skipped"]
        ws.send(json.dumps({"type": "seen", "sequence": one}))
        assert frame_of(ws)[1] == newest
        assert hub.counters["frames_skipped"] > before
        ws.send(json.dumps({"type": "seen", "sequence": two + 100}))  # of one that was never sent
        assert t_one < t_two


def test_a_frame_is_encoded_once_for_all_viewers(running: Running) -> None:
    desk, hub, server = running
    with contextlib.ExitStack() as pages:
        viewers = [pages.enter_context(connect(server.ws)) for _ in range(5)]
        for ws in viewers:
            frame_of(ws)
        before = dict(hub.counters)
        desk.show(picture_of(track_of(1), t=T + NS))
        for ws in viewers:
            while frame_of(ws)[1] < T / NS + 1:
                pass
        assert hub.counters["frames_encoded"] - before["frames_encoded"] == 1
        assert hub.counters["frames_sent"] - before["frames_sent"] == 5


def test_nothing_is_encoded_when_nobody_watches(running: Running) -> None:
    desk, hub, _ = running
    desk.show(picture_of(track_of(1), t=T + NS))
    time.sleep(0.3)
    assert hub.counters["frames_encoded"] == 0


def open_socket(server: Served) -> socket.socket:
    """A WebSocket client that will not read: raw, with a small receive buffer."""
    wire = socket.socket()
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    wire.connect((server.host, server.port))
    wire.sendall(
        f"GET /ws HTTP/1.1\r\nHost: {server.host}:{server.port}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    return wire


def read_frames(wire: socket.socket, seconds: float) -> list[float]:
    """Data times of the binary frames that arrive within so many seconds."""
    buffer, times, end = bytearray(), [], time.monotonic() + seconds
    wire.settimeout(0.2)
    while time.monotonic() < end:
        try:
            data = wire.recv(1 << 20)
        except TimeoutError:
            continue
        buffer += data
        at = buffer.find(b"\r\n\r\n")
        if at >= 0 and buffer.startswith(b"HTTP"):
            del buffer[: at + 4]
        while (message := take_message(buffer)) is not None:
            opcode, body = message
            if opcode == 2:
                times.append(struct.unpack_from("<d", body, 16)[0])
    return times


def take_message(buffer: bytearray) -> tuple[int, bytes] | None:
    """One unmasked WebSocket message (RFC 6455 §5.2) off the front, when it is whole."""
    if len(buffer) < 2:
        return None
    size, start = buffer[1] & 0x7F, 2
    if size == 126:
        size, start = int.from_bytes(buffer[2:4]), 4
    elif size == 127:
        size, start = int.from_bytes(buffer[2:10]), 10
    if len(buffer) < start + size:
        return None
    opcode, body = buffer[0] & 0x0F, bytes(buffer[start : start + size])
    del buffer[: start + size]
    return opcode, body


@pytest.mark.slow
def test_a_viewer_that_stalls_skips_to_the_newest(running: Running) -> None:
    """It does not read for some seconds while 2,000 tracks move; others are not held up, and it jumps."""
    desk, hub, server = running
    wire = open_socket(server)
    with wire, connect(server.ws) as other:
        frame_of(other)
        pictures = [big(T + n * NS // 5) for n in range(1, 4)]
        for n in range(1, 16):
            t = T + n * NS // 5
            desk.show(Picture(**{**fields(pictures[n % 3]), "t": t}))
            while frame_of(other)[1] < t / NS:
                pass
        last = T + 3 * NS
        times = read_frames(wire, 1.0)
        assert times[-1] == last / NS
        assert times == sorted(times)
        assert len(times) < 12, "it was sent everything it missed"
        assert hub.counters["frames_skipped"] > 3


def fields(picture: Picture) -> dict[str, object]:
    return {name: getattr(picture, name) for name in picture.__slots__}


def test_trouble_with_the_log_is_told_at_once() -> None:
    well = picture_of(track_of(7))
    assert view.signature(replace(well, log_trouble="It cannot be written.")) != view.signature(well)


def test_an_alert_is_told_at_once(running: Running) -> None:
    """Not at the next heartbeat, which may be a second away."""
    desk, _, server = running
    with connect(server.ws) as ws:
        while "status" not in str(ws.recv(timeout=5)):
            pass
        closed = alert_of(state=AlertState.CLOSED)
        begin = time.monotonic()
        desk.show(picture_of(track_of(7), alerts=(closed,), t=T + NS))
        while True:
            data = ws.recv(timeout=5)
            if isinstance(data, str) and '"closed"' in data:
                break
        assert time.monotonic() - begin < 0.5


@pytest.mark.slow
def test_the_heartbeat_goes_on_without_data(running: Running) -> None:
    _, _, server = running
    with connect(server.ws) as ws:
        times: list[float] = []
        while len(times) < 4:
            data = ws.recv(timeout=5)
            if isinstance(data, str) and json.loads(data)["type"] == "status":
                times.append(time.monotonic())
        assert times[-1] - times[1] == pytest.approx(2.0, abs=0.3)


def test_everybody_is_told_of_the_end(running: Running) -> None:
    _, hub, server = running
    with connect(server.ws) as ws, connect(server.ws) as other:
        server.stop()
        for viewer in (ws, other):
            *_, last = viewer  # ends without an error when the connection was closed in order
            assert json.loads(str(last)) == {"type": "bye", "reason": "The server was stopped."}
            assert viewer.close_code == 1001
    assert hub.viewers == []


def test_pages_come_and_go(running: Running) -> None:
    _, hub, server = running
    for _ in range(5):
        with connect(server.ws) as ws:
            frame_of(ws)
    wire = open_socket(server)
    wire.close()  # without any goodbye
    end = time.monotonic() + 3
    while hub.viewers and time.monotonic() < end:
        time.sleep(0.01)
    assert hub.viewers == []


def test_what_stops_the_desk_stops_the_server() -> None:
    desk = HandDesk(site())
    app = build_app(desk, clock=desk.now)
    with served(app) as server:
        desk.fault = RuntimeError("the tracker broke")
        end = time.monotonic() + 5
        while app.state.failure is None and time.monotonic() < end:
            time.sleep(0.01)
        assert str(app.state.failure) == "the tracker broke"
        assert server.ended(10.0)


def test_statuses_end_with_the_hub() -> None:
    async def listen() -> int:
        desk = HandDesk(site())
        hub = Hub(desk, desk.now)
        hub.announce()
        heard = 0
        async for _ in hub.statuses():
            heard += 1
            if heard == 1:
                hub.announce()
            else:
                await hub.close("enough", patience=0.0)
        return heard

    assert asyncio.run(asyncio.wait_for(listen(), 5)) == 2
