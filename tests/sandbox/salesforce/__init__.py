"""A Salesforce org as a local service."""

from __future__ import annotations

from tests.sandbox.salesforce.app import create_app
from tests.sandbox.salesforce.org import Org

__all__ = ["Org", "create_app"]
