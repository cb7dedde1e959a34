"""Kickserv as its documentation and its recorded replies describe it: XML (v1) and JSON (v2)."""

from __future__ import annotations

from tests.sandbox.kickserv.app import create_app
from tests.sandbox.kickserv.dataset import Dataset
from tests.sandbox.kickserv.oddities import ODDITIES, Oddity, Outcome, Planted
from tests.sandbox.kickserv.switches import Switches

__all__ = [
    "ODDITIES",
    "Dataset",
    "Oddity",
    "Outcome",
    "Planted",
    "Switches",
    "create_app",
]
