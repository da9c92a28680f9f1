"""Reading a recording back, whole or damaged, in the order in which it was recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import numpy as np

from vedette.errors import RecordingError
from vedette.store.codec import (
    Act,
    AlertSet,
    OperationsSet,
    TrackSet,
    decode_act,
    decode_advice,
    decode_alerts,
    decode_operations,
    decode_scan,
    decode_tracks,
)
from vedette.store.container import Message, Span, Survey, messages_of, open_chunk, survey
from vedette.store.recorder import Recorder
from vedette.store.schema import HISTORY, VERSION
from vedette.store.truth import (
    TRUTH,
    ActorSet,
    TruthSet,
    decode_actors,
    decode_first_plot,
    decode_outcome,
    decode_truth,
)
from vedette.types import Advised, FirstPlot, Outcome, Scan


@dataclass(frozen=True, slots=True)
class RawChunk:
    """Bytes as they came. `index` is what `Recorder.raw` returned and `Detection.raw` holds."""

    index: int
    feed: str
    t_rx: int
    data: bytes


Entry = (
    RawChunk
    | Scan
    | TrackSet
    | AlertSet
    | Advised
    | Act
    | OperationsSet
    | ActorSet
    | TruthSet
    | FirstPlot
    | Outcome
)
_DECODERS: Mapping[str, Callable[[bytes], Entry]] = {
    "/scan/": decode_scan,
    "/tracks": decode_tracks,
    "/alerts": decode_alerts,
    "/acts": decode_act,
    "/advice": decode_advice,
    "/operations": decode_operations,
    "/truth/actors": decode_actors,
    "/truth/states": decode_truth,
    "/truth/plots": decode_first_plot,
    "/truth/outcomes": decode_outcome,
}
# What a recording tells unless it is asked for the truth by name.
EVERYTHING = ("/raw/", *(topic for topic in _DECODERS if not topic.startswith(TRUTH)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recording:
    """A recording as found on the disk; `open_recording` makes one.

    metadata  as given to the recorder, and "schema_version"
    t_begin   ns UTC of the first message in data time; of the first raw bytes where there is nothing else
    t_end     ns UTC of the last
    counts    topic → whole messages
    damage    a sentence saying what is wrong with the file and what was lost; empty when nothing is
    """

    path: Path
    metadata: Mapping[str, str]
    t_begin: int
    t_end: int
    counts: Mapping[str, int]
    damage: str
    _survey: Survey = field(repr=False)

    def scans(self, t_from: int | None = None) -> Iterator[Scan]:
        """Scans in recorded order, those with t1 ≥ t_from (ns UTC)."""
        return cast(Iterator[Scan], self.messages(t_from, ("/scan/",)))

    def raw(self, t_from: int | None = None) -> Iterator[RawChunk]:
        """Raw bytes in recorded order, received at t_from (ns UTC) or later."""
        return cast(Iterator[RawChunk], self.messages(t_from, ("/raw/",)))

    def tracks(self, t_from: int | None = None) -> Iterator[TrackSet]:
        return cast(Iterator[TrackSet], self.messages(t_from, ("/tracks",)))

    def alerts(self, t_from: int | None = None) -> Iterator[AlertSet]:
        return cast(Iterator[AlertSet], self.messages(t_from, ("/alerts",)))

    def advice(self, t_from: int | None = None) -> Iterator[Advised]:
        return cast(Iterator[Advised], self.messages(t_from, ("/advice",)))

    def acts(self, t_from: int | None = None) -> Iterator[Act]:
        return cast(Iterator[Act], self.messages(t_from, ("/acts",)))

    def volume(self, parts: int) -> tuple[int, ...]:
        """Bytes recorded in each of `parts` equal parts of the recording: where much was going on.

        Known without reading: each chunk's bytes are spread evenly over its time.
        """
        held = np.zeros(parts)
        edges = np.linspace(self.t_begin, self.t_end, parts + 1) - self.t_begin
        for span in self._survey.spans:
            first, last = span.t_first - self.t_begin, max(span.t_last, span.t_first + 1) - self.t_begin
            inside = np.minimum(edges[1:], last) - np.maximum(edges[:-1], first)
            held += span.length * np.maximum(inside, 0.0) / (last - first)
        return tuple(int(n) for n in np.round(held))

    def messages(self, t_from: int | None = None, topics: tuple[str, ...] = EVERYTHING) -> Iterator[Entry]:
        """Everything but the truth in recorded order, or what is on topics that begin so.

        Chunks before t_from are not read.
        """
        for topic, message in _stored(self.path, self._survey, t_from):
            if topic.startswith(topics):
                entry = _entry(topic, message)
                if entry is not None:
                    yield entry


def open_recording(path: Path | str) -> Recording:
    """Open a recording and check it through. RecordingError when nothing in it can be used."""
    path = Path(path)
    found = _survey(path)
    counts = {
        found.channels[channel]: count for channel, count in found.counts.items() if channel in found.channels
    }
    t_begin, t_end = _extent(found)
    return Recording(
        path=path,
        metadata=found.metadata,
        t_begin=t_begin,
        t_end=t_end,
        counts=dict(sorted(counts.items())),
        damage=_damage(path, found),
        _survey=found,
    )


def repair(path: Path | str, out: Path | str) -> Recording:
    """Copy everything whole into a new, sealed recording, each message byte for byte with its number.

    The copy's metadata say under "repaired" what was wrong. Raises RecordingError where `out` exists.
    """
    recording = open_recording(path)
    note = {"repaired": recording.damage} if recording.damage else {}
    with Recorder(out, {**recording.metadata, **note}, flush_s=3600.0) as copy:
        for topic, message in _stored(recording.path, recording._survey, None):
            copy.stored(topic, message)
    return open_recording(out)


def _survey(path: Path) -> Survey:
    """Refuse, in a sentence, what is no recording of ours or holds nothing."""
    try:
        found = survey(path)
    except OSError as error:
        raise RecordingError(
            f"The recording {path} cannot be read ({error.strerror}); check the path."
        ) from None
    if not found.ours:
        raise RecordingError(
            f"{path} is not a recording of Vedette: it is empty, of another format, or damaged in its first "
            "bytes; choose a .mcap file that `vedette` wrote."
        )
    version = found.metadata.get("schema_version", str(VERSION))
    if version not in map(str, HISTORY):
        raise RecordingError(
            f"{path} has schema version {version}, which is unknown here; update Vedette to read it."
        )
    if not found.messages:
        raise RecordingError(f"The recording {path} holds no whole message; there is nothing to replay.")
    return found


def _extent(found: Survey) -> tuple[int, int]:
    """First and last data time. Bytes are stamped by another clock, so they count only when alone."""
    known = {
        found.channels[channel]: times for channel, times in found.times.items() if channel in found.channels
    }
    data = [times for topic, times in known.items() if not topic.startswith(("/raw/", TRUTH))]
    times = data or list(known.values())
    return min(first for first, _ in times), max(last for _, last in times)


def _damage(path: Path, found: Survey) -> str:
    """What is wrong with the file, in a sentence; empty when nothing is."""
    wrong = []
    if found.cut_at is not None:
        wrong.append(
            f"it breaks off at byte {found.cut_at} "
            "because the recorder was killed, is still writing or met a fault"
        )
    if found.ended and not found.sealed:
        wrong.append("its index is cut or damaged")
    if found.bad_metadata:
        wrong.append("a copy of its metadata is damaged" if found.metadata else "its metadata are damaged")
    if found.bad_chunks:
        wrong.append(f"{found.bad_chunks} damaged chunk(s) were left out")
    if found.missing > 0:
        wrong.append(f"{found.missing} message(s) are missing")
    if not wrong:
        return ""
    return f"The recording {path.name} is not whole: {', '.join(wrong)}; {found.messages} messages are sound."


def _stored(path: Path, found: Survey, t_from: int | None) -> Iterator[tuple[str, Message]]:
    """(topic, message) of every whole message at or after t_from, in file order."""
    try:
        with path.open("rb") as file:
            for span in found.spans:
                if t_from is not None and span.t_last < t_from:
                    continue
                file.seek(span.offset)
                yield from _of_span(path, span, file.read(span.length), found, t_from)
    except OSError as error:
        raise RecordingError(f"The recording {path} cannot be read any more ({error.strerror}).") from None


def _of_span(
    path: Path, span: Span, body: bytes, found: Survey, t_from: int | None
) -> Iterator[tuple[str, Message]]:
    data = open_chunk(body)
    if data is None:
        raise RecordingError(f"The recording {path} was changed while it was being read; open it again.")
    for message in messages_of(data, span.number, found.channels):
        topic = found.channels.get(message.channel)
        if topic is not None and (t_from is None or message.t >= t_from):
            yield topic, message


def _entry(topic: str, message: Message) -> Entry | None:
    """A stored message as a value; None for topics that some other program added."""
    if topic.startswith("/raw/"):
        return RawChunk(message.number, topic.removeprefix("/raw/"), message.t, message.data)
    for prefix, decode in _DECODERS.items():
        if topic.startswith(prefix):
            return decode(message.data)
    return None
