"""The OAuth refresh token: every use may replace it, and its successor must outlive the process."""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from crm_transforms.destination import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)

DIGEST_BYTES = 16


class RefreshToken:
    """A refresh token in memory.

    Args:
        configured: as the settings have it.
        on_change: called with every new one; the old one may be void by then.
    """

    def __init__(self, configured: str, on_change: Callable[[str], None] | None = None) -> None:
        self.configured = configured
        self._latest = configured
        self._on_change = on_change

    def latest(self) -> str:
        """The token to be used next."""
        return self._latest

    def prepare(self) -> None:
        """Make sure that a successor can be kept, before the token is used up."""

    def replace(self, token: str) -> None:
        """Use this one from now on."""
        self._latest = token
        if self._on_change:
            self._on_change(token)


class KeptRefreshToken(RefreshToken):
    """A refresh token whose successors are kept in a file (0600) for later processes.

    The file's name is a digest of the configured token: with another one configured, the
    successors of the old one no longer count.

    Args:
        configured: as the settings have it.
        folder: where the file is; made when it is needed.
        on_change: as in :class:`RefreshToken`.
    """

    def __init__(
        self, configured: str, folder: Path, on_change: Callable[[str], None] | None = None
    ) -> None:
        super().__init__(configured, on_change)
        digest = hashlib.blake2b(configured.encode(), digest_size=DIGEST_BYTES).hexdigest()
        self.path = folder / f"pipedrive-{digest}.token"

    def latest(self) -> str:
        """The successor that any process has kept last, else the configured token.

        Raises:
            SettingError: the file cannot be read.
        """
        try:
            kept = self.path.read_text(encoding="utf-8").strip()
        except (FileNotFoundError, NotADirectoryError):
            kept = ""
        except (OSError, ValueError) as error:
            raise SettingError(f"the kept refresh token cannot be read: {error}") from error
        return kept or self._latest

    def prepare(self) -> None:
        """Make sure that a successor can be kept.

        Raises:
            SettingError: it cannot; the message names the folder.
        """
        try:
            Path(self._temporary()).unlink()
        except OSError as error:
            raise SettingError(
                f"a new refresh token could not be kept in {self.path.parent}: {error}"
            ) from error

    def replace(self, token: str) -> None:
        """Use this one from now on, and keep it for other processes."""
        super().replace(token)
        try:
            self._write(token)
        except OSError as error:
            # The run has its token; stopping it would not bring back the old one.
            logger.warning(
                "the new refresh token could not be kept in %s (%s): "
                "later runs will need a newly configured one",
                self.path.parent,
                error,
            )

    def _write(self, token: str) -> None:
        temporary = Path(self._temporary(token))
        try:
            temporary.replace(self.path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise

    def _temporary(self, content: str = "") -> str:
        """A file of its own beside the token's, durable and for nobody else to read."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file, name = tempfile.mkstemp(dir=self.path.parent, prefix=f"{self.path.stem}-")
        try:
            os.write(file, content.encode())
            os.fsync(file)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
        finally:
            os.close(file)
        return name
