"""Canonical bytes of scans, tracks, alerts, acts and advice: JSON that reads back the same, to the bit.

Equal values give equal bytes, and `encode(decode(b)) == b`. A number that is not finite has no JSON and is
refused in words (MeasurementError); bytes that do not follow `store.schema` raise RecordingError.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar, cast

import msgspec
import numpy as np

from vedette.errors import MeasurementError, RecordingError
from vedette.store.advice_record import AdvisedRecord
from vedette.store.schema import (
    ActRecord,
    AlertRecord,
    AlertsRecord,
    DetectionRecord,
    FieldRecord,
    OperationsRecord,
    ScanRecord,
    SectorRecord,
    TrackRecord,
    TracksRecord,
)
from vedette.types import (
    NO_CLAIMS,
    SIZE,
    Advised,
    Alert,
    Array,
    Detection,
    Estimate,
    Field,
    Scan,
    Sector,
    Status,
    Track,
    check_covariance,
)
from vedette.types.operations import Operations


class TrackSet(NamedTuple):
    """Every track at data time t (ns UTC)."""

    t: int
    tracks: tuple[Track, ...]


class AlertSet(NamedTuple):
    """Every alert at data time t (ns UTC)."""

    t: int
    alerts: tuple[Alert, ...]


class Act(NamedTuple):
    """What an operator did at data time t (ns UTC)."""

    t: int
    act: Mapping[str, Any]


class OperationsSet(NamedTuple):
    """What a run took over at t (ns UTC) from before a restart."""

    t: int
    operations: Operations


R = TypeVar("R")


def _plain(value: Any) -> Any:
    """NumPy's numbers as Python's."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"a {type(value).__name__} has no JSON")


_encoder = msgspec.json.Encoder(order="deterministic", enc_hook=_plain)


def encoded(record: Any, what: str) -> bytes:
    """JSON of a record. A number that is not finite would silently become null, so a null is looked into."""
    data = _encoder.encode(record)
    if b"null" in data and not _finite(msgspec.to_builtins(record, enc_hook=_plain)):
        raise MeasurementError(
            f"The {what} holds a number that is not finite, which a recording cannot keep; "
            "drop it at its source."
        )
    return data


def _finite(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return all(_finite(item) for item in value.values())
    if isinstance(value, (list, tuple)):
        return all(_finite(item) for item in value)
    return True


def decoder(record: type[R]) -> Callable[[bytes], R]:
    decode = msgspec.json.Decoder(record).decode

    def checked(data: bytes) -> R:
        try:
            return decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise RecordingError(
                f"A message does not follow the stored schema ({error}); it was not written by Vedette, "
                "or by a version with another schema."
            ) from None

    return checked


# Scans -----------------------------------------------------------------------------------------------------


def encode_scan(scan: Scan) -> bytes:
    """A scan as JSON bytes (`ScanRecord`). MeasurementError for a claim that is not finite."""
    record = ScanRecord(
        sensor=scan.sensor,
        t0=scan.t0,
        t1=scan.t1,
        sector=None if scan.sector is None else _sector_record(scan.sector),
        detections=[_detection_record(detection) for detection in scan.detections],
    )
    return encoded(record, f"scan of {scan.sensor}")


def decode_scan(data: bytes) -> Scan:
    """A scan from its JSON bytes. RecordingError for anything else."""
    record = _scan(data)
    return Scan(
        sensor=record.sensor,
        t0=record.t0,
        t1=record.t1,
        sector=None if record.sector is None else _sector(record.sector),
        detections=_detections(record.detections),
    )


_scan = decoder(ScanRecord)
_FIELDS = tuple(field.name for field in dataclasses.fields(Detection))


def _sector_record(s: Sector) -> SectorRecord:
    r1 = None if s.r1 == math.inf else s.r1
    return SectorRecord(az0=s.az0, width=s.width, el0=s.el0, el1=s.el1, r0=s.r0, r1=r1)


def _sector(s: SectorRecord) -> Sector:
    r1 = math.inf if s.r1 is None else s.r1
    return Sector(az0=s.az0, width=s.width, el0=s.el0, el1=s.el1, r0=s.r0, r1=r1)


def _detection_record(d: Detection) -> DetectionRecord:
    return DetectionRecord(
        t=d.t,
        t_rx=d.t_rx,
        sensor=d.sensor,
        seq=d.seq,
        kind=d.kind,
        z=d.z.tolist(),
        R=d.R.tolist(),
        claims=dict(d.claims),
        raw=d.raw,
    )


def _detections(records: Sequence[DetectionRecord]) -> tuple[Detection, ...]:
    """Rebuild the reports of a scan. What `Detection` checks one by one is checked here once for all."""
    found: list[Detection | None] = [None] * len(records)
    for m in sorted({SIZE[record.kind] for record in records}):
        rows = [k for k, record in enumerate(records) if SIZE[record.kind] == m]
        z = array([records[k].z for k in rows], (len(rows), m))
        R = array([records[k].R for k in rows], (len(rows), m, m))
        _check_covariances(z, R)
        for k, zk, Rk in zip(rows, z, R, strict=True):
            found[k] = _restore(records[k], zk, Rk)
    return tuple(detection for detection in found if detection is not None)


def _restore(record: DetectionRecord, z: Array, R: Array) -> Detection:
    """A Detection without its constructor's checks, as `pickle` would make one: they were made at once."""
    claims = record.claims or NO_CLAIMS
    state = (record.t, record.t_rx, record.sensor, record.seq, record.kind, z, R, claims, record.raw)
    detection = object.__new__(Detection)
    for name, value in zip(_FIELDS, state, strict=True):
        object.__setattr__(detection, name, value)
    return detection


def array(rows: list[Any], shape: tuple[int, ...]) -> Array:
    """Nested lists as a read-only array of this shape."""
    try:
        array = np.array(rows, dtype=np.float64)
    except ValueError:
        array = np.empty(0)
    if array.shape != shape:
        raise RecordingError(
            f"A message holds an array whose shape is not {shape}; it was not written by Vedette."
        )
    array.flags.writeable = False
    return array


def _check_covariances(z: Array, R: Array) -> None:
    """`types.check_covariance` for z (N, m), R (N, m, m) at once. JSON holds only finite numbers."""
    try:
        np.linalg.cholesky(R)
        sound = bool((R.mT == R).all())
    except np.linalg.LinAlgError:
        sound = False
    if not sound:
        _check_each(z, R)


def _check_each(z: Array, R: Array) -> None:
    """The slow way: says which one is bad, and forgives an asymmetry of rounding."""
    for k in range(len(z)):
        try:
            check_covariance(z[k], R[k], f"report {k} of a recorded scan")
        except MeasurementError as error:
            raise RecordingError(f"{error} The recording was not written by Vedette.") from None


# Tracks ----------------------------------------------------------------------------------------------------


def encode_tracks(t: int, tracks: Iterable[Track]) -> bytes:
    """Every track at data time t (ns UTC) as JSON bytes. MeasurementError for what is not finite."""
    return encoded(TracksRecord(t=t, tracks=[_track_record(track) for track in tracks]), "track picture")


def decode_tracks(data: bytes) -> TrackSet:
    """Tracks from their JSON bytes. RecordingError for anything else."""
    record = _tracks(data)
    return TrackSet(record.t, tuple(_track(track) for track in record.tracks))


_tracks = decoder(TracksRecord)


def _track_record(track: Track) -> TrackRecord:
    estimate = track.estimate
    return TrackRecord(
        id=track.id,
        status=int(track.status),
        t=estimate.t,
        frame=estimate.frame,
        x=estimate.x.tolist(),
        P=estimate.P.tolist(),
        existence=track.existence,
        identity={
            fact: FieldRecord(value=f.value, source=f.source, t=f.t) for fact, f in track.identity.items()
        },
        klass=dict(track.klass),
        contributors=dict(track.contributors),
        t_born=track.t_born,
        t_updated=track.t_updated,
        hits=track.hits,
        modes=list(track.modes),
    )


def _track(record: TrackRecord) -> Track:
    n = len(record.x)
    estimate = Estimate(t=record.t, x=array(record.x, (n,)), P=array(record.P, (n, n)), frame=record.frame)
    return Track(
        id=record.id,
        status=_status(record.status),
        estimate=estimate,
        existence=record.existence,
        identity={fact: Field(value=f.value, source=f.source, t=f.t) for fact, f in record.identity.items()},
        klass=record.klass,
        contributors=record.contributors,
        t_born=record.t_born,
        t_updated=record.t_updated,
        hits=record.hits,
        modes=tuple(record.modes),
    )


def _status(number: int) -> Status:
    try:
        return Status(number)
    except ValueError:
        raise RecordingError(
            f"A track has the unknown status {number}; a newer Vedette wrote this recording."
        ) from None


# Alerts and acts -------------------------------------------------------------------------------------------


def encode_alerts(t: int, alerts: Iterable[Alert]) -> bytes:
    """Alerts at data time t (ns UTC) as JSON bytes. MeasurementError for a number that is not finite."""
    # Written as they stand: their fields and those of the schema agree, which a test holds.
    return encoded(AlertsRecord(t=t, alerts=cast("list[AlertRecord]", list(alerts))), "alert list")


def decode_alerts(data: bytes) -> AlertSet:
    """Alerts from their JSON bytes. RecordingError for anything else."""
    record = _alerts(data)
    return AlertSet(
        record.t, tuple(msgspec.convert(alert, Alert, from_attributes=True) for alert in record.alerts)
    )


_alerts = decoder(AlertsRecord)


def encode_advice(advised: Advised) -> bytes:
    """Everything advised as JSON bytes. MeasurementError for a number that is not finite."""
    fields = {field.name: getattr(advised, field.name) for field in dataclasses.fields(Advised)}
    return encoded(AdvisedRecord(**fields), "advice")


def decode_advice(data: bytes) -> Advised:
    """Advice from its JSON bytes. RecordingError for anything else."""
    return msgspec.convert(_advised(data), Advised, from_attributes=True)


_advised = decoder(AdvisedRecord)


def encode_operations(t: int, operations: Operations) -> bytes:
    """What a run took over at t (ns UTC) from before a restart, as JSON bytes (`OperationsRecord`)."""
    fields = {field.name: getattr(operations, field.name) for field in dataclasses.fields(Operations)}
    record = msgspec.convert({"t": t, **fields}, OperationsRecord, from_attributes=True)
    return encoded(record, "state from before the restart")


def decode_operations(data: bytes) -> OperationsSet:
    """The same from its JSON bytes. RecordingError for anything else."""
    record = _operations(data)
    return OperationsSet(record.t, msgspec.convert(record, Operations, from_attributes=True))


def encode_act(t: int, act: Mapping[str, Any]) -> bytes:
    """An act is a map of strings, numbers, booleans, lists and maps; anything else raises RecordingError."""
    try:
        return encoded(ActRecord(t=t, act=dict(act)), "act")
    except (TypeError, OverflowError) as error:
        raise RecordingError(
            f"An act cannot be recorded ({error}); give strings, numbers and lists only."
        ) from None


def decode_act(data: bytes) -> Act:
    """An act from its JSON bytes. RecordingError for anything else."""
    record = _act(data)
    return Act(record.t, record.act)


_act = decoder(ActRecord)
_operations = decoder(OperationsRecord)
