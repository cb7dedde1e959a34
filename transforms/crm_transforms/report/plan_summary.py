"""The plan for a terminal: short; everything stands in the journal's value and in the report."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from crm_transforms.report.words import duration, place_parts, plural, size

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SHOWN_COUNTS = ("create", "update", "adopt", "unchanged", "rejected", "waiting", "vanished")
MOST_REJECTS = 12
MOST_FINDINGS = 12


def plan_summary(plan: Mapping[str, Any], next_command: str) -> RenderableType:
    """What a person wants to know before the next command.

    Args:
        plan: the value that the journal keeps.
        next_command: as it is typed.
    """
    account = plan["account"]
    parts: list[RenderableType] = [
        Text(f"plan for {account['name']}, {account['id']}; nothing was written", style="bold"),
        _objects(plan["objects"]),
    ]
    if plan["rejects"]:
        parts.append(_rejects(plan["rejects"]))
    parts += [Text(f"· {line}") for line in _lines(plan)]
    parts.append(Text(f"next: {next_command}", style="bold"))
    return Group(*parts)


def _objects(objects: Sequence[Mapping[str, Any]]) -> Table:
    shown = [name for name in SHOWN_COUNTS if any(each[name] for each in objects)]
    columns = [Column(name, justify="right") for name in shown]
    table = Table("object", "becomes", *columns, box=None, pad_edge=False)
    for each in objects:
        table.add_row(each["object"], each["target"], *[f"{each[name]:,}" for name in shown])
    return table


def _rejects(rejects: Sequence[Mapping[str, Any]]) -> Table:
    count = Column("records", justify="right")
    table = Table("would not land", count, "why", "for example", "place", box=None, pad_edge=False)
    for each in rejects[:MOST_REJECTS]:
        name = ".".join(filter(None, (each["object"], each["field"])))
        why = f"{each['code'] or each['rule']}: {each['message']}"
        place, _ = place_parts(each["place"])
        table.add_row(name, f"{each['records']:,}", why, each["example"], place)
    if len(rejects) > MOST_REJECTS:
        table.add_row(f"… {len(rejects) - MOST_REJECTS} more reasons", "", "", "", "")
    return table


def _lines(plan: Mapping[str, Any]) -> Iterator[str]:
    yield from _people(plan["people"])
    yield from _schema(plan["schema"])
    yield from cost_lines(plan["estimate"])
    yield from _findings(plan["findings"])
    score, grade = plan["compatibility"]["score"], plan["complexity"]
    yield (
        f"{score['one_to_one']} of {score['objects']} source objects map 1:1, "
        f"{score['need_mapping']} of {score['destination_objects']} destination objects need a "
        f"mapping; complexity {grade['grade']} ({grade['title']})"
    )
    yield ", ".join(
        (
            plural(len(plan["gotchas"]), "gotcha"),
            plural(len(plan["left_behind"]), "thing") + " left behind",
            plural(len(plan["not_restorable"]), "thing") + " that a rollback cannot restore",
        )
    )


def _people(people: Mapping[str, Any]) -> Iterator[str]:
    counts = {verdict: count for verdict, count in people["counts"].items() if count}
    if not counts:
        return
    told = ", ".join(f"{count:,} {verdict}" for verdict, count in counts.items())
    owner = people["fallback"]
    line = f"people: {told}"
    if set(counts) - {"matched"}:
        named = " ".join(filter(None, (owner["name"], owner["email"]))) or owner["id"]
        line += f"; what nobody else can own goes to {named}"
    yield line


def _schema(manifests: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    missing = {each["target"]: len(each["missing"]) for each in manifests if each["missing"]}
    line = f"schema: {sum(missing.values()):,} custom fields to make"
    if missing:
        line += f" ({', '.join(f'{count:,} {name}' for name, count in missing.items())})"
    for name, what in (("grown", "choices to extend"), ("dropped", "without room")):
        if count := sum(len(each[name]) for each in manifests):
            line += f", {count:,} {what}"
    yield line
    for each in manifests:
        for one in each["conflicts"]:
            yield (
                f"CONFLICT: {each['target']}.{one['name']} is {one['there']} there and "
                f"{one['wanted']} in the mapping; rename one of them, or nothing can be loaded"
            )


def cost_lines(estimate: Mapping[str, Any]) -> Iterator[str]:
    """What a load costs, in sentences."""
    calls, tokens = estimate["calls"], estimate["tokens"]
    line = f"cost: about {calls:,} requests"
    line += f" and {tokens:,} tokens" if tokens != calls else ""
    line += f"; {duration(estimate['seconds'])} of sending"
    if rate := estimate["requests_per_second"]:
        line += f" at {rate:g} requests a second at most"
    yield line
    if (total := estimate["budget_total"]) is not None:
        left, until = estimate["budget_left"], estimate["resets_at"]
        line = f"budget: {total:,} tokens a day"
        line += "" if left is None else f", {left:,} left"
        line += f" until {until}" if until else ""
        days = estimate["days"]
        yield line + (f"; about {days:.1f} days" if days >= 1 else "; enough for all of it")
    room = {
        "in the journal": estimate["journal_bytes"],
        "of files to send": estimate["files_bytes"],
        "at the destination": estimate["storage_bytes"],
    }
    yield "room: " + ", ".join(f"{size(count)} {where}" for where, count in room.items())


def _findings(findings: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    counts = Counter(each["severity"] for each in findings)
    told = {"error": "error", "warning": "warning", "info": "hint"}
    listed = ", ".join(plural(counts[name], word) for name, word in told.items() if counts[name])
    yield f"findings: {listed or 'none'}"
    shown = [each for each in findings if each["severity"] != "info"]
    for each in shown[:MOST_FINDINGS]:
        yield f"{each['severity']}: {each['stream']}, {each['records']:,}: {each['say']}"
    if len(shown) > MOST_FINDINGS:
        yield f"… {len(shown) - MOST_FINDINGS} more"
