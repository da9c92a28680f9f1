"""The whole way: a real pipeline behind a real server, seen and steered over the wire."""

from __future__ import annotations

import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect

from tests.pipeline.runs import BEGIN, demo, drive, recorded
from tests.server.served import served
from vedette.clock import NS, wall
from vedette.pipeline import PacedDesk, Pipeline, ReplayDesk, warm_up
from vedette.server import build_app
from vedette.store import open_recording
from vedette.types import Mode


def until(ask: Callable[[], Any], good: Callable[[Any], bool], patience: float = 15.0) -> Any:
    """Ask again and again until the answer is good."""
    end = time.monotonic() + patience
    while not good(answer := ask()):
        assert time.monotonic() < end, f"still {answer}"
        time.sleep(0.05)
    return answer


def test_the_demo_is_seen_and_its_alert_acknowledged(tmp_path: Path) -> None:
    show = demo()
    pipeline = Pipeline(
        show.site, recorded(tmp_path / "run.mcap", show), mode=Mode.DEMO, origins=show.origins()
    )
    desk = PacedDesk(pipeline, show.scans(), wall, speed=20.0, simulated=show.simulated)
    with served(build_app(desk, clock=wall)) as server:

        def get(path: str) -> Any:
            return httpx.get(f"{server.url}/api/{path}").json()

        worst = until(lambda: get("alerts")["alerts"], bool)[0]
        act = {"act": "acknowledge", "alert": worst["id"], "by": "Duty officer"}
        answer = httpx.post(f"{server.url}/api/acts", json=act)
        assert answer.json()["alert"]["state"] == "acknowledged"
        named = until(lambda: get("tracks")["tracks"], lambda tracks: any(t["identity"] for t in tracks))
        assert any(t["identity"].get("callsign", {}).get("value") == "AFR34ZG" for t in named)
        until(lambda: get("health")["status"], lambda status: status == "ok")
        origins = {s["sensor"]: s["origin"] for s in get("sensors")["sensors"]}
        assert origins["North radar"].startswith("simulated")
        assert "moved to this site" in origins["ADS-B"]
        with connect(server.ws) as ws:
            frame = next(data for data in ws if isinstance(data, bytes))
        flags = {frame[32 + 100 * i + 5] for i in range(struct.unpack_from("<I", frame, 4)[0])}
        assert flags <= {1, 2}
        assert {1, 2} <= flags  # the real one names itself, the others are simulated
    recording = open_recording(tmp_path / "run.mcap")  # the end of the server sealed it
    assert recording.damage == ""
    assert [act.act["by"] for act in recording.acts()] == ["Duty officer"]


@pytest.mark.slow
@pytest.mark.parametrize("seek_s", [5.0, 25.0])
def test_a_replay_is_sought_over_the_wire(tmp_path: Path, seek_s: float) -> None:
    show = demo()
    list(warm_up(show.site))
    drive(Pipeline(show.site, recorded(tmp_path / "run.mcap", show)), show, 30.0)
    desk = ReplayDesk.of(open_recording(tmp_path / "run.mcap"), wall, speed=4.0)
    with served(build_app(desk, clock=wall)) as server:
        until(lambda: httpx.get(f"{server.url}/api/health").json()["tracks"], bool)
        for order in ({"action": "pause"}, {"action": "seek", "t_s": BEGIN / NS + seek_s}):
            assert httpx.post(f"{server.url}/api/replay", json=order).status_code == 200

        def place() -> float:
            return float(httpx.get(f"{server.url}/api/tracks").json()["t_s"]) - BEGIN / NS

        def rests(t: float) -> bool:
            """The play-head is where it was sent, and nothing moves any more."""
            time.sleep(0.3)
            return seek_s - 1.2 < t <= seek_s and place() == t

        until(place, rests)
        health = httpx.get(f"{server.url}/api/health").json()
        assert (health["mode"], health["status"]) == ("replay", "ok")
