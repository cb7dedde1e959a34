"""Objects that the mapping makes: with their fields, once, and removed only when empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.unit.stages.undoing import DOCUMENT, told

from crm_transforms.destination import FieldSpec
from crm_transforms.stages.dry_run import DryRun
from crm_transforms.stages.load import Loader
from crm_transforms.stages.roster import Roster
from crm_transforms.stages.schema import SchemaStage
from crm_transforms.stages.scope import ScopeReader

if TYPE_CHECKING:
    from tests.unit.stages.undoing import Migration

VISITS = (
    DOCUMENT
    + """
  visit:
    make: {label: Visit, plural: Visits}
    target: visits
    from: contacts
    key: {shop_id: id}
    fields: {name: name}
    custom:
      company_id: {type: reference, ref: company, of: company_id}
"""
)


def test_an_object_is_made_with_its_fields_before_its_records(migration: Migration) -> None:
    migration.document = VISITS
    migration.load()
    assert migration.there.sizes()["visits"] == 6
    assert set(migration.there.custom["visits"]) == {"shop_id", "company_id"}
    kinds = [kind for kind, name, _ in migration.there.commits if name == "schema"]
    assert kinds == ["create"] * 7


def test_an_object_that_is_there_is_not_made_again(migration: Migration) -> None:
    migration.document = VISITS
    migration.load()
    migration.there.commits.clear()
    migration.load(force=True)
    assert [name for _, name, _ in migration.there.commits if name == "schema"] == []


def test_a_rehearsal_counts_with_an_object_that_is_not_there_yet(migration: Migration) -> None:
    migration.document = VISITS
    with Roster() as roster:
        outlook = DryRun(migration.work("plan"), roster).run()
    assert outlook.writes["visit"].created == 6
    (manifest,) = [one for one in outlook.manifests if one.target == "visits"]
    assert manifest.make == ("Visit", "Visits")
    assert "visits" not in migration.there.tables


def test_a_rollback_takes_the_object_away_with_its_fields(migration: Migration) -> None:
    before = migration.there.state()
    migration.document = VISITS
    migration.load()
    report = migration.undo()
    assert report.kept == []
    assert migration.there.state() == before


def test_an_object_that_holds_records_of_others_stays(migration: Migration) -> None:
    migration.document = VISITS
    migration.load()
    migration.there.put("visits", name="a person's own")
    report = migration.undo()
    assert ("schema", "visits", "") in told(report)
    assert migration.there.sizes()["visits"] == 1


def test_what_is_wanted_is_told_as_it_would_be_made(migration: Migration) -> None:
    migration.document = VISITS
    work = migration.work("schema")
    manifests = SchemaStage(work, ScopeReader(work.journal), Loader(work)).manifests()
    (visits,) = [one for one in manifests if one.target == "visits"]
    assert FieldSpec("shop_id", "text", custom=True) in visits.missing
