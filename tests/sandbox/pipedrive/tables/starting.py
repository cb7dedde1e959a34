"""What an empty account comes with. Names and numbers are ours; the kinds of things are not."""

from __future__ import annotations

# name, e-mail, active; the first is an admin and the one whose token is used.
USERS = (
    ("Avery Stone", "avery.stone@acme-service.example", True),
    ("Maria Lopez", "maria.lopez@acme-service.example", True),
    ("James Carter", "james.carter@acme-service.example", True),
    ("Priya Patel", "priya.patel@acme-service.example", True),
    ("Tom Becker", "tom.becker@acme-service.example", True),
    ("Nina Olsen", "nina.olsen@acme-service.example", True),
    ("Luis Garcia", "luis.garcia@acme-service.example", True),
    ("Maria Lopez (old)", "Maria.Lopez@Acme-Service.example", True),
    ("Former Colleague", "former.colleague@acme-service.example", False),
    ("Office", "office@acme-service.example", True),
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
