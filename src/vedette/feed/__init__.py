"""Feeds: bytes from sensors, files and partners in; detections, looks and scans out.

`transport × format`, joined by `Feed`, put into order by `Reorder`. Nothing here knows the tracker.
"""

from vedette.feed.config import FeedConfig, Relocation
from vedette.feed.decode import Decoding, decode_file, detect_format
from vedette.feed.feed import Batch, Feed
from vedette.feed.format import FORMATS, Format, FormatEntry
from vedette.feed.look import Look, Report
from vedette.feed.relocate import Relocate, shifted
from vedette.feed.reorder import Reorder
from vedette.feed.transport import TRANSPORTS, Chunk, Clock, Transport, TransportEntry

__all__ = [
    "FORMATS",
    "TRANSPORTS",
    "Batch",
    "Chunk",
    "Clock",
    "Decoding",
    "Feed",
    "FeedConfig",
    "Format",
    "FormatEntry",
    "Look",
    "Relocate",
    "Relocation",
    "Reorder",
    "Report",
    "Transport",
    "TransportEntry",
    "decode_file",
    "detect_format",
    "shifted",
]
