"""The look ahead on the wire: as the page on it says, and nearer by as much as time has passed."""

from __future__ import annotations

import dataclasses

import httpx
import pytest

from tests.server.by_hand import T, picture_of, site, track_of
from tests.server.served import HandDesk, served
from tests.server.test_wire import mismatches
from vedette.clock import NS
from vedette.server import build_app
from vedette.server.outlook import outlooks
from vedette.types import AssetOutlook, Outlook, Picture

BASE = AssetOutlook(
    asset="base", probability=0.8, arrivals_expected=1.1, arrival=(5.0, 90.0, 200.0),
    warning=(0.0, 40.0, 150.0), counts=(0.2, 0.5, 0.3), at_once=(0.2, 0.8),
)  # fmt: skip
FUEL = AssetOutlook(
    asset="fuel", probability=0.0, arrivals_expected=0.0, arrival=None, warning=None, counts=(1.0,),
    at_once=(1.0,),
)  # fmt: skip
OUTLOOK = Outlook(t=T - 6 * NS, futures=500, horizon_s=600.0, tracks=7, left_out=2, assets=(BASE, FUEL))
COUNTED = {"outlook.made": 9, "outlook.skipped": 4, "outlook.restarts": 1, "outlook.cpu_ms": 77}
PICTURE = dataclasses.replace(picture_of(track_of(7)), outlook=OUTLOOK, counters=COUNTED)


def test_it_is_sent_as_written() -> None:
    desk = HandDesk(site())
    desk.shown = PICTURE
    with served(build_app(desk, clock=desk.now)) as server:
        answer = httpx.get(f"{server.url}/api/outlook")
        assert answer.status_code == 200
        message = answer.json()
        assert not list(mismatches(message, "outlooks"))
        assert (message["made"], message["skipped"], message["restarts"], message["left_out"]) == (9, 4, 1, 2)
        assert (message["age_s"], message["futures"], len(message["assets"])) == (6.0, 500, 2)
        desk.shown = dataclasses.replace(PICTURE, outlook=None)
        none = httpx.get(f"{server.url}/api/outlook").json()
        assert not list(mismatches(none, "outlooks"))
        assert (none["age_s"], none["assets"]) == (None, [])


def test_what_comes_is_nearer_by_the_age_of_the_outlook() -> None:
    base, fuel = outlooks(PICTURE)
    assert (base.arrival_low_s, base.arrival_s, base.arrival_high_s) == (0.0, 84.0, 194.0)
    assert (base.warning_low_s, base.warning_s, base.warning_high_s) == (0.0, 34.0, 144.0)
    assert (base.age_s, base.counts, base.at_once) == (6.0, [0.2, 0.5, 0.3], [0.2, 0.8])
    assert (fuel.arrival_s, fuel.warning_s, fuel.probability) == (None, None, 0.0)


@pytest.mark.parametrize("picture", [picture_of(track_of(7)), picture_of()])
def test_without_a_look_ahead_there_is_none(picture: Picture) -> None:
    assert outlooks(picture) == []
