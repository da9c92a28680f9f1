"""Exercises: the truth goes into the recording and nowhere else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from websockets.sync.client import connect

from tests.pipeline.runs import Seen, shown, stored
from tests.server.served import served
from tests.server.test_whole import until, wall
from vedette.clock import NS
from vedette.pipeline import Exercise, PacedDesk, Pipeline, ReplayDesk, TruthKeeper, metadata_of, run_fast
from vedette.scenario import World, load_scenario
from vedette.server import build_app
from vedette.site import load_site
from vedette.store import Recorder, TruthSet, open_recording
from vedette.types import Mode

SECONDS = 60
SECRETS = (b"drone 1", b"drone 2", b"one-way-attack")  # names that only the truth knows


def exercise(**options: int) -> Exercise:
    scenario = load_scenario("two-drones")
    site = load_site(scenario.site)
    return Exercise(World(scenario, site.frame, **options), site)


def pipeline_of(made: Exercise, path: Path, truth: bool) -> Pipeline:
    metadata = metadata_of(made.site, Mode.EXERCISE, simulated=made.site.sensors, origins=made.origins())
    pipeline = Pipeline(made.site, Recorder(path, metadata), mode=Mode.EXERCISE)
    if truth:
        pipeline.sinks.append(TruthKeeper(made, pipeline))
    return pipeline


def run(path: Path, truth: bool) -> list[tuple[bytes, bytes]]:
    """A minute; the pictures as bytes."""
    made, seen = exercise(), Seen()
    pipeline = pipeline_of(made, path, truth)
    pipeline.sinks.append(seen)
    run_fast(pipeline, made.scans(), until=made.world.begin + SECONDS * NS)
    pipeline.close()
    return [shown(picture) for picture in seen.pictures]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """One recording with a truth, one without; their pictures are the same to the byte."""
    folder = tmp_path_factory.mktemp("exercise")
    with_truth, without = folder / "with.mcap", folder / "without.mcap"
    pictures = run(with_truth, True)
    assert pictures == run(without, False)
    assert not any(secret in tracks + alerts for tracks, alerts in pictures for secret in SECRETS)
    return with_truth, without


def test_the_same_bytes_with_and_without(both: tuple[Path, Path]) -> None:
    topics = ("/scan/North radar", "/scan/ADS-B", "/tracks", "/alerts", "/acts")
    told, untold = (stored(path, *topics) for path in both)
    assert told == untold
    assert len(told) > 100
    assert len(stored(both[0], "/truth/states")) == SECONDS
    assert stored(both[1], "/truth/states", "/truth/actors") == []


def test_nothing_but_the_truth_tells_it(both: tuple[Path, Path]) -> None:
    """Not the scans, nor tracks, alerts or metadata, but for the name of the scenario; advice only guesses
    classes."""
    with_truth, _ = both
    others = [topic for topic in open_recording(with_truth).counts if not topic.startswith("/truth/")]
    for topic, data in stored(with_truth, *others):
        # Advice names every class that a track may be, as the catalogue has them.
        secrets = SECRETS[:2] if topic == "/advice" else SECRETS
        assert not any(secret in data for secret in secrets), topic
    assert not any(
        secret in json.dumps(dict(open_recording(with_truth).metadata)).encode() for secret in SECRETS[:2]
    )


def test_the_truth_is_that_of_the_world_at_the_moments_of_the_tracks(both: tuple[Path, Path]) -> None:
    recording, made = open_recording(both[0]), exercise()
    moments = {entry.t for entry in recording.tracks()}
    states = [e for e in recording.messages(topics=("/truth/states",)) if isinstance(e, TruthSet)]
    for entry in states:
        assert entry.t in moments
        for truth, expected in zip(entry.truths, made.world.truth(entry.t), strict=True):
            assert truth.id == expected.id
            np.testing.assert_array_equal(truth.x, expected.x)


def test_arrivals_are_where_the_assets_are() -> None:
    """Each drone is at the edge of the asset that it reaches, at that very moment."""
    made = exercise()
    assets = {asset.name: asset for asset in made.site.assets}
    for actor in made.actors():
        assert actor.arrivals
        for name, t in actor.arrivals.items():
            (x,) = [truth.x for truth in made.truth(t) if truth.id == actor.id]
            away = x[:2] - assets[name].position(made.site.frame)[:2]
            assert abs(np.hypot(*away) - assets[name].radius) < 0.5


def everything_served(desk: Any) -> bytes:
    """All that a viewer can get: REST, the page's socket, the counters."""
    with served(build_app(desk, clock=wall)) as server:
        until(lambda: httpx.get(f"{server.url}/api/tracks").json()["tracks"], bool)
        paths = httpx.get(f"{server.url}/openapi.json").json()["paths"]
        got = [b""]
        for path, ways in paths.items():
            if "get" in ways and "{" not in path and "stream" not in path and "event" not in path:
                got.append(httpx.get(f"{server.url}{path}", timeout=20.0).content)
        with connect(server.ws) as ws:
            for _ in range(12):
                data = ws.recv(timeout=10.0)
                got.append(data if isinstance(data, bytes) else data.encode())
    assert len(got) > 15
    return b"\n".join(got)


def test_no_viewer_can_get_it_live_or_in_replay(both: tuple[Path, Path], tmp_path: Path) -> None:
    made = exercise(begin=wall())
    pipeline = pipeline_of(made, tmp_path / "live.mcap", True)
    live = PacedDesk(pipeline, made.scans(), wall, speed=30.0, simulated=made.site.sensors)
    found = everything_served(live)
    assert not [secret for secret in SECRETS[:2] if secret in found]
    sealed = open_recording(tmp_path / "live.mcap")  # the end of the server sealed it, its truth inside
    assert sealed.damage == ""
    assert sealed.counts["/truth/states"] > 0
    found = everything_served(ReplayDesk.of(open_recording(both[0]), wall, speed=20.0))
    assert not [secret for secret in SECRETS[:2] if secret in found]
