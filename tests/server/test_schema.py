"""Schemathesis asks every documented operation everything its schema allows, and what it forbids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from tests.people.doors import hall
from tests.pipeline.runs import demo
from tests.server.by_hand import site
from tests.server.callers import forgetful
from tests.server.served import HandDesk, served
from vedette.clock import wall
from vedette.pipeline import PacedDesk, Pipeline
from vedette.server import Desk, build_app
from vedette.types import Mode, Role

ASK = forgetful()
FEW, MANY = 4, 25  # questions to each operation
WHO = [
    pytest.param(("without accounts", FEW), id="without accounts"),
    *(
        pytest.param((who, MANY), id=f"{who}, many", marks=pytest.mark.slow)
        for who in ("without accounts", *Role)
    ),
]


@dataclass
class Asked:
    """A server, and how one is known there."""

    schema: schemathesis.BaseSchema
    headers: dict[str, str]
    examples: int


@pytest.fixture(scope="module", params=WHO)
def asked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    who, examples = request.param
    headers: dict[str, str] = {}
    desk, there = by_hand() if examples == FEW else scenario(), None
    if who != "without accounts":
        there = hall(tmp_path_factory.mktemp("people"))
        headers = {"Authorization": f"Bearer {there.tokens[who]}"}
    with served(build_app(desk, clock=wall, door=None if there is None else there.door)) as server:
        described = ASK.get(f"{server.url}/openapi.json", headers=headers).json()
        schema = schemathesis.openapi.from_dict(plainer(described))
        schema.config.update(base_url=server.url)
        yield Asked(schema, headers, examples)


def by_hand() -> Desk:
    """A picture with an alert, and advice that can be answered."""
    desk = HandDesk(site())
    desk.advise()
    return desk


def scenario() -> Desk:
    """Two drones and an aircraft on their way through the real pipeline, at twenty times their pace."""
    show = demo()
    pipeline = Pipeline(show.site, mode=Mode.DEMO, origins=show.origins())
    return PacedDesk(pipeline, show.scans(), wall, speed=20.0, simulated=show.simulated)


def plainer(schema: Any) -> Any:
    """A pair of numbers as a list of two numbers: the same, but Schemathesis 4.32 loses `prefixItems`."""
    if isinstance(schema, list):
        return [plainer(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: plainer(value) for key, value in schema.items()}
    parts = plain.get("prefixItems")
    if isinstance(parts, list):
        del plain["prefixItems"]
        plain["items"] = {"anyOf": parts}
    return plain


@pytest.mark.timeout(900)  # many questions, on a machine that may be busy
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_every_operation_keeps_to_its_description(asked: Asked, mode: GenerationMode) -> None:
    """No fault of our own, no answer that the page does not describe, nothing wrong let pass."""
    operations = [result.ok() for result in asked.schema.get_all_operations()]
    assert len(operations) > 15

    for operation in operations:

        @settings(
            max_examples=asked.examples,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            database=None,
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: schemathesis.Case) -> None:
            case.call_and_validate(headers=asked.headers)

        try:
            ask()
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE  # nothing can be asked wrongly: it takes no parameters
