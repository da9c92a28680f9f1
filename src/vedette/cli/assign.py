"""`vedette assign`: an assignment problem from a file, solved with proof."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vedette.cli.output import Json, print_figures, print_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from vedette.advise import Problem

Seconds = Annotated[
    float | None,
    typer.Option(min=0.0, help="Spend no more than this many seconds; the answer then says its gap."),
]


def assign(
    file: Annotated[Path, typer.Argument(help="The problem: TOML, as docs/assignment.md says.")],
    seconds: Seconds = None,
    json: Json = False,
) -> None:
    """Solve a weapon-target assignment problem.

    Prints the expected loss (objective), what no assignment can go below (bound), the gap between the two
    as a part of the objective, the time in ms, and who shoots how often at what.

    \b
    Examples:
      vedette assign raid.toml
      vedette assign raid.toml --seconds 0.2 --json
    """
    from vedette.advise.problem_file import read_problem

    figures = solved(read_problem(file), seconds)
    if json:
        print_json(figures)
        return
    shots = figures.pop("shots")
    print_figures(figures)
    for weapon, target, count in shots:
        print(f"weapon {weapon} at target {target}: {count} {'shot' if count == 1 else 'shots'}")


def solved(problem: Problem, seconds: float | None) -> dict[str, Any]:
    """The answer as figures; `shots` lists [weapon, target, shots], counted from 1."""
    import numpy as np

    from vedette.advise import assign as best

    began = time.perf_counter()
    found = best(problem, left=left_of(seconds, began))
    spent = time.perf_counter() - began
    pairs = np.argwhere(found.shots > 0)
    shots = [[int(i) + 1, int(j) + 1, int(found.shots[i, j])] for i, j in pairs]
    return {**found.told(), "ms": spent * 1e3, "shots": shots}


def left_of(seconds: float | None, began: float) -> Callable[[], float]:
    """A clock that says how many seconds are left."""
    from vedette.advise import forever

    return forever if seconds is None else lambda: seconds - (time.perf_counter() - began)
