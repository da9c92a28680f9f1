"""What other implementations say about the scenes: writes `peers.json`. Not collected by pytest.

Run in a throw-away environment with NumPy and whichever of these it has; the rest of the file is kept:

    pip install trackeval==1.3.0 stonesoup==1.9.1 serums==1.0.6
    python -m tests.metric.peers                        # from the root of the repository
    python -m tests.metric.peers --tgospa FOLDER        # a clone of T-GOSPA-metric-python, with NumPy < 2
"""

from __future__ import annotations

import argparse
import datetime
import json
import sys
from pathlib import Path

import numpy as np

from tests.metric.scenes import SEEDS, C, Scene, published, scene

FILE = Path(__file__).with_name("peers.json")


def trackeval(s: Scene, c: float) -> dict[str, float]:
    """HOTA, CLEAR and Identity with similarity max(0, 1 − d/c); arrays over thresholds are averaged."""
    for old, new in (("float", float), ("int", int), ("bool", bool)):
        if old not in vars(np):
            setattr(np, old, new)  # trackeval still uses the names that NumPy 1.24 removed
    from trackeval.metrics import CLEAR, HOTA, Identity

    X, Y = s.X[..., :3], s.Y[..., :3]
    gt, tr = [np.isfinite(Z[..., 0]) for Z in (X, Y)]
    data = {
        "gt_ids": [np.flatnonzero(gt[:, k]) for k in range(s.K)],
        "tracker_ids": [np.flatnonzero(tr[:, k]) for k in range(s.K)],
        "similarity_scores": [
            np.maximum(0, 1 - np.linalg.norm(X[gt[:, k], None, k] - Y[None, tr[:, k], k], axis=-1) / c)
            for k in range(s.K)
        ],
        "num_gt_ids": len(X), "num_tracker_ids": len(Y), "num_timesteps": s.K,
        "num_gt_dets": int(gt.sum()), "num_tracker_dets": int(tr.sum()),
    }  # fmt: skip
    out: dict[str, float] = {}
    for metric in (HOTA(), CLEAR({"PRINT_CONFIG": False}), Identity({"PRINT_CONFIG": False})):
        out |= {name: float(np.mean(v)) for name, v in metric.eval_sequence(data).items()}
    return out


def stonesoup(s: Scene, c: float) -> dict[str, float]:
    """SIAP with the track-to-truth association of Stone Soup (three to begin, two to end)."""
    from stonesoup.dataassociator.tracktotrack import TrackToTruth
    from stonesoup.measures import Euclidean
    from stonesoup.metricgenerator.manager import MultiManager
    from stonesoup.metricgenerator.tracktotruthmetrics import SIAPMetrics
    from stonesoup.types.groundtruth import GroundTruthPath, GroundTruthState
    from stonesoup.types.state import State
    from stonesoup.types.track import Track

    t0 = datetime.datetime(2024, 1, 1)  # noqa: DTZ001 (Stone Soup's own times are naive)
    at = [t0 + datetime.timedelta(seconds=k) for k in range(s.K)]

    def states(path: np.ndarray, kind: type) -> list:
        return [kind(x[:, None], timestamp=at[k]) for k, x in enumerate(path) if np.isfinite(x[0])]

    truths = {GroundTruthPath(states(x, GroundTruthState)) for x in s.X}
    tracks = {Track(states(y, State)) for y in s.Y}
    siap = SIAPMetrics(position_measure=Euclidean((0, 1, 2)), velocity_measure=Euclidean((3, 4, 5)))
    manager = MultiManager([siap])
    manager.add_data({"groundtruth_paths": truths, "tracks": tracks})
    near = TrackToTruth(association_threshold=c, measure=Euclidean((0, 1, 2)))
    manager.association_set = near.associate_tracks(tracks, truths)
    return {m.title: float(m.value) for m in siap.compute_metric(manager) if "at times" not in m.title}


def serums(s: Scene, c: float) -> dict[str, list[float]]:
    """OSPA(2), p = 1, Euclidean, at every step, for windows of 10 and of 50 steps."""
    from serums.distances import calculate_ospa2
    from serums.enums import SingleObjectDistance

    est, true = (np.transpose(Z[..., :3], (2, 1, 0)) for Z in (s.Y, s.X))
    euclidean = SingleObjectDistance.EUCLIDEAN
    return {str(w): calculate_ospa2(est, true, c, 1, w, core_method=euclidean)[0].tolist() for w in (10, 50)}


def tgospa(s: Scene, c: float, gamma: float = 10.0) -> dict[str, float]:
    """The authors' linear programme, p = 2, on whole trajectories (base distance Euclidean at p = 2)."""
    from TGOSPAMetric import LPTrajMetric_Cluster  # type: ignore[import-not-found]
    from utils import Trajectory  # type: ignore[import-not-found]

    def paths(Z: np.ndarray) -> object:
        alive = np.isfinite(Z[..., 0])
        first = alive.argmax(axis=1)
        last = Z.shape[1] - alive[:, ::-1].argmax(axis=1)
        states = np.transpose(Z[..., :3], (2, 1, 0)).copy()
        for n, (a, b) in enumerate(zip(first, last, strict=True)):
            states[:, :a, n] = states[:, b:, n] = 0.0  # holes within stay NaN, as the authors ask
        return Trajectory(states, first + 1, last - first)

    d, *parts = LPTrajMetric_Cluster(paths(s.X), paths(s.Y), c, 2, gamma)
    names = ("localisation", "missed", "false", "switch")
    return {"distance": float(np.squeeze(d))} | {
        name: float(np.sum(part)) for name, part in zip(names, parts, strict=True)
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tgospa", type=Path)
    folder = parser.parse_args().tgospa
    if folder:
        sys.path.insert(0, str(folder))
    said = json.loads(FILE.read_text()) if FILE.exists() else {}
    for peer in (trackeval, stonesoup, serums, tgospa):
        # Stone Soup's SIAP fails where a track has no state within an association.
        cases = {f"seed {k}": (scene(k, gaps=peer is not stonesoup), C) for k in SEEDS}
        cases |= {name: (s, 10.0) for name, s in published().items()}
        try:
            said[peer.__name__] = {name: peer(s, c) for name, (s, c) in cases.items()}
        except ImportError as missing:
            print(f"{peer.__name__}: kept as it was ({missing})")  # noqa: T201
    FILE.write_text(json.dumps(said, indent=1) + "\n")


if __name__ == "__main__":
    main()
