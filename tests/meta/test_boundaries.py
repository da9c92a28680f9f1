"""What the code may never do: read the wall clock below `cli`, roll its own dice, or act on the world.

The last part is the defensive boundary. Vedette shows, warns and records; it commands nothing.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

import pytest

from tests.meta.source_tree import SRC, Module, dotted, import_statements, imported, modules, parse

Check = Callable[[Module], list[str]]

# --- the wall clock and the dice ---

WALL_CLOCK = {"time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.strftime", "clock.wall"}
WALL_CLOCK |= {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "datetime.datetime.now"}
# `clock` defines wall(); `cli` is where it is read and handed down.
MAY_READ_THE_CLOCK = {"clock", "cli"}
# The same input must give the same output here, so not even a stopwatch is allowed.
TIMELESS = {
    "types",
    "kernel",
    "geo",
    "sensor",
    "tracker",
    "scenario",
    "metric",
    "identify",
    "assess",
    "advise",
}
STOPWATCH = {"time.monotonic", "time.monotonic_ns", "time.perf_counter", "time.perf_counter_ns", "loop.time"}

DICE = {
    "default_rng",
    "RandomState",
    "SeedSequence",
    "PCG64",
    "Philox",
    "urandom",
    "uuid1",
    "uuid4",
    "token_bytes",
}
DICE_MODULES = {"random", "secrets"}
# Published benchmark scenarios, whose seeds are part of the recipe, and streams by name from a seed handed
# in: what these two make, they make from a seed.
SEEDED_BY_RECIPE = {"vedette.scenario.reference", "vedette.scenario.streams"}


def names_used(module: Module) -> Iterator[str]:
    """Every dotted name, and every name brought in with `from x import y` as 'x.y'."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name | ast.Attribute) and (name := dotted(node)):
            yield name
    yield from imported(module)


def ends_with(name: str, endings: set[str]) -> bool:
    return any(name == ending or name.endswith("." + ending) for ending in endings)


def reads_the_clock(module: Module) -> list[str]:
    if module.package in MAY_READ_THE_CLOCK:
        return []
    forbidden = WALL_CLOCK | (STOPWATCH if module.package in TIMELESS else set())
    return [f"{module.name} uses {name}" for name in names_used(module) if ends_with(name, forbidden)]


def makes_a_generator(module: Module) -> list[str]:
    if module.package == "cli":
        return []
    if module.name in SEEDED_BY_RECIPE:
        calls = (node for node in ast.walk(module.tree) if isinstance(node, ast.Call) and not node.args)
        return [f"{module.name} draws unseeded" for call in calls if ends_with(dotted(call.func), DICE)]
    wrong = [f"{module.name} uses {name}" for name in names_used(module) if ends_with(name, DICE)]
    return wrong + [f"{module.name} imports {name}" for name in imported(module) & DICE_MODULES]


# --- the defensive boundary ---

# Only these reach outside the process; everything else works on what it is handed.
CONNECTING = {"feed", "publish", "server", "pipeline", "cli"}
CONNECTIONS = {
    "socket",
    "ssl",
    "http.client",
    "urllib.request",
    "httpx",
    "requests",
    "websockets",
    "aiomqtt",
    "nats",
}
CONNECTIONS |= {"asyncio.open_connection", "asyncio.open_unix_connection", "subprocess", "serial", "paho"}

# Words of the protocols we speak that make another machine act: MAVLink commands and set-points, missions,
# SAPIENT tasking. Reading them from a feed would be no reason to be able to write them.
COMMANDING = re.compile(
    r"command_(?:long|int)|set_position_target|set_attitude_target|mission_item|rc_channels_override|manual_control"
    r"|task_ack|\bTask\(|\.task\.control|set_mode_send|weapons?_release|fire_control",
    re.IGNORECASE,
)
SENDING = {
    "send",
    "sendall",
    "sendto",
    "sendmsg",
    "write",
    "writelines",
    "publish",
    "post",
    "put",
    "patch",
    "delete",
}

WRITES_FILES = {"vedette.feed.transport.recording"}  # packs a slice of a recording; opens no connection

OPTIMISERS = {"scipy.optimize", "optuna", "cma", "nevergrad", "skopt", "hyperopt", "pymoo", "highspy"}


# Runs another tracker's own program on this machine, to compare with it.
STARTS_A_PROGRAM = {"vedette.study.side_by_side.process"}


def connects(module: Module) -> list[str]:
    if module.package in CONNECTING or module.name in STARTS_A_PROGRAM:
        return []
    names = imported(module) | set(names_used(module))
    return [
        f"{module.name} uses {name}"
        for name in names
        for way in CONNECTIONS
        if f"{name}.".startswith(f"{way}.")
    ]


def code_only(module: Module) -> str:
    """The module without comments and docstrings: what it does, not what it says."""
    tree = ast.parse(ast.unparse(module.tree))
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            node.value.value = ""
    return ast.unparse(tree)


def commands_a_machine(module: Module) -> list[str]:
    return [f"{module.name} holds {found!r}" for found in COMMANDING.findall(code_only(module))]


def answers_a_feed(module: Module) -> list[str]:
    """A feed listens. A transport that could send could also task the sensor or the effector behind it."""
    if not module.name.startswith("vedette.feed"):
        return []
    if module.name in WRITES_FILES:
        return [f"{module.name} imports {name}" for name in imported(module) & CONNECTIONS]
    calls = (node.func for node in ast.walk(module.tree) if isinstance(node, ast.Call))
    sends = (call for call in calls if isinstance(call, ast.Attribute) and call.attr in SENDING)
    return [f"{module.name} calls {ast.unparse(call)}" for call in sends]


# Advice and decisions are made in `advise`, shown, recorded, scored afterwards, and nothing else. So nothing
# that listens to a sensor or writes to a machine elsewhere (`publish`) can take them for an order.
SEES_ADVICE = {"types", "advise", "store", "pipeline", "study", "server", "cli"}
ADVICE = {"Advice", "Advised", "Decision", "Engagement", "Decide", "Adviser", "advised"}

# A decision is an act of a person that has come in through `server`, or of an exercise's human model.
MAKES_DECISIONS = {"vedette.advise.adviser", "vedette.advise.cards"}  # of that act; and that nobody answered
DECIDES = {"vedette.pipeline.operator"}  # the human model; who has signed in is found out in `server.access`


def acts_on_advice(module: Module) -> list[str]:
    if module.package in SEES_ADVICE or module.package == "":
        return []
    names = {name.rpartition(".")[2] for name in names_used(module)}
    return [f"{module.name} knows {name}" for name in sorted(names & ADVICE)]


def decides_by_itself(module: Module) -> list[str]:
    """No part of Vedette decides in a person's place, or says of anybody that they gave a password."""
    calls = [node for node in ast.walk(module.tree) if isinstance(node, ast.Call)]
    made = {dotted(call.func).rpartition(".")[2] for call in calls}
    wrong = [f"{module.name} makes a Decision"] if "Decision" in made - _may(module, MAKES_DECISIONS) else []
    wrong += [f"{module.name} decides"] if "Decide" in made - _may(module, DECIDES) else []
    claims = [key.value for call in calls for key in call.keywords if key.arg == "proof"]
    claimed = [v for v in claims if isinstance(v, ast.Constant) and v.value == "password"]
    return wrong + [f"{module.name} claims that a password was given" for _ in claimed]


def _may(module: Module, these: set[str]) -> set[str]:
    return {"Decision", "Decide"} if module.name in these else set()


def optimises_a_raid(module: Module) -> list[str]:
    """Whoever holds an optimiser does not see what flies in, so it cannot be asked for a better attack."""
    searching = {
        f"{base}.{name}" for base, name in import_statements(module) if name != "linear_sum_assignment"
    }  # pairing what is given searches nothing
    tools = {name for name in searching for tool in OPTIMISERS if f"{name}.".startswith(f"{tool}.")}
    raid = {name for name in imported(module) if re.match(r"vedette\.(scenario|study)\b", name)}
    return [f"{module.name} imports {sorted(tools)} beside {sorted(raid)}"] if tools and raid else []


DRAWS = {"vedette.cli.plots"}  # pictures of a score, for people, with a package that is an extra


def draws(module: Module) -> list[str]:
    if module.name in DRAWS:
        return []
    plotting = {"matplotlib", "plotly", "bokeh", "seaborn", "altair", "PIL"}
    return [
        f"{module.name} imports {name}" for name in imported(module) if name.partition(".")[0] in plotting
    ]


CHECKS = [reads_the_clock, makes_a_generator, connects, commands_a_machine, answers_a_feed, acts_on_advice]
CHECKS += [decides_by_itself, optimises_a_raid, draws]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_code_keeps_the_boundary(check: Check) -> None:
    wrong = [sentence for module in modules() for sentence in check(module)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("check", "name", "text"),
    [
        (reads_the_clock, "vedette.tracker.pmb", "import time\nnow = time.time()"),
        (reads_the_clock, "vedette.tracker.pmb", "import time\nnow = time.monotonic()"),
        (reads_the_clock, "vedette.server.app", "from vedette.clock import wall"),
        (reads_the_clock, "vedette.store.log", "from datetime import datetime\nt = datetime.now()"),
        (makes_a_generator, "vedette.scenario.noise", "import numpy as np\nrng = np.random.default_rng()"),
        (makes_a_generator, "vedette.scenario.reference", "import numpy\nrng = numpy.random.default_rng()"),
        (makes_a_generator, "vedette.store.log", "from uuid import uuid4"),
        (makes_a_generator, "vedette.feed.source", "import random"),
        (connects, "vedette.tracker.pmb", "import socket"),
        (connects, "vedette.assess.alerts", "from urllib import request"),
        (connects, "vedette.advise.act", "import asyncio\nasyncio.open_connection('effector', 1)"),
        (commands_a_machine, "vedette.publish.mavlink", "def f(link):\n    link.mav.command_long_send(1)"),
        (commands_a_machine, "vedette.publish.sapient", "message = sapient.Task(object_id=1)"),
        (answers_a_feed, "vedette.feed.transport.tcp", "def f(writer):\n    writer.write(b'fire')"),
        (acts_on_advice, "vedette.feed.source", "from vedette.types import Decision"),
        (acts_on_advice, "vedette.publish.sapient", "from vedette.types.advice import Advice"),
        (acts_on_advice, "vedette.publish.cot", "def f(picture):\n    return picture.advised"),
        (acts_on_advice, "vedette.scenario.world", "from vedette.types import acts\nacts.Decide"),
        (decides_by_itself, "vedette.pipeline.loop", "from vedette.types import acts\nacts.Decide(by='x')"),
        (decides_by_itself, "vedette.advise.planner", "from vedette.types import Decision\nDecision(t=1)"),
        (decides_by_itself, "vedette.pipeline.operator", "acts.Decide(advice='x', proof='password')"),
        (decides_by_itself, "vedette.server.acts", "replace(act, proof='password')"),
        (
            optimises_a_raid,
            "vedette.study.worst",
            "from scipy.optimize import minimize\nimport vedette.scenario",
        ),
        (draws, "vedette.study.report", "def f():\n    import matplotlib.pyplot"),
    ],
)
def test_the_check_can_fail(check: Check, name: str, text: str) -> None:
    assert check(parse(name, text))


def test_who_may_make_a_decision_is_not_found() -> None:
    assert not decides_by_itself(parse("vedette.advise.cards", "Decision(t=1)"))
    assert not decides_by_itself(parse("vedette.pipeline.operator", "acts.Decide(advice='x', proof='model')"))
    assert decides_by_itself(parse("vedette.pipeline.operator", "Decision(t=1)"))


def test_the_check_reads_code_not_prose() -> None:
    assert not commands_a_machine(parse("vedette.publish.cot", '"""Never sends command_long."""\nx = 1'))
    assert not reads_the_clock(parse("vedette.cli.demo", "from vedette.clock import wall"))


# Names, not places: a KML or GPX file says by them what its elements are. Nobody fetches them.
VOCABULARIES = ("www.w3.org/", "www.opengis.net/kml/", "www.google.com/kml/ext/", "www.topografix.com/GPX/")


def test_the_page_loads_nothing_from_outside() -> None:
    """Its sources name no address but those of XML vocabularies; the browser test sees what it does."""
    web = SRC.parent / "web"
    sources = [path for path in web.rglob("*") if path.suffix in {".ts", ".tsx", ".css", ".html"}]
    ours = [path for path in sources if "node_modules" not in path.parts]
    for path in ours:
        addresses = re.findall(
            r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}[^\s\"'`)]*", path.read_text(encoding="utf-8")
        )
        assert not [a for a in addresses if not any(name in a for name in VOCABULARIES)], path.name
