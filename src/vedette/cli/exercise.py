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
    from collections.abc import Iterator

    from vedette.pipeline import Exercise, HumanModel, Pipeline
    from vedette.pipeline.play import Step


def live(
    scenario: str,
    *,
    out: Path | None,
    seed: int | None,
    rcs: str | None,
    speed: float,
    port: int,
    browser: bool,
    operator: HumanModel | None = None,
) -> None:
    """Serve the page of an exercise until Ctrl-C; its recording, truth apart, is sealed then."""
    from vedette.cli.demo import check_port
    from vedette.pipeline import PacedDesk

    check_port(port)
    exercise = opened(scenario, seed=seed, rcs=rcs, begin=clock.wall())
    pipeline, source, path, _ = prepared(exercise, out, operator)
    desk = PacedDesk(pipeline, source, clock.steady(), speed=speed, simulated=exercise.simulated)
    try:
        show(desk, port, browser=browser)
    finally:
        say(f"Score it with: vedette score {path}")


def paced(
    scenario: str,
    *,
    out: Path | None,
    seed: int | None,
    rcs: str | None,
    speed: float,
    seconds: float | None,
    operator: HumanModel | None = None,
) -> dict[str, Any]:
    """The same without a page, to its end or to Ctrl-C; the figures of what came of it."""
    from vedette.pipeline import warm_up

    exercise = opened(scenario, seed=seed, rcs=rcs, begin=clock.wall())
    for _ in warm_up(exercise.site):
        pass
    pipeline, source, path, first = prepared(exercise, out, operator)
    world = exercise.world
    try:
        asyncio.run(_play(pipeline, source, until(world, seconds), speed))
    except KeyboardInterrupt:
        say("stopped")
    finally:
        pipeline.close()
    say(f"Score it with: vedette score {path}")
    found = figures(pipeline, first, world.begin)
    return {"scenario": world.scenario.name, "seed": world.seed, "recording": str(path), **found}


async def _play(pipeline: Pipeline, source: Iterator[Step], end: int, speed: float) -> None:
    from itertools import takewhile

    from vedette.pipeline import run_paced
    from vedette.pipeline.play import time_of

    due = takewhile(lambda step: time_of(step) <= end, source)
    await run_paced(pipeline, due, clock.steady(), speed=speed)


def prepared(
    exercise: Exercise, out: Path | None, operator: HumanModel | None
) -> tuple[Pipeline, Iterator[Step], Path, FirstAlert]:
    """The live pipeline and what is played through it; the truth goes into the recording past all else."""
    from vedette.pipeline import Pipeline, deliver, staged

    path, first = out or new_path(exercise), FirstAlert(exercise)
    recorder = recorder_of(exercise, path, Mode.EXERCISE, operator)
    pipeline = Pipeline(
        exercise.site, recorder, mode=Mode.EXERCISE, sinks=(first,), origins=exercise.origins()
    )
    source = staged(exercise, pipeline, truth=True, operator=operator)
    deliver(pipeline, clock.steady())
    say(f"recording to {path}")
    return pipeline, source, path, first


def new_path(exercise: Exercise) -> Path:
    """In this folder, named after the scenario and the time."""
    at = clock.iso(clock.wall()).replace(":", "").replace(".", "-")
    return Path(f"{exercise.world.scenario.name}-{at}.mcap")
