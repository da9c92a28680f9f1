"""A window of the day, as "22:00-05:00" in a time zone that is said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from vedette.clock import NS
from vedette.config import TableError

WINDOW = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
OFFSET = re.compile(r"([+-])(0\d|1[0-4]):([0-5]\d)")
DAY = 1440  # minutes


@dataclass(frozen=True, slots=True)
class Hours:
    """From minute `begin` to minute `end` of the day; over midnight where it ends before it begins."""

    begin: int
    end: int
    zone: tzinfo

    @classmethod
    def of(cls, text: str, zone: str) -> Self:
        """Raises TableError, with the remedy, for what is no window or no known zone."""
        found = WINDOW.fullmatch(text.replace("–", "-").replace(" ", ""))
        h0, m0, h1, m1 = map(int, found.groups()) if found else (0, 0, 0, 0)
        begin, end = 60 * h0 + m0, 60 * h1 + m1
        if begin == end or end > DAY:
            raise TableError('a window of the day is written "22:00-05:00"; write it so.', "hours")
        return cls(begin, end, _zone(zone))

    def hold(self, t: int) -> bool:
        """Whether t (ns UTC) lies within; its first minute does, its last does not."""
        local = datetime.fromtimestamp(t // NS, self.zone)
        minute = local.hour * 60 + local.minute
        if self.begin < self.end:
            return self.begin <= minute < self.end
        return minute >= self.begin or minute < self.end


def _zone(name: str) -> tzinfo:
    if name == "UTC":
        return UTC
    if offset := OFFSET.fullmatch(name):
        apart = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        return timezone(apart if offset[1] == "+" else -apart)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise TableError(
            f"'{name}' is no time zone that this machine knows; write UTC, or an offset such as +03:00.",
            "time_zone",
        ) from None
