"""The life of alerts under whatever people and targets do: laws that no sequence of events may break."""

from __future__ import annotations

import contextlib
import dataclasses

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.assess.air import FRAME, at, make_track
from vedette.assess import AlertConfig, Assessor, ZoneConfig
from vedette.assess.order import Order
from vedette.errors import ServiceError
from vedette.types import AlertState, acts
from vedette.types.acts import Affiliation

RULES = (
    ZoneConfig(name="Inner", radius=3000.0, severity="critical", remind_s=20.0),
    ZoneConfig(name="Outer", radius=6000.0, clears=False),
)
IDS = ["1-Inner-1", "1-Outer-1", "2-Inner-1", "2-Outer-1", "1-Inner-2", "none"]
PEOPLE = st.sampled_from(["a", "b"])

ACTS = st.one_of(
    st.builds(acts.Acknowledge, alert=st.sampled_from(IDS), by=PEOPLE),
    st.builds(acts.Assign, alert=st.sampled_from(IDS), to=PEOPLE, by=PEOPLE),
    st.builds(acts.Close, alert=st.sampled_from(IDS), by=PEOPLE),
    st.builds(acts.Identify, track=st.integers(1, 3), identity=st.sampled_from(Affiliation), by=PEOPLE),
    st.builds(
        acts.SetPosture, level=st.sampled_from(["normal", "high", "none"]), note=st.just("r"), by=PEOPLE
    ),
    st.builds(
        acts.Switch, rule=st.sampled_from(["Inner", "Outer", "Mine"]), on=st.booleans(),
        note=st.just("r"), by=PEOPLE,
    ),
    st.builds(acts.SetRule, rule=st.just({"name": "Mine", "radius": 2000}), by=PEOPLE),
    st.builds(acts.Remark, text=st.just("so"), by=PEOPLE),
)  # fmt: skip
# Each track, at each moment: absent, coming in or going out, in or out of the zones.
WHERE = st.sampled_from([None, (-8000.0, 60.0), (-8000.0, -60.0), (-1000.0, 5.0), (20_000.0, 60.0)])
EVENTS = st.lists(st.one_of(st.tuples(WHERE, WHERE), ACTS), min_size=5, max_size=40)


def assessor():
    return Assessor(RULES, (), AlertConfig(confirm_s=2.0, reopen_s=30.0), FRAME)


def tracks(where, s):
    return [
        make_track(s, [place[0], 0.0, 200.0], [place[1], 0.0, 0.0], number=number)
        for number, place in enumerate(where, 1)
        if place is not None
    ]


def play(story, events):
    """The lists after each event, ten seconds of steps for a movement; and what was done at which event."""
    s, lists, done = 0, [], {}
    for n, event in enumerate(events):
        if isinstance(event, tuple):
            for _ in range(5):
                s += 2
                lists.append(story.step(at(s), story.marked(tracks(event, s))))
        else:
            with contextlib.suppress(ServiceError):
                done[n] = at(s), acts.record(story.act(at(s), event).act)
            lists.append(story.alerts)
    return lists, done


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(EVENTS)
def test_no_sequence_of_events_breaks_the_laws_of_an_alert_s_life(events):
    story = assessor()
    lists, _ = play(story, events)
    before = {}
    for alerts in lists:
        open_ = [(alert.track, alert.zone) for alert in alerts if alert.state is not AlertState.CLOSED]
        assert len(set(open_)) == len(open_), "two open alerts about one track and zone"
        for alert in alerts:
            states = [step.state for step in alert.history]
            assert states[0] is AlertState.NEW
            assert AlertState.CLOSED not in states[:-1], "something happened after the end"
            seen = [state for state in states if state is not AlertState.NEW]
            assert states == [AlertState.NEW] * (len(states) - len(seen)) + seen, (
                "new again after it was seen"
            )
            assert [step.t for step in alert.history] == sorted(step.t for step in alert.history)
            assert all(step.by for step in alert.history)
            for step in alert.history:
                assert (step.state is AlertState.ASSIGNED and step.by != "vedette") >= bool(step.to)
            assert not alert.ignored or alert.state in (AlertState.NEW, AlertState.CLOSED)
            old = before.get(alert.id)
            if old is not None and not alert.ignored:
                assert alert.history[: len(old.history)] == old.history or old.ignored, "the past was changed"
            before[alert.id] = alert
        places = [alert.state is AlertState.CLOSED for alert in alerts]
        assert places == sorted(places)
    counters = story.counters
    open_now = sum(alert.state is not AlertState.CLOSED for alert in story.alerts)
    assert counters["raised"] - counters["closed"] == open_now


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(EVENTS)
def test_what_does_not_clear_itself_is_closed_by_people_and_rules_alone(events):
    lists, _ = play(assessor(), events)
    for alert in lists[-1]:
        last = alert.history[-1]
        if alert.zone == "Outer" and alert.state is AlertState.CLOSED and last.by == "vedette":
            assert "switched the rule Outer off" in last.note or "posture" in last.note


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(EVENTS)
def test_acts_as_recorded_give_the_same_alerts_again(events):
    lists, done = play(assessor(), events)
    again = assessor()
    s, repeated = 0, []
    for n, event in enumerate(events):
        if isinstance(event, tuple):
            for _ in range(5):
                s += 2
                repeated.append(again.step(at(s), again.marked(tracks(event, s))))
        else:
            if n in done:
                again.perform(*done[n])
            repeated.append(again.alerts)
    assert repeated == lists


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(EVENTS)
def test_what_stood_before_a_restart_stands_after_it(events):
    story = assessor()
    play(story, events)
    kept = story.operations(7)
    fresh = assessor()
    fresh.restore(at(10_000), kept)

    def orders(each):
        rules = [(rule.config, rule.source, rule.on, rule.terms) for rule in each.rules]
        return rules, each.posture, each.log, each.standing.words

    assert orders(fresh) == orders(story)
    open_before = [alert for alert in story.alerts if alert.state is not AlertState.CLOSED]
    assert {alert.id for alert in fresh.alerts} == {alert.id for alert in open_before}
    for alert in fresh.alerts:
        (old,) = [each for each in open_before if each.id == alert.id]
        assert alert.history[:-1] == old.history
        assert (alert.state, alert.restored, alert.assigned_to) == (old.state, True, old.assigned_to)
    assert fresh.operations(7).rules == kept.rules


# Acts by hand ----------------------------------------------------------------------------------------------


@pytest.fixture
def alarmed():
    story = assessor()
    for s in range(0, 12, 2):
        story.step(at(s), tracks([(-8000.0, 60.0)], s))
    return story


def test_each_step_has_its_person_and_time(alarmed):
    alarmed.act(at(20), acts.Acknowledge(alert="1-Inner-1", by="Lee", note="camera 2"))
    alarmed.act(at(25), acts.Assign(alert="1-Inner-1", to="Patrol 3", by="Lee"))
    alert = alarmed.act(at(30), acts.Assign(alert="1-Inner-1", to="Tower", by="Kim", note="nearer")).alert
    assert alert.assigned_to == "Tower"
    alert = alarmed.act(at(40), acts.Close(alert="1-Inner-1", by="Kim")).alert
    assert [(step.state.value, step.by, step.to) for step in alert.history] == [
        ("new", "vedette", ""), ("acknowledged", "Lee", ""), ("assigned", "Lee", "Patrol 3"),
        ("assigned", "Kim", "Tower"), ("closed", "Kim", ""),
    ]  # fmt: skip
    with pytest.raises(ServiceError, match="closed already"):
        alarmed.act(at(41), acts.Assign(alert="1-Inner-1", to="Tower", by="Kim"))


def test_a_second_acknowledgement_changes_nothing_and_is_said_to(alarmed):
    assert alarmed.act(at(20), acts.Acknowledge(alert="1-Inner-1", by="Lee")).changed
    again = alarmed.act(at(21), acts.Acknowledge(alert="1-Inner-1", by="Kim"))
    assert not again.changed
    assert [entry.by for entry in alarmed.log] == ["Lee"]


# The order -------------------------------------------------------------------------------------------------


def listed(alarmed, **times):
    """Alerts with these times to go, by id."""
    (one, *_) = alarmed.alerts
    return [
        dataclasses.replace(one, id=name, evidence=dataclasses.replace(one.evidence, time_to_go_s=float(s)))
        for name, s in times.items()
    ]


def test_cards_keep_their_places_until_one_is_clearly_sooner(alarmed):
    order = Order()

    def names(**times):
        return [alert.id for alert in order.of(listed(alarmed, **times))]

    assert names(a=100, b=120) == ["a", "b"]
    assert names(a=115, b=112) == ["a", "b"]  # they sway about each other
    assert names(a=108, b=101) == ["a", "b"]
    assert names(a=115, b=90) == ["b", "a"]
    assert names(a=95, b=100) == ["b", "a"]
    assert names(a=95, b=100, c=20) == ["c", "b", "a"]  # a new one goes where its time says
    assert names(a=8, b=15) == ["b", "a"]
    assert names(a=3, b=15) == ["a", "b"]


@given(st.lists(st.lists(st.floats(0.0, 600.0), min_size=3, max_size=3), min_size=1, max_size=8))
def test_asking_twice_gives_the_same_order(times):
    story = assessor()
    for s in range(0, 12, 2):
        story.step(at(s), tracks([(-8000.0, 60.0)], s))
    order = Order()
    for a, b, c in times:
        alerts = listed(story, a=a, b=b, c=c)
        assert order.of(alerts) == order.of(alerts)
