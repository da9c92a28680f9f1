"""`vedette simulate`: fly a scenario past a site's simulated sensors, and through the whole pipeline."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vedette.cli.output import Json, print_figures, print_json, say


def simulate(
    scenario: Annotated[
        str, typer.Argument(help="A scenario file, or the name of one that comes with Vedette.")
    ],
    out: Annotated[Path | None, typer.Option(help="Record everything to this .mcap file.")] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Instead of the scenario's own: another night.")
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(min=1.0, help="Stop after so many seconds of data.")
    ] = None,
    json: Json = False,
) -> None:
    """Run a scenario as fast as possible and print what came of it.

    The scenario's sensors report with noise, misses and clutter; tracker, assessment and recording are
    those of live operation. The same scenario and seed give the same recording.

    \b
    Examples:
      vedette simulate two-drones
      vedette simulate two-drones --seed 7 --out night.mcap
      vedette simulate my-scenario.toml --json
    """
    from vedette.cli.rehearsal import rehearse

    figures = rehearse(scenario, out=out, seed=seed, seconds=seconds, quiet=json)
    if json:
        print_json(figures)
    else:
        print_figures(figures)
        if out is not None:
            say(f"Replay it with: vedette replay {out}")
