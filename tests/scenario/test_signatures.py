"""What sensors other than radars live by: drawn from the catalogue's brackets, or given."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binomtest

from tests.scenario.scenario_examples import BENT, STRAIGHT, place, platform, world
from vedette.classes import flight_classes
from vedette.errors import ConfigError
from vedette.units import DEGREE

PATH = f"{place(90, 3_000)}, {place(90, 100)}"


def swarm(count: int, more: str = "speed = 50") -> str:
    return "".join(platform(f"p{i}", PATH, more) for i in range(count))


def test_drawn_within_the_brackets_of_the_class() -> None:
    known = flight_classes()["one-way-attack"]
    drawn = world(swarm(300)).platforms
    power = np.array([p.rf_power for p in drawn])
    for values, (low, high) in (
        (power[np.isfinite(power)], known.rf_power),
        (np.array([p.sound for p in drawn]), known.sound),
        (np.array([p.size for p in drawn]), known.size),
    ):
        assert ((values >= low) & (values <= high)).all()
        assert np.ptp(values) > 0.8 * (high - low)
    # whether it transmits: the bracket of the probability is itself drawn from
    assert binomtest(int(np.isfinite(power).sum()), 300, sum(known.emits) / 2).pvalue > 1e-3


def test_given_numbers_are_taken() -> None:
    (p,) = world(swarm(1, "emits = 1\nrf_power = 27\nsound = 117\nsize = 1.7\nspeed = 50")).platforms
    assert (p.rf_power, p.sound, p.size) == (27, 117, 1.7)
    (silent,) = world(swarm(1, "emits = 0\nspeed = 50")).platforms
    assert silent.rf_power == -math.inf


def test_every_class_has_brackets_with_low_before_high() -> None:
    for known in flight_classes().values():
        for low, high in (known.emits, known.rf_power, known.sound, known.size):
            assert low <= high


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("sound = [120, 110]", "a bracket is"),
        ("emits = 1.5", "emits"),
        ("size = 0", "size"),
        ("rf_power = 1000", "a power in dBm"),
        ('remote_id = "more than twenty characters"', "a serial number of at most 20 characters"),
        (f"operator = {place(0, 10, 0)}", "only Remote ID tells where an operator is; add 'remote_id'"),
    ],
)
def test_a_malformed_key_is_refused_in_a_sentence(line: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        world(swarm(1, line))


def test_targets_say_what_flies() -> None:
    operator = f'remote_id = "SN1"\noperator = {place(10, 700, 0)}\nspeed = 50'
    flown = world(platform("q", PATH, operator) + platform("s", PATH, "speed = 50"))
    targets = flown.targets(flown.begin)
    assert targets.klass == ("one-way-attack",) * 2
    assert targets.remote_id == ("SN1", "")
    lat, lon = flown.frame.reckon(700, 10 * DEGREE)
    np.testing.assert_allclose(targets.operator, [[lat, lon], [math.nan, math.nan]])


def test_the_past_is_the_path_truly_flown() -> None:
    """Before a moment it was where its state then was; before its start it came straight in."""
    flown = world(STRAIGHT + BENT)
    t = flown.begin + 90_000_000_000
    past = flown.targets(t).before(np.array([20.0, 31.0]))
    for row, age in enumerate((20, 31)):
        _, x = flown.state(t - age * 1_000_000_000)
        np.testing.assert_allclose(past[row], x[row, :3], atol=1e-6)
    start = flown.targets(flown.begin)
    came = start.before(np.array([7.0, 7.0]))
    np.testing.assert_allclose(came, start.position - 7.0 * start.velocity, atol=1e-6)
