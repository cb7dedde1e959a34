"""Known failures: a sentence for people, and the exit code for scripts."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from singer_sdk.exceptions import ConfigValidationError

from crm_transforms.destination import DestinationError, SettingError
from crm_transforms.exits import Exit
from crm_transforms.journal import JournalError, LeaseHeldError
from crm_transforms.mapping import MappingError
from crm_transforms.stages.message import MessageError

if TYPE_CHECKING:
    from contextlib import ExitStack

logger = logging.getLogger(__name__)


def sentence(error: Exception) -> str:
    """An error for people: without a traceback, and without the SDK's own heading."""
    if isinstance(error, ConfigValidationError) and error.errors:
        return "settings: " + "; ".join(error.errors)
    return str(error)


KNOWN_ERRORS: tuple[tuple[type[Exception], Exit], ...] = (
    (LeaseHeldError, Exit.LEASE),
    (JournalError, Exit.FAILURE),
    (MappingError, Exit.USAGE),
    (SettingError, Exit.USAGE),
    (ConfigValidationError, Exit.USAGE),
    (MessageError, Exit.FAILURE),
    (DestinationError, Exit.FAILURE),
)


class KnownErrors:
    """Ends the process with a sentence and the right code where the cause is known."""

    def __init__(self, resources: ExitStack) -> None:
        self._resources = resources

    def __enter__(self) -> None:
        return None

    def __exit__(self, _type: object, error: BaseException | None, _traceback: object) -> None:
        if error is not None:
            self._resources.close()
        for known, code in KNOWN_ERRORS:
            if isinstance(error, known):
                logger.error("%s", sentence(error))
                raise SystemExit(int(code)) from error
