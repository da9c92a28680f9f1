"""`vedette demo`: a real recorded aircraft and two simulated drones, on the screen or as figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vedette import clock
from vedette.cli.output import Json, print_figures, print_json
from vedette.cli.screen import PORT, NoBrowser, Port, Speed, show

if TYPE_CHECKING:
    from vedette.pipeline import Exercise

Record = Annotated[
    Path | None, typer.Option(help="Record everything to this .mcap file.", show_default=False)
]


def demo(
    port: Port = PORT,
    no_browser: NoBrowser = False,
    speed: Speed = 1.0,
    headless: Annotated[
        bool, typer.Option("--headless", help="No page: run at full speed, print figures.")
    ] = False,
    seconds: Annotated[float, typer.Option(min=1.0, help="Headless: how many seconds of data.")] = 60.0,
    seed: Annotated[int | None, typer.Option(min=0, help="Another night.", show_default=False)] = None,
    record: Record = None,
    json: Json = False,
) -> None:
    """Watch a real aircraft and two simulated attack drones.

    The aircraft was recorded over the air; the drones fly past a simulated radar, towards a fictional base.
    All reports go through the same pipeline as live ones, to a page on this machine. Advice that you accept
    there is flown by the simulation.

    Headless, for scripts: detections, confirmed_tracks, alerts and warning_time_s, which is the time from the
    first alert to the true arrival of that drone at the first asset it reaches, known from the scenario.

    \b
    Examples:
      vedette demo
      vedette demo --port 9000 --no-browser --speed 4
      vedette demo --headless --seconds 60 --json
    """
    from vedette.pipeline import open_demo

    if headless:
        from vedette.cli.rehearsal import rehearse_demo

        figures = rehearse_demo(open_demo(scenario_start(), seed), seconds, record=record, quiet=json)
        print_json(figures) if json else print_figures(figures)
        return
    check_port(port)
    watch_demo(open_demo(clock.wall(), seed), port, speed, browser=not no_browser, record=record)


def check_port(port: int) -> None:
    """Say that it is taken before anything is compiled for it."""
    from vedette.server.listen import bind

    bind("127.0.0.1", port).close()


def scenario_start() -> int:
    """The scenario's own time, so that headless runs are the same on every day."""
    from vedette.pipeline.demo import DEMO_SCENARIO
    from vedette.scenario import load_scenario

    return load_scenario(DEMO_SCENARIO).start


def watch_demo(demo: Exercise, port: int, speed: float, *, browser: bool, record: Path | None) -> None:
    from vedette.cli.rehearsal import recorder_of
    from vedette.pipeline import PacedDesk, Pipeline, staged
    from vedette.types import Mode

    recorder = recorder_of(demo, record, Mode.DEMO)
    pipeline = Pipeline(demo.site, recorder, mode=Mode.DEMO, origins=demo.origins())
    source = staged(demo, pipeline, truth=False)
    desk = PacedDesk(pipeline, source, clock.steady(), speed=speed, simulated=demo.simulated)
    show(desk, port, browser=browser)
