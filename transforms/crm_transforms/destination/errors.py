"""Why a destination cannot go on."""

from __future__ import annotations


class DestinationError(Exception):
    """The destination cannot be used at all (address, rights, protocol); said for people."""


class SettingError(DestinationError):
    """A setting is missing or cannot be used; the message names it."""


class AuthenticationError(DestinationError):
    """The credentials are refused: wrong, revoked or expired beyond refresh."""


class UnavailableError(DestinationError):
    """The destination did not answer in spite of retries; nothing is known to be wrong with it."""


class BudgetExhaustedError(Exception):
    """The account's budget, less the reserve, is spent: go on after ``resumes_at``."""

    def __init__(self, message: str, resumes_at: str = "") -> None:
        super().__init__(message)
        self.resumes_at = resumes_at
