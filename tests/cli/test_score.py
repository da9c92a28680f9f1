"""`vedette score`: what the checker runs, what people read, and what cannot be scored."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Figures, Vedette
from vedette.errors import RecordingError
from vedette.store import open_recording


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of two-drones: some seven minutes."""
    from vedette.cli.rehearsal import rehearse

    path = tmp_path_factory.mktemp("score") / "night.mcap"
    rehearse("two-drones", out=path, seed=3, seconds=None, quiet=True)
    return path


def test_the_figures_of_a_night(figures: Figures, night: Path) -> None:
    found = figures("score", night)
    assert found["truths"] == found["confirmed"] == 2
    assert set(found["warning_time_s"]) == {"drone 1", "drone 2"}
    assert min(found["warning_time_s"].values()) >= 180
    assert found["false_alerts"] == 0
    assert (found["missed"], found["late"]) == ([], [])
    assert 0 < found["rms_gospa"] < found["gospa"]["cutoff_m"]
    parts = [found["gospa"][part] ** 2 for part in ("localisation_m", "missed_m", "false_m")]
    assert abs(sum(parts) - found["rms_gospa"] ** 2) < 1e-6 * found["rms_gospa"] ** 2
    assert 0 <= found["nees_in_bounds"] <= 1
    assert found["scenario"] == "two-drones"
    assert found["seed"] == "3"
    for one in found["platforms"].values():
        assert one["confirmed_after_s"] <= one["alert_after_s"]


def test_every_rule_is_scored_for_itself(figures: Figures, night: Path) -> None:
    found = figures("score", str(night), "--json")
    rules = found["rules"]
    assert set(rules) >= {"Inner", "Outer"}
    assert sum(rule["alerts"] for rule in rules.values()) == found["alerts"]
    assert sum(rule["false"] for rule in rules.values()) == found["false_alerts"]
    assert all(set(found["missed"]) <= set(rule["missed"]) for rule in rules.values())
    assert rules["Outer"]["alerts_per_h"] == pytest.approx(rules["Outer"]["alerts"] / found["hours"])


def test_the_warning_is_the_one_that_simulate_tells(figures: Figures, night: Path) -> None:
    """`simulate` says it of the first alert alone, from the world and not from the recording."""
    told = figures("simulate", "two-drones", "--seed", "3", "--seconds", "30")
    first = told["first_alert"]["platform"]
    assert abs(figures("score", night)["warning_time_s"][first] - told["warning_time_s"]) < 0.01


def test_a_table_for_people(vedette: Vedette, night: Path) -> None:
    done = vedette("score", night)
    assert done.returncode == 0
    assert "drone 2" in done.stdout
    assert "rms gospa" in done.stdout
    assert max(map(len, done.stdout.splitlines())) < 110


@pytest.mark.slow
def test_pictures(figures: Figures, night: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    figures("score", night, "--plots", tmp_path / "pictures")
    drawn = sorted((tmp_path / "pictures").iterdir())
    assert [path.name for path in drawn] == ["gospa.png", "nees.png", "warning.png", "ways.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in drawn)


def test_without_matplotlib_it_is_said(
    figures: Figures, night: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(Exception, match=r"pip install 'vedette\[plots\]'"):
        figures("score", night, "--plots", "x")


def test_a_recording_without_truth_is_refused_in_a_sentence(figures: Figures, tmp_path: Path) -> None:
    from vedette.cli.demo import scenario_start
    from vedette.cli.rehearsal import rehearse_demo
    from vedette.pipeline import open_demo

    rehearse_demo(open_demo(scenario_start()), 3.0, record=tmp_path / "demo.mcap", quiet=True)
    with pytest.raises(RecordingError, match="holds no truth to score against"):
        figures("score", tmp_path / "demo.mcap")


def test_the_list(vedette: Vedette) -> None:
    done = vedette("simulate", "--list")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 8
    assert "airport-traffic" in done.stdout


@pytest.mark.parametrize(
    "words",
    [("simulate",), ("simulate", "two-drones", "--rcs", "big"), ("simulate", "two-drones", "--headless"),
     ("simulate", "two-drones", "--live", "--speed", "61"),
     ("simulate", "two-drones", "--operator", "mean=3"), ("simulate", "two-drones", "--operator", "median=0"),
     ("simulate", "two-drones", "--operator", "median=9", "--sensitivity")],
)  # fmt: skip
def test_what_cannot_be_meant_ends_with_2(vedette: Vedette, words: tuple[str, ...]) -> None:
    done = vedette(*words)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("page", [False, True])
def test_ctrl_c_leaves_a_sealed_recording_that_can_be_scored(
    vedette: Vedette, tmp_path: Path, page: bool
) -> None:
    words = ["simulate", "two-drones", "--live", "--speed", "10", "--out", "live.mcap"]
    words += ["--port", "0", "--no-browser"] if page else ["--headless", "--json"]
    environment = dict(os.environ, PYTHONPATH=str(ROOT / "src"))
    process = subprocess.Popen([sys.executable, "-m", "vedette.cli", *words], cwd=tmp_path, env=environment)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(25.0)  # the night takes 42
    process.send_signal(signal.SIGINT)
    process.wait(30.0)
    assert open_recording(tmp_path / "live.mcap").damage == ""
    found = json.loads(vedette("score", "live.mcap", "--json").stdout)
    assert found["truths"] == found["confirmed"] == 2


@pytest.mark.slow
def test_how_the_warning_depends_on_the_cross_section(figures: Figures) -> None:
    """More echo, no later warning, but for chance: 30 s."""
    table = figures("simulate", "two-drones", "--sensitivity")["warning_by_rcs"]
    assert set(table) == {"drone 1", "drone 2"}
    for row in table.values():
        sizes = [row[end]["rcs_dbsm"] for end in ("low", "middle", "high")]
        assert [round(b - a, 1) for a, b in pairwise(sizes)] == [10.0, 10.0]
        times = [row[end]["warning_time_s"] or 0.0 for end in ("low", "middle", "high")]
        assert times[0] < times[2] + 30


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 7))
def test_two_drones_are_told_of_three_minutes_before_they_arrive(
    figures: Figures, tmp_path: Path, seed: int
) -> None:
    figures("simulate", "two-drones", "--seed", seed, "--out", tmp_path / "r.mcap")
    found = figures("score", tmp_path / "r.mcap")
    assert found["confirmed"] == 2
    assert min(found["warning_time_s"].values()) >= 180
    assert found["false_alerts"] == 0


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_hour_at_the_airport_without_a_false_alert(figures: Figures, tmp_path: Path, seed: int) -> None:
    figures("simulate", "airport-traffic", "--seed", seed, "--out", tmp_path / "r.mcap")
    found = figures("score", tmp_path / "r.mcap")
    assert found["hours"] > 0.99
    assert found["false_alerts"] == 0
    assert found["warning_time_s"]["quadcopter"] >= 60
