"""`vedette log`: is the log whole, and what does it say?"""

from __future__ import annotations

import csv
import sys
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from vedette import clock
from vedette.cli.output import Json, print_json

if TYPE_CHECKING:
    from vedette.store import LogEntry

app = typer.Typer(no_args_is_help=True, help="The log of who did what: chained, signed, checked.")
LogPath = Annotated[Path, typer.Argument(help="The log's folder, or the [people] folder around it.")]
PATH = Path("people")


@app.command()
def verify(
    path: LogPath = PATH,
    head: Annotated[
        str | None, typer.Option("--head", help="A hash noted before: that entry must still be there.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", help="The public key that must have signed: a copy of log.pub.")
    ] = None,
    json: Json = False,
) -> None:
    """Check that no entry was altered, removed, added, doubled or moved.

    Ends with 1 when one was. Note the hash of the head elsewhere from time to time: only with it can be seen
    that somebody put an older copy of everything back.

    \b
    Examples:
      vedette log verify people
      vedette log verify people --json
      vedette log verify people --head 3f1c... --key noted/log.pub
    """
    from vedette.store import read_public_key
    from vedette.store import verify as check

    verdict = check(path, key=None if key is None else read_public_key(key), head=head)
    if json:
        print_json({name: getattr(verdict, name) for name in verdict.__dataclass_fields__})
    else:
        print(verdict.sentence)
        print(f"head {verdict.head}, number {verdict.entries}")
        print(f"signed by {verdict.key or 'nobody'}")
    raise typer.Exit(0 if verdict.ok else 1)


@app.command()
def show(
    path: LogPath = PATH,
    last: Annotated[int, typer.Option("--last", min=1, help="How many entries, the newest.")] = 30,
    json: Json = False,
) -> None:
    """Show the newest entries. They are not checked: `vedette log verify` does that.

    \b
    Examples:
      vedette log show
      vedette log show people --last 100 --json
    """
    from vedette.store.log_check import entries

    found = list(deque(entries(path), maxlen=last))
    if json:
        print_json({"entries": found})
        return
    for entry in found:
        print(f"{entry.number:>7}  {clock.iso(entry.t)}  {entry.who:<24} {entry.what:<18} {told(entry)}")


@app.command()
def export(
    path: LogPath = PATH,
    csv_: Annotated[
        Path | None, typer.Option("--csv", help="Write a table to this new file; else to standard output.")
    ] = None,
) -> None:
    """Write all entries as a table: number, time, who, what, particulars.

    \b
    Examples:
      vedette log export people --csv log.csv
    """
    from vedette.errors import ServiceError
    from vedette.store.log_check import entries

    found = entries(path)
    if csv_ is None:
        write(found, sys.stdout)
        return
    try:
        with csv_.open("x", newline="", encoding="utf-8") as file:
            write(found, file)
    except OSError as error:
        raise ServiceError(f"{csv_} cannot be written ({error.strerror}); name a new file.") from None


def write(found: object, file: TextIO) -> None:
    table = csv.writer(file)
    table.writerow(("number", "time", "t_ns", "who", "what", "body"))
    for entry in found:  # type: ignore[attr-defined]
        cells = (entry.who, entry.what, told(entry))
        table.writerow((entry.number, clock.iso(entry.t), entry.t, *map(harmless, cells)))


def harmless(cell: str) -> str:
    """A spreadsheet takes what begins with these for a formula; a name must not be one."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def told(entry: LogEntry) -> str:
    import msgspec

    return msgspec.json.encode(entry.body).decode() if entry.body else ""
