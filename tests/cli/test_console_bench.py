"""`vedette bench console`: what its figures mean, and that it measures a real server."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from tests.browser.chromium import find_chromium
from vedette.cli.console_bench import report
from vedette.cli.console_server import LOOKS, bench_site, scans, targets
from vedette.cli.console_viewers import Viewer
from vedette.clock import NS, wall
from vedette.server.frame import HEADER, MAGIC, RECORD

BUDGETS = {"frame_age_p99_ms", "server_p99_ms", "frame_age_p50_ms", "server_p50_ms"}


def frame(t: float, sequence: int, count: int = 3) -> bytes:
    header = np.zeros((), HEADER)
    header["magic"], header["count"], header["sequence"], header["t"] = MAGIC, count, sequence, t
    return header.tobytes() + np.zeros(count, RECORD).tobytes()


def test_an_age_is_receipt_less_data_time_and_a_gap_in_the_sequence_was_skipped() -> None:
    viewer = Viewer()
    for t, sequence, now in ((100.0, 7, 100.25), (100.2, 8, 100.5), (100.8, 11, 100.9)):
        viewer.take(frame(t, sequence), round(now * NS))
    assert viewer.ages == pytest.approx([0.25, 0.3, 0.1], abs=1e-6)
    assert (viewer.skipped, viewer.tracks, viewer.size) == (2, 3, 3 * (32 + 3 * RECORD.itemsize))


def test_the_figures_are_quantiles_over_all_frames_and_viewers() -> None:
    ages = [[0.001 * k for k in range(51)], [0.001 * k for k in range(51, 101)]]
    seen = {"ages": ages, "bytes": 5, "skipped": 1, "tracks": 9}
    served = {"delays": [0.001 * k for k in range(101)], "took_s": 10.0, "cpu_s": 2.0, "pictures": 50}
    told = report(10, 2, seen, served)
    assert (told["frame_age_p99_ms"], told["server_p99_ms"]) == (99.0, 99.0)
    assert (told["frame_age_p50_ms"], told["server_p50_ms"]) == (50.0, 50.0)
    assert (told["frames"], told["hz"], told["hz_of_slowest"]) == (101, 5.05, 5.0)
    assert (told["viewers"], told["skipped"], told["bytes"], told["server_cpu_share"]) == (2, 1, 5, 0.2)


def test_the_radar_reports_now_what_flies_where_it_flies(tmp_path) -> None:
    """So a frame's data time is the clock's, and its age can be read off it."""
    site = bench_site(tmp_path)
    radar = site.sensors["radar"]
    source = scans(radar, 300, 1)
    before = wall()
    looks = [next(source) for _ in range(LOOKS)]
    assert before <= looks[0].t1 <= wall()
    assert {look.t1 - look.t0 for look in looks} == {NS // LOOKS}
    position, _ = targets(300, np.random.default_rng(1))
    found = [d for look in looks for d in look.detections]
    assert 0.9 * 300 < len(found) < 1.1 * 300
    y, _ = radar.convert(found[0].kind, np.stack([d.z for d in found]), np.stack([d.R for d in found]))
    nearest = np.linalg.norm(y[:, None] - position, axis=2).min(axis=1)
    assert np.median(nearest) < 500.0


def run(*arguments: str) -> dict[str, float]:
    command = [sys.executable, "-m", "vedette.cli", "bench", "console", "--json", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, float] = json.loads(done.stdout)
    return found


@pytest.mark.slow
def test_it_measures_a_real_server() -> None:
    found = run("--tracks", "60", "--viewers", "4", "--seconds", "3")
    assert set(found) >= BUDGETS
    assert 57 <= found["tracks_shown"] <= 66
    assert found["viewers"] == 4
    assert found["bytes"] > found["frames"] * 57 * RECORD.itemsize
    assert 0.0 < found["server_p50_ms"] <= found["server_p99_ms"]
    assert 0.0 < found["frame_age_p50_ms"] <= found["frame_age_p99_ms"]


@pytest.mark.browser
def test_a_browser_draws_what_it_measures() -> None:
    executable, reason = find_chromium()
    if executable is None:
        pytest.skip(reason)
    found = run("--tracks", "60", "--viewers", "1", "--seconds", "4", "--browser")
    assert found["draw_hz"] > 0.5
    assert 0.0 < found["draw_age_p50_ms"] <= found["draw_age_p99_ms"]
