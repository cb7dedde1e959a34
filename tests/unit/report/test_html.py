"""The page: one file, harmless whatever it tells."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING, Any

import pytest
from lxml import html
from tests.unit.report import told
from tests.unit.report.business import ACCOUNT, NAMES

from crm_transforms.journal import Reject
from crm_transforms.report.collect import Report, collect
from crm_transforms.report.html import render
from crm_transforms.report.sections import SECTIONS

if TYPE_CHECKING:
    from crm_transforms.journal import Journal

EVIL = "</style></script><script>alert(1)</script><img src=x onerror=alert(2)>\0\ud800"


def page(journal: Journal, **more: Any) -> str:
    return render(collect(journal, "target-pipedrive", **more))


def document(text: str) -> Any:
    # The parser works on bytes; half a surrogate pair has none.
    return html.document_fromstring(text.encode(errors="backslashreplace").decode())


def words(element: Any) -> str:
    return " ".join(element.text_content().split())


@pytest.fixture
def whole(loaded: Journal) -> Journal:
    """A journal that has everything to tell."""
    told.tell(loaded)
    return loaded


def test_every_section_is_there_and_in_the_contents(whole: Journal) -> None:
    found = document(page(whole))
    assert [one.get("id") for one in found.iter("section")] == [one.name for one in SECTIONS]
    links = [link.get("href") for link in found.xpath("//nav//a")]
    assert links == [f"#{one.name}" for one in SECTIONS]


def test_what_is_not_there_yet_is_named_with_its_command(loaded: Journal) -> None:
    found = document(page(loaded))
    assert [one.get("id") for one in found.iter("section")] == [
        "summary",
        "rejects",
        "people",
        "audit",
        "missing",
    ]
    told_there = {
        words(item.find("strong")): words(item.find("code"))
        for item in found.xpath("//section[@id='missing']//li")
    }
    assert told_there == {
        one.title: f"target-pipedrive-migration {one.command}"
        for one in SECTIONS
        if one.missing and one.name != "people"
    }


def test_within_a_project_commands_are_meltanos(
    loaded: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MELTANO_ENVIRONMENT", "prod")
    assert "meltano invoke target-pipedrive:reconcile" in page(loaded)


def test_an_empty_journal_gives_a_page(journal: Journal) -> None:
    assert "Nothing has been read yet." in page(journal)


def test_whatever_the_data_holds_it_is_text(whole: Journal) -> None:
    whole.reject(
        [Reject("map", EVIL, EVIL, EVIL, EVIL, EVIL, EVIL, EVIL, EVIL, identity=ACCOUNT["id"])]
    )
    plan = told.plan()
    plan["account"]["url"] = "javascript:alert(1)"
    plan["gotchas"].append({"of": "source", "text": EVIL, "why": EVIL})
    whole.put(f"plan.{ACCOUNT['id']}", plan)
    text = page(whole)
    found = document(text)
    assert len(list(found.iter("script"))) == len(list(found.iter("style"))) == 1
    assert not list(found.iter("img"))
    assert not found.xpath("//*[@onerror or @onclick or @style]")
    assert not [link for link in found.iter("a") if not link.get("href").startswith("#")]
    assert "\0" not in text
    shown = words(found)
    assert "<img src=x onerror=alert(2)>␀" in shown
    assert NAMES[6] in shown


def test_nothing_but_our_own_style_and_script_may_have_effect(whole: Journal) -> None:
    found = document(page(whole))
    [policy] = found.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    for tag in ("style", "script"):
        [element] = found.iter(tag)
        digest = hashlib.sha256(element.text.encode()).digest()
        assert rules[f"{tag}-src"] == f"'sha256-{base64.b64encode(digest).decode()}'"


def test_nothing_is_loaded_from_anywhere(whole: Journal) -> None:
    found = document(page(whole))
    assert not found.xpath("//@src | //link | //iframe | //form/@action")
    [style] = found.iter("style")
    assert not re.search(r"url\(|@import", style.text)


def test_text_of_either_direction_is_kept_apart(whole: Journal) -> None:
    found = document(page(whole))
    isolated = {words(one) for one in found.iter("bdi")}
    assert {NAMES[1], NAMES[3], NAMES[8]} <= isolated


def test_every_table_has_headers_and_a_name(whole: Journal) -> None:
    found = document(page(whole))
    tables = list(found.iter("table"))
    assert tables
    for table in tables:
        assert table.getparent().get("role") == "region"
        assert table.getparent().get("aria-label")
        assert all(cell.get("scope") == "col" for cell in table.xpath(".//thead//th"))
        assert all(row.xpath("./th[@scope='row']") for row in table.xpath(".//tbody/tr"))


def test_ids_are_unique_and_what_is_referred_to_is_there(whole: Journal) -> None:
    found = document(page(whole))
    ids = found.xpath("//@id")
    assert len(ids) == len(set(ids))
    named = found.xpath("//@aria-labelledby | //@aria-describedby | //@data-filters | //@data-csv")
    links = [link.removeprefix("#") for link in found.xpath("//a/@href[starts-with(., '#')]")]
    assert {*named, *links} <= set(ids)


def test_long_values_are_cut_and_say_by_how_much(whole: Journal) -> None:
    sample = told.sample()
    sample["diff"][0]["fields"][0]["held"] = "x" * 70_000
    whole.put(f"sample.{sample['account']['id']}", sample)
    text = page(whole)
    assert "x" * 401 not in text
    assert "(69,600 more characters)" in text


def test_a_value_that_an_older_release_did_not_keep_is_left_out(whole: Journal) -> None:
    plan = told.plan()
    for line in plan["objects"]:
        del line["vanished"], line["read_calls"]
    del plan["estimate"]["days"], plan["complexity"]["title"], plan["inventory"]["files"]
    whole.put(f"plan.{ACCOUNT['id']}", plan)
    assert "What a load would do" in page(whole)


def test_a_sample_of_another_account_is_said_to_be_that(whole: Journal) -> None:
    found = document(page(whole))
    [note] = found.xpath("//section[@id='sample']/p[@class='note']")
    assert words(note) == "This was made in another account: Harbor & Pine (trial) (9000031)."


def test_an_approval_that_no_longer_holds_says_so(whole: Journal) -> None:
    approval = {**told.FIXED["approval"], "mapping_hash": "0" * 64}
    whole.put(f"approval.{ACCOUNT['id']}", approval)
    [note] = document(page(whole)).xpath("//section[@id='approval']/p[contains(@class, 'bad')]")
    assert "no longer holds" in words(note)


def test_a_load_under_way_is_told(whole: Journal) -> None:
    run = whole.begin_run("apply", "", ACCOUNT["id"])
    live = {"run_id": run, "object": "deal", "done": 1_200, "total": 3_410, "at": ""}
    whole.put("live", live)
    assert "A load is under way: deal, 1,200 of 3,410" in words(document(page(whole)))
    whole.end_run(run, 0, {})
    assert "A load is under way" not in page(whole)


def test_the_address_of_the_journal_is_not_in_it() -> None:
    report = Report("target-pipedrive", "kickserv", "pipedrive")
    assert "sqlite" not in render(report)
    assert "postgresql" not in render(report)
