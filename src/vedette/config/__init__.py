"""Files that a user writes: read, checked against a msgspec Struct, refused in sentences.

Angles are degrees and lengths metres in files. `fields` holds types of keys that carry range and meaning.
"""

from vedette.config.fields import (
    Degrees,
    Height,
    Latitude,
    Longitude,
    Name,
    NotNegative,
    Positive,
    Probability,
    Ratio,
)
from vedette.config.read import (
    Table,
    TableError,
    checked,
    located,
    make_folder,
    of_data,
    parse_toml,
    read_text,
    read_toml,
)

__all__ = [
    "Degrees",
    "Height",
    "Latitude",
    "Longitude",
    "Name",
    "NotNegative",
    "Positive",
    "Probability",
    "Ratio",
    "Table",
    "TableError",
    "checked",
    "located",
    "make_folder",
    "of_data",
    "parse_toml",
    "read_text",
    "read_toml",
]
