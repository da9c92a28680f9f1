"""The SQLite file that holds accounts, tokens and sessions; several processes may use it at once."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from vedette.errors import ServiceError

VERSION = 1
SCHEMA = """
CREATE TABLE account (
    key TEXT PRIMARY KEY,       -- the name as it is compared: without case
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    password TEXT NOT NULL,     -- argon2id, with its parameters and salt
    disabled INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,   -- ns UTC, as every time here
    signed_in INTEGER
) STRICT;
CREATE TABLE token (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    secret BLOB NOT NULL,       -- SHA-256
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    revoked INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE session (
    secret BLOB PRIMARY KEY,    -- SHA-256
    id TEXT NOT NULL UNIQUE,    -- by which people speak of it
    key TEXT NOT NULL REFERENCES account(key) ON DELETE CASCADE,
    address TEXT NOT NULL,
    began INTEGER NOT NULL,
    seen INTEGER NOT NULL
) STRICT;
"""


def open_database(path: Path) -> sqlite3.Connection:
    """The file at `path`, made if it is not there; only its owner may read it. Raises ServiceError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(path, timeout=5.0, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA foreign_keys = ON")
        _prepare(connection, path)
    except (OSError, sqlite3.Error) as error:
        raise ServiceError(
            f"The accounts in {path} cannot be opened ({error}); mend its permissions or restore a copy."
        ) from None
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found > VERSION:
        raise ServiceError(f"{path} was written by a later Vedette; use that one, or name another folder.")
    if found == 0:
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            if connection.execute("PRAGMA user_version").fetchone()[0] == 0:
                for statement in SCHEMA.split(";\n"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {VERSION}")
