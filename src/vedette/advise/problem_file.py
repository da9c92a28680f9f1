"""An assignment problem as a file: TOML with a number per target, per weapon and per pair."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
from msgspec import Meta

from vedette.advise.problem import Array, Ints, Problem, problem
from vedette.config import NotNegative, Ratio, Table, TableError, read_toml

Count = Annotated[int, Meta(ge=0, description="a whole number from 0 up")]
Counts = tuple[Count, ...]
Row = tuple[NotNegative, ...]


class ProblemFile(Table, frozen=True, kw_only=True):
    """weight  per target: what is lost if it is not stopped
    kill    a row per weapon, in it per target the probability that one shot stops it
    shots   per weapon, or one number for all
    most    rows like kill: the most shots of that weapon at that target; left out: no such limit
    cost    rows like kill: of one shot, in the unit of weight; left out: nothing
    """

    weight: tuple[NotNegative, ...]
    kill: tuple[tuple[Ratio, ...], ...]
    shots: Count | Counts
    most: tuple[Counts, ...] | None = None
    cost: tuple[Row, ...] | None = None

    def __post_init__(self) -> None:
        for name, rows in {"kill": self.kill, "most": self.most, "cost": self.cost}.items():
            if rows is not None and len(rows) != len(self.kill):
                raise TableError(
                    f"there are {len(rows)} rows and {len(self.kill)} weapons; give a row each.", name
                )
            for i, row in enumerate(rows or ()):
                if len(row) != len(self.weight):
                    raise TableError(
                        f"row {i + 1} has {len(row)} numbers and there are {len(self.weight)} targets.",
                        name,
                        i,
                    )
        if isinstance(self.shots, tuple) and len(self.shots) != len(self.kill):
            raise TableError(
                f"there are {len(self.shots)} numbers and {len(self.kill)} weapons; give one each.", "shots"
            )

    def problem(self) -> Problem:
        shape = (len(self.kill), len(self.weight))
        kill = np.reshape(self.kill, shape)
        most = None if self.most is None else np.reshape(self.most, shape)
        return problem(self.weight, kill, self.shots, most=most, cost=0.0 if self.cost is None else self.cost)


def read_problem(path: Path | str) -> Problem:
    """The problem in a file. Raises ConfigError, naming line and key."""
    return read_toml(path, ProblemFile).problem()


def write_problem(found: Problem) -> str:
    """The problem as the text of a file."""

    def row(values: Array | Ints) -> str:
        return "[" + ", ".join(map(repr, values.tolist())) + "]"

    def rows(name: str, values: Array | Ints) -> str:
        return f"{name} = [\n" + "".join(f"    {row(each)},\n" for each in values) + "]\n"

    text = f"weight = {row(found.weight)}\nshots = {row(found.shots)}\n" + rows("kill", found.kill)
    if (found.most != found.shots[:, None]).any():
        text += rows("most", found.most)
    if found.cost.any():
        text += rows("cost", found.cost)
    return text
