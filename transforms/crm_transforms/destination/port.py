"""The port itself: the questions that a destination answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeAlias, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from crm_transforms.destination.description import (
        Cost,
        FieldSpec,
        Identity,
        Limits,
        ObjectSpec,
        Person,
    )
    from crm_transforms.destination.operation import Complaint, Handle, Kind, Operation, Verdict
    from crm_transforms.destination.values import Record


@runtime_checkable
class Destination(Protocol):
    """One account, org or database to write to.

    Reads raise :class:`DestinationError` when they cannot be answered. :meth:`write` never raises
    for a single record; see there.
    """

    name: str
    """The destination's name in mapping documents, e.g. ``pipedrive``."""

    def use(
        self,
        key_fields: Mapping[str, str],
        open_choices: Mapping[str, Collection[str]],
        makes: Collection[str] = (),
    ) -> None:
        """Take over what the mapping knows, by object.

        Args:
            key_fields: the custom field that carries our external key, so that own records are
                recognised after silence.
            open_choices: choice fields to which options may be added: they are described as open,
                and :meth:`check` has nothing against labels that are unknown yet.
            makes: objects that the mapping makes: one that is not there yet is described as absent,
                with the fields that every new object has of its own.
        """

    def identity(self) -> Identity:
        """Say which account this is; ``details["user_id"]`` is the user of the credentials."""

    def spent(self) -> Mapping[str, int]:
        """What has been used up so far: ``requests``, and ``tokens`` where there are such."""

    def limits(self) -> Limits:
        """Say what may still be spent."""

    def describe(self, object_name: str) -> ObjectSpec:
        """Describe one object with its fields as they are now; cached until the schema is changed.

        Raises:
            KeyError: the destination has no such object, and the mapping makes none.
        """

    def expect(self, object_name: str, fields: Sequence[FieldSpec]) -> None:
        """Describe, judge and normalise as if these custom fields were there, for a rehearsal.

        They take the place of those that were expected before, and of fields of the same name;
        none ends it. Meanwhile nothing is read from them or written to them.
        """

    def people(self) -> Sequence[Person]:
        """List all users, active or not."""

    def find(self, object_name: str, wanted: Sequence[Record]) -> list[list[str]]:
        """For each wanted record, the ids of existing ones that equal it in all given fields.

        Not answered from an eventually consistent index.
        """

    def mark(self, object_names: Iterable[str]) -> Mapping[str, str]:
        """High-water marks, taken before creates: ``resolve`` looks only behind them."""

    def batch_size(self, object_name: str) -> int:
        """How many operations one :meth:`write` should be given at most."""

    def held_as(self, spec: FieldSpec) -> str:
        """The type under which :meth:`describe` will show a custom field made from this one."""

    def check(self, object_name: str, record: Record, *, whole: bool = True) -> Sequence[Complaint]:
        """Why this record would be refused, without asking.

        Args:
            object_name: the destination's object.
            record: what would be sent.
            whole: a create; else an update, of which only the given fields are judged.
        """

    def write(self, operations: Sequence[Operation]) -> Iterator[Handle | Verdict]:
        """Carry out a batch; yield verdicts as they come, each at most once, in any order.

        Nothing is changed but what the operations name: a label that no option has is refused, also
        where the choice is open.

        Every operation gets a verdict before the iterator ends, also when it raises: those that
        never left are :attr:`Status.ABSENT`.

        Raises:
            BudgetExhaustedError: after the verdicts, when the rest must wait.
            DestinationError: after the verdicts, when going on makes no sense.
        """

    def rejoin(self, handle: str, operations: Sequence[Operation]) -> Iterator[Verdict]:
        """Go on waiting for what a killed process had started."""

    def resolve(
        self, operations: Sequence[Operation], marks: Mapping[str, str]
    ) -> Iterator[Verdict]:
        """Find out what became of operations whose answer never came."""

    def read(
        self, object_name: str, ids: Sequence[str], fields: Sequence[str]
    ) -> Mapping[str, Record]:
        """Read records back as neutral records; ids that are gone or deleted are left out."""

    def normalise(self, object_name: str, record: Record) -> Record:
        """The record as the destination will hold it (sanitised HTML, trimmed text …). Pure."""

    def in_use(self, object_name: str, fields: Sequence[str]) -> Mapping[str, int]:
        """How many live records hold a value in each of these custom fields, whoever wrote it.

        All fields are counted in one pass, and not from an eventually consistent index; fields that
        are not there hold nothing. The empty name counts the records themselves.
        """

    def options_in_use(
        self, object_name: str, field: str, labels: Sequence[str]
    ) -> Mapping[str, int]:
        """How many live records hold each of these options of a choice, whoever chose it.

        To be asked before options are taken away: most destinations take them from the records
        too. Counted as in :meth:`in_use`; native choices may be asked about as well.
        """

    def attached(self, object_name: str, ids: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
        """What hangs on records now, and would be lost or torn off with them.

        Returns:
            By id, how many of each kind of child, zero left out; records without children, and
            objects that cannot have any, are left out. A kind is the destination's name of an
            object (``notes``), or a plain word where the port has no such object.
        """

    def reading_cost(self, object_name: str, count: int) -> Cost:
        """What reading ``count`` records back by id costs."""

    def lasting(self, object_name: str) -> Sequence[str]:
        """What neither removing nor restoring records of an object takes back, in sentences.

        Args:
            object_name: the object; ``""`` for what holds for the account as a whole.
        """

    def cost(self, object_name: str, kind: Kind, count: int, parents: int = 0) -> Cost:
        """What ``count`` operations cost; ``parents``: of how many, where they go in bulk."""

    def close(self) -> None:
        """End what is under way and give back connections; the last call of all."""


Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with (object, done, total) while something long is under way."""
