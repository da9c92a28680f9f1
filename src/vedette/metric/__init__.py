"""How good a picture is: the tracks reported against the truth, by every measure the field uses.

>>> truth, tracks = gather(steps)                      # (t, truths, tracks) of every step
>>> score(truth, tracks)["gospa"]["gospa_m"]
>>> METRICS["hota"].score(truth, tracks)
>>> GospaMetric(c=10.0).score(truth, tracks)           # other parameters than the registry's
"""

from collections.abc import Mapping

from vedette.metric.accuracy import AccuracyMetric
from vedette.metric.association import Associations, associate
from vedette.metric.clear import ClearMetric
from vedette.metric.consistency import Consistency, NeesMetric, bounds, consistency, nis, normalised
from vedette.metric.continuity import ContinuityMetric
from vedette.metric.false_tracks import FalseTrackMetric
from vedette.metric.hota import HotaMetric
from vedette.metric.identity import IdentityMetric
from vedette.metric.initiation import InitiationMetric
from vedette.metric.latency import LatencyMetric
from vedette.metric.pairs import Pairs, close_pairs
from vedette.metric.paths import Paths, TrackPaths, TruthPaths, gather, track_paths, truth_paths
from vedette.metric.points import GospaMetric, OspaMetric
from vedette.metric.protocol import Metric
from vedette.metric.siap import IdSiapMetric, SiapMetric
from vedette.metric.trajectories import Ospa2Metric, TGospaMetric
from vedette.metric.warning import Ball, WarningMetric

METRICS: Mapping[str, Metric] = {
    "gospa": GospaMetric(),
    "gospa_q": GospaMetric(rho=0.25),
    "tgospa": TGospaMetric(),
    "ospa": OspaMetric(),
    "ospa2": Ospa2Metric(),
    "clear": ClearMetric(),
    "identity": IdentityMetric(),
    "hota": HotaMetric(),
    "siap": SiapMetric(),
    "id_siap": IdSiapMetric(),
    "nees": NeesMetric(),
    "initiation": InitiationMetric(),
    "false_tracks": FalseTrackMetric(),
    "continuity": ContinuityMetric(),
    "accuracy": AccuracyMetric(),
    "latency": LatencyMetric(),
    "warning": WarningMetric(),
}


def score(
    truth: TruthPaths, tracks: TrackPaths, metrics: Mapping[str, Metric] = METRICS
) -> dict[str, dict[str, float]]:
    """Every metric's figures, by the metric's name."""
    return {name: metric.score(truth, tracks) for name, metric in metrics.items()}


__all__ = [
    "METRICS",
    "AccuracyMetric",
    "Associations",
    "Ball",
    "ClearMetric",
    "Consistency",
    "ContinuityMetric",
    "FalseTrackMetric",
    "GospaMetric",
    "HotaMetric",
    "IdSiapMetric",
    "IdentityMetric",
    "InitiationMetric",
    "LatencyMetric",
    "Metric",
    "NeesMetric",
    "Ospa2Metric",
    "OspaMetric",
    "Pairs",
    "Paths",
    "SiapMetric",
    "TGospaMetric",
    "TrackPaths",
    "TruthPaths",
    "WarningMetric",
    "associate",
    "bounds",
    "close_pairs",
    "consistency",
    "gather",
    "nis",
    "normalised",
    "score",
    "track_paths",
    "truth_paths",
]
