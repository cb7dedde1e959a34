"""`python -m tap_kickserv`."""

from __future__ import annotations

from tap_kickserv.tap import TapKickserv

TapKickserv.cli()
