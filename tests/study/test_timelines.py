"""The last useful start and what kept every option away, in closed form; times from hand-made recordings."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.pipeline.umpired import GUN, site_of
from vedette.clock import NS
from vedette.metric import TruthPaths
from vedette.metric.alerts import Raised
from vedette.metric.paths import truth_paths
from vedette.metric.timeline import Cause, End, Stage
from vedette.study.timelines import Doings, Means, Spoken, Way, hindrance, last_start, timelines
from vedette.types import Actor, Call, Engagement, FirstPlot, Outcome, Result

ARRIVES = 190  # s: straight in from 10 km at 50 m/s, to within 500 m
WAY = np.array([[10_000.0 - 50.0 * k, 0.0, 300.0, -50.0, 0.0, 0.0] for k in range(ARRIVES + 1)])


def truth(*others: np.ndarray) -> TruthPaths:
    """The threat `a`, and whoever else there is, once a second."""
    ways = [WAY, *others]
    step = [k for way in ways for k in range(len(way))]
    who = [n for n, way in enumerate(ways) for _ in way]
    names = ["a", *(f"own {n}" for n in range(len(others)))]
    return truth_paths(np.arange(ARRIVES + 1) * NS, step, who, np.concatenate(ways), ids=names,
                       klass=["one-way-attack"] * len(names))  # fmt: skip


def actor(name: str = "a", threat: bool = True) -> Actor:
    arrivals = {"Middle": ARRIVES * NS} if threat else {}
    return Actor(id=name, klass="one-way-attack", threat=threat, rcs=None, t_begin=0, t_end=200 * NS,
                 arrivals=arrivals)  # fmt: skip


def means(text: str = GUN, least: float = 0.1) -> Means:
    return Means(effectors=site_of(text).effectors, least_kill=least)


def way() -> Way:
    return Way.of(actor(), truth(), ARRIVES * NS)


def test_the_last_start_in_closed_form() -> None:
    """At 190 s it is 500 m away, 583 m of slant range: 2.9 s of flight at 200 m/s and 3 s of delay before."""
    last = last_start(way(), means())
    assert last is not None
    assert last / NS == pytest.approx(ARRIVES - np.hypot(500, 300) / 200 - 3.0, abs=1e-6)


@pytest.mark.parametrize("nearest", [1_000.0, 3_000.0])
def test_what_cannot_act_close_by_must_start_earlier(nearest: float) -> None:
    """The last whole second at which it is at least so far away: 10 km − 50 t ≥ √(r² − 300²)."""
    last = last_start(way(), means(GUN.replace("range_max", f"range_min = {nearest}\nrange_max")))
    at = math.floor((10_000 - math.sqrt(nearest**2 - 300**2)) / 50)
    assert last is not None
    assert last / NS == pytest.approx(at - math.hypot(10_000 - 50 * at, 300) / 200 - 3.0, abs=1e-6)


def test_what_is_too_unlikely_or_too_far_is_no_start() -> None:
    assert last_start(way(), means(least=0.5)) is None
    assert last_start(way(), means(GUN.replace("height_max = 3000", "height_max = 200"))) is None
    assert last_start(way(), Means()) is None


def why(doings: Doings, how: Means, *others: np.ndarray) -> Cause | None:
    actors = [actor(), *(actor(f"own {n}", threat=False) for n in range(len(others)))]
    return hindrance(way(), how, doings, truth(*others), actors, last_start(way(), how))


def stocked(rounds: int | None, free: int) -> Doings:
    return Doings(stock=[(0, {"Gun": (9, 1)}), (100 * NS, {"Gun": (rounds, free)})])


def test_what_kept_every_option_away() -> None:
    assert why(Doings(), means()) is None
    assert why(stocked(0, 1), means()) is Cause.NO_MAGAZINE
    assert why(stocked(3, 0), means()) is Cause.NO_CHANNEL
    assert why(stocked(None, 1), means()) is None
    elsewhere = stocked(3, 1)
    elsewhere.spoken["2-Gun-1"] = Spoken(Raised(30 * NS, 2, np.zeros(3)), "Gun")
    assert why(elsewhere, means()) is Cause.NO_CHANNEL
    elsewhere.spoken["2-Gun-1"].over = 90 * NS
    assert why(elsewhere, means()) is None
    corners = ((-0.2, 0.002), (-0.2, 0.2), (0.2, 0.2), (0.2, 0.002))
    over = ", ".join(f"[{33.8 + north}, {42.4 + east}]" for north, east in corners)
    assert why(Doings(), means(f"{GUN}no_fire = [[{over}]]")) is Cause.NO_FIRE


def test_an_own_aircraft_in_the_envelope_holds_it() -> None:
    near, far = WAY.copy(), WAY.copy()
    near[:, :3], far[:, :3] = [2_000.0, 500.0, 400.0], [20_000.0, 500.0, 400.0]
    assert why(Doings(), means(), near) is Cause.FRIENDLY_HOLD
    assert why(Doings(), means(), far) is None


def engaged(result: Result | None, at: int, call: int | None = None, **more: Any) -> Doings:
    """Advice at 30, accepted at 50, shots at 60 that meet at `at`."""
    engagement = Engagement(
        advice="1-Gun-1", track=1, effector="Gun", shots=1, t_start=60 * NS, t_intercept=80 * NS,
        place=(0.0, 0.0, 0.0), expected=0.5, stopped=0.5, call=Call.UNDER_WAY,
    )  # fmt: skip
    spoken = Spoken(
        Raised(30 * NS, 1, np.zeros(3)), "Gun", over=50 * NS, accepted=50 * NS, engagement=engagement,
        called=None if call is None else call * NS,
    )  # fmt: skip
    outcome = Outcome(
        t=at * NS, advice="1-Gun-1", track=1, effector="Gun", shots=1, id="a", t_shot=60 * NS,
        result=result or Result.MISSED, kill=0.4, arrives=None, detail="",
    )  # fmt: skip
    plots = {"a": FirstPlot(t=5 * NS, id="a", sensor="radar")}
    outcomes = {} if result is None else {"1-Gun-1": replace(outcome, **more)}
    return Doings(spoken={"1-Gun-1": spoken}, plots=plots, outcomes=outcomes)


def line(doings: Doings, how: Means | None = None) -> Any:
    found = timelines(
        [actor(), actor("own 0", threat=False)], truth(), doings, lambda one: "a", {"a": 10 * NS},
        {"a": 20 * NS}, how or means(),
    )  # fmt: skip
    assert set(found) == {"a"}  # only threats have one
    return found["a"]


def test_from_a_recording_to_its_stages() -> None:
    """The gun's delay of 3 s parts waiting from starting."""
    found = line(engaged(Result.KILLED, 82))
    assert (found.end, found.outcome) == (End.KILLED, 82 * NS)
    assert found.seconds == {
        Stage.CONFIRMING: 5.0, Stage.ALERTING: 10.0, Stage.ADVISING: 10.0, Stage.DECIDING: 20.0,
        Stage.WAITING: 7.0, Stage.STARTING: 3.0, Stage.FLYING: 22.0,
    }  # fmt: skip


def test_what_comes_of_each_outcome() -> None:
    missed = line(engaged(Result.MISSED, 82, arrives=ARRIVES * NS))
    assert (missed.end, missed.binding, missed.cause) == (End.MISSED, Stage.LOOKING, Cause.SHOTS_MISSED)
    damaged = line(engaged(Result.DAMAGED, 82, arrives=ARRIVES * NS))
    assert (damaged.end, damaged.outcome) == (End.DAMAGED, ARRIVES * NS)
    assert line(engaged(Result.DIVERTED, 82)).end is End.DIVERTED
    wrong = line(engaged(Result.MISSED, 82, call=95, arrives=ARRIVES * NS))
    assert wrong.cause is Cause.WRONG_CALL


def test_shots_that_have_not_met_when_the_run_ends_came_too_late() -> None:
    found = line(engaged(None, 0), means())
    assert (found.end, found.cause) == (End.MISSED, Cause.SHOTS_LATE)  # it arrived before they came


def test_shots_that_met_nobody_were_shot_at_whom_their_track_followed() -> None:
    found = line(engaged(Result.MISSED, 82, id=""))
    assert (found.end, found.cause) == (End.MISSED, Cause.SHOTS_MISSED)
    assert found.seconds[Stage.FLYING] == 22.0


def test_what_was_turned_and_arrives_at_another_asset_has_got_through() -> None:
    found = line(engaged(Result.DIVERTED, 82, arrives=150 * NS))
    assert (found.end, found.outcome) == (End.TURNED, 150 * NS)
    assert found.cause is not None


def test_a_recording_without_first_reports_begins_with_the_track() -> None:
    doings = engaged(Result.KILLED, 82)
    doings.plots.clear()
    assert line(doings).spans[0][1] == 10 * NS
