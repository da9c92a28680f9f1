"""`vedette bench`: how fast the whole pipeline is, and how well the tracker does on published scenarios."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vedette.cli import assignment, trackers
from vedette.cli.output import Json, print_figures, print_json, progress

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Measure speed and accuracy.")
app.command()(trackers.tracker)
app.command()(trackers.scale)
app.command()(assignment.assignment)


@app.command()
def oracles(
    json: Json = False,
    seed_offset: Annotated[
        int, typer.Option(help="Take other plots of the same scenarios: the figures then move a little.")
    ] = 0,
) -> None:
    """Run the tracker on published scenarios and print their scores.

    On the fixed plots of seed offset 0 the scores are known: w15_gospa 3.1966 ± 0.0005 and vo12_ospa
    11.42 ± 0.03 (lower is better; the docs say where the figures come from).

    \b
    Examples:
      vedette bench oracles
      vedette bench oracles --json --seed-offset 100
    """
    from vedette.study.oracles import oracles as run

    with progress("published scenarios", None, quiet=json):
        scores = run(seed_offset)
    if json:
        print_json(scores)
    else:
        print_figures(scores)


@app.command()
def consistency(
    runs: Annotated[int, typer.Option(min=1, help="How many flights are averaged.")] = 12,
    groups: Annotated[int, typer.Option(min=1, help="How often so many are flown.")] = 1,
    seconds: Annotated[int, typer.Option(min=10, help="How long each lasts.")] = 60,
    seed: Annotated[int, typer.Option(min=0, help="Seed of truth and noise.")] = 1,
    json: Json = False,
) -> None:
    """Say for every kind of sensor whether errors are as large as the tracker says (NEES, NIS).

    Eight targets per flight that move as the tracker believes. inside: share of seconds in which the mean
    lies within the 95 % bounds; factor: mean over what it should be, 1 is right, above it the tracker is too
    sure.

    \b
    Examples:
      vedette bench consistency
      vedette bench consistency --groups 6 --json
    """
    import numpy as np

    from vedette.study.consistency import measured

    def luck(number: int) -> np.random.Generator:
        return np.random.default_rng([seed, number])

    with progress("flying past every kind of sensor", None, quiet=json):
        found = [figures.told() for figures in measured(luck, runs, seconds, groups)]
    if json:
        print_json({"sensors": found})
    else:
        for figures in found:
            print_figures(figures)


@app.command()
def pipeline(
    recording: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Replay this recording instead of a simulated one."),
    ] = None,
    targets: Annotated[
        int, typer.Option(min=1, help="How many targets the simulated recording holds.")
    ] = 400,
    seconds: Annotated[float, typer.Option(min=1.0, help="How many seconds of data it holds.")] = 60.0,
    seed: Annotated[int, typer.Option(help="Seed of the simulated recording.")] = 1,
    json: Json = False,
) -> None:
    """Replay a recording through the whole pipeline at full speed and print where the time goes.

    Read MCAP, decode scans, track, assess, record tracks and alerts to a second file. Compilation is not
    counted: the recording's first seconds are played once before the clock starts.

    \b
    Examples:
      vedette bench pipeline
      vedette bench pipeline --targets 1000 --json
      vedette bench pipeline --recording last-night.mcap
    """
    from vedette.cli.throughput import measure

    figures = measure(recording, targets=targets, seconds=seconds, seed=seed, quiet=json)
    if json:
        print_json(figures)
    else:
        print_figures(figures)


@app.command()
def console(
    tracks: Annotated[int, typer.Option(min=1, help="How many tracks are shown.")] = 2000,
    viewers: Annotated[int, typer.Option(min=1, help="How many pages watch.")] = 50,
    seconds: Annotated[float, typer.Option(min=1.0, max=40.0, help="How long is measured.")] = 20.0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the simulated radar.")] = 1,
    browser: Annotated[
        bool, typer.Option("--browser", help="Beside them a real browser that draws; needs playwright.")
    ] = False,
    json: Json = False,
) -> None:
    """Measure how old the picture is when a page has it.

    A server as `vedette watch` runs it, tracker and look ahead included, behind a simulated radar; so many
    WebSocket connections in another process read every frame. frame_age is the time of receipt less the
    picture's data time, server the time from a picture handed over to its frame written.

    \b
    Examples:
      vedette bench console
      vedette bench console --tracks 2000 --viewers 50 --json
      vedette bench console --viewers 1 --browser
    """
    from vedette.cli.console_bench import measure

    with progress("serving and watching", None, quiet=json):
        figures = measure(tracks=tracks, viewers=viewers, seconds=seconds, seed=seed, browser=browser)
    if json:
        print_json(figures)
    else:
        print_figures(figures)
