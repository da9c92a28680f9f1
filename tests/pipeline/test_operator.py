"""The human model: its times against the log-normal law, its errors, its queue, and what cannot be meant."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom, kstest, lognorm

from vedette.clock import NS
from vedette.errors import ConfigError
from vedette.pipeline import HumanModel, Operator
from vedette.store import Act
from vedette.types import AdviceState


def test_times_are_log_normal_with_the_stated_median_and_spread() -> None:
    model = HumanModel(median=20.0, spread=0.6, wrong=0.1)
    drawn = [model.decides(seed, f"{seed}-Gun-1") for seed in range(3_000)]
    times = np.array([ns for ns, _ in drawn]) / NS
    assert kstest(times, lognorm(0.6, scale=20.0).cdf).pvalue > 0.001
    assert np.median(times) == pytest.approx(20.0, rel=0.06)
    low, high = binom.ppf([0.0005, 0.9995], len(drawn), 0.1)
    assert low <= sum(not accepts for _, accepts in drawn) <= high


def test_no_spread_is_the_median_and_the_same_advice_takes_as_long_again() -> None:
    model = HumanModel(median=7.0, spread=0.0)
    assert model.decides(1, "7-Gun-1") == (7 * NS, True)
    some = HumanModel()
    assert some.decides(4, "7-Gun-1") == some.decides(4, "7-Gun-1") != some.decides(4, "7-Gun-2")


def test_what_is_stated_is_what_was_said() -> None:
    assert HumanModel.of("") == HumanModel()
    model = HumanModel.of(" median=12.5, wrong=0.25 ")
    assert model == HumanModel(median=12.5, wrong=0.25)
    assert HumanModel.of(model.stated()) == model


@pytest.mark.parametrize(
    ("text", "said"),
    [("mean=3", "has no 'mean'; it has median, spread, wrong"), ("median=soon", "'soon', which is no number"),
     ("median=0", "above 0"), ("median=nan", "above 0"), ("spread=4", "from 0 to 3"),
     ("wrong=1.5", "from 0 to 1"), ("median", "which is no number")],
)  # fmt: skip
def test_what_no_person_is_like_is_refused_in_a_sentence(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        HumanModel.of(text)


def test_the_mean_is_above_the_median() -> None:
    """Of a log-normal: e^{σ²/2} times the median."""
    model = HumanModel(median=10.0, spread=0.5)
    times = np.array([model.decides(seed, "1-Gun-1")[0] for seed in range(3_000)]) / NS
    expected = 10.0 * math.exp(0.125)
    assert times.mean() == pytest.approx(expected, abs=3.5 * times.std() / math.sqrt(len(times)))


class Desk:
    """In a pipeline's place: what is on the table, and the time of data."""

    def __init__(self) -> None:
        self.tracker = SimpleNamespace(t=0)
        self.picture = SimpleNamespace(advised=None)

    def show(self, **ranks: int) -> None:
        """Open advice by id, with its rank; none: the site gives no advice."""
        advice = [
            SimpleNamespace(id=name, state=AdviceState.OPEN, threat=SimpleNamespace(rank=rank))
            for name, rank in ranks.items()
        ]
        self.picture.advised = SimpleNamespace(advice=advice)


def decisions(table: dict[int, dict[str, int]], seconds: int = 60) -> list[tuple[float, str]]:
    """(s, advice) of a model of 10 s, one scan a second; `table`: s → what is open from then on."""
    desk, made = Desk(), []
    operator = Operator(HumanModel(median=10.0, spread=0.0), desk, seed=1)  # type: ignore[arg-type]
    shown: dict[str, int] = {}

    def scans() -> Any:
        for s in range(seconds):
            nonlocal shown
            shown = table.get(s, shown)
            desk.tracker.t = s * NS
            desk.show(**shown)
            yield s

    for step in operator.attended(scans()):
        if isinstance(step, Act):
            made.append((step.t / NS, step.act["advice"]))
            shown = {name: rank for name, rank in shown.items() if name != step.act["advice"]}
    return made


def test_one_person_decides_one_thing_after_another_the_most_urgent_first() -> None:
    """What stood second has waited for 10 s before its own 10 begin, from the next scan on."""
    assert decisions({5: {"b": 2, "a": 1}}) == [(15.0, "a"), (26.0, "b")]


def test_what_is_begun_is_ended_although_something_more_urgent_comes() -> None:
    assert decisions({5: {"b": 1}, 8: {"a": 1, "b": 2}}) == [(15.0, "b"), (26.0, "a")]


def test_what_is_withdrawn_meanwhile_is_time_lost() -> None:
    assert decisions({5: {"a": 1, "b": 2}, 12: {"b": 1}}) == [(22.0, "b")]


def test_without_advice_nobody_decides() -> None:
    assert decisions({}) == []
