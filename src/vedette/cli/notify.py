"""`vedette notify`: does a message arrive?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vedette import clock
from vedette.cli.output import Json, print_json, say
from vedette.errors import ConfigError

if TYPE_CHECKING:
    from vedette.publish import Channel, NotifyConfig, Office
    from vedette.site import Site


def notify(
    site: Annotated[Path, typer.Argument(help="The site file.")],
    by: Annotated[str, typer.Option(min=1, help="Who tries it out; the message says so.")],
    channel: Annotated[
        list[str] | None, typer.Option(help="Only this channel; may be given more than once.")
    ] = None,
    json: Json = False,
) -> None:
    """Send a test message over the channels of a site.

    Each of its [[notify]] tables sends one message that says it is a test, at once and without trying
    again. The exit code is 1 when one does not arrive.

    \b
    Examples:
      vedette notify site.toml --by "Ops Officer"
      vedette notify site.toml --by "Ops Officer" --channel "duty officer"
    """
    from vedette.publish import Office
    from vedette.site import load_site

    loaded = load_site(site)
    office = Office(site=loaded.name, folder=loaded.path.parent)
    found = [tried(config, office, by) for config in chosen(loaded, channel)]
    if json:
        print_json({"ok": all(one["arrived"] for one in found), "channels": found})
    raise typer.Exit(0 if all(one["arrived"] for one in found) else 1)


def chosen(site: Site, names: list[str] | None) -> Iterator[NotifyConfig]:
    """The channels asked for, or all. Raises ConfigError when there is none, or none of that name."""
    known = {config.name: config for config in site.notify}
    if not known:
        raise ConfigError("There is no [[notify]], so nobody would be told; add one.", where=str(site.path))
    for name in names or known:
        if name not in known:
            raise ConfigError(f"There is no channel '{name}'; name one of {', '.join(known)}.")
        yield known[name]


def tried(config: NotifyConfig, office: Office, by: str) -> dict[str, Any]:
    """One attempt on one channel, and what came of it, also as a line for a person."""
    import asyncio

    from vedette.publish import DeliveryError, open_channel

    channel: Channel = open_channel(config, office)
    now = clock.wall()
    try:
        asyncio.run(channel.send([channel.trial(now, by)], now))
    except DeliveryError as error:
        say(f"{config.name}: not delivered, {error}")
        return {"channel": config.name, "arrived": False, "detail": str(error)}
    say(f"{config.name}: taken; now see whether it has arrived where it should")
    return {"channel": config.name, "arrived": True, "detail": ""}
