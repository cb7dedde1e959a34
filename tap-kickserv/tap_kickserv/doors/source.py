"""What can be read, as data: lists, the records inside their rows, and further requests per row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Mapping

    from tap_kickserv.formats import Row


@dataclass(frozen=True, eq=False)
class Detail:
    """A further request for one row of a list."""

    path: str
    """Path with the row's columns in braces."""
    name: str
    """What the reply holds, in the singular."""
    format: str = "json"
    """`xml` or `json`; only the XML takes `include=`."""
    is_list: bool = False
    """Whether the reply is the list of children itself, not a record that contains them."""


@dataclass(frozen=True, eq=False)
class Child:
    """Records of another stream inside a row."""

    stream: str
    keys: tuple[str, ...]
    """Names under which they may stand in the row; the first one is the usual one."""
    fill: Mapping[str, str] = field(default_factory=dict)
    """Columns of the child that are taken from columns of the row where the child lacks them."""
    constants: Mapping[str, str] = field(default_factory=dict)
    include: str | None = None
    """Name to ask for with `include=`, where the list can bring the records along."""
    detail: Detail | None = None
    """Request that brings the records where neither a list nor `single` does."""
    supplements: bool = False
    """Whether another source lists these records, so that missing some here says nothing."""
    children: tuple[Child, ...] = ()

    def key_in(self, row: Container[str]) -> str | None:
        """The name under which a row holds these records, if it does."""
        return next((key for key in self.keys if key in row), None)

    def streams(self) -> Iterator[str]:
        yield self.stream
        for child in self.children:
            yield from child.streams()


@dataclass(frozen=True, eq=False)
class Listing:
    """A list endpoint."""

    path: str
    name: str
    """What one row is called in the singular."""
    format: str
    """`xml` or `json`."""
    params: Mapping[str, str] = field(default_factory=dict)
    page_params: tuple[str, ...] = ("page",)
    """Parameters that carry the page number; none for a list that comes whole."""
    number: str | None = None
    """Column whose values run almost without gaps."""
    takes_include: bool = False
    own_includes: tuple[str, ...] = ()
    """Includes that complete the row itself."""
    marks: Mapping[str, Any] = field(default_factory=dict)
    """Columns that say from which list a row came."""
    leaves_out: str = ""
    """Records that the list is known not to hold, so that it never makes a stream whole."""
    optional: bool = False
    """Whether 404 or 406 means that this account lacks the list, rather than a wrong slug."""


@dataclass(frozen=True, eq=False)
class Source:
    """One read: a list, the lists that belong to it, and every stream that it fills."""

    stream: str
    listing: Listing
    apart: Listing | None = None
    """Another list of the same records; merged by id, the later `updated_at` wins."""
    views: Mapping[str, Callable[[Row], bool]] = field(default_factory=dict)
    """Streams that show the same row again, and which rows they show."""
    children: tuple[Child, ...] = ()
    single: Detail | None = None
    """Request that brings all includes of a row that the list itself did not hold."""
    nested: str | None = None
    """Key under which rows of the same kind are nested in a row."""

    def streams(self) -> frozenset[str]:
        """Every stream that this read can fill."""
        of_children = (name for child in self.children for name in child.streams())
        return frozenset((self.stream, *self.views, *of_children))
