"""Small documents and expressions, compiled as the real ones are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from crm_transforms.mapping import MappedObject, Mapping
from crm_transforms.mapping.code import Code, Scope
from crm_transforms.mapping.expression import parse_expression

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping as MappingType

# Other work on the machine is no failure of ours.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

HEAD = "source: a\ndestination: b\nversion: 1\n"


@pytest.fixture(scope="session")
def evaluate() -> Callable[..., Any]:
    """Evaluate one expression over a row."""

    def evaluate(
        source: str,
        row: MappingType[str, Any] | None = None,
        joined: MappingType[str, Any] | None = None,
        parameters: MappingType[str, Any] | None = None,
    ) -> Any:
        joins = {name: isinstance(value, list) for name, value in (joined or {}).items()}
        code = Code(Scope(parameters or {}, joins))
        compiled = code.function(code.expression(parse_expression(source)), "<test>")
        return compiled(row or {}, joined or {})

    return evaluate


@pytest.fixture(scope="session")
def mapping() -> Callable[[str], Mapping]:
    """Read a document without its first three lines."""
    return lambda text: Mapping.parse(HEAD + text)


@pytest.fixture(scope="session")
def deal() -> Callable[..., MappedObject]:
    """Read a document that has one object, ``deal`` of ``jobs``, with these lines in it."""

    def deal(lines: str, head: str = "") -> MappedObject:
        body = "".join(f"    {line}\n" for line in lines.strip("\n").splitlines())
        text = f"{HEAD}{head}objects:\n  deal:\n    target: deals\n    from: jobs\n{body}"
        return Mapping.parse(text).objects["deal"]

    return deal
