"""Writing a recording: raw bytes, scans, tracks, alerts, advice and operators' acts into one MCAP file.

What was handed to the operating system survives `kill -9`; what was put on the disk survives a power cut too.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, BinaryIO, Self

from mcap.writer import CompressionType, Writer

from vedette.clock import NS
from vedette.errors import RecordingError
from vedette.store.codec import (
    encode_act,
    encode_advice,
    encode_alerts,
    encode_operations,
    encode_scan,
    encode_tracks,
)
from vedette.store.container import METADATA, PROFILE, Message, metadata_crc
from vedette.store.schema import TOPICS, VERSION, json_schema
from vedette.store.truth import encode_actors, encode_first_plot, encode_outcome, encode_truth
from vedette.types import Actor, Advised, Alert, FirstPlot, Outcome, Scan, Track, Truth
from vedette.types.operations import Operations

CHUNK_SIZE = 1 << 20  # bytes before compression; a flush closes a chunk early
LAST_TIME = 1 << 63  # ns; the year 2262
# Of so many hand-overs one waits for the disk: a recording may be played at any speed, a disk may not.
DISK_EVERY = 10
CLOCK_SET_BACK = 60 * NS  # a time this far before the last flush is a new time line, not a late message


class Recorder:
    """Records into `path` (*.mcap, must not exist yet). Not for use by several threads at once.

    metadata  what a replay needs besides: site text, scenario, mode, versions, seed
    flush_s   after so many seconds of data time at the latest everything is with the operating system, where
              no end of this process can reach it; after DISK_EVERY times that, on the disk
    """

    def __init__(self, path: Path | str, metadata: Mapping[str, str], *, flush_s: float = 1.0) -> None:
        self.path = Path(path)
        self._file = _create(self.path)
        self._metadata = {"schema_version": str(VERSION), **metadata}
        self._writer = Writer(self._file, chunk_size=CHUNK_SIZE, compression=CompressionType.ZSTD)
        self._channels: dict[str, int] = {}
        self._schemas: dict[str, int] = {}
        self._counts: dict[str, int] = {}
        self._number = 0
        self._broken = False
        self._flush_ns = round(flush_s * NS)
        self._hand_overs = 0
        self._flushed: dict[
            bool, int
        ] = {}  # raw or data → time of the last flush; the two may be years apart
        self._start()

    @property
    def counts(self) -> Mapping[str, int]:
        """Topic → messages recorded so far."""
        return MappingProxyType(self._counts)

    def raw(self, feed: str, data: bytes, t_rx: int) -> int:
        """Record bytes as they came (t_rx: ns UTC). Returns the message's number: `Detection.raw`."""
        return self._write(f"/raw/{feed}", t_rx, data, raw=True)

    def scan(self, scan: Scan) -> None:
        self._write(f"/scan/{scan.sensor}", scan.t1, encode_scan(scan))

    def tracks(self, t: int, tracks: Iterable[Track]) -> None:
        self._write("/tracks", t, encode_tracks(t, tracks))

    def alerts(self, t: int, alerts: Iterable[Alert]) -> None:
        self._write("/alerts", t, encode_alerts(t, alerts))

    def advice(self, advised: Advised) -> None:
        """Record what was advised, and what people decided."""
        self._write("/advice", advised.t, encode_advice(advised))

    def act(self, t: int, act: Mapping[str, Any]) -> None:
        """Record what an operator did, at data time t (ns UTC); it is with the operating system at once."""
        self._write("/acts", t, encode_act(t, act))
        self._hand_over()

    def operations(self, t: int, operations: Operations) -> None:
        """Record what the run took over at t (ns UTC) from before a restart."""
        self._write("/operations", t, encode_operations(t, operations))

    def actors(self, t: int, actors: Iterable[Actor]) -> None:
        """Record who takes part in an exercise that begins at data time t (ns UTC)."""
        self._write("/truth/actors", t, encode_actors(t, actors))

    def truth(self, t: int, truths: Iterable[Truth]) -> None:
        """Record where everybody truly is at data time t (ns UTC), for a score."""
        self._write("/truth/states", t, encode_truth(t, truths))

    def first_plot(self, plot: FirstPlot) -> None:
        """Record that a sensor has reported somebody for the first time, for a score."""
        self._write("/truth/plots", plot.t, encode_first_plot(plot))

    def outcome(self, outcome: Outcome) -> None:
        """Record what truly came of what was decided, for a score."""
        self._write("/truth/outcomes", outcome.t, encode_outcome(outcome))

    def stored(self, topic: str, message: Message) -> None:
        """Copy a message of another recording as it stands, with its number (`repair`)."""
        self._number = message.number
        self._write(topic, message.t, message.data)

    def flush(self) -> None:
        """Put everything recorded so far on the disk. Returns when it is there."""
        self._hand_over()
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise self._failure(error) from None

    def _hand_over(self) -> None:
        """Give everything recorded so far to the operating system."""
        self._check()
        try:
            self._writer.flush()  # type: ignore[no-untyped-call]
        except OSError as error:
            raise self._failure(error) from None

    def close(self) -> None:
        """Seal the recording with its index. Closing twice, or after a failure, seals nothing."""
        if self._broken or self._file.closed:
            return
        try:
            self._writer.add_metadata(METADATA, _signed(self._metadata))
            self._writer.finish()  # type: ignore[no-untyped-call]
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        except OSError as error:
            raise self._failure(error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start(self) -> None:
        self._writer.start(profile=PROFILE, library=f"vedette schema {VERSION}")
        self._writer.add_metadata(METADATA, _signed(self._metadata))
        self.flush()

    def _write(self, topic: str, t: int, data: bytes, raw: bool = False) -> int:
        self._check()
        if not 0 <= t < LAST_TIME:
            raise RecordingError(
                f"A message on {topic} is stamped {t} ns, which is no time since 1970; drop it."
            )
        number = self._number
        try:
            channel = self._channels.get(topic) or self._open(topic)
            self._writer.add_message(channel, t, data, t, number & 0xFFFFFFFF)
        except OSError as error:
            raise self._failure(error) from None
        self._number += 1
        self._counts[topic] = self._counts.get(topic, 0) + 1
        self._flush_when_due(t, raw)
        return number

    def _flush_when_due(self, t: int, raw: bool) -> None:
        last = self._flushed.setdefault(raw, t)
        if t - last >= self._flush_ns or last - t >= CLOCK_SET_BACK:
            self._hand_overs += 1
            if self._hand_overs % DISK_EVERY == 0:
                self.flush()
            else:
                self._hand_over()
            self._flushed[raw] = t

    def _open(self, topic: str) -> int:
        """Register a topic with its schema. Raw bytes have none."""
        kind = next((prefix for prefix in TOPICS if topic.startswith(prefix)), "")
        encoding = "json" if kind else "application/octet-stream"
        self._channels[topic] = self._writer.register_channel(topic, encoding, self._schema(kind))
        return self._channels[topic]

    def _schema(self, kind: str) -> int:
        if kind and kind not in self._schemas:
            record = TOPICS[kind]
            name = f"vedette.{record.__name__.removesuffix('Record')}"
            self._schemas[kind] = self._writer.register_schema(name, "jsonschema", json_schema(record))
        return self._schemas.get(kind, 0)

    def _check(self) -> None:
        if self._broken or self._file.closed:
            raise RecordingError(f"The recording {self.path} is closed; start a new one to go on recording.")

    def _failure(self, error: OSError) -> RecordingError:
        """Give up for good: after a write that failed half way, further bytes would not be readable."""
        self._broken = True
        with suppress(OSError):
            self._file.close()
        return RecordingError(
            f"The recording {self.path} cannot be written ({error.strerror}); what was flushed is safe. "
            "Make room or choose another folder, and start a new recording."
        )


def _create(path: Path) -> BinaryIO:
    if path.suffix != ".mcap":
        raise RecordingError(f"A recording's name ends in .mcap, but {path} does not; add the ending.")
    try:
        file = path.open("xb")
        _sync_folder(path.parent)
    except FileExistsError:
        raise RecordingError(f"{path} exists already and is not overwritten; choose another name.") from None
    except OSError as error:
        raise RecordingError(
            f"The recording {path} cannot be created ({error.strerror}); check the folder."
        ) from None
    return file


def _sync_folder(folder: Path) -> None:
    """Put the new file's name on the disk too, or a power cut may leave bytes without a name."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _signed(metadata: Mapping[str, str]) -> dict[str, str]:
    return {**metadata, "crc32": metadata_crc(metadata)}
