"""Where each key of a TOML text stands, so that a mistake can be named by its line.

`tomllib` gives values without positions. This scanner reads the same grammar for positions only; it runs on
texts that `tomllib` has already accepted, so it never has to judge.
"""

from __future__ import annotations

from bisect import bisect_right

Path = tuple[str | int, ...]


def lines(text: str) -> dict[Path, int]:
    """Path → line number, from 1. A path is e.g. ("sensor", 0, "height"), as in the parsed value."""
    return _Scanner(text).scan()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n")
        self.at = 0
        self.breaks = [i for i, c in enumerate(self.text) if c == "\n"]
        self.found: dict[Path, int] = {}
        self.counts: dict[Path, int] = {}  # array of tables → how many so far

    def scan(self) -> dict[Path, int]:
        table: Path = ()
        while self.skip(" \t\n"):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
        return self.found

    def line(self) -> int:
        return bisect_right(self.breaks, self.at - 1) + 1

    def skip(self, blanks: str) -> bool:
        """Pass blanks and comments; False at the end of the text."""
        while self.at < len(self.text):
            c = self.text[self.at]
            if c == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif c in blanks:
                self.at += 1
            else:
                return True
        return False

    def header(self) -> Path:
        """[table] or [[array of tables]]; returns the path that the following keys belong to."""
        line, array = self.line(), self.text.startswith("[[", self.at)
        self.at += 2 if array else 1
        keys = self.keys()
        self.at += 2 if array else 1
        path: Path = ()
        for key in keys[:-1]:
            path = self.inside((*path, key))
        path = (*path, keys[-1])
        if array:
            self.counts[path] = self.counts.get(path, 0) + 1
            self.found.setdefault(path, line)
            path = self.inside(path)
        self.found.setdefault(path, line)
        return path

    def inside(self, path: Path) -> Path:
        """An array of tables is entered at its last element."""
        return (*path, self.counts[path] - 1) if path in self.counts else path

    def pair(self, table: Path) -> None:
        line, keys = self.line(), self.keys()
        for depth in range(1, len(keys) + 1):
            self.found.setdefault((*table, *keys[:depth]), line)
        self.at += 1  # "="
        self.skip(" \t")
        self.value((*table, *keys))

    def keys(self) -> list[str]:
        """A key, bare or quoted, with its dots; stops at what follows it."""
        keys = []
        while True:
            self.skip(" \t")
            c = self.text[self.at]
            if c in "\"'":
                begin = self.at
                self.string(c)
                keys.append(self.text[begin + 1 : self.at - 1])
            else:
                begin = self.at
                while self.text[self.at].isalnum() or self.text[self.at] in "_-":
                    self.at += 1
                keys.append(self.text[begin : self.at])
            self.skip(" \t")
            if self.text[self.at] != ".":
                return keys
            self.at += 1

    def value(self, path: Path) -> None:
        c = self.text[self.at]
        if c in "\"'":
            self.string(c * 3 if self.text.startswith(c * 3, self.at) else c)
        elif c == "[":
            self.array(path)
        elif c == "{":
            self.inline_table(path)
        else:
            while self.at < len(self.text) and self.text[self.at] not in ",]}\n#":
                self.at += 1

    def string(self, quote: str) -> None:
        """Pass a string; in basic strings a backslash hides the next character."""
        self.at += len(quote)
        while not self.text.startswith(quote, self.at):
            self.at += 2 if quote[0] == '"' and self.text[self.at] == "\\" else 1
        self.at += len(quote)
        while len(quote) == 3 and self.at < len(self.text) and self.text[self.at] == quote[0]:
            self.at += 1  # """"" ends a string whose last characters are quotes

    def array(self, path: Path) -> None:
        self.at += 1
        index = 0
        while self.skip(" \t\n,") and self.text[self.at] != "]":
            self.found[*path, index] = self.line()
            self.value((*path, index))
            index += 1
        self.at += 1

    def inline_table(self, path: Path) -> None:
        self.at += 1
        while self.skip(" \t\n,") and self.text[self.at] != "}":
            self.pair(path)
        self.at += 1
