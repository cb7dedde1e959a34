"""What an empty account comes with. Names and numbers are ours; the kinds of things are not."""

from __future__ import annotations

# name, e-mail, active; the first is an admin and the one whose token is used. Of the employees of
# the imitated Kickserv some are users here, one in two letter cases, one inactive, some not at all.
USERS = (
    ("Ruth Calloway", "ruth.calloway@example.com", True),
    ("Dana Ruiz", "dana.ruiz@example.com", True),
    ("Hector Ibarra", "hector.ibarra@example.com", True),
    ("Hector Ibarra (old seat)", "Hector.Ibarra@Example.com", True),
    ("Keiko Nakamura", "keiko.nakamura@example.com", False),
    ("Omar Haddad", "omar.haddad@example.com", True),
    ("Tess Lindqvist", "tess.lindqvist@example.com", True),
    ("Samir Cho", "samir.cho@example.com", True),
    ("Marta Vega", "marta.vega@example.com", True),
    ("Sales Desk", "sales.desk@example.com", True),
)

# pipeline -> its stages with their probabilities
PIPELINES = {
    "Sales": (
        ("Qualified", 100),
        ("Contact Made", 100),
        ("Demo Scheduled", 100),
        ("Proposal Made", 100),
        ("Negotiations Started", 100),
    ),
    "Service": (("Requested", 100), ("Scheduled", 100), ("Done", 100)),
}

# (object, key) -> labels of a system field whose values are option ids
OPTIONS = {
    ("deals", "label_ids"): ("Hot", "Warm", "Cold"),
    ("persons", "label_ids"): ("Customer", "Hot lead", "Warm lead", "Cold lead"),
    ("organizations", "label_ids"): ("Customer", "Hot lead", "Warm lead", "Cold lead"),
    ("organizations", "industry"): ("Construction", "Energy", "Retail", "Services"),
    ("products", "category"): ("Service", "Material"),
    ("activities", "priority"): ("Low", "Medium", "High"),
}

# key_string -> name, icon
ACTIVITY_TYPES = {
    "call": ("Call", "call"),
    "meeting": ("Meeting", "meeting"),
    "task": ("Task", "task"),
    "deadline": ("Deadline", "deadline"),
    "email": ("Email", "email"),
    "lunch": ("Lunch", "lunch"),
}

# code -> name, decimal points, symbol
CURRENCIES = {
    "USD": ("US Dollar", 2, "$"),
    "CAD": ("Canadian Dollar", 2, "CA$"),
    "EUR": ("Euro", 2, "€"),
    "GBP": ("British Pound Sterling", 2, "£"),
    "AUD": ("Australian Dollar", 2, "A$"),
    "NZD": ("New Zealand Dollar", 2, "NZ$"),
    "MXN": ("Mexican Peso", 2, "MX$"),
    "CHF": ("Swiss Franc", 2, "CHF"),
    "JPY": ("Japanese Yen", 0, "¥"),
}
DEFAULT_CURRENCY = "USD"

ROLES = ("(Unassigned users)", "Admins", "Field crew")
