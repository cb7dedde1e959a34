"""How streams fit objects, as the document says it and nobody else."""

from __future__ import annotations

import json

import pytest

from crm_transforms.mapping import Mapping, compatibility


@pytest.fixture
def rows(mapping):
    """The rows of a document by source: targets, cardinality, support, note."""

    def rows(text):
        return {
            row.source: (row.targets, row.cardinality, row.support, row.note)
            for row in compatibility(mapping(text)).rows
        }

    return rows


def test_a_stream_that_gives_one_record_a_row_is_one_to_one(rows):
    assert rows("objects: {note: {target: notes, from: remarks, fields: {a: b}}}") == {
        "remarks": (("notes",), "1:1", "supported", "")
    }


def test_custom_fields_are_needed_where_the_document_declares_some(rows):
    text = "objects: {a: {target: t, from: s, %s}}"
    kinds = ["key: {k: id}", "custom: {c: {type: text, value: v}}", "overflow: {field: more}"]
    assert {rows(text % kind)["s"][2] for kind in kinds} == {"needs custom fields"}


def test_people_are_matched(rows):
    found = rows("objects: {o: {target: users, from: staff, match: {email: e}, people: true}}")
    assert found["staff"] == (
        ("users",), "matched", "supported", "o: found by email, never made",
    )  # fmt: skip


def test_records_that_may_be_there_already_are_one_to_one_with_a_note(rows):
    found = rows("objects: {p: {target: t, from: s, match: {n: n, p: p}, create: true}}")
    assert found["s"] == (("t",), "1:1", "supported", "p: found by n and p, else made")


def test_several_objects_of_one_stream_are_one_to_many(rows):
    found = rows("objects: {a: {target: t, from: s}, b: {target: u, from: s}}")
    assert found["s"] == (("t", "u"), "1:n", "supported", "")


def test_elements_of_a_column_are_one_to_many(rows):
    found = rows("objects: {a: {target: t, from: s, each: images, key: item.id}}")
    assert found["s"] == (("t",), "1:n", "supported", "a: one for each element of a row")


def test_elements_of_a_join_belong_to_the_stream_that_is_joined(rows):
    found = rows(
        "objects:\n"
        "  deal: {target: deals, from: jobs}\n"
        "  line:\n"
        "    target: lines\n"
        "    from: jobs\n"
        "    with: {charges: {stream: job_charges, on: job_id}}\n"
        "    each: charges\n"
        "    key: join('-', id, item.id)\n"
        "    fields: {deal_id: {ref: deal, of: id}, price: item.price}\n"
    )
    assert found == {
        "jobs": (("deals",), "1:1", "supported", "also read for line (deal_id)"),
        "job_charges": (("lines",), "1:1", "supported", ""),
    }


def test_what_is_only_joined_is_folded(rows):
    found = rows(
        "objects:\n"
        "  deal:\n"
        "    target: deals\n"
        "    from: jobs\n"
        "    with:\n"
        "      time:\n"
        "        {stream: hours, on: job_id, with: {worker: {stream: staff, of: staff_id}}}\n"
        "      site: {stream: sites, of: site_id}\n"
        "      unused: {stream: idle, of: idle_id}\n"
        "    fields: {city: site.city}\n"
        "    custom: {who: {type: text, value: 'join(\"\", [t.worker.name for t in time])'}}\n"
        "  task: {target: tasks, from: visits, with: {site: {stream: sites, of: s}}}\n"
    )
    assert found["hours"] == (
        ("deals",), "n:1", "needs custom fields", "goes into deal (who)",
    )  # fmt: skip
    assert found["staff"] == found["hours"]
    assert found["sites"] == (
        ("deals", "tasks"), "n:1", "supported", "goes into deal (city), task",
    )  # fmt: skip
    assert found["idle"] == (("deals",), "n:1", "supported", "goes into deal")


def test_a_mapped_stream_that_is_joined_elsewhere_has_a_note_and_no_second_row(rows):
    found = rows(
        "objects:\n"
        "  a: {target: t, from: s}\n"
        "  b: {target: u, from: r, with: {j: {stream: s, of: x}}, fields: {c: j.c}}\n"
    )
    assert found["s"] == (("t",), "1:1", "supported", "also read for b (c)")


def test_a_stream_that_names_options_is_folded_into_its_field(rows):
    found = rows(
        "objects: {a: {target: t, from: s, custom: {c: {type: choice, value: v, "
        "options: {stream: kinds, value: name}}}}}"
    )
    assert found["kinds"] == (("t",), "n:1", "needs custom fields", "goes into a (c)")


def test_what_is_left_behind_is_documented_if_the_document_says_so(rows):
    found = rows(
        "objects: {one: {target: t, key: \"'1'\"}}\n"
        "left_behind: {roles: By hand., books: {text: Kept., documented: true}}\n"
    )
    assert found == {
        "roles": ((), "", "left behind", "By hand."),
        "books": ((), "", "documented only", "Kept."),
    }


def test_streams_that_are_only_looked_at_are_no_rows(rows):
    found = rows(
        "objects: {a: {target: t, from: s}}\nchecks: {c: {stream: other, over: 1, say: t}}\n"
    )
    assert list(found) == ["s"]


def test_the_score_counts_from_both_sides(mapping):
    found = compatibility(
        mapping(
            "objects:\n"
            "  owner: {target: users, from: staff, match: {email: e}, people: true}\n"
            "  note: {target: notes, from: remarks, fields: {a: b}}\n"
            "  deal: {target: deals, from: jobs, key: {k: id},\n"
            "         with: {time: {stream: hours, on: job_id}}}\n"
            "  photo: {target: files, from: photos}\n"
            "  image: {target: files, from: papers, each: images, key: item}\n"
            "left_behind: {roles: By hand., books: {text: Kept., documented: true}}\n"
        )
    )
    score = found.score
    assert (score.objects, score.one_to_one, score.one_to_many) == (8, 3, 1)
    assert (score.many_to_one, score.matched, score.needs_custom_fields) == (1, 1, 1)
    assert (score.documented_only, score.left_behind) == (1, 1)
    assert (score.destination_objects, score.need_mapping) == (4, 3)
    told = json.loads(json.dumps(found.as_json()))
    assert told == found.as_json()
    assert told["rows"][0]["targets"] == ["users"]
    assert told["score"]["one_to_one"] == 3


@pytest.mark.parametrize("name", Mapping.shipped())
def test_every_row_of_what_is_shipped_is_counted_once(name):
    document = Mapping.load(name)
    found = compatibility(document)
    score, sources = found.score, [row.source for row in found.rows]
    assert len(set(sources)) == len(sources) == score.objects
    carried = score.one_to_one + score.one_to_many + score.many_to_one + score.matched
    assert carried + score.documented_only + score.left_behind == score.objects
    assert {row.source for row in found.rows if row.targets} <= document.streams
    assert set(sources[-len(document.left_behind) :]) == set(document.left_behind)
