"""Write tests/feed/data/afr34zg-decoded.json: positions as the traffic package decoded and published them.

    .venv/bin/python -m tests.feed.make_decoded CACHE

CACHE holds the package's wheel (tools/make_samples.py puts it there). Rows: [t ns, latitude °, longitude °,
altitude ft], every fifth position of the slice, MIT like its source (see
src/vedette/feed/samples/ATTRIBUTION.md).
"""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path

from tools.make_samples import MEMBER, T0, T1, nanoseconds, wheel

DATA = Path(__file__).parent / "data" / "afr34zg-decoded.json"


def rows(archive: Path, t0: int, t1: int) -> list[list[float]]:
    """Positions in the air; of frames received twice within 0.4 s, the first."""
    out: list[list[float]] = []
    last = (0, "")
    with zipfile.ZipFile(archive) as package, package.open(MEMBER) as stream:
        for line in stream:
            row = json.loads(line)
            t = nanoseconds(json.loads(line, parse_float=str)["timestamp"])
            if row.get("bds") != "05" or row.get("latitude") is None or not t0 <= t < t1:
                continue
            if row["frame"] != last[1] or t - last[0] > 400_000_000:
                out.append([t, row["latitude"], row["longitude"], row["altitude"]])
            last = t, row["frame"]
    return out


def main() -> None:
    kept = rows(wheel(Path(sys.argv[1])), T0, T1)[::5]
    DATA.write_text("[\n" + ",\n".join(json.dumps(row) for row in kept) + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
