"""`vedette simulate`: fly a scenario past a site's simulated sensors, and through the whole pipeline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vedette.cli.output import Json, print_figures, print_json, say
from vedette.cli.screen import PORT, NoBrowser, Port

if TYPE_CHECKING:
    from vedette.pipeline import HumanModel


def simulate(
    scenario: Annotated[
        str, typer.Argument(help="A scenario file, or the name of one that comes with Vedette.")
    ] = "",
    out: Annotated[Path | None, typer.Option(help="Record everything to this .mcap file.")] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Instead of the scenario's own: another night.")
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(min=1.0, help="Stop after so many seconds of data.")
    ] = None,
    rcs: Annotated[
        str | None, typer.Option(help="All radar cross-sections at this end: low, middle or high.")
    ] = None,
    sensitivity: Annotated[
        bool, typer.Option("--sensitivity", help="Warning time at low, middle and high cross-section.")
    ] = False,
    live: Annotated[
        bool, typer.Option("--live", help="An exercise: at the pace of the clock, with the page.")
    ] = False,
    headless: Annotated[bool, typer.Option("--headless", help="Live: no page, print figures.")] = False,
    speed: Annotated[float, typer.Option(min=1.0, max=60.0, help="Live: times real pace.")] = 1.0,
    operator: Annotated[
        str | None,
        typer.Option(
            help='A model decides on advice: "median=20,spread=0.5,wrong=0.05".', show_default=False
        ),
    ] = None,
    port: Port = PORT,
    no_browser: NoBrowser = False,
    listed: Annotated[
        bool, typer.Option("--list", help="Name the scenarios that come with Vedette.")
    ] = False,
    json: Json = False,
) -> None:
    """Run a scenario as fast as possible and print what came of it, or live as an exercise.

    The scenario's sensors report with noise, misses and clutter; tracker, assessment and recording are
    those of live operation. The same scenario and seed give the same recording. The truth is recorded
    apart, for `vedette score`; tracker, page and replay never see it. A live exercise records always, to
    --out or to a new file in this folder; Ctrl-C ends it.

    Advice that somebody accepts is flown against the truth. With --operator a model of a person decides:
    s for a decision (median, and spread of its logarithm), part of wrong declines; the recording says so.

    \b
    Examples:
      vedette simulate --list
      vedette simulate two-drones --seed 7 --out night.mcap
      vedette simulate saturation --live --speed 4
      vedette simulate two-drones --operator "median=20" --out night.mcap
      vedette simulate two-drones --sensitivity
      vedette simulate my-scenario.toml --json
    """
    if listed:
        catalogue(json)
        return
    check(scenario, rcs, live, headless)
    model = human_model(operator, sensitivity)
    if live and not headless:
        from vedette.cli.exercise import live as serve

        serve(
            scenario, out=out, seed=seed, rcs=rcs, speed=speed, port=port, browser=not no_browser,
            operator=model,
        )  # fmt: skip
        return
    from vedette.cli import rehearsal

    if sensitivity:
        table = rehearsal.sensitivity(scenario, seed=seed, quiet=json)
        print_json(table) if json else show(table)
        return
    if live:
        from vedette.cli.exercise import paced

        figures = paced(scenario, out=out, seed=seed, rcs=rcs, speed=speed, seconds=seconds, operator=model)
    else:
        figures = rehearsal.rehearse(
            scenario, out=out, seed=seed, seconds=seconds, quiet=json, rcs=rcs, operator=model
        )
    print_json(figures) if json else print_figures(figures)
    if out is not None and not (json or live):
        say(f"Replay it with: vedette replay {out}\nScore it with:  vedette score {out}")


def check(scenario: str, rcs: str | None, live: bool, headless: bool) -> None:
    """Refuse what cannot be meant. Exit code 2."""
    if not scenario:
        raise typer.BadParameter("name a scenario, or --list them.", param_hint="SCENARIO")
    if rcs not in (None, "low", "middle", "high"):
        raise typer.BadParameter(f"'{rcs}' is none of low, middle, high.", param_hint="--rcs")
    if headless and not live:
        raise typer.BadParameter(
            "without --live there is no page anyway; leave it out.", param_hint="--headless"
        )


def human_model(text: str | None, sensitivity: bool) -> HumanModel | None:
    """As said on the command line. Exit code 2 for what cannot be meant."""
    from vedette.errors import ConfigError
    from vedette.pipeline import HumanModel

    if text is None:
        return None
    if sensitivity:
        raise typer.BadParameter("the table of --sensitivity knows no decisions.", param_hint="--operator")
    try:
        return HumanModel.of(text)
    except ConfigError as error:
        raise typer.BadParameter(str(error), param_hint="--operator") from None


def catalogue(json: bool) -> None:
    """Names and titles of what comes with Vedette."""
    from vedette.scenario import load_scenario, packaged

    titles = {name: load_scenario(name).title for name in packaged()}
    if json:
        print_json(titles)
        return
    for name, title in titles.items():
        print(f"{name:<20}{title}")


def show(table: dict[str, Any]) -> None:
    """A line for each drone, a column for each end of the bracket: warning time, and its cross-section."""
    rows = table["warning_by_rcs"]
    width = max(map(len, rows), default=4) + 2
    print(f"{table['scenario']}, seed {table['seed']}: warning time by radar cross-section (dBsm)\n")
    print(f"{'':<{width}}" + "".join(f"{end:>20}" for end in ("low", "middle", "high")))
    for name, row in rows.items():
        cells = (
            f"{'never' if one['warning_time_s'] is None else format(one['warning_time_s'], '.0f') + ' s'}"
            f" ({one['rcs_dbsm']:.0f})"
            for one in row.values()
        )
        print(f"{name:<{width}}" + "".join(f"{cell:>20}" for cell in cells))
