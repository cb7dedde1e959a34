"""What ``docs/mapping-language.md`` says is true and complete."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from crm_transforms.destination import FIELD_TYPES
from crm_transforms.mapping import Mapping, audit_forms, document
from crm_transforms.mapping.coercion import canonical
from crm_transforms.mapping.complexity import MEASURES
from crm_transforms.mapping.functions import FUNCTIONS

PAGE = (Path(__file__).parents[3] / "docs" / "mapping-language.md").read_text(encoding="utf-8")
YAML = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
EXPRESSIONS = re.findall(r"^\| `([^|]+)` \| `(\{.*\})` \| `(.*)` \|$", PAGE, re.MULTILINE)
SECTIONS = {
    "The document": document.Document,
    "An object": document.ObjectModel,
    "Custom fields": document.CustomModel,
    "Checks": audit_forms.CheckModel,
    "Gotchas": audit_forms.GotchaModel,
    "What is left behind": audit_forms.LeftBehindModel,
}


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize("text", YAML)
def test_documents_on_the_page_load(text):
    example = Mapping.parse(text)
    assert example.order == ("owner", "worker", "company", "deal", "visit", "line")
    assert example.deferred == {"company": {"parent_id"}}


def test_the_example_uses_every_key_of_an_object():
    keys = {field.alias or name for name, field in document.ObjectModel.model_fields.items()}
    (text,) = YAML
    unused = {key for key in keys if not re.search(rf"\b{key}:", text)}
    assert unused == {"create", "vanished"}


@pytest.mark.parametrize(
    "model",
    [
        document.Document,
        audit_forms.CheckModel,
        audit_forms.GotchaModel,
        audit_forms.LeftBehindModel,
        audit_forms.EvidenceModel,
    ],
)
def test_the_example_uses_every_key_of_the_rest(model):
    (text,) = YAML
    assert all(re.search(rf"\b{name}:", text) for name in model.model_fields)


@pytest.mark.parametrize("title", SECTIONS)
def test_every_key_is_explained(title):
    explained = set(
        re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (.*)$", section(title), re.MULTILINE)))
    )
    fields = SECTIONS[title].model_fields
    assert {field.alias or name for name, field in fields.items()} <= explained


def test_every_field_type_is_named():
    assert ", ".join(f"`{name}`" for name in FIELD_TYPES) in section("Custom fields")


@pytest.mark.parametrize(("expression", "row", "result"), EXPRESSIONS)
def test_expressions_on_the_page_give_what_it_says(evaluate, expression, row, result):
    given = json.loads(row, parse_float=Decimal)
    assert canonical(evaluate(expression, given)) == json.loads(result, parse_float=Decimal)


def test_the_page_shows_enough_expressions():
    assert len(EXPRESSIONS) == section("Expressions").count("\n| `")


def test_the_functions_on_the_page_are_those_of_the_table():
    rows = [
        f"| `{each.signature}` | {each.doc} | `{each.example}` → `{each.result!r}` |"
        for each in FUNCTIONS.values()
    ]
    assert section("Functions").strip().splitlines()[-len(rows) :] == rows


def test_the_grades_on_the_page_are_those_of_the_table():
    rows = [
        f"| {each.input} | {each.name} | {' | '.join(f'{limit:,}' for limit in each.limits)} |"
        for each in MEASURES
    ]
    assert section("What is computed").strip().splitlines()[-len(rows) :] == rows
