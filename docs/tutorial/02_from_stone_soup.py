"""Our tracker on Stone Soup's types, beside a tracker of its own."""

from datetime import UTC, datetime, timedelta

import numpy as np
from stonesoup.dataassociator.tree import DetectionKDTreeGNN2D
from stonesoup.deleter.time import UpdateTimeStepsDeleter
from stonesoup.hypothesiser.distance import DistanceHypothesiser
from stonesoup.initiator.simple import MultiMeasurementInitiator
from stonesoup.measures import Mahalanobis
from stonesoup.metricgenerator.ospametric import GOSPAMetric
from stonesoup.models.measurement.linear import LinearGaussian
from stonesoup.models.transition.linear import CombinedLinearGaussianTransitionModel, ConstantVelocity
from stonesoup.predictor.kalman import KalmanPredictor
from stonesoup.tracker.simple import MultiTargetTracker
from stonesoup.types.detection import Detection
from stonesoup.types.state import GaussianState, State
from stonesoup.updater.kalman import KalmanUpdater

from vedette.scenario.traffic import Traffic
from vedette.study.stonesoup import PmbTracker

# What flies, and Stone Soup's detections of it. Any other detector will do.
air = Traffic(targets=40, seed=1, scans=40)
motion = CombinedLinearGaussianTransitionModel([ConstantVelocity(air.q)] * 2)
plots = LinearGaussian(4, (0, 2), np.diag([air.sigma**2] * 2))
scans, truth = [], []
for k, moment in enumerate(air):
    t = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=k)
    scans.append((t, {Detection(z[:, None], timestamp=t, measurement_model=plots) for z in moment.plots}))
    truth.append([State(x[[0, 2, 1, 3], None], timestamp=t) for x in moment.states])


def stone_soup():
    """Its nearest neighbours, confirmed by two updates, deleted after two scans without one: best here."""
    predictor, updater = KalmanPredictor(motion), KalmanUpdater(plots)
    hypothesiser = DistanceHypothesiser(predictor, updater, Mahalanobis(), missed_distance=3.5)
    associator = DetectionKDTreeGNN2D(hypothesiser, predictor, updater, number_of_neighbours=3)
    deleter = UpdateTimeStepsDeleter(2)
    speeds = np.square(air.speed_sigma)
    prior = GaussianState([[0], [0], [0], [0]], np.diag([0, speeds[0], 0, speeds[1]]))
    initiator = MultiMeasurementInitiator(prior, deleter, associator, updater, plots, min_points=2)
    return MultiTargetTracker(initiator, deleter, iter(scans), associator, updater)


def ours():
    """The same in ten lines: no initiator, deleter, associator, hypothesiser, predictor, updater."""
    return PmbTracker(
        detector=iter(scans),
        noise_diff_coeff=air.q,
        prob_detect=air.p_detect,
        clutter_spatial_density=air.clutter,
        birth_density=air.births * air.targets / air.volume,
        mean_life=100.0,
        speed_sigma=air.speed_sigma,
    )


def gospa(tracker):
    """Mean over the scans, by Stone Soup's own metric."""
    metric, found = GOSPAMetric(c=100.0, p=2), []
    for (_, tracks), targets in zip(tracker, truth, strict=True):
        score, _ = metric.compute_gospa_metric([track[-1] for track in tracks], targets)
        found.append(score.value["distance"])
    return np.mean(found)


if __name__ == "__main__":
    print(f"Stone Soup, KD-tree GNN: mean GOSPA {gospa(stone_soup()):.1f} m")
    print(f"Vedette:                 mean GOSPA {gospa(ours()):.1f} m")
