"""Approval: who has seen the sample and says that the load may begin, and whether that still holds.

An approval is bound to the mapping, to the account and its fields, and to what the sample came to;
whatever of these changes ends it.
"""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from crm_transforms.journal.clock import instant
from crm_transforms.stages.canonical_schema import present_schema, schema_differences, schema_hash

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crm_transforms.journal import Journal
    from crm_transforms.stages.canonical_schema import Schema
    from crm_transforms.stages.work import Work

Stored: TypeAlias = Mapping[str, Any]
MOST_TOLD = 5
"""Fields that a sentence names before it only counts."""


@dataclass(frozen=True, slots=True)
class Approval:
    """What was approved; kept in the journal as ``approval.<identity>``.

    Attributes:
        by: ``user@host``.
        schema_hash: of ``schema``, the account's fields as they were, so that changes can be named.
        sample: identity where it ran, when, and the hash of its differences.
        chain_head: of the audit chain, so that another past does not pass for this one.
    """

    approved_at: str
    by: str
    account: dict[str, str]
    mapping_hash: str
    schema_hash: str
    sample: dict[str, str]
    chain_head: str
    schema: Schema

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Approvals:
    """Gives approvals for one account and one mapping, and judges the one that there is."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._journal = work.journal
        self._schema = present_schema(work)
        self._schema_hash = schema_hash(self._schema)

    @property
    def sample(self) -> Stored | None:
        """The newest sample of this mapping and these fields, wherever it ran."""
        fitting = [one for one in self._of_mapping() if one["schema_hash"] == self._schema_hash]
        return max(fitting, key=lambda one: str(one["made_at"]), default=None)

    def why_no_sample(self) -> list[str]:
        """Why no sample fits, in sentences."""
        found = max(self._of_mapping(), key=lambda one: str(one["made_at"]), default=None)
        if found is not None:
            what = f"the sample of {found['made_at']} in {found['account']['name']}"
            return [f"{what} rests on other fields: {self._changes(found['schema'])}"]
        if any(samples(self._journal)):
            return ["the mapping has changed since the last sample, or that was not finished"]
        return ["there is no sample yet"]

    def give(self, sample: Stored) -> Approval:
        """Approve; kept in the journal."""
        work = self._work
        identity = work.identity
        approval = Approval(
            instant(),
            _user(),
            {"id": identity.id, "name": identity.name, "url": identity.url},
            work.mapping.hash,
            self._schema_hash,
            {
                "account_id": sample["account"]["id"],
                "made_at": sample["made_at"],
                "diff_hash": sample["diff_hash"],
            },
            self._journal.chain_head(),
            self._schema,
        )
        self._journal.put(approval_name(identity.id), approval.as_json())
        return approval

    def faults(self) -> list[str]:
        """Why the load is not approved as it stands, in sentences; none when it is."""
        stored = self._journal.get(approval_name(self._work.identity.id))
        if stored is None:
            return list(self._absent())
        return list(self._stale(stored))

    def _absent(self) -> Iterator[str]:
        identity = self._work.identity
        yield f"this load needs an approval, and {identity.name} ({identity.id}) has none"
        for other in _identities(self._journal):
            stored = self._journal.get(approval_name(other))
            if other != identity.id and stored is not None:
                name = stored["account"]["name"]
                yield f"the approval of {name} ({other}) holds for that account alone"

    def _stale(self, stored: Stored) -> Iterator[str]:
        told = f"the approval of {stored['approved_at']} by {stored['by']} no longer holds"
        if stored["mapping_hash"] != self._work.mapping.hash:
            yield f"{told}: the mapping has changed since"
        if stored["schema_hash"] != self._schema_hash:
            yield f"{told}: the account's fields have changed: {self._changes(stored['schema'])}"
        sample = self._journal.get(sample_name(stored["sample"]["account_id"]))
        if (
            sample is not None
            and sample["diff_hash"] != stored["sample"]["diff_hash"]
            and sample["mapping_hash"] == stored["mapping_hash"]
            and sample["schema_hash"] == stored["schema_hash"]
        ):
            yield f"{told}: a sample was taken since and came out otherwise"
        if not self._journal.has_head(stored["chain_head"]):
            yield f"{told}: the audit chain that it was given on is not this journal's"

    def _of_mapping(self) -> list[Stored]:
        wanted = self._work.mapping.hash
        return [one for one in samples(self._journal) if one["mapping_hash"] == wanted]

    def _changes(self, before: Stored) -> str:
        found = list(schema_differences(before, self._schema))
        beyond = f" and {len(found) - MOST_TOLD} more" if len(found) > MOST_TOLD else ""
        return "; ".join(found[:MOST_TOLD]) + beyond


def samples(journal: Journal) -> Iterator[Stored]:
    """The last sample of every account that this journal knows, unfinished ones too."""
    for identity in _identities(journal):
        stored = journal.get(sample_name(identity))
        if stored is not None:
            yield stored


def sample_name(identity: str) -> str:
    """Under which name the journal keeps an account's sample."""
    return f"sample.{identity}"


def approval_name(identity: str) -> str:
    """Under which name the journal keeps an account's approval."""
    return f"approval.{identity}"


def _identities(journal: Journal) -> list[str]:
    return list(dict.fromkeys(run.identity for run in journal.runs() if run.identity))


def _user() -> str:
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container's user need not have a name
        name = str(os.getuid())
    return f"{name}@{socket.gethostname()}"
