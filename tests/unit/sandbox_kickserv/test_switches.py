"""The service's own switches: what the facts leave open, and what happens while a client reads."""

from __future__ import annotations

from itertools import chain

import pytest
from lxml import etree


def test_ignored_paging_sends_the_first_page_for_ever(client, sandbox):
    sandbox.switches.paging = False
    assert client.get("jobs.xml?page=2").content == client.get("jobs.xml").content


def test_a_row_deleted_while_reading_makes_a_naive_reader_skip_one(client, sandbox):
    """T-22"""
    truth = set(sandbox.source.ids("customers"))
    sandbox.switches.shifts = {"customers": ["delete"]}
    read = set(chain(*client.xml_pages("customers.xml")))
    deleted = truth - set(sandbox.source.ids("customers"))
    assert len(deleted) == 1
    assert len(truth - read) == 1
    assert not truth - read & deleted


def test_a_row_inserted_while_reading_newest_first_is_read_twice(client, sandbox):
    """T-22"""
    sandbox.switches.set(shifts={"jobs": ["insert"]}, xml_order="desc")
    read = list(chain(*client.xml_pages("jobs.xml")))
    assert len(read) == len(set(read)) + 1


def test_a_row_edited_while_reading_is_the_one_that_was_just_read(client, sandbox):
    """T-22"""
    sandbox.switches.shifts = {"jobs": ["edit"]}
    before = client.xml("jobs.xml")[0]
    after = client.xml("jobs.xml")[0]
    assert after.findtext("name") == f"{before.findtext('name')} (renamed)"
    assert after.findtext("updated-at") > before.findtext("updated-at")


def test_a_whole_second_of_imports_spans_page_borders(client):
    """T-22: the same updated_at on both sides of a border"""
    last = client.xml("customers.xml?page=1")[-1].findtext("updated-at")
    assert client.xml("customers.xml?page=2")[0].findtext("updated-at") == last


def test_extra_fields_appear_in_both_formats(client, sandbox):
    fields = {f"loyalty_{number}": f"tier {number}" for number in range(5000)}
    sandbox.switches.extra_fields = {"jobs": fields}
    assert client.xml("jobs/1.xml").findtext("loyalty-4999") == "tier 4999"
    assert client.json("jobs/1.json")["loyalty_0"] == "tier 0"


def test_an_entity_bomb_is_one(client, sandbox):
    """T-36: a few hundred bytes that stand for gigabytes"""
    sandbox.switches.xml_replaced_by = "entity_bomb"
    response = client.get("jobs.xml")
    assert response.headers["content-type"].startswith("application/xml")
    assert len(response.content) < 2_000
    with pytest.raises(etree.XMLSyntaxError, match=r"(?i)entity|amplification"):
        etree.fromstring(response.content)


def test_an_external_entity_asks_for_a_file(client, sandbox):
    """T-36"""
    sandbox.switches.xml_replaced_by = "external_entity"
    assert b'SYSTEM "file:///' in client.get("jobs.xml").content


def test_a_login_page_can_come_with_status_200(client, sandbox):
    sandbox.switches.xml_replaced_by = "login_page"
    response = client.get("jobs.xml")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")


def test_a_misspelt_switch_is_an_error(sandbox):
    with pytest.raises(ValueError, match="no such switch"):
        sandbox.switches.set(page_size=3)
