"""Proving that a log is whole: nothing altered, removed, added, doubled or put elsewhere."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from vedette.errors import ServiceError
from vedette.store.chain import (
    HEAD,
    LINE,
    OPENED,
    SEALED,
    START,
    Head,
    LogEntry,
    decode,
    decode_head,
    encode,
    head_text,
    hex_of,
    is_signed,
    link,
    merkle_root,
    public_of,
    seal_text,
)
from vedette.store.log import LOCK, number_of, segments


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came out.

    entries    that are sound, from the first on
    first_bad  number of the first entry that is altered, missing or out of place; None: there is none
    sentence   what is wrong, or that all is well, in words
    head       hash of the newest sound entry: noted elsewhere, it proves later that nothing was cut off
    signed     number of the last entry under a closed segment's signature
    torn       bytes of a last line that was never finished: a power cut, or a process that was killed
    key        the public key that signs, in hexadecimal
    """

    entries: int
    ok: bool
    first_bad: int | None
    sentence: str
    head: str
    segments: int
    signed: int
    torn: int
    key: str


class FlawError(Exception):
    """What is wrong with the entry that should come next."""


class _Check:
    """Reads the segments in order and knows what must come next."""

    def __init__(self, key: Ed25519PublicKey | None) -> None:
        self.key = key
        self.hashes: list[bytes] = []
        self.segments = self.signed = self.torn = 0
        self._inside: list[bytes] = []  # hashes of the segment that is being read
        self._sealed = True

    @property
    def last(self) -> bytes:
        return self.hashes[-1] if self.hashes else START

    def segment(self, path: Path, size: int, *, newest: bool) -> None:
        """Raises FlawError at the first entry that is not as it must be."""
        if not self._sealed:
            raise FlawError("the end of a segment is missing, with the signature that closes it")
        if number_of(path) != self.segments + 1:
            raise FlawError(f"segment {self.segments + 1} is missing")
        self.segments += 1
        with path.open("rb") as file:
            *lines, torn = file.read(size).split(b"\n")
        if not lines and newest and len(torn) == 0:
            return  # killed between making the file and its first line
        self._inside, self._sealed = [], False
        for place, line in enumerate(lines):
            self._line(line, first=place == 0)
        if torn and not newest:
            raise FlawError("a line is cut short")
        self.torn = len(torn)

    def _line(self, line: bytes, *, first: bool) -> None:
        if self._sealed:
            raise FlawError("there is an entry after the signature that closes its segment")
        match = LINE.match(line)
        if match is None:
            raise FlawError("the line is not one of a log")
        digest = link(self.last, match[2])
        if digest.hex().encode() != match[1]:
            raise FlawError("its hash does not follow from what it says and from the entry before it")
        self._says(_decoded(match[2]), first=first)
        self.hashes.append(digest)
        self._inside.append(digest)

    def _says(self, entry: LogEntry, *, first: bool) -> None:
        if entry.number != len(self.hashes) + 1:
            raise FlawError(f"it calls itself entry {entry.number}")
        if first != (entry.what == OPENED):
            raise FlawError("a segment does not begin where it should")
        if first:
            self._opens(entry)
        elif entry.what == SEALED:
            self._closes(entry)

    def _opens(self, entry: LogEntry) -> None:
        body = entry.body
        if (body.get("segment"), body.get("previous")) != (self.segments, self.last.hex()):
            raise FlawError("it does not open the segment that should come here")
        found = public_of(body.get("key"))
        if found is None or (self.key is not None and hex_of(found) != hex_of(self.key)):
            raise FlawError("the segment is signed by another key")
        self.key = found

    def _closes(self, entry: LogEntry) -> None:
        body = entry.body
        so_far = (self.segments, len(self._inside), len(self.hashes), merkle_root(self._inside).hex())
        if tuple(body.get(name) for name in ("segment", "entries", "last", "root")) != so_far:
            raise FlawError("what it signs is not the segment before it")
        if self.key is None or not is_signed(self.key, body.get("signature"), seal_text(body)):
            raise FlawError("the signature that closes the segment is not its key's")
        self._sealed, self.signed = True, entry.number


def _decoded(payload: bytes) -> LogEntry:
    try:
        return decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise FlawError("it is no entry of a log") from None


def verify(path: Path, *, key: Ed25519PublicKey | None = None, head: str | None = None) -> Verdict:
    """Check the log in the folder `path`, or in the folder `log` there.

    key   the public key that must have signed; else the one that the log itself names
    head  a hash that was noted before: the log must still hold that entry

    Raises ServiceError when there is no log at all.
    """
    folder = folder_of(path)
    check = _Check(key)
    found, head_now = _as_it_stands(folder)
    try:
        for path, size in found:
            check.segment(path, size, newest=path == found[-1][0])
    except FlawError as error:
        return _verdict(check, len(check.hashes) + 1, str(error))
    bad, flaw = _against_head(check, head_now)
    if bad is None and head is not None and head.lower() not in {digest.hex() for digest in check.hashes}:
        bad, flaw = len(check.hashes) + 1, "the entry whose hash was noted is not in this log any more"
    return _verdict(check, bad, flaw)


def doubt(folder: Path) -> str:
    """Why the log in `folder` is not to be trusted, in words; empty where it is whole, or not there yet."""
    try:
        verdict = verify(folder)
    except ServiceError:
        return ""
    except OSError as error:
        return f"The log in {folder} cannot be read: {error.strerror}. See to it that it can."
    if verdict.ok:
        return ""
    remedy = "Keep a copy of it, and find out who can write there."
    return f"The log in {folder} is not whole. {verdict.sentence} {remedy}"


def folder_of(path: Path) -> Path:
    """The folder that holds the segments. Raises ServiceError when nothing of a log is there."""
    for folder in (path, path / "log"):
        if folder.is_dir() and (segments(folder) or (folder / HEAD).exists()):
            return folder
    raise ServiceError(f"There is no log in {path}; name the folder that holds 000001.log, or the one above.")


def _as_it_stands(folder: Path) -> tuple[list[tuple[Path, int]], bytes | None]:
    """The segments with their lengths, and the head, at one moment: somebody may be writing meanwhile."""
    with ExitStack() as stack:
        try:
            lock = stack.enter_context((folder / LOCK).open("rb"))
            fcntl.flock(lock, fcntl.LOCK_SH)
        except OSError:
            pass  # a copy without a lock, or on a medium that knows none: nobody writes there
        sizes = [(path, path.stat().st_size) for path in segments(folder)]
        head = folder / HEAD
        return sizes, head.read_bytes() if head.exists() else None


def _against_head(check: _Check, raw: bytes | None) -> tuple[int | None, str]:
    """The number of the first entry that the signed head tells wrong, and why."""
    count = len(check.hashes)
    head = None if raw is None else _read_head(raw)
    if head is None or check.key is None:
        # The first entry of all may have been written without its head: killed in between.
        return (None, "") if count <= 1 and raw is None else (max(count, 1), "the signed head is gone")
    if not is_signed(check.key, head.signature, head_text(head.n, head.hash)):
        return max(count, 1), "the head was not signed by the log's key"
    if head.n > count:
        return count + 1, f"entries up to number {head.n} were signed for, and are missing"
    if head.n < 1 or check.hashes[head.n - 1].hex() != head.hash:
        return max(1, min(head.n, count)), "the head was signed for another entry"
    # One entry more than the head: killed in between. Two: not by us.
    return (None, "") if count <= head.n + 1 else (head.n + 2, "nobody signed for it")


def _read_head(raw: bytes) -> Head | None:
    """None when it is not exactly as it is written."""
    try:
        head = decode_head(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return head if encode(msgspec.to_builtins(head)) + b"\n" == raw else None


def _verdict(check: _Check, bad: int | None, flaw: str) -> Verdict:
    count = len(check.hashes)
    entries = count if bad is None else min(bad - 1, count)
    rest = count - check.signed
    if bad is not None:
        sentence = f"Entry {bad} is bad: {flaw}. The {entries} before it are sound."
    else:
        sentence = f"All {count} entries are sound; the last {rest} are in a segment that is still open."
        if check.torn:
            sentence += f" A last line of {check.torn} bytes was never finished and was not yet signed for."
    return Verdict(
        entries=entries,
        ok=bad is None,
        first_bad=bad,
        sentence=sentence,
        head=(check.hashes[entries - 1] if entries else START).hex(),
        segments=check.segments,
        signed=min(check.signed, entries),
        torn=check.torn,
        key=hex_of(check.key) if check.key is not None else "",
    )


def entries(path: Path) -> Iterator[LogEntry]:
    """The entries of a log in order, checked by nobody; lines that are none are left out."""
    for segment in segments(folder_of(path)):
        for line in segment.read_bytes().split(b"\n"):
            match = LINE.match(line)
            if match is not None:
                try:
                    yield decode(match[2])
                except (msgspec.DecodeError, UnicodeDecodeError):
                    continue
