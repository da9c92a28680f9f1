"""`vedette` as a child process that serves its page on a free port."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Empty, Queue

ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/")
COMMAND = (sys.executable, "-m", "vedette.cli")
READY_S = 90.0  # the first run compiles the kernels


@dataclass
class Program:
    """A running `vedette` command: its page's address and what it has said so far."""

    process: subprocess.Popen[str]
    url: str = ""
    said: list[str] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1].strip("/"))

    def kill(self) -> None:
        """End it without a word, as a power cut would."""
        self.process.kill()
        self.process.wait(10)


@contextmanager
def vedette(*arguments: str) -> Iterator[Program]:
    """Run `vedette` with these arguments until the block ends; yields once the page is served."""
    command = [*COMMAND, *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        program = Program(process)
        addresses: Queue[str] = Queue()
        reader = threading.Thread(target=read, args=(program, addresses), daemon=True)
        reader.start()
        try:
            program.url = wait_for_address(program, addresses)
            yield program
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
            reader.join(10)


def read(program: Program, addresses: Queue[str]) -> None:
    """Keep what the program says, and hand on the first address in it; an empty one when it has ended."""
    assert program.process.stderr is not None
    for line in program.process.stderr:
        program.said.append(line)
        found = ADDRESS.search(line)
        if found:
            addresses.put(found[0])
    addresses.put("")


def wait_for_address(program: Program, addresses: Queue[str]) -> str:
    try:
        address = addresses.get(timeout=READY_S)
    except Empty:
        address = ""
    said = "".join(program.said)
    assert address, f"{' '.join(map(str, program.process.args))} served no page within {READY_S} s:\n{said}"  # type: ignore[union-attr]
    return address
