"""Compile kernels once and keep them on disk, under a name that changes with any kernel's source.

Numba's own cache looks only at the file in which a function stands, not at the files of the functions it
calls. After an edit of gauss.py, gate.py would silently go on with the old Cholesky factor. So the folder is
named after a hash of every file beside this one: an edit, or another version of Vedette, starts afresh. What
other packages compile goes by their files as well, into a folder of its own, and leaves the kernels alone.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba
import numpy as np

F = TypeVar("F", bound=Callable[..., object])
HERE = Path(__file__).parent
SETTINGS: Any = numba.config
Size = int | np.int64  # of a loop that `inlined` code unrolls where the caller names a constant


@cache
def cache_folder(kernel: bool = True) -> str:
    """Where the compiled kernels are kept, or what else is compiled.

    Below NUMBA_CACHE_DIR where that is set, else beside the sources, else (a system-wide installation that
    this user cannot write to) in the user's cache folder.
    """
    sources = hashlib.sha256()
    for path in sorted(HERE.glob("*.py")):
        sources.update(path.name.encode() + path.read_bytes())
    for path in () if kernel else sorted(HERE.parent.glob("*/*.py")):
        text = path.read_bytes()
        if b"kernel.compiled import" in text:
            sources.update(path.name.encode() + text)
    name = f"{'kernels' if kernel else 'compiled'}-{sources.hexdigest()[:16]}"
    if SETTINGS.CACHE_DIR:
        return str(Path(SETTINGS.CACHE_DIR) / name)
    beside = HERE / "__pycache__"
    if os.access(beside if beside.exists() else HERE, os.W_OK):
        return str(beside / name)
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return str(home / "vedette" / name)


def compiled(function: F) -> F:
    """Decorator: numba.njit with the cache above, releasing the interpreter lock while it runs.

    A division by zero gives infinity or NaN, as everywhere in NumPy: looking for one before every division
    would keep the processor from doing several at once. A function of this package whose name begins with an
    underscore can be called by other kernels only. Numba's own cache setting is left as it was found.
    """
    return _compiled(function, inline=False)


def inlined(function: F) -> F:
    """The same for a few lines called per pair, by other kernels only: they become part of every caller.

    A call that passes six arrays moves some fifty numbers, and its results have to go through memory.
    A constant is passed as np.int64(2), not as 2: else every number gets a copy of its own, and copies share
    a file of the cache, where two processes that compile at the same time would mix them up.
    """
    return _compiled(function, inline=True)


def _compiled(function: F, *, inline: bool) -> F:
    # An entrance from Python takes long to compile, and one from C, which nobody uses, too.
    ours = function.__module__.rpartition(".")[0] == __package__
    closed = inline or (ours and function.__name__.startswith("_"))
    unusual: Any = {"no_cpython_wrapper": closed, "no_cfunc_wrapper": True}
    found = SETTINGS.CACHE_DIR
    SETTINGS.CACHE_DIR = cache_folder(ours)
    try:
        jit: Any = numba.njit(cache=True, nogil=True, error_model="numpy", forceinline=inline, **unusual)
        result: F = jit(function)
    finally:
        SETTINGS.CACHE_DIR = found
    return result
