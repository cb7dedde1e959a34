"""The report, as somebody sees it who opens the file."""

from __future__ import annotations

import csv
import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.browser.reader import Reader
from tests.unit.report import samples, told
from tests.unit.report.business import NAMES
from tests.unit.report.conftest import opened

from crm_transforms.report.collect import collect
from crm_transforms.report.html import render
from crm_transforms.report.private import write_private
from crm_transforms.report.sections import SECTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

THEMES = ("light", "dark")
WIDTHS = (400, 760, 1400)
MOST_BYTES = 10_000_000
LARGE = 8.4
"""Times the business that the samples tell of: 200,000 records."""


def written(folder: Path, scale: float) -> Path:
    path = folder / "report.html"
    with opened(f"sqlite:///{folder / 'journal.db'}") as journal:
        with journal.lease("test"):
            samples.fill(journal, 0.1)
            if scale > 0.1:
                samples.load(journal, scale)
            told.tell(journal)
        write_private(path, render(collect(journal, "target-pipedrive")))
    return path


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("report"), 0.1)


@pytest.fixture
def reader(browser: Browser, path: Path) -> Iterator[Reader]:
    with Reader.of(browser, path) as one:
        yield one


def test_it_opens_without_a_complaint_and_asks_for_nothing(reader: Reader) -> None:
    reader.page.wait_for_load_state("networkidle")
    assert (reader.complaints, reader.requests) == ([], [])


def test_every_section_is_to_be_seen(reader: Reader) -> None:
    for section in SECTIONS:
        assert reader.page.locator(f"#{section.name} h2").is_visible(), section.name


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_stands_out_of_the_window(browser: Browser, path: Path, width: int) -> None:
    with Reader.of(browser, path, width) as reader:
        assert reader.overflow == 0
        reader.page.evaluate("document.querySelectorAll('details').forEach((e) => e.open = true)")
        assert reader.overflow == 0


@pytest.mark.parametrize("theme", THEMES)
def test_text_is_readable_in_either_theme(browser: Browser, path: Path, theme: str) -> None:
    with Reader.of(browser, path, color_scheme=theme) as reader:
        assert reader.weak_text == []


def test_the_theme_is_the_systems_until_somebody_chooses(browser: Browser, path: Path) -> None:
    grounds = {}
    for theme in THEMES:
        with Reader.of(browser, path, color_scheme=theme) as reader:
            grounds[theme] = reader.style(":root", "backgroundColor")
            reader.page.locator("#theme").click()
            grounds[f"not {theme}"] = reader.style(":root", "backgroundColor")
            reader.page.reload()
            root = reader.page.locator(":root")
            expect(root).to_have_css("background-color", grounds[f"not {theme}"])
    assert grounds["light"] == grounds["not dark"] != grounds["dark"] == grounds["not light"]


def test_rejects_are_filtered_by_kind_object_and_words(reader: Reader) -> None:
    page, rows = reader.page, "#reject-rows tr"
    form = page.locator("form[data-filters=reject-rows]")
    every = reader.shown(rows)
    form.locator("select[name=kind]").select_option("waiting")
    waiting = reader.shown(rows)
    assert 0 < waiting < every
    assert waiting == page.locator(f"{rows}[data-kind=waiting]").count()
    assert form.locator("output").inner_text() == f"{waiting} of {every} rejects shown"
    form.locator("select[name=object]").select_option("note")
    assert 0 < reader.shown(rows) < waiting
    form.locator("input").fill("no such words")
    assert reader.shown(rows) == 0
    form.locator("button[type=reset]").click()
    expect(form.locator("output")).to_have_text(f"{every} of {every} rejects shown")
    assert reader.shown(rows) == every


def test_the_sample_is_filtered_by_object_verdict_and_words(reader: Reader) -> None:
    page, records = reader.page, "#diff > details"
    form = page.locator("form[data-filters=diff]")
    every = reader.shown(records)
    form.locator("select[name=object]").select_option("deal")
    deals = reader.shown(records)
    assert 0 < deals < every
    form.locator("select[name=verdict]").select_option("different")
    assert 0 < reader.shown(records) < deals
    rows = "#diff tbody tr"
    assert reader.shown(rows) == reader.shown(f"{rows}[data-verdict=different]") > 0
    form.locator("button[type=reset]").click()
    expect(form.locator("output")).to_have_text(f"{every} of {every} records shown")
    form.locator("input").fill("שירותי")
    assert 0 < reader.shown(records) < every


def test_filters_work_from_the_keyboard(reader: Reader) -> None:
    page, records = reader.page, "#diff > details"
    every = reader.shown(records)
    form = page.locator("form[data-filters=diff]")
    form.locator("select[name=object]").focus()
    page.keyboard.press("ArrowDown")
    assert 0 < reader.shown(records) < every
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("no such words")
    assert reader.shown(records) == 0
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(form.locator("output")).to_have_text(f"{every} of {every} records shown")


def test_all_records_of_the_sample_open_and_close_at_once(reader: Reader) -> None:
    button = reader.page.locator("[data-open=diff]")
    button.click()
    assert reader.page.locator("#diff > details:not([open])").count() == 0
    button.click()
    assert reader.page.locator("#diff > details[open]").count() == 0


def test_what_is_shown_is_saved_as_csv_that_no_spreadsheet_computes(
    reader: Reader, tmp_path: Path
) -> None:
    page = reader.page
    page.locator("form[data-filters=diff] input").fill("HYPERLINK")
    with page.expect_download() as download:
        page.locator("[data-csv=diff]").click()
    saved = tmp_path / "diff.csv"
    download.value.save_as(saved)
    with saved.open(encoding="utf-8-sig", newline="") as lines:
        head, *rows = csv.reader(lines)
    assert head == ["Record", "Field", "Source", "Mapped", "In the destination", "Verdict"]
    assert f"'{NAMES[5]}" in {row[3] for row in rows}
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_the_contents_tell_where_one_reads(reader: Reader) -> None:
    page = reader.page
    page.locator(".contents a[href='#inventory']").click()
    page.locator(".contents a[href='#inventory'][aria-current=true]").wait_for()
    assert page.locator(".contents [aria-current]").count() == 1


def test_the_contents_are_folded_where_room_is_short(browser: Browser, path: Path) -> None:
    with Reader.of(browser, path, 400) as reader:
        assert not reader.page.locator(".contents a").first.is_visible()
        reader.page.locator(".contents summary").click()
        assert reader.page.locator(".contents a").first.is_visible()


def test_on_paper_there_are_no_controls_and_all_is_on_white(browser: Browser, path: Path) -> None:
    with Reader.of(browser, path, color_scheme="dark") as reader:
        page = reader.page
        page.emulate_media(media="print")
        for controls in (".filters", ".buttons", ".contents"):
            assert reader.shown(controls) == 0
        assert reader.style(":root", "backgroundColor") == "rgb(255, 255, 255)"
        assert {reader.style(".tall", name) for name in ("overflowY", "maxHeight")} == {
            "visible",
            "none",
        }
        assert reader.weak_text == []


def test_on_paper_what_matters_is_unfolded(reader: Reader) -> None:
    page = reader.page
    folded = page.locator("details[data-print]:not([open])")
    before = folded.count()
    assert before > 0
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert folded.count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert folded.count() == before


def test_nobody_who_dislikes_motion_gets_any(browser: Browser, path: Path) -> None:
    with Reader.of(browser, path, reduced_motion="reduce") as reader:
        assert reader.style(":root", "scrollBehavior") == "auto"
        assert reader.style(".flow .band", "transitionDuration") == "0s"


def test_without_scripts_everything_is_there_but_the_controls(browser: Browser, path: Path) -> None:
    with Reader.of(browser, path, java_script_enabled=False) as reader:
        assert reader.page.locator("#diff > details").count() == 24
        for controls in (".filters", ".buttons"):
            assert reader.shown(controls) == 0


def test_200_000_records_make_a_small_file_that_opens_at_once(
    browser: Browser, tmp_path: Path
) -> None:
    path = written(tmp_path, LARGE)
    assert path.stat().st_size < MOST_BYTES
    started = time.monotonic()
    with Reader.of(browser, path) as reader:
        assert reader.page.locator(".headline").inner_text().startswith("20")
        assert reader.complaints == []
    assert time.monotonic() - started < 10
