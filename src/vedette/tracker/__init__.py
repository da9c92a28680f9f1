"""The multi-sensor Poisson multi-Bernoulli tracker."""

from vedette.tracker.config import TrackerConfig
from vedette.tracker.gnn import Gnn, GnnConfig
from vedette.tracker.plots import Plots
from vedette.tracker.pmb import Motion, Pmb, PmbConfig
from vedette.tracker.smoothing import Flight, Flights, smoothed, smoothed_lagged
from vedette.tracker.tracker import Tracker
from vedette.tracker.undetected import Anywhere, Mixture, mixture_of_births
from vedette.tracker.warm import warm_up
from vedette.tracker.ways import motion_of

__all__ = [
    "Anywhere",
    "Flight",
    "Flights",
    "Gnn",
    "GnnConfig",
    "Mixture",
    "Motion",
    "Plots",
    "Pmb",
    "PmbConfig",
    "Tracker",
    "TrackerConfig",
    "mixture_of_births",
    "motion_of",
    "smoothed",
    "smoothed_lagged",
    "warm_up",
]
