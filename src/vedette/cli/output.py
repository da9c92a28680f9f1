"""What a command prints: results on stdout for people or as JSON, progress and remarks on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

if TYPE_CHECKING:
    from rich.console import Console

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


class Advance(Protocol):
    """Tell a progress bar how much is done, in the unit of its total, and what is going on."""

    def __call__(self, done: float, doing: str = "") -> None: ...


def say(line: str) -> None:
    """A remark for a person, on stderr."""
    print(line, file=sys.stderr, flush=True)


def print_json(result: Any) -> None:
    """One JSON object on stdout, indented when a person is reading."""
    import msgspec

    text = msgspec.json.encode(result)
    if sys.stdout.isatty():
        text = msgspec.json.format(text, indent=2)
    print(text.decode(), flush=True)


def print_figures(figures: Mapping[str, Any], indent: int = 0) -> None:
    """Names and values in two columns on stdout; a table within the table is indented below its name."""
    for name, value in figures.items():
        label = " " * indent + name.replace("_", " ")
        if isinstance(value, Mapping) and value:
            print(label)
            print_figures(value, indent + 2)
        else:
            print(f"{label:<26} {shown(value)}")


def shown(value: Any) -> str:
    """A value as a person reads it: numbers to five digits."""
    if value is None or value == {} or value == "":
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.0f}" if abs(value) >= 10_000 else f"{value:.5g}"
    return str(value)


def console(*, stderr: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=stderr, highlight=False)


@contextmanager
def progress(what: str, total: float | None, *, quiet: bool) -> Iterator[Advance]:
    """A bar on stderr while the block runs; `total` None shows that work goes on, `quiet` shows nothing."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, doing="": None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    with Progress(*columns, TimeElapsedColumn(), console=console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)

        def advance(done: float, doing: str = "") -> None:
            bar.update(task, completed=done, description=doing or what)

        yield advance
