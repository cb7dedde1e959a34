"""The settings that every target shares, and what follows from them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from singer_sdk import typing as th

from crm_transforms.destination import SettingError
from crm_transforms.mapping import Mapping

if TYPE_CHECKING:
    from collections.abc import Mapping as MappingType

DEFAULT_CONCURRENCY = 8

SHARED_SETTINGS = (
    th.Property(
        "source",
        th.StringType,
        title="Source",
        description="Name of the source, e.g. kickserv; a tap's name or namespace will do",
    ),
    th.Property(
        "mapping",
        th.StringType,
        title="Mapping",
        description=(
            "Mapping document: a name that is shipped or a path. Default: <source>_to_<target>; "
            "where there is none, streams are loaded as they are"
        ),
    ),
    th.Property(
        "journal",
        th.StringType,
        title="Journal",
        secret=True,
        description=(
            "SQLAlchemy URL of the journal (SQLite or PostgreSQL). Default: a file in the "
            "project's .migration folder, one per migration"
        ),
    ),
    th.Property(
        "mode",
        th.StringType,
        allowed_values=["load", "stage"],
        default="load",
        title="Mode",
        description="load: stage, plan, load and verify; stage: stop once everything is staged",
    ),
    th.Property(
        "require_approval",
        th.BooleanType,
        default=False,
        title="Require approval",
        description="Refuse to load what has not been approved after a sample",
    ),
    th.Property(
        "fallback_owner",
        th.StringType,
        title="Fallback owner",
        description="E-mail or id of the user who owns what no matched user can own",
    ),
    th.Property(
        "max_file_mb",
        th.NumberType,
        default=100,
        title="Largest file",
        description="Files above so many megabytes are rejected, not sent",
    ),
    th.Property(
        "concurrency",
        th.IntegerType,
        default=DEFAULT_CONCURRENCY,
        title="Concurrency",
        description="Most requests under way at once",
    ),
    th.Property(
        "fail_on_rejects",
        th.BooleanType,
        default=True,
        title="Fail on rejects",
        description="Exit with 3 when records were rejected; the others have landed all the same",
    ),
    th.Property(
        "fail_on_pause",
        th.BooleanType,
        default=False,
        title="Fail on pause",
        description="Exit with 4 when the account's budget ended the load early",
    ),
)

PLAIN_SOURCE = "singer"
"""Names the journal of a plain loader that was told no source."""


@dataclass(frozen=True, slots=True)
class MigrationSettings:
    """What the shared settings say, with defaults filled in.

    Attributes:
        source: without the ``tap`` prefix; empty when not told.
        target: name of the destination, e.g. ``pipedrive``.
        mapping: the document to use; ``None`` makes the target a plain loader.
        journal: SQLAlchemy URL.
    """

    source: str
    target: str
    mapping: Mapping | None
    journal: str
    mode: str
    require_approval: bool
    fallback_owner: str
    fail_on_rejects: bool
    fail_on_pause: bool

    @classmethod
    def from_config(cls, config: MappingType[str, Any], target: str) -> MigrationSettings:
        """Read them from a plugin's configuration.

        Raises:
            SettingError: a mapping between other systems than these two.
            MappingError: the mapping document is not valid.
        """
        source = source_name(config.get("source"))
        mapping = find_mapping(str(config.get("mapping") or ""), source, target)
        if mapping is not None:
            if mapping.destination != target:
                raise SettingError(
                    f"setting mapping: the document leads to {mapping.destination}, not {target}"
                )
            if source and mapping.source != source:
                raise SettingError(
                    f"setting mapping: the document reads {mapping.source}, not {source}"
                )
            source = mapping.source
        return cls(
            source=source,
            target=target,
            mapping=mapping,
            journal=str(config.get("journal") or "") or default_journal(source, target),
            mode=str(config.get("mode") or "load"),
            require_approval=bool(config.get("require_approval", False)),
            fallback_owner=str(config.get("fallback_owner") or ""),
            fail_on_rejects=bool(config.get("fail_on_rejects", True)),
            fail_on_pause=bool(config.get("fail_on_pause", False)),
        )


def source_name(value: object) -> str:
    """A source's name from what Meltano fills in: ``tap_kickserv`` is kickserv."""
    name = str(value or "").strip()
    for prefix in ("tap_", "tap-"):
        name = name.removeprefix(prefix)
    return name.replace("-", "_")


def find_mapping(wanted: str, source: str, target: str) -> Mapping | None:
    """The document that a setting names, else the shipped one for the pair, else none."""
    if wanted:
        return Mapping.load(wanted)
    name = f"{source}_to_{target}"
    return Mapping.load(name) if source and name in Mapping.shipped() else None


def migration_folder() -> Path:
    """Where journals live by default: ``.migration`` of the Meltano project, or here."""
    return Path(os.environ.get("MELTANO_PROJECT_ROOT") or Path.cwd()) / ".migration"


def environment_kind() -> str:
    """``dev`` keeps a journal of its own; trial and prod share one (approvals rest on samples)."""
    return "dev" if os.environ.get("MELTANO_ENVIRONMENT", "") == "dev" else "live"


def default_journal(source: str, target: str) -> str:
    """The journal's URL where none is set."""
    name = f"{source or PLAIN_SOURCE}-{target}-{environment_kind()}.db"
    return f"sqlite:///{migration_folder() / name}"
