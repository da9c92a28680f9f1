"""Decode a file from end to end, without a feed: for `vedette decode FILE`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec

from vedette.errors import FeedError
from vedette.feed.format import FORMATS, Format
from vedette.feed.look import Report
from vedette.feed.nearest import nearest
from vedette.feed.transport import pcap, recording
from vedette.feed.transport.file import chunks

HEAD = 65_536  # octets looked at to recognise a format


class Decoding:
    """The reports of a file, in the order of the stream; `counters` is complete when the iteration is.

    `format` is the name of the format, `origin` where the data come from if the file says so.
    """

    def __init__(self, path: Path, name: str, parser: Format, t_rx: int, port: int | None) -> None:
        self.format, self._parser = name, parser
        self._source, self.origin = chunks(path, port, lambda: t_rx)
        self._whole = pcap.is_pcap(path)

    def __iter__(self) -> Iterator[Report]:
        for data, t_rx in self._source:
            yield from self._parser.feed(data, t_rx)
            if self._whole:
                yield from self._parser.close()
        yield from self._parser.close()

    @property
    def counters(self) -> Mapping[str, int]:
        return self._parser.counters


def decode_file(
    path: str | Path,
    format: str | None = None,  # noqa: A002 - the word a caller looks for
    *,
    options: msgspec.Struct | None = None,
    sensor: str = "file",
    port: int | None = None,
    clock: Callable[[], int] | None = None,
) -> Decoding:
    """Open a file and decode it; iterate over the result, then read its `counters`.

    format   name of the wire format; found from the content when not given
    options  of the format; when not given, those that hide the least
    port     of a capture, only the datagrams that went to this port
    clock    time of arrival for a file that holds none; when not given, the file's own modification time

    Raises FeedError when the file cannot be read or its format is neither given nor recognised.
    """
    path = Path(path)
    if format is not None and format not in FORMATS:
        raise FeedError(f"'{format}' is not a known format; {nearest(format, list(FORMATS))}")
    try:
        written = path.stat().st_mtime_ns
    except OSError as error:
        raise FeedError(f"{path} cannot be read ({error.strerror or error}); check the path.") from None
    name = format or detect_format(path)
    t_rx = written if clock is None else clock()
    entry = FORMATS[name]
    timed = recording.is_recording(path) or pcap.is_pcap(path)
    fitting = entry.inspect if timed else entry.untimed or entry.inspect
    return Decoding(path, name, entry.open(sensor, options or fitting), t_rx, port)


def detect_format(path: Path) -> str:
    """The name of the format that the file's first octets are of. Raises FeedError when none knows them."""
    try:
        if recording.is_recording(path):
            return recording.read(path)[0].format
        heads = samples(path)
    except OSError as error:
        raise FeedError(f"{path} cannot be read ({error.strerror or error}); check the path.") from None
    for name, entry in FORMATS.items():
        if any(entry.sniff(head) for head in heads):
            return name
    raise FeedError(f"The format of {path} was not recognised; name it: {', '.join(sorted(FORMATS))}.")


def samples(path: Path) -> list[bytes]:
    """What to recognise the format by: the file's beginning, or a capture's first datagrams."""
    if pcap.is_pcap(path):
        return [packet.data for packet, _ in zip(pcap.packets(path), range(100), strict=False)]
    with path.open("rb") as stream:
        return [stream.read(HEAD)]
