"""The settings of an account, read and judged once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_transforms.destination import SettingError
from target_pipedrive.auth import OAUTH_URL, ApiToken, Auth, OAuth
from target_pipedrive.client import base_of
from target_pipedrive.refresh_token import KeptRefreshToken, RefreshToken
from target_pipedrive.timeouts import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from target_pipedrive.limits import Clock
    from target_pipedrive.timeouts import Timeouts

DEFAULT_API_URL = "https://api.pipedrive.com"
DEFAULT_CONCURRENCY = 8
DEFAULT_MAX_FILE_MB = 100
"""Pipedrive states no limit; 100 MB is what its marketing pages are quoted with."""
OAUTH_SETTINGS = ("client_id", "client_secret", "refresh_token")


def text_of(settings: Mapping[str, Any], name: str) -> str:
    """A setting as text; unset and empty are the same."""
    return str(settings.get(name) or "").strip()


def number_of(settings: Mapping[str, Any], name: str, default: float, least: float) -> float:
    """A setting as a number; ``10%`` is ``0.1``.

    Raises:
        SettingError: it is none, or below ``least``.
    """
    text = str(settings.get(name) if settings.get(name) not in (None, "") else default).strip()
    try:
        number = float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError:
        number = least - 1
    if not least <= number < float("inf"):
        raise SettingError(f"setting {name} is {text!r}, a number from {least:g} was expected")
    return number


def base_url(settings: Mapping[str, Any]) -> str:
    """The API's address without version."""
    return base_of(text_of(settings, "api_url") or DEFAULT_API_URL)


def auth_of(
    settings: Mapping[str, Any],
    clock: Clock,
    on_refresh_token: Callable[[str], None] | None = None,
    *,
    token_folder: Path | None = None,
    timeouts: Timeouts = DEFAULT,
) -> Auth:
    """Credentials: an API token, or all of OAuth.

    Args:
        settings: ``api_token``, or ``client_id``, ``client_secret`` and ``refresh_token``.
        clock: time.
        on_refresh_token: called with each new refresh token.
        token_folder: where new refresh tokens are kept; in memory only when ``None``.
        timeouts: how long the token service is waited for.

    Raises:
        SettingError: neither is there, or OAuth is incomplete.
    """
    token = text_of(settings, "api_token")
    client_id, client_secret, refresh_token = (text_of(settings, name) for name in OAUTH_SETTINGS)
    if token:
        if not token.isascii() or not token.isprintable() or " " in token:
            raise SettingError("setting api_token holds characters that no token has")
        return ApiToken(token)
    missing = [name for name in OAUTH_SETTINGS if not text_of(settings, name)]
    if missing:
        raise SettingError(
            "no credentials: set api_token, or client_id, client_secret and refresh_token "
            f"(missing: {', '.join(missing)})"
        )
    base = base_url(settings)
    # A sandbox answers for the token service as well, under its own address.
    at_pipedrive = base.endswith(".pipedrive.com")
    return OAuth(
        (client_id, client_secret),
        RefreshToken(refresh_token, on_refresh_token)
        if token_folder is None
        else KeptRefreshToken(refresh_token, token_folder, on_refresh_token),
        token_url=OAUTH_URL if at_pipedrive else f"{base}/oauth/token",
        clock=clock,
        timeouts=timeouts,
    )
