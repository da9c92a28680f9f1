"""After a restart: whose alert is this, and when is it given up?"""

from __future__ import annotations

import pytest

from tests.assess.air import FRAME, at, make_track
from tests.assess.test_assessor import BASE, fly
from vedette.assess import AlertConfig, Assessor, ZoneConfig
from vedette.types import AlertState, Status, acts
from vedette.types.acts import Affiliation

INNER = ZoneConfig(name="Inner", radius=3000.0, ceiling=2000.0)


def fresh():
    return Assessor([INNER], [BASE], AlertConfig(expire_s=120.0), FRAME)


def drone(s, number=12, **more):
    return make_track(s, [-12_000.0 + 50.0 * s, 0.0, 110.0], [50.0, 0.0, 0.0], number=number, **more)


def before(*people, **more):
    """What is kept of a run of 20 s with an alert, when these acts were done at its end."""
    story = fresh()
    fly(story, lambda s: story.marked([drone(s, **more)]), range(0, 20))
    for act in people:
        story.act(at(20), act)
    return story.operations(40)


def after(kept, tracks_at, seconds=range(30, 60)):
    story = fresh()
    story.restore(at(29), kept)
    fly(story, lambda s: story.marked(tracks_at(s)), seconds)
    return story


def test_an_alert_is_carried_over_to_the_track_that_is_where_it_should_be():
    kept = before(acts.Acknowledge(alert="12-Inner-1", by="Lee"))
    story = after(kept, lambda s: [drone(s, number=41)])
    (alert,) = story.alerts
    assert (alert.id, alert.track, alert.restored) == ("12-Inner-1", 41, True)
    assert alert.state is AlertState.ACKNOWLEDGED
    assert alert.history[1].by == "Lee"
    assert alert.history[-1].note == "its track 12 is now track 41"
    assert alert.evidence.t == at(59)  # and it is renewed again
    assert story.counters["raised"] == 0


def test_a_track_elsewhere_or_with_another_name_is_another_one():
    for other in (
        lambda s: [make_track(s, [9_000.0, 9_000.0, 110.0], [0.0, 50.0, 0.0], number=41)],
        lambda s: [make_track(s, [-12_000.0 + 50.0 * s, 0.0, 110.0], [-50.0, 0.0, 0.0], number=41)],
        lambda s: [drone(s, number=41, names={"remote_id": "B"})],
    ):
        story = after(before(names={"remote_id": "A"}), other)
        (old,) = [alert for alert in story.alerts if alert.restored]
        assert (old.track, old.state) == (12, AlertState.NEW)


def test_a_name_brings_an_alert_back_from_anywhere():
    far = {"number": 41, "names": {"icao24": "06A0B1"}}
    story = after(
        before(names={"icao24": "06A0B1"}),
        lambda s: [make_track(s, [-5_000.0, 4_000.0, 110.0], [50.0, -40.0, 0.0], **far)],
    )
    assert [alert.track for alert in story.alerts] == [41]


def test_the_nearer_of_two_takes_it():
    story = after(
        before(),
        lambda s: [
            drone(s, number=42, sigma=31.0),
            make_track(s, [-12_150.0 + 50.0 * s, 90.0, 110.0], [50.0, 0, 0], number=41),
        ],
    )
    (old,) = [alert for alert in story.alerts if alert.restored]
    assert old.track == 42


def test_one_that_is_not_seen_again_is_closed_with_the_reason():
    story = after(before(), lambda s: [], range(30, 148, 2))
    assert story.alerts[0].state is AlertState.NEW
    fly(story, lambda s: [], range(148, 152))
    (alert,) = story.alerts
    assert alert.state is AlertState.CLOSED
    assert alert.history[-1].note == "its track was not seen again within 120 s of the restart"
    assert story.reunion.lost == {}
    assert story.operations(1).tracks == ()


def test_a_restored_alert_can_be_closed_by_a_person_while_it_waits():
    story = after(before(), lambda s: [], range(30, 40))
    assert story.act(at(41), acts.Close(alert="12-Inner-1", by="Lee")).alert.state is AlertState.CLOSED
    fly(story, lambda s: [], range(42, 200, 5))
    assert [alert.history[-1].by for alert in story.alerts] == ["Lee"]


def test_tentative_tracks_take_nothing_over():
    story = after(before(), lambda s: [drone(s, number=41, status=Status.TENTATIVE)])
    assert story.alerts[0].track == 12


def test_a_friend_stays_a_friend():
    kept = before(acts.Identify(track=12, identity=Affiliation.FRIEND, by="Lee", note="ours"))
    assert [word.track for word in kept.words] == [12]
    story = after(kept, lambda s: [drone(s, number=41)])
    assert story.alerts[0].state is AlertState.CLOSED
    (shown,) = story.marked([drone(60, number=41)])
    assert shown.identity["affiliation"].source == "operator Lee"
    assert story.counters["raised"] == 0


def test_a_rule_that_is_gone_closes_its_alerts():
    story = Assessor([ZoneConfig(name="Other", radius=500.0)], [BASE], AlertConfig(), FRAME)
    story.restore(at(29), before())
    assert [(a.state, a.history[-1].note) for a in story.alerts] == [(AlertState.CLOSED, "its rule is gone")]


@pytest.mark.parametrize("level", ["high", "unheard of"])
def test_a_level_that_the_site_no_longer_has_is_left(level):
    story = fresh()
    story.act(at(0), acts.SetPosture(level="high", by="Lee", note="why"))
    kept = story.operations(1)
    if level != "high":
        kept = type(kept)(posture=type(kept.posture)(level=level, rank=9, by="Lee", t=at(0), note="why"))
    new = fresh()
    new.restore(at(10), kept)
    assert new.posture.level == ("high" if level == "high" else "normal")
