"""Reading an MCAP file that may be cut or damaged: whatever is whole is found, and the rest is named.

The library's readers stop at the first surprise, and some of their errors come from the middle of a parser.
So the framing is walked here: magic, then records of opcode (1 byte), length (8 bytes) and body. A chunk
holds the messages and carries a CRC over its uncompressed bytes; it is whole or it is skipped.
https://mcap.dev/spec
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple

import lz4.frame
import zstandard
from mcap.data_stream import ReadDataStream
from mcap.exceptions import McapError
from mcap.opcode import Opcode
from mcap.records import Channel, Metadata, Statistics
from mcap.writer import MCAP0_MAGIC

from vedette.errors import RecordingError

PROFILE = "vedette"
METADATA = "vedette"
CHUNK_LIMIT = 1 << 30  # bytes; a chunk that claims more uncompressed is damaged
HALF = 1 << 31  # of the range of a stored message number
_HEAD = struct.Struct("<BQ")  # opcode, length
_CHUNK = struct.Struct("<QQQI")  # first and last log time, uncompressed size, its CRC-32
_MESSAGE = struct.Struct("<HIQQ")  # channel, sequence, log time, publish time
_FOOTER = struct.Struct("<QQI")  # summary start, summary offset start, summary CRC
_MALFORMED = (struct.error, UnicodeDecodeError, McapError, ValueError)


class Message(NamedTuple):
    """One message as stored. `number` counts every message of the recording from 0."""

    channel: int
    number: int
    t: int
    data: bytes


class Span(NamedTuple):
    """Where a whole chunk lies, its first and last time (ns UTC) and its first message's expected number."""

    offset: int
    length: int
    t_first: int
    t_last: int
    number: int


@dataclass(slots=True)
class Survey:
    """What a walk through a whole file found."""

    metadata: dict[str, str] = field(default_factory=dict)
    channels: dict[int, str] = field(default_factory=dict)
    spans: list[Span] = field(default_factory=list)
    counts: dict[int, int] = field(default_factory=dict)
    times: dict[int, tuple[int, int]] = field(default_factory=dict)
    ours: bool = False
    ended: bool = False  # the data section was closed
    sealed: bool = False  # and so was the file, with a sound index
    bad_chunks: int = 0
    last_number: int = -1
    indexed: int = 0  # messages that the index promises
    bad_metadata: bool = False
    cut_at: int | None = None  # where the framing ends before the file does

    @property
    def messages(self) -> int:
        """Messages found whole, on a topic that is known."""
        return sum(count for channel, count in self.counts.items() if channel in self.channels)

    @property
    def missing(self) -> int:
        """Messages that the running numbers, or the index, show to be lost."""
        return max(self.last_number + 1, self.indexed) - self.messages


def survey(path: Path) -> Survey:
    """Walk through the file and check every chunk. Raises OSError, or RecordingError for a foreign chunk."""
    found = Survey()
    with path.open("rb") as file:
        size = path.stat().st_size
        if file.read(len(MCAP0_MAGIC)) != MCAP0_MAGIC:
            return found
        for opcode, offset, length in _frames(file, size, found):
            if opcode == Opcode.DATA_END:
                found.ended = True
                file.seek(offset + length)
                _read_summary(file.read(), found)
                break
            _take(opcode, offset, file.read(length), found)
    return found


def _frames(file: BinaryIO, size: int, found: Survey) -> Iterator[tuple[int, int, int]]:
    """(opcode, offset of the body, its length), up to the end of the data or to where the framing breaks."""
    while True:
        start = file.tell()
        head = file.read(_HEAD.size)
        if len(head) < _HEAD.size:
            found.cut_at = start
            return
        opcode, length = _HEAD.unpack(head)
        body = start + _HEAD.size
        if not _known(opcode) or length > size - body:
            found.cut_at = start
            return
        yield opcode, body, length
        file.seek(body + length)


def _known(opcode: int) -> bool:
    """Opcodes of the data section; from 0x80 on they are private to whoever wrote them, and skipped."""
    return Opcode.HEADER <= opcode <= Opcode.DATA_END or opcode >= 0x80


def _take(opcode: int, offset: int, body: bytes, found: Survey) -> None:
    if opcode == Opcode.CHUNK:
        _take_chunk(offset, body, found)
    elif opcode == Opcode.HEADER:
        found.ours = found.ours or body[4 : 4 + len(PROFILE)] == PROFILE.encode()
    elif opcode == Opcode.METADATA:
        _take_metadata(body, found)


def _take_metadata(body: bytes, found: Survey) -> None:
    """The metadata stand at the begin and again at the end; the first sound copy is used."""
    try:
        record = Metadata.read(ReadDataStream(io.BytesIO(body)))
    except _MALFORMED:
        found.bad_metadata = True
        return
    if record.name != METADATA:
        return
    crc = record.metadata.pop("crc32", "")
    if crc != metadata_crc(record.metadata):
        found.bad_metadata = True
    elif not found.metadata:
        found.metadata, found.ours = record.metadata, True


def metadata_crc(metadata: Mapping[str, str]) -> str:
    """CRC-32 of the sorted pairs in hex: MCAP has none over metadata."""
    text = "\0".join(f"{key}\0{metadata[key]}" for key in sorted(metadata))
    return f"{zlib.crc32(text.encode()):08x}"


def _take_chunk(offset: int, body: bytes, found: Survey) -> None:
    data = open_chunk(body)
    if data is None:
        found.bad_chunks += 1
        return
    first = found.last_number + 1
    t_first, t_last = 1 << 64, 0
    for message in messages_of(data, first, found.channels):
        t_first, t_last = min(t_first, message.t), max(t_last, message.t)
        found.last_number = max(found.last_number, message.number)
        _count(message, found)
    found.spans.append(Span(offset, len(body), t_first, t_last, first))


def _count(message: Message, found: Survey) -> None:
    channel, t = message.channel, message.t
    found.counts[channel] = found.counts.get(channel, 0) + 1
    first, last = found.times.get(channel, (t, t))
    found.times[channel] = min(first, t), max(last, t)


def open_chunk(body: bytes) -> bytes | None:
    """The uncompressed records of a chunk's body, or None when the chunk is damaged."""
    try:
        _, _, size, crc = _CHUNK.unpack_from(body)
        compression, packed = _compression(body)
        data = _unpack(compression, packed, size)
    except (*_MALFORMED, zstandard.ZstdError, RuntimeError):
        return None
    return data if len(data) == size and zlib.crc32(data) == crc else None


def _compression(body: bytes) -> tuple[str, bytes]:
    """The name of the compression and the packed bytes, which must fill the rest of the body exactly."""
    (length,) = struct.unpack_from("<I", body, _CHUNK.size)
    at = _CHUNK.size + 4 + length
    (packed,) = struct.unpack_from("<Q", body, at)
    if at + 8 + packed != len(body):
        raise ValueError("a chunk that does not fill its record")
    return body[at - length : at].decode(), body[at + 8 :]


def _unpack(compression: str, packed: bytes, size: int) -> bytes:
    """Uncompress, having checked that the size is believable before any memory is taken for it."""
    if size > CHUNK_LIMIT:
        raise ValueError("a chunk beyond all measure")
    if compression == "zstd":
        if zstandard.frame_content_size(packed) != size:
            raise ValueError("a frame of another size than its chunk")
        return zstandard.ZstdDecompressor().decompress(packed, max_output_size=size)
    if compression == "lz4":
        return bytes(lz4.frame.LZ4FrameDecompressor().decompress(packed, max_length=size))
    if compression:
        raise ValueError(f"an unknown compression {compression}")
    return packed


def messages_of(data: bytes, expected: int, channels: dict[int, str]) -> Iterator[Message]:
    """The messages of an opened chunk in order; `expected` is the number that the first should have.

    Topics met on the way are added to `channels`. Stored numbers have 32 bits; the one nearest to the number
    expected is meant. Raises RecordingError where sound bytes make no sense, which no writer of ours does.
    """
    at = 0
    try:
        while at < len(data):
            opcode, length = _HEAD.unpack_from(data, at)
            body = at + _HEAD.size
            at = body + length
            if opcode == Opcode.MESSAGE:
                channel, sequence, t, _ = _MESSAGE.unpack_from(data, body)
                number = expected + (sequence - expected + HALF) % (2 * HALF) - HALF
                yield Message(channel, number, t, data[body + _MESSAGE.size : at])
                expected = number + 1
            elif opcode == Opcode.CHANNEL:
                _take_channel(data[body:at], channels)
    except _MALFORMED as error:
        raise RecordingError(
            f"A chunk's checksum is right and yet its records make no sense ({error}); "
            "Vedette did not write it."
        ) from None


def _take_channel(body: bytes, channels: dict[int, str]) -> None:
    channel = Channel.read(ReadDataStream(io.BytesIO(body)))
    channels.setdefault(channel.id, channel.topic)


def _read_summary(rest: bytes, found: Survey) -> None:
    """Topics once more and, last of all, a footer with a CRC over everything after the data."""
    footer = len(rest) - len(MCAP0_MAGIC) - _FOOTER.size
    if footer < _HEAD.size or rest[-len(MCAP0_MAGIC) :] != MCAP0_MAGIC:
        return
    crc_at = footer + _FOOTER.size - 4
    if zlib.crc32(rest[:crc_at]) != _FOOTER.unpack_from(rest, footer)[2]:
        return
    found.sealed = True
    summary = io.BytesIO(rest[: footer - _HEAD.size])
    for opcode, _, length in _frames(summary, footer - _HEAD.size, Survey()):
        if opcode == Opcode.CHANNEL:
            _take_channel(summary.read(length), found.channels)
        elif opcode == Opcode.STATISTICS:
            found.indexed = Statistics.read(ReadDataStream(summary)).message_count
