"""Files a user wrote: every mistake is named by file, line and key, with the remedy."""

from __future__ import annotations

import tomllib
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import field

from vedette.config import Name, Positive, Table, TableError, checked, parse_toml, read_toml
from vedette.config.lines import lines
from vedette.errors import ConfigError


class Circle(Table, tag_field="kind", tag="circle"):
    radius: Positive


class Box(Table, tag_field="kind", tag="box"):
    floor: float = 0.0
    ceiling: float = 1.0

    def __post_init__(self) -> None:
        if self.floor >= self.ceiling:
            raise TableError("the floor is not below the ceiling; swap them.", "floor")


class Thing(Table):
    name: str
    size: Positive


class Things(Table):
    thing: list[Thing]


class Head(Table):
    name: Name
    start: datetime | None = None
    size: float | None = None
    corners: tuple[tuple[float, float], ...] = ()


class File(Table):
    head: Head
    shape: tuple[Circle | Box, ...] = ()
    note: dict[str, int] = field(default_factory=dict)


GOOD = """# a comment
[head]
name = "a"           # another
start = 2023-10-17T23:40:00Z
corners = [
    [1.0, 2],  # first
    [3, 4],
]

[[shape]]
kind = "circle"
radius = 5

[[shape]]
kind = "box"
"""


def error_of(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        parse_toml(text, File, "f.toml")
    return str(caught.value)


def test_a_good_file_reads() -> None:
    file = parse_toml(GOOD, File)
    assert file.head.corners == ((1.0, 2.0), (3.0, 4.0))
    assert file.shape == (Circle(radius=5.0), Box())


BAD = [
    (
        "unknown key, near",
        GOOD.replace("radius", "radus"),
        "f.toml:12, key 'shape[1].radus': this key is not known here; did you mean 'radius'?",
    ),
    ("missing key", GOOD.replace("radius = 5", ""), "f.toml:10, key 'shape[1]': the key 'radius' is missing"),
    (
        "wrong type",
        GOOD.replace("radius = 5", 'radius = "5"'),
        "f.toml:12, key 'shape[1].radius': '5' will not do",
    ),
    ("out of range", GOOD.replace("radius = 5", "radius = -5"), "expected a number above 0"),
    ("not finite", GOOD.replace("radius = 5", "radius = nan"), "f.toml:12, key 'shape[1].radius': nan"),
    ("infinite", GOOD.replace("radius = 5", "radius = inf"), "write a finite one"),
    (
        "boolean for number",
        GOOD.replace("radius = 5", "radius = true"),
        "true will not do: expected a number",
    ),
    (
        "unknown tag",
        GOOD.replace('"box"', '"bax"'),
        "f.toml:15, key 'shape[2].kind': 'bax' is not known; did you mean",
    ),
    ("no tag", GOOD.replace('kind = "box"', ""), "one of box, circle"),
    ("own check", GOOD + "floor = 2", "f.toml:16, key 'shape[2].floor': the floor is not below the ceiling"),
    (
        "one table for many",
        GOOD.split("[[shape]]")[0] + "[shape]\nkind = 'box'",
        "write [[shape]] instead of [shape]",
    ),
    ("many tables for one", GOOD.replace("[head]", "[[head]]"), "write [head] instead of [[head]]"),
    ("deep in a list", GOOD.replace("[3, 4]", "[3, '4']"), "f.toml:7, key 'head.corners[2]"),
    ("pair of three", GOOD.replace("[3, 4]", "[3, 4, 5]"), "f.toml:7, key 'head.corners[2]'"),
    ("empty name", GOOD.replace('"a"', '""'), "f.toml:3, key 'head.name'"),
    ("a list for a text", GOOD.replace('"a"', "[]"), "f.toml:3, key 'head.name': A list will not do"),
    ("missing table", "", "f.toml:1: the key 'head' is missing"),
    ("unknown table", GOOD + "[extra]\n", "f.toml:16, key 'extra'"),
    ("value of a free table", GOOD + "[note]\nx = 1.5\n", "f.toml:17, key 'note.x'"),
    ("date as text", GOOD.replace("2023-10-17T23:40:00Z", '"yesterday"'), "f.toml:4, key 'head.start'"),
    ("scalar for a table", "head = 5", "f.toml:1, key 'head': 5 will not do: expected a table"),
    (
        "text for an optional number",
        GOOD.replace('"a"', '"a"\nsize = "3 km"'),
        "will not do: expected a number, got a text in quotes.",
    ),
    ("syntax", GOOD.replace("radius = 5", "radius = "), "f.toml:12: This is not TOML"),
    ("syntax at the end", "[head", "f.toml:1: This is not TOML"),
    ("key twice", GOOD.replace("radius = 5", "radius = 5\nradius = 6"), "f.toml:13: This is not TOML"),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_file_is_named(text: str, expected: str) -> None:
    assert expected in error_of(text)


def test_all_mistakes_are_reported_in_file_order() -> None:
    text = GOOD.replace("radius = 5", "radius = -5").replace("[head]", "[head]\nnme = 1")
    found = error_of(text).splitlines()
    assert [line.split(",")[0] for line in found] == ["f.toml:3", "f.toml:13"]


def test_entries_are_called_by_name() -> None:
    with pytest.raises(ConfigError, match=r"f\.toml:4, key 'thing \"north\"\.size'"):
        parse_toml('[[thing]]\nname = "north"\n\nsize = 0\n', Things, "f.toml")


def test_files_that_cannot_be_read(tmp_path: Any) -> None:
    (tmp_path / "site.toml").write_text(GOOD)
    (tmp_path / "latin.toml").write_bytes("[head]\nname = 'é'".encode("latin-1"))
    (tmp_path / "bom.toml").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert read_toml(tmp_path / "bom.toml", File).head.name == "a"
    for name, expected in [
        ("sit.toml", "did you mean"),
        ("other", "no such file"),
        ("no/where.toml", "nor a folder"),
        ("", "This is a folder"),
        ("latin.toml", "not UTF-8"),
    ]:
        with pytest.raises(ConfigError, match=expected):
            read_toml(tmp_path / name, File)


def test_tables_built_in_code_can_be_checked() -> None:
    assert checked(Circle(radius=1)).radius == 1
    with pytest.raises(ConfigError, match="above 0"):
        checked(Circle(radius=0))


# Every integer below is the number of the line it stands on.
NUMBERED = '''"quoted key" = 1 # = [
a.b . "c" = 2
s = "x # \\" [not]" # "
m = """
[t]
\\""" z = 1
""""
l = \'\'\'
[[u]]\'\'\'
list = [ # comment ]
  11, [11, 11], { k = 11 },
  # 99
  13
]
[ table . sub ]
k = 16
inline = { a = 17, b = [17, "]"], c = { d = 17 } }
[[many]]
k = 19
[[many.deep]]
k = 21
[[many.deep]]
k = 23
[[many]]
[many.one]
k = 26
[[many.deep]]
k = 28
'''


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], int]]:
    if isinstance(value, dict):
        return [leaf for key, item in value.items() for leaf in leaves(item, (*path, key))]
    if isinstance(value, list):
        return [leaf for i, item in enumerate(value) for leaf in leaves(item, (*path, i))]
    return [(path, value)] if isinstance(value, int) else []


def numbered(text: str) -> None:
    found = lines(text)
    for path, line in leaves(tomllib.loads(text)):
        assert found[path] == line, path


def test_every_line_is_found() -> None:
    assert len(leaves(tomllib.loads(NUMBERED))) == 16
    numbered(NUMBERED)
    numbered(NUMBERED.replace("\n", "\r\n"))


@given(st.lists(st.sampled_from(["[[a]]", "[[a.b]]", "k", "# [[a]]", "", "t"]), max_size=30))
def test_lines_of_any_layout(parts: list[str]) -> None:
    """Generated files: each key's value is its own line, as tomllib and the scanner both see it."""
    text = ["[[a]]"]
    for part in parts:
        line = len(text) + 1
        if part == "k":
            text.append(f"k{line} = {line}")
        elif part == "t":
            text += [f't{line} = """', '[x]"""']
        else:
            text.append(part)
    numbered("\n".join(text))
