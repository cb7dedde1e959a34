"""Prospect: everything that can be known of a load before it, as the journal keeps it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from crm_transforms.destination import Cautious, Cost
from crm_transforms.journal import JournalFullError
from crm_transforms.journal.clock import instant
from crm_transforms.mapping import Figures, compatibility, complexity
from crm_transforms.stages.dry_run import DryRun
from crm_transforms.stages.estimate import Estimator
from crm_transforms.stages.findings import EXAMPLES, Finding
from crm_transforms.stages.inventory import Inventory
from crm_transforms.stages.roster import VERDICTS, Roster

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crm_transforms.destination import Destination
    from crm_transforms.mapping import Mapping as MappingDocument
    from crm_transforms.stages.dry_run import Outlook
    from crm_transforms.stages.estimate import Estimate
    from crm_transforms.stages.manifest import Manifest
    from crm_transforms.stages.people import People
    from crm_transforms.stages.work import Work

MOST_PEOPLE = 1_000
MOST_VALUES = 30
"""Values without a counterpart that are told."""
IMPOSSIBLE = "custom field that cannot be made"
PEOPLE_VERDICTS = ("matched", "unmatched", "ambiguous", "inactive")


def look_ahead(work: Work, mapping: MappingDocument, concurrency: int) -> dict[str, Any]:
    """Rehearse the load, count the source, and estimate what it will cost.

    Args:
        work: the run; only reads are made.
        mapping: the document.
        concurrency: most requests under way at once.

    Returns:
        the value that the journal keeps as ``plan.<identity>``.

    Raises:
        DestinationError: the account cannot be asked. For others see :meth:`DryRun.run`.
    """
    with Roster() as roster, Inventory(work.journal, mapping) as inventory:
        outlook = DryRun(work, roster).run()
        looking = _spent(work.destination)
        inventory.run(work.progress)
        estimator = Estimator(
            work.destination, outlook.mapping, work.destination.limits(), concurrency
        )
        estimate = estimator.of_outlook(outlook, looking, work.journal.forecast(inventory.bytes))
        return _Prospect(work, mapping, outlook, roster, inventory, estimate).as_json()


def is_possible(plan: Mapping[str, Any]) -> bool:
    """Whether a load would get as far as its first record."""
    conflicts = any(each["conflicts"] for each in plan["schema"])
    return not conflicts and all(each["check"] != IMPOSSIBLE for each in plan["findings"])


@dataclass(slots=True)
class _Prospect:
    work: Work
    mapping: MappingDocument
    outlook: Outlook
    roster: Roster
    inventory: Inventory
    estimate: Estimate

    def as_json(self) -> dict[str, Any]:
        identity, destination = self.work.identity, self.work.destination
        objects = list(self._objects())
        found = (*self.inventory.findings(), *self._predicted(), *self._cautions())
        findings = sorted(found, key=Finding.rank)
        fit = compatibility(self.mapping)
        grade = complexity(
            Figures(
                objects=fit.score.objects,
                one_to_one=fit.score.one_to_one,
                custom_fields=len(self.outlook.mapping.manifest()),
                value_maps=len(self.mapping.values),
                unlisted_columns=self.inventory.unlisted,
                records=sum(each["create"] + each["update"] for each in objects),
                days=self.estimate.days,
                calls_per_record=self._calls_per_record(objects),
                has_budget=self.estimate.budget_total is not None,
            )
        )
        targets = dict.fromkeys(obj.target for obj in self.mapping.objects.values())
        return {
            "made_at": instant(),
            "account": {"id": identity.id, "name": identity.name, "url": identity.url},
            "mapping_hash": self.mapping.hash,
            "objects": objects,
            "rejects": [refusal._asdict() for refusal in self.roster.refusals()],
            "schema": [self._manifest(each) for each in self.outlook.manifests],
            "people": _people(self.outlook.people),
            "inventory": {
                "streams": self.inventory.streams,
                "files": self._files(),
                "bytes": self.inventory.bytes,
            },
            "findings": [finding.as_json() for finding in findings],
            "compatibility": fit.as_json(),
            "complexity": grade.as_json(),
            "order": list(self._order()),
            "estimate": self.estimate.as_json(),
            "gotchas": list(self._gotchas({finding.check for finding in findings})),
            "left_behind": self.inventory.left_behind(),
            "not_restorable": list(
                dict.fromkeys(
                    sentence for name in ("", *targets) for sentence in destination.lasting(name)
                )
            ),
        }

    def _objects(self) -> Iterator[dict[str, Any]]:
        counts = self.roster.counts()
        for name in self.outlook.writes:
            obj, cost = self.mapping.objects[name], self.estimate.objects[name]
            yield {
                "object": name,
                "target": obj.target,
                "stream": obj.stream,
                **(counts.get(name) or dict.fromkeys(VERDICTS, 0)),
                "vanished": self.outlook.vanished[name],
                "calls": cost.writing.calls,
                "tokens": cost.writing.tokens,
                "read_calls": cost.reading.calls,
                "read_tokens": cost.reading.tokens,
            }

    def _calls_per_record(self, objects: list[dict[str, Any]]) -> float:
        records = sum(each["create"] + each["update"] for each in objects)
        return self.estimate.calls / records if records else 0.0

    def _files(self) -> dict[str, int]:
        files = self.outlook.files
        return {
            "count": files.count,
            "bytes": files.bytes,
            "too_large": files.too_large,
            "failed": files.failed,
        }

    def _predicted(self) -> Iterator[Finding]:
        """What the rehearsal has found, in the manner of the mapping's own checks."""
        for fault in self.outlook.faults:
            yield Finding(IMPOSSIBLE, "error", fault, "schema", 1)
        for refusal in self.roster.refusals_in_words("map", MOST_VALUES):
            yield Finding(
                "values without a counterpart",
                "error",
                f"{refusal.field}: {refusal.message} ({refusal.place})",
                refusal.object,
                refusal.records,
                [refusal.example],
            )
        for lost in self.roster.orphans(EXAMPLES):
            yield Finding(
                "orphans",
                "error",
                f"{lost.field} names a {lost.parent} that the source does not have, or that the "
                "mapping leaves out",
                lost.object,
                lost.records,
                list(lost.examples),
            )
        unread = self.work.journal.count_rejects(("object", "stream", "field", "rule"))
        for (name, stream, field, rule), count in unread.items():
            if not name:
                yield Finding(
                    "rows that cannot be read",
                    "error",
                    f"{field or 'the row'} breaks its schema: {rule}",
                    stream,
                    count,
                )
        for (name, text), count in self.outlook.findings.items():
            yield Finding("plan", "warning", text, name, count)

    def _cautions(self) -> Iterator[Finding]:
        """What this very account, and this machine, will do to the load by themselves."""
        try:
            self.work.journal.require_room(self.inventory.bytes)
        except JournalFullError as error:
            yield Finding("no room for the journal", "error", str(error), "", 1)
        destination = self.work.destination
        if not isinstance(destination, Cautious):
            return
        planned: Counter[str] = Counter()
        for name, writes in self.outlook.writes.items():
            planned[self.mapping.objects[name].target] += writes.created
        for each in destination.cautions(planned, self.outlook.files.to_send):
            where = each.object or self.work.identity.name
            yield Finding("account", each.severity, each.text, where, each.records)

    def _manifest(self, manifest: Manifest) -> dict[str, Any]:
        described = self.work.destination.describe(manifest.target)
        priorities = {
            custom.spec.name: custom.priority
            for custom in self.outlook.mapping.manifest()
            if custom.target == manifest.target
        }
        return {
            "target": manifest.target,
            "make": manifest.make[0] if manifest.make else "",
            "existing": manifest.existing,
            "missing": [
                {
                    "name": spec.name,
                    "type": spec.type,
                    "label": spec.label,
                    "priority": priorities[spec.name],
                    "options": list(spec.options),
                }
                for spec in (*manifest.missing, *manifest.optionless)
            ],
            "grown": [
                {"name": spec.name, "options": list(spec.options)} for spec in manifest.grown
            ],
            "conflicts": [
                {"name": name, "wanted": wanted, "there": there}
                for name, wanted, there in manifest.conflicts
            ],
            "dropped": [spec.name for spec in manifest.dropped],
            "room": described.custom_field_room,
        }

    def _order(self) -> Iterator[dict[str, Any]]:
        for name in self.mapping.order:
            obj, deferred = self.mapping.objects[name], self.mapping.deferred.get(name, frozenset())
            parents = {
                parent for ref in obj.refs if ref.field not in deferred for parent in ref.objects
            }
            yield {
                "object": name,
                "target": obj.target,
                "after": [each for each in self.mapping.order if each in parents],
                "deferred": sorted(deferred),
            }

    def _gotchas(self, found: set[str]) -> Iterator[dict[str, str]]:
        counts = {each["stream"]: each["records"] for each in self.inventory.streams}
        filled = {name for name, count in counts.items() if count}
        for gotcha in self.mapping.gotchas:
            if not gotcha.applies(found, filled):
                continue
            why = ""
            if gotcha.check is not None:
                why = self.mapping.checks[gotcha.check].say
            elif gotcha.stream is not None:
                why = f"{counts[gotcha.stream]:,} {gotcha.stream}"
            yield {"of": gotcha.of, "text": gotcha.text, "why": why}


def _spent(destination: Destination) -> Cost:
    spent = destination.spent()
    calls = spent.get("requests", 0)
    return Cost(calls, spent.get("tokens", calls))


def _people(people: People | None) -> dict[str, Any]:
    counts = dict.fromkeys(PEOPLE_VERDICTS, 0)
    if people is None:
        return {"counts": counts, "fallback": {"id": "", "name": "", "email": ""}, "rows": []}
    matches = [(name, match) for name, each in people.matches.items() for match in each]
    for _, match in matches:
        counts[match.verdict] += 1
    # Those that somebody has to look at first.
    matches.sort(key=lambda pair: pair[1].verdict == "matched")
    owner = people.fallback
    return {
        "counts": counts,
        "fallback": {"id": owner.id, "name": owner.name, "email": owner.email},
        "rows": [
            {"object": name, **match.as_json()} for name, match in islice(matches, MOST_PEOPLE)
        ],
    }
