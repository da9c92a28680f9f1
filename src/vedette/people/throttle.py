"""Who guesses must wait, longer each time. Tables of fixed size: no flood of names makes them grow."""

from __future__ import annotations

import hashlib
import hmac
from collections import OrderedDict
from ipaddress import ip_address

from vedette.clock import NS

FREE = 3  # failures before anybody waits
LONGEST = 900.0  # s
FORGET = 3600 * NS  # ns after which a row of failures is forgotten
ROWS = 4096  # of each table; names that share a row share its wait
KNOWN = 1024  # (name, address) pairs that have signed in before


class Throttle:
    """Counts failures per account and per address; `wait` says how long the next try must wait.

    The wait doubles with each failure: 1, 2, 4, … s, at most a quarter of an hour. Names and addresses are
    hashed with `key` into a fixed number of rows, the same for names that exist and for those that do not.
    A machine from which somebody has signed in before is not locked out by strangers who guess at the name.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._rows: dict[int, tuple[int, int]] = {}  # row → failures, ns UTC of the last
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()

    def wait(self, name: str, address: str, now: int) -> float:
        """s until a try is heard; 0.0 when it is heard now."""
        keys = [self._row("address", place(address))]
        if (name, place(address)) not in self._known:
            keys.append(self._row("name", name))
        return max(self._wait(key, now) for key in keys)

    def failed(self, name: str, address: str, now: int) -> int:
        """Count a failure; gives how many there are under this name or from this address."""
        counts = []
        for key in (self._row("address", place(address)), self._row("name", name)):
            failures, last = self._rows.get(key, (0, now))
            failures = failures + 1 if now - last < FORGET else 1
            self._rows[key] = (failures, now)
            counts.append(failures)
        return max(counts)

    def succeeded(self, name: str, address: str) -> None:
        """Forget the failures under this name, and remember the machine."""
        self._rows.pop(self._row("name", name), None)
        self._rows.pop(self._row("address", place(address)), None)
        self._known[(name, place(address))] = None
        self._known.move_to_end((name, place(address)))
        while len(self._known) > KNOWN:
            self._known.popitem(last=False)

    def _wait(self, key: int, now: int) -> float:
        failures, last = self._rows.get(key, (0, 0))
        if failures < FREE or now - last >= FORGET:
            return 0.0
        lasts = min(2.0 ** min(failures - FREE, 30), LONGEST)
        return max(0.0, lasts - (now - last) / NS)

    def _row(self, table: str, word: str) -> int:
        digest = hmac.digest(self._key, f"{table} {word}".encode("utf-8", "replace"), hashlib.sha256)
        return int.from_bytes(digest[:4]) % ROWS + (ROWS if table == "name" else 0)


def place(address: str) -> str:
    """An IPv6 customer holds a whole /64, so that counts as one."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    mapped = getattr(parsed, "ipv4_mapped", None)
    return str(mapped) if mapped else parsed.exploded[:19]
