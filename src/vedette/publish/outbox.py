"""Letters on their way, in SQLite: what had not arrived when the program ended goes out when it starts again.

One outbox serves all channels. It is used by one thread; `path` ":memory:" keeps nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from vedette.errors import ServiceError

SCHEMA = """
CREATE TABLE IF NOT EXISTS letter (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,
    channel  TEXT NOT NULL,
    t        INTEGER NOT NULL,
    subject  TEXT NOT NULL,
    text     TEXT NOT NULL,
    body     BLOB NOT NULL,
    state    TEXT NOT NULL DEFAULT 'waiting',
    t_done   INTEGER,
    detail   TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS letter_waiting ON letter (channel, number) WHERE state = 'waiting';
CREATE TABLE IF NOT EXISTS said (
    channel  TEXT NOT NULL,
    about    TEXT NOT NULL,
    body     BLOB NOT NULL,
    PRIMARY KEY (channel, about)
);
"""
KEEP = 10_000  # delivered and failed letters kept for the record


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One thing to say on one channel.

    t        ns UTC when it was written
    subject  a line; `text` the whole, for people; `body` the same for programs
    test     somebody tries the channel out
    """

    t: int
    subject: str
    text: str
    body: dict[str, Any]
    test: bool = False
    number: int = 0


class Outbox:
    """Letters by channel in the order they were written, and what each channel has said already."""

    def __init__(self, path: Path | str = ":memory:") -> None:
        try:
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.executescript(SCHEMA)
        except sqlite3.Error as error:
            raise ServiceError(
                f"The outbox {path} cannot be opened ({error}); move that file away, or mend its permissions."
            ) from None

    def put(self, channel: str, letters: Iterable[Letter]) -> None:
        """Write letters down for a channel."""
        self._db.executemany(
            "INSERT INTO letter (channel, t, subject, text, body) VALUES (?, ?, ?, ?, ?)",
            [(channel, each.t, each.subject, each.text, _packed(each)) for each in letters],
        )

    def waiting(self, channel: str, most: int) -> list[Letter]:
        """The oldest letters of a channel that wait."""
        rows = self._db.execute(
            "SELECT number, t, subject, text, body FROM letter"
            " WHERE channel = ? AND state = 'waiting' ORDER BY number LIMIT ?",
            (channel, most),
        )
        return [_unpacked(*row) for row in rows]

    def done(self, letters: Iterable[Letter], state: str, t: int, detail: str = "") -> None:
        """They were "sent", or given up ("failed"), at t (ns UTC)."""
        rows = [(state, t, detail, letter.number) for letter in letters]
        self._db.executemany("UPDATE letter SET state = ?, t_done = ?, detail = ? WHERE number = ?", rows)

    def counts(self, channel: str) -> dict[str, int]:
        """How many of its letters are in each state."""
        rows = self._db.execute(
            "SELECT state, count(*) FROM letter WHERE channel = ? GROUP BY state", (channel,)
        )
        return {"waiting": 0, "sent": 0, "failed": 0, **dict(rows)}

    def last(self, channel: str) -> tuple[str, int, str] | None:
        """State, time (ns UTC) and detail of the letter that was done last."""
        row = self._db.execute(
            "SELECT state, t_done, detail FROM letter WHERE channel = ? AND t_done IS NOT NULL"
            " ORDER BY t_done DESC, number DESC LIMIT 1",
            (channel,),
        ).fetchone()
        return None if row is None else (row[0], row[1], row[2])

    def last_sent(self, channel: str) -> int | None:
        """When a letter of the channel arrived last, ns UTC."""
        row = self._db.execute(
            "SELECT max(t_done) FROM letter WHERE channel = ? AND state = 'sent'", (channel,)
        ).fetchone()
        return None if row is None else row[0]

    def said(self, channel: str) -> dict[str, Any]:
        """What the channel has said, by what it was about."""
        rows = self._db.execute("SELECT about, body FROM said WHERE channel = ?", (channel,))
        return {about: msgspec.json.decode(body) for about, body in rows}

    def say(self, channel: str, about: str, body: object) -> None:
        """Remember what the channel said; None forgets it."""
        if body is None:
            self._db.execute("DELETE FROM said WHERE channel = ? AND about = ?", (channel, about))
        else:
            self._db.execute(
                "INSERT OR REPLACE INTO said VALUES (?, ?, ?)", (channel, about, msgspec.json.encode(body))
            )

    def prune(self) -> None:
        """Forget what was done long ago."""
        self._db.execute(
            "DELETE FROM letter WHERE state != 'waiting' AND number <="
            " (SELECT coalesce(max(number), 0) FROM letter) - ?",
            (KEEP,),
        )

    def close(self) -> None:
        self._db.close()


def _packed(letter: Letter) -> bytes:
    return msgspec.json.encode({"test": letter.test, "body": letter.body})


def _unpacked(number: int, t: int, subject: str, text: str, packed: bytes) -> Letter:
    inner = msgspec.json.decode(packed)
    return Letter(number=number, t=t, subject=subject, text=text, body=inner["body"], test=inner["test"])
