"""The remedy for a name that is not known."""

from __future__ import annotations

import difflib


def nearest(value: str, names: list[str]) -> str:
    """The remedy: what was probably meant, and what there is."""
    close = difflib.get_close_matches(value, names, 1, 0.5)
    listed = f"known are {', '.join(sorted(names))}."
    return f"did you mean '{close[0]}'? {listed[0].upper()}{listed[1:]}" if close else listed
