"""From a TOML file to a checked Struct; every mistake becomes a line "file:line, key: what, and the remedy".

All mistakes of a file are reported at once where they are independent: unknown and missing keys, values of a
wrong type or range. A Struct's own `__post_init__` raises `TableError` for what its fields mean together.
"""

from __future__ import annotations

import difflib
import math
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path as File
from typing import Any, NamedTuple, TypeVar, get_args, get_origin

import msgspec
from msgspec import NODEFAULT
from msgspec.structs import fields

from vedette.config.lines import Path, lines
from vedette.config.wording import listed, meaning, members, nearest, plain, sentence, shown
from vedette.errors import ConfigError


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of a file a user writes; all of them derive from this one."""


T = TypeVar("T", bound=msgspec.Struct)


class TableError(ConfigError):
    """What is wrong inside one table, before the file and line are known.

    `path` leads from the table to the key, e.g. `TableError("…", "zone", 0, "floor")`.
    """

    def __init__(self, message: str, *path: str | int) -> None:
        super().__init__(message, key=".".join(map(str, path)))
        self.message, self.path = message, path


class _Problem(NamedTuple):
    path: Path
    message: str


def read_toml(path: str | File, struct: type[T]) -> T:
    """The file at `path` as `struct`. Raises ConfigError, one line per mistake."""
    return parse_toml(read_text(path), struct, str(path))


def parse_toml(text: str, struct: type[T], source: str = "text") -> T:
    """`text` as `struct`; `source` names it in messages."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(error, source, text) from None
    problems = list(_table(data, struct, ()))
    if problems:
        raise _report(problems, data, lines(text), source)
    return msgspec.convert(data, struct)


def located(error: TableError, text: str, source: str) -> ConfigError:
    """What was found wrong only in use, with the file and line that it stands in."""
    return _report([_Problem(error.path, error.message)], tomllib.loads(text), lines(text), source)


def checked(table: T) -> T:
    """The same table if a file could have held it: applies the ranges that code building one skips."""
    data = msgspec.to_builtins(table)
    problems = list(_table(data, type(table), ()))
    if problems:
        raise _report(problems, data, {}, "")
    return table


def of_data(data: dict[str, Any], struct: type[T]) -> T:
    """What came as an object, not in a file, as `struct`; a null is a key left out. ConfigError as above."""
    given = {key: value for key, value in data.items() if value is not None}
    problems = list(_table(given, struct, ()))
    if problems:
        raise _report(problems, given, {}, "")
    return msgspec.convert(given, struct)


def read_text(path: str | File) -> str:
    """The file's text; raises ConfigError, in a sentence, for one that cannot be read."""
    file = File(path)
    try:
        return file.read_text("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(f"There is no such file{_near_file(file)}.", where=str(file)) from None
    except IsADirectoryError:
        raise ConfigError("This is a folder; name the file in it.", where=str(file)) from None
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"Byte {error.start} is not UTF-8 text; save the file as UTF-8.", where=str(file)
        ) from None
    except OSError as error:
        raise ConfigError(
            f"The file cannot be read ({error.strerror}); mend its permissions.", where=str(file)
        ) from None


def make_folder(folder: File, key: str) -> None:
    """Make a folder that `key` names, where there is none. Raises ConfigError, in a sentence."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"The folder {folder} cannot be made ({error.strerror}); name another one.", key=key
        ) from None


def _near_file(file: File) -> str:
    if not file.parent.is_dir():
        return f", nor a folder {file.parent}; check the path"
    names = [other.name for other in file.parent.iterdir() if other.suffix == ".toml"]
    near = difflib.get_close_matches(file.name, names, 1)
    return f"; did you mean {file.parent / near[0]}?" if near else "; check the path"


def _syntax_error(error: tomllib.TOMLDecodeError, source: str, text: str) -> ConfigError:
    found = re.search(r"^(.*) \(at (?:line (\d+), column \d+|end of document)\)$", str(error))
    message = found[1] if found else str(error)
    line = int(found[2]) if found and found[2] else text.count("\n") + 1
    return ConfigError(
        f"This is not TOML: {message[0].lower()}{message[1:]}; mend this line.", where=f"{source}:{line}"
    )


def _value(value: Any, kind: Any, path: Path) -> Iterator[_Problem]:
    """Problems of one value that should be of the annotated type `kind`."""
    inner = plain(kind)
    tables = [k for k in members(inner) if isinstance(k, type) and issubclass(k, msgspec.Struct)]
    items = next((get_args(k)[0] for k in members(inner) if _is_list(k)), None)
    keyed = next((get_args(k)[1] for k in members(inner) if get_origin(k) is dict), None)
    problems: list[_Problem] = []
    if isinstance(value, dict) and tables:
        problems = list(_tagged(value, tables, path))
    elif isinstance(value, dict) and items is not None and _holds_tables(items):
        problems = [_Problem(path, f"there may be several: write [[{path[-1]}]] instead of [{path[-1]}].")]
    elif isinstance(value, dict) and keyed is not None:
        problems = [p for key, item in value.items() for p in _value(item, keyed, (*path, key))]
    elif isinstance(value, list) and items is not None:
        problems = [p for i, item in enumerate(value) for p in _value(item, items, (*path, i))]
    elif isinstance(value, list) and tables:
        problems = [_Problem(path, f"there is only one: write [{path[-1]}] instead of [[{path[-1]}]].")]
    yield from problems or _leaf(value, kind, path)


def _tagged(value: dict[str, Any], tables: list[Any], path: Path) -> Iterator[_Problem]:
    """A table that may be one of several: its tag says which."""
    tag = tables[0].__struct_config__.tag_field
    if len(tables) == 1 or tag is None:
        yield from _table(value, tables[0], path)
        return
    known = {str(k.__struct_config__.tag): k for k in tables}
    if tag not in value:
        yield _Problem(path, f"the key '{tag}' is missing; add it, one of {listed(known)}.")
    elif value[tag] not in known:
        yield _Problem((*path, tag), f"'{value[tag]}' is not known{nearest(str(value[tag]), list(known))}.")
    else:
        yield from _table(value, known[value[tag]], path)


def _table(value: dict[str, Any], struct: type[msgspec.Struct], path: Path) -> Iterator[_Problem]:
    """Unknown keys, missing keys, wrong values; if there are none, what the table's own check says."""
    known = {field.encode_name: field for field in fields(struct)}
    tag = struct.__struct_config__.tag_field
    sound = True
    for key in value:
        if key not in known and key != tag:
            sound = False
            yield _Problem((*path, key), f"this key is not known here{nearest(key, list(known))}.")
    for key, field in known.items():
        if key in value:
            for problem in _value(value[key], field.type, (*path, key)):
                sound = False
                yield problem
        elif field.default is NODEFAULT and field.default_factory is NODEFAULT:
            sound = False
            yield _Problem(path, f"the key '{key}' is missing; add it{meaning(field.type, '; it is ')}.")
    if sound:
        yield from _own_check(value, struct, path)


def _own_check(value: dict[str, Any], struct: type[msgspec.Struct], path: Path) -> Iterator[_Problem]:
    try:
        msgspec.convert(value, struct)
    except TableError as fault:
        yield _Problem((*path, *fault.path), fault.message)
    except (ConfigError, msgspec.ValidationError) as error:
        yield _Problem(path, sentence(str(error)))


def _leaf(value: Any, kind: Any, path: Path) -> Iterator[_Problem]:
    if isinstance(value, float) and not math.isfinite(value):
        yield _Problem(path, f"{value} is not a number that can be used; write a finite one.")
        return
    try:
        msgspec.convert(value, kind)
    except TableError as fault:  # reached through a table that has been reported already
        yield _Problem((*path, *fault.path), fault.message)
    except msgspec.ValidationError as error:
        yield _Problem(
            path, f"{shown(value)} will not do: {sentence(str(error))}{meaning(kind, ' It is ', '.')}"
        )


def _is_list(kind: Any) -> bool:
    """A list or tuple of one type of item; a pair (float, float) is a leaf."""
    args = get_args(kind)
    return get_origin(kind) is list or (get_origin(kind) is tuple and len(args) == 2 and args[1] is ...)


def _holds_tables(kind: Any) -> bool:
    return any(isinstance(k, type) and issubclass(k, msgspec.Struct) for k in members(plain(kind)))


def _report(problems: list[_Problem], data: Any, where: dict[Path, int], source: str) -> ConfigError:
    """One error; further problems follow on lines of their own, in the order of the file."""
    placed = sorted((_line(p.path, where), i, p) for i, p in enumerate(problems))
    errors = [
        ConfigError(p.message, where=f"{source}:{line}" if source else "", key=_dotted(p.path, data))
        for line, _, p in placed
    ]
    if len(errors) == 1:
        return errors[0]
    first = placed[0][2].message
    rest = "\n".join(str(error) for error in errors[1:])
    return ConfigError(f"{first}\n{rest}", where=errors[0].where, key=errors[0].key)


def _line(path: Path, where: dict[Path, int]) -> int:
    """The line of the key, or of the nearest table around it."""
    while path and path not in where:
        path = path[:-1]
    return where.get(path, 1)


def _dotted(path: Path, data: Any) -> str:
    """("sensor", 0, "height") → sensor "north".height, or sensor[1].height where it has no name."""
    text, at = "", data
    for part in path:
        at = _child(at, part)
        if isinstance(part, str):
            text += f".{part}" if text else part
        else:
            name = at.get("name") if isinstance(at, dict) else None
            text += f' "{name}"' if isinstance(name, str) and name else f"[{part + 1}]"
    return text


def _child(at: Any, part: str | int) -> Any:
    if isinstance(at, dict):
        return at.get(str(part))
    return at[part] if isinstance(at, list) and isinstance(part, int) and part < len(at) else None
