"""Checks records against their stream's JSON Schema; faults are named, values never quoted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jsonschema_rs

DRAFT = jsonschema_rs.Draft7
"""What Singer schemas are written in: https://hub.meltano.com/singer/spec/#schema-message"""


def _refuse(uri: str) -> Any:
    """Schemas come from outside: what they refer to is neither fetched nor read."""
    raise ValueError(f"a reference to another document ({uri}) is not followed")


class SchemaError(ValueError):
    """The stream's schema is itself not valid."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a record is refused: the field (dotted), the schema's rule, a sentence."""

    field: str
    rule: str
    message: str


class RecordValidator:
    """One stream's schema, compiled."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self._schema = schema
        try:
            self._validator = jsonschema_rs.validator_for(
                {"$schema": "http://json-schema.org/draft-07/schema#", **schema},
                validate_formats=True,
                retriever=_refuse,
            )
        except (ValueError, jsonschema_rs.ValidationError) as error:
            raise SchemaError(f"the schema is not valid: {str(error).splitlines()[0]}") from error
        self.accepts = self._validator.is_valid

    def explain(self, record: dict[str, Any]) -> Fault:
        """Name the first fault of a record that :attr:`accepts` refused."""
        error = next(iter(self._validator.iter_errors(record)))
        path = ".".join(str(step) for step in error.instance_path)
        rule = str(error.schema_path[-1]) if error.schema_path else "schema"
        wanted: Any = self._schema
        for step in error.schema_path:
            try:
                wanted = wanted[step]
            except (KeyError, IndexError, TypeError):
                wanted = None
                break
        told = f"{rule} {wanted}" if isinstance(wanted, (str, int, float, list)) else rule
        return Fault(path, rule, f"the value breaks the schema's rule: {told}")
