"""The umpire: what is accepted is flown against the truth, ends as often as it says, and is seen to end."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binom

from tests.pipeline.umpired import (
    DRONE,
    GUN,
    JAMMER,
    accepted,
    exercise_of,
    site_of,
    umpire_of,
)
from vedette.clock import NS
from vedette.pipeline import Exercise, Pipeline, staged
from vedette.types import Mode, Outcome, Result, Scan

LATER = 400 * NS


def outcome(exercise: Exercise, **how: object) -> Outcome:
    """Of one acceptance whose shots leave 100 s after the begin, 5 km before the gun."""
    umpire, kept = umpire_of(exercise)
    umpire.write(accepted(exercise, 100.0, **how))  # type: ignore[arg-type]
    umpire.before(exercise.begin + LATER)
    (found,) = kept.outcomes
    return found


def inside(hits: int, n: int, p: float) -> bool:
    """Within 99.9 % of the binomial."""
    low, high = binom.ppf([0.0005, 0.9995], n, p)
    return bool(low <= hits <= high)


def test_they_meet_where_the_textbook_says() -> None:
    """Head on from 5 km with 200 against 50 m/s: after 5000/250 s, 4 km out; the height adds 11 m."""
    found = outcome(exercise_of(site_of()))
    assert (found.t - found.t_shot) / NS == pytest.approx(20.0, abs=0.1)
    assert found.id == "a"
    assert found.kill == pytest.approx(0.45)


@pytest.mark.parametrize(
    ("seeds", "shots"),
    [
        (200, 1),
        pytest.param(2_000, 1, marks=pytest.mark.slow),
        pytest.param(2_000, 3, marks=pytest.mark.slow),
    ],
)
def test_outcomes_are_as_frequent_as_they_say(seeds: int, shots: int) -> None:
    """p = 0.45 stops and of the hits 30 % only damage, so that 0.45·0.3/0.7 do; k shots leave (1 − p)^k."""
    p, d = 0.45, 0.45 * 0.3 / 0.7
    site = site_of()
    ends = [outcome(exercise_of(site, seed), shots=shots).result for seed in range(seeds)]
    assert inside(ends.count(Result.KILLED), seeds, 1 - (1 - p) ** shots)
    assert inside(ends.count(Result.MISSED), seeds, (1 - p - d) ** shots)


@pytest.mark.slow
def test_a_jammer_diverts_those_that_need_what_it_jams() -> None:
    """Its 0.9 × the part of the class that needs satellites; the same drone always does or never."""
    site, ends, again = site_of(JAMMER), [], []
    for seed in range(200):
        one = outcome(exercise_of(site, seed), advice="1-Jammer-1", effector="Jammer")
        ends.append(one.result)
        if "needs no gnss" in one.detail:
            again.append(outcome(exercise_of(site, seed), advice="1-Jammer-2", effector="Jammer").detail)
    low, high = site.effectors["Jammer"].depends("one-way-attack")
    assert inside(ends.count(Result.DIVERTED), 200, 0.9 * 0.5 * (low + high))
    assert Result.KILLED not in ends
    assert set(again) <= {"a needs no gnss"}


def first(result: Result, effectors: str = GUN, **how: object) -> tuple[Exercise, Outcome]:
    """The first seed in which it ends so."""
    site = site_of(effectors)
    for seed in range(200):
        exercise = exercise_of(site, seed)
        found = outcome(exercise, **how)
        if found.result is result:
            return exercise, found
    raise AssertionError(f"nothing is ever {result.value}")


def test_what_is_killed_has_gone_and_never_arrives() -> None:
    exercise, found = first(Result.KILLED)
    assert len(exercise.truth(found.t)) == 1
    assert exercise.truth(found.t + 1) == ()
    assert found.arrives is None


@pytest.mark.parametrize("result", [Result.DAMAGED, Result.MISSED])
def test_what_is_damaged_or_missed_still_arrives(result: Result) -> None:
    """9.5 km at 50 m/s: within the asset's 500 m after 190 s."""
    exercise, found = first(result)
    assert found.arrives is not None
    assert (found.arrives - exercise.begin) / NS == pytest.approx(190.0, abs=0.1)


def test_what_is_diverted_flies_away() -> None:
    exercise, found = first(Result.DIVERTED, JAMMER, advice="1-Jammer-1", effector="Jammer")
    assert found.arrives is None
    (x,) = [truth.x for truth in exercise.truth(exercise.world.end)]
    (met,) = [truth.x for truth in exercise.truth(found.t)]
    assert np.hypot(*x[:2]) > np.hypot(*met[:2]) - 2 * 50 / math.radians(3)  # but for its turn
    assert x[:2] @ x[3:5] > 0.0


def test_shots_at_nothing_miss() -> None:
    """A false track, one that is 5 km beside, and a drone that arrives before they meet."""
    beside = outcome(exercise_of(site_of()), off=5_000.0)
    assert (beside.result, beside.id, beside.detail) == (Result.MISSED, "", "nothing was there")
    exercise = exercise_of(site_of())
    umpire, kept = umpire_of(exercise)
    umpire.write(accepted(exercise, 199.0))
    exercise.stop("a", exercise.begin + 199 * NS + NS // 10)
    umpire.before(exercise.begin + LATER)
    assert [one.detail for one in kept.outcomes] == ["a was gone"]


def test_out_of_the_envelope_nothing_is_hit() -> None:
    """Shots that leave at 10 km meet it at 8, and the gun reaches 6."""
    exercise = exercise_of(site_of())
    umpire, kept = umpire_of(exercise)
    umpire.write(accepted(exercise, 1.0))
    umpire.before(exercise.begin + LATER)
    assert [(one.result, one.detail) for one in kept.outcomes] == [
        (Result.MISSED, "a was not where Gun can act")
    ]


def test_two_engagements_of_one_target_come_in_their_order() -> None:
    """The second shots find it gone when the first have killed it."""
    for seed in range(60):
        exercise = exercise_of(site_of(), seed)
        umpire, kept = umpire_of(exercise)
        umpire.write(accepted(exercise, 103.0, advice="1-Gun-2"))
        umpire.write(accepted(exercise, 100.0, advice="1-Gun-1"))
        umpire.before(exercise.begin + LATER)
        assert [one.advice for one in kept.outcomes] == ["1-Gun-1", "1-Gun-2"]
        if kept.outcomes[0].result is Result.KILLED:
            assert kept.outcomes[1].detail == "a was gone"
            return
    raise AssertionError("nothing is ever killed")


def test_the_same_engagement_is_flown_once() -> None:
    exercise = exercise_of(site_of())
    umpire, kept = umpire_of(exercise)
    for _ in range(3):
        umpire.write(accepted(exercise, 100.0))
        umpire.before(exercise.begin + LATER)
    assert len(kept.outcomes) == 1
    assert umpire.counters["flown"] == 1


def test_sensors_see_it_until_it_is_killed_and_no_longer() -> None:
    exercise, found = first(Result.KILLED)
    again = exercise_of(exercise.site, exercise.seed)
    umpire, kept = umpire_of(again)
    umpire.write(accepted(again, 100.0))
    near = []
    for scan in again.scans():
        for d in scan.detections:
            x = again.site.sensors["radar"].convert(d.kind, d.z[None], d.R[None])[0][0]
            way = 10_000 - 50 * (d.t - again.begin) / NS
            if np.hypot(x[0] - way, x[1]) < 400:
                near.append(d.t)
    assert kept.outcomes[0] == found
    assert found.t - 5 * NS < max(near) <= found.t
    assert [(plot.id, plot.sensor) for plot in kept.plots] == [("a", "radar")]
    assert kept.plots[0].t == min(near)


def test_nobody_accepts_and_nothing_changes() -> None:
    """With the umpire beside it a run gives the scans of one without."""

    def keys(scans: list[Scan]) -> list[object]:
        return [(s.key, [(d.t, d.z.tobytes()) for d in s.detections]) for s in scans]

    site = site_of()
    plain = list(exercise_of(site).scans())
    exercise = exercise_of(site)
    beside = list(staged(exercise, Pipeline(site, mode=Mode.EXERCISE), truth=False))
    assert keys(plain) == keys([s for s in beside if isinstance(s, Scan)])


@pytest.mark.slow
def test_an_own_aircraft_that_is_shot_at_is_hit_all_the_same() -> None:
    """The umpire knows no friends: that none is shot at is the advice's business and the person's."""
    own = DRONE.replace('"one-way-attack"', '"cooperative"').replace(
        "speed = 50", "speed = 50\nthreat = false"
    )
    ends = [outcome(exercise_of(site_of(), seed, own)).result for seed in range(150)]
    assert inside(ends.count(Result.KILLED), 150, 0.1)
