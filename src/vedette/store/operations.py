"""Open alerts, what people ordered and decided, and the hand-over log on the disk: they outlive any end.

One SQLite file in WAL mode. What was written is on the disk before `keep` returns, so neither `kill -9` nor a
power cut loses it. One process at a time may have it open.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Self, TypeVar

import msgspec

from vedette.errors import RecordingError
from vedette.types import Alert, Decision, Engagement, Posture
from vedette.types.operations import Entry, Last, Operations, Word

VERSION = 1
MOST_ENTRIES = 2_000  # of the log that are read back
PATIENCE = 2.0  # s to wait for another process that is just ending
TABLES = """
CREATE TABLE IF NOT EXISTS kept (kind TEXT, name TEXT, body BLOB NOT NULL, PRIMARY KEY (kind, name));
CREATE TABLE IF NOT EXISTS log (n INTEGER PRIMARY KEY, body BLOB NOT NULL);
"""
Key = tuple[str, str]
T = TypeVar("T")
_encode = msgspec.json.Encoder(order="deterministic").encode


class OperationsStore:
    """Keeps `Operations` in `path`. Not for several threads at once; the thread may change."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._known: dict[Key, bytes] = {}
        self._logged: tuple[Entry, ...] = ()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._database = self._opened()
        except (sqlite3.Error, OSError) as error:
            raise self._trouble(error) from None

    def _opened(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version not in (0, VERSION):
            raise RecordingError(
                f"{self.path} was written by another version of Vedette (its form is {version}); "
                "update Vedette, or move the file away to begin anew."
            )
        database.executescript(f"BEGIN; {TABLES} PRAGMA user_version = {VERSION}; COMMIT;")
        return database

    def load(self) -> Operations:
        """What was kept last. RecordingError where it cannot be read."""
        try:
            rows = self._database.execute("SELECT kind, name, body FROM kept ORDER BY kind, name").fetchall()
            newest = "SELECT body FROM log ORDER BY n DESC LIMIT ?"
            log = self._database.execute(newest, (MOST_ENTRIES,)).fetchall()
        except sqlite3.Error as error:
            raise self._trouble(error) from None
        self._known = {(kind, name): body for kind, name, body in rows}
        self._logged = tuple(self._read(body, Entry) for (body,) in reversed(log))
        posture = self._known.get(("posture", ""))
        highest = self._known.get(("highest", ""))
        return Operations(
            alerts=tuple(self._all("alert", Alert)),
            tracks=tuple(self._all("track", Last)),
            words=tuple(self._all("word", Word)),
            rules=tuple(self._all("rule", dict[str, Any])),
            switched=self._named("switch", bool),
            posture=None if posture is None else self._read(posture, Posture),
            log=self._logged,
            highest=0 if highest is None else self._read(highest, int),
            stock=self._named("stock", int),
            reloads=self._named("reload", int),
            engagements=tuple(self._all("engagement", Engagement)),
            declined=tuple(self._all("declined", Decision)),
        )

    def _all(self, kind: str, form: type[T]) -> Iterator[T]:
        return (self._read(body, form) for (of, _), body in self._known.items() if of == kind)

    def _named(self, kind: str, form: type[T]) -> dict[str, T]:
        return {name: self._read(body, form) for (of, name), body in self._known.items() if of == kind}

    def _read(self, body: bytes, form: type[T]) -> T:
        try:
            return msgspec.json.decode(body, type=form)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._trouble(error) from None

    def keep(self, operations: Operations) -> None:
        """Write what has changed since the last time. RecordingError when it cannot be written."""
        wanted = dict(_rows(operations))
        changed = [(*key, body) for key, body in wanted.items() if self._known.get(key) != body]
        gone = [key for key in self._known if key not in wanted]
        entries = _news(self._logged, operations.log)
        if not (changed or gone or entries):
            return
        try:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", changed)
            self._database.executemany("DELETE FROM kept WHERE kind = ? AND name = ?", gone)
            self._database.executemany(
                "INSERT INTO log (body) VALUES (?)", [(_encode(entry),) for entry in entries]
            )
            self._database.execute("COMMIT")
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):
                self._database.execute("ROLLBACK")
            raise self._trouble(error) from None
        self._known, self._logged = wanted, operations.log

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _trouble(self, error: Exception) -> RecordingError:
        what, remedy = str(error), "make room, mend its permissions, or name another file under [store]"
        if "locked" in what:
            what, remedy = "another Vedette has it open", "stop that one first"
        elif isinstance(error, msgspec.DecodeError) or "malformed" in what or "not a database" in what:
            what, remedy = f"it is damaged: {what}", "move it away to begin anew"
        return RecordingError(
            f"What must outlive a restart cannot be kept in {self.path} ({what}); {remedy}."
        )


def _rows(operations: Operations) -> Iterator[tuple[Key, bytes]]:
    """Everything but the log as (kind, name) → JSON."""
    for alert in operations.alerts:
        yield ("alert", alert.id), _encode(alert)
    for track in operations.tracks:
        yield ("track", str(track.track)), _encode(track)
    for word in operations.words:
        yield ("word", str(word.track)), _encode(word)
    for rule in operations.rules:
        yield ("rule", str(rule["name"])), _encode(rule)
    for name, on in operations.switched.items():
        yield ("switch", name), _encode(on)
    if operations.posture is not None:
        yield ("posture", ""), _encode(operations.posture)
    for name, rounds in operations.stock.items():
        yield ("stock", name), _encode(rounds)
    for name, due in operations.reloads.items():
        yield ("reload", name), _encode(due)
    for engagement in operations.engagements:
        yield ("engagement", engagement.advice), _encode(engagement)
    for said in operations.declined:
        yield ("declined", said.advice), _encode(said)
    if operations.highest:
        yield ("highest", ""), _encode(operations.highest)


def _news(before: tuple[Entry, ...], log: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """What was added to the log, whose oldest entries may have been dropped meanwhile."""
    if not before:
        return log
    for end in range(len(log), 0, -1):
        if log[end - 1] is before[-1] or log[end - 1] == before[-1]:
            return log[end:]
    return log
