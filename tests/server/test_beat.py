"""The beat of the frames, on a clock made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from vedette.server.beat import PERIOD, Beat


def sent(arrivals: np.ndarray) -> tuple[list[float], list[float]]:
    """When frames go, and how long after its picture each: the newest picture goes when the beat allows."""
    beat, times, waits, k = Beat(0.0), [], [], 0
    while k < len(arrivals):
        t = arrivals[k] if not times else max(arrivals[k], times[-1])
        t += beat.wait(t)
        k = int(np.searchsorted(arrivals, t, side="right"))  # what came meanwhile gives way to the newest
        beat.sent(t)
        times.append(t)
        waits.append(t - arrivals[k - 1])
    return times, waits


def test_a_flood_goes_out_five_times_a_second() -> None:
    times, waits = sent(np.arange(0.0, 60.0, 0.01))
    assert len(times) <= 60.0 / PERIOD + 2
    assert len(times) >= 60.0 / PERIOD - 2
    assert max(waits) < 0.011  # and what goes is the newest


@pytest.mark.parametrize("phase", np.linspace(0.0, 0.2, 5))
def test_pictures_at_the_rate_of_frames_never_wait(phase: float) -> None:
    rng = np.random.default_rng(1)
    arrivals = phase + 0.2 * np.arange(300) + rng.uniform(0.0, 0.1, 300)  # each up to half a beat late
    times, waits = sent(arrivals)
    assert len(times) == 300
    assert max(waits) == 0.0


@pytest.mark.parametrize("pause", np.linspace(0.01, 0.2, 7))
def test_after_a_flood_what_waits_catches_up(pause: float) -> None:
    flood = np.arange(0.0, 3.0, 0.01)
    arrivals = np.concatenate([flood, flood[-1] + pause + 0.2 * np.arange(100)])
    _, waits = sent(arrivals)
    assert max(waits[-60:]) == 0.0
