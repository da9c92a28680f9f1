"""The log of who did what: append-only, chained, signed, and shared safely by several processes.

`chain` says what the files hold, `log_check` proves that nobody changed them. Every entry is with the
operating system before `append` returns, so `kill -9` loses none; `sync` puts them on the disk.
"""

from __future__ import annotations

import errno
import fcntl
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from vedette.errors import ServiceError
from vedette.store.chain import (
    GAP,
    HEAD,
    LINE,
    NAME,
    OPENED,
    RESERVED,
    SEALED,
    START,
    SUFFIX,
    TORN,
    LogEntry,
    decode,
    encode,
    head_text,
    hex_of,
    link,
    merkle_root,
    seal_text,
    signed,
)

LONGEST = 5_000  # entries of a segment; the next one closes it and opens another
KEPT = 2_000  # bytes of a torn line that are kept in the entry that reports it
LOCK = ".lock"
FULL = (errno.ENOSPC, errno.EDQUOT)
PROGRAM = "vedette"  # who, of the entries that no person makes


def segments(folder: Path) -> list[Path]:
    """The segments of a log, oldest first."""
    return sorted((path for path in folder.glob(f"*{SUFFIX}") if NAME.match(path.name)), key=number_of)


def number_of(path: Path) -> int:
    return int(path.stem)


class Log:
    """Appends to the log in `folder`, signing with `key`; `clock` gives ns UTC. For any thread.

    counters  entries: appended by this object; failed: those that the disk did not take
    unsound   why what was there already is not to be trusted, in words, as whoever has checked it says

    What people do must not wait for a disk that is full: `append` then counts and goes on, and `mend` tries
    again. The first entry that goes through afterwards is one that says how many are missing before it.
    """

    def __init__(
        self, folder: Path, key: Ed25519PrivateKey, clock: Callable[[], int], *, longest: int = LONGEST
    ) -> None:
        self.folder, self._key, self._clock, self._longest = folder, key, clock, longest
        self.counters: Counter[str] = Counter(entries=0, failed=0)
        self.unsound = ""
        self._unwritten = self._unsynced = ""  # why, in words
        self._missing = 0  # entries that were not written, since the last that was
        self._lock = threading.Lock()
        self._seen: tuple[Path | None, int] = (None, -1)  # the newest segment, and its size when we left it
        self._torn = b""  # a line at the end that was never finished
        self._number, self._hash = 0, START
        self._hashes: list[bytes] = []
        self._open = False
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ServiceError(
                f"The log's folder {folder} cannot be made ({error.strerror}); name another [people] folder."
            ) from None

    @property
    def head(self) -> tuple[int, str]:
        """Number and hash of the newest entry; (0, zeros) of an empty log."""
        with self._lock, self._alone():
            self._catch_up()
            return self._number, self._hash.hex()

    @property
    def trouble(self) -> str:
        """What is wrong with the log now, in words; empty when nothing is."""
        if self._unwritten:
            lost = "1 entry is" if self._missing == 1 else f"{self._missing} entries are"
            return f"{self._unwritten} So far {lost} missing."
        return self._unsynced or self.unsound

    def append(
        self, who: str, what: str, body: Mapping[str, Any] | None = None, *, t: int | None = None
    ) -> LogEntry | None:
        """Write down that `who` did `what`, at t (ns UTC; now, unless given). None when it could not be."""
        if what in RESERVED:
            raise ValueError(f"'{what}' is the log's own; name what was done otherwise")
        try:
            with self._lock, self._alone():
                self._ready()
                entry = self._write(who, what, dict(body or {}), t)
        except OSError as error:
            self.counters["failed"] += 1
            self._missing += 1
            self._unwritten = self._cannot("be written", error)
            return None
        self.counters["entries"] += 1
        self._unwritten = ""
        return entry

    def mend(self) -> None:
        """Where entries are missing, try again, so that it does not wait for the next that somebody makes."""
        if not self._missing:
            return
        try:
            with self._lock, self._alone():
                self._ready()
        except OSError as error:
            self._unwritten = self._cannot("be written", error)
        else:
            self._unwritten = ""

    def _cannot(self, what: str, error: OSError) -> str:
        remedy = "Make room." if error.errno in FULL else "See to it that it can."
        return f"The log in {self.folder} cannot {what}: {error.strerror or error}. {remedy}"

    def sync(self) -> None:
        """Put what was appended on the disk, so that it survives a power cut."""
        path, size = self._seen
        if path is None or size <= 0:
            return
        try:
            with path.open("rb") as file:
                os.fsync(file.fileno())
        except OSError as error:
            self.counters["failed"] += 1
            self._unsynced = self._cannot("be put on the disk", error)
        else:
            self._unsynced = ""

    def close(self) -> None:
        """Close and sign the segment; a later `append` opens the next."""
        try:
            with self._lock, self._alone():
                self._catch_up()
                if self._open:
                    self._seal()
        except OSError as error:
            self.counters["failed"] += 1
            self._unwritten = self._cannot("be closed", error)
        self.sync()

    # ---------------------------------------------------------- one writer at a time

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No other process writes meanwhile: `vedette user add` may run beside the server."""
        with (self.folder / LOCK).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _catch_up(self) -> None:
        """See what others have written since."""
        found = segments(self.folder)
        newest = found[-1] if found else None
        size = newest.stat().st_size if newest else -1
        if newest is None or (newest, size) == self._seen:
            return
        *lines, self._torn = newest.read_bytes().split(b"\n")
        self._take_over(lines, found)
        self._seen = (newest, size)

    def _take_over(self, lines: list[bytes], found: list[Path]) -> None:
        """Go on after the last line, whatever it says: judging it is for `vedette log verify`."""
        if not lines and len(found) > 1:  # killed between making the file and its first line
            lines = found[-2].read_bytes().split(b"\n")[:-1]
            self._hashes, self._open = [], False
        else:
            self._hashes = [_hash_of(line) for line in lines]
            self._open = bool(lines) and (entry := _entry_of(lines[-1])) is not None and entry.what != SEALED
        if lines:
            last = _entry_of(lines[-1])
            self._number = last.number if last is not None else self._number + 1
            self._hash = _hash_of(lines[-1])

    def _ready(self) -> None:
        """An open segment with room in it, and nothing torn at its end."""
        self._catch_up()
        torn, (path, size) = self._torn, self._seen
        if torn and path is not None:
            os.truncate(path, size - len(torn))
            self._seen, self._torn = (path, size - len(torn)), b""
        if self._open and len(self._hashes) >= self._longest:
            self._seal()
        if not self._open:
            self._begin()
        if torn:
            kept = torn[:KEPT].decode("utf-8", "replace")
            self._write(PROGRAM, TORN, {"bytes": len(torn), "text": kept}, None)
        if missing := self._missing:
            self._write(PROGRAM, GAP, {"entries": missing}, None)
            self._missing -= missing

    # ------------------------------------------------------------------ the segments

    def _begin(self) -> None:
        newest = self._seen[0]
        empty = newest is not None and self._seen[1] == 0
        number = 1 if newest is None else number_of(newest) + (not empty)
        self._seen = (self.folder / f"{number:06d}{SUFFIX}", 0)
        self._hashes, self._open = [], False
        body = {"segment": number, "previous": self._hash.hex(), "key": hex_of(self._key.public_key())}
        self._write(PROGRAM, OPENED, body, None)
        self._open = True

    def _seal(self) -> None:
        """The last line of a segment: a signature over all before it."""
        path = self._seen[0]
        assert path is not None
        body: dict[str, Any] = {
            "segment": number_of(path),
            "entries": len(self._hashes),
            "last": self._number,
            "root": merkle_root(self._hashes).hex(),
        }
        self._write(PROGRAM, SEALED, {**body, "signature": signed(self._key, seal_text(body))}, None)
        self._open = False

    def _write(self, who: str, what: str, body: dict[str, Any], t: int | None) -> LogEntry:
        plain = _sound(msgspec.to_builtins(body))
        entry = LogEntry(
            self._number + 1, self._clock() if t is None else t, _sound(who), _sound(what), plain
        )
        payload = encode(entry)
        digest = link(self._hash, payload)
        path, size = self._seen
        assert path is not None
        line = digest.hex().encode() + b" " + payload + b"\n"
        with path.open("ab", buffering=0) as file:
            if file.write(line) != len(line):
                raise OSError(0, "only a part of it was taken")
        self._seen = (path, size + len(line))
        self._number, self._hash = entry.number, digest
        self._hashes.append(digest)
        self._point()
        return entry

    def _point(self) -> None:
        """Sign where the log ends now, so that nothing can be cut off unseen."""
        text = head_text(self._number, self._hash.hex())
        head = {"n": self._number, "hash": self._hash.hex(), "signature": signed(self._key, text)}
        new = self.folder / f".{HEAD}"
        new.write_bytes(encode(head) + b"\n")
        new.replace(self.folder / HEAD)


def _sound(value: Any) -> Any:
    """The same, with a question mark for each lone surrogate: no honest text holds one, and JSON cannot."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_sound(key): _sound(item) for key, item in value.items()}
    return [_sound(item) for item in value] if isinstance(value, list) else value


def _entry_of(line: bytes) -> LogEntry | None:
    match = LINE.match(line)
    try:
        return decode(match[2]) if match else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _hash_of(line: bytes) -> bytes:
    """The hash that a line states, or that its bytes have when it states none."""
    match = LINE.match(line)
    return bytes.fromhex(match[1].decode()) if match else link(START, line)
