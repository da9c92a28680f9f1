"""A rule tried before it is one: it calls those that alarm once it is, and says why not the others."""

from __future__ import annotations

import copy
import random
from dataclasses import replace

from tests.assess.air import FRAME, at, make_track
from tests.assess.test_assessor import INNER, close, drone, make_assessor
from vedette.assess import AlertConfig, Assessor, PostureConfig
from vedette.types import Status, acts

TRIED = {"name": "Tried", "radius": 3000.0, "ceiling": 2000.0, "confirm_s": 0.0}

KINDS = (
    {},
    {"speed_from": 10.0, "speed_to": 30.0},
    {"klass": {"drone": 0.6}},
    {"existence": 0.95, "probability": 0.3},
    {"hours": "02:00-03:00"},
    {"within_s": 90.0, "datum": "msl"},
)


def sky(seed: int, s: float):
    """Whatever may decide about an alarm, in any mixture."""
    draw = random.Random(seed)
    tracks = []
    for number in range(60):
        speed, aside = draw.choice([8.0, 20.0, 50.0]), draw.gauss(0.0, 4000.0)
        status = draw.choice([Status.CONFIRMED, Status.CONFIRMED, Status.TENTATIVE, Status.COASTING])
        names = draw.choice([{}, {}, {"callsign": "RCH1"}, {"icao24": "abc123"}])
        far = draw.uniform(-20_000.0, -3000.0)
        plain = make_track(
            s, [far, aside, 110.0], [speed, 0.0, 0.0], number=number, status=status, names=names,
            existence=draw.choice([0.5, 0.93, 0.99]), sigma_v=draw.uniform(0.5, 4.0),
        )  # fmt: skip
        tracks.append(replace(plain, klass=draw.choice([{}, {"drone": 0.7}, {"drone": 0.3, "bird": 0.7}])))
    return tracks


def test_it_calls_exactly_those_that_alarm_once_it_is_a_rule():
    draw = random.Random(7)
    reasons: set[str] = set()
    ever: set[int] = set()
    for seed in range(12):
        assessor = make_assessor(
            INNER, allow=("RCH1",), bird_speed=15.0, confirm_s=0.0, allow_transponders=draw.random() < 0.3
        )
        assessor.step(at(0), sky(seed, 0))
        friend = acts.Identify(track=3, identity=acts.Affiliation.FRIEND, by="me")
        assessor.act(at(0), friend)
        tracks = assessor.marked(sky(seed, 12))  # by now it is sure who is faster than a bird
        rule = TRIED | KINDS[seed % len(KINDS)]
        told = assessor.preview(at(12), tracks, rule)
        assessor.act(at(12), acts.SetRule(rule=rule, by="me"))
        raised = {alert.track for alert in assessor.step(at(12), tracks) if alert.zone == "Tried"}
        assert {one.track for one in told.judged if one.calls} == raised
        ever |= raised
        assert (told.called, told.tracks) == (len(raised), len(tracks))
        assert len(told.judged) + told.elsewhere == len(tracks)
        reasons |= {reason for one in told.judged for reason in one.why}
    assert len(ever) > 5
    friend, rule = ("a friend", "allow list", "transponder"), ("flies", "class", "only", "enters")
    for words in (*friend, "tentative", "exists", "bird", *rule):
        assert any(words in reason for reason in reasons), words


def test_every_reason_is_said_and_nothing_changes():
    assessor = make_assessor(bird_speed=15.0)
    slow = drone(500, speed=8.0, start=-7000.0, number=1, status=Status.TENTATIVE, existence=0.6)
    sure, off = drone(500, number=2), drone(500, number=3, aside=50_000.0)
    tracks = [off, slow, sure, drone(500, number=4, status=Status.DROPPED)]
    for s in (480, 500):  # what has been fast for a while is no bird
        assessor.step(at(s), [drone(s, number=2)])
    before = copy.deepcopy((assessor.ledger.cases, assessor.alerts, assessor.friends.__dict__))
    told = assessor.preview(at(500), tracks, TRIED | {"speed_from": 10})
    assert (told.tracks, told.called, told.elsewhere) == (3, 1, 1)
    first, second = told.judged
    assert (first.track, first.calls, first.why) == (2, True, ())
    assert first.evidence.sentence.startswith("Track 2 enters Tried in ")
    assert second.why == (
        "it is tentative",
        "it exists with 0.60, where 0.90 is wanted",
        "it is slow enough for a bird, and nobody who hears drones has heard it",
        "it flies 8 m/s, slower than 10",
    )
    after = (assessor.ledger.cases, assessor.alerts, assessor.friends.__dict__)
    assert repr(after) == repr(before)
    assert assessor.preview(at(500), (), TRIED).tracks == 0


def test_a_rule_that_is_there_is_tried_with_its_alerts_and_its_silence():
    assessor = make_assessor()
    rule = TRIED | {"probability": 0.5}
    assessor.act(at(500), acts.SetRule(rule=rule, by="me"))
    (alert,) = (a for a in assessor.step(at(500), [drone(500)]) if a.zone == "Tried")
    (kept,) = assessor.preview(at(500), [drone(500)], rule | {"speed_to": 1.0}).judged
    assert (kept.calls, kept.alert) == (True, alert.id)  # what is open stays, whatever the conditions
    close(assessor, alert.id, "me", at(501))
    (silent,) = assessor.preview(at(502), [drone(502)], rule).judged
    assert silent.why == (
        "somebody closed its alert, which keeps the rule silent about it for 4 min 59 s more",
    )


def test_a_posture_says_whether_it_would_be_on():
    levels = (PostureConfig(name="calm", rank=0, off=("Tried",)), PostureConfig(name="high", rank=1))
    assessor = Assessor((INNER,), (), AlertConfig(), FRAME, postures=levels)
    assert not assessor.preview(at(0), [], TRIED).rule.on
    assessor.act(at(0), acts.SetPosture(level="high", by="me", note="exercise"))
    assert assessor.preview(at(0), [], TRIED).rule.on
