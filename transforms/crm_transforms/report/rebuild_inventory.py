"""The rebuild inventory: what does not move and has to be rebuilt by hand, as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


def rebuild_inventory(plan: Mapping[str, Any], source: str, target: str) -> str:
    """What of a source does not arrive, with what its rows show of it.

    Args:
        plan: the value that the journal keeps.
        source: name of the source.
        target: name of the destination.
    """
    account = plan["account"]
    head = [
        f"# What does not move from {source} to {target}",
        f"Account {_cell(account['name'])} ({_cell(account['id'])}), as of {plan['made_at']}.",
    ]
    return "\n\n".join([*head, *_left_behind(plan), *_columns(plan), *_rejects(plan)]) + "\n"


def _left_behind(plan: Mapping[str, Any]) -> Iterator[str]:
    for each in plan["left_behind"]:
        yield f"## {each['name'].replace('_', ' ').capitalize()}"
        yield each["text"]
        for evidence in each["evidence"]:
            if evidence["values"]:
                yield _table((evidence["label"], "records"), evidence["values"])
            else:
                yield f"{evidence['label']}: nothing in the source."


def _columns(plan: Mapping[str, Any]) -> Iterator[str]:
    rows = [
        (stream["stream"], column["name"], column["type"], column["filled"])
        for stream in plan["inventory"]["streams"]
        for column in stream["columns"]
        if column["unlisted"]
    ]
    if rows:
        yield "## Columns that nobody has listed"
        yield "The source holds them, and the mapping carries them only where a rule says so."
        yield _table(("stream", "column", "type", "records"), rows)


def _rejects(plan: Mapping[str, Any]) -> Iterator[str]:
    rows = [
        (each["object"], each["field"], each["message"], each["records"], each["example"])
        for each in plan["rejects"]
    ]
    if rows:
        yield "## Records that would be refused"
        yield "They stay in the source until their cause is mended; `retry` takes them up again."
        yield _table(("object", "field", "why", "records", "for example"), rows)


def _table(head: Iterable[object], rows: Iterable[Iterable[object]]) -> str:
    columns = list(map(_cell, head))
    lines = [columns, ["---"] * len(columns), *(list(map(_cell, row)) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: object) -> str:
    """Text that stays within its cell, and that no reader takes for markup."""
    text = " ".join(str(value).split())
    for sign in "\\|<>`*_[]":
        text = text.replace(sign, f"\\{sign}")
    return text
