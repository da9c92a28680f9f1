"""Our figures and those of other implementations, on the same scenes (peers.py tells how they were made)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.metric.arrays import case
from vedette.kernel.tgospa import tgospa
from vedette.metric import ClearMetric, HotaMetric, IdentityMetric, SiapMetric, close_pairs
from vedette.metric.trajectories import ospa2

PEERS = json.loads(Path(__file__).with_name("peers.json").read_text())
CASES = sorted(PEERS["trackeval"])

TRACKEVAL = {
    HotaMetric: {
        "hota": "HOTA", "deta": "DetA", "assa": "AssA", "loca": "LocA", "det_recall": "DetRe",
        "det_precision": "DetPr", "ass_recall": "AssRe", "ass_precision": "AssPr",
    },
    ClearMetric: {
        "mota": "MOTA", "motp_similarity": "MOTP", "switches": "IDSW", "fragments": "Frag",
        "matched": "CLR_TP", "missed": "CLR_FN", "false": "CLR_FP",
        "mostly_tracked": "MT", "mostly_lost": "ML",
    },
    IdentityMetric: {"idf1": "IDF1", "id_precision": "IDP", "id_recall": "IDR"},
}  # fmt: skip
STONE_SOUP = {
    "completeness": "SIAP Completeness",
    "ambiguity": "SIAP Ambiguity",
    "spuriousness": "SIAP Spuriousness",
    "position_accuracy_m": "SIAP Position Accuracy",
    "velocity_accuracy_m_per_s": "SIAP Velocity Accuracy",
    "track_number_change_per_s": "SIAP Rate of Track Number Change",
    "longest_segment": "SIAP Longest Track Segment",
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("metric", TRACKEVAL, ids=lambda metric: metric.__name__)
def test_hota_clear_and_idf1_equal_trackeval(metric, name):
    truth, tracks, c = case(name)
    got = metric(c=c).score(truth, tracks)
    for ours, theirs in TRACKEVAL[metric].items():
        assert got[ours] == pytest.approx(PEERS["trackeval"][name][theirs], abs=1e-12), ours


@pytest.mark.parametrize("name", CASES)
def test_siap_equals_stone_soup(name):
    truth, tracks, c = case(name, gaps=False)
    got = SiapMetric(c=c).score(truth, tracks)
    for ours, theirs in STONE_SOUP.items():
        assert got[ours] == pytest.approx(PEERS["stonesoup"][name][theirs], abs=1e-9), ours


@pytest.mark.parametrize("window", [10, 50])
@pytest.mark.parametrize("name", CASES)
def test_ospa2_equals_serums_at_every_step(name, window):
    truth, tracks, c = case(name)
    got = ospa2(truth, tracks, close_pairs(truth, tracks, c), c, 1.0, window)
    assert got == pytest.approx(np.array(PEERS["serums"][name][str(window)]), abs=1e-9)


@pytest.mark.parametrize("name", CASES)
def test_tgospa_equals_its_authors_programme(name):
    truth, tracks, c = case(name)
    pairs = close_pairs(truth, tracks, c)
    counts = (len(truth.who), len(tracks.who))
    got = tgospa(pairs.step, pairs.i, pairs.j, pairs.d, counts, c=c, gamma=10.0)
    for part, value in PEERS["tgospa"][name].items():
        assert getattr(got, part) == pytest.approx(value, abs=1e-6), part


def test_the_scenes_hold_every_kind_of_error():
    said = [PEERS["trackeval"][name] for name in CASES]
    assert all(any(one[kind] > 0 for one in said) for kind in ("IDSW", "Frag", "CLR_FN", "CLR_FP"))
    assert any(one["switch"] % 100.0 == 0 and one["switch"] > 0 for one in PEERS["tgospa"].values())
    assert any(one["SIAP Ambiguity"] > 1 for one in PEERS["stonesoup"].values())
