"""`vedette version`: what is installed."""

from __future__ import annotations

from vedette.cli.output import Json, print_json


def version(json: Json = False) -> None:
    """Print the versions that decide results.

    \b
    Examples:
      vedette version
      vedette version --json
    """
    import platform
    from importlib.metadata import version as installed

    import vedette

    found = {"vedette": vedette.__version__, "python": platform.python_version()}
    found |= {package: installed(package) for package in ("numpy", "scipy", "numba", "rs1090", "mcap")}
    if json:
        print_json(found)
    else:
        print("\n".join(f"{name} {number}" for name, number in found.items()))
