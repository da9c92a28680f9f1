"""How often one effector can shoot at one target, look and shoot again: the closed form, and what then leaks.

Head-on at v, shots at s, a look and a new start taking τ: from the first meeting at R₁ to the last at R_min

    n = 1 + ⌊ ln[(R₁ + s τ)/(R_min + s τ)] / ln(1 + v/s) ⌋,      leak qⁿ
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from tests.advise.plan_scenes import alert, asset, full, gun, inbound, missile, planner
from tests.assess.air import at
from vedette.types import Call, Engagement
from vedette.types.advice import Option

CASES = [
    # config, speed of the target, distance at which it is first known
    (missile(speed=180.0, range_max=12_000.0, range_min=2_000.0, delay_s=1.0, assess_s=4.0), 51.0, 20_000.0),
    (missile(speed=300.0, range_max=8_000.0, range_min=500.0, delay_s=2.0, assess_s=5.0), 60.0, 15_000.0),
    (missile(speed=250.0, range_max=12_000.0, range_min=800.0, delay_s=3.0, assess_s=6.0), 45.0, 9_000.0),
    (gun(speed=900.0, range_max=3_000.0, range_min=200.0, delay_s=1.0, assess_s=3.0), 80.0, 6_000.0),
]


def depth(config, v, first):
    s, tau = config.speed, config.assess_s + config.delay_s
    return 1 + math.floor(
        math.log((first + s * tau) / (config.range_min + s * tau)) / math.log(1.0 + v / s) + 1e-9
    )


def first_meeting(config, v, known):
    """The farthest: as soon as it is in range, or the start is at once."""
    s = config.speed
    return min(config.range_max, (known - v * config.delay_s) * s / (s + v))


def sequence(config, v, known, stops):
    """Meetings (s, m) of a shot, a look, another shot, by the plan's windows, until one stops it or no start
    is of use any more."""
    plans = planner(
        config,
        assets=(asset(radius=10.0),),
        least_kill=0.01,
        most=100,
        horizon_s=known / v + 1.0,
        every_s=0.5,
    )
    t, met, engagements = 0.0, [], []
    while known - v * t > config.range_min:
        track = inbound(1, known - v * t, speed=v, height=0.0, sigma=1e-3, t=t)
        stock = full(plans, **{config.name: {"rounds": 20 - len(met)}})
        planned = plans.plan(at(t), [track], [alert(1)], stock=stock, engagements=engagements)
        if not planned.proposals:
            return met
        option: Option = planned.proposals[0].option
        assert option.shots == 1
        meets = t + option.intercept_s[1]
        met.append((meets, math.hypot(*option.place[:2])))
        shot = Engagement(
            advice=f"1-{config.name}-{len(met)}", track=1, effector=config.name, shots=1,
            t_start=at(t + option.start_s), t_intercept=at(meets), place=option.place,
            expected=option.kill[1], stopped=option.kill[1], call=Call.UNDER_WAY,
        )  # fmt: skip
        flying = plans.plan(at(meets), [track], [alert(1)], stock=stock, engagements=[shot])
        late = flying.threats[0].slack_s is None or flying.threats[0].slack_s < config.assess_s
        assert late or not flying.proposals  # until the look, if there is one
        if stops():
            return met
        engagements = [replace(shot, call=Call.NOT_STOPPED, stopped=0.0)]
        t = meets + config.assess_s
    return met


@pytest.mark.parametrize(("config", "v", "known"), CASES)
def test_there_are_as_many_shots_as_the_closed_form_has(config, v, known):
    met = sequence(config, v, known, lambda: False)
    first = first_meeting(config, v, known)
    assert met[0][1] == pytest.approx(first, rel=0.1)
    # of the first meeting as it was: windows open in steps of a moment
    assert len(met) == depth(config, v, met[0][1])
    s, tau = config.speed, config.assess_s + config.delay_s
    for (_, r), (_, nearer) in pairwise(met):
        assert nearer == pytest.approx((r - v * tau) * s / (s + v), rel=0.005)
    assert (met[-1][1] - v * tau) * s / (s + v) < config.range_min


@pytest.mark.slow
def test_what_leaks_is_q_to_the_power_of_the_depth():
    config, v, known = (
        missile(speed=300.0, range_max=5_000.0, range_min=1_500.0, kill={"other": 0.6}),
        60.0,
        9_000.0,
    )
    rng, runs, leaked, shots = np.random.default_rng(4), 400, 0, 0
    n = len(sequence(config, v, known, lambda: False))
    assert n >= 2
    for _ in range(runs):
        dice = rng.random(n) < 0.6
        met = sequence(config, v, known, iter(dice).__next__)
        leaked += not dice.any()
        assert len(met) == (int(np.argmax(dice)) + 1 if dice.any() else n)
        shots += len(met)
    q = 0.4
    se = math.sqrt(q**n * (1.0 - q**n) / runs)
    assert leaked / runs == pytest.approx(q**n, abs=3.5 * se)
    assert shots / runs == pytest.approx((1.0 - q**n) / 0.6, rel=0.1)


def test_waiting_ends_with_the_look_and_not_before():
    config = missile()
    plans = planner(config)
    shot = Engagement(
        advice="1-Missile-1", track=1, effector="Missile", shots=1, t_start=at(3.0), t_intercept=at(20.0),
        place=(5000.0, 0.0, 300.0), expected=0.8, stopped=0.8, call=Call.UNDER_WAY,
    )  # fmt: skip
    track = inbound(1)
    planned = plans.plan(at(0.0), [track], [alert(1)], stock=full(plans), engagements=[shot])
    assert not planned.proposals
    assert "look" in planned.threats[0].sentence
    missed = replace(shot, call=Call.NOT_STOPPED, stopped=0.1)
    assert plans.plan(at(0.0), [track], [alert(1)], stock=full(plans), engagements=[missed]).proposals
    down = replace(shot, call=Call.STOPPED, stopped=0.95)
    done = plans.plan(at(0.0), [track], [alert(1)], stock=full(plans), engagements=[down])
    assert not done.proposals
    assert "taken as stopped" in done.threats[0].sentence


def test_what_leaves_no_time_for_a_look_is_shot_at_at_once():
    """Everything closes before the look at the first shot would be over: one more, and several at once."""
    near = gun(range_max=1500.0, assess_s=30.0, channels=2)
    plans = planner(near, missile(range_max=900.0, assess_s=30.0))
    track = inbound(1, 1100.0)
    gun_only = {"Gun": full(plans)["Gun"]}
    alone = plans.plan(at(0.0), [track], [alert(1)], stock=gun_only)
    assert alone.proposals[0].option.shots == 2
    shot = Engagement(
        advice="1-Gun-1", track=1, effector="Gun", shots=1, t_start=at(0.0), t_intercept=at(3.0),
        place=(900.0, 0.0, 300.0), expected=0.5, stopped=0.5, call=Call.UNDER_WAY,
    )  # fmt: skip
    more = plans.plan(at(0.0), [track], [alert(1)], stock=gun_only, engagements=[shot])
    assert more.proposals
    assert more.objective < alone.objective


def test_closed_form_at_the_published_point():
    """v 51, s 180, R 12 → 2 km, τ 3 s: 7 shots."""
    config = missile(speed=180.0, range_min=2_000.0, assess_s=2.0, delay_s=1.0)
    assert depth(config, 51.0, 12_000.0) == 7
