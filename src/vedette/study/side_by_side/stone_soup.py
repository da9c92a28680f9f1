"""Stone Soup's trackers on plain traffic, built as its tutorials build them and set as well as we know.

Confirmation, deletion and gate are the best of `rule` for the traffic (MultiMeasurementInitiator,
UpdateTimeStepsDeleter, missed_distance); gate probability 0.99, three neighbours from the tree; the true
process noise, plot noise, detection probability and clutter density; the velocity prior of the traffic. The
transition matrices are given once, which Stone Soup allows when scans are regular and which saves a third of
its time. `…_tutorial` has the usual rule and computes the matrices anew for every track and scan.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
from stonesoup.dataassociator.neighbour import GNNWith2DAssignment
from stonesoup.dataassociator.probability import JPDAwithEHM2
from stonesoup.dataassociator.tree import DetectionKDTreeGNN2D, DetectionKDTreeMixIn
from stonesoup.deleter.time import UpdateTimeStepsDeleter
from stonesoup.hypothesiser.distance import DistanceHypothesiser
from stonesoup.hypothesiser.probability import PDAHypothesiser
from stonesoup.initiator.simple import MultiMeasurementInitiator
from stonesoup.measures import Mahalanobis
from stonesoup.models.measurement.linear import LinearGaussian
from stonesoup.models.transition.linear import (
    CombinedLinearGaussianTransitionModel,
    ConstantVelocity,
    LinearGaussianTimeInvariantTransitionModel,
)
from stonesoup.predictor.kalman import KalmanPredictor
from stonesoup.tracker.simple import MultiTargetMixtureTracker, MultiTargetTracker
from stonesoup.types.detection import Detection
from stonesoup.types.state import GaussianState
from stonesoup.updater.kalman import KalmanUpdater

from vedette.scenario.traffic import Traffic
from vedette.study.side_by_side.rule import USUAL, Rule, best_rule
from vedette.types import Array

START = datetime(2024, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # Stone Soup's own times carry no zone
P_GATE, NEIGHBOURS = 0.99, 3

Scan = tuple[datetime, set[Detection]]


class KDTreeEHM2(DetectionKDTreeMixIn, JPDAwithEHM2):
    """JPDA by efficient hypothesis management behind the KD tree; Stone Soup ships the two parts."""


@dataclass(slots=True)
class StoneSoup:
    """One of its multi-target trackers, fed one scan at a time."""

    traffic: Traffic
    model: LinearGaussian
    waiting: list[Scan] = field(default_factory=list)
    tracker: Iterator[tuple[datetime, set[object]]] = field(init=False)

    def prepare(self, k: int, plots: Array) -> Scan:
        t = START + timedelta(seconds=k * self.traffic.period)
        return t, {Detection(z[:, None], measurement_model=self.model, timestamp=t) for z in plots}

    def step(self, scan: Scan) -> None:
        self.waiting.append(scan)
        next(self.tracker)

    def scans(self) -> Iterator[Scan]:
        """What the tracker reads from: the scan just handed in."""
        while True:
            yield self.waiting.pop()

    def positions(self) -> Array:
        axes = [2 * a for a in range(self.traffic.dims)]
        states = [np.asarray(track.state.mean, float)[axes, 0] for track in self.tracker.tracks]  # type: ignore[attr-defined]
        return np.array(states).reshape(-1, self.traffic.dims)


def transition(traffic: Traffic, *, fixed: bool) -> object:
    """Nearly constant velocity; with `fixed` its matrices for one scan period, computed once."""
    model = CombinedLinearGaussianTransitionModel([ConstantVelocity(traffic.q)] * traffic.dims)
    if not fixed:
        return model
    dt = timedelta(seconds=traffic.period)
    return LinearGaussianTimeInvariantTransitionModel(
        transition_matrix=model.matrix(time_interval=dt), covariance_matrix=model.covar(time_interval=dt)
    )


def prior(traffic: Traffic) -> GaussianState:
    """State before the first plot: the plot gives the place, the traffic's speeds the velocity's spread."""
    variances = np.zeros(2 * traffic.dims)
    variances[1::2] = np.square(traffic.speed_sigma)
    return GaussianState(np.zeros((2 * traffic.dims, 1)), np.diag(variances), timestamp=START)


def build(
    traffic: Traffic,
    associator: type,
    *,
    probabilistic: bool,
    tree: bool,
    tutorial: bool = False,
    rule: Rule | None = None,
    motion: object | None = None,
) -> StoneSoup:
    """Initiator, deleter, associator, hypothesiser, updater, predictor as in its tutorials.

    rule    USUAL with `tutorial`, else the best for the traffic, unless given
    motion  its transition model, unless it is that of the traffic
    """
    D, rule = traffic.dims, rule or (USUAL if tutorial else best_rule(traffic))
    measurement = LinearGaussian(2 * D, tuple(range(0, 2 * D, 2)), np.eye(D) * traffic.sigma**2)
    predictor = KalmanPredictor(motion or transition(traffic, fixed=not tutorial))
    updater = KalmanUpdater(measurement)
    near = DistanceHypothesiser(predictor, updater, Mahalanobis(), missed_distance=rule.distance)
    likely = PDAHypothesiser(
        predictor, updater, clutter_spatial_density=traffic.clutter, prob_detect=traffic.p_detect,
        prob_gate=P_GATE,
    )  # fmt: skip
    trees = {"predictor": predictor, "updater": updater, "number_of_neighbours": NEIGHBOURS} if tree else {}
    # New tracks are held by nearest neighbours in any case: mixtures of one-plot tracks would never settle.
    nearest = DetectionKDTreeGNN2D if tree else GNNWith2DAssignment
    deleter = UpdateTimeStepsDeleter(rule.misses)
    contender = StoneSoup(traffic, measurement)
    contender.tracker = iter(
        (MultiTargetMixtureTracker if probabilistic else MultiTargetTracker)(
            initiator=MultiMeasurementInitiator(
                prior_state=prior(traffic), measurement_model=measurement, deleter=deleter,
                data_associator=nearest(near, **trees), updater=updater, min_points=rule.hits,
                updates_only=True,
            ),
            deleter=deleter, detector=contender.scans(), updater=updater,
            data_associator=associator(likely if probabilistic else near, **trees),
        )
    )  # fmt: skip
    return contender


def gnn(traffic: Traffic) -> StoneSoup:
    return build(traffic, GNNWith2DAssignment, probabilistic=False, tree=False)


def kd_gnn(traffic: Traffic) -> StoneSoup:
    return build(traffic, DetectionKDTreeGNN2D, probabilistic=False, tree=True)


def kd_ehm2(traffic: Traffic) -> StoneSoup:
    return build(traffic, KDTreeEHM2, probabilistic=True, tree=True)


def gnn_tutorial(traffic: Traffic) -> StoneSoup:
    return build(traffic, GNNWith2DAssignment, probabilistic=False, tree=False, tutorial=True)


def kd_gnn_tutorial(traffic: Traffic) -> StoneSoup:
    return build(traffic, DetectionKDTreeGNN2D, probabilistic=False, tree=True, tutorial=True)


def kd_ehm2_tutorial(traffic: Traffic) -> StoneSoup:
    return build(traffic, KDTreeEHM2, probabilistic=True, tree=True, tutorial=True)
