"""The objects this target writes, as data: where they live, what they hold, what is compared.

From the published OpenAPI files (v2 for everything but notes, files and users, which exist in v1
only). A native field that the API answers but does not take is declared with ``create=False``.
What a field holds once it is emptied is the published default, where there is one. That null
empties links, dates and texts is published of some of them only; of the others it is a guess.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from target_pipedrive.choices import Choice, Choices
from target_pipedrive.composites import (
    Address,
    Attachment,
    Contacts,
    Html,
    Participants,
    Prices,
)
from target_pipedrive.forms import (
    Date,
    Flag,
    Instant,
    Number,
    Reference,
    Text,
    Time,
)
from target_pipedrive.table import Native, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

LONG_TEXT = 65_000
VISIBILITY = (1, 3, 5, 7)
"""1 owner, 3 owner's group (everybody on small plans), 5 group and subgroups, 7 everybody."""


def _visible_to() -> Native:
    return Native("visible_to", Number(integer=True, among=VISIBILITY), emptiable=False)


def _owner(name: str = "owner_id") -> Native:
    return Native(name, OWNER, emptiable=False)


def _labels() -> Native:
    # A guess: the label field's code in v2 is that of the record's key, or v1's.
    return Native("label_ids", Choices(open=True, custom=False), options=("label_ids", "label"))


OWNER = Reference(to="users")
ORGANIZATION = Reference(to="organizations")
PERSON = Reference(to="persons")
DEAL = Reference(to="deals")
PRODUCT = Reference(to="products")
LEAD = Reference(to="leads", numeric=False)
PROJECT = Reference(to="projects")
BILLING = ("one-time", "annually", "semi-annually", "quarterly", "monthly", "weekly")
NOTHING = Decimal(0)

NO_ADD_TIME = "Pipedrive sets it; keep the original moment in a custom field"

ORGANIZATIONS = Table(
    name="organizations",
    path="/api/v2/organizations",
    fields_path="/api/v2/organizationFields",
    custom=True,
    identity=("name",),
    fields=(
        Native("name", Text(255), required=True),
        _owner(),
        Native("add_time", Instant(), update=False),
        _visible_to(),
        _labels(),
        Native("address", Address()),
        Native("website", Text(255, kind="url")),
        Native("linkedin", Text(255, kind="url")),
        Native("industry", Choice(), options=("industry",)),
        Native("annual_revenue", Number(integer=True)),
        Native("employee_count", Number(integer=True)),
    ),
)

PERSONS = Table(
    name="persons",
    path="/api/v2/persons",
    fields_path="/api/v2/personFields",
    custom=True,
    identity=("name", "org_id"),
    fields=(
        Native("name", Text(255, one_space=True), required=True),
        Native("first_name", Text(255), create=False, update=False, advice="send 'name'"),
        Native("last_name", Text(255), create=False, update=False, advice="send 'name'"),
        _owner(),
        Native("org_id", ORGANIZATION),
        Native("add_time", Instant(), update=False),
        Native("emails", Contacts("email")),
        Native("phones", Contacts("phone")),
        _visible_to(),
        _labels(),
        Native(
            "marketing_status",
            Choice.of("no_consent", "unsubscribed", "subscribed", "archived"),
            emptiable=False,
        ),
        # The next five exist only once an account has set up its contact sync; else they give 403.
        Native("postal_address", Address()),
        Native("notes", Text(10_000, kind="long_text")),
        Native("im", Contacts("messenger")),
        Native("birthday", Date()),
        Native("job_title", Text(255)),
    ),
)

PRODUCTS = Table(
    name="products",
    path="/api/v2/products",
    fields_path="/api/v2/productFields",
    custom=True,
    identity=("name", "code"),
    fields=(
        Native("name", Text(255), required=True),
        Native("code", Text(255)),
        Native("description", Text(LONG_TEXT, kind="long_text")),
        Native("unit", Text(255)),
        Native("tax", Number(), empty=NOTHING),
        Native("category", Choice(), options=("category",)),
        _owner(),
        Native("is_linkable", Flag(), empty=True),
        _visible_to(),
        Native("prices", Prices()),
        Native("billing_frequency", Choice.of(*BILLING), empty=BILLING[0]),
        Native("billing_frequency_cycles", Number(integer=True)),
    ),
)

DEALS = Table(
    name="deals",
    path="/api/v2/deals",
    fields_path="/api/v2/dealFields",
    archive="/api/v2/deals/archived",
    custom=True,
    identity=("title", "org_id", "person_id"),
    fields=(
        Native("title", Text(255), required=True),
        _owner(),
        Native("person_id", PERSON),
        Native("org_id", ORGANIZATION),
        Native("pipeline_id", Reference(to="pipelines"), emptiable=False),
        Native("stage_id", Reference(to="stages"), emptiable=False),
        Native("value", Number(), empty=NOTHING, computed=True),  # the sum of its lines
        Native("currency", Text(3), emptiable=False),
        Native("status", Choice.of("open", "won", "lost"), emptiable=False),
        Native("probability", Number(least=0, most=100)),
        Native("lost_reason", Text(255), emptied_with="status"),
        _visible_to(),
        Native("close_time", Instant(), emptied_with="status"),
        Native("won_time", Instant(), emptiable=False, emptied_with="status"),
        Native("lost_time", Instant(), emptiable=False, emptied_with="status"),
        Native("expected_close_date", Date()),
        _labels(),
        Native("is_archived", Flag()),
        Native("archive_time", Instant(spaced=True), emptiable=False, emptied_with="is_archived"),
        Native("add_time", Instant(), create=False, update=False, advice=NO_ADD_TIME),
    ),
)

DEAL_PRODUCTS = Table(
    name="deal_products",
    path="/api/v2/deals/products",
    identity=("product_id", "item_price", "quantity"),
    fields=(
        Native("deal_id", DEAL, required=True, update=False),
        Native("product_id", PRODUCT, required=True),
        Native("item_price", Number(), required=True),
        Native("quantity", Number(), required=True),
        Native("tax", Number(), empty=NOTHING),
        Native("tax_method", Choice.of("exclusive", "inclusive", "none"), emptiable=False),
        Native("discount", Number(), empty=NOTHING),
        Native("discount_type", Choice.of("percentage", "amount"), empty="percentage"),
        Native("comments", Text(LONG_TEXT, kind="long_text", blank=True)),
        Native("is_enabled", Flag(), empty=True),
        Native("product_variation_id", Reference(to="product_variations")),
        Native("billing_frequency", Choice.of(*BILLING), empty=BILLING[0]),
        Native("billing_frequency_cycles", Number(integer=True)),
        Native("billing_start_date", Date()),
    ),
)

ACTIVITIES = Table(
    name="activities",
    path="/api/v2/activities",
    fields_path="/api/v2/activityFields",
    identity=("subject", "type", "due_date", "due_time", "deal_id", "org_id", "owner_id"),
    fields=(
        Native("subject", Text(255, blank=True)),
        Native("type", Choice(free=True), emptiable=False),
        _owner(),
        Native("deal_id", DEAL),
        Native("lead_id", LEAD),
        Native("org_id", ORGANIZATION),
        Native("project_id", PROJECT),
        Native(
            "person_id",
            PERSON,
            create=False,
            update=False,
            advice="it is the primary one of 'participants'; send those",
        ),
        Native("due_date", Date()),
        Native("due_time", Time()),
        Native("duration", Time()),
        Native("busy", Flag()),
        Native("done", Flag()),
        Native("location", Address()),
        Native("participants", Participants()),
        Native("public_description", Text(LONG_TEXT, kind="long_text")),
        Native("priority", Choice(), options=("priority",)),
        Native("note", Html()),
        Native("add_time", Instant(), create=False, update=False, advice=NO_ADD_TIME),
    ),
)

PARENTS = ("deal_id", "person_id", "org_id", "lead_id", "project_id")

NOTES = Table(
    name="notes",
    path="/v1/notes",
    update="PUT",
    identity=("content", *PARENTS, "task_id", "add_time"),
    parents=(*PARENTS, "task_id"),
    fields=(
        Native("content", Html(), required=True),
        Native("deal_id", DEAL),
        Native("person_id", PERSON),
        Native("org_id", ORGANIZATION),
        Native("lead_id", LEAD),
        Native("project_id", PROJECT),
        Native("task_id", Reference(to="tasks")),
        _owner("user_id"),
        Native("add_time", Instant(spaced=True), emptiable=False),
        Native("pinned_to_deal_flag", Flag(as_number=True)),
        Native("pinned_to_person_flag", Flag(as_number=True)),
        Native("pinned_to_organization_flag", Flag(as_number=True)),
        Native("pinned_to_lead_flag", Flag(as_number=True)),
        Native("pinned_to_project_flag", Flag(as_number=True)),
    ),
)

FILES = Table(
    name="files",
    path="/v1/files",
    update="PUT",
    page=100,
    identity=("file", *PARENTS, "product_id", "activity_id"),
    parents=(*PARENTS, "product_id", "activity_id"),
    fields=(
        Native("file", Attachment(), required=True, update=False),
        Native("deal_id", DEAL, update=False),
        Native("person_id", PERSON, update=False),
        Native("org_id", ORGANIZATION, update=False),
        Native("product_id", PRODUCT, update=False),
        Native("activity_id", Reference(to="activities"), update=False),
        Native("lead_id", LEAD, update=False),
        Native("project_id", PROJECT, update=False),
        Native("name", Text(255), emptiable=False),
        Native("description", Text(LONG_TEXT, kind="long_text", blank=True)),
        Native(
            "add_time",
            Instant(spaced=True),
            create=False,
            update=False,
            advice="Pipedrive sets it; keep the original moment in 'name' or 'description'",
        ),
    ),
)

TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        ORGANIZATIONS,
        PERSONS,
        PRODUCTS,
        DEALS,
        DEAL_PRODUCTS,
        ACTIVITIES,
        NOTES,
        FILES,
    )
}
