"""A command line, run in this process, which has loaded everything already."""

from __future__ import annotations

import io
import os
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from subprocess import CompletedProcess
from unittest.mock import patch

from vedette.cli.run import main

NARROW = {"COLUMNS": "80", "NO_COLOR": "1"}  # a terminal of the usual width


def run_line(words: tuple[object, ...], folder: Path, text: str = "") -> CompletedProcess[str]:
    """`vedette WORDS` in a folder, with `text` on its standard input."""
    line, out, err = ["vedette", *map(str, words)], io.StringIO(), io.StringIO()
    changed = patch.multiple(sys, argv=line, stdin=io.StringIO(text), excepthook=sys.excepthook)
    with chdir(folder), patch.dict(os.environ, NARROW), changed, redirect_stdout(out), redirect_stderr(err):
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return CompletedProcess(line, code, out.getvalue(), err.getvalue())
