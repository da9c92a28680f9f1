"""The look ahead in its own process: it follows the pictures, never holds them up, comes and goes well."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

import vedette
from tests.pipeline.runs import BEGIN, demo, drive, recorded
from vedette.assess.outlook import followed
from vedette.clock import NS
from vedette.pipeline import LookAhead, PacedDesk, Pipeline, entries, run_fast, site_of, warm_up
from vedette.pipeline.outlook_process import Ahead
from vedette.site import Site
from vedette.store import open_recording
from vedette.types import Mode, Outlook, Picture

PATIENCE = 90.0  # the process may have to compile
pytestmark = pytest.mark.timeout(200)


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture(scope="module")
def pictures() -> list[Picture]:
    """Those of the demo's first 30 s."""
    pipeline = Pipeline(demo().site)
    seen: list[Picture] = []
    pipeline.sinks.append(type("Seen", (), {"write": lambda _, p: seen.append(p), "close": lambda _: None})())
    run_fast(pipeline, demo().scans(), until=BEGIN + 30 * NS)
    return seen


@contextmanager
def looking(**more: object) -> Iterator[LookAhead]:
    ahead = LookAhead(demo().site, **more)  # type: ignore[arg-type]
    try:
        yield ahead
    finally:
        ahead.close()


def outlook_of(ahead: LookAhead, picture: Picture) -> Outlook:
    ahead.write(picture)
    until(lambda: (found := ahead.newest(picture.t)) is not None and found.t == picture.t)
    found = ahead.newest(picture.t)
    assert found is not None
    return found


@pytest.mark.slow
def test_a_picture_becomes_an_outlook_and_always_the_same_one(pictures: list[Picture]) -> None:
    with looking() as ahead:
        found = outlook_of(ahead, pictures[-1])
        assert (found.futures, found.horizon_s) == (500, 600.0)
        assert [asset.asset for asset in found.assets] == [asset.name for asset in demo().site.assets]
        assert max(asset.probability for asset in found.assets) > 0.1  # two drones are on their way
        assert ahead.newest(pictures[-1].t - 1) is None  # after a step back in a replay
        assert ahead.newest(pictures[-1].t + 601 * NS) is None
    with looking() as again:
        assert outlook_of(again, pictures[-1]) == found
        assert outlook_of(again, pictures[-11]) != found


def test_it_is_taken_once_in_every_interval_of_data_time(pictures: list[Picture]) -> None:
    every = demo().site.outlook.every_s
    with looking(command=(sys.executable, "-c", "import time; time.sleep(600)")) as ahead:
        for picture in pictures:
            ahead.write(picture)
        offered = len({int(picture.t / NS // every) for picture in pictures})
        assert ahead.counters["skipped"] == offered - 1  # it never answers: each gives way to the next
        assert ahead.counters["made"] == 0


@pytest.mark.slow
def test_when_the_process_dies_it_is_started_again(pictures: list[Picture]) -> None:
    with looking(pause=0.01) as ahead:
        outlook_of(ahead, pictures[-20])
        first = ahead.process
        assert first is not None
        os.kill(first.pid, signal.SIGKILL)
        ahead.write(pictures[0])  # which notices
        until(lambda: ahead.counters["restarts"] == 1)
        assert outlook_of(ahead, pictures[-1]).t == pictures[-1].t
        assert ahead.counters["made"] == 2
    assert ahead.process is not None
    assert ahead.process.returncode == -signal.SIGKILL


def test_one_that_cannot_start_is_tried_again_and_again_and_holds_nobody_up(pictures: list[Picture]) -> None:
    with looking(command=(sys.executable, "-c", "raise SystemExit(1)"), pause=0.01) as ahead:
        ahead.write(pictures[0])
        until(lambda: ahead.counters["restarts"] >= 3)
        ahead.write(pictures[-1])
        assert ahead.newest(pictures[-1].t) is None


PARENT = """
import sys, time
from tests.pipeline.runs import demo
from vedette.pipeline import LookAhead
from vedette.types import Mode, Picture
ahead = LookAhead(demo().site)
ahead.write(Picture(t=10**18, t_made=0, mode=Mode.DEMO, tracks=(), alerts=(), sensors=()))
while ahead.newest(10**18) is None:
    time.sleep(0.01)
print(ahead.process.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.slow
def test_it_ends_with_the_program_however_that_ends() -> None:
    root = Path(vedette.__file__).parents[2]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(root / "src"), str(root)])}
    command = [sys.executable, "-c", PARENT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=root) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        os.kill(pid, 0)
        parent.kill()
    until(lambda: gone(pid))


def gone(pid: int) -> bool:
    """No such process, or one that has ended and waits for whoever adopted it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.mark.slow
def test_it_stands_back_behind_everything_else(pictures: list[Picture]) -> None:
    with looking() as ahead:
        outlook_of(ahead, pictures[-1])
        assert ahead.process is not None
        assert os.getpriority(os.PRIO_PROCESS, ahead.process.pid) > os.getpriority(os.PRIO_PROCESS, 0)


def test_a_desk_looks_ahead_when_told_to_and_shows_it_in_its_picture() -> None:
    show = demo()
    list(warm_up(show.site))
    desk = PacedDesk(Pipeline(show.site, mode=Mode.DEMO), show.scans(), time.time_ns)
    assert desk.picture().outlook is None
    desk.look_ahead()
    desk.look_ahead()  # once is enough
    assert desk.ahead is not None
    run_fast(desk.pipeline, show.scans(), until=show.begin + 30 * NS)
    until(lambda: desk.picture().outlook is not None)
    assert "outlook.skipped" in desk.pipeline.merged_counters()
    desk.pipeline.close()
    assert desk.ahead.process is not None
    assert desk.ahead.process.poll() is not None


def test_a_site_can_do_without() -> None:
    show = demo()
    file = show.site.file
    off = replace(
        show.site, file=type(file)(**{**fields(file), "outlook": type(file.outlook)(enabled=False)})
    )
    desk = PacedDesk(Pipeline(off), show.scans(), time.time_ns)
    desk.look_ahead()
    assert desk.ahead is None


def fields(struct: object) -> dict[str, object]:
    return {name: getattr(struct, name) for name in struct.__struct_fields__}  # type: ignore[attr-defined]


def looked(site: Site, picture: Picture) -> Outlook:
    """The same as the process, in this one."""
    rates = {name: sensor.report_rate for name, sensor in site.sensors.items() if not sensor.looks}
    now = followed(picture.t, picture.tracks, picture.alerts, site.alert, site.outlook, site.frame, rates)
    return Ahead(site).look(now)


@pytest.mark.slow
def test_the_process_says_what_its_parts_say(pictures: list[Picture]) -> None:
    """Nothing of the outlook depends on where it is made."""
    with looking() as ahead:
        assert outlook_of(ahead, pictures[-1]) == looked(demo().site, pictures[-1])


def test_a_replay_shows_the_same_outlook(tmp_path: Path) -> None:
    show = demo()
    live = Pipeline(show.site, recorded(tmp_path / "run.mcap", show))
    drive(live, show, 30.0, ack_at=25.0)
    recording = open_recording(tmp_path / "run.mcap")
    again = Pipeline(site_of(recording), mode=Mode.REPLAY)
    run_fast(again, entries(recording))
    again.close()
    assert again.picture.t == live.picture.t
    found = looked(again.site, again.picture)
    assert found == looked(live.site, live.picture)
    assert any(asset.probability > 0.0 for asset in found.assets)
