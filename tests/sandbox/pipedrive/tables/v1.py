"""What still lives in v1: notes, files, activity types, users and small lists.

https://developers.pipedrive.com/docs/api/v1/Notes, …/Files, …/ActivityTypes, …/Users.
"""

from __future__ import annotations

from tests.sandbox.pipedrive.tables.attribute import Attribute, Param
from tests.sandbox.pipedrive.tables.common import ID, V1_PAGE, integers

# parent key -> (object, pin, name of the embedded parent in an answer, if any, its title key)
NOTE_PARENTS = {
    "lead_id": ("leads", "pinned_to_lead_flag", "", "title"),
    "deal_id": ("deals", "pinned_to_deal_flag", "deal", "title"),
    "person_id": ("persons", "pinned_to_person_flag", "person", "name"),
    "org_id": ("organizations", "pinned_to_organization_flag", "organization", "name"),
    "project_id": ("projects", "pinned_to_project_flag", "project", "title"),
    "task_id": ("tasks", "pinned_to_task_flag", "task", "title"),
}

NOTE = (
    ID,
    Attribute("active_flag", "boolean", on="r", default=True),
    Attribute("content", "string", required=True, min_length=1, format="note"),
    # That null tears a note off one of its parents is a guess, as with links in v2.
    Attribute("lead_id", "string", format="uuid", refers_to="leads", clears=True),
    Attribute("deal_id", "integer", refers_to="deals", clears=True),
    Attribute("person_id", "integer", refers_to="persons", clears=True),
    Attribute("org_id", "integer", refers_to="organizations", clears=True),
    Attribute("project_id", "integer", refers_to="projects", clears=True),
    Attribute("task_id", "integer", refers_to="tasks", clears=True),
    Attribute("user_id", "integer", refers_to="users"),
    Attribute("add_time", "string", format="v1_datetime"),
    Attribute("update_time", "string", on="r"),
    Attribute("last_update_user_id", "integer", on="r"),
    *(
        Attribute(pin, "number", enum=(0, 1), default=False)
        for _, pin, _, _ in NOTE_PARENTS.values()
    ),
)

NOTE_LIST = (
    Param("user_id", "integer"),
    Param("lead_id", format="uuid"),
    *integers("deal_id", "person_id", "org_id", "project_id", "task_id"),
    *V1_PAGE,
    Param("sort"),
    Param("start_date", format="date"),
    Param("end_date", format="date"),
    Param("updated_since", format="datetime"),
    *(Param(pin, "number", enum=(0, 1)) for _, pin, _, _ in NOTE_PARENTS.values()),
)

# parent key -> (object, name of its title in an answer, its title key)
FILE_PARENTS = {
    "deal_id": ("deals", "deal_name", "title"),
    "person_id": ("persons", "person_name", "name"),
    "org_id": ("organizations", "org_name", "name"),
    "product_id": ("products", "product_name", "name"),
    "activity_id": ("activities", "", ""),
    "lead_id": ("leads", "lead_name", "title"),
    "project_id": ("projects", "project_name", "title"),
}

FILE = (
    ID,
    Attribute("user_id", "integer", on="r"),
    Attribute("file", "string", on="c", required=True, format="binary"),
    Attribute("deal_id", "integer", on="cr", refers_to="deals"),
    Attribute("person_id", "integer", on="cr", refers_to="persons"),
    Attribute("org_id", "integer", on="cr", refers_to="organizations"),
    Attribute("product_id", "integer", on="cr", refers_to="products"),
    Attribute("activity_id", "integer", on="cr", refers_to="activities"),
    Attribute("lead_id", "string", on="cr", format="uuid", refers_to="leads"),
    Attribute("project_id", "integer", on="cr", refers_to="projects"),
    Attribute("log_id", "string", on="r"),
    Attribute("add_time", "string", on="r"),
    Attribute("update_time", "string", on="r"),
    Attribute("file_name", "string", on="r"),
    Attribute("file_type", "string", on="r"),
    Attribute("file_size", "integer", on="r"),
    Attribute("active_flag", "boolean", on="r", default=True),
    Attribute("inline_flag", "boolean", on="r", default=False),
    Attribute("remote_location", "string", on="r", default="s3"),
    Attribute("remote_id", "string", on="r"),
    Attribute("cid", "string", on="r"),
    Attribute("s3_bucket", "string", on="r"),
    Attribute("mail_message_id", "string", on="r"),
    Attribute("mail_template_id", "string", on="r"),
    Attribute("name", "string", on="ur"),
    Attribute("description", "string", on="ur", default=""),
)

FILE_LIST = (
    Param("start", "integer"),
    Param("limit", "integer", maximum=100, published_maximum=True),
    Param("sort"),
)

_GOOGLE_DRIVE = Attribute("remote_location", "string", required=True, enum=("googledrive",))
_ITEM = (
    Attribute("item_type", "string", required=True, enum=("deal", "organization", "person")),
    Attribute("item_id", "integer", required=True),
)
REMOTE_FILE = (
    Attribute(
        "file_type",
        "string",
        required=True,
        enum=("gdoc", "gslides", "gsheet", "gform", "gdraw"),
    ),
    Attribute("title", "string", required=True),
    *_ITEM,
    _GOOGLE_DRIVE,
)
REMOTE_LINK = (*_ITEM, Attribute("remote_id", "string", required=True), _GOOGLE_DRIVE)

# fmt: off
ICONS = (
    "task", "email", "meeting", "deadline", "call", "lunch", "calendar", "downarrow",
    "document", "smartphone", "camera", "scissors", "cogs", "bubble", "uparrow", "checkbox",
    "signpost", "shuffle", "addressbook", "linegraph", "picture", "car", "world", "search",
    "clip", "sound", "brush", "key", "padlock", "pricetag", "suitcase", "finish",
    "plane", "loop", "wifi", "truck", "cart", "bulb", "bell", "presentation",
)
# fmt: on

ACTIVITY_TYPE = (
    ID,
    Attribute("order_nr", "integer", on="ur"),
    Attribute("name", "string", required=True, min_length=1),
    Attribute("key_string", "string", on="r"),
    Attribute("icon_key", "string", required=True, enum=ICONS),
    Attribute("active_flag", "boolean", on="r", default=True),
    Attribute("color", "string", format="color", default="FFFFFF"),
    Attribute("is_custom_flag", "boolean", on="r", default=True),
    Attribute("add_time", "string", on="r"),
    Attribute("update_time", "string", on="r"),
)

USERS_FIND = (Param("term", required=True), Param("search_by_email", "number", enum=(0, 1)))
CURRENCY_LIST = (Param("term"),)
RELATIONSHIP_LIST = (Param("org_id", "integer", required=True),)
RELATIONSHIP_GET = (Param("org_id", "integer"),)
ROLE_LIST = V1_PAGE
