"""The command line: the only place that reads the wall clock and makes the root random generator.

One module per command. Each loads what it needs when it runs, so that `vedette --help` answers at once.
"""

from vedette.cli.run import main

__all__ = ["main"]
