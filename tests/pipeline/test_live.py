"""Live feeds over real sockets: data, garbage, silence, a broken connection, and the replay of it all."""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np
import pytest

from tests.pipeline.runs import demo, shown, stored
from vedette.clock import NS, wall
from vedette.errors import ConfigError
from vedette.feed import FeedConfig, Reorder
from vedette.pipeline import (
    LiveDesk,
    Pipeline,
    entries,
    file_scans,
    metadata_of,
    open_feeds,
    run_fast,
    run_live,
    site_of,
)
from vedette.pipeline.live import Intake
from vedette.site import Site, load_site
from vedette.store import Recorder, open_recording
from vedette.types import FeedState, Mode, SensorHealth, Status

SLICE = Path(__file__).parents[2] / "src" / "vedette" / "feed" / "samples" / "afr34zg-climb.jsonl.gz"
HEAD = """
[site]
name = "Test field"
latitude = 60.0
longitude = 25.0
height = 40

[[sensor]]
kind = "adsb"
name = "receiver"

[[feed]]
sensor = "receiver"
"""


def site_at(folder: Path, feed: str) -> Site:
    path = folder / "site.toml"
    path.write_text(HEAD + feed)
    return load_site(path)


class Gateway:
    """A TCP server that sends one target's reports as JSON lines, as a home-made sensor would."""

    def __init__(self) -> None:
        self.port = 0
        self.writers: list[asyncio.StreamWriter] = []
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        async def accept(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.writers.append(writer)

        self._server = await asyncio.start_server(accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self.writers:
            writer.close()
        self.writers.clear()

    def send(self, data: bytes) -> None:
        for writer in self.writers:
            writer.write(data)

    def report(self, since_s: float) -> None:
        """60 m/s to the north, 300 m above the ellipsoid."""
        latitude = math.radians(60.0) + 60.0 * since_s / 6.367e6
        line = {
            "kind": "geodetic_velocity",
            "z": [latitude, math.radians(25.01), 300.0, 0.0, 60.0, 0.0],
            "sigma": [10.0, 10.0, 20.0, 1.0, 1.0, 1.0],
            "claims": {"icao24": "4601f6", "callsign": "OHABC"},
        }
        self.send(json.dumps(line).encode() + b"\n")


def run(desk: LiveDesk, visit: Callable[[], Awaitable[None]]) -> None:
    async def both() -> None:
        task = asyncio.create_task(desk.run())
        try:
            await asyncio.wait_for(visit(), 30.0)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    asyncio.run(both())


async def until(condition: Callable[[], bool], meanwhile: Callable[[], None] = lambda: None) -> None:
    while not condition():
        meanwhile()
        await asyncio.sleep(0.05)


def test_a_live_feed_from_socket_to_picture_and_back_from_its_recording(tmp_path: Path) -> None:
    gateway, first, second = Gateway(), tmp_path / "live.mcap", tmp_path / "again.mcap"

    async def visit() -> None:
        gateway.port = port
        await gateway.open()
        loop = asyncio.get_running_loop()
        begin = loop.time()

        def report() -> None:
            gateway.report(loop.time() - begin)

        def health() -> SensorHealth:
            return desk.picture().sensors[0]

        await until(lambda: any(t.status is Status.CONFIRMED for t in desk.picture().tracks), report)
        (track,) = desk.picture().tracks
        assert track.identity["callsign"].value == "OHABC"
        assert track.estimate.x[4] == pytest.approx(60.0, abs=6.0)
        assert abs(wall() - desk.picture().t) < 2 * NS
        assert health().state is FeedState.UP

        gateway.send(b"\xff\x00 garbage\n{}\n")
        await until(lambda: sum(n for k, n in health().counters.items() if k not in KNOWN) >= 2, report)

        await until(lambda: health().state is FeedState.STALE)  # silence
        assert "silent" in health().detail

        await gateway.close()
        await until(lambda: health().state is FeedState.DOWN)
        assert "trying again" in health().detail
        await gateway.open()
        await until(lambda: health().state is FeedState.UP, report)

    KNOWN = {"octets", "connections", "seen", "detections", "used", "looks"}
    port = free_port()
    feed = f"host = '127.0.0.1'\nport = {port}\nstale_s = 0.5\nretry_s = 0.1\n"
    site = site_at(tmp_path, 'transport = "tcp"\nformat = "jsonl"\n' + feed)
    recorder = Recorder(first, metadata_of(site, Mode.LIVE))
    desk = LiveDesk(Pipeline(site, recorder), wall, np.random.default_rng(1))
    assert desk.picture().sensors[0].state is FeedState.CONNECTING
    run(desk, visit)

    recording = open_recording(first)
    assert recording.damage == ""
    raw = {chunk.index: chunk.data for chunk in recording.raw()}
    scans = list(recording.scans())
    assert all(b"geodetic_velocity" in raw[d.raw] for s in scans for d in s.detections)  # type: ignore[index]
    again = Pipeline(site_of(recording), Recorder(second, recording.metadata))
    run_fast(again, entries(recording))
    again.close()
    live = stored(first, "/tracks", "/alerts")
    assert any(b"OHABC" in data for _, data in live)
    assert live == stored(second, "/tracks", "/alerts")


def free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.mark.slow
def test_a_file_feed_gives_what_decoding_the_file_gives(tmp_path: Path) -> None:
    """Two ways through different code: the asynchronous feed, and plain decoding."""
    (tmp_path / "slice.jsonl.gz").write_bytes(SLICE.read_bytes())
    feed = 'transport = "file"\nformat = "beast"\npath = "slice.jsonl.gz"\nspeed = 0\n'
    site = site_at(tmp_path, feed)
    one, other = Pipeline(site), Pipeline(site)
    asyncio.run(run_live(one, open_feeds(one, wall, np.random.default_rng(1)), wall))
    run_fast(other, file_scans(SLICE, "receiver"))
    assert one.tracker.counters["detections"] == 1111
    assert one.tracker.counters["scans"] == other.tracker.counters["scans"]
    assert shown(one.picture) == shown(other.picture)


@pytest.mark.slow
def test_a_file_under_its_recorded_times_is_as_old_as_it_is(tmp_path: Path) -> None:
    """Ages are counted in data time: a file of 2024 is not two years stale."""
    (tmp_path / "slice.jsonl.gz").write_bytes(SLICE.read_bytes())
    feed = 'transport = "file"\nformat = "beast"\npath = "slice.jsonl.gz"\nspeed = 0\n'
    desk = LiveDesk(Pipeline(site_at(tmp_path, feed)), wall, np.random.default_rng(1))

    async def visit() -> None:
        await until(lambda: desk.picture().sensors[0].state is FeedState.ENDED)
        assert 0 <= desk.now() - desk.picture().t < 15 * NS
        assert "AFR34ZG" in desk.picture().sensors[0].origin

    run(desk, visit)


def test_a_tracker_that_cannot_keep_up_is_counted() -> None:
    """What arrives during a long step is stamped late, so nobody may be left in the dark about it."""

    async def busy() -> Intake:
        intake = Intake(Pipeline(demo().site), Reorder())
        ticking = asyncio.create_task(intake.advance(wall))
        await asyncio.sleep(0.01)
        time.sleep(0.5)  # a step of half a second
        await asyncio.sleep(0.2)
        ticking.cancel()
        return intake

    intake = asyncio.run(busy())
    assert intake.pipeline.merged_counters()["intake.overrun"] == 1


def test_a_feed_that_cannot_work_stops_the_start(tmp_path: Path) -> None:
    site = site_at(tmp_path, 'transport = "tcp"\nformat = "beest"\nhost = "127.0.0.1"\nport = 1\n')
    with pytest.raises(ConfigError, match=r"site\.toml.*feed.*did you mean 'beast'"):
        LiveDesk(Pipeline(site), wall, np.random.default_rng(1))


def test_reports_go_on_being_placed_when_the_feed_is_not_recorded(tmp_path: Path) -> None:
    """Without a recorder a report names no raw chunk."""
    site = site_at(tmp_path, 'transport = "tcp"\nformat = "beast"\nhost = "127.0.0.1"\nport = 1\n')
    (feed,) = open_feeds(Pipeline(site), wall, np.random.default_rng(1))
    assert isinstance(feed.config, FeedConfig)
    assert feed._on_raw is None
