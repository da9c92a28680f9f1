"""`python -m vedette.cli` is the `vedette` command."""

from vedette.cli.run import main

main()
