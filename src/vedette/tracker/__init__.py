"""The multi-sensor Poisson multi-Bernoulli tracker."""

from vedette.tracker.pmb import Plots, Pmb, PmbConfig
from vedette.tracker.undetected import Anywhere, Mixture, mixture_of_births

__all__ = ["Anywhere", "Mixture", "Plots", "Pmb", "PmbConfig", "mixture_of_births"]
