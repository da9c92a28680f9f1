"""What a track is, what it is after, how urgent it is, and the reasons that are given."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm, uniform

from tests.advise.plan_scenes import alert, asset, full, gun, inbound, jammer, missile, plan, planner
from tests.assess.air import FRAME, T0, at, make_track
from vedette.advise.chances import together
from vedette.advise.config import AdviceConfig
from vedette.advise.goals import COURSE, MEANT, goals_of
from vedette.advise.likely import ANYTHING, HEIGHT, WIND, classes_of
from vedette.advise.paths import paths
from vedette.advise.queue import gaps, peak
from vedette.classes import flight_classes
from vedette.types import AlertState, Call, Engagement
from vedette.types.advice import Hindrance

# ------------------------------------------------------------------------------------------- what it is


def flying(speed, height=300.0, sigma_v=1.0):
    return make_track(0.0, (5000.0, 0.0, height), (-speed, 0.0, 0.0), sigma_v=sigma_v)


@pytest.mark.parametrize(("speed", "height"), [(48.0, 300.0), (160.0, 1500.0), (12.0, 90.0), (35.0, 250.0)])
def test_the_class_is_bayes_over_the_catalogues_brackets(speed, height):
    """By integrating over the bracket, where the module has the closed form."""
    found = classes_of([flying(speed, height)], {})
    part, fastest = ANYTHING
    by_hand = {}
    for name, c in flight_classes().items():
        at_speed = uniform(c.speed[0], c.speed[1] - c.speed[0])
        sigma = math.hypot(1.0, WIND)
        fast = at_speed.expect(lambda v, s=sigma: norm.pdf(speed, v, s))
        high = norm(height, math.hypot(30.0, HEIGHT))
        there = high.cdf(c.height[1]) - high.cdf(c.height[0])
        by_hand[name] = ((1 - part) * fast + part / fastest) * ((1 - part) * there + part)
    total = sum(by_hand.values())
    assert found.share[0].tolist() == pytest.approx([by_hand[n] / total for n in found.names], rel=1e-3)
    assert found.ill[0] == pytest.approx(
        sum(p for n, p in by_hand.items() if flight_classes()[n].threat) / total, rel=1e-3
    )


def test_what_the_picture_says_it_is_counts_before_how_it_flies():
    said = replace(flying(48.0), klass={"bird": 0.9, "blimp": 0.1})
    found = classes_of([said], {})
    assert found.row(0) == {"bird": pytest.approx(0.9), "blimp": pytest.approx(0.1)}
    assert found.ill[0] == pytest.approx(0.1)  # what the catalogue does not have is meant ill
    assert found.given_ill()[0, found.names.index("blimp")] == pytest.approx(1.0)


def test_the_sites_weights_are_the_prior():
    only = classes_of([flying(45.0)], {"one-way-attack": 1.0})
    assert only.row(0) == {"one-way-attack": pytest.approx(1.0)}


# ---------------------------------------------------------------------------------------- what it is after


def ways(*tracks, assets):
    return paths(T0, tracks, AdviceConfig(), frame=FRAME, turbulence=(0.0, 0.0), assets=assets)


@pytest.mark.parametrize("degrees", [0.0, 10.0, 25.0, 90.0])
def test_its_course_tells_by_bayes_whether_it_means_an_asset(degrees):
    """One asset, seen from 10 km as 100 m wide to either side; the course is `degrees` off it."""
    turn = math.radians(degrees)
    track = make_track(
        0.0, (10_000.0, 0.0, 300.0), (-50.0 * math.cos(turn), 50.0 * math.sin(turn), 0.0),
        sigma=0.01, sigma_v=1e-4,
    )  # fmt: skip
    goals = goals_of(ways(track, assets=[asset()]), [asset()])
    aside = max(turn - math.asin(100.0 / 10_000.0), 0.0)
    means = MEANT * 2.0 * math.pi * norm.pdf(aside, 0.0, COURSE)
    assert goals.comes[0, 0] == pytest.approx(means / (means + 1.0 - MEANT), rel=1e-3)


def test_when_it_comes_is_its_way_by_its_speed():
    goals = goals_of(ways(inbound(1, 6000.0), assets=[asset()]), [asset()])
    low, middle, high = goals.arrival(0, 0)
    assert middle == pytest.approx(5900.0 / 50.0, rel=1e-3)
    assert low <= middle <= high
    assert goals_of(ways(inbound(1, 90_000.0), assets=[asset()]), [asset()]).arrival(0, 0) is None


def test_without_assets_what_alarms_is_worth_one():
    plans = planner(gun(), assets=())
    planned = plan(plans, [inbound(1, 4000.0)])
    assert planned.threats[0].asset == ""
    assert planned.threats[0].value == 1.0
    assert planned.proposals


# ------------------------------------------------------------------------------------------ how urgent it is


def test_slack_comes_first_and_value_second():
    """The nearer one first, though it threatens less; of two as near, the one that threatens more."""
    assets = [asset("Depot", value=2.0), asset("Tower", 0.0, 9000.0, value=9.0)]
    plans = planner(missile(), missile("North", bearing=0.0, distance=9000.0), assets=assets)
    near, far = inbound(1, 3000.0), _north(inbound(2, 7000.0))
    planned = plan(plans, [far, near])
    assert [(t.track, t.rank) for t in planned.threats] == [(1, 1), (2, 2)]
    assert [t.asset for t in planned.threats] == ["Depot", "Tower"]
    assert "Next is track 2, which leaves" in planned.threats[0].sentence
    alike = plan(plans, [inbound(1, 3000.0), _north(inbound(2, 3020.0))])
    assert [t.track for t in alike.threats] == [2, 1]
    assert "as urgent, which threatens what is worth 2" in alike.threats[0].sentence


def _north(track):
    x = track.estimate.x + np.array([0.0, 9000.0, 0.0, 0.0, 0.0, 0.0])
    return replace(track, estimate=replace(track.estimate, x=x))


def test_what_nothing_can_be_done_about_comes_last_and_says_why():
    plans = planner(gun(), missile(height_max=1000.0))
    planned = plan(plans, [inbound(1, 2000.0, height=4000.0), inbound(2, 5000.0)])
    assert [t.track for t in planned.threats] == [2, 1]
    assert planned.threats[1].slack_s is None
    assert "nothing can be done: of 2 effectors 2 cannot reach it" in planned.threats[1].sentence


def test_class_and_existence_weigh():
    plans = planner(gun())
    sure, unsure = inbound(1), inbound(1, existence=0.5)
    bird = inbound(1, klass={"bird": 0.75, "quadcopter": 0.25})
    stock = full(plans, Gun={"rounds": 0})
    costs = [plan(plans, [track], stock=stock).objective for track in (sure, unsure, bird)]
    assert costs[1] == pytest.approx(costs[0] * 0.5 / 0.99)
    assert costs[2] == pytest.approx(costs[0] * 0.25)
    assert plan(plans, [bird]).threats[0].klass == {"bird": 0.75, "quadcopter": 0.25}


def test_without_effectors_there_are_threats_and_no_advice():
    planned = plan(planner(), [inbound(1)])
    assert "there is no effector" in planned.threats[0].sentence
    assert not planned.proposals
    assert planned.objective == planned.bound == pytest.approx(0.99)
    assert plan(planner(gun()), []).threats == ()


def test_what_is_surely_no_threat_is_not_worth_a_shot():
    planned = plan(planner(gun(cost=0.01)), [inbound(1, klass={"bird": 1.0})])
    assert planned.threats[0].slack_s is not None
    assert not planned.proposals
    assert "costs more than it would save" in planned.threats[0].sentence


# --------------------------------------------------------------------------------------- why not otherwise


def reasons(planned, track=1):
    proposal = next(p for p in planned.proposals if p.track == track)
    return {each.effector: (each.why, each.sentence) for each in proposal.refused}


def test_every_other_effector_has_its_reason():
    plans = planner(
        missile("Best", kill={"other": 0.9}), missile("Weaker", kill={"other": 0.6}),
        missile("Dear", kill={"other": 0.9}, cost=0.5), gun("Near", range_max=300.0),
        gun("Empty", range_max=6000.0), jammer("Jammer", range_max=8000.0), missile("Refused"),
        gun("Busy", range_max=2000.0), missile("Weak", kill={"other": 0.05}), least_kill=0.1,
    )  # fmt: skip
    stock = full(plans, Empty={"rounds": 0}, Busy={"free": 0, "ready_s": 118.0})
    planned = plan(plans, [inbound(1)], stock=stock, declined={(1, "Refused")})
    assert planned.proposals[0].option.effector == "Best"
    why = reasons(planned)
    assert {name: each[0] for name, each in why.items()} == {
        "Weaker": Hindrance.LESS, "Dear": Hindrance.LESS, "Near": Hindrance.REACH, "Empty": Hindrance.ROUNDS,
        "Jammer": Hindrance.CLASS, "Refused": Hindrance.DECLINED, "Busy": Hindrance.CHANNEL,
        "Weak": Hindrance.CLASS,
    }  # fmt: skip
    assert all(sentence.endswith(".") for _, sentence in why.values())
    assert "0.5" in why["Dear"][1]
    assert "Next best" in planned.proposals[0].sentence


def test_what_does_more_good_elsewhere_says_where_and_what_is_left_uncovered_is_named():
    assets = [asset("A", value=5.0), asset("B", 0.0, 9000.0, value=1.0)]
    plans = planner(missile(magazine=1, range_max=14_000.0), assets=assets)
    planned = plan(plans, [inbound(1), _north(inbound(2))])
    assert [p.track for p in planned.proposals] == [1]
    assert planned.proposals[0].uncovered == (2,)
    assert "Nothing is left then for track 2" in planned.proposals[0].sentence
    assert "more good elsewhere" in planned.threats[1].sentence or "elsewhere" in planned.threats[0].sentence
    both = planner(
        missile(magazine=1, range_max=14_000.0), gun(range_max=5000.0, kill={"other": 0.3}), assets=assets
    )
    planned = plan(both, [inbound(1), replace(inbound(2), klass={"quadcopter": 1.0})])
    elsewhere = [r for p in planned.proposals for r in p.refused if r.why is Hindrance.ELSEWHERE]
    assert all("does more good against track" in each.sentence for each in elsewhere)


def test_an_effector_with_one_channel_takes_one_after_the_other():
    plans = planner(gun(range_max=5000.0, delay_s=1.0, assess_s=3.0))
    planned = plan(plans, [inbound(1, 3000.0), inbound(2, 3500.0, bearing=100.0)])
    first, second = planned.proposals
    assert (first.track, second.track) == (1, 2)
    assert first.option.opens_s == 0.0
    assert second.option.opens_s >= first.option.intercept_s[1] + 3.0 - 1e-6
    wide = planner(gun(range_max=5000.0, channels=2))
    assert all(
        p.option.opens_s == 0.0 for p in plan(wide, [inbound(1, 3000.0), inbound(2, 3500.0)]).proposals
    )


def test_a_salvo_is_what_is_shot_at_once():
    plans = planner(gun(range_max=6000.0, channels=3, cost=0.01), doctrine="salvo", salvo=3)
    option = plan(plans, [inbound(1)]).proposals[0].option
    assert (option.shots, option.rounds_left) == (3, 17)
    assert option.cost == pytest.approx(0.03)
    assert option.kill[1] == pytest.approx(1.0 - 0.5**3)
    short = plan(plans, [inbound(1)], stock=full(plans, Gun={"rounds": 2}))
    assert not short.proposals
    assert "fewer than a salvo" in short.threats[0].sentence


def test_a_jammer_is_not_tried_twice():
    plans = planner(jammer(kill={"other": 0.9, "fpv": 0.9}))
    track = inbound(1, 3500.0, klass={"fpv": 1.0})
    assert plan(plans, [track]).proposals
    used = Engagement(
        advice="1-Jammer-1", track=1, effector="Jammer", shots=1, t_start=at(-20.0), t_intercept=at(-10.0),
        place=(3000.0, 0.0, 300.0), expected=0.4, stopped=0.1, call=Call.NOT_STOPPED,
    )  # fmt: skip
    planned = plan(plans, [track], engagements=[used])
    assert not planned.proposals
    assert "does nothing more" in planned.threats[0].sentence


def test_several_shots_together():
    """Exactly, for two, with a probability that is 0.3 or 0.9 alike; and by Bernoulli where it is known."""
    assert together((0.5, 0.5, 0.5), 3) == pytest.approx((0.875,) * 3)
    s = 0.3 * 2.563 / 2.0  # quantiles as if normal with that standard deviation
    assert together((0.6 - s, 0.6, 0.6 + s), 2)[1] == pytest.approx(1.0 - (0.7**2 + 0.1**2) / 2.0)


# ---------------------------------------------------------------------------------------------- the queue


def test_channels_in_use_are_counted_as_moment_by_moment():
    rng = np.random.default_rng(8)
    for _ in range(60):
        uses = [
            (float(b), float(b + rng.integers(1, 9)), int(rng.integers(1, 3)))
            for b in rng.integers(-5, 30, int(rng.integers(0, 7)))
        ]
        taken = [sum(c for b, e, c in uses if b <= s < e) for s in range(60)]
        begins = int(rng.integers(0, 40))
        until = begins + int(rng.integers(1, 15))
        assert peak(uses, begins, until) == max(taken[begins:until])
        found = gaps(uses, 1)
        assert all(a[1] < b[0] for a, b in itertools.pairwise(found))
        assert [any(b <= s < e for b, e in found) for s in range(60)] == [some <= 1 for some in taken]


def test_an_alert_that_is_closed_or_absent_makes_no_threat():
    plans = planner(gun())
    closed = alert(1)
    done = replace(closed, history=(*closed.history, replace(closed.history[0], state=AlertState.CLOSED)))
    assert not plans.plan(T0, [inbound(1)], [done], stock=full(plans)).threats
