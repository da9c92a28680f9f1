"""`vedette smooth` on a simulated night: files that others read, nearer to the truth than the live tracks."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import Vedette
from vedette.clock import NS
from vedette.scenario import World, load_scenario
from vedette.site import load_site


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A minute of two drones."""
    from vedette.cli.rehearsal import rehearse

    path = tmp_path_factory.mktemp("smooth") / "night.mcap"
    rehearse("two-drones", out=path, seed=None, seconds=60.0, quiet=True)
    return path


def test_geojson_has_a_line_per_track(vedette: Vedette, night: Path, tmp_path: Path) -> None:
    done = vedette("smooth", night, "--out", "night.geojson", "--json")
    said = json.loads(done.stdout)
    assert done.returncode == 0
    assert said["sigma_smoothed_m"] < 0.9 * said["sigma_live_m"]
    text = json.loads((tmp_path / "night.geojson").read_text())
    assert text["type"] == "FeatureCollection"
    assert len(text["features"]) == said["tracks"] == 2
    for feature in text["features"]:
        line, properties = feature["geometry"]["coordinates"], feature["properties"]
        assert len(line) == len(properties["times"]) == len(properties["sigma_east_north_up_m"]) > 30
        assert all(42.3 < east < 42.8 and 33.6 < north < 34.0 for east, north, _ in line)
        assert properties["begin"] == properties["times"][0]


def moment(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000) * (NS // 1000)


def rms(path: Path, prefix: str, seed: int | None = None, follows: float = np.inf) -> float:
    """Position error of a column group against the nearer of the scenario's drones, m; where the live track
    is further off than `follows` m from both, it follows neither and there is nothing to smooth."""
    loaded = load_scenario("two-drones")
    site = load_site(loaded.site)
    world = World(loaded, site.frame, seed=seed)
    squares = []

    def squared(row: dict[str, str], prefix: str) -> float:
        lat, lon = (np.radians(float(row[prefix + name])) for name in ("latitude", "longitude"))
        position = site.frame.from_geodetic([lat, lon, float(row[prefix + "height"])])
        _, x = world.state(moment(row["time"]))
        return float(((x[:, :3] - position) ** 2).sum(axis=1).min())

    with path.open() as file:
        for row in csv.DictReader(file):
            if squared(row, "live_") < follows**2:
                squares.append(squared(row, prefix))
    return float(np.sqrt(np.mean(squares)))


def test_csv_holds_the_live_track_beside_the_smoothed_one(
    vedette: Vedette, night: Path, tmp_path: Path
) -> None:
    assert vedette("smooth", night, "--out", "night.csv", "--every", 0).returncode == 0
    assert rms(tmp_path / "night.csv", "") < 0.75 * rms(tmp_path / "night.csv", "live_")
    again = vedette("smooth", night, "--out", "night.csv")
    assert again.returncode == 1
    assert "exists already" in again.stderr


@pytest.mark.parametrize("out", ["night.kml", "no-such-folder/night.csv"])
def test_what_cannot_be_written_is_said_in_a_sentence(vedette: Vedette, night: Path, out: str) -> None:
    done = vedette("smooth", night, "--out", out)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_whole_night_is_smoothed_to_two_thirds_of_the_error(
    vedette: Vedette, tmp_path: Path, seed: int
) -> None:
    vedette("simulate", "two-drones", "--seed", seed, "--out", "whole.mcap", "--json")
    vedette("smooth", "whole.mcap", "--out", "whole.csv", "--json")
    live, after = (rms(tmp_path / "whole.csv", prefix, seed, 100.0) for prefix in ("live_", ""))
    assert after < 0.67 * live
