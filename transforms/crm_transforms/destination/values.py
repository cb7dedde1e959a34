"""Neutral values: what JSON can hold, with decimals kept exact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from decimal import Decimal

Value: TypeAlias = "bool | int | Decimal | str | list[Value] | dict[str, Value] | None"
Record: TypeAlias = Mapping[str, Value]
