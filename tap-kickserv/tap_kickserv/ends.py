"""How a run ends whose trouble is known: with one sentence and an exit code."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from singer_sdk.exceptions import ConfigurationError, MappingError, SingerSDKError

if TYPE_CHECKING:
    import logging
    from collections.abc import Iterator

FAILED, WRONG_SETTINGS = 1, 2
KNOWN = (SingerSDKError, BrokenPipeError)


@contextmanager
def known_ends(logger: logging.Logger) -> Iterator[None]:
    """End the process without a traceback where the error says all there is to say.

    Args:
        logger: Told the sentence.

    Raises:
        SystemExit: With 2 for settings and stream maps that cannot be used, with 1 for anything
            else that the tap or the SDK raises on purpose, or if nobody reads the output any more.
    """
    try:
        yield
    except MappingError as error:
        logger.error("`stream_maps`: %s", error)  # noqa: TRY400 - for people, so no traceback
        raise SystemExit(WRONG_SETTINGS) from None
    except SingerSDKError as error:
        logger.error("%s", error)  # noqa: TRY400 - likewise
        wrong = isinstance(error, ConfigurationError)
        raise SystemExit(WRONG_SETTINGS if wrong else FAILED) from None
    except BrokenPipeError:
        logger.error("Nobody reads the output any more.")  # noqa: TRY400 - likewise
        # https://docs.python.org/3/library/signal.html#note-on-sigpipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(FAILED) from None
