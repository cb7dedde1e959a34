"""The services as one strict local server: ``python -m tests.sandbox``, or ``Sandbox`` in tests.

Written from the services' documentation and recorded replies, never from what our code sends.
"""

from __future__ import annotations

from tests.sandbox.faults import Armed, Fault
from tests.sandbox.sandbox import Sandbox

__all__ = ["Armed", "Fault", "Sandbox"]
