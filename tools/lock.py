#!/usr/bin/env python3
"""Pin every dependency with its hashes: `make lock` writes requirements.lock and requirements-demo.lock.

requirements.lock        everything: all extras, tests, docs, benchmarks, the packaged node
requirements-demo.lock   the part that running Vedette needs; the same versions

uv's own lock file would name a package registry in every line; these name none, so they install from any.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GROUPS = ("build", "node", "dev", "docs", "bench")
COMMON = ["pyproject.toml", "--universal", "--python-version", "3.11", "--generate-hashes", "--quiet"]
COMMON += ["--no-emit-index-url", "--custom-compile-command", "make lock"]


def compile_lock(uv: str, out: str, *options: str) -> None:
    subprocess.run([uv, "pip", "compile", *COMMON, *options, "-o", out], cwd=ROOT, check=True)


def main(uv: str, upgrade: bool) -> None:
    groups = [word for group in GROUPS for word in ("--group", group)]
    again = ["--upgrade"] if upgrade else []
    compile_lock(uv, "requirements.lock", "--all-extras", *groups, *again)
    # The whole lock is the constraint of the smaller one, so that both always name the same versions.
    compile_lock(uv, "requirements-demo.lock", "--group", "build", "-c", "requirements.lock", "--upgrade")


if __name__ == "__main__":
    main(os.environ.get("UV", "uv"), "--upgrade" in sys.argv[1:])
