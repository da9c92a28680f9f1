"""Whether it was stopped: closed forms of Bayes' rule, and how often a call is wrong, by dice."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.assess.air import at, make_track
from tests.sensor.sensor_examples import sensor
from vedette.advise.verdict import FALLS_S, FALSELY, KEEPS_ON, SURE, Look, verdict
from vedette.types import Call, Engagement

RADAR = sensor("radar3d", reference_pd=0.5)  # one look a second
PLACE = (17_000.0, 9_000.0, 900.0)
P = float(RADAR.detection_probability(np.array([PLACE]))[0])
ALWAYS = {"r": 1 << 62}
LOOK = Look(sensors={"r": RADAR}, until=ALWAYS, before={}, most=0.98, assess_s=8.0)
FLIES_ON = make_track(0.0, PLACE, (0.0, 0.0, 0.0))
AFTER = FALLS_S + RADAR.latency + 0.6  # s after the intercept: the first look that counts is due, not late


def engagement(expected=0.7, **changes):
    """Decided at 0 s, meets at 10 s."""
    given = {
        "advice": "12-Gun-1", "track": 12, "effector": "Gun", "shots": 1, "t_start": at(2.0),
        "t_intercept": at(10.0), "place": PLACE, "expected": expected, "stopped": expected,
        "call": Call.UNDER_WAY,
    }  # fmt: skip
    return Engagement(**{**given, **changes})


def seen(s):
    """The track, last reported at s seconds."""
    return replace(FLIES_ON, contributors={"r": at(s)})


def bayes(prior, misses, hits=0):
    stopped = prior * (1.0 - FALSELY) ** misses * FALSELY**hits
    flies = (1.0 - prior) * (1.0 - P) ** misses * P**hits
    return stopped / (stopped + flies)


def test_the_radar_of_these_tests_is_neither_blind_nor_sure():
    assert 0.4 < P < 0.9


def test_nothing_is_said_before_they_meet_and_while_it_falls():
    shot = engagement()
    assert verdict(shot, seen(9.0), at(9.9), since=at(0.0), look=LOOK) is shot
    falling = verdict(shot, seen(12.0), at(12.5), since=at(0.0), look=LOOK)
    assert (falling.call, falling.stopped) == (Call.LOOKING, pytest.approx(0.7))


@pytest.mark.parametrize("misses", range(5))
def test_looks_without_a_report_count_by_bayes(misses):
    t = at(10.0 + AFTER + misses)
    assert verdict(engagement(), seen(9.5), t, since=at(0.0), look=LOOK).stopped == pytest.approx(
        bayes(0.7, misses)
    )


def test_a_report_after_the_wreck_is_down_speaks_for_flying_on():
    now = verdict(engagement(), seen(14.0), at(14.2), since=at(0.0), look=LOOK)
    assert now.stopped == pytest.approx(bayes(0.7, 0, hits=1))
    assert now.call is Call.NOT_STOPPED


@pytest.mark.parametrize("steps", [2, 7, 40])
def test_looking_often_comes_to_the_same_as_looking_once(steps):
    once = verdict(engagement(), seen(9.5), at(18.0), since=at(0.0), look=LOOK)
    now, since = engagement(), 0.0
    for t in np.linspace(0.0, 18.0, steps + 1)[1:]:
        now = verdict(now, seen(9.5), at(t), since=at(since), look=LOOK)
        since = t
    assert now.stopped == pytest.approx(once.stopped, rel=1e-9)
    assert now.call is once.call


def test_a_track_that_is_gone_is_looked_for_where_they_met():
    gone = verdict(engagement(), None, at(10.0 + AFTER + 2), since=at(0.0), look=LOOK)
    assert gone.stopped == pytest.approx(bayes(0.7, 2))


def test_where_nobody_can_look_the_call_is_what_was_expected():
    blind = Look(sensors={}, until={}, before={}, most=0.98, assess_s=8.0)
    for expected, call in ((0.7, Call.NOT_STOPPED), (0.95, Call.STOPPED)):
        now = verdict(engagement(expected), seen(9.5), at(18.5), since=at(0.0), look=blind)
        assert (now.call, now.stopped) == (call, pytest.approx(expected))


def test_the_silence_of_a_feed_that_is_down_says_nothing():
    """Its last look was at 12 s: what did not come since was never looked for."""
    down = replace(LOOK, until={"r": at(12.0)})
    assert verdict(engagement(), seen(9.5), at(17.9), since=at(0.0), look=down).stopped == pytest.approx(0.7)


def test_looks_that_come_in_late_count_when_they_come():
    once = verdict(
        engagement(), seen(9.5), at(18.0), since=at(0.0), look=replace(LOOK, until={"r": at(18.0)})
    )
    now, since, before = engagement(), 0.0, 0.0
    for t in np.arange(0.4, 18.2, 0.4):  # another sensor moves the time on between the looks of this one
        until = float(np.floor(t))
        look = replace(LOOK, until={"r": at(until)}, before={"r": at(before)})
        now, since, before = verdict(now, seen(9.5), at(t), since=at(since), look=look), t, until
    assert now.stopped == pytest.approx(once.stopped, rel=1e-9)


def test_a_call_is_taken_back_when_it_is_seen_again():
    stopped = verdict(engagement(), seen(9.5), at(19.0), since=at(0.0), look=LOOK)
    assert stopped.call is Call.STOPPED
    again = stopped
    for s in (20.0, 21.0, 22.0):
        again = verdict(again, seen(s), at(s + 0.3), since=at(s - 0.7), look=LOOK)
    assert again.call is Call.NOT_STOPPED


def test_a_jammers_target_is_judged_by_where_it_goes():
    jams = replace(LOOK, jams=True)
    flies_on, stopped = KEEPS_ON
    for threatens, ratio in ((True, stopped / flies_on), (False, (1.0 - stopped) / (1.0 - flies_on))):
        now = verdict(engagement(), seen(17.0), at(18.0), since=at(17.0), look=jams, threatens=threatens)
        odds = 0.7 / 0.3 * ratio
        assert now.stopped == pytest.approx(odds / (1.0 + odds))
        later = verdict(now, seen(18.0), at(19.0), since=at(18.0), look=jams, threatens=threatens)
        assert later.stopped == pytest.approx(now.stopped)  # judged once


def story(rng, stopped, expected=0.7, until=18.0):
    """What is said in the end of a shot that did, or did not, stop it: a look a second, by dice."""
    now, reported = engagement(expected), 9.5
    for s in np.arange(10.5, until + 0.1):
        p = FALSELY if stopped else P
        if s > 10.0 + FALLS_S and rng.random() < p:
            reported = s
        now = verdict(
            now, seen(reported), at(s + RADAR.latency + 0.3), since=at(s - 0.7 + RADAR.latency), look=LOOK
        )
    return now


def test_how_often_what_flies_on_is_called_stopped():
    """Only if every look missed it: (1 − P_D)^m, with the m looks there are until the call."""
    rng = np.random.default_rng(5)
    looks = 5  # at 13.5, 14.5 … 17.5 s
    runs = 1500
    calls = [story(rng, False, until=17.5) for _ in range(runs)]
    wrong = sum(now.call is Call.STOPPED for now in calls) / runs
    expected = wrongly(looks)
    assert wrong == pytest.approx(expected, abs=3.5 * math.sqrt(expected * (1.0 - expected) / runs))
    assert 0.0 < wrong < 0.5


def wrongly(looks):
    """P("stopped" after so many looks | it flies on), over all rows of reports and misses."""
    total = 0.0
    for row in range(2**looks):
        hits = bin(row).count("1")
        if bayes(0.7, looks - hits, hits) >= SURE:
            total += P**hits * (1.0 - P) ** (looks - hits)
    return total


def test_it_is_as_sure_as_it_says():
    """Among many shots of which 7 in 10 stop, those called with probability p were stopped p of the times."""
    rng = np.random.default_rng(6)
    truth = rng.random(2000) < 0.7
    said = np.array([story(rng, stopped, until=14.5).stopped for stopped in truth])
    for low, high in ((0.0, 0.05), (0.05, 0.9), (0.9, 1.0)):
        inside = (said >= low) & (said <= high)
        if inside.sum() > 30:
            se = math.sqrt(max(said[inside].mean() * (1.0 - said[inside].mean()), 1e-4) / inside.sum())
            assert truth[inside].mean() == pytest.approx(said[inside].mean(), abs=4.0 * se)
