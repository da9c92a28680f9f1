"""The `[people]` table of a site file."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from vedette.config import Table

Hours = Annotated[float, Meta(ge=0.25, le=168, description="hours, a quarter to a week")]
Minutes = Annotated[float, Meta(ge=1, le=1440, description="minutes, one to a day")]


class PeopleConfig(Table, frozen=True, kw_only=True):
    """`[people]`: where accounts and the log are kept, and how long somebody stays signed in.

    folder         accounts, the log and its key; a relative one counts from the site file
    session_hours  after which one must sign in again whatever one does
    idle_minutes   after which a session ends that neither asks anything nor has a page open
    """

    folder: str = "people"
    session_hours: Hours = 12.0
    idle_minutes: Minutes = 30.0
