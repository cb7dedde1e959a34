"""What Salesforce's metadata looks like, as data.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/
(customfield.htm, customobject.htm, meta_permissionset.htm, standardvalueset_names.htm)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_salesforce.wanted_field import LONG_LENGTH, TEXT_LENGTH

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"

PERMISSION_SET = "Migration_Access"
PERMISSION_SET_LABEL = "Migration access"

LONGEST_NAME = 40
"""Before ``__c``."""
LONGEST_LABEL = 40
LONGEST_OPTION = 255
MOST_OPTIONS = 1_000
"""https://help.salesforce.com/s/articleView?id=platform.picklist_limitations.htm"""
LONGEST_TEXT = 131_072
SHORTEST_LONG_TEXT = 256
PRECISION = 18
MOST_SCALE = 17
LONG_TEXT_BUDGET = 1_638_400
"""Characters that all long texts of an object may hold together."""

TYPES: Mapping[str, str] = {
    "text": "Text",
    "long_text": "LongTextArea",
    "html": "Html",
    "integer": "Number",
    "decimal": "Number",
    "money": "Currency",
    "boolean": "Checkbox",
    "date": "Date",
    "time": "Time",
    "datetime": "DateTime",
    "choice": "Picklist",
    "choices": "MultiselectPicklist",
    "email": "Email",
    "phone": "Phone",
    "url": "Url",
    "address": "LongTextArea",
    "list": "LongTextArea",
    "reference": "Lookup",
}
"""By neutral type."""

LENGTHS: Mapping[str, int] = {"Text": TEXT_LENGTH, "LongTextArea": LONG_LENGTH, "Html": LONG_LENGTH}
VISIBLE_LINES: Mapping[str, int] = {"LongTextArea": 3, "Html": 25, "MultiselectPicklist": 4}
SCALES: Mapping[str, int] = {"integer": 0, "decimal": 2, "money": 2}

ACTIVITY_TYPES: Mapping[str, str] = {"LongTextArea": "TextArea", "Html": "TextArea"}
"""Activities have no long texts; theirs hold 255 characters. Text fields of them may be unique and
external ids, cases told apart, as orgs show that publish their metadata
(https://github.com/EndritSino/todotasks-batch-api-call-project,
objects/Activity/fields/External_Id__c.field-meta.xml)."""

NOT_UNIQUE = frozenset({"ContentVersion"})
"""Objects whose key is an external id, but may be there twice: who uploads a new version of a file
takes its fields over, and would be stopped (a guess: of public metadata none has it unique)."""

OBJECT_SETTINGS: Mapping[str, str] = {
    "allowInChatterGroups": "false",
    "deploymentStatus": "Deployed",
    # Tasks and events hang on it:
    "enableActivities": "true",
    # These three are the same or the deploy fails:
    "enableBulkApi": "true",
    "enableFeeds": "false",
    "enableHistory": "true",
    "enableReports": "true",
    "enableSearch": "true",
    "enableSharing": "true",
    "enableStreamingApi": "true",
}
SHARING = "ReadWrite"

VALUE_SETS: Mapping[tuple[str, str], str] = {
    ("Account", "AccountSource"): "LeadSource",
    ("Account", "Industry"): "Industry",
    ("Account", "Ownership"): "AccountOwnership",
    ("Account", "Rating"): "AccountRating",
    ("Account", "Type"): "AccountType",
    ("Asset", "Status"): "AssetStatus",
    ("Case", "Origin"): "CaseOrigin",
    ("Case", "Priority"): "CasePriority",
    ("Case", "Reason"): "CaseReason",
    ("Case", "Status"): "CaseStatus",
    ("Case", "Type"): "CaseType",
    ("Contact", "LeadSource"): "LeadSource",
    ("Contact", "Salutation"): "Salutation",
    ("Contract", "Status"): "ContractStatus",
    ("Event", "Subject"): "EventSubject",
    ("Event", "Type"): "EventType",
    ("Lead", "Industry"): "Industry",
    ("Lead", "LeadSource"): "LeadSource",
    ("Lead", "Status"): "LeadStatus",
    ("Opportunity", "LeadSource"): "LeadSource",
    ("Opportunity", "StageName"): "OpportunityStage",
    ("Opportunity", "Type"): "OpportunityType",
    ("OpportunityContactRole", "Role"): "ContactRole",
    ("Order", "Status"): "OrderStatus",
    ("Order", "Type"): "OrderType",
    ("Product2", "Family"): "Product2Family",
    ("Task", "Priority"): "TaskPriority",
    ("Task", "Status"): "TaskStatus",
    ("Task", "Subject"): "TaskSubject",
    ("Task", "Type"): "TaskType",
}
"""The value sets of Salesforce's own picklists."""

WITH_MEANING = frozenset(
    {
        "AssetStatus",
        "CasePriority",
        "CaseStatus",
        "ContractStatus",
        "LeadStatus",
        "OpportunityStage",
        "OrderStatus",
        "TaskPriority",
        "TaskStatus",
    }
)
"""Sets whose values say more than their label (closed, won, converted …), which no describe tells:
without the Tooling API's word on them they are left alone."""

NO_ROOM_WORDS = ("maximum number of custom fields", "maximum number of fields")
