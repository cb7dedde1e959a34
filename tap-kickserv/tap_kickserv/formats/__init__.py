"""The two serialisations that Kickserv gives of the same records."""

from __future__ import annotations

from tap_kickserv.formats.base import Format, Row, UnreadableError
from tap_kickserv.formats.json import JsonFormat
from tap_kickserv.formats.xml import XmlFormat

__all__ = ["Format", "JsonFormat", "Row", "UnreadableError", "XmlFormat"]
