"""`decode_file`: recognises what a file is, decodes it whole and says what became of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.feed.test_transport import classic, ethernet
from tests.feed.wire_samples import SLICE, wire_samples
from vedette.errors import FeedError
from vedette.feed import FORMATS, decode_file, detect_format
from vedette.feed.format.asterix.options import AsterixOptions
from vedette.types import Detection


def test_a_recording() -> None:
    decoding = decode_file(SLICE)
    assert decoding.format == "beast"
    assert "AFR34ZG" in decoding.origin
    assert len(list(decoding)) == decoding.counters["detections"] == 1111


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_plain_file_of_every_format(name: str, tmp_path: Path) -> None:
    sample = wire_samples()[name]
    path = tmp_path / "unnamed"
    path.write_bytes(sample.data)
    assert detect_format(path) == name
    options = FORMATS[name].options()
    decoding = decode_file(path, options=options, clock=lambda: sample.t_rx)
    reports = list(decoding)
    assert sum(isinstance(report, Detection) for report in reports) == sample.detections
    assert decoding.counters["seen"] > 0


def test_a_capture_of_radar_data(tmp_path: Path) -> None:
    """Two blocks in two datagrams, a third cut in the middle, which must not spoil the fourth."""
    from tests.feed.test_asterix import BLOCKS

    block = BLOCKS["plot, Mode S"]
    path = tmp_path / "radar.pcap"
    path.write_bytes(classic([ethernet(part, 8600) for part in (block, block, block[:20], block)]))
    decoding = decode_file(path)
    assert decoding.format == "asterix"
    assert len(list(decoding)) == 3
    assert decoding.counters["garbage_bytes"] == 20
    options = AsterixOptions(source="1/1")
    assert list(decode_file(path, "asterix", options=options)) == []
    assert list(decode_file(path, port=9000)) == []


def test_what_is_not_recognised_is_said(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Sir or Madam,\n")
    with pytest.raises(FeedError, match="was not recognised; name it: aircraft_json, asterix"):
        decode_file(path)
    with pytest.raises(FeedError, match="did you mean 'beast'"):
        decode_file(path, "beats")
    with pytest.raises(FeedError, match="cannot be read"):
        decode_file(tmp_path / "nothing")
    with pytest.raises(FeedError, match="cannot be read"):
        decode_file(tmp_path / "nothing", "beast")


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty"
    path.write_bytes(b"")
    with pytest.raises(FeedError, match="was not recognised"):
        decode_file(path)
    assert list(decode_file(path, "beast")) == []


def test_a_file_without_times_arrives_when_it_was_last_written(tmp_path: Path) -> None:
    path = tmp_path / "line"
    path.write_bytes(b'{"kind": "az", "z": [1.0], "sigma": [0.1]}\n')
    (report,) = decode_file(path)
    assert isinstance(report, Detection)
    assert report.t == path.stat().st_mtime_ns
