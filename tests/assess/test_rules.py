"""Rules: whom they are for, when they are on, and who never alarms; from the site file and from people."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.assess.air import FRAME, at, make_track
from tests.assess.test_assessor import BASE, INNER, OUTER, acknowledge, drone, fly, make_assessor
from vedette.assess import AlertConfig, Assessor, OwnConfig, PostureConfig, Zone, ZoneConfig
from vedette.assess.config import Datum
from vedette.assess.hours import Hours
from vedette.config import TableError
from vedette.errors import ConfigError, NotThereError, ServiceError
from vedette.geo import Terrain, undulation
from vedette.types import AlertState, acts
from vedette.types.acts import Affiliation


def inner(**more):
    return ZoneConfig(name="Inner", radius=3000.0, ceiling=2000.0, **more)


def raised(assessor, tracks_at=drone, seconds=range(0, 600, 5)):
    """Zone → s of its first alert."""
    first = {}
    for s in seconds:
        for alert in assessor.step(at(s), assessor.marked([tracks_at(s)])):
            first.setdefault(alert.zone, (alert.t_raised - at(0)) / 1e9)
    return first


# Conditions ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "alarms"),
    [
        ({"speed_from": 49.0}, True),
        ({"speed_from": 51.0}, False),
        ({"speed_to": 49.0}, False),
        ({"speed_from": 10.0, "speed_to": 51.0}, True),
        ({"existence": 0.995}, False),
        ({"existence": 0.98}, True),
        ({"hours": "23:00-23:30"}, True),  # the story begins at 23:23:20 UTC
        ({"hours": "23:30-23:20"}, False),
        ({"hours": "02:00-03:00", "time_zone": "+03:00"}, True),
        ({"on": False}, False),
    ],
)
def test_a_rule_is_for_those_it_says(rule, alarms):
    found = raised(make_assessor(inner(**rule)), seconds=range(0, 300, 5))
    assert ("Inner" in found) is alarms


def test_a_class_must_be_as_likely_as_the_rule_says_and_ignorance_does_not_silence():
    def of_class(**klass):
        def track(s):
            plain = drone(s)
            return type(plain)(**{**{f: getattr(plain, f) for f in plain.__slots__}, "klass": klass})

        return raised(make_assessor(inner(klass={"drone": 0.6, "missile": 0.3})), track, range(0, 300, 5))

    assert "Inner" in of_class()
    assert "Inner" in of_class(drone=0.7, bird=0.3)
    assert "Inner" in of_class(drone=0.5, missile=0.4)
    assert "Inner" not in of_class(drone=0.5, bird=0.5)


def test_entry_within_so_many_seconds_is_what_counts():
    entry = 27_000.0 / 50.0
    found = raised(make_assessor(inner(within_s=120.0)), seconds=range(0, 600, 1))
    assert entry - 130.0 < found["Inner"] < entry - 105.0


def test_a_rule_s_own_terms_come_before_those_of_the_site():
    def aside(s):
        return drone(s, aside=3_300.0, sigma_v=3.0)

    assert "Inner" not in raised(make_assessor(inner()), aside, range(0, 200, 5))
    assert "Inner" in raised(make_assessor(inner(probability=0.2)), aside, range(0, 200, 5))


def test_an_open_alert_stays_when_the_conditions_end():
    assessor = make_assessor(inner(speed_from=40.0))
    fly(assessor, lambda s: [drone(s)], range(0, 120, 5))
    fly(
        assessor,
        lambda s: [make_track(s, [-17_000.0 + 30.0 * (s - 120), 0, 110], [30.0, 0, 0])],
        range(120, 300, 5),
    )
    (alert,) = assessor.alerts
    assert alert.state is AlertState.NEW


def test_what_does_not_clear_itself_waits_for_a_person():
    assessor = make_assessor(inner(clears=False))
    fly(assessor, lambda s: [drone(s)], range(0, 120, 5))
    for s in range(120, 200, 5):
        assessor.step(at(s), [])
    (alert,) = assessor.alerts
    assert alert.state is AlertState.NEW
    assert [step.note for step in alert.history if "stays until" in step.note] == [
        "the track is gone, or has become one that never alarms; it stays until somebody closes it"
    ]
    closed = assessor.act(at(200), acts.Close(alert=alert.id, by="Ops")).alert
    assert closed.state is AlertState.CLOSED
    assessor.step(at(205), [])
    assert assessor.ledger.cases == {}


# Hours -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "zone", "minute", "holds"),
    [
        ("22:00-05:00", "UTC", "21:59", False),
        ("22:00-05:00", "UTC", "22:00", True),
        ("22:00-05:00", "UTC", "04:59", True),
        ("22:00-05:00", "UTC", "05:00", False),
        ("08:00-24:00", "UTC", "23:59", True),
        ("22:00-05:00", "+03:00", "19:00", True),
        ("22:00-05:00", "Asia/Baghdad", "01:59", True),
        ("22:00-05:00", "Asia/Baghdad", "02:00", False),
    ],
)
def test_hours_hold_from_their_first_minute_to_before_their_last(hours, zone, minute, holds):
    h, m = map(int, minute.split(":"))
    t = (1_697_500_800 + h * 3600 + m * 60) * 10**9  # a day that began at 00:00 UTC
    assert Hours.of(hours, zone).hold(t) is holds


def test_summer_time_counts():
    """22:00 in Paris is 21:00 UTC in winter and 20:00 in summer."""
    paris = Hours.of("22:00-23:00", "Europe/Paris")
    winter, summer = 1_704_067_200, 1_719_792_000  # 2024-01-01 and 2024-07-01, 00:00 UTC
    assert [paris.hold((day + hour * 3600) * 10**9) for day in (winter, summer) for hour in (20, 21)] == [
        False, True, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("hours", "zone"),
    [("22-05", "UTC"), ("22:00-22:00", "UTC"), ("25:00-03:00", "UTC"), ("1:00-2:00", "Mars/Base")],
)
def test_hours_that_are_none_are_refused(hours, zone):
    with pytest.raises(TableError):
        Hours.of(hours, zone)


# Heights ---------------------------------------------------------------------------------------------------


def slope(rise=0.05, step=100.0, half=10_000.0):
    """Ground that rises to the east from the site's level, 5 m in 100 m."""
    nodes = np.arange(-half, half + step, step)
    return Terrain.of(FRAME, np.tile(FRAME.height + rise * nodes, (len(nodes), 1)), step)


def test_heights_above_the_sea_count_from_the_geoid():
    zone = Zone.from_config(inner(floor=300.0, datum=Datum.MSL), FRAME)
    above = FRAME.height - float(undulation(FRAME.latitude, FRAME.longitude))  # of the site, above the sea
    assert zone.floor == pytest.approx(300.0 - above, abs=0.05)
    assert zone.ceiling == pytest.approx(2000.0 - above, abs=0.05)


def test_heights_above_the_ground_follow_it():
    zone = Zone.from_config(inner(floor=50.0, datum=Datum.AGL), FRAME, slope())
    points = np.array(
        [[2000.0, 0.0, 149.0], [2000.0, 0.0, 151.0], [-2000.0, 0.0, -49.0], [-2000.0, 0, -51.0]]
    )
    assert zone.contains(points).tolist() == [False, True, True, False]
    low, high = zone.span()
    assert (low, high) == pytest.approx((50.0 - 150.0, 2000.0 + 150.0), abs=6.0)


def test_without_terrain_the_ground_is_the_site_s_level():
    zone = Zone.from_config(inner(floor=50.0, datum=Datum.AGL), FRAME)
    assert zone.span() == (50.0, 2000.0)


def test_what_flies_level_towards_a_slope_enters_where_the_ground_comes_near():
    """At 400 m above the site's level, and 300 m above ground that has risen to 100 m, 2 km past it."""
    terrain = slope()
    rule = ZoneConfig(name="Low", radius=4000.0, floor=0.0, ceiling=300.0, datum=Datum.AGL)
    assessor = Assessor(
        [rule], [BASE], AlertConfig(turbulence=0.0, turbulence_up=0.0), FRAME, terrain=terrain
    )

    def track(s):
        east = -8_000.0 + 50.0 * s
        place = [east, 0.0, 400.0 - east**2 / (2.0 * FRAME.radii[1])]  # level, not straight
        return make_track(s, place, [50.0, 0, -east * 50.0 / FRAME.radii[1]], sigma=0.1, sigma_v=1e-3)

    fly(assessor, lambda s: [track(s)], range(0, 10))
    (alert,) = assessor.alerts
    assert alert.evidence.probability == 1.0
    assert alert.evidence.time_to_go_s == pytest.approx((8_000.0 + 2_000.0) / 50.0 - 9.0, abs=0.5)


# Friends ---------------------------------------------------------------------------------------------------


def test_own_drones_never_alarm_and_are_shown_as_friends():
    own = OwnConfig(name="Survey 1", owner="Engineers", remote_id="1596F3", callsign="SVY1")
    for claim in ({"remote_id": "1596f3"}, {"callsign": "svy1 "}):
        assessor = Assessor([inner()], [BASE], AlertConfig(), FRAME, own=[own])
        assert raised(assessor, lambda s, claim=claim: drone(s, names=claim)) == {}
        (shown,) = assessor.marked([drone(0, names=claim)])
        facts = {name: (f.value, f.source) for name, f in shown.identity.items()}
        assert facts["affiliation"] == ("friend", "site file")
        assert (facts["own"][0], facts["owner"][0]) == ("Survey 1", "Engineers")
    assert "Inner" in raised(Assessor([inner()], [BASE], AlertConfig(), FRAME, own=[own]))


def test_remote_id_serials_can_be_allowed():
    assert (
        raised(make_assessor(inner(), allow=("1596f3",)), lambda s: drone(s, names={"remote_id": "1596F3"}))
        == {}
    )


def test_an_operator_s_friend_never_alarms_until_the_word_is_withdrawn():
    assessor = make_assessor(inner())
    fly(assessor, lambda s: assessor.marked([drone(s)]), range(0, 120, 5))
    assert assessor.alerts[0].state is AlertState.NEW
    assessor.act(at(121), acts.Identify(track=12, identity=Affiliation.FRIEND, by="Ops", note="ours"))
    (shown,) = assessor.marked([drone(125)])
    assert (shown.identity["affiliation"].value, shown.identity["affiliation"].source) == (
        "friend",
        "operator Ops",
    )
    fly(assessor, lambda s: assessor.marked([drone(s)]), range(125, 200, 5))
    assert [alert.state for alert in assessor.alerts] == [AlertState.CLOSED]
    assessor.act(at(201), acts.Identify(track=12, identity=Affiliation.UNKNOWN, by="Ops"))
    fly(assessor, lambda s: assessor.marked([drone(s)]), range(205, 230, 5))
    assert sorted((alert.id, alert.state) for alert in assessor.alerts)[-1][1] is AlertState.NEW
    with pytest.raises(NotThereError, match="no track 99"):
        assessor.act(at(230), acts.Identify(track=99, identity=Affiliation.FRIEND, by="Ops"))


def test_a_slow_track_that_is_called_hostile_is_no_bird():
    def slow(s):
        return make_track(s, [-4_000.0 + 10.0 * s, 0.0, 110.0], [10.0, 0.0, 0.0])

    assessor = make_assessor(inner(), bird_speed=20.0)
    fly(assessor, lambda s: assessor.marked([slow(s)]), range(0, 60))
    assert assessor.alerts == ()
    assessor.act(at(60), acts.Identify(track=12, identity=Affiliation.HOSTILE, by="Ops"))
    fly(assessor, lambda s: assessor.marked([slow(s)]), range(60, 70))
    assert assessor.alerts[0].zone == "Inner"


# Rules of people -------------------------------------------------------------------------------------------

CORRIDOR = {
    "name": "Wadi", "severity": "critical", "width": 2000, "ceiling": 500,
    "corridor": [[33.80, 42.25], [33.80, 42.35]], "within_s": None,
}  # fmt: skip


def test_an_operator_adds_a_rule_replaces_it_and_switches_it_off():
    assessor = make_assessor(OUTER)
    act = acts.SetRule(rule=CORRIDOR, by="Ops", note="seen there last night")
    assessor.act(at(0), act)
    (_, wadi) = assessor.rules
    assert (wadi.source, wadi.on, wadi.zone.area.width) == ("operator", True, 2000.0)
    fly(assessor, lambda s: [drone(s)], range(0, 60, 2))
    assert {alert.zone for alert in assessor.alerts} == {"Wadi", "Outer"}
    assessor.act(at(60), acts.SetRule(rule={**CORRIDOR, "severity": "advisory"}, by="Ops"))
    assert len(assessor.rules) == 2
    assessor.act(at(61), acts.Switch(rule="Wadi", on=False, by="Ops", note="exercise"))
    state = {alert.zone: alert for alert in assessor.alerts}
    assert state["Wadi"].history[-1].note == "Ops switched the rule Wadi off: exercise"
    assert state["Outer"].state is AlertState.NEW
    before = assessor.counters["raised"]
    fly(assessor, lambda s: [drone(s)], range(62, 90, 2))
    assert assessor.counters["raised"] == before
    assessor.act(at(90), acts.Switch(rule="Wadi", on=True, by="Ops", note="over"))
    fly(assessor, lambda s: [drone(s)], range(90, 100, 2))
    assert assessor.counters["raised"] == before + 1
    assert [entry.text for entry in assessor.log] == [
        "added the rule Wadi", "replaced the rule Wadi", "switched the rule Wadi off",
        "switched the rule Wadi on",
    ]  # fmt: skip


def test_a_rule_of_the_site_can_be_switched_off_but_not_replaced():
    assessor = make_assessor(INNER)
    with pytest.raises(ServiceError, match="is the site file's"):
        assessor.act(at(0), acts.SetRule(rule={"name": "Inner", "radius": 5.0}, by="Ops"))
    assessor.act(at(0), acts.Switch(rule="Inner", on=False, by="Ops", note="own flights"))
    assert raised(assessor, seconds=range(0, 200, 5)) == {}
    with pytest.raises(NotThereError, match="no rule Nowhere"):
        assessor.act(at(0), acts.Switch(rule="Nowhere", on=False, by="Ops", note="x"))


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"name": "Z"},
        {"name": "Z", "radius": -5},
        {"name": "Z", "radius": 5, "colour": "red"},
        {"name": "Z", "radius": 5, "hours": "nightly"},
        {"name": "Z", "radius": 5, "klass": {"drone": 2.0}},
        {"name": "Z", "radius": 5, "polygon": [[0, 0], [0, 1], [1, 1]]},
        {"name": "Z", "corridor": [[33.8, 42.2], [33.8, 42.3]]},
        {"name": "Z", "corridor": [[33.8, 42.2]], "width": 50},
        {"name": "Z", "radius": 1e999},
        {"name": "Z", "radius": {"a": [None]}},
    ],
)
def test_a_rule_that_is_none_is_refused_in_words(rule):
    assessor = make_assessor(INNER)
    with pytest.raises(ServiceError, match="cannot be used"):
        assessor.act(at(0), acts.SetRule(rule=rule, by="Ops"))
    assert assessor.log == ()


# Posture ---------------------------------------------------------------------------------------------------


def test_a_readier_site_warns_sooner_and_says_who_made_it_so():
    def doubtful(s):
        return drone(s, existence=0.85)

    assert raised(make_assessor(inner()), doubtful, range(0, 100, 5)) == {}
    assessor = make_assessor(inner())
    assert (assessor.posture.level, assessor.posture.by) == ("normal", "")
    assessor.act(at(0), acts.SetPosture(level="raised", by="Watch officer", note="call from the tower"))
    assert "Inner" in raised(assessor, doubtful, range(0, 100, 5))
    posture = assessor.posture
    assert (posture.level, posture.rank, posture.by, posture.t) == ("raised", 1, "Watch officer", at(0))
    with pytest.raises(NotThereError, match="normal, raised, high"):
        assessor.act(at(1), acts.SetPosture(level="panic", by="x", note="y"))


def test_a_level_switches_rules_and_lends_its_terms_but_not_to_rules_that_have_their_own():
    levels = [
        PostureConfig(name="calm", rank=0),
        PostureConfig(name="tight", rank=1, probability=0.3, confirm_s=0.0, on=("Night",), off=("Outer",)),
    ]
    own = ZoneConfig(name="Own", radius=500.0, probability=0.7, confirm_s=5.0)
    night = ZoneConfig(name="Night", radius=4000.0, on=False)
    assessor = Assessor([OUTER, night, own], [BASE], AlertConfig(), FRAME, postures=levels)

    def state():
        return {rule.name: (rule.on, rule.terms.probability, rule.terms.confirm_s) for rule in assessor.rules}

    assert state() == {"Outer": (True, 0.5, 2.0), "Night": (False, 0.5, 2.0), "Own": (True, 0.7, 5.0)}
    assessor.act(at(0), acts.SetPosture(level="tight", by="Ops", note="why"))
    assert state() == {"Outer": (False, 0.3, 0.0), "Night": (True, 0.3, 0.0), "Own": (True, 0.7, 5.0)}
    assessor.act(at(1), acts.Switch(rule="Outer", on=True, by="Ops", note="needed"))
    assert state()["Outer"][0] is True  # a person's word comes before the level's
    assert all(rule.terms.clear < rule.terms.probability for rule in assessor.rules)


def test_levels_that_the_site_does_not_name_are_sensible_for_any_alert_table():
    for probability, existence in ((0.9, 0.99), (0.5, 0.9), (0.05, 0.3)):
        config = AlertConfig(probability=probability, clear=probability / 3.0, existence=existence)
        levels = Assessor([], [], config, FRAME).standing.levels
        chances = [level.probability or probability for level in levels]
        sure = [level.existence or existence for level in levels]
        assert chances == sorted(chances, reverse=True)
        assert sure == sorted(sure, reverse=True)
        assert all(0.0 < value < 1.0 for value in (*chances, *sure))


# What is ignored -------------------------------------------------------------------------------------------


def test_an_alert_that_nobody_acknowledges_comes_back_and_one_that_is_seen_does_not():
    assessor = make_assessor(inner(remind_s=30.0))
    fly(assessor, lambda s: [drone(s)], range(0, 50, 2))
    (alert,) = assessor.alerts
    assert alert.ignored
    assert alert.history[-1].note.startswith("nobody has acknowledged it for 3")
    fly(assessor, lambda s: [drone(s)], range(50, 120, 2))
    (alert,) = assessor.alerts
    assert len(alert.history) == 2  # the newest reminder alone
    assert assessor.counters["ignored"] == 3
    assert not acknowledge(assessor, alert.id, "ops", at(120)).ignored
    fly(assessor, lambda s: [drone(s)], range(120, 250, 2))
    assert assessor.counters["ignored"] == 3


def test_remind_s_zero_reminds_nobody():
    assessor = make_assessor(inner(remind_s=0.0))
    fly(assessor, lambda s: [drone(s)], range(0, 200, 2))
    assert not assessor.alerts[0].ignored


def test_twins_among_postures_and_own_drones_are_refused_by_the_site_file():
    with pytest.raises(ConfigError):
        OwnConfig(name="nameless")
    with pytest.raises(ConfigError):
        PostureConfig(name="x", rank=0, on=("A",), off=("A",))
    assert math.isclose(PostureConfig(name="x", rank=0, probability=0.3).probability, 0.3)
