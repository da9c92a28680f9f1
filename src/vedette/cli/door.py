"""The people of a site, for the commands that need them: accounts, log and key in one folder."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from vedette import clock
from vedette.cli.output import say
from vedette.errors import ConfigError, ServiceError

if TYPE_CHECKING:
    from vedette.people import Door, PeopleConfig
    from vedette.pipeline import Desk, Pipeline
    from vedette.site import Site
    from vedette.store import Log

SiteOption = Annotated[Path, typer.Option("--site", help="The site file.")]
SITE = Path("site.toml")
RoleName = Literal["viewer", "operator", "admin"]  # as vedette.types.Role, which takes its time to load
ACCOUNTS, KEY, LOG = "accounts.sqlite", "log.key", "log"
NOBODY = (
    "note: nobody is identified: there are no accounts, so anybody on this machine sees and acts under any "
    "name. `vedette user add NAME --role admin --site {site}` makes the first."
)


def open_log(folder: Path) -> Log:
    """The log in a site's folder of people, with its key; both are made if they are not there."""
    from vedette.store import Log, open_key

    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ServiceError(
            f"The folder {folder} cannot be made ({error.strerror}); name another under [people]."
        ) from None
    return Log(folder / LOG, open_key(folder / KEY, secrets.token_bytes), clock.wall)


def open_door(folder: Path, config: PeopleConfig) -> Door:
    """Accounts, tokens and sessions of that folder, and the log that goes with them."""
    from vedette.people import Accounts, Door, Passwords, Sessions, Throttle, Tokens, open_database

    log, database = open_log(folder), open_database(folder / ACCOUNTS)
    now, passwords = clock.wall, Passwords(secrets.token_bytes)
    sessions = Sessions(
        database,
        secrets.token_bytes,
        now,
        lasts_ns=clock.from_seconds(3600.0 * config.session_hours),
        idle_ns=clock.from_seconds(60.0 * config.idle_minutes),
    )
    return Door(
        Accounts(database, passwords, now),
        Tokens(database, secrets.token_bytes, now),
        sessions,
        passwords,
        Throttle(secrets.token_bytes(32)),
        log,
        now,
    )


def door_of(path: Path) -> Door:
    """The people of the site whose file is at `path`."""
    folder, config = people_of(path)
    return open_door(folder, config)


def people_of(path: Path) -> tuple[Path, PeopleConfig]:
    """The folder and the table, without loading all that a site file may speak of: that takes seconds."""
    import tomllib

    import msgspec

    from vedette.config import read_text
    from vedette.people.config import PeopleConfig

    if not path.exists():
        raise ConfigError("There is no such file; name your site file with --site.", where=str(path))
    try:
        table = tomllib.loads(read_text(path)).get("people", {})
        config = msgspec.convert(table, PeopleConfig)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError):
        from vedette.site import load_site

        config = load_site(path).people  # which says in which line what is wrong
    return path.parent / config.folder, config


def caller_on_this_machine() -> str:
    """Who runs a command, for the log: the name under which the operating system knows him."""
    import pwd

    try:
        return f"{pwd.getpwuid(os.getuid()).pw_name} (command line)"
    except KeyError:
        return f"user {os.getuid()} (command line)"


def ask_password(twice: bool = True) -> str:
    """From the keyboard without showing it, or the first line of standard input; never from an argument."""
    import getpass

    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password: ")
    if twice and getpass.getpass("Again: ") != password:
        raise ServiceError("The two are not the same; try again.")
    return password


@contextmanager
def watched_over(site: Site, pipeline: Pipeline) -> Iterator[Door | None]:
    """The site's door, None where there are no accounts; meanwhile start, stop and acts go to the log."""
    from vedette import __version__
    from vedette.pipeline import Journal

    folder = site.people_folder
    has_accounts = (folder / ACCOUNTS).exists()
    if site.file.people is None and not has_accounts:
        say(nobody(site))
        yield None
        return
    door = open_door(folder, site.people)
    known = len(door.accounts) > 0
    if not known:
        say(nobody(site))
    Journal.of(pipeline, door.log)
    door.log.append("vedette", "start", {"site": site.name, "version": __version__, "identified": known})
    try:
        yield door if known else None
    finally:
        door.log.append("vedette", "stop", {"site": site.name})
        door.log.close()
        say_head(door.log)


def say_head(log: Log) -> None:
    """What to note elsewhere; or why there is nothing to note."""
    if log.trouble:
        say(f"log: {log.trouble}")
        return
    number, head = log.head
    say(f"log: {number} entries; note its head elsewhere: {head}")


def nobody(site: Site) -> str:
    """What it means that there are no accounts."""
    decides = " Until then nobody can decide on advice." if site.effectors else ""
    return NOBODY.format(site=site.path) + decides


def serve_desk(desk: Desk, site: Site, door: Door | None, host: str, port: int, *, browser: bool) -> None:
    """Serve a site's page as its [server] table says: its names, by TLS, through a proxy."""
    from vedette.cli.screen import show
    from vedette.server.tls import server_context

    config, folder, tls = site.server, site.path.parent, None
    if config.certificate is not None and config.key is not None:
        tls = server_context(folder / config.certificate, folder / config.key, clock.wall())
    show(desk, port, host=host, browser=browser, door=door, names=config.names, tls=tls, proxy=config.proxy)
