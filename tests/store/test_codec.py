"""What is read back is what was written, to the bit."""

from __future__ import annotations

import dataclasses
import json
import math

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.server.advice_by_hand import advice_of, advised_of, option_of, threat_of
from tests.store.recorded_world import T0, covariance, make_alert, make_scan, make_track
from vedette.errors import MeasurementError, RecordingError
from vedette.store import (
    decode_act,
    decode_advice,
    decode_alerts,
    decode_scan,
    decode_tracks,
    encode_act,
    encode_advice,
    encode_alerts,
    encode_scan,
    encode_tracks,
)
from vedette.store.advice_record import (
    AdviceRecord,
    AdvisedRecord,
    DecisionRecord,
    EffectorStateRecord,
    EngagementRecord,
    OptionRecord,
    RefusedRecord,
    ThreatRecord,
)
from vedette.store.schema import AlertRecord, EvidenceRecord, StepRecord
from vedette.types import (
    SIZE,
    Advice,
    Advised,
    Alert,
    Decision,
    Detection,
    EffectorKind,
    EffectorState,
    Engagement,
    Estimate,
    Evidence,
    Field,
    Kind,
    Option,
    Refused,
    Scan,
    Sector,
    Status,
    Step,
    Threat,
    Track,
)

NUMBER = st.floats(allow_nan=False, allow_infinity=False)
TIME = st.integers(0, 2**63 - 1)
CLAIMS = st.dictionaries(st.text(), st.one_of(st.text(), NUMBER, st.integers(-(2**63), 2**63), st.booleans()))


@st.composite
def detections(draw):
    kind = draw(st.sampled_from(Kind))
    m = SIZE[kind]
    z = np.array(draw(st.lists(st.floats(-1e9, 1e9), min_size=m, max_size=m)))
    R = covariance(np.random.default_rng(draw(st.integers(0, 1000))), m) * draw(st.floats(1e-12, 1e12))
    raw = draw(st.none() | st.integers(0, 2**40))
    return Detection(
        t=draw(TIME), t_rx=draw(TIME), sensor=draw(st.text()), seq=draw(st.integers(0, 2**40)),
        kind=kind, z=z, R=R, claims=draw(CLAIMS), raw=raw,
    )  # fmt: skip


@st.composite
def scans(draw):
    edge = st.floats(0, 1e6)
    sector = Sector(az0=draw(edge), width=draw(edge), r0=draw(edge), r1=draw(edge | st.just(math.inf)))
    found = tuple(draw(st.lists(detections(), max_size=4)))
    return Scan(
        sensor=draw(st.text()), t0=draw(TIME), t1=draw(TIME), sector=draw(st.none() | st.just(sector)),
        detections=found,
    )  # fmt: skip


@st.composite
def tracks(draw):
    n = draw(st.integers(1, 9))
    x = np.array(draw(st.lists(NUMBER, min_size=n, max_size=n)))
    P = np.array(draw(st.lists(NUMBER, min_size=n * n, max_size=n * n))).reshape(n, n)
    fields = st.builds(Field, value=st.one_of(st.text(), NUMBER, st.booleans()), source=st.text(), t=TIME)
    return Track(
        id=draw(st.integers(0, 2**32)), status=draw(st.sampled_from(Status)),
        estimate=Estimate(t=draw(TIME), x=x, P=P, frame=draw(st.text())), existence=draw(NUMBER),
        identity=draw(st.dictionaries(st.text(), fields, max_size=3)),
        klass=draw(st.dictionaries(st.text(), NUMBER, max_size=3)),
        contributors=draw(st.dictionaries(st.text(), TIME, max_size=3)),
        t_born=draw(TIME), t_updated=draw(TIME), hits=draw(st.integers(0, 2**40)),
    )  # fmt: skip


def same(a, b):
    """Equal to the bit and of the same type: arrays by their bytes, floats by theirs, structs by fields."""
    if isinstance(a, np.ndarray):
        return (
            isinstance(b, np.ndarray)
            and a.dtype == b.dtype
            and a.shape == b.shape
            and a.tobytes() == b.tobytes()
        )
    if dataclasses.is_dataclass(a):
        return type(a) is type(b) and all(
            same(getattr(a, f.name), getattr(b, f.name)) for f in dataclasses.fields(a)
        )
    if isinstance(a, tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, float):
        return type(b) is float and np.float64(a).tobytes() == np.float64(b).tobytes()
    if hasattr(a, "items"):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return a == b and isinstance(b, bool) == isinstance(a, bool)


@settings(max_examples=60, deadline=None)
@given(scans())
def test_scan_round_trip(scan):
    data = encode_scan(scan)
    again = decode_scan(data)
    assert same(scan, again)
    assert encode_scan(again) == data


@settings(max_examples=50, deadline=None)
@given(TIME, st.lists(tracks(), max_size=3))
def test_tracks_round_trip(t, found):
    data = encode_tracks(t, found)
    again = decode_tracks(data)
    assert again.t == t
    assert same(tuple(found), again.tracks)
    assert encode_tracks(*again) == data


@settings(max_examples=50, deadline=None)
@given(st.lists(NUMBER, min_size=10, max_size=10), st.text(), TIME)
def test_alerts_round_trip(numbers, text, t):
    names = [f.name for f in dataclasses.fields(Evidence) if f.type == "float"]
    assert len(names) == 10
    alert = make_alert(t, note=text)
    evidence = dataclasses.replace(alert.evidence, sentence=text, **dict(zip(names, numbers, strict=True)))
    alert = dataclasses.replace(alert, evidence=evidence, zone=text)
    data = encode_alerts(t, [alert])
    again = decode_alerts(data)
    assert same(again.alerts, (alert,))
    assert encode_alerts(*again) == data


@settings(max_examples=50, deadline=None)
@given(st.lists(NUMBER, min_size=9, max_size=9), st.text(), TIME, st.booleans())
def test_advice_round_trip(numbers, text, t, counted):
    a, b, c, *rest = numbers
    kind = EffectorKind.GUN if counted else EffectorKind.JAMMER
    option = dataclasses.replace(
        option_of(text, kind), opens_s=a, closes_s=10.0, intercept_s=(a, b, c), kill=tuple(rest[:3])
    )
    nothing = dataclasses.replace(threat_of(), slack_s=None, arrival_s=None, klass={text: a, "bird": b})
    advice = dataclasses.replace(advice_of(option=option), threat=nothing, sentence=text)
    advised = dataclasses.replace(advised_of(advice), t=t, objective=rest[3], counters={text: 7})
    data = encode_advice(advised)
    again = decode_advice(data)
    assert same(again, advised)
    assert encode_advice(again) == data


def test_advice_that_is_not_finite_is_refused():
    lost = dataclasses.replace(advice_of(option=dataclasses.replace(option_of(), cost=math.nan)))
    with pytest.raises(MeasurementError, match="not finite"):
        encode_advice(advised_of(lost))


JSON = st.recursive(
    st.text() | NUMBER | st.booleans() | st.integers(-(2**63), 2**63),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(TIME, st.dictionaries(st.text(), JSON, max_size=4))
def test_acts_round_trip(t, act):
    data = encode_act(t, act)
    again = decode_act(data)
    assert again == (t, act)
    assert encode_act(*again) == data


def test_equal_claims_give_equal_bytes_whatever_their_order():
    rng = np.random.default_rng(2)
    scan = make_scan(rng, T0, n=1)
    claims = dict(reversed(list(scan.detections[0].claims.items())))
    turned = dataclasses.replace(scan, detections=(dataclasses.replace(scan.detections[0], claims=claims),))
    assert encode_scan(turned) == encode_scan(scan)


def test_the_bytes_are_json_that_others_read():
    scan = make_scan(np.random.default_rng(3), T0)
    plain = json.loads(encode_scan(scan))
    assert plain["detections"][2]["z"] == scan.detections[2].z.tolist()
    assert plain["sector"]["r1"] == 40e3
    assert "r1" not in json.loads(encode_scan(dataclasses.replace(scan, sector=Sector())))["sector"]


def test_numpy_numbers_are_written_as_numbers():
    track = dataclasses.replace(make_track(np.random.default_rng(4), T0), existence=np.float64(0.5))
    assert decode_tracks(encode_tracks(np.int64(T0), [track])).tracks[0].existence == 0.5


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_is_refused(value):
    rng = np.random.default_rng(5)
    track = make_track(rng, T0)
    x = track.estimate.x.copy()
    x[2] = value
    broken = dataclasses.replace(track, estimate=dataclasses.replace(track.estimate, x=x))
    with pytest.raises(MeasurementError, match="not finite"):
        encode_tracks(T0, [broken])
    with pytest.raises(MeasurementError, match="not finite"):
        encode_act(T0, {"list": [1.0, {"deep": value}]})


def test_the_word_null_in_a_text_is_no_missing_number():
    assert decode_act(encode_act(T0, {"note": "null"})).act == {"note": "null"}


@pytest.mark.parametrize("decode", [decode_scan, decode_tracks, decode_alerts, decode_act, decode_advice])
@given(data=st.binary(max_size=60) | st.text(max_size=40).map(str.encode) | JSON.map(msgspec.json.encode))
def test_foreign_bytes_are_refused_in_words(decode, data):
    with pytest.raises(RecordingError):
        decode(data)


def edited(scan, **changes):
    plain = json.loads(encode_scan(scan))
    plain["detections"][1].update(changes)
    return json.dumps(plain).encode()


@pytest.mark.parametrize(
    "changes",
    [
        {"z": [1.0]},
        {"z": [1.0, 2.0, 3.0, 4.0]},
        {"R": [[1.0, 0.0], [0.0, 1.0]]},
        {"R": [[1.0], [2.0, 3.0], []]},
        {"R": [[1.0, 0.0, 0.0], [0.5, 1.0, 0.0], [0.0, 0.0, 1.0]]},
        {"R": [[-1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]},
        {"kind": "smell"},
        {"kind": "az"},
    ],
)
def test_reports_that_cannot_be_are_refused(changes):
    with pytest.raises(RecordingError):
        decode_scan(edited(make_scan(np.random.default_rng(6), T0), **changes))


def test_arrays_read_back_cannot_be_written_to():
    scan = decode_scan(encode_scan(make_scan(np.random.default_rng(7), T0)))
    track = decode_tracks(encode_tracks(T0, [make_track(np.random.default_rng(7), T0)])).tracks[0]
    for array in (scan.detections[0].z, scan.detections[0].R, track.estimate.x, track.estimate.P):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0.0


STORED = {
    AlertRecord: Alert, EvidenceRecord: Evidence, StepRecord: Step, AdvisedRecord: Advised,
    AdviceRecord: Advice, ThreatRecord: Threat, OptionRecord: Option, RefusedRecord: Refused,
    DecisionRecord: Decision, EngagementRecord: Engagement, EffectorStateRecord: EffectorState,
}  # fmt: skip


@pytest.mark.parametrize(("stored", "live"), list(STORED.items()), ids=lambda kind: kind.__name__)
def test_what_is_stored_has_the_fields_of_the_live_one(stored, live):
    assert stored.__struct_fields__ == tuple(f.name for f in dataclasses.fields(live))
