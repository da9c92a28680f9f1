"""How shots end, against closed forms: references are the formulas of fire theory, not this code."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy.stats import binom

from vedette.clock import NS
from vedette.scenario.engage import depends, luck_of, meeting, shots, turn_away
from vedette.types import Array, Result

SEEDS = 4_000


def inside(hits: int, n: int, p: float) -> bool:
    """Within 99.9 % of the binomial."""
    low, high = binom.ppf([0.0005, 0.9995], n, p)
    return bool(low <= hits <= high)


def straight(x0: list[float], v: list[float]):  # type: ignore[no-untyped-def]
    return lambda t: np.array(x0) + np.array(v) * (t / NS)


@pytest.mark.parametrize(
    ("x0", "v", "leaves_s"),
    [([12_000.0, 0, 0], [-50.0, 0, 0], 0), ([8_000.0, 3_000, 200], [-40.0, -25, 0], 30),
     ([2_000.0, 0, 100], [60.0, 10, 0], 5)],
)  # fmt: skip
def test_they_meet_at_the_least_root_of_the_quadratic(x0: list[float], v: list[float], leaves_s: int) -> None:
    """(v·v − s²) t² + 2 (x₀·v + s² t₀) t + (x₀·x₀ − s² t₀²) = 0, its least root after t₀."""
    s, p, w = 180.0, np.array(x0), np.array(v)
    roots = np.roots([w @ w - s * s, 2 * (p @ w + s * s * leaves_s), p @ p - s * s * leaves_s**2])
    expected = min(root.real for root in roots if root.real > leaves_s)
    met = meeting(straight(x0, v), np.zeros(3), lambda d: d / s, leaves_s * NS, 1_000 * NS)
    assert met is not None
    assert met / NS == pytest.approx(expected, abs=0.002)


def test_head_on_they_meet_at_r_s_over_s_plus_v() -> None:
    met = meeting(straight([9_000.0, 0, 0], [-51.0, 0, 0]), np.zeros(3), lambda d: d / 180.0, 0, 600 * NS)
    assert met is not None
    assert 9_000 - 51 * met / NS == pytest.approx(9_000 * 180 / (180 + 51), abs=0.2)


def test_what_is_faster_than_the_shot_is_never_met_and_what_is_gone_neither() -> None:
    away = straight([500.0, 0, 0], [200.0, 0, 0])
    assert meeting(away, np.zeros(3), lambda d: d / 180.0, 0, 600 * NS) is None

    def until_10(t: int) -> Array | None:
        return None if t > 10 * NS else np.array([9_000.0, 0, 0])

    assert meeting(until_10, np.zeros(3), lambda d: d / 180.0, 0, 600 * NS) is None


def test_one_shot_ends_as_often_as_it_says() -> None:
    p, d = 0.45, 0.2
    ends = [shots(1, p, d, luck_of(seed, "7-Gun-1")) for seed in range(SEEDS)]
    assert inside(ends.count(Result.KILLED), SEEDS, p)
    assert inside(ends.count(Result.DAMAGED), SEEDS, d)
    assert inside(ends.count(Result.MISSED), SEEDS, 1 - p - d)
    diverted = [shots(1, p, 0.0, luck_of(seed, "7-Jammer-1"), divert=True) for seed in range(SEEDS)]
    assert inside(diverted.count(Result.DIVERTED), SEEDS, p)
    assert Result.KILLED not in diverted


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_a_salvo_leaves_q_to_the_k(k: int) -> None:
    p, d = 0.35, 0.1
    ends = [shots(k, p, d, luck_of(seed, f"salvo {k}")) for seed in range(SEEDS)]
    assert inside(SEEDS - ends.count(Result.KILLED), SEEDS, (1 - p) ** k)
    assert inside(ends.count(Result.MISSED), SEEDS, (1 - p - d) ** k)


def shoot_look_shoot(seed: int, name: str, p: float, n: int, wrong: float = 0.0) -> tuple[bool, int]:
    """Whether it leaks, and shots used: at most n; a look calls a miss a kill with probability `wrong`."""
    looks = luck_of(seed, f"{name} looks")
    for shot in range(1, n + 1):
        if shots(1, p, 0.0, luck_of(seed, f"{name}-{shot}")) is Result.KILLED:
            return False, shot
        if looks.random() < wrong:
            return True, shot
    return True, n


@pytest.mark.parametrize(("p", "n"), [(0.3, 7), (0.5, 3), (0.75, 2)])
def test_shoot_look_shoot(p: float, n: int) -> None:
    """Leak qⁿ, mean shots (1 − qⁿ)/p; the standard error is that of the sample."""
    ends = [shoot_look_shoot(seed, "sls", p, n) for seed in range(SEEDS)]
    assert inside(sum(leak for leak, _ in ends), SEEDS, (1 - p) ** n)
    used = np.array([used for _, used in ends])
    assert used.mean() == pytest.approx((1 - (1 - p) ** n) / p, abs=3.5 * used.std() / math.sqrt(SEEDS))


@pytest.mark.slow
@pytest.mark.parametrize(("p", "n", "wrong"), [(0.5, 4, 0.1), (0.3, 6, 0.3), (0.7, 2, 0.05), (0.4, 5, 1.0)])
def test_wrong_kill_calls(p: float, n: int, wrong: float) -> None:
    """L_n = q (ε + (1 − ε) L_{n−1}), L₀ = 1."""
    leak = 1.0
    for _ in range(n):
        leak = (1 - p) * (wrong + (1 - wrong) * leak)
    ends = [shoot_look_shoot(seed, "calls", p, n, wrong)[0] for seed in range(20_000)]
    assert inside(sum(ends), len(ends), leak)


@pytest.mark.slow
@pytest.mark.parametrize(("drones", "magazine", "p"), [(10, 12, 0.75), (5, 5, 0.6), (24, 20, 0.9)])
def test_a_magazine_runs_out(drones: int, magazine: int, p: float) -> None:
    """Shoot-look-shoot without want of time: E leak = Σ max(0, N − k) Bin(k; M, p)."""
    k = np.arange(magazine + 1)
    expected = float(np.maximum(0, drones - k) @ binom.pmf(k, magazine, p))
    leaks = []
    for seed in range(6_000):
        left, standing = magazine, list(range(drones))
        for name in itertools.cycle(range(drones)):
            if not left or not standing:
                break
            if name in standing:
                left -= 1
                if shots(1, p, 0.0, luck_of(seed, f"{name}-{left}")) is Result.KILLED:
                    standing.remove(name)
        leaks.append(len(standing))
    spread = 3.5 * np.std(leaks) / math.sqrt(len(leaks))
    assert np.mean(leaks) == pytest.approx(expected, abs=spread)


def test_who_depends_on_a_link_is_so_for_good_and_as_often_as_the_class_says() -> None:
    share = (0.2, 0.6)
    who = [depends(seed, "drone 1", "link", share) for seed in range(SEEDS)]
    assert who == [depends(seed, "drone 1", "link", share) for seed in range(SEEDS)]
    assert inside(sum(who), SEEDS, 0.4)
    assert not any(depends(seed, "drone 1", "link", (0.0, 0.0)) for seed in range(100))
    assert all(depends(seed, "drone 1", "gnss", (1.0, 1.0)) for seed in range(100))


def test_an_engagement_more_changes_nothing_about_the_others() -> None:
    assert luck_of(3, "7-Gun-1").random() == luck_of(3, "7-Gun-1").random()
    assert len({luck_of(3, f"7-Gun-{n}").random() for n in range(50)}) == 50


def test_a_diverted_one_turns_away_to_either_side() -> None:
    turns = np.array([turn_away(luck_of(seed, "away")) for seed in range(1_000)])
    assert math.pi / 2 <= np.abs(turns).min() <= np.abs(turns).max() <= math.pi
    assert inside(int((turns > 0).sum()), 1_000, 0.5)
