"""Time is an int: nanoseconds UTC since 1970. Sortable, hashable, exact, without a time zone.

Only `cli` reads the wall clock (`wall`, `steady`); everything below it is given the time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

NS = 1_000_000_000
DAY_NS = 86_400 * NS


def wall() -> int:
    """Now, in ns UTC. The one place that reads the wall clock; pass it down, never call it below `cli`."""
    return time.time_ns()


def steady() -> Callable[[], int]:
    """A clock in ns UTC that agrees with the wall clock now and never goes back or jumps, for a live run.

    A wall clock that is set back by an hour would leave every report of that hour in the future.
    """
    began = time.time_ns() - time.monotonic_ns()
    return lambda: began + time.monotonic_ns()


def from_seconds(seconds: float) -> int:
    """Unix seconds to ns. A double resolves about 0.2 µs today, so the last digits are rounded."""
    whole = int(seconds // 1)
    return whole * NS + round((seconds - whole) * NS)


def seconds(ns: int) -> float:
    """Nanoseconds to seconds; use on differences, where a double is exact enough."""
    return ns / NS


def iso(t: int) -> str:
    """ns UTC as ISO 8601 with milliseconds, e.g. 2023-10-17T23:41:07.250Z."""
    whole, rest = divmod(t, NS)
    return f"{datetime.fromtimestamp(whole, UTC):%Y-%m-%dT%H:%M:%S}.{rest // 1_000_000:03d}Z"


def from_time_of_day(seconds_of_day: float, near: int) -> int:
    """Resolve a time of day (ASTERIX I048/140: seconds since UTC midnight) to the instant nearest `near`.

    A report stamped 23:59:59.9 that arrives at 00:00:00.1 belongs to yesterday; taking the nearest of
    yesterday, today and tomorrow is right whenever the report is less than twelve hours old.
    """
    midnight = near - near % DAY_NS
    t = midnight + from_seconds(seconds_of_day)
    return min((t - DAY_NS, t, t + DAY_NS), key=lambda candidate: abs(candidate - near))
