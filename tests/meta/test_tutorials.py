"""Every tutorial runs, in a folder of its own, and says what it promises."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys

import msgspec
import pytest

from tests.meta.source_tree import ROOT
from vedette import sensor
from vedette.config import Table, parse_toml
from vedette.geo import LocalFrame

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


@pytest.mark.slow
def test_every_tutorial_runs_and_is_shown_on_a_page(said: dict[str, str]) -> None:
    for script in TUTORIALS:
        assert said[script.stem].strip()
        assert f'"docs/tutorial/{script.name}"' in script.with_suffix(".md").read_text()


@pytest.mark.slow
def test_the_first_picture_is_where_the_aircraft_was(said: dict[str, str]) -> None:
    """The recording's last fix as rs1090 alone decodes it: 48.3851° north, 2.1405° east at 07:09:59.6 UTC."""
    found = re.match(r"(\w+): ([\d.]+)° ([\d.]+)°, (\d+) m", said["01_first_picture"])
    assert found
    assert found[1] == "AFR34ZG"
    assert float(found[2]) == pytest.approx(48.3851, abs=0.002)
    assert float(found[3]) == pytest.approx(2.1405, abs=0.002)


@pytest.mark.slow
def test_the_added_sensor_tracks_the_drone(said: dict[str, str]) -> None:
    """Reported about as often as promised (4 σ of the binomial), and one confirmed track within 5 m."""
    text = said["03_add_a_sensor"]
    counts = re.match(r"reported (\d+) times in 60 looks, ([\d.]+) promised", text)
    assert counts
    seen, promised = int(counts[1]), float(counts[2])
    assert abs(seen - promised) < 4 * (promised * (1 - promised / 60)) ** 0.5
    (error,) = re.findall(r"confirmed, ([\d.]+) m off", text)
    assert float(error) < 5


def test_the_added_sensor_needs_one_line_in_each_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its config in the union and its class in the registry, a site file's table becomes the sensor."""
    spec = importlib.util.spec_from_file_location("laser", ROOT / "docs" / "tutorial" / "03_add_a_sensor.py")
    assert spec is not None
    assert spec.loader is not None
    added = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "laser", added)
    spec.loader.exec_module(added)
    monkeypatch.setattr(sensor, "SENSORS", {**sensor.SENSORS, "laser": added.Laser})
    holder = msgspec.defstruct(
        "Holder",
        [("sensor", sensor.SensorConfig | added.LaserConfig)],
        bases=(Table,),
        frozen=True,
        kw_only=True,
    )
    table = parse_toml('[sensor]\nkind = "laser"\nname = "l"\nheight = 12\nhalf_range = 9_000', holder).sensor  # type: ignore[attr-defined]
    built = sensor.build(table, LocalFrame("enu:test", 0.6, 0.7, 190.0))
    assert isinstance(built, added.Laser)
    assert isinstance(built, sensor.Simulated)


@pytest.mark.slow
def test_from_stone_soup_ours_is_ahead(said: dict[str, str]) -> None:
    """Both scored by Stone Soup's own metric, on the same plots."""
    pytest.importorskip("stonesoup")
    theirs, ours = (float(number) for number in re.findall(r"GOSPA ([\d.]+) m", said["02_from_stone_soup"]))
    assert ours < 0.97 * theirs
