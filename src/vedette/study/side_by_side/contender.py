"""Who takes part, and what a contender has to do."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

from vedette.errors import VedetteError
from vedette.scenario.traffic import Traffic
from vedette.types import Array


class Contender(Protocol):
    """A tracker on plain traffic. It knows q, σ, P_D and the clutter density, and no place of birth.

    Only `step` is on the clock.
    """

    def prepare(self, k: int, plots: Array) -> Any:
        """The plots (M, D) of scan k in the form the tracker takes."""

    def step(self, scan: Any) -> None:
        """Predict, associate, update, start and drop tracks."""

    def positions(self) -> Array:
        """What is reported after the last step, (n, D)."""


# name → module and maker there; the modules of other people's trackers load only when asked for
CONTENDERS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "vedette": ("ours", "pmb"),
        "vedette-imm": ("ours", "imm"),
        "vedette-gnn": ("ours", "gnn"),
        "recipe": ("recipe", "recipe"),
        "stonesoup-gnn": ("stone_soup", "gnn"),
        "stonesoup-kdgnn": ("stone_soup", "kd_gnn"),
        "stonesoup-kdehm2": ("stone_soup", "kd_ehm2"),
        "stonesoup-gnn-tutorial": ("stone_soup", "gnn_tutorial"),
        "stonesoup-kdgnn-tutorial": ("stone_soup", "kd_gnn_tutorial"),
        "stonesoup-kdehm2-tutorial": ("stone_soup", "kd_ehm2_tutorial"),
    }
)
NEEDS: Mapping[str, str] = MappingProxyType({"recipe": "filterpy", "stone_soup": "stonesoup"})


REQUIREMENT: Mapping[str, str] = MappingProxyType({"filterpy": "filterpy", "stonesoup": "stonesoup==1.9.1"})


class PeerError(VedetteError):
    """A tracker was asked for that does not exist or is not installed."""


def check(name: str) -> None:
    """Raises PeerError, with the remedy, when there is no such contender or its package is missing."""
    if name not in CONTENDERS:
        raise PeerError(f"There is no tracker called {name}; choose one of {', '.join(CONTENDERS)}.")
    package = NEEDS.get(CONTENDERS[name][0], "")
    if package and importlib.util.find_spec(package) is None:
        raise PeerError(
            f"{name} needs the package {package}, which is not installed; "
            f"run: {Path(sys.executable).name} -m pip install {REQUIREMENT[package]}"
        )


def contender(name: str) -> Callable[[Traffic], Contender]:
    """The maker of contender `name`, loaded now. Raises PeerError as `check` does."""
    check(name)
    module, maker = CONTENDERS[name]
    loaded = importlib.import_module(f"vedette.study.side_by_side.{module}")
    made: Callable[[Traffic], Contender] = getattr(loaded, maker)
    return made
