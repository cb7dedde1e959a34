"""Values of standard picklists.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_standardvalueset.htm
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.sandbox.salesforce.metadata_types.component import NAMESPACE, Component, is_true, text_of
from tests.sandbox.salesforce.sobject import Option

if TYPE_CHECKING:
    from tests.sandbox.salesforce.org import Org

VALUE_SETS = {
    "AccountType": ("Account", "Type"),
    "CaseOrigin": ("Case", "Origin"),
    "CasePriority": ("Case", "Priority"),
    "CaseStatus": ("Case", "Status"),
    "CaseType": ("Case", "Type"),
    "EventType": ("Event", "Type"),
    "OpportunityStage": ("Opportunity", "StageName"),
    "OrderStatus": ("Order", "Status"),
    "TaskPriority": ("Task", "Priority"),
    "TaskStatus": ("Task", "Status"),
    "TaskType": ("Task", "Type"),
}


class StandardValueSet(Component):
    rank = 1

    def carry_out(self, org: Org) -> bool:
        if self.name not in VALUE_SETS:
            raise self.fail(
                f"Entity of type 'StandardValueSet' named '{self.name}' cannot be found"
            )
        sobject, name = VALUE_SETS[self.name]
        one = org.objects[sobject].fields[name]
        options = tuple(
            Option(text_of(value, "fullName"), is_true(value, "default"))
            for value in self.element.findall(f"{NAMESPACE}standardValue")
        )
        # Values that are not named stay, but cannot be chosen any more.
        kept = {option.value for option in options}
        gone = tuple(replace(each, active=False) for each in one.options if each.value not in kept)
        org.add_field(sobject, replace(one, options=(*options, *gone)))
        return False
