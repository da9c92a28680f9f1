"""The pages on site files name every key."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import fields

from vedette.advise.config import AdviceConfig
from vedette.advise.effector_config import AnyEffectorConfig
from vedette.assess.config import AlertConfig, AssetConfig, OwnConfig, PostureConfig, ZoneConfig
from vedette.assess.outlook_config import OutlookConfig
from vedette.geo import TerrainConfig
from vedette.people import PeopleConfig
from vedette.sensor import SensorConfig
from vedette.site import Head, RecordConfig, ServerConfig, SiteFile, StoreConfig
from vedette.tracker import TrackerConfig

DOCS = Path(__file__).parents[2] / "docs"
TABLES = [
    SiteFile,
    Head,
    AssetConfig,
    ZoneConfig,
    AlertConfig,
    OutlookConfig,
    OwnConfig,
    PostureConfig,
    StoreConfig,
    TrackerConfig,
    TerrainConfig,
    ServerConfig,
    PeopleConfig,
    RecordConfig,
    AdviceConfig,
    *AnyEffectorConfig.__args__,
]


@pytest.mark.parametrize("table", [*TABLES, *SensorConfig.__args__], ids=lambda t: t.__name__)
def test_every_key_is_documented(table: type) -> None:
    text = (DOCS / "site.md").read_text() + (DOCS / "effectors.md").read_text()
    text += "".join(page.read_text() for page in (DOCS / "sensor").glob("*.md"))
    for field in fields(table):
        name = field.encode_name
        assert f"`{name}`" in text or f"`[{name}]`" in text or f"`[[{name}]]`" in text, name
