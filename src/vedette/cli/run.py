"""Running a command: what goes wrong is said in a sentence, and the exit code tells which kind of wrong.

0  done
1  something was found wrong, or could not be done
2  the command itself was written wrongly
130  stopped by Ctrl-C
"""

from __future__ import annotations

import os
import sys
from types import TracebackType

from typer.main import get_command

from vedette.cli.commands import app
from vedette.errors import VedetteError

DEBUG = "--debug"  # accepted anywhere on the line


def main() -> None:
    """The `vedette` command. Ends the process."""
    arguments = [word for word in sys.argv[1:] if word != DEBUG]
    debug = len(arguments) < len(sys.argv) - 1
    if not debug:
        sys.excepthook = in_a_sentence
    try:
        get_command(app)(arguments, prog_name="vedette")
    except VedetteError as error:
        if debug:
            raise
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader went away, as in `vedette decode … | head`; nothing more may be written, even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def in_a_sentence(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What nobody foresaw: a bug of ours, so say where to look instead of printing the whole trace."""
    print(
        f"error: Vedette met a fault of its own ({kind.__name__}: {error}). "
        f"Run the command again with {DEBUG} to see where, and please report it.",
        file=sys.stderr,
    )
