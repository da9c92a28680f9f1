"""ASTERIX: the language of air-surveillance radars and trackers (EUROCONTROL-SPEC-0149).

Read are CAT048 (plots of one radar), CAT034 (its antenna, which gives the looks) and CAT062 (system tracks);
their tables are in the modules of these names. A block of another category is counted and stepped over, one
that cannot be read in the agreed edition is dropped whole: `wrong_edition` when another edition that we know
reads it, `malformed` when none does. A record outside the limits (vedette.feed.limits) is dropped too: wrong
editions often parse.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from vedette.clock import NS, from_time_of_day
from vedette.feed.format.asterix.blocks import KNOWN, Block, Blocks
from vedette.feed.format.asterix.cat034 import Antenna
from vedette.feed.format.asterix.cat048 import plot
from vedette.feed.format.asterix.cat062 import track
from vedette.feed.format.asterix.options import AsterixOptions, check
from vedette.feed.format.asterix.tables import CATEGORIES, Record, edition_of, records
from vedette.feed.format.protocol import Tallied, Tally
from vedette.feed.limits import implausible
from vedette.feed.look import Report

__all__ = ["Asterix", "AsterixOptions", "looks_like_asterix"]
TIME_ITEM = {34: "030", 48: "140", 62: "070"}


class Asterix(Tallied):
    """Data blocks to detections and looks. Raises ConfigError when the options cannot be."""

    def __init__(self, sensor: str, options: AsterixOptions) -> None:
        check(options)
        self._options = options
        self._tally = Tally(sensor)
        self._blocks = Blocks(self._tally, self._readable)
        self._antenna = Antenna(self._tally)
        self._source = options.source
        self._sources: Counter[str] = Counter()

    @property
    def sources(self) -> Mapping[str, int]:
        """Records by source, "SAC/SIC"; all that were heard, also those that are not this sensor."""
        return self._sources

    def feed(self, data: bytes, t_rx: int) -> list[Report]:
        out: list[Report] = []
        for block in self._blocks.blocks(data):
            if block.category in CATEGORIES:
                self._block(block, t_rx, out)
            else:
                self._tally.seen()
                self._tally.drop("other_category" if block.category in KNOWN else "unknown_category")
        return out

    def close(self) -> list[Report]:
        self._blocks.close()
        return []

    def _readable(self, block: Block) -> bool:
        if block.category not in CATEGORIES:
            return False
        return bool(records(block.octets, block.category, self._options.edition(block.category)))

    def _block(self, block: Block, t_rx: int, out: list[Report]) -> None:
        decoded = records(block.octets, block.category, self._options.edition(block.category))
        if decoded is None:
            self._tally.seen()
            known = edition_of(block.octets, block.category)
            self._tally.drop("malformed" if known is None else "wrong_edition")
            return
        for record in decoded:
            self._tally.seen()
            report = self._record(block.category, record, t_rx)
            if report is not None:
                out.append(report)
                self._settle(record)

    def _record(self, category: int, record: Record, t_rx: int) -> Report | None:
        if not self._ours(record):
            return None
        t = self._time(record, TIME_ITEM[category], t_rx)
        if t is None:
            return None
        if category == 48:
            return plot(record, t, t_rx, self._options, self._tally)
        if category == 62:
            return track(record, t, t_rx, self._options, self._tally)
        if self._source == "any":
            self._tally.used()
            return None
        return self._antenna.message(record, t)

    def _settle(self, record: Record) -> None:
        """The first source that sent something believable is this sensor, when the site does not say."""
        if self._source == "first":
            self._source = f"{record['010']['SAC']}/{record['010']['SIC']}"

    def _ours(self, record: Record) -> bool:
        """Whether the record is of the source that this sensor is."""
        item = record.get("010")
        if item is None:
            self._tally.drop("no_source")
            return False
        source = f"{item['SAC']}/{item['SIC']}"
        self._sources[source] += 1
        if self._source not in (source, "any", "first"):
            self._tally.drop("other_source")
            return False
        return True

    def _time(self, record: Record, item: str, t_rx: int) -> int | None:
        value = record.get(item)
        if value is None:
            self._tally.drop("no_time")
            return None
        of_day = value["value"]
        if reason := implausible(time_of_day=of_day):
            self._tally.drop(reason)
            return None
        t = from_time_of_day(of_day, t_rx)
        if abs(t - t_rx) > self._options.clock_offset_s * NS:
            self._tally.drop("implausible_clock_offset")
            return None
        return t


def looks_like_asterix(head: bytes) -> bool:
    """Whether octets are ASTERIX: a block of ours that can be read, from the first octet on."""
    blocks = Blocks(Tally(""), lambda block: True).blocks(head)
    if not blocks or blocks[0].octets[0] != head[0]:
        return False
    ours = [block for block in blocks if block.category in CATEGORIES]
    return any(edition_of(block.octets, block.category) for block in ours[:20])
