"""What a site file keeps in files of its own: addresses with passwords, and keys."""

from __future__ import annotations

from pathlib import Path

from vedette.config import read_text
from vedette.errors import ConfigError


def lines_of(folder: Path, file: str, key: str) -> tuple[str, ...]:
    """The lines of a file that say something; "#" begins a comment. Raises ConfigError."""
    lines = (line.strip() for line in read_text(folder / file).splitlines())
    found = tuple(line for line in lines if line and not line.startswith("#"))
    if not found:
        raise ConfigError("The file is empty; write one address, or the secret, a line.", where=file, key=key)
    return found


def first_of(folder: Path, value: str, file: str, key: str) -> str:
    """The value, or the first line of the file that holds it."""
    return lines_of(folder, file, key)[0] if file else value
