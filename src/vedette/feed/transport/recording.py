"""A recording of raw chunks with their times of arrival: gzipped JSON lines.

| line  | content                                                                          |
|-------|----------------------------------------------------------------------------------|
| first | {"vedette_recording": 1, "format": wire format, "origin": where from, in words}  |
| other | {"t": time of arrival in ns UTC, "hex": the octets as they came, in hexadecimal} |

Lines are in order of time. It is meant for slices that travel with the software or by mail and can be read
by eye; the recorder of the running system writes MCAP.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from vedette.errors import FeedError
from vedette.feed.transport.protocol import Chunk

VERSION = 1


class Head(msgspec.Struct, frozen=True):
    vedette_recording: int
    format: str
    origin: str = ""


class Line(msgspec.Struct, frozen=True):
    t: int
    hex: str


def is_recording(path: Path) -> bool:
    """Whether the file begins with a recording's head. Raises OSError when it cannot be opened."""
    try:
        with open_text(path) as stream:
            return stream.read(64).lstrip().startswith(b'{"vedette_recording"')
    except (EOFError, gzip.BadGzipFile, zlib.error):
        return False


def read(path: Path) -> tuple[Head, Iterator[Chunk]]:
    """Its head and its chunks. Raises FeedError for a head or a line that is not one."""
    with open_text(path) as stream:
        try:
            head = msgspec.json.decode(stream.readline(), type=Head)
        except msgspec.DecodeError as error:
            raise FeedError(f"{path} has no recording's first line ({error}); was it cut?") from None
    if head.vedette_recording != VERSION:
        version = head.vedette_recording
        raise FeedError(f"{path} is a recording of version {version}; this program reads {VERSION}.")
    return head, chunks(path)


def chunks(path: Path) -> Iterator[Chunk]:
    """The chunks in order. A file cut short by a crash ends where it is cut."""
    decode = msgspec.json.Decoder(Line).decode
    number = 1
    with open_text(path) as stream:
        try:
            stream.readline()
            for text in stream:
                number += 1
                line = decode(text)
                yield Chunk(bytes.fromhex(line.hex), line.t)
        except (EOFError, zlib.error):
            return
        except (msgspec.DecodeError, ValueError) as error:
            raise FeedError(f"{path}:{number} is not a line of a recording ({error}).") from None


def write(path: Path, head: Head, chunks: Iterable[Chunk]) -> int:
    """Write a recording; the same chunks give the same file, octet for octet. Returns their number."""
    count = 0
    with path.open("wb") as out, gzip.GzipFile("", "wb", 9, out, mtime=0) as stream:
        stream.write(msgspec.json.encode(head) + b"\n")
        for chunk in chunks:
            stream.write(msgspec.json.encode(Line(chunk.t_rx, chunk.data.hex())) + b"\n")
            count += 1
    return count


def open_text(path: Path) -> BinaryIO:
    with path.open("rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
    return cast(BinaryIO, gzip.open(path, "rb") if packed else path.open("rb"))
