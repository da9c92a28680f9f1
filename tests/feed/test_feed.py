"""A feed that is refused, stalls, sends garbage, breaks off and comes back; over real sockets."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.feed.wire_samples import LOOKS, SLICE, detections
from vedette.clock import NS
from vedette.errors import ConfigError
from vedette.feed import Feed, FeedConfig, Look, Relocation
from vedette.feed.format.jsonl import encode
from vedette.feed.transport import recording
from vedette.types import Detection, FeedState, SensorHealth

Session = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
LINES = encode(detections())
QUICK: dict[str, Any] = {"retry_s": 0.02, "retry_max_s": 0.05, "stale_s": 0.1}


def feed(on_raw: Any = None, **keys: Any) -> Feed:
    config = FeedConfig(**{"sensor": "sensor", "transport": "tcp", "format": "jsonl", **QUICK, **keys})
    return Feed(config, clock=time.time_ns, rng=np.random.default_rng(3), on_raw=on_raw)


def health(one: Feed) -> SensorHealth:
    return one.health(time.time_ns())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def serve(session: Session, port: int = 0) -> tuple[asyncio.Server, int]:
    server = await asyncio.start_server(session, "127.0.0.1", port)
    return server, server.sockets[0].getsockname()[1]


async def until(condition: Callable[[], object], seconds: float = 8.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


class Listening:
    """Runs a feed in the background and keeps what it gives."""

    def __init__(self, one: Feed) -> None:
        self.feed, self.reports = one, list[Any]()

    async def _run(self) -> None:
        async for reports, _ in self.feed.stream():
            self.reports += reports

    async def __aenter__(self) -> Listening:
        self.task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


async def talk(writer: asyncio.StreamWriter, octets: bytes, close: bool = True) -> None:
    writer.write(octets)
    await writer.drain()
    if close:
        writer.close()


def test_refused_then_there() -> None:
    async def main() -> None:
        port = free_port()
        async with Listening(feed(host="127.0.0.1", port=port)) as listening:
            await until(lambda: listening.feed.counters().get("failures", 0) >= 2)
            assert health(listening.feed).state is FeedState.DOWN
            assert "trying again in" in health(listening.feed).detail

            async def session(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                await talk(writer, LINES, close=False)
                await reader.read()
                writer.close()

            server, _ = await serve(session, port)
            await until(lambda: len(listening.reports) == 7)
            state = health(listening.feed)
            assert (state.state, state.detections, state.detail) == (FeedState.UP, 7, "")
            assert state.rate == pytest.approx(0.7)
            assert state.kind == "jsonl"
        server.close()

    asyncio.run(main())


def test_breaks_off_and_comes_back_with_its_numbers_going_on() -> None:
    async def main() -> None:
        async def session(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await talk(writer, LINES + LINES[:100])

        server, port = await serve(session)
        async with Listening(feed(host="127.0.0.1", port=port)) as listening:
            await until(lambda: len(listening.reports) >= 21)
            numbers = [report.seq for report in listening.reports]
            assert numbers == list(range(len(numbers)))
            counters = listening.feed.counters()
            assert counters["connections"] >= 3
            assert counters["cut_line"] >= 2, (
                "half a line before the break is not glued to the next connection"
            )
        server.close()

    asyncio.run(main())


def test_garbage_is_counted_and_survived() -> None:
    async def main() -> None:
        async def session(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await talk(writer, b"\x00\xff{}garbage\n" * 50 + LINES, close=False)
            await reader.read()
            writer.close()

        server, port = await serve(session)
        async with Listening(feed(host="127.0.0.1", port=port)) as listening:
            await until(lambda: len(listening.reports) == 7)
            assert listening.feed.counters()["not_a_line"] == 50
            assert health(listening.feed).state is FeedState.UP
        server.close()

    asyncio.run(main())


def test_a_silent_connection_is_stale_and_then_opened_again() -> None:
    async def main() -> None:
        async def session(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await talk(writer, LINES, close=False)
            await reader.read()  # says nothing more until we hang up
            writer.close()

        server, port = await serve(session)
        async with Listening(feed(host="127.0.0.1", port=port)) as listening:
            await until(lambda: health(listening.feed).state is FeedState.UP)
            await until(lambda: health(listening.feed).state is FeedState.STALE)
            assert "silent" in health(listening.feed).detail
            await until(lambda: listening.feed.counters().get("stalls", 0) >= 1)
            await until(lambda: len(listening.reports) >= 14)
        server.close()

    asyncio.run(main())


def test_a_connection_that_is_there_again_but_says_nothing_is_told_in_words() -> None:
    async def main() -> None:
        async def session(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if not listening.reports:
                await talk(writer, LINES, close=False)
            await reader.read()
            writer.close()

        server, port = await serve(session)
        async with Listening(feed(host="127.0.0.1", port=port)) as listening:
            await until(lambda: listening.feed.counters().get("connections", 0) >= 2)
            state = health(listening.feed)
            assert (state.state, state.detail) == (FeedState.DOWN, "connected again, nothing heard yet")
        server.close()

    asyncio.run(main())


def test_a_silent_port_is_stale_but_stays_bound() -> None:
    async def main() -> None:
        one = feed(transport="udp", host="127.0.0.1", port=0)
        async with Listening(one):
            await until(lambda: health(one).state is FeedState.STALE)
            await asyncio.sleep(0.5)  # well over three stale times
            assert health(one).state is FeedState.STALE
            assert one.counters() == {"connections": 1}

    asyncio.run(main())


def test_waits_double_up_to_the_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without waiting: what the feed asks of asyncio.sleep."""
    waits: list[float] = []
    really = asyncio.sleep

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        await really(0)

    async def main() -> None:
        one = feed(host="127.0.0.1", port=free_port(), retry_s=1.0, retry_max_s=8.0)
        monkeypatch.setattr("vedette.feed.feed.asyncio.sleep", sleep)
        async with asyncio.timeout(8):
            task = asyncio.create_task(anext(one.stream()))  # type: ignore[arg-type]
            while len(waits) < 8:
                await really(0.001)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(main())
    middles = [1.0, 2.0, 4.0, 8.0, 8.0, 8.0, 8.0, 8.0]
    assert all(0.5 * m <= wait <= 1.5 * m for wait, m in zip(waits, middles, strict=False))
    assert len(set(waits)) == len(waits), "every wait has its own jitter"


def test_the_recorder_gets_every_octet_and_its_index_is_kept() -> None:
    kept: list[tuple[str, bytes, int]] = []

    def on_raw(name: str, data: bytes, t_rx: int) -> int:
        kept.append((name, data, t_rx))
        return 100 + len(kept)

    reports, one = play(on_raw=on_raw, format="beast", path=str(SLICE))
    assert len(kept) == 11_130
    assert kept[0][0] == "sensor"
    assert all(kept[report.raw - 101][2] == report.t_rx for report in reports)
    assert health(one).state is FeedState.ENDED


def play(on_raw: Any = None, **keys: Any) -> tuple[list[Any], Feed]:
    """A file from beginning to end, as fast as it can be read."""

    async def main() -> tuple[list[Any], Feed]:
        one = feed(on_raw, **{"transport": "file", "speed": 0.0, **keys})
        return [report async for reports, _ in one.stream() for report in reports], one

    return asyncio.run(main())


def test_a_file_is_played_once() -> None:
    reports, one = play(format="beast", path=str(SLICE))
    assert len(reports) == 1111
    state = one.health(reports[-1].t_rx)
    assert state.state is FeedState.ENDED
    assert "AFR34ZG" in state.origin
    assert state.counters["seen"] == 11_130
    assert "detections" in state.counters
    # 1,111 positions in just under 11 minutes.
    assert 0.5 < state.rate < 3.0


def short(folder: Path) -> str:
    """Two minutes of the recording from take-off on."""
    head, chunks = recording.read(SLICE)
    t0 = 1_720_249_160 * NS
    path = folder / "short.jsonl.gz"
    recording.write(path, head, [chunk for chunk in chunks if t0 <= chunk.t_rx < t0 + 120 * NS])
    return str(path)


def test_a_recording_can_be_flown_here_and_now(tmp_path: Path) -> None:
    relocation = Relocation(origin=(49.01, 2.55, 120.0), to=(33.79, 42.44, 190.0))
    before = time.time_ns()
    path = short(tmp_path)
    moved, _ = play(format="beast", path=path, start="now", relocate=relocation)
    plain, _ = play(format="beast", path=path)
    shift = moved[0].t - plain[0].t
    assert 0 <= moved[0].t - before < 30 * NS
    assert all(a.t - b.t == shift and a.t_rx - b.t_rx == shift for a, b in zip(moved, plain, strict=True))
    assert all(0.55 < report.z[0] < 0.62 and report.claims["relocated"] for report in moved)


def test_looks_are_moved_in_time_too(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_bytes(encode(LOOKS))
    looks, _ = play(path=str(path), start="now")
    assert all(isinstance(look, Look) for look in looks)
    assert looks[0].t0 - LOOKS[0].t0 == looks[1].t0 - LOOKS[1].t0 > 0


def test_a_file_that_is_not_there_does_not_come_back() -> None:
    reports, one = play(path="nowhere.jsonl")
    assert reports == []
    assert health(one).state is FeedState.DOWN
    assert "nowhere.jsonl" in health(one).detail


def test_datagrams_stand_alone() -> None:
    """Half a line in one datagram and half in the next is two damaged datagrams, not one line."""

    async def main() -> None:
        one = feed(transport="udp", host="127.0.0.1", port=0)
        async with Listening(one) as listening:
            await until(lambda: getattr(one.transport, "address", None))
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                for part in (LINES[:50], LINES[50:], LINES):
                    sender.sendto(part, one.transport.address)  # type: ignore[attr-defined]
            await until(lambda: one.counters().get("seen", 0) >= 15)
            assert one.counters()["cut_line"] == 1
            assert len(listening.reports) == 13

    asyncio.run(main())


def test_before_anything_happens() -> None:
    state = health(feed(host="127.0.0.1", port=1))
    assert (state.state, state.t_last, state.rate, state.detections) == (FeedState.CONNECTING, None, 0.0, 0)
    assert state.counters == {}


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"transport": "tpc", "host": "h", "port": 1}, "did you mean 'tcp'"),
        ({"format": "beest", "host": "h", "port": 1}, "did you mean 'beast'"),
        ({"format": "quux", "host": "h", "port": 1}, "known are aircraft_json, asterix, beast"),
        ({"host": "h"}, "feed.port.*tcp transport needs it"),
        ({"transport": "file"}, "feed.path"),
        ({"transport": "http"}, "feed.url"),
        ({"host": "h", "port": 70_000}, "70000 is no port"),
        ({"host": "h", "port": 1, "stale_s": 0.0}, "feed.stale_s"),
        ({"transport": "file", "path": "x", "speed": -1.0}, "feed.speed"),
        ({"format": "beast", "host": "h", "port": 1, "options": {"latitud": 1.0}}, "did you mean 'latitude'"),
        ({"format": "beast", "host": "h", "port": 1, "options": {"latitude": "north"}}, "feed.options"),
        ({"format": "jsonl", "host": "h", "port": 1, "options": {"x": 1}}, "no options"),
        (
            {"format": "asterix", "host": "h", "port": 1, "options": {"cat048": "9"}},
            "edition '9' is not known",
        ),
    ],
)
def test_a_table_that_cannot_work_says_what_to_mend(keys: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        feed(**keys)


def test_the_same_recording_gives_the_same_reports(tmp_path: Path) -> None:
    path = short(tmp_path)
    first, _ = play(format="beast", path=path)
    second, _ = play(format="beast", path=path)
    assert len(first) > 100
    for a, b in zip(first, second, strict=True):
        assert isinstance(a, Detection)
        assert (a.key, a.t_rx, a.z.tobytes(), a.R.tobytes()) == (b.key, b.t_rx, b.z.tobytes(), b.R.tobytes())
        assert json.dumps(dict(a.claims)) == json.dumps(dict(b.claims))


def test_bytes_that_make_no_sense_are_no_sign_of_life() -> None:
    """A feed that sends only garbage goes stale in words; the first readable frame brings it up again."""
    from vedette.feed.transport import Chunk

    config = FeedConfig(sensor="rx", transport="tcp", format="beast", host="127.0.0.1", port=1, stale_s=5.0)
    feed = Feed(config, clock=lambda: 0, rng=np.random.default_rng(0))
    feed._t_open = 0
    for k in range(10):
        feed._parse(Chunk(b"\x00\x01garbage" * 20, k * 10**9))
    health = feed.health(9 * 10**9)
    assert health.state is FeedState.STALE
    assert "nothing readable" in health.detail
    assert health.t_last is None
    frame = bytes.fromhex("8D4840D6202CC371C32CE0576098")  # identification, "The 1090 Megahertz Riddle"
    feed._parse(Chunk(b"\x1a3" + bytes(7) + frame + b"\x1a3" + bytes(7) + frame, 10 * 10**9))
    assert feed.health(10 * 10**9).state is FeedState.UP
