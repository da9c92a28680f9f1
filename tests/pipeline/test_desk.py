"""Desks on a real event loop: the web side stays free, people's acts get through, an end is an end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from itertools import islice
from pathlib import Path

import pytest

from tests.pipeline.runs import BEGIN, demo, drive, recorded, shown
from vedette.clock import NS, wall
from vedette.errors import ServiceError
from vedette.pipeline import Desk, PacedDesk, Pipeline, ReplayDesk, Replayer, run_fast, run_paced, site_of
from vedette.server import Desk as DeskProtocol
from vedette.store import Recording, open_recording
from vedette.types import AlertState, FeedState, Mode, Picture
from vedette.types.acts import Acknowledge


def run(desk: Desk, visit: Callable[[], Awaitable[None]]) -> None:
    """Run a desk, visit it, end it."""

    async def both() -> None:
        task = asyncio.create_task(desk.run())
        try:
            await asyncio.wait_for(visit(), 20.0)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    asyncio.run(both())


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    while not condition():
        await asyncio.sleep(0.005)


def paced(path: Path | None = None, *, speed: float = 40.0, scans: int = 400) -> PacedDesk:
    show = demo()
    pipeline = Pipeline(show.site, None if path is None else recorded(path, show), mode=Mode.DEMO)
    return PacedDesk(pipeline, islice(show.scans(), scans), wall, speed=speed, simulated=show.simulated)


def test_a_paced_run_gives_the_pictures_of_a_fast_one() -> None:
    show = demo()
    slow, fast = Pipeline(show.site), Pipeline(show.site)
    asyncio.run(run_paced(slow, islice(show.scans(), 60), wall, speed=60.0))
    run_fast(fast, islice(show.scans(), 60))
    assert shown(slow.picture) == shown(fast.picture)


@pytest.mark.slow
def test_the_pace_is_kept() -> None:
    async def visit() -> None:
        await until(lambda: desk.picture().counters.get("pipeline.pictures", 0) > 0)
        began, t = time.monotonic(), desk.picture().t
        await asyncio.sleep(0.5)
        passed = (desk.picture().t - t) / NS / (time.monotonic() - began)
        assert 20.0 * 0.7 < passed < 20.0 * 1.3
        assert abs(desk.now() - desk.picture().t) < 3 * NS

    desk = paced(speed=20.0)
    run(desk, visit)


def test_a_slow_tracker_does_not_hold_up_the_web() -> None:
    class Slow:
        def write(self, picture: Picture) -> None:
            time.sleep(0.15)

        def close(self) -> None:
            pass

    async def visit() -> None:
        """Four pictures take the sink 0.6 s; a loop that waited for it would turn a handful of times."""
        turns, seen = 0, len(told)
        while len(told) < seen + 4:
            await asyncio.sleep(0.001)
            turns += 1
        assert turns > 40

    told: list[Picture] = []
    desk = paced(speed=5.0)
    desk.pipeline.sinks.append(Slow())
    desk.listen(told.append)
    run(desk, visit)


def test_the_listener_is_told_on_the_webs_thread_of_the_newest_only() -> None:
    async def visit() -> None:
        here = asyncio.get_running_loop()
        desk.listen(lambda picture: told.append((asyncio.get_running_loop() is here, picture.t)))
        for _ in range(5):  # the web's thread is busy: pictures pile up behind it
            time.sleep(0.1)
            await asyncio.sleep(0)
        await until(lambda: desk.picture().sensors[0].state is FeedState.ENDED)
        assert all(on_web for on_web, _ in told)
        times = [t for _, t in told]
        assert times == sorted(times)

    told: list[tuple[bool, int]] = []
    desk = paced(speed=1000.0)
    run(desk, visit)
    assert len(told) < desk.pipeline.counters["pictures"]


def test_an_acknowledgement_goes_through_and_is_recorded(tmp_path: Path) -> None:
    async def visit() -> None:
        await until(lambda: bool(desk.picture().alerts))
        worst = desk.picture().alerts[0]
        done = await desk.act(Acknowledge(alert=worst.id, by="Duty officer", note="seen"))
        assert done.alert is not None
        assert done.alert.state is AlertState.ACKNOWLEDGED
        await until(
            lambda: any(
                a.id == worst.id and a.state is AlertState.ACKNOWLEDGED for a in desk.picture().alerts
            )
        )
        with pytest.raises(ServiceError, match="no alert"):
            await desk.act(Acknowledge(alert="none", by="Duty officer"))
        with pytest.raises(ServiceError, match="Nothing is being replayed"):
            await desk.replay("play")

    desk = paced(tmp_path / "run.mcap", speed=60.0)
    run(desk, visit)
    recording = open_recording(tmp_path / "run.mcap")
    assert recording.damage == ""  # ending the desk sealed it
    (act,) = recording.acts()
    assert act.act["by"] == "Duty officer"


def test_after_the_end_the_picture_stays_and_says_so() -> None:
    async def visit() -> None:
        await until(lambda: all(s.state is FeedState.ENDED for s in desk.picture().sensors))
        assert desk.now() == desk.picture().t

    desk = paced(speed=1000.0, scans=50)
    run(desk, visit)


def test_what_stops_the_work_stops_the_desk() -> None:
    def broken() -> object:
        yield from islice(demo().scans(), 5)
        raise ServiceError("The source broke. Mend it.")

    show = demo()
    desk = PacedDesk(Pipeline(show.site), broken(), wall, speed=1000.0)  # type: ignore[arg-type]
    with pytest.raises(ServiceError, match="The source broke"):
        asyncio.run(asyncio.wait_for(desk.run(), 10.0))


def test_desks_are_what_the_server_wants() -> None:
    desk: DeskProtocol = paced()
    assert desk.picture().t > 0  # before any data: the time of now, not of 1970
    assert desk.picture().tracks == ()


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    path = tmp_path_factory.mktemp("desk") / "run.mcap"
    show = demo()
    drive(Pipeline(show.site, recorded(path, show)), show, 40.0, ack_at=30.0)
    return open_recording(path)


def test_a_replay_is_played_paused_sought_and_sped_up(recording: Recording) -> None:
    straight = Replayer(Pipeline(site_of(recording), mode=Mode.REPLAY), recording)
    target = BEGIN + 35 * NS
    while not straight.advance(target):
        pass

    async def visit() -> None:
        await until(lambda: desk.picture().counters.get("pipeline.pictures", 0) > 5)
        state = await desk.replay("pause")
        assert not state.playing
        await desk.replay("seek", t=target)
        await until(lambda: desk.picture().t == straight.pipeline.picture.t)
        assert shown(desk.picture()) == shown(straight.pipeline.picture)
        await desk.replay("seek", t=BEGIN + 3 * NS)
        await until(lambda: desk.picture().t <= BEGIN + 3 * NS)
        await asyncio.sleep(0.1)
        assert desk.picture().t <= BEGIN + 3 * NS
        assert (await desk.replay("speed", speed=50.0)).speed == 50.0
        await desk.replay("play")
        await until(lambda: desk.picture().t > BEGIN + 10 * NS)
        await desk.replay("live")
        await until(lambda: not desk.replay_state().playing)
        assert desk.picture().t > recording.t_end - NS
        assert (await desk.replay("play")).playing  # at the end: from the begin again
        await until(lambda: desk.picture().t < BEGIN + 35 * NS)
        await until(lambda: desk.picture().replay is not None and len(desk.picture().replay.marks) >= 2)  # type: ignore[union-attr]
        with pytest.raises(ServiceError, match="This is a replay"):
            await desk.act(Acknowledge(alert="1-Inner-1", by="Duty officer"))
        with pytest.raises(ServiceError, match="cannot seek"):
            await desk.replay("seek")

    desk = ReplayDesk.of(recording, wall, speed=20.0)
    assert desk.simulated == {"North radar"}
    assert desk.picture().mode is Mode.REPLAY
    run(desk, visit)
