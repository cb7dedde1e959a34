"""The ways into an account: one file per door, one set of streams behind all of them."""

from __future__ import annotations

from tap_kickserv.doors.base import Door
from tap_kickserv.doors.json import JsonDoor
from tap_kickserv.doors.xml import XmlDoor

__all__ = ["Door", "JsonDoor", "XmlDoor"]
