"""Customers, their contacts and their places."""

from __future__ import annotations

from typing import ClassVar

from tap_kickserv.fields import (
    anything,
    boolean,
    custom_slots,
    decimal,
    instant,
    integer,
    text,
)
from tap_kickserv.stream import KickservStream

_QUICKBOOKS = "kept for QuickBooks"


class Customers(KickservStream):
    """Everyone that work is done for: companies, private persons, and their further sites."""

    name = "customers"
    page = "customers/{customer_number}"
    glue: ClassVar = {"tax_entity": {"tax_id": "id"}}
    fields = (
        integer("id", "Internal id, unique across accounts; `customer_id` elsewhere."),
        integer("customer_number", "Number within the account, shown in the web app."),
        integer("account_id", "The account that owns the record."),
        integer("parent_id", "Id of the customer that this one is a site or branch of."),
        integer("sublevel", "How deep the customer stands below its parents."),
        text("name", "Name under which the customer is listed."),
        text("full_name", "Name with the parents' names before it, colon-separated."),
        boolean("company", "Whether this is a business and not a private person."),
        text("company_name", "Company's name; filled for private persons too."),
        text("first_name", "First name of the person."),
        text("last_name", "Last name of the person."),
        boolean("is_active", "Whether the customer is in use."),
        text("origin", "How the record came to be, e.g. manual."),
        text("phone_number", "Main phone, as entered in the web app."),
        text("alt_phone_number", "Second phone, as entered in the web app."),
        text("fax", "Fax number."),
        text("email_address", "E-mail address, as entered in the web app."),
        text("phone", f"Phone {_QUICKBOOKS}."),
        text("mobile", f"Mobile phone {_QUICKBOOKS}."),
        text("pager", f"Pager {_QUICKBOOKS}."),
        text("alt_phone", f"Second phone {_QUICKBOOKS}."),
        text("email", f"E-mail address {_QUICKBOOKS}."),
        text("contact", f"Contact person {_QUICKBOOKS}."),
        text("alt_contact", f"Second contact person {_QUICKBOOKS}."),
        text("service_address", "Street of the place where work is done; may hold line breaks."),
        text("service_address_2", "Second line of that address."),
        text("service_city", "City of that address; sometimes holds the state as well."),
        text("service_state", "State of that address."),
        text("service_zip_code", "ZIP code of that address."),
        text("service_country", "Country of that address."),
        text("billing_address", "Street of the billing address; may hold line breaks."),
        text("billing_address_2", "Second line of the billing address."),
        text("billing_city", "City of the billing address."),
        text("billing_state", "State of the billing address."),
        text("billing_zip_code", "ZIP code of the billing address."),
        text("billing_country", "Country of the billing address."),
        text("which_billing_address", "Which address bills go to: service, parent, or its own."),
        decimal("latitude", "Latitude of the service address, degrees."),
        decimal("longitude", "Longitude of the service address, degrees."),
        text("special_instructions", "What technicians should know before they arrive."),
        integer("customer_type_id", "Type of customer, from the account's own list."),
        integer("customer_source_id", "Where the customer came from, from the account's list."),
        integer("tax_id", "Tax entity that applies by default."),
        integer("sales_tax_code_id", "Sales tax code that applies by default."),
        integer("import_id", "Import that brought the customer in."),
        integer("created_by", "Id of the employee who made the record."),
        integer("updated_by", "Id of the employee who changed it last."),
        instant("created_at", "When the record was made."),
        instant("updated_at", "When the record was last changed."),
        instant("deleted_at", "When the customer was deleted; lists usually leave these out."),
        decimal("balance", "Open balance of this customer."),
        decimal("total_balance", "Open balance of this customer and the ones below it."),
        decimal("credit_limit", "Credit limit."),
        boolean("send_reminders", "Whether the customer gets reminders."),
        boolean("send_notifications", "Whether the customer gets notifications."),
        boolean("notify_via_email", "Whether notifications go by e-mail."),
        boolean("notify_via_sms", "Whether notifications go by text message."),
        text("notification_email_address", "E-mail address for notifications."),
        text("notification_phone_number", "Phone number for notifications."),
        text("notification_email", "E-mail address for notifications, older column."),
        integer("last_job_completed_number", "Job number of the last completed job."),
        text("last_job_completed_name", "Name of the last completed job."),
        instant("last_job_completed_at", "When the last job was completed."),
        text("stripe_customer_id", "The customer at Stripe."),
        text("qb_error", "Why QuickBooks refused the record; resolve before migrating."),
        text("list_id", "The record's id in QuickBooks."),
        text("edit_sequence", "The record's revision in QuickBooks."),
        instant("time_created", "When QuickBooks made the record."),
        instant("time_modified", "When QuickBooks last changed the record."),
        text("parent_ref_list_id", "The parent's id in QuickBooks."),
        text("customer_type_ref_full_name", f"Type of customer {_QUICKBOOKS}."),
        text("terms_ref_full_name", f"Payment terms {_QUICKBOOKS}."),
        text("sales_rep_ref_full_name", f"Sales representative {_QUICKBOOKS}."),
        text("sales_tax_code_ref_full_name", f"Sales tax code {_QUICKBOOKS}."),
        text("sales_tax_code_ref_list_id", "Sales tax code's id in QuickBooks."),
        text("item_sales_tax_ref_full_name", f"Sales tax item {_QUICKBOOKS}."),
        text("item_sales_tax_ref_list_id", "Sales tax item's id in QuickBooks."),
        text("sales_terms_ref_id", "Payment terms' id in QuickBooks."),
        text("resale_number", f"Resale number {_QUICKBOOKS}."),
        text("account_number", f"Account number {_QUICKBOOKS}."),
        text("preferred_payment_method_ref_full_name", f"Preferred payment {_QUICKBOOKS}."),
        text("job_status", "State of the customer's job in QuickBooks, e.g. None or Closed."),
        text("job_desc", f"Description of the job {_QUICKBOOKS}."),
        text("job_type_ref_full_name", f"Type of the job {_QUICKBOOKS}."),
        instant("job_start_date", f"Start of the job {_QUICKBOOKS}."),
        instant("job_projected_end_date", f"Expected end of the job {_QUICKBOOKS}."),
        instant("job_end_date", f"End of the job {_QUICKBOOKS}."),
        text("delivery_method", f"How invoices are delivered, {_QUICKBOOKS}."),
        text("price_level_ref_full_name", f"Price level {_QUICKBOOKS}."),
        boolean(
            "is_statement_with_parent", f"Whether the parent gets the statement, {_QUICKBOOKS}."
        ),
        *custom_slots(texts=20, numbers=10, instants=10),
        text("web_url", "The customer's page in the web app."),
    )


class Contacts(KickservStream):
    """People to talk to at a customer."""

    name = "contacts"
    fields = (
        integer("id", "Internal id."),
        integer("customer_id", "Id of the customer."),
        text("first_name", "First name."),
        text("last_name", "Last name."),
        text("title", "Position, as entered."),
        text("phone1", "First phone."),
        text("phone2", "Second phone."),
        text("email1", "First e-mail address."),
        text("email2", "Second e-mail address."),
        boolean("is_primary", "Whether this is the customer's first contact."),
        instant("created_at", "When the record was made."),
        instant("updated_at", "When the record was last changed."),
        instant("deleted_at", "When the contact was deleted."),
    )


class Locations(KickservStream):
    """Places where work is done: each customer's service address.

    Kickserv keeps one per customer; a customer with several sites has child customers.
    """

    name = "locations"
    keeps_unknown = False
    fields = (
        integer("id", "Id of the customer whose service address this is."),
        integer("customer_id", "The same id, for joins.", source="id"),
        integer("customer_number", "The customer's number within the account."),
        integer("parent_id", "Id of the customer that this site belongs to."),
        text("name", "The customer's name."),
        text("address", "Street; may hold line breaks.", source="service_address"),
        text("address_2", "Second line.", source="service_address_2"),
        text("city", "City; sometimes holds the state as well.", source="service_city"),
        text("state", "State.", source="service_state"),
        text("zip_code", "ZIP code.", source="service_zip_code"),
        text("country", "Country.", source="service_country"),
        decimal("latitude", "Latitude, degrees."),
        decimal("longitude", "Longitude, degrees."),
        text("special_instructions", "What technicians should know before they arrive."),
        instant("created_at", "When the customer was made."),
        instant("updated_at", "When the customer was last changed."),
        instant("deleted_at", "When the customer was deleted."),
    )


class TaxEntities(KickservStream):
    """Taxes that customers and jobs refer to with `tax_id`."""

    name = "tax_entities"
    fields = (
        integer("id", "Internal id."),
        text("name", "Name of the tax."),
        decimal("rate", "Rate, percent."),
        instant("created_at", "When the record was made."),
        instant("updated_at", "When the record was last changed."),
    )


class CustomFieldAssignments(KickservStream):
    """Values of the newer custom fields of customers and jobs."""

    name = "custom_field_assignments"
    fields = (
        integer("id", "Internal id."),
        integer("custom_field_id", "The custom field."),
        text("name", "The custom field's label."),
        text("value", "The value, as text."),
        integer("customizable_id", "Id of the customer or job."),
        text("customizable_type", "Customer or Job."),
        anything("custom_field", "The custom field's own record, where the account sends it."),
        instant("created_at", "When the record was made."),
        instant("updated_at", "When the record was last changed."),
    )
