"""Mapping documents: what of a source becomes what in a destination.

Pure functions; the only input beside their arguments is the document. The language is described in
``docs/mapping-language.md``.
"""

from crm_transforms.mapping.check import Check
from crm_transforms.mapping.compatibility import (
    Compatibility,
    CompatibilityRow,
    Score,
    compatibility,
)
from crm_transforms.mapping.complexity import Complexity, Figures, GradedInput, complexity
from crm_transforms.mapping.custom import CustomField, overflow_text
from crm_transforms.mapping.document import json_schema
from crm_transforms.mapping.gotcha import Gotcha
from crm_transforms.mapping.join import Join
from crm_transforms.mapping.left_behind import Evidence, LeftBehind
from crm_transforms.mapping.mapped_object import MappedObject
from crm_transforms.mapping.mapping import Mapping
from crm_transforms.mapping.problem import MappingError, Problem, RowError
from crm_transforms.mapping.references import RefField
from crm_transforms.mapping.value_map import ValueMap

__all__ = [
    "Check",
    "Compatibility",
    "CompatibilityRow",
    "Complexity",
    "CustomField",
    "Evidence",
    "Figures",
    "Gotcha",
    "GradedInput",
    "Join",
    "LeftBehind",
    "MappedObject",
    "Mapping",
    "MappingError",
    "Problem",
    "RefField",
    "RowError",
    "Score",
    "ValueMap",
    "compatibility",
    "complexity",
    "json_schema",
    "overflow_text",
]
