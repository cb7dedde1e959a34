"""How the API says no.

Known forms: the validation message (pipedrive/client-nodejs#651 and #661), the 401 body, the
budget's 429 body, the plan limits' 403 bodies (changelog of 2022-03-22 and 2024-11-14), and the
custom fields' "Unknown key" and "Expected '…' as value". The other wordings and the v2 codes apart
from ERR_SCHEMA_VALIDATION_FAILED are guesses; only the status and the named key may be relied on.
"""

from __future__ import annotations

from typing import Any

ERROR_INFO = "Please check developers.pipedrive.com"


class RefusalError(Exception):
    """An answer other than success.

    Args:
        status: HTTP status.
        error: The message.
        code: v2's machine-readable code, or a plan limit's in either version.
        headers: Extra response headers.
        envelope: Keys that replace the version's usual error envelope.
        html: A body that is no JSON at all.
    """

    def __init__(
        self,
        status: int,
        error: str = "",
        *,
        code: str = "",
        headers: dict[str, str] | None = None,
        envelope: dict[str, Any] | None = None,
        html: str = "",
    ) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.code = code
        self.headers = headers or {}
        self.envelope = envelope
        self.html = html

    def body(self, version: str) -> dict[str, Any]:
        if self.envelope is not None:
            return {"success": False, "error": self.error, **self.envelope}
        if version == "v2":
            return {"success": False, "error": self.error, "code": self.code}
        code = {"code": self.code} if self.code else {}
        return {
            "success": False,
            "error": self.error,
            "error_info": ERROR_INFO,
            "data": None,
            "additional_data": None,
            **code,
        }


class Faults:
    """Collects what is wrong with one request, to be refused at once."""

    def __init__(self) -> None:
        self._found: list[str] = []

    def add(self, key: str, message: str) -> None:
        self._found.append(f"{key}: {message}")

    def refuse(self) -> None:
        """Raises: RefusalError: 400, if anything was found."""
        if self._found:
            raise RefusalError(
                400,
                "Validation failed: " + "; ".join(self._found),
                code="ERR_SCHEMA_VALIDATION_FAILED",
            )


def invalid(key: str, message: str) -> RefusalError:
    return RefusalError(
        400, f"Validation failed: {key}: {message}", code="ERR_SCHEMA_VALIDATION_FAILED"
    )


def not_found(what: str) -> RefusalError:
    return RefusalError(404, f"{what} not found", code="ERR_NOT_FOUND")


def limit_reached(error: str, code: str) -> RefusalError:
    """A plan limit; these have their code in v1 and the long envelope in both versions."""
    return RefusalError(
        403,
        error,
        envelope={
            "error_info": f"{ERROR_INFO} for more information about Pipedrive API.",
            "data": None,
            "additional_data": None,
            "code": code,
        },
    )


def forbidden(error: str) -> RefusalError:
    return RefusalError(403, error, code="ERR_FORBIDDEN")


def unauthorized() -> RefusalError:
    return RefusalError(
        401, "unauthorized access", envelope={"errorCode": 401, "error_info": ERROR_INFO}
    )
