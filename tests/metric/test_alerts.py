"""Alerts against a truth made by hand."""

from __future__ import annotations

import numpy as np

from vedette.clock import NS
from vedette.metric import associate, track_paths, truth_paths
from vedette.metric.alerts import Raised, warnings
from vedette.types import Actor

K = 60  # steps of 1 s
T = np.arange(K) * NS


def actor(name, threat=True, arrives=None):
    arrivals = {} if arrives is None else {"Fuel": round(arrives * NS), "Quarters": round(arrives * NS) + 7}
    return Actor(id=name, klass="x", threat=threat, rcs=0.0, t_begin=0, t_end=60 * NS, arrivals=arrivals)


def scene(*starts):
    """Targets at these places, flying east at 50 m/s; track 1 follows the first of them exactly."""
    n = len(starts)
    x = [[e + 50.0 * k, north, 100, 50, 0, 0] for k in range(K) for e, north in starts]
    truth = truth_paths(T, np.repeat(np.arange(K), n), list(range(n)) * K, x, ids=[f"d{i}" for i in range(n)])
    tracks = track_paths(T, np.arange(K), np.zeros(K, int), x[::n], ids=["1"])
    return truth, tracks, associate(truth, tracks, c=100.0)


def place(e, north=0.0):
    return np.array([e, north, 100.0])


def test_from_the_first_alert_to_the_first_arrival():
    found = warnings(
        [actor("d0", arrives=50.0)], *scene((0, 0)),
        [Raised(12 * NS, 1, place(600)), Raised(8 * NS, 1, place(400))],
    )  # fmt: skip
    assert found.time == {"d0": 42.0}
    assert (found.false, found.missed, found.late) == (0, (), ())


def test_about_whom_its_track_follows_even_if_somebody_is_nearer():
    scenes = scene((0, 0), (0, 300))
    people = [actor("d0", arrives=50.0), actor("d1", arrives=50.0)]
    found = warnings(people, *scenes, [Raised(10 * NS, 1, place(500, 290))])
    assert found.first == {"d0": 10 * NS}
    assert found.missed == ("d1",)
    # a track that follows nobody is about whoever is near, where they are at that very moment
    found = warnings(people, *scenes, [Raised(10 * NS + NS // 4, 9, place(512.5, 1299))])
    assert found.first == {"d1": 10 * NS + NS // 4}


def test_false_alerts_are_about_nobody_or_the_harmless():
    raised = [
        Raised(10 * NS, 9, place(500, 1001)),
        Raised(10 * NS, 1, place(500)),
        Raised(20 * NS, 1, place(1000)),
    ]
    found = warnings([actor("d0", threat=False)], *scene((0, 0)), raised)
    assert (found.nothing, found.harmless, found.false) == (1, 2, 3)
    assert found.time == {"d0": None}


def test_late_missed_and_not_yet_there():
    people = [actor("d0", arrives=5.0), actor("d1", arrives=30.0), actor("d2", arrives=500.0)]
    found = warnings(people, *scene((0, 0), (0, 9000), (0, 20000)), [Raised(10 * NS, 1, place(500))])
    assert found.time == {"d0": 0.0, "d1": None, "d2": None}
    assert found.late == ("d0",)
    assert found.missed == ("d1",)  # d2 has not arrived before the end


def test_of_nothing():
    none = truth_paths([], [], [], []), track_paths([], [], [], [])
    found = warnings([], *none, associate(*none, c=100.0), [Raised(1, 1, place(0))])
    assert (found.time, found.nothing) == ({}, 1)
