"""A second track on one target of a radar that merges: it goes, and two targets once seen apart stay two."""

from __future__ import annotations

import numpy as np
import pytest

from tests.tracker.flights import SITE, T0, both, radar_scans
from tests.tracker.test_out_of_sequence import NAMES, shuffled
from tests.tracker.test_unresolved import CLOSED, abreast, in_trail, run
from tests.tracker.two_radars import flights, scans, sensors, tracker_of
from vedette.clock import NS
from vedette.tracker import Tracker
from vedette.tracker.duplicates import PATIENCE
from vedette.types import Status
from vedette.units import DEGREE

TURNED = {
    "east": np.array([-80.0, -DEGREE, -0.6 * DEGREE, -0.4])
}  # two standard deviations of what is expected


def doubled(tracker):
    """One more track on the first target, which thinks it began ten seconds ago and is sure of itself."""
    b = tracker._pmb.bernoullis
    row = int(np.argmax(b.r[: b.size]))
    b.make_room(1)
    for array in b.rows():
        array[b.size] = array[row]
    b.label[b.size], b.born[b.size], b.id[b.size], b.confirmed[b.size] = 1 << 40, tracker.t - 10 * NS, 0, 0
    b.seen[b.size] = 0
    b.size += 1


def confirmed(tracker):
    return {track.id for track in tracker.snapshot() if track.status is Status.CONFIRMED}


@pytest.mark.parametrize("seed", range(12))
def test_a_duplicate_is_gone_after_ten_plots_in_a_row(seed):
    """Within 20 looks, one in ten missed; the elder keeps its number. Else both were there for good."""
    sensors, rng = both(clutter=20), np.random.default_rng(seed)
    course, speed = rng.uniform(0, 2 * np.pi), rng.uniform(10, 60)
    path = [((4000.0, 6000, 400), (speed * np.sin(course), speed * np.cos(course), 0))]
    tracker, there = Tracker(sensors, SITE.name), []
    for look, scan in enumerate(radar_scans(sensors["radar"], path, 60, seed)):
        tracker.step(scan)
        if look == 30:
            doubled(tracker)
        there.append(confirmed(tracker))
    assert there[30] == {1}
    assert there[30 + PATIENCE - 2] == {1, 2}
    assert there[50] == {1}
    assert there[-1] == {1}
    assert tracker.counters["duplicates"] == 1


@pytest.mark.parametrize("seed", [108, 111, 112, 115])
def test_two_radars_that_contradict_each_other_leave_no_second_tracks(seed):
    """Each sees its own targets at first, a degree apart; once that is known there is one track for each."""
    rng, found = np.random.default_rng(seed), sensors()
    x = flights(20, 60, rng)
    tracker, most, last, spare = tracker_of(found), 0, [], 0
    for scan in scans(found, x, rng, TURNED):
        tracker.step(scan)
        number = len(confirmed(tracker))
        most, spare = max(most, number), spare + max(number - 20, 0) * (scan.sensor == "west")
        if tracker.t > T0 + 50 * NS:
            last.append(number)
    assert max(last) <= 20
    assert min(last) >= 19
    assert most > 20
    assert spare < 40  # track-seconds: 5 to 31, and 78 if ten plots had to be waited for
    assert tracker.counters["duplicates"] > 0


@pytest.mark.slow
@pytest.mark.parametrize("path", [abreast, in_trail])
def test_a_pair_that_was_told_apart_stays_one_for_three_minutes(monkeypatch, path):
    monkeypatch.setattr("tests.tracker.test_unresolved.OPENED", CLOSED + 200)
    for seed in range(2):
        numbers, _, tracker = run(path, seed, seconds=CLOSED + 190)
        assert all(now == {1, 2} for now in numbers[CLOSED : CLOSED + 180])
        assert tracker.counters["duplicates"] == 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_the_order_of_arrival_does_not_matter(seed):
    rng, found = np.random.default_rng(115), sensors()
    x = flights(20, 60, rng)
    stream = [scan for scan in scans(found, x, rng, TURNED) if scan.t1 < T0 + 25 * NS]
    ordered, mixed = tracker_of(found), tracker_of(found)
    for scan in stream:
        ordered.step(scan)
    for scan in shuffled(stream, np.random.default_rng(seed), 4 * NS):
        mixed.step(scan)
    assert mixed.counters["out_of_sequence"] > 10
    assert ordered.counters["duplicates"] > 0
    a, b = ordered._pmb.bernoullis, mixed._pmb.bernoullis
    for name, one, two in zip(NAMES, a.rows(), b.rows(), strict=True):
        if name not in ("id", "code"):  # both are numbered as they are met
            np.testing.assert_array_equal(one[: a.size], two[: b.size], err_msg=name)
    a, b = ordered.duplicates, mixed.duplicates
    assert a.t == b.t
    assert len(a.one) > 0
    for name in ("one", "two", "score", "shared", "near"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
