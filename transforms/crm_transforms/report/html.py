"""A report as one HTML file that needs nothing else: no network, no account, no library."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache, partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import ChainableUndefined, Environment, PackageLoader
from markupsafe import Markup

from crm_transforms.next_steps import typed
from crm_transforms.report import how_far, words
from crm_transforms.report.bars import segments
from crm_transforms.report.diffs import VERDICTS, diff_of
from crm_transforms.report.figures import TITLES
from crm_transforms.report.flow import draw
from crm_transforms.report.sections import SECTIONS, Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crm_transforms.report.collect import Report

FILTERS = (
    words.account_name,
    words.clip,
    words.duration,
    words.moment,
    words.number,
    words.place_parts,
    words.plural,
    words.safe_url,
    words.share,
    words.size,
    words.titled,
    words.total,
    words.value_text,
)


NO_BREAK = "\u00a0"
BREAKS = re.compile(r"(?<=[_.:/-])(?=\w)")
SEVERITIES = ("error", "warning", "info")


class _Environment(Environment):
    """``a.b`` of a dictionary is its entry ``b`` and never a method: data may have any name."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, dict):
            return obj.get(attribute, self.undefined(obj=obj, name=attribute))
        return super().getattr(obj, attribute)


def render(report: Report) -> str:
    """The page."""
    style, script = _asset("style.css"), _asset("report.js")
    page: str = (
        _environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            figures=report.figures,
            values=report.values,
            plan=report.values.get("plan") or {},
            sections=_present(report),
            missing=[one for one in SECTIONS if one.missing and not one.is_there(report)],
            how_far=how_far,
            typed=partial(typed, report.plugin),
            drawing=_drawing(report),
            diff=diff_of((report.values.get("sample") or {}).get("diff", ())),
            titles=TITLES,
            verdicts=VERDICTS,
            segments=segments,
            findings=_findings(report),
            contents=_contents(report),
            choices=_choices,
            style=Markup(style),  # noqa: S704 - the package's own file
            script=Markup(script),  # noqa: S704 - the package's own file
            policy=_policy(style, script),
        )
    )
    return page


@cache
def _environment() -> Environment:
    # A value that an older release did not keep is left out, as if it were empty.
    made = _Environment(
        loader=PackageLoader("crm_transforms.report"),
        autoescape=True,
        undefined=ChainableUndefined,
        finalize=words.printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update({function.__name__: function for function in FILTERS})
    made.filters.update(soft=_soft, unbroken=_unbroken)
    return made


@cache
def _asset(name: str) -> str:
    return (files("crm_transforms.report") / "templates" / name).read_text("utf-8")


def _policy(*inlined: str) -> str:
    """A content security policy under which nothing but our own style and script has effect."""
    style, script = (
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in inlined
    )
    rules: dict[str, Any] = {
        "default-src": "'none'",
        "style-src": f"'sha256-{style}'",
        "script-src": f"'sha256-{script}'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _unbroken(moment: str) -> str:
    """A moment that breaks between day and time only."""
    return moment.replace(" ", NO_BREAK).replace(f",{NO_BREAK}", ", ")


def _soft(text: Any) -> Markup:
    """A long name that may be broken after its parts."""
    parts = BREAKS.split(words.printable(text))
    return Markup("<wbr>").join(parts)


def _present(report: Report) -> list[Section]:
    return [section for section in SECTIONS if section.is_there(report)]


def _contents(report: Report) -> dict[str, list[Section]]:
    groups: dict[str, list[Section]] = {}
    for section in _present(report):
        groups.setdefault(section.group, []).append(section)
    return groups


def _choices(
    values: Iterable[str], titles: Mapping[str, str] | None = None
) -> list[tuple[str, str]]:
    """What a filter offers: each value with its title."""
    return [(value, (titles or {}).get(value, value)) for value in dict.fromkeys(values) if value]


def _findings(report: Report) -> list[dict[str, Any]]:
    found = (report.values.get("plan") or {}).get("findings") or []
    return sorted(found, key=lambda one: SEVERITIES.index(one["severity"]))


def _drawing(report: Report) -> Any:
    records = {stream.name: stream.records for stream in report.figures.streams}
    flows = report.routes.flows(report.figures)
    return draw(flows, report.routes.joins, records)
