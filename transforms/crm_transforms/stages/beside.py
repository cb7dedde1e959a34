"""Beside: each record as the mapping wants it, as we wrote it last, and as it stands there now."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crm_transforms.canonical import decode
from crm_transforms.destination import SCHEMA
from crm_transforms.mapping import RowError
from crm_transforms.stages.draft import Drafter
from crm_transforms.stages.ledger import Ledger
from crm_transforms.stages.load import Loader
from crm_transforms.stages.people import match_people
from crm_transforms.stages.preparation import check_names, prepare_mapping
from crm_transforms.stages.references import ReferenceResolver
from crm_transforms.stages.schema import SchemaStage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from crm_transforms.destination import FieldSpec, Record, Value
    from crm_transforms.journal import Link, Reject
    from crm_transforms.stages.draft import Draft
    from crm_transforms.stages.people import People
    from crm_transforms.stages.scope import ScopeReader
    from crm_transforms.stages.subject import PlannedSubject
    from crm_transforms.stages.work import Work

CHUNK = 2_000
"""Rows compared together; the destination splits the reads as its API wants."""
NOT_OURS, ANOTHER_USER = "a record that is not ours", "another user"


@dataclass(slots=True)
class Beside:
    """One record that the mapping wants.

    Attributes:
        wanted: as the mapping wants it now; ``None`` where it cannot be mapped.
        told: likewise, with the records that it refers to named by object and key.
        link: to the record there, if it has landed.
        reject: why not, if it was rejected.
        image: as we wrote it last, as far as the journal still holds it.
        held: as it stands there now; ``None`` where it is gone, or was not asked for.
        was_read: whether it was asked for.
    """

    draft: Draft
    wanted: Record | None = None
    told: Record = field(default_factory=dict)
    link: Link | None = None
    reject: Reject | None = None
    image: Record | None = None
    held: Record | None = None
    was_read: bool = False


def resolver(work: Work, scopes: ScopeReader) -> tuple[ReferenceResolver, People | None]:
    """What references come to, with the account's people matched.

    Raises:
        DestinationError: the users cannot be listed, or the fallback owner is none of them.
    """
    objects = [work.mapping.objects[name] for name in work.mapping.order]
    references, people = ReferenceResolver(work, Ledger(work)), match_people(work, scopes, objects)
    if people is not None:
        references.take_people(people)
    return references, people


def looking(work: Work, scopes: ScopeReader) -> Work:
    """A run of its own for looking back, which knows what the account has no field for.

    Raises:
        MappingError: the mapping names columns that no stream has.
        UnknownNameError: it names objects or fields that the destination does not have.
    """
    work = work.apart()
    prepare_mapping(work, scopes)
    check_names(work, [obj for obj in work.mapping.objects.values() if not obj.people])
    schema = SchemaStage(work, scopes, Loader(work))
    for manifest in schema.manifests():
        keys = {f"{manifest.target}.{spec.name}": spec for spec in manifest.missing}
        made = work.journal.links(SCHEMA, work.identity.id, keys)
        # What nobody has made found no room, although the account had not told so beforehand.
        manifest.dropped += [spec for key, spec in keys.items() if key not in made]
        schema.leave_out(manifest)
    return work


class Besides:
    """The records of one mapping object; reads, and writes nothing.

    Args:
        work: see :func:`looking`.
        scopes: rows.
        references: see :func:`resolver`.
        obj: the object.

    Attributes:
        fields: what is compared: every field that the mapping gives and the account has.
    """

    def __init__(
        self,
        work: Work,
        scopes: ScopeReader,
        references: ReferenceResolver,
        obj: PlannedSubject,
    ) -> None:
        self._work = work
        self._scopes = scopes
        self._references = references
        self._obj = obj
        self._drafter = Drafter(work, references, Ledger(work), obj)
        there = work.destination.describe(obj.target).fields
        left_out = {*work.dropped.get(obj.name, ()), *work.unwritable.get(obj.name, ())}
        names = list(obj.field_names)
        if obj.overflow is not None and obj.overflow.name not in names:
            names.append(obj.overflow.name)
        self.fields: dict[str, FieldSpec] = {
            name: there[name] for name in names if name in there and name not in left_out
        }
        self._users = {one.target for one in work.mapping.objects.values() if one.people}
        self._scopes.prepare(obj.joins)

    def pages(self, wants: Callable[[str], bool] | None = None) -> Iterator[list[Beside]]:
        """Every record that rows give, a chunk of rows at a time.

        Args:
            wants: whether the record of a key is to be read; all by default.
        """
        for rows in self._scopes.chunks(self._obj, CHUNK):
            found = [Beside(draft) for draft in self._drafter.drafts(rows)]
            self._look_up(found)
            chosen = [one for one in found if wants is None or wants(one.draft.key)]
            self._references.gather([one.draft for one in chosen])
            for one in chosen:
                self._build(one)
            self._drafter.rejects.clear()
            self.read(chosen)
            yield found

    def read(self, records: Sequence[Beside]) -> None:
        """Read linked records back, and fetch what we wrote of them."""
        links = [one.link for one in records if one.link is not None]
        if not links:
            return
        numbers = [link.operation_id for link in links if link.operation_id]
        images = self._work.journal.after_image(numbers)
        ids = [link.destination_id for link in links]
        found = self._work.destination.read(self._obj.target, ids, sorted(self.fields))
        for one in records:
            if one.link is not None:
                image = images.get(one.link.operation_id or 0)
                one.image = None if image is None else decode(image)
                one.held = found.get(one.link.destination_id)
                one.was_read = True

    def told(self, name: str, value: Value, objects: Sequence[str]) -> Value:
        """A reference as a person knows it: by object and key, never by an id.

        Args:
            name: the field.
            value: an id, or several.
            objects: what the field may refer to.
        """
        if isinstance(value, list):
            return [self.told(name, one, objects) for one in value]
        if not isinstance(value, str):
            return value
        for each in objects:
            keys = self._work.journal.link_keys(each, self._work.identity.id, [value])
            if keys:
                return f"{each} {keys[value]}"
        return ANOTHER_USER if self.fields[name].reference in self._users else NOT_OURS

    def _look_up(self, records: Sequence[Beside]) -> None:
        """Links and rejects; a row whose key another row took is known by a key of its own."""
        name, identity = self._obj.name, self._work.identity.id
        keys = [one.draft.key for one in records]
        own = {one.draft.own_key: one for one in records}
        rejected = self._work.journal.rejected(name, identity, [*keys, *own])
        links = self._work.journal.links(name, identity, keys)
        for one in records:
            key = one.draft.key
            one.reject = rejected.get(one.draft.own_key) or rejected.get(key)
            if one.draft.own_key not in rejected:
                one.link = links.get(key)

    def _build(self, one: Beside) -> None:
        draft = one.draft
        if not (self._drafter.resolve(draft) and self._drafter.build(draft)):
            return
        one.wanted = draft.desired
        told = {
            ref.field: self._named(draft.ref_keys.get(ref.field), many=ref.many)
            for ref in self._obj.refs
            if ref.field not in draft.missing
        }
        scoped = draft.scoped
        try:
            one.told = self._obj.build(scoped.row, scoped.joined, draft.item, draft.index, told)
        except RowError:
            one.told = draft.desired

    def _named(self, pairs: Any, *, many: bool) -> Any:
        if not pairs:
            return None
        names = [
            f"{name} {key}{' (fallback owner)' if self._references.falls_back(name, key) else ''}"
            for name, key in pairs
        ]
        return names if many else names[0]
