"""The coverage map over REST: as the wire page says, made once, fused anew when a sensor comes or goes."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import numpy as np
import pytest

from tests.server.by_hand import health_of, picture_of
from tests.server.served import HandDesk, Served, served
from tests.server.test_wire import mismatches
from tests.site.valley import valley
from vedette.server import build_app
from vedette.types import FeedState

NAMES = ("Valley radar", "Hill radar", "ADS-B")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[HandDesk, Served]]:
    desk = HandDesk(valley(tmp_path_factory.mktemp("valley"), extent=8_000, resolution=200))
    with served(build_app(desk, clock=desk.now)) as server:
        yield desk, server


def condition(desk: HandDesk, **states: FeedState) -> None:
    """All sensors up, except those named; spaces in names are underscores."""
    health = tuple(health_of(name, states.get(name.replace(" ", "_"), FeedState.UP)) for name in NAMES)
    desk.shown = replace(picture_of(), sensors=health)


def asked(server: Served, **query: str) -> Any:
    answer = httpx.get(f"{server.url}/api/coverage", params=query, timeout=60.0)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert not list(mismatches(found, "coverage"))
    return found


def heights(found: Any) -> np.ndarray[Any, np.dtype[np.int16]]:
    flat = np.frombuffer(base64.b64decode(found["heights"]), "<i2")
    return flat.reshape(found["cells"], found["cells"])


def test_the_map_is_as_written(running: tuple[HandDesk, Served]) -> None:
    desk, server = running
    condition(desk)
    fused = asked(server)
    assert (fused["layer"], fused["above"], fused["terrain"]) == ("fused", "ground", True)
    assert fused["working"] == sorted(NAMES)
    assert fused["silent"] == []
    assert fused["hear_only"] == ["ADS-B"]
    north, east = zip(*fused["corners"], strict=True)
    assert north[0] > north[2]
    assert east[1] > east[0]
    codes, map_ = fused["codes"], heights(fused)
    for name, code in codes.items():
        assert (map_ == code).mean() == pytest.approx(fused["shares"][name])
    assert ((map_ >= 0) & (map_ <= 60)).mean() == pytest.approx(fused["shares"]["seen_below_60_m"], abs=0.02)
    assert fused["shares"]["lost"] == 0.0


def test_above_the_sea_is_higher_by_the_ground(running: tuple[HandDesk, Served]) -> None:
    desk, server = running
    condition(desk)
    ground, sea = heights(asked(server)), heights(asked(server, above="sea"))
    seen = ground >= 0
    assert (seen == (sea >= 0)).all()
    middle = len(ground) // 2
    rise = (sea - ground)[middle - 8, middle]  # the valley's floor, 120 m above the sea
    assert 90 < rise < 200
    assert (sea - ground)[seen].min() > 0


def test_a_sensor_that_degrades_changes_the_fused_map_and_not_its_own(
    running: tuple[HandDesk, Served],
) -> None:
    desk, server = running
    condition(desk)
    whole, own = asked(server), asked(server, layer="Valley radar")
    for state in (FeedState.STALE, FeedState.DOWN, FeedState.CONNECTING, FeedState.ENDED):
        condition(desk, Valley_radar=state)
        less = asked(server)
        assert less["silent"] == ["Valley radar"]
        assert less["shares"]["seen_below_60_m"] < whole["shares"]["seen_below_60_m"]
        assert heights(less).tobytes() == heights(asked(server, layer="Hill radar")).tobytes()
        assert heights(asked(server, layer="Valley radar")).tobytes() == heights(own).tobytes()
    condition(desk, Valley_radar=FeedState.STALE, Hill_radar=FeedState.DOWN)
    blind = asked(server)
    assert (heights(blind) == blind["codes"]["outside"]).all()
    assert blind["shares"]["lost"] == pytest.approx(whole["shares"]["seen"])
    condition(desk)
    assert asked(server) == whole


def test_it_is_made_once(running: tuple[HandDesk, Served], monkeypatch: pytest.MonkeyPatch) -> None:
    desk, server = running
    condition(desk)
    first = asked(server)
    monkeypatch.setattr("vedette.server.coverage.cover", None)
    monkeypatch.setattr("vedette.server.coverage.encode", None)
    assert asked(server) == first


def test_a_sensor_that_is_not_there_is_named(running: tuple[HandDesk, Served]) -> None:
    answer = httpx.get(f"{running[1].url}/api/coverage", params={"layer": "Nowhere"})
    assert answer.status_code == 404
    assert "layer is one of fused, Valley radar" in answer.json()["message"]
    assert httpx.get(f"{running[1].url}/api/coverage", params={"above": "moon"}).status_code == 422


def test_the_packed_layers_are_those_of_each_sensor(running: tuple[HandDesk, Served]) -> None:
    """As a reader of the wire page takes them apart: every height rounded up by one rung at most."""
    desk, server = running
    condition(desk)
    answer = httpx.get(f"{server.url}/api/coverage/layers", timeout=60.0)
    assert answer.content[:4] == b"VDC1"
    length = int.from_bytes(answer.content[4:8], "little")
    about = json.loads(answer.content[8 : 8 + length])
    assert {"terrain", "ceiling_m", "probability", "sensors", "hear_only", "cells"} <= set(about)
    assert about["hear_only"] == ["ADS-B"]
    layers = np.frombuffer(answer.content[8 + length :], np.uint8).reshape(-1, about["cells"], about["cells"])
    rungs = np.array(about["heights_m"])
    assert {60.0, 100.0, 300.0, 1_000.0, about["ceiling_m"]} <= set(rungs)
    assert len(about["sensors"]) == len(layers) == len(NAMES)
    for name, layer in zip(about["sensors"], layers, strict=True):
        own = asked(server, layer=name)
        exact = heights(own)
        for reason, code in about["codes"].items():
            assert ((layer == code) == (exact == own["codes"][reason])).all()
        seen = exact >= 0
        assert (rungs[layer[seen]] >= exact[seen] - 1).all()
        assert (rungs[np.maximum(layer[seen], 1) - 1] <= exact[seen]).all()


def test_the_packed_layers_are_sent_once_and_fuse_by_their_least(running: tuple[HandDesk, Served]) -> None:
    desk, server = running
    condition(desk)
    url = f"{server.url}/api/coverage/layers"
    first = httpx.get(url, timeout=60.0)
    assert first.headers["content-encoding"] == "gzip"
    again = httpx.get(url, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    plain = httpx.get(url, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == first.content
    cells = asked(server)["cells"]
    radars = np.frombuffer(first.content[-3 * cells**2 :], np.uint8).reshape(3, cells, cells)[:2]
    fused, codes = heights(asked(server)), asked(server)["codes"]
    assert ((radars.min(axis=0) < 253) == (fused >= 0)).all()
    assert ((radars.min(axis=0) == 254) == (fused == codes["hidden"])).all()
