"""Objects that the parameters of a document leave out, and those that it makes."""

from __future__ import annotations

import pytest

from crm_transforms.mapping import Mapping, MappingError

DOCUMENT = """
source: shop
destination: crm
version: 1
parameters: {{jobs_as: {jobs_as}}}
objects:
  ticket: {{when: jobs_as == "ticket", target: tickets, from: jobs, fields: {{name: name}}}}
  work:
    when: jobs_as == "work"
    make: {{label: Work, plural: Works}}
    target: works
    from: jobs
    key: {{source_id: id}}
    fields: {{name: name}}
  note:
    target: notes
    from: notes
    fields:
      text: note
      parent: {{ref: [ticket, work], of: [job_id, job_id]}}
    custom:
      ticket_id: {{type: reference, ref: ticket, of: job_id}}
      work_id: {{type: reference, ref: work, of: job_id}}
"""


def document(jobs_as: str) -> Mapping:
    return Mapping.parse(DOCUMENT.format(jobs_as=jobs_as))


@pytest.mark.parametrize("chosen", ["ticket", "work"])
def test_an_object_whose_condition_is_false_is_no_part_of_the_mapping(chosen: str) -> None:
    mapping = document(chosen)
    assert mapping.order == (chosen, "note")
    note = mapping.objects["note"]
    keys = note.ref_keys({"id": 1, "job_id": 7}, {})
    assert keys["parent"] == ((chosen, "7"),)
    assert {name for ref in note.refs for name in ref.objects} == {chosen}


def test_references_to_what_is_left_out_ask_for_no_custom_field() -> None:
    names = {custom.spec.name for custom in document("work").objects["note"].custom}
    assert names == {"work_id"}
    assert "ticket_id" not in document("work").objects["note"].field_names


def test_only_what_is_part_of_the_mapping_is_made() -> None:
    assert document("work").makes() == {"works": ("Work", "Works")}
    assert document("ticket").makes() == {}


def test_choosing_otherwise_changes_what_refers_to_it() -> None:
    one, other = document("ticket"), document("work")
    assert one.objects["note"].hash != other.objects["note"].hash


@pytest.mark.parametrize(
    "told", ["ref: [ticket, work], of: [job_id, job_id]", "ref: ticket, of: job_id"]
)
def test_a_required_reference_to_what_is_left_out_is_a_problem(told: str) -> None:
    text = DOCUMENT.format(jobs_as="neither").replace(told, f"{told}, required: true")
    with pytest.raises(MappingError, match='left out of the mapping by its "when"'):
        Mapping.parse(text)


def test_the_condition_knows_parameters_and_no_columns() -> None:
    text = DOCUMENT.format(jobs_as="ticket").replace('jobs_as == "work"', "status == 5")
    with pytest.raises(MappingError, match='"status" is unknown here'):
        Mapping.parse(text)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ("unmatched: nobody", 'no object "nobody" of people'),
        ("unmatched: ticket", 'no object "ticket" of people'),
        ("unmatched: owner", 'must be made of the rows of "owner"'),
    ],
)
def test_unmatched_needs_an_object_of_people_of_the_same_stream(told: str, why: str) -> None:
    owner = "  owner: {target: users, from: employees, match: {email: email}, people: true}\n"
    text = DOCUMENT.format(jobs_as="ticket") + owner
    text = text.replace("    target: notes\n", f"    target: notes\n    {told}\n")
    with pytest.raises(MappingError, match=why):
        Mapping.parse(text)
