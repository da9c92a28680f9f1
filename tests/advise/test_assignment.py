"""Assignments beside trying everything, published optima of random families, and their own promises."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from typer.testing import CliRunner

from vedette.advise import Problem, assign, greedy, problem
from vedette.advise.problem_file import read_problem, write_problem
from vedette.cli.commands import app
from vedette.errors import ConfigError


def random_problem(rng: np.random.Generator, weapons: int, targets: int, **limits: int) -> Problem:
    shots = rng.integers(0, limits.get("shots", 2) + 1, weapons)
    most = rng.integers(0, 3, (weapons, targets)) if rng.random() < 0.5 else None
    cost = rng.uniform(0.0, 8.0, (weapons, targets)) if rng.random() < 0.5 else 0.0
    kill = rng.uniform(0.0, 1.0, (weapons, targets)).round(rng.integers(0, 4))  # 0 and 1 among them
    further = _further(rng, weapons, targets) if limits.get("further") else {}
    return problem(rng.uniform(0.0, 50.0, targets), kill, shots, most=most, cost=cost, **further)


def _further(rng: np.random.Generator, weapons: int, targets: int) -> dict[str, Any]:
    """Further limits, several of one weapon among them."""
    return {
        "of": rng.integers(0, weapons, 3),
        "rounds": rng.integers(0, 4, 3),
        "takes": rng.integers(0, 3, (3, targets)),
    }


def by_trying(p: Problem) -> float:
    """The least value over every assignment there is."""
    W, T = p.kill.shape
    rows = [
        [r for r in itertools.product(*(range(m + 1) for m in p.most[i])) if sum(r) <= p.shots[i]]
        for i in range(W)
    ]
    choices = (np.array(choice).reshape(W, T) for choice in itertools.product(*rows))
    return min(p.value(x) for x in choices if p.allows(x))


@pytest.mark.parametrize("further", [0, 1])
@pytest.mark.parametrize("count", [8, pytest.param(200, marks=pytest.mark.slow)])
def test_it_equals_trying_everything_on_small_problems(count: int, further: int) -> None:
    rng = np.random.default_rng(1)
    for _ in range(count):
        p = random_problem(rng, int(rng.integers(1, 4)), int(rng.integers(1, 4)), further=further)
        found = assign(p)
        assert found.objective == pytest.approx(by_trying(p), rel=1e-7, abs=1e-9)
        assert found.bound == pytest.approx(found.objective, rel=1e-7, abs=1e-9)
        assert p.allows(found.shots)


def test_one_shot_at_each_is_the_classical_assignment_problem() -> None:
    """As many weapons as targets and one shot at each target: linear, and solved by another method."""
    rng = np.random.default_rng(2)
    weight, kill = rng.uniform(1.0, 50.0, 12), rng.uniform(0.2, 0.95, (12, 12))
    rows, columns = linear_sum_assignment(-weight * kill)
    alike = problem(weight, kill, 1)
    alone = weight.sum() - (weight * kill)[rows, columns].sum()
    assert assign(alike).objective <= alone + 1e-9  # two at one target may be better still
    sure = problem(weight, np.ones((12, 12)), 1)
    assert assign(sure).objective == pytest.approx(0.0, abs=1e-9)


def test_greedy_is_best_when_weapons_are_alike() -> None:
    """den Broeder, Ellison and Emerling (1959): with p_ij = p_j maximum marginal return is optimal."""
    rng = np.random.default_rng(3)
    for _ in range(20):
        weight, p = rng.uniform(1.0, 50.0, 8), rng.uniform(0.1, 0.9, 8)
        alike = problem(weight, np.tile(p, (6, 1)), rng.integers(1, 4, 6))
        assert assign(alike).objective == pytest.approx(alike.value(greedy(alike)), rel=1e-9)


@given(seed=st.integers(0, 10_000), weapons=st.integers(1, 7), targets=st.integers(1, 9))
@settings(max_examples=15, deadline=None)
def test_it_keeps_every_limit_and_its_bound(seed: int, weapons: int, targets: int) -> None:
    p = random_problem(np.random.default_rng(seed), weapons, targets, shots=4)
    found = assign(p)
    assert p.allows(found.shots)
    assert found.objective == pytest.approx(p.value(found.shots))
    assert found.bound <= found.objective * (1.0 + 1e-9) + 1e-9
    assert found.objective <= p.value(greedy(p)) + 1e-9


def raid(seed: int, weapons: int = 24, targets: int = 60) -> Problem:
    rng = np.random.default_rng(seed)
    most = np.where(rng.random((weapons, targets)) < 0.3, 0, 2)
    return problem(
        rng.integers(25, 101, targets),
        rng.uniform(0.6, 0.9, (weapons, targets)),
        rng.integers(1, 5, weapons),
        most=most,
    )


def test_a_raid_is_divided_with_proof() -> None:
    for seed in range(5):
        found = assign(raid(seed))
        assert found.gap <= 1e-9


def test_the_same_problem_gives_the_same_answer() -> None:
    first, second = assign(raid(1)), assign(raid(1))
    assert (first.shots == second.shots).all()
    assert first.bound == second.bound


def test_without_time_it_says_how_far_it_may_be_off() -> None:
    p = raid(3)
    left = iter([1.0, 1.0, 1.0])
    hurried = assign(p, left=lambda: next(left, 0.0))
    best = assign(p)
    assert hurried.bound <= best.objective <= hurried.objective
    assert hurried.gap >= hurried.objective / best.objective - 1.0 - 1e-9
    assert p.allows(hurried.shots)
    assert assign(p, left=lambda: 0.0).method == "greedy"


@pytest.mark.slow
def test_a_proof_that_would_list_too_much_is_given_up() -> None:
    for seed in range(12):
        p = raid(seed, 10, 10)
        given_up = assign(p, most_columns=1)
        assert given_up.bound <= assign(p).objective + 1e-9 <= given_up.objective + 2e-9


def test_nothing_to_shoot_with_and_nothing_to_shoot_at() -> None:
    assert assign(problem([3.0, 4.0], [[0.5, 0.5]], 0)).objective == 7.0
    nothing = assign(problem([], np.zeros((2, 0)), 1))
    assert (nothing.objective, nothing.gap) == (0.0, 0.0)
    useless = assign(problem([3.0], [[0.0]], 5))
    assert useless.objective == 3.0
    assert not useless.shots.any()


def test_a_shot_that_costs_more_than_it_saves_is_not_fired() -> None:
    found = assign(problem([10.0, 1.0], [[0.5, 0.5]], 2, cost=2.0))
    assert found.shots.tolist() == [[2, 0]] or found.shots.tolist() == [[1, 0]]
    assert found.objective == pytest.approx(min(5.0 + 1.0 + 2.0, 2.5 + 1.0 + 4.0))


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        (([1.0], [[0.5, 0.5]], 1), "a column per target"),
        (([1.0], [[1.5]], 1), "above 1"),
        (([-1.0], [[0.5]], 1), "below 0"),
        (([float("nan")], [[0.5]], 1), "none at all"),
        (([1.0], [[0.5]], 1.5), "whole numbers"),
    ],
)
def test_numbers_that_make_no_problem_are_refused(numbers: Any, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        problem(*numbers)


# ---------------------------------------------------------------------------------- the file


def test_a_problem_comes_back_from_its_file(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    for number in range(10):
        p = random_problem(rng, 3, 4)
        file = tmp_path / f"{number}.toml"
        file.write_text(write_problem(p))
        back = read_problem(file)
        for name in ("weight", "kill", "shots", "cost"):
            assert (getattr(back, name) == getattr(p, name)).all()
        assert (back.most == p.most).all()


def test_the_command_prints_figures_and_who_shoots(tmp_path: Path) -> None:
    file = tmp_path / "raid.toml"
    file.write_text("weight = [10, 4]\nshots = 1\nkill = [[0.9, 0.8], [0.8, 0.1]]\n")
    run = CliRunner().invoke(app, ["assign", str(file), "--json"])
    found = json.loads(run.stdout)
    assert found["objective"] == pytest.approx(2.0 + 0.8)
    assert found["gap"] == 0.0
    assert found["shots"] == [[1, 2, 1], [2, 1, 1]]
    assert "weapon 1 at target 2: 1 shot" in CliRunner().invoke(app, ["assign", str(file)]).stdout


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("weight = [1]\nshots = 1\nkill = [[0.5, 0.5]]\n", "row 1 has 2 numbers and there are 1 targets"),
        ("weight = [1]\nshots = [1, 1]\nkill = [[0.5]]\n", "2 numbers and 1 weapons"),
        ("weight = [1]\nshots = 1\nkill = [[1.5]]\n", "kill"),
        ("weight = [1]\nkill = [[0.5]]\n", "shots"),
    ],
)
def test_a_wrong_file_is_told(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "raid.toml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=words):
        read_problem(file)
