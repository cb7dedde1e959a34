"""Settings that have the right type and still cannot be used, found before anything is read."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from singer_sdk.helpers._compat import datetime_fromisoformat

from tap_kickserv.client import origin
from tap_kickserv.files import trouble_with
from tap_kickserv.settings import RESERVED_DOORS, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

NEEDED = ("account_slug", "api_token")
_SECRETS = [name for name, setting in SETTINGS["properties"].items() if setting.get("secret")]
_SLUG = re.compile(r"/?[^\s/?#]+/?")


def unusable(config: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for each setting that cannot be used.

    Args:
        config: Settings as they were given, without the empty ones. Other types than the settings'
            own are left to the JSON Schema, but for secrets, whose value it would repeat.
    """
    for name in _SECRETS:
        if not isinstance(config.get(name, ""), str):
            yield f"`{name}` must be text in quotes"
    api = config.get("api")
    if api in RESERVED_DOORS:
        yield f"`api: {api}` is not built yet; choose auto, xml or json"
    elif missing := [name for name in NEEDED if name not in config]:
        yield f"`{'` and `'.join(missing)}` must be set"
    for name, check in _CHECKS.items():
        value = config.get(name)
        if isinstance(value, str) and (trouble := check(value)):
            yield f"`{name}` {trouble}"


def unreadable(path: Path) -> str | None:
    """Say in a sentence why a `--config` file cannot be used, if so."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        reason = error.strerror or str(error)
    except ValueError as error:
        reason = str(error)
    else:
        if isinstance(content, dict):
            return None
        reason = "it holds no JSON object"
    return f"`--config {path}` cannot be used: {reason}"


def _address(url: str) -> str | None:
    try:
        scheme, host, _ = origin(url)
    except ValueError as error:
        return f"is no address: {error}"
    if scheme not in {"http", "https"} or not host:
        return f"must be an address such as https://app.kickserv.com, not {url!r}"
    return None


def _slug(slug: str) -> str | None:
    if _SLUG.fullmatch(slug):
        return None
    return f"must be the first path segment alone, without the host, not {slug!r}"


def _token(token: str) -> str | None:
    if token.isascii() and token.isprintable() and " " not in token:
        return None
    return "holds blanks, line ends or other characters that no token has"


def _moment(moment: str) -> str | None:
    try:
        datetime_fromisoformat(moment)
    except ValueError:
        return f"must be a moment such as 2026-01-31T00:00:00Z, not {moment!r}"
    return None


def _folder(url: str) -> str | None:
    reason = trouble_with(url)
    return f"takes no files: {reason}" if reason else None


_CHECKS: dict[str, Callable[[str], str | None]] = {
    "api_url": _address,
    "account_slug": _slug,
    "api_token": _token,
    "start_date": _moment,
    "attachments_path": _folder,
}
