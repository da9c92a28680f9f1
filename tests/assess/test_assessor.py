"""How alerts behave: early, once, calm, signed, and the same every time."""

from __future__ import annotations

import copy
import dataclasses
import itertools
import random

import numpy as np
import pytest

from tests.assess.air import FRAME, at, make_track
from vedette.assess import AlertConfig, Assessor, AssetConfig, ZoneConfig, warning_time
from vedette.errors import ConfigError, FrameError, ServiceError
from vedette.types import AlertState, Estimate, Severity, Status, acts

INNER = ZoneConfig(name="Inner", severity=Severity.CRITICAL, radius=3000.0, ceiling=2000.0)
OUTER = ZoneConfig(name="Outer", severity=Severity.ADVISORY, radius=8000.0, ceiling=2000.0)
BASE = AssetConfig(name="Base", radius=200.0)


def make_assessor(*zones, **alert):
    return Assessor(zones or (INNER,), (BASE,), AlertConfig(**alert), FRAME)


def acknowledge(assessor, alert, by, t, note=""):
    return assessor.act(t, acts.Acknowledge(alert=alert, by=by, note=note)).alert


def close(assessor, alert, by, t, note=""):
    return assessor.act(t, acts.Close(alert=alert, by=by, note=note)).alert


def drone(s, *, start=-30_000.0, speed=50.0, aside=0.0, **more):
    """A drone that flies east along a line `aside` m north of the site; at `start` at 0 s."""
    return make_track(s, [start + speed * s, aside, 110.0], [speed, 0.0, 0.0], **more)


def fly(assessor, tracks_at, seconds):
    """The alert lists at every whole second; tracks_at(s) gives the tracks."""
    return [assessor.step(at(s), tracks_at(s)) for s in seconds]


# Raising ---------------------------------------------------------------------------------------------------


def test_a_drone_that_flies_straight_in_alarms_once_and_early():
    assessor = make_assessor()
    lists = fly(assessor, lambda s: [drone(s)], range(0, 700, 2))
    ids = {alert.id for alerts in lists for alert in alerts}
    assert ids == {"12-Inner-1"}
    (alert,) = next(alerts for alerts in lists if alerts)
    entry_s = 27_000.0 / 50.0
    warned_s = entry_s - (alert.t_raised - at(0)) / 1e9
    assert warned_s > 400.0
    assert alert.severity is Severity.CRITICAL
    assert alert.rule == "enters-zone"
    assert [(step.state, step.by) for step in alert.history] == [(AlertState.NEW, "vedette")]


def test_the_evidence_is_what_the_flight_says():
    assessor = make_assessor()
    fly(assessor, lambda s: [drone(s)], range(0, 301))
    (alert,) = assessor.alerts
    found = alert.evidence
    assert found.t == at(300)
    assert found.time_to_go_s == pytest.approx((15_000 - 3_000) / 50.0, abs=8.0)
    assert found.time_to_go_low_s < found.time_to_go_s < found.time_to_go_high_s
    assert found.probability > 0.95
    assert found.distance_m == pytest.approx(12_000.0, abs=1.0)
    assert found.closest_approach_m == pytest.approx(0.0, abs=1.0)
    assert found.speed_mps == pytest.approx(50.0)
    assert found.height_m == pytest.approx(110.0 + 15_000.0**2 / (2 * 6.38e6), abs=0.5)
    assert (found.existence, found.hits, found.sensors) == (0.99, 7, ("north-radar",))


def test_the_evidence_is_renewed_and_says_when_it_is_inside():
    assessor = make_assessor()
    lists = fly(assessor, lambda s: [drone(s)], range(0, 580))
    distances = [alerts[0].evidence.distance_m for alerts in lists if alerts]
    assert all(a > b or a == b == 0.0 for a, b in itertools.pairwise(distances))
    inside = lists[-1][0].evidence
    assert (inside.time_to_go_s, inside.distance_m) == (0.0, 0.0)
    assert "is inside Inner" in inside.sentence


def test_the_sentence_is_english():
    assessor = make_assessor()
    fly(assessor, lambda s: [drone(s, sigma_v=2.0)], range(278, 283))
    (alert,) = assessor.alerts
    start, _, rest = alert.evidence.sentence.partition(" in 4 min ")
    assert start == "Track 12 enters Inner"
    assert ") with probability " in rest
    assert rest.endswith("; seen by north-radar, 50 m/s at 130 m.")
    named = make_assessor()
    fly(named, lambda s: [drone(s, names={"callsign": "RCH1"})], range(278, 283))
    assert named.alerts[0].evidence.sentence.startswith("Track 12 (calls itself RCH1) enters Inner in ")


def test_one_that_crosses_far_off_never_alarms():
    lists = fly(make_assessor(), lambda s: [drone(s, aside=9_000.0, sigma_v=2.0)], range(0, 900, 2))
    assert not any(lists)


def test_the_condition_must_hold_for_the_time_to_confirm():
    assessor = make_assessor(confirm_s=10.0)
    lists = fly(assessor, lambda s: [drone(s, start=-9_000.0)], range(0, 20))
    assert next(s for s, alerts in enumerate(lists) if alerts) == 10


def test_a_flash_of_probability_raises_nothing():
    """One wild velocity among quiet ones, every ten seconds."""

    def tracks(s):
        return [drone(s, start=-20_000.0, speed=60.0 if s % 10 == 0 else -5.0)]

    assert not any(fly(make_assessor(), tracks, range(0, 200)))


def test_time_in_doubt_does_not_count_towards_confirming():
    """Likely for an instant, then not believed for a minute: belief has to hold anew."""
    assessor = make_assessor(confirm_s=10.0)

    def tracks(s):
        return [drone(s, start=-9_000.0, existence=0.5 if 1 <= s < 60 else 0.99)]

    lists = fly(assessor, tracks, range(0, 80))
    assert next(s for s, alerts in enumerate(lists) if alerts) == 70


def test_tentative_tracks_and_doubtful_ones_never_alarm():
    for doubt in ({"status": Status.TENTATIVE}, {"existence": 0.85}):
        assert not any(fly(make_assessor(), lambda s, doubt=doubt: [drone(s, **doubt)], range(0, 600, 5)))


def test_an_airliner_high_above_does_not_alarm():
    names = {"icao24": "06a0b1", "callsign": "QTR4K"}
    lists = fly(
        make_assessor(),
        lambda s: [make_track(s, [-100e3 + 240.0 * s, 500.0, 10_700.0], [240.0, 0, 0], names=names)],
        range(0, 800, 5),
    )
    assert not any(lists)


@pytest.mark.parametrize("name", [{"icao24": "06a0b1"}, {"callsign": "rch1 "}])
def test_those_on_the_allow_list_never_alarm(name):
    assessor = make_assessor(allow=("06A0B1", "RCH1"))
    assert not any(fly(assessor, lambda s: [drone(s, names=name)], range(0, 600, 5)))
    stranger = {"number": 13, "names": {"callsign": "RCH2"}}
    assert any(fly(assessor, lambda s: [drone(s, **stranger)], range(600, 610)))


def test_an_alarm_ends_when_the_track_turns_out_to_be_allowed():
    assessor = make_assessor(allow=("RCH1",))
    fly(assessor, lambda s: [drone(s, start=-9_000.0)], range(0, 10))
    assert assessor.alerts[0].state is AlertState.NEW
    assessor.step(at(10), [drone(10, start=-9_000.0, names={"callsign": "RCH1"})])
    assert assessor.alerts[0].state is AlertState.CLOSED


def test_each_zone_has_its_own_alert_and_the_worst_comes_first():
    assessor = make_assessor(OUTER, INNER)
    fly(assessor, lambda s: [drone(s), drone(s, number=3, start=-20_000.0)], range(0, 300))
    assert [alert.id for alert in assessor.alerts] == ["3-Inner-1", "12-Inner-1", "3-Outer-1", "12-Outer-1"]
    acknowledge(assessor, "3-Inner-1", "ops", at(300))
    assert [alert.id for alert in assessor.alerts][:2] == ["12-Inner-1", "3-Inner-1"]


# Staying calm and ending -----------------------------------------------------------------------------------


def test_a_noisy_track_along_the_edge_does_not_flap():
    """It hovers on the border for ten minutes, its estimate jumping over it all the time."""
    rng = np.random.default_rng(8)

    def tracks(s):
        place = np.array([-3000.0, 0.0, 110.0]) + rng.normal(size=3) * 60.0
        return [make_track(s, place, rng.normal(size=3) * 2.0, sigma=60.0, sigma_v=2.0)]

    assessor = make_assessor()
    fly(assessor, tracks, range(0, 600))
    assert assessor.counters["raised"] == 1


def test_an_alert_closes_by_itself_when_the_drone_turns_away():
    assessor = make_assessor()

    def tracks(s):
        return [drone(s, start=-20_000.0) if s < 120 else drone(s - 120, start=-14_000.0, speed=-50.0)]

    def stamped(s):
        return [dataclasses.replace(t, estimate=dataclasses.replace(t.estimate, t=at(s))) for t in tracks(s)]

    lists = fly(assessor, stamped, range(0, 200))
    (alert,) = lists[-1]
    assert alert.state is AlertState.CLOSED
    assert alert.history[-1].note == "it no longer heads for Inner"
    assert 120 <= (alert.history[-1].t - at(0)) / 1e9 <= 125
    assert np.isfinite(dataclasses.astuple(alert.evidence)[4:12]).all()


def test_coming_back_makes_a_new_alert():
    assessor = make_assessor()

    def tracks(s):
        toward = (s // 60) % 2 == 0
        return [make_track(s, [-9_000.0, 0.0, 110.0], [50.0 if toward else -50.0, 0.0, 0.0])]

    fly(assessor, tracks, range(0, 240))
    assert {(alert.id, alert.state) for alert in assessor.alerts} == {
        ("12-Inner-1", AlertState.CLOSED),
        ("12-Inner-2", AlertState.CLOSED),
    }


def test_a_track_that_is_no_longer_updated_keeps_its_alert_until_it_is_dropped():
    """It coasts: the alert stays and says so; it ends with the track, or when the track is just not there."""
    for last in ([make_track(110, [0, 0, 0], [0, 0, 0], status=Status.DROPPED)], []):
        assessor = make_assessor()
        fly(assessor, lambda s: [drone(s, start=-9_000.0)], range(0, 60))
        coast = {
            "start": -9_000.0,
            "status": Status.COASTING,
            "updated_s": 59,
            "sigma": 300.0,
            "sigma_v": 6.0,
        }
        fly(assessor, lambda s, coast=coast: [drone(s, **coast)], range(60, 110))
        (alert,) = assessor.alerts
        assert alert.state is AlertState.NEW
        assert "seen by north-radar, last 50 s ago" in alert.evidence.sentence
        (alert,) = assessor.step(at(110), last)
        assert alert.state is AlertState.CLOSED
        assert "gone" in alert.history[-1].note


def test_an_old_estimate_is_brought_to_now():
    """A track last estimated 20 s ago is 1000 m further on, and less sure."""
    assessor = make_assessor()
    for s in range(0, 5):
        assessor.step(at(s), [drone(s, start=-9_000.0)])
    stale = drone(0, start=-9_000.0)
    (alert,) = assessor.step(at(20), [stale])
    assert alert.evidence.distance_m == pytest.approx(5_000.0, abs=1.0)
    assert alert.evidence.t == at(0)


def test_closed_alerts_stay_for_ten_minutes_and_leave_nothing_behind():
    assessor = make_assessor()
    fly(assessor, lambda s: [drone(s, start=-9_000.0)], range(0, 10))
    assessor.step(at(10), [])
    assert len(assessor.step(at(610), [])) == 1
    assert assessor.step(at(611), []) == ()
    assert assessor.ledger.cases == {}
    assert assessor.counters == {"raised": 1, "closed": 1, "acknowledged": 0, "assigned": 0, "ignored": 0}


# What people do --------------------------------------------------------------------------------------------


@pytest.fixture
def alarmed():
    assessor = make_assessor()
    fly(assessor, lambda s: [drone(s, start=-12_000.0)], range(0, 10))
    return assessor


def test_acknowledging_is_signed(alarmed):
    alert = acknowledge(alarmed, "12-Inner-1", "Ops Officer", at(10), "seen on camera 2")
    assert alert.state is AlertState.ACKNOWLEDGED
    step = alert.history[-1]
    assert (step.by, step.t, step.note) == ("Ops Officer", at(10), "seen on camera 2")
    assert alarmed.alerts == (alert,)
    again = acknowledge(alarmed, "12-Inner-1", "another", at(11))
    assert again == alert
    (later,) = alarmed.step(at(12), [drone(12, start=-12_000.0)])
    assert later.history == alert.history
    assert later.evidence != alert.evidence


def test_an_unknown_or_closed_alert_cannot_be_acknowledged(alarmed):
    with pytest.raises(ServiceError, match="There is no alert 99-Inner-1 on the list"):
        acknowledge(alarmed, "99-Inner-1", "ops", at(10))
    alarmed.step(at(10), [])
    for act in (acknowledge, close):
        with pytest.raises(ServiceError, match="12-Inner-1 is closed already"):
            act(alarmed, "12-Inner-1", "ops", at(11))


def test_a_person_s_closing_holds_for_the_time_to_reopen(alarmed):
    alert = close(alarmed, "12-Inner-1", "ops", at(10), "our own")
    assert (alert.state, alert.history[-1].note) == (AlertState.CLOSED, "our own")
    slow = make_track
    hovering = [alarmed.step(at(s), [slow(s, [-1000.0, 0, 110], [0, 0, 0])]) for s in range(11, 400)]
    second = next(alerts for alerts in hovering if len(alerts) == 2)
    raised = max(alert.t_raised for alert in second)
    assert (raised - at(10)) / 1e9 == pytest.approx(300.0, abs=1.0)


def test_a_replay_that_repeats_the_acts_gives_the_same_alerts(alarmed):
    """What was done by hand in one run is fed from the record into another."""

    def story(assessor, acts):
        kept = []
        for s in range(0, 300):
            for t, act in acts:
                if t == at(s):
                    assessor.perform(t, act)
            kept.append(assessor.step(at(s), [drone(s, start=-16_000.0), drone(s, number=5, aside=2900.0)]))
        return kept

    live = make_assessor(OUTER, INNER)
    acts = [
        (at(40), {"act": "acknowledge", "alert": "12-Outer-1", "by": "a", "note": "n"}),
        (at(80), {"act": "close", "alert": "12-Inner-1", "by": "b", "note": ""}),
    ]
    first = story(live, acts)
    assert [(entry.t, entry.act, entry.by) for entry in live.log] == [
        (at(40), "acknowledge", "a"),
        (at(80), "close", "b"),
    ]
    assert story(make_assessor(OUTER, INNER), acts) == first
    assert {step.by for alert in first[-1] for step in alert.history} == {"vedette", "a", "b"}


@pytest.mark.parametrize(
    "act", [{}, {"act": "fire", "alert": "12-Inner-1"}, {"act": "close", "alert": "x", "by": "y"}]
)
def test_an_act_without_sense_is_refused_in_words(alarmed, act):
    with pytest.raises(ServiceError):
        alarmed.perform(at(10), act)


# Determinism -----------------------------------------------------------------------------------------------


def test_the_order_of_the_tracks_does_not_matter():
    def lists(shuffle):
        assessor = make_assessor(OUTER, INNER)
        rng = random.Random(shuffle)
        kept = []
        for s in range(0, 200, 4):
            tracks = [drone(s, number=n, start=-20_000.0 - 500 * n, aside=700.0 * n) for n in range(1, 9)]
            rng.shuffle(tracks)
            kept.append(assessor.step(at(s), tracks))
        return kept

    assert lists(1) == lists(2)
    assert lists(1)[-1]


def test_a_copy_goes_on_as_the_original_does(alarmed):
    twin = copy.deepcopy(alarmed)
    for assessor in (alarmed, twin):
        fly(assessor, lambda s: [drone(s, start=-12_000.0)], range(10, 60))
    assert alarmed.alerts == twin.alerts


# Refusals --------------------------------------------------------------------------------------------------


def test_tracks_of_another_frame_are_refused_in_words():
    track = drone(0)
    moved = Estimate(t=at(0), x=track.estimate.x.copy(), P=track.estimate.P.copy(), frame="enu:other")
    with pytest.raises(FrameError, match="enu:other"):
        make_assessor().step(at(0), [dataclasses.replace(track, estimate=moved)])


def test_two_zones_of_one_name_are_refused():
    with pytest.raises(ConfigError, match="Two zones are called Inner"):
        make_assessor(INNER, INNER)


def test_without_zones_or_tracks_nothing_happens():
    assert Assessor((), (), AlertConfig(), FRAME).step(at(0), [drone(0)]) == ()
    assert make_assessor().step(at(0), []) == ()


# Warning time ----------------------------------------------------------------------------------------------


def test_the_warning_time_counts_to_the_asset():
    assessor = make_assessor()
    fly(assessor, lambda s: [drone(s, start=-12_000.0)], range(0, 60))
    (alert,) = assessor.alerts
    (asset,) = assessor.assets
    arrival = (12_000.0 - 200.0) / 50.0
    expected = arrival - (alert.t_raised - at(0)) / 1e9
    for s in (5, 100):
        assert warning_time(alert, drone(s, start=-12_000.0), asset) == pytest.approx(expected, abs=0.1)
    passing = drone(5, start=-12_000.0, aside=1000.0)
    assert warning_time(alert, passing, asset) == pytest.approx(expected + 4.0, abs=0.1)
    assert warning_time(alert, drone(5, start=12_000.0), asset) is None
    there = drone(5, start=-300.0)
    assert warning_time(alert, there, asset) == pytest.approx(5.0 - (alert.t_raised - at(0)) / 1e9)
