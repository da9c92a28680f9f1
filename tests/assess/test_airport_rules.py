"""What an airport may switch off: alerts about aircraft with a transponder, and about what may be a bird."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from tests.assess.air import FRAME, at, make_track
from vedette.assess import AlertConfig, Assessor, ZoneConfig
from vedette.config import parse_toml
from vedette.errors import ConfigError
from vedette.site import SiteFile

INNER = ZoneConfig(name="Inner", radius=3000.0)


def alerts(make, seconds=20, **config):
    """Alerts raised when `make(s)` gives the track at second s."""
    assessor = Assessor((INNER,), (), AlertConfig(**config), FRAME)
    for s in range(seconds):
        assessor.step(at(s), (make(s),))
    return assessor.counters["raised"]


def coming(speed, sigma_v=0.5, by=(), names=None):
    def make(s):
        track = make_track(s, [6000 - speed * s, 0, 100], [-speed, 0, 0], sigma_v=sigma_v, names=names)
        return dataclasses.replace(track, contributors={**track.contributors, **dict.fromkeys(by, at(s))})

    return make


def test_a_transponder_is_believed_only_where_the_site_says_so():
    aircraft = coming(70, names={"icao24": "4ca111"})
    assert alerts(aircraft) == 1
    assert alerts(aircraft, allow_transponders=True) == 0
    assert alerts(coming(70), allow_transponders=True) == 1
    assert alerts(coming(70, names={"callsign": "ABC"}), allow_transponders=True) == 1


def test_a_transponder_that_falls_silent_does_not_excuse_for_ever():
    def make(s):
        first = make_track(0, [0, 0, 0], [0, 0, 0], names={"icao24": "4ca111"})
        return dataclasses.replace(coming(20)(s), identity=first.identity)

    assert alerts(make, seconds=50, allow_transponders=True) == 0
    assert alerts(make, seconds=75, allow_transponders=True) == 1


@pytest.mark.parametrize(
    ("speed", "sigma_v", "by", "raised"),
    [
        (15, 0.5, (), 0),
        (15, 0.5, ("Remote ID",), 1),  # heard by what hears no birds
        (15, 0.5, ("Camera",), 0),
        (30, 0.5, (), 1),
        (24, 3.0, (), 0),  # perhaps fast, but not surely
        (30, 3.0, (), 1),
    ],
)
def test_what_may_be_a_bird(speed, sigma_v, by, raised):
    rules = {"bird_speed": 20.0, "drone_proof": ("Remote ID",)}
    assert alerts(coming(speed, sigma_v, by), **rules) == raised
    assert alerts(coming(speed, sigma_v, by)) == 1  # by default everything alarms


def test_a_second_track_of_an_aircraft_with_a_transponder_does_not_alarm():
    def raised(apart, slower=0.0, **config):
        assessor = Assessor((INNER,), (), AlertConfig(**config), FRAME)
        for s in range(10):
            aircraft = coming(70, names={"icao24": "4ca111"})(s)
            shadow = make_track(s, [6000 - 70 * s, apart, 100], [slower - 70, 0, 0], number=13)
            assessor.step(at(s), (aircraft, shadow))
        return {alert.track for alert in assessor.alerts}

    assert raised(50.0) == {12, 13}
    assert raised(50.0, allow_transponders=True) == set()
    assert raised(600.0, allow_transponders=True) == {13}
    assert raised(50.0, slower=30.0, allow_transponders=True) == {13}


def test_a_leap_from_bird_to_bird_does_not_alarm():
    def make(s):
        return coming(40.0 if s % 9 < 6 else 12.0)(s)

    assert alerts(make, bird_speed=20.0) == 0
    assert alerts(make) >= 1


def test_an_open_alert_stays_when_the_track_slows_down():
    assessor = Assessor((INNER,), (), AlertConfig(bird_speed=20.0), FRAME)
    x = 6000.0
    for s in range(60):
        speed = 40.0 if s < 20 else 10.0
        x -= speed
        assessor.step(at(s), (make_track(s, [x, 0, 100], [-speed, 0, 0], sigma_v=0.5),))
    assert assessor.counters["raised"] == 1
    assert assessor.counters["closed"] == 0
    assert np.isfinite(assessor.alerts[0].evidence.speed_mps)
    assert assessor.alerts[0].evidence.speed_mps < 11.0


SITE = """[site]
name = "here"
latitude = 50
longitude = 3
height = 2
[[sensor]]
kind = "adsb"
name = "a"
[alert]
"""


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (
            'bird_speed = 20\ndrone_proof = ["b"]',
            "s.toml:11, key 'alert.drone_proof': there is no sensor 'b'",
        ),
        ('drone_proof = ["a"]', "give bird_speed, too"),
        ("bird_sped = 20", "did you mean 'bird_speed'"),
    ],
)
def test_a_rule_written_wrongly_silences_nothing(rules, said):
    with pytest.raises(ConfigError, match=r"s\.toml") as caught:
        parse_toml(SITE + rules + "\n", SiteFile, "s.toml")
    assert said in str(caught.value)
