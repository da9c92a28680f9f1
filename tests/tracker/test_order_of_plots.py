"""A large scan is sorted by place before it is used; nothing but the order of the rows may depend on it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vedette.scenario.traffic import Traffic
from vedette.study.side_by_side.ours import Ours, imm
from vedette.tracker import pmb


def run(traffic: Traffic) -> Ours:
    one = imm(traffic)
    for k, moment in enumerate(traffic):
        plots = one.prepare(k, moment.plots)
        M = len(moment.plots)
        one.step(replace(plots, tau=np.linspace(0.0, 0.9, M), label=1000 * k + np.arange(M)))
    return one


@pytest.mark.parametrize("dims", [2, 3])
def test_sorting_a_scan_by_place_changes_the_order_of_rows_only(
    dims: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    traffic = Traffic(targets=60, seed=3, dims=dims, scans=12, density=16.0)
    plain = run(traffic).tracker
    monkeypatch.setattr(pmb, "MANY", 0)
    sorted_ = run(traffic).tracker
    a, b, N = plain.bernoullis, sorted_.bernoullis, len(plain.bernoullis)
    assert len(b) == N > 60
    assert plain.counters == sorted_.counters
    i, j = np.argsort(a.label[:N]), np.argsort(b.label[:N])
    assert not np.array_equal(i, j)
    for name in ("label", "hits", "looks", "born", "updated", "code"):
        np.testing.assert_array_equal(getattr(a, name)[i], getattr(b, name)[j])
    for name in ("r", "mu", "x", "P"):
        np.testing.assert_allclose(getattr(a, name)[i], getattr(b, name)[j], rtol=1e-6, atol=1e-9)
