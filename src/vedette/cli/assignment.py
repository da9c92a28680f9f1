"""`vedette bench assignment`: how fast a raid is divided among the channels there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from vedette.cli.output import Json, print_figures, print_json

if TYPE_CHECKING:
    from vedette.advise import Problem


def assignment(
    weapons: Annotated[int, typer.Option(min=1, help="How many channels.")] = 24,
    targets: Annotated[int, typer.Option(min=1, help="How many tracks.")] = 60,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the problem.")] = 1,
    repeats: Annotated[int, typer.Option(min=1, help="Problems solved; ms is the median.")] = 20,
    seconds: Annotated[
        float | None, typer.Option(min=0.0, help="Time for each; none given: until it is proven.")
    ] = None,
    json: Json = False,
) -> None:
    """Divide random raids among channels and print how well, how surely and how fast.

    Weights 25 to 100 and kill probabilities 0.6 to 0.9 as in the literature (Ahuja et al. 2007), one to four
    shots per channel, three of ten pairs out of reach, at most two shots of a channel at one target.
    objective, bound and gap are of the problem of the seed; ms is the median over it and the next ones, and
    worst_gap the largest gap among them.

    \b
    Examples:
      vedette bench assignment
      vedette bench assignment --weapons 24 --targets 60 --seed 7 --json
    """
    figures = measured(weapons, targets, seed, repeats, seconds)
    print_json(figures) if json else print_figures(figures)


def measured(weapons: int, targets: int, seed: int, repeats: int, seconds: float | None) -> dict[str, Any]:
    """The figures; the first problem is solved once before the clock starts."""
    import numpy as np

    from vedette.cli.assign import solved

    solved(raid(weapons, targets, seed), seconds)
    runs = [solved(raid(weapons, targets, seed + k), seconds) for k in range(repeats)]
    first = {name: runs[0][name] for name in ("objective", "bound", "gap", "method")}
    times = [run["ms"] for run in runs]
    return {
        **first,
        "ms": float(np.median(times)),
        "ms_max": max(times),
        "worst_gap": max(run["gap"] for run in runs),
        "weapons": weapons,
        "targets": targets,
        "seed": seed,
        "problems": repeats,
    }


def raid(weapons: int, targets: int, seed: int) -> Problem:
    """A random problem."""
    import numpy as np

    from vedette.advise import problem

    luck = np.random.default_rng([seed, weapons, targets])
    weight = luck.integers(25, 101, targets)
    kill = luck.uniform(0.6, 0.9, (weapons, targets))
    shots = luck.integers(1, 5, weapons)
    most = np.where(luck.random((weapons, targets)) < 0.3, 0, 2)
    return problem(weight, kill, shots, most=most)
