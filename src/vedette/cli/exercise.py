"""A scenario played at the pace of a clock through the live pipeline, with the page or without."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vedette import clock
from vedette.cli.output import say
from vedette.cli.rehearsal import FirstAlert, figures, opened, recorder_of, until
from vedette.cli.screen import show
from vedette.types import Mode

if TYPE_CHECKING:
    from vedette.pipeline import Exercise, Pipeline


def live(
    scenario: str,
    *,
    out: Path | None,
    seed: int | None,
    rcs: str | None,
    speed: float,
    port: int,
    browser: bool,
) -> None:
    """Serve the page of an exercise until Ctrl-C; its recording, truth apart, is sealed then."""
    from vedette.cli.demo import check_port
    from vedette.pipeline import PacedDesk

    check_port(port)
    exercise = opened(scenario, seed=seed, rcs=rcs, begin=clock.wall())
    pipeline, path, _ = prepared(exercise, out)
    desk = PacedDesk(pipeline, exercise.scans(), clock.steady(), speed=speed, simulated=exercise.simulated)
    try:
        show(desk, port, browser=browser)
    finally:
        say(f"Score it with: vedette score {path}")


def paced(
    scenario: str, *, out: Path | None, seed: int | None, rcs: str | None, speed: float, seconds: float | None
) -> dict[str, Any]:
    """The same without a page, to its end or to Ctrl-C; the figures of what came of it."""
    from vedette.pipeline import warm_up

    exercise = opened(scenario, seed=seed, rcs=rcs, begin=clock.wall())
    for _ in warm_up(exercise.site):
        pass
    pipeline, path, first = prepared(exercise, out)
    world = exercise.world
    try:
        asyncio.run(_play(pipeline, exercise, until(world, seconds), speed))
    except KeyboardInterrupt:
        say("stopped")
    finally:
        pipeline.close()
    say(f"Score it with: vedette score {path}")
    found = figures(pipeline, first, world.begin)
    return {"scenario": world.scenario.name, "seed": world.seed, "recording": str(path), **found}


async def _play(pipeline: Pipeline, exercise: Exercise, end: int, speed: float) -> None:
    from itertools import takewhile

    from vedette.pipeline import run_paced

    due = takewhile(lambda scan: scan.t1 <= end, exercise.scans())
    await run_paced(pipeline, due, clock.steady(), speed=speed)


def prepared(exercise: Exercise, out: Path | None) -> tuple[Pipeline, Path, FirstAlert]:
    """The live pipeline with a recording, whose truth goes past everything else."""
    from vedette.pipeline import Pipeline, TruthKeeper, deliver

    path, first = out or new_path(exercise), FirstAlert(exercise)
    recorder = recorder_of(exercise, path, Mode.EXERCISE)
    pipeline = Pipeline(
        exercise.site, recorder, mode=Mode.EXERCISE, sinks=(first,), origins=exercise.origins()
    )
    pipeline.sinks.append(TruthKeeper(exercise, pipeline))
    deliver(pipeline, clock.steady())
    say(f"recording to {path}")
    return pipeline, path, first


def new_path(exercise: Exercise) -> Path:
    """In this folder, named after the scenario and the time."""
    at = clock.iso(clock.wall()).replace(":", "").replace(".", "-")
    return Path(f"{exercise.world.scenario.name}-{at}.mcap")
