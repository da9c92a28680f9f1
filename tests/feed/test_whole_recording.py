"""The whole flight against the decoding published with it; slow, and only where it can be fetched."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tools import make_samples

from tests.feed.make_decoded import rows
from tests.feed.wire_samples import SLICE
from vedette.feed import FORMATS
from vedette.feed.format.mode_s import distance
from vedette.feed.transport import recording
from vedette.types import Detection
from vedette.units import DEGREE

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    kept = make_samples.ROOT / "downloads" / "cache"
    try:
        return make_samples.wheel(kept if kept.is_dir() else tmp_path_factory.mktemp("cache"))
    except (subprocess.SubprocessError, OSError):
        pytest.skip("the traffic package cannot be downloaded here")


def test_the_shipped_slice_is_what_the_tool_cuts(archive: Path) -> None:
    cut = [c for c in make_samples.frames(archive) if make_samples.T0 <= c.t_rx < make_samples.T1]
    assert cut == list(recording.chunks(SLICE))


def test_every_position_of_the_flight(archive: Path) -> None:
    """57,793 frames. What was published came from an older rs1090; one in a thousand may pair differently."""
    parser = FORMATS["beast"].open("adsb")
    reports = [r for data, t in make_samples.frames(archive) for r in parser.feed(data, t)]
    ours = {r.t: r for r in reports if isinstance(r, Detection)}
    theirs = [row for row in rows(archive, 0, 2**62) if row[0] >= reports[0].t]  # type: ignore[union-attr]
    both = [row for row in theirs if row[0] in ours]
    assert len(ours) == 6064
    assert len(both) >= 0.999 * len(theirs)
    for t, latitude, longitude, _ in both:
        z = ours[int(t)].z
        assert distance((latitude, longitude), (z[0] / DEGREE, z[1] / DEGREE)) < 0.01  # m
