"""One error tree; every message is a sentence that says what is wrong and how to mend it.

VedetteError
 ├─ ConfigError       a file a user wrote is wrong: names file, line, key and the remedy
 ├─ MeasurementError  a number that cannot be a measurement (non-finite, covariance not positive definite)
 ├─ FrameError        two quantities of different coordinate frames or times were mixed
 ├─ FeedError         a feed cannot be opened; a feed that misbehaves is counted, not raised
 ├─ RecordingError    a recording cannot be opened or does not hold what was asked
 └─ ServiceError      the server cannot start or cannot do what was asked now (port in use, a closed alert)
     ├─ NotThereError       there is no such alert, track, rule or level
     └─ NotUnderstoodError  what was asked makes no sense
"""

from __future__ import annotations


class VedetteError(Exception):
    """Root of every error that Vedette raises on purpose."""


class ConfigError(VedetteError):
    """A site, scenario or study file is wrong.

    `where` reads "site.toml:12"; `key` is the dotted key; the message ends with the remedy.
    """

    def __init__(self, message: str, *, where: str = "", key: str = "") -> None:
        self.where, self.key = where, key
        place = ", ".join(part for part in (where, f"key '{key}'" if key else "") if part)
        super().__init__(f"{place}: {message}" if place else message)


class MeasurementError(VedetteError, ValueError):
    """A number that cannot be a measurement."""


class FrameError(VedetteError, ValueError):
    """Two quantities of different frames or times were mixed."""


class FeedError(VedetteError):
    """A feed cannot be opened."""


class RecordingError(VedetteError):
    """A recording cannot be opened, or does not hold what was asked."""


class ServiceError(VedetteError):
    """The server cannot start, or cannot do what was asked."""


class NotThereError(ServiceError):
    """There is no such alert, track, rule or level."""


class NotUnderstoodError(ServiceError):
    """What was asked makes no sense: no act, or a rule that is none."""
