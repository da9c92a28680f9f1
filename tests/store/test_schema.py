"""The stored schema: documented as it is, and true of what is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from mcap.reader import make_reader

from vedette.store.schema import HISTORY, TOPICS, VERSION, describe, json_schema

PAGE = Path(__file__).parents[2] / "docs" / "recording.md"


def test_the_documented_schema_is_the_code_s():
    """To mend: print `describe()` between the two marks."""
    written = PAGE.read_text().partition("<!-- schema: begin -->\n")[2].partition("<!-- schema: end -->")[0]
    assert written == describe()


def test_the_version_has_a_history():
    assert max(HISTORY) == VERSION
    assert f"- version {VERSION}: " in describe()


def resolve(schema, root):
    name = schema.get("$ref", "").removeprefix("#/$defs/")
    return root["$defs"][name] if name else schema


def follows(value, schema, root):
    """Whether a value follows the parts of JSON Schema that ours uses; a second reading of the schema."""
    schema = resolve(schema, root)
    if "anyOf" in schema:
        return any(follows(value, option, root) for option in schema["anyOf"])
    if "enum" in schema:
        return value in schema["enum"]
    kinds = {
        "object": dict,
        "array": list,
        "string": str,
        "integer": int,
        "number": (int, float),
        "boolean": bool,
    }
    kind = schema.get("type")
    if kind is not None and kind != "null" and not isinstance(value, kinds[kind]):
        return False
    if kind == "array":
        return all(follows(item, schema["items"], root) for item in value)
    if kind == "object":
        known = schema.get("properties", {})
        other = schema.get("additionalProperties", {})
        return set(schema.get("required", ())) <= set(value) and all(
            follows(item, known.get(key, other if isinstance(other, dict) else {}), root)
            for key, item in value.items()
        )
    return True


@pytest.mark.parametrize("topic", TOPICS)
def test_what_is_written_follows_the_json_schema(topic, exercise):
    path, _, _ = exercise
    checked = 0
    with path.open("rb") as file:
        for schema, channel, message in make_reader(file).iter_messages():
            if channel.topic.startswith(topic):
                root = json.loads(schema.data)
                assert schema.data == json_schema(TOPICS[topic])
                value = json.loads(message.data)
                assert follows(value, root, root)
                assert not follows({**value, "t": "late", "t1": "late"}, root, root)
                assert list(value) == [key for key in root["properties"] if key in value]
                checked += 1
    assert checked >= 3
