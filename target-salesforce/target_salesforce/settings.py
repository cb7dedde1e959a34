"""The settings of an org, read and judged once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from crm_transforms.destination import SettingError
from target_salesforce.auth import AccessToken, ClientCredentials, JwtBearer, RefreshToken
from target_salesforce.login_service import LoginService
from target_salesforce.soap import ALTERNATIVES, SoapLogin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from target_salesforce.clock import Clock
    from target_salesforce.session import Login
    from target_salesforce.wire import Wire

DEFAULT_LOGIN_URL = "https://login.salesforce.com"
DEFAULT_API_VERSION = "62.0"
DEFAULT_BULK_THRESHOLD = 2_000
"""Records; up to there ten requests of collections are cheaper than a job and quicker."""
DEFAULT_RESERVE = "10%"
DEFAULT_CONCURRENCY = 8
DEFAULT_MAX_FILE_MB = 25
"""What Salesforce's classic attachments hold; files may be larger."""
SHARED_HOSTS = ("login.salesforce.com", "test.salesforce.com")
"""Hosts that log in users of all orgs, and apps of none."""
VERSION = re.compile(r"v?(\d{2,3})(?:\.0)?")


def text_of(settings: Mapping[str, Any], name: str) -> str:
    """A setting as text; unset and empty are the same."""
    return str(settings.get(name) or "").strip()


def number_of(settings: Mapping[str, Any], name: str, default: float | str, least: float) -> float:
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


def url_of(settings: Mapping[str, Any], name: str, default: str = "") -> str:
    """A setting as the address of a host, without path; ``http`` is taken as well.

    Raises:
        SettingError: it is no address.
    """
    text = text_of(settings, name) or default
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"https", "http"} and parts.hostname and parts.port != 0
    except ValueError as error:  # a port that cannot be, a bracket that stays open
        raise SettingError(f"setting {name} is {text!r}: {error}") from error
    if not usable or parts.query or parts.fragment or parts.username:
        raise SettingError(
            f"setting {name}: {text!r} is no address; it looks like https://acme.my.salesforce.com"
        )
    host = parts.netloc
    # Lightning pages are served by a host of their own, from which people copy addresses.
    if host.endswith(".lightning.force.com"):
        host = f"{host.removesuffix('.lightning.force.com')}.my.salesforce.com"
    return f"{parts.scheme}://{host}"


def version_of(settings: Mapping[str, Any]) -> str:
    """The API version as ``62.0``.

    Raises:
        SettingError: it is none.
    """
    text = text_of(settings, "api_version") or DEFAULT_API_VERSION
    match = VERSION.fullmatch(text)
    if not match:
        raise SettingError(f"setting api_version is {text!r}, something like 62.0 was expected")
    return f"{match[1]}.0"


def key_of(settings: Mapping[str, Any]) -> str:
    """The private key in PEM, from the setting itself or the file that it names.

    Raises:
        SettingError: the file cannot be read.
    """
    text = text_of(settings, "private_key")
    if "-----BEGIN" in text:
        return text.replace("\\n", "\n")  # as .env files spell it
    try:
        return Path(text).expanduser().read_text(encoding="ascii")
    except (OSError, ValueError) as error:
        raise SettingError(
            "setting private_key is neither a key in PEM nor the path of one that can be read"
            f" ({type(error).__name__})"
        ) from None


def login_of(settings: Mapping[str, Any], wire: Wire, clock: Clock) -> Login:
    """Credentials: the first complete kind, in the order of the README.

    Raises:
        SettingError: none is complete.
    """
    instance_url = url_of(settings, "instance_url")
    login_url = url_of(settings, "login_url") or DEFAULT_LOGIN_URL
    if login_url == DEFAULT_LOGIN_URL and instance_url:
        # Every org logs in its own users, and its sandboxes', whom the shared host does not know.
        login_url = instance_url
    service = LoginService(login_url, instance_url, wire, clock)
    client_id, client_secret, username, password, refresh_token, access_token = (
        text_of(settings, name)
        for name in (
            "client_id",
            "client_secret",
            "username",
            "password",
            "refresh_token",
            "access_token",
        )
    )
    if access_token:
        _see_that(bool(instance_url), "access_token", "instance_url")
        if not access_token.isascii() or not access_token.isprintable() or " " in access_token:
            raise SettingError("setting access_token holds characters that no token has")
        return AccessToken(access_token, instance_url)
    if text_of(settings, "private_key"):
        _see_that(bool(client_id and username), "private_key", "client_id and username")
        return JwtBearer(service, client_id, username, key_of(settings))
    if refresh_token:
        _see_that(bool(client_id), "refresh_token", "client_id")
        return RefreshToken(service, client_id, client_secret, refresh_token)
    if client_id and client_secret:
        if urlsplit(login_url).hostname in SHARED_HOSTS:
            raise SettingError(
                f"setting login_url is {login_url}: client credentials are taken only by the org's"
                " own My Domain address, like https://acme.my.salesforce.com"
            )
        return ClientCredentials(service, client_id, client_secret)
    if username and password:
        version = version_of(settings)
        token = text_of(settings, "security_token")
        return SoapLogin(service, version, username, password, token)
    raise SettingError(
        f"no complete credentials: set {ALTERNATIVES}, or access_token and instance_url"
    )


def _see_that(there: bool, name: str, needed: str) -> None:
    if not there:
        raise SettingError(f"setting {name} needs {needed} beside it")
