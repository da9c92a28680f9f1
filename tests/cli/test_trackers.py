"""`vedette bench tracker` and `vedette bench scale`."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.cli.conftest import ROOT, Figures


@pytest.mark.slow
def test_the_tracker_beside_another(figures: Figures) -> None:
    found = figures(
        "bench", "tracker", "--targets", 20, "--scans", 15, "--against", "vedette-gnn", "--seed", 4
    )
    assert found["ratio"] == pytest.approx(found["ms_per_scan_peer"] / found["ms_per_scan"])
    assert found["ratio"] > 1.0
    assert 0.0 < found["gospa"] < found["gospa_peer"]
    assert (found["against"], found["targets"], found["seed"]) == ("vedette-gnn", 20, 4)


@pytest.mark.slow
def test_the_tracker_under_load(figures: Figures) -> None:
    found = figures("bench", "scale", "--targets", 500, "--scans", 6)
    assert found["dims"] == 3
    assert 0.0 < found["ms_per_scan"] < 1000.0
    assert found["peak_mib"] >= found["base_mib"] > 20.0


def test_without_stone_soup_a_sentence_says_how_to_get_it() -> None:
    """As on a machine without it: the import system finds no such package."""
    program = (
        "import importlib.util as u; find = u.find_spec; "
        "u.find_spec = lambda name, *rest: None if name == 'stonesoup' else find(name, *rest); "
        "from vedette.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "bench", "tracker", "--json"],
        env={"PYTHONPATH": str(ROOT / "src")}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert not done.stdout
    assert "pip install stonesoup==1.9.1" in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
