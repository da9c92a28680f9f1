"""The main job, run as a user or a script runs it: from bytes and truth to tracks and a warning in time."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
import urllib.request
from typing import Any

import pytest

from tests.cli.conftest import ROOT, Figures
from vedette.errors import RecordingError
from vedette.study.consistency import PLACING

DEMO = ("demo", "--headless", "--seconds", 30)


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """What a script gets of the demo."""
    command = [sys.executable, "-m", "vedette.cli", *map(str, DEMO), "--json"]
    environment = {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert len(done.stdout.splitlines()) == 1, "scripts read one JSON object and nothing else"
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_demo_warns_in_time(told: dict[str, Any]) -> None:
    """Two drones fly 19 km at 45 to 50 m/s, so they need more than six minutes; an airliner climbs out."""
    assert told["detections"] > 60  # each of the three about once a second
    assert told["confirmed_tracks"] == 3
    assert told["alerts"] >= 1
    assert 300 < told["warning_time_s"] < 420
    assert told["first_alert"]["platform"].startswith("drone")


def test_the_warning_time_is_the_truths(told: dict[str, Any]) -> None:
    """From the scenario file alone: the drones' ways are 18 to 20.5 km long, their speed is 45 to 50 m/s."""
    arrival = told["first_alert"]["after_s"] + told["warning_time_s"]
    assert 18_000 / 50 < arrival < 20_500 / 45


def test_the_same_seed_gives_the_same_figures(figures: Figures, told: dict[str, Any]) -> None:
    assert figures(*DEMO) == told


def test_another_seed_is_another_night(figures: Figures) -> None:
    one = figures("simulate", "two-drones", "--seconds", 15, "--seed", 1)
    two = figures("simulate", "two-drones", "--seconds", 15, "--seed", 2)
    assert (one["seed"], two["seed"]) == (1, 2)
    assert one["first_alert"] != two["first_alert"] or one["detections"] != two["detections"]


def test_a_recording_replays_to_the_same_figures(figures: Figures) -> None:
    made = figures("simulate", "two-drones", "--seconds", 20, "--out", "night.mcap")
    played = figures("replay", "night.mcap", "--headless")
    for name in ("detections", "confirmed_tracks", "alerts"):
        assert played[name] == made[name]
    assert not played["damage"]
    with pytest.raises(RecordingError, match="exists already"):
        figures("simulate", "two-drones", "--seconds", 20, "--out", "night.mcap")


@pytest.mark.slow
def test_the_page_comes_up_with_tracks() -> None:
    """A real server in a process of its own, asked over HTTP, ended as a user ends it."""
    command = [sys.executable, "-m", "vedette.cli", "demo", "--port", "0", "--no-browser", "--speed", "10"]
    server = subprocess.Popen(
        command,
        env={"PYTHONPATH": str(ROOT / "src")},
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        address = next(found[0] for line in server.stderr if (found := re.findall(r"http://\S+", line)))
        tracks: list[dict[str, Any]] = []
        for _ in range(100):
            with urllib.request.urlopen(f"{address}api/tracks", timeout=5) as answer:
                tracks = json.load(answer)["tracks"]
            if sum(track["status"] == "confirmed" for track in tracks) >= 3:
                break
            time.sleep(0.1)
        names = {track["identity"].get("callsign", {}).get("value") for track in tracks}
        assert "AFR34ZG" in names
        assert len(tracks) >= 3
    finally:
        server.send_signal(signal.SIGINT)
        out, err = server.communicate(timeout=20)
    assert server.returncode in (0, 130)
    assert not out
    assert "Traceback" not in err


def test_the_benchmark_times_every_stage(figures: Figures) -> None:
    found = figures("bench", "pipeline", "--targets", 30, "--seconds", 15)
    assert found["detections"] > 500
    assert found["confirmed_tracks"] >= 20
    shares = {name: value for name, value in found.items() if name.startswith("share_")}
    assert {"share_read", "share_track", "share_assess", "share_record"} <= set(shares)
    assert sum(shares.values()) == pytest.approx(1.0, abs=0.05)


@pytest.mark.slow
def test_every_kind_of_sensor_is_asked_for_its_consistency(figures: Figures) -> None:
    found = figures("bench", "consistency", "--runs", 1, "--seconds", 12)["sensors"]
    assert {one["sensor"] for one in found} == set(PLACING)
    assert {one["motion"] for one in found} == {"single", "imm"}
    assert all(0.3 < one["nees_factor"] < 2.0 for one in found)


@pytest.mark.slow
def test_the_oracles_are_met(figures: Figures) -> None:
    """What the literature's own implementations give on the same plots (docs/tracker.md)."""
    found = figures("bench", "oracles")
    assert found["w15_gospa"] == pytest.approx(3.1966, abs=0.0005)
    assert found["vo12_ospa"] == pytest.approx(11.42, abs=0.03)
    assert found["vo12_uniform_ospa"] == pytest.approx(15.09, abs=0.05)
    moved = figures("bench", "oracles", "--seed-offset", 50)
    assert moved["w15_gospa"] != found["w15_gospa"]
