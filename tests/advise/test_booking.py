"""What is shown can be done: no channel, round or shot is promised twice; no card stands in another's way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.advise.plan_scenes import alert, asset, full, gun, inbound, missile, plan, planner
from tests.advise.plans import Scene, T, option, proposal
from tests.assess.air import at
from vedette.advise.adviser import Adviser
from vedette.advise.looks import waits
from vedette.advise.magazines import use_of
from vedette.clock import NS
from vedette.types import Call, Engagement, acts

LATE_IS_BETTER = {"kill": {"other": [[500.0, 0.9], [3000.0, 0.3]]}, "speed": 100.0, "range_max": 3000.0}


def adviser(plans):
    return Adviser(plans, plans.effectors, plans.config, sensors={}, most=0.95)


def step(desk, tracks, t=0.0):
    return desk.step(at(t), tracks, [alert(track.id) for track in tracks])


def accept(desk, advice, t):
    return desk.act(at(t), acts.Decide(advice=advice, answer="accept", by="otto", proof="password"))


def open_cards(desk):
    return [card for card in desk.advised.advice if card.state.value == "open"]


def uses(desk, name):
    return [use_of(each, desk.magazines.effectors[name]) for each in desk.advised.engagements]


def never_more_than(channels, uses):
    return all(
        sum(use.channels for use in uses if use.begins <= moment < use.until) <= channels
        for moment in (use.begins for use in uses)
    )


# --- turns on one channel


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_cards_that_share_a_channel_can_all_be_accepted_as_they_stand(order):
    plans = planner(missile(magazine=8, **LATE_IS_BETTER), assets=(asset(radius=10.0),))
    desk = adviser(plans)
    step(desk, [inbound(n, 5000.0, bearing=60.0 + 30.0 * n, speed=60.0) for n in (1, 2, 3)])
    cards = open_cards(desk)
    assert len(cards) == 2
    (other,) = {1, 2, 3} - {card.track for card in cards}
    assert all(card.uncovered == (other,) for card in cards)  # no turn is left for it, and that is said
    for s, k in enumerate(order):
        accept(desk, cards[k].id, 0.1 * s)
    for engagement in desk.advised.engagements:
        card = next(card for card in cards if card.id == engagement.advice)
        assert engagement.t_start == pytest.approx(at(card.option.start_s + 3.0), abs=2)
        assert engagement.t_intercept == pytest.approx(at(card.option.intercept_s[1]), abs=2)
    assert never_more_than(1, uses(desk, "Missile"))


@pytest.mark.parametrize("kept", [(1,), (1, 3), (2, 3)])
def test_what_is_advised_already_keeps_its_turn_beside_what_is_worth_as_much(kept):
    """Three are alike, with turns for two: who closes first by a hair must not change that every second."""
    plans = planner(missile(magazine=8, **LATE_IS_BETTER), assets=(asset(radius=10.0),))
    tracks = [inbound(n, 5000.0, bearing=60.0 + 30.0 * n, speed=60.0) for n in (1, 2, 3)]
    found = plan(plans, tracks, before=dict.fromkeys(kept, "Missile")).proposals
    assert len(found) == 2
    assert set(kept) <= {proposal.track for proposal in found}


@pytest.mark.parametrize(
    ("end", "new", "stands"), [(24.9, "", ""), (25.1, "wait", ""), (34.9, "wait", ""), (35.1, "wait", "wait")]
)
def test_more_at_once_that_is_advised_stays_while_the_last_start_sways(end, new, stands):
    """Shots meet in 20 s and are looked at for 5 s more."""
    under_way = Engagement(
        advice="1-Gun-1", track=1, effector="Gun", shots=1, t_start=at(0.0), t_intercept=at(20.0),
        place=(0.0, 0.0, 0.0), expected=0.5, stopped=0.5, call=Call.UNDER_WAY,
    )  # fmt: skip
    effectors = planner(gun("Gun", assess_s=5.0)).effectors
    for advised, why in ((False, new), (True, stands)):
        said = waits(at(0.0), 1, end, [under_way], effectors, 3, stands=advised)
        assert bool(said) == bool(why)


def test_a_turn_that_is_not_the_best_has_the_kill_and_the_place_of_its_own():
    plans = planner(missile(magazine=8, **LATE_IS_BETTER), assets=(asset(radius=10.0),))
    tracks = [inbound(n, 5000.0, bearing=60.0 + 30.0 * n, speed=60.0) for n in (1, 2, 3)]
    alone = plan(plans, tracks[:1]).proposals[0].option
    planned = plan(plans, tracks)
    kills = sorted(p.option.kill[1] for p in planned.proposals)
    assert kills[-1] == pytest.approx(alone.kill[1], abs=0.02)
    assert 0.3 < kills[0] < kills[-1] - 0.03
    assert planned.gap > 0.0


# --- salvoes


def test_two_salvoes_wait_for_each_other_where_there_are_channels_for_one():
    plans = planner(missile(channels=2, magazine=8), doctrine="salvo", salvo=2)
    desk = adviser(plans)
    step(desk, [inbound(1), inbound(2, bearing=120.0)])
    cards = open_cards(desk)
    assert [card.option.shots for card in cards] == [2, 2]
    for s, card in enumerate(cards):
        accept(desk, card.id, 0.1 * s)
    assert never_more_than(2, uses(desk, "Missile"))
    starts = sorted(card.option.start_s for card in cards)
    assert starts[1] > starts[0] + 5.0


def test_a_salvo_has_no_more_shots_than_channels_are_free():
    plans = planner(missile(channels=2, magazine=8), doctrine="salvo", salvo=2)
    (proposal,) = plan(plans, [inbound(1)], stock=full(plans, Missile={"free": 1})).proposals
    assert (proposal.option.shots, proposal.option.opens_s) == (1, 0.0)


def test_no_salvo_goes_beyond_the_most_shots_at_one_track():
    plans = planner(
        missile(channels=4, magazine=8, assess_s=110.0, kill={"other": 0.4}),
        doctrine="salvo", salvo=2, most=3,
    )  # fmt: skip
    desk, track = adviser(plans), inbound(1)
    for s in range(8):
        step(desk, [track], 0.4 * s)
        for card in open_cards(desk):
            accept(desk, card.id, 0.4 * s + 0.1)
    shots = [each.shots for each in desk.advised.engagements]
    assert shots[0] == 2
    assert sum(shots) <= 3


# --- engagements that begin later


def test_a_channel_that_is_promised_for_later_is_not_promised_across_it():
    """One is best met near and late; a shot at the other as soon as it is in range would fly on past that."""
    late, soon = [[500.0, 0.9], [4000.0, 0.3]], 0.5
    plans = planner(
        gun(speed=100.0, range_max=4000.0, magazine=8, kill={"one-way-attack": late, "other": soon}),
        assets=(asset(radius=10.0),),
    )
    desk = adviser(plans)
    step(desk, [inbound(1, 5500.0, speed=60.0)])
    accept(desk, open_cards(desk)[0].id, 0.1)
    promised = uses(desk, "Gun")[0]
    t = (promised.begins - at(0.0)) / NS - 20.0
    other = inbound(2, 5800.0, bearing=150.0, speed=60.0, t=t, klass={"decoy": 1.0})
    step(desk, [inbound(1, 5500.0 - 60.0 * t, speed=60.0, t=t), other], t)
    (card,) = [card for card in open_cards(desk) if card.track == 2]
    accept(desk, card.id, t + 0.1)
    assert never_more_than(1, uses(desk, "Gun"))
    assert uses(desk, "Gun")[1].begins >= promised.until


def test_an_acceptance_finds_its_channel_free_until_it_is_over():
    scene = Scene()
    then = option(start_s=30.0, closes_s=50.0)
    long = replace(option(start_s=10.0, closes_s=50.0), intercept_s=(34.0, 35.0, 36.0))
    scene.propose(proposal(7, long), proposal(8, then, rank=2))
    scene.at(0)
    scene.decide(1, "8-Gun 1-1")
    scene.decide(2, "7-Gun 1-1")
    assert [each.t_start - T for each in scene.adviser.advised.engagements] == [32 * NS, 40 * NS]


# --- what is being put in


def test_a_lot_that_is_in_soon_is_reckoned_with():
    plans = planner(gun(magazine=8, reload_s=5.0, reload_lot=4))
    stock = full(plans, Gun={"rounds": 0, "ready_s": 5.0})
    planned = plan(plans, [inbound(1)], stock=stock)
    assert planned.threats[0].slack_s is not None
    (proposal,) = planned.proposals
    assert proposal.option.opens_s >= 5.0
    assert proposal.option.rounds_left == 3


def test_what_waits_for_rounds_can_be_accepted_and_begins_when_they_are_in():
    plans = planner(gun(magazine=8, reload_s=5.0, reload_lot=4, range_max=6000.0))
    desk = adviser(plans)
    desk.act(at(0.0), acts.Stock(effector="Gun", rounds=0, note="counted", by="otto"))
    step(desk, [inbound(1)])
    (card,) = open_cards(desk)
    accept(desk, card.id, 0.1)
    assert desk.advised.engagements[0].t_start >= at(5.0)
    assert desk.advised.effectors[0].rounds == 0
    desk.step(at(6.0), [], [])
    assert desk.advised.effectors[0].rounds == 3


# --- the gap


def test_the_gap_is_that_of_what_is_advised():
    """Three come into range of one launcher together, and there is time for one before they are there."""
    plans = planner(missile(magazine=8, speed=150.0, assess_s=60.0, range_max=2500.0), switching=0.0)
    planned = plan(plans, [inbound(n, 6000.0, bearing=50.0 * n) for n in (1, 2, 3)])
    (proposal,) = planned.proposals
    assert planned.objective >= 0.99 * (2.0 + 1.0 - proposal.option.kill[1])
    assert planned.gap == pytest.approx(1.0 - planned.bound / planned.objective)


def test_an_engagement_of_an_effector_that_is_gone_takes_no_channel():
    plans = planner(gun())
    shot = Engagement(
        advice="1-Gone-1", track=1, effector="Gone", shots=1, t_start=at(3.0), t_intercept=at(20.0),
        place=(0.0, 0.0, 0.0), expected=0.8, stopped=0.8, call=Call.NOT_STOPPED,
    )  # fmt: skip
    assert plan(plans, [inbound(1)], engagements=[shot]).proposals
