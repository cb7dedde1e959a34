"""Equal records have equal bytes and fingerprints, different ones have not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_transforms.canonical import decode, encode, fingerprint

text = st.text(st.characters(exclude_categories=["Cs"]))
numbers = st.integers(-(2**63), 2**64 - 1) | st.decimals(
    allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12
)
values = st.recursive(
    st.none() | st.booleans() | text | numbers,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=8,
)
parts = st.lists(st.binary(max_size=4), max_size=4)


@given(values)
def test_a_value_is_read_as_it_was_written(value: Any):
    assert decode(encode(value)) == value


@given(st.dictionaries(text, values, max_size=4))
def test_the_order_of_keys_does_not_matter(record: dict[str, Any]):
    assert encode(dict(reversed(record.items()))) == encode(record)


@given(parts, parts)
def test_different_parts_have_different_fingerprints(one: list[bytes], other: list[bytes]):
    assert (fingerprint(*one) == fingerprint(*other)) is (one == other)


@pytest.mark.parametrize(
    "number", ["0.1", "1e-7", "123456789012345678901234567890.5", "1.10", "-0.00"]
)
def test_decimals_stay_exact(number: str):
    decoded = decode(encode(Decimal(number)))
    assert decoded == Decimal(number)
    assert isinstance(decoded, Decimal)


@pytest.mark.parametrize("wrong", [b"", b"{", b"NaN", b"'a'"])
def test_what_is_no_json_is_refused(wrong: bytes):
    with pytest.raises(ValueError, match=r"."):
        decode(wrong)
