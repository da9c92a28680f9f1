"""`vedette watch`: a site's live feeds on the screen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vedette import clock
from vedette.cli.door import serve_desk, watched_over
from vedette.cli.output import say
from vedette.cli.screen import NoBrowser
from vedette.errors import ConfigError, RecordingError

if TYPE_CHECKING:
    from vedette.pipeline import Pipeline
    from vedette.site import Site
    from vedette.store import Recorder


def watch(
    site: Annotated[Path, typer.Argument(help="The site file.")],
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Instead of the site file's port.")
    ] = None,
    host: Annotated[str | None, typer.Option(help="Instead of the site file's address.")] = None,
    no_browser: NoBrowser = False,
    no_record: Annotated[
        bool, typer.Option("--no-record", help="Do not record, whatever the site says.")
    ] = False,
) -> None:
    """Watch a site live.

    Opens every feed of the site file, tracks, warns, and serves the page. A feed that fails is retried
    for ever and shown as down. With a [record] table everything is recorded, raw bytes included. Once there
    are accounts (`vedette user add`), everybody must sign in. Ctrl-C ends it.

    \b
    Examples:
      vedette watch site.toml
      vedette watch site.toml --port 9000 --no-browser
      vedette doctor site.toml     (checks it first)
    """
    import numpy as np

    from vedette.pipeline import LiveDesk, Pipeline, deliver
    from vedette.site import load_site
    from vedette.types import Mode

    loaded = load_site(site)
    if not loaded.feeds:
        raise ConfigError("There is no [[feed]], so there is nothing to watch; add one.", where=str(site))
    for warning in loaded.warnings():
        say(f"note: {warning}")
    recorder = None if no_record else new_recorder(loaded)
    pipeline = Pipeline(loaded, recorder, mode=Mode.LIVE)
    resume(pipeline, loaded)
    deliver(pipeline, clock.steady())
    # The root generator: it only spreads the feeds' reconnections, so chance may seed it.
    desk = LiveDesk(pipeline, clock.steady(), np.random.default_rng())
    with watched_over(loaded, pipeline) as door:
        serve_desk(
            desk,
            loaded,
            door,
            host or loaded.server.host,
            loaded.server.port if port is None else port,
            browser=not no_browser,
        )


def resume(pipeline: Pipeline, site: Site) -> None:
    """Go on where the last run of this site ended, and keep what must outlive this one."""
    from vedette.pipeline.live import plays_the_past
    from vedette.store import OperationsStore

    if site.operations is None or plays_the_past(site.feeds):
        return
    pipeline.resume(OperationsStore(site.operations), clock.wall())
    if restored := len(pipeline.assessor.alerts):
        say(f"{restored} open alert{'s' * (restored > 1)} restored from {site.operations}")


def new_recorder(site: Site) -> Recorder | None:
    """A recording named after the time, in the folder that the site says."""
    from vedette.pipeline import metadata_of
    from vedette.store import Recorder
    from vedette.types import Mode

    if site.record is None or not site.record.enabled:
        return None
    folder = site.path.parent / site.record.folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RecordingError(
            f"The folder {folder} cannot be made ({error.strerror}); name another one under [record]."
        ) from None
    name = clock.iso(clock.wall()).replace(":", "").replace(".", "-")
    path = folder / f"{name}.mcap"
    say(f"recording to {path}")
    return Recorder(path, metadata_of(site, Mode.LIVE))
