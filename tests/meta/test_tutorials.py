"""Every tutorial runs, in a folder of its own, and says what it promises."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys

import pytest

from tests.meta.source_tree import ROOT

NEEDS = {"02_from_stone_soup": "stonesoup"}  # a peer, not installed with Vedette: its tutorial is left out
TUTORIALS = [
    script
    for script in sorted((ROOT / "docs" / "tutorial").glob("*.py"))
    if importlib.util.find_spec(NEEDS.get(script.stem, "vedette"))
]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Name → what it prints. Warnings are errors."""
    environment = {"PYTHONPATH": str(ROOT / "src"), "PYTHONWARNINGS": "error"}
    printed = {}
    for script in TUTORIALS:
        folder = tmp_path_factory.mktemp(script.stem)
        done = subprocess.run(
            [sys.executable, script], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        printed[script.stem] = done.stdout
    return printed


def test_every_tutorial_runs_and_is_shown_on_a_page(said: dict[str, str]) -> None:
    for script in TUTORIALS:
        assert said[script.stem].strip()
        assert f'"docs/tutorial/{script.name}"' in script.with_suffix(".md").read_text()


def test_the_first_picture_is_where_the_aircraft_was(said: dict[str, str]) -> None:
    """The recording's last fix as rs1090 alone decodes it: 48.3851° north, 2.1405° east at 07:09:59.6 UTC."""
    found = re.match(r"(\w+): ([\d.]+)° ([\d.]+)°, (\d+) m", said["01_first_picture"])
    assert found
    assert found[1] == "AFR34ZG"
    assert float(found[2]) == pytest.approx(48.3851, abs=0.002)
    assert float(found[3]) == pytest.approx(2.1405, abs=0.002)


def test_from_stone_soup_ours_is_ahead(said: dict[str, str]) -> None:
    """Both scored by Stone Soup's own metric, on the same plots."""
    pytest.importorskip("stonesoup")
    theirs, ours = (float(number) for number in re.findall(r"GOSPA ([\d.]+) m", said["02_from_stone_soup"]))
    assert ours < 0.97 * theirs
