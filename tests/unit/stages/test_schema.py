"""Custom fields: what is missing is made, by priority, and what is there is never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.singer.running import PatientClock
from tests.unit.stages.working import keep, mapping

from crm_transforms.canonical import decode
from crm_transforms.destination import SCHEMA, DestinationError, Kind, Status
from crm_transforms.stages.draft import Draft
from crm_transforms.stages.load import Loader
from crm_transforms.stages.schema import SchemaStage
from crm_transforms.stages.scope import ScopedRow, ScopeReader
from crm_transforms.stages.work import Work
from target_pipedrive.destination import PipedriveDestination

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.sandbox import Sandbox

    from crm_transforms.journal import Journal
    from crm_transforms.stages.manifest import Manifest

DOCUMENT = """
objects:
  organization:
    target: organizations
    from: customers
    key: {shop_id: id}
    fields: {name: name}
    custom:
      low: {type: text, value: low, priority: 10}
      high: {type: decimal, label: Height, value: high, priority: 90}
      kind: {type: choice, options: [Business, Private], value: kind, priority: 50}
      region: {type: choice, options: {stream: regions, value: name}, value: region, priority: 40}
      tag: {type: choice, open: true, value: tag, priority: 30}
    overflow: {field: more, label: More}
"""


class Roomy(PipedriveDestination):
    """An account whose plan leaves room for just so many fields."""

    room: int | None = None

    def _room(self) -> int | None:
        return self.room


@pytest.fixture
def destination(sandbox: Sandbox) -> Iterator[Roomy]:
    with Roomy(sandbox.pipedrive, clock=PatientClock()) as connected:
        yield connected


@pytest.fixture
def stage(journal: Journal, destination: Roomy) -> Callable[..., tuple[SchemaStage, Work]]:
    keep(journal, "customers", [{"id": "c1", "name": "Good"}])
    keep(journal, "regions", [{"id": str(n), "name": name} for n, name in enumerate("BAB")])

    def make(document: str = DOCUMENT, room: int | None = None) -> tuple[SchemaStage, Work]:
        destination.room = room
        compiled = mapping(document)
        run_id = journal.begin_run("load", compiled.hash, destination.identity().id)
        work = Work(journal, destination, compiled, destination.identity(), run_id)
        return SchemaStage(work, ScopeReader(journal), Loader(work)), work

    return make


def names(specs: Any) -> list[str]:
    return [spec.name for spec in specs]


def only(manifests: list[Manifest]) -> Manifest:
    (manifest,) = manifests
    return manifest


def test_what_is_missing_is_listed_by_priority(stage: Any) -> None:
    manifest = only(stage()[0].manifests())
    assert names(manifest.missing) == ["shop_id", "more", "high", "kind", "region", "low"]
    assert names(manifest.optionless) == ["tag"]
    assert (manifest.dropped, manifest.conflicts, manifest.existing) == ([], [], [])


def test_options_come_from_the_rows_of_another_stream(stage: Any) -> None:
    missing = {spec.name: spec for spec in only(stage()[0].manifests()).missing}
    assert sorted(missing["region"].options) == ["A", "B"]
    assert missing["kind"].options == ("Business", "Private")


@pytest.mark.parametrize(
    ("room", "kept", "dropped"),
    [
        (6, ["shop_id", "more", "high", "kind", "region", "low"], []),
        (4, ["shop_id", "more", "high", "kind"], ["region", "low"]),
        (2, ["shop_id", "more"], ["high", "kind", "region", "low"]),
    ],
)
def test_without_room_the_least_important_are_left_out(
    stage: Any, room: int, kept: list[str], dropped: list[str]
) -> None:
    manifest = only(stage(room=room)[0].manifests())
    assert names(manifest.missing) == kept
    assert names(manifest.dropped) == dropped


def test_what_was_left_out_is_known_to_the_plan_and_reported(stage: Any) -> None:
    schema, work = stage(room=4)
    schema.apply()
    assert list(work.dropped["organization"]) == ["region", "low"]
    (finding,) = work.findings.items()
    (name, sentence), count = finding
    assert (name, count) == ("organizations", 2)
    assert sentence.endswith("overflow field: region, low")


def test_applied_twice_nothing_is_made_twice(stage: Any, sandbox: Sandbox) -> None:
    stage()[0].apply()
    sandbox.requests.clear()
    schema, _ = stage()
    manifest = only(schema.apply())
    assert sorted(manifest.existing) == ["high", "kind", "low", "more", "region", "shop_id"]
    assert [request for request in sandbox.requests if request.method != "GET"] == []


def labels(sandbox: Sandbox, name: str) -> list[str]:
    fields = sandbox.crm.snapshot()["organizationFields"]
    (field,) = [each for each in fields if each["field_name"] == name]
    return [label for _, label in field["options"]]


def test_options_that_people_added_stay_and_ours_come_after(stage: Any, sandbox: Sandbox) -> None:
    sandbox.crm.human.add_field("organizations", "kind", "enum", "Theirs", "Private")
    manifest = only(stage()[0].apply())
    assert names(manifest.grown) == ["kind"]
    assert labels(sandbox, "kind") == ["Theirs", "Private", "Business"]


CONFLICT = "organizations.high: the mapping wants decimal, the account has text"


def test_a_field_of_another_type_stops_everything_before_a_write(
    stage: Any, sandbox: Sandbox
) -> None:
    sandbox.crm.human.add_field("organizations", "high", "varchar")
    sandbox.requests.clear()
    with pytest.raises(DestinationError, match=CONFLICT):
        stage()[0].apply()
    assert [request for request in sandbox.requests if request.method != "GET"] == []


def test_a_choice_without_options_is_made_when_records_bring_some(
    stage: Any, sandbox: Sandbox
) -> None:

    schema, work = stage()
    schema.apply()
    assert list(work.optionless["organization"]) == ["tag"]
    obj = work.mapping.objects["organization"]
    empty = Draft(ScopedRow("c1", {}, {}, []), "c1")
    schema.ensure(obj, [empty])
    assert list(work.optionless["organization"]) == ["tag"]
    tagged = Draft(ScopedRow("c1", {}, {}, []), "c1", desired={"tag": "VIP"})
    schema.ensure(obj, [empty, tagged])
    assert work.optionless["organization"] == {}
    assert labels(sandbox, "tag") == ["VIP"]


def drafts(*records: dict[str, Any]) -> list[Draft]:
    return [
        Draft(ScopedRow(f"c{n}", {}, {}, []), f"c{n}", desired=record)
        for n, record in enumerate(records)
    ]


@pytest.fixture
def tagged(stage: Any, destination: Roomy) -> tuple[SchemaStage, Work, Any]:
    """An account whose open choice has its first option."""
    schema, work = stage()
    destination.use({}, {"organizations": {"tag"}})
    schema.apply()
    obj = work.mapping.objects["organization"]
    schema.ensure(obj, drafts({"tag": "VIP"}))
    return schema, work, obj


def added(journal: Journal, work: Work) -> list[tuple[str, Any, Any, Any]]:
    """Key, verdict, options and what was there before, of each change of options."""
    return [
        (op.key, op.status, decode(op.fields)["options"], decode(op.before or b"null"))
        for op in journal.operations(identity=work.identity.id)
        if op.object == SCHEMA and op.kind is Kind.UPDATE
    ]


def test_options_that_records_bring_are_operations_that_know_what_was_there(
    tagged: Any, journal: Journal, sandbox: Sandbox
) -> None:
    schema, work, obj = tagged
    there = ["Customer", "Hot lead", "Warm lead", "Cold lead"]
    sandbox.requests.clear()
    schema.ensure(
        obj,
        drafts(
            {"tag": "VIP", "label_ids": ["Customer"]},
            {"tag": " Gold ", "label_ids": ["New", "Customer"]},
            {"tag": "Gold", "label_ids": ["Newer"], "kind": "Unheard of"},
            {"tag": "Silver"},
        ),
    )
    assert added(journal, work) == [
        (
            "organizations.label_ids",
            Status.LANDED,
            [*there, "New", "Newer"],
            {"options": there},
        ),
        ("organizations.tag", Status.LANDED, ["VIP", "Gold", "Silver"], {"options": ["VIP"]}),
    ]
    assert labels(sandbox, "tag") == ["VIP", "Gold", "Silver"]
    posted = [request for request in sandbox.requests if request.method != "GET"]
    assert len(posted) == 2
    sandbox.requests.clear()
    schema.ensure(obj, drafts({"tag": "Gold", "label_ids": ["New"]}))
    assert len(sandbox.requests) == 0


def test_a_field_that_was_there_before_us_is_adopted_and_ours_stays_ours(
    tagged: Any, journal: Journal
) -> None:
    schema, work, obj = tagged
    schema.ensure(obj, drafts({"tag": "Gold", "label_ids": ["New"]}))
    links = journal.links(
        SCHEMA, work.identity.id, ["organizations.tag", "organizations.label_ids"]
    )
    origins = {key: (link.origin, link.destination_id) for key, link in links.items()}
    assert origins["organizations.tag"][0] == "created"
    assert origins["organizations.label_ids"] == ("adopted", "organizations/label_ids")


def test_options_that_the_mapping_adds_know_what_was_there(
    stage: Any, journal: Journal, sandbox: Sandbox
) -> None:
    sandbox.crm.human.add_field("organizations", "kind", "enum", "Theirs", "Private")
    schema, work = stage()
    schema.apply()
    wanted = ["Theirs", "Private", "Business"]
    before = {"options": ["Theirs", "Private"]}
    assert added(journal, work) == [("organizations.kind", Status.LANDED, wanted, before)]


def test_a_label_that_no_option_can_have_is_left_to_its_record(
    tagged: Any, journal: Journal
) -> None:
    schema, work, obj = tagged
    schema.ensure(obj, drafts({"tag": "x" * 256}, {"tag": 7}, {"tag": "Gold"}))
    ((_, status, options, _),) = added(journal, work)
    assert (status, options) == (Status.LANDED, ["VIP", "Gold"])


def test_options_that_are_refused_are_no_reject_of_their_own(
    tagged: Any, journal: Journal, sandbox: Sandbox
) -> None:
    schema, work, obj = tagged
    body = '{"success":false,"error":"only admins may do this","code":"ERR_FORBIDDEN"}'
    sandbox.fault("server_error", "pipedrive", path="options", status=403, body=body)
    schema.ensure(obj, drafts({"tag": "Gold"}))
    assert [status for _, status, *_ in added(journal, work)] == [Status.REFUSED]
    assert list(journal.rejects()) == []
    assert work.tally(SCHEMA).rejected == 0
    ((name, sentence),) = [key for key in work.findings if key[0] == "organizations"]
    assert name == "organizations"
    assert "organizations.tag: only admins may do this" in sentence


@pytest.mark.parametrize("moment", ["before", "after"])
def test_options_in_silence_are_asked_about_and_added_once(
    tagged: Any, journal: Journal, sandbox: Sandbox, moment: str
) -> None:
    schema, work, obj = tagged
    work.sleep = lambda _: None
    sandbox.fault(f"reset_{moment}", "pipedrive", method="POST", path="options")
    schema.ensure(obj, drafts({"tag": "Gold"}))
    assert labels(sandbox, "tag") == ["VIP", "Gold"]
    verdicts = [status for _, status, *_ in added(journal, work)]
    assert verdicts == ([Status.ABSENT] if moment == "before" else []) + [Status.LANDED]


def test_options_that_nobody_answers_for_stop_the_run(
    tagged: Any, journal: Journal, sandbox: Sandbox
) -> None:
    schema, work, obj = tagged
    work.sleep = lambda _: None
    sandbox.fault("reset_before", "pipedrive", method="POST", path="options", times=None)
    with pytest.raises(DestinationError, match="nobody answers whether options were added"):
        schema.ensure(obj, drafts({"tag": "Gold"}))
    assert list(journal.rejects()) == []


def test_what_cannot_be_made_is_a_reject_that_names_the_field(
    stage: Any, journal: Journal, sandbox: Sandbox
) -> None:
    sandbox.fault("json_error_200", "pipedrive", method="POST", path="organizationFields$")
    with pytest.raises(DestinationError, match="organizations"):
        stage()[0].apply()
    (reject,) = journal.rejects()
    assert (reject.object, reject.key) == ("schema", "organizations.shop_id")
    assert reject.message == "something went wrong"
