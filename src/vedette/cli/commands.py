"""The list of commands."""

from __future__ import annotations

import typer

from vedette.cli import (
    assign,
    bench,
    certificate,
    coverage,
    decode,
    demo,
    doctor,
    log,
    notify,
    replay,
    score,
    simulate,
    smooth,
    token,
    user,
    version,
    watch,
)

app = typer.Typer(
    name="vedette",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: it comes twice as fast, and reads the same in a pipe
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 1 something was found wrong, 2 the command was written wrongly. "
    "Add --debug anywhere to see the full trace of an error.",
)


@app.callback()
def vedette() -> None:
    """The open air picture for the defence against drones: detect, track, warn, rehearse."""


app.command()(demo.demo)
app.command()(watch.watch)
app.command()(replay.replay)
app.command()(simulate.simulate)
app.command()(score.score)
app.command()(smooth.smooth)
app.command()(decode.decode)
app.command()(coverage.coverage)
app.command()(assign.assign)
app.command()(doctor.doctor)
app.command()(notify.notify)
app.add_typer(user.app, name="user")
app.add_typer(token.app, name="token")
app.add_typer(certificate.app, name="certificate")
app.add_typer(log.app, name="log")
app.add_typer(bench.app, name="bench")
app.command()(version.version)
