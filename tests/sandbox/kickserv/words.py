"""The vocabulary of the data set. Phone numbers and mail domains are of the reserved kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST_NAMES = _words("""
    Alma Andre Beth Bianca Carl Carmen Dana Darnell Edith Elena Frank Gail Gordon Hana Hector
    Irene Isaac Jolene Kamal Keiko Lars Leona Marcus Mei Nadia Neil Olga Omar Paula Pete Quentin
    Rosa Ruth Samir Sheila Tariq Tess Ursula Vera Victor Wanda Wes Yusuf Zoe
""")
LAST_NAMES = _words("""
    Abbott Achterberg Baptiste Barros Calloway Cho Dagher Delgado Eastman Ferreira Fontaine
    Gallo Greenwood Haddad Holloway Ibarra Janssen Kaplan Kowalski Lachance Lindqvist Mbeki
    McAvoy Mendez Nakamura Novak Oakley Ortega Pelletier Pham Quimby Rasmussen Ruiz Sandoval
    Sturgis Thibault Tran Underhill Vance Vasquez Whitlock Winslow Yates Zielinski
""")
COMPANY_WORDS = _words("""
    Anchor Bayside Birchwood Blue Casco Coastal Dirigo Eastport Fern Granite Harbor Heron
    Juniper Keystone Lighthouse Maple Northfield Old Penobscot Quarry Ridge Saltwater Spruce
    Tidewater Union Village Westbrook
""")
TRADES = (
    "Apartments", "Bakery", "Brewing Co.", "Cafe", "Condominium Trust", "Dental", "Diner",
    "Farm Supply", "Fitness", "Gardens", "Hardware", "Inn", "Laundry", "Lofts", "Marina", "Market",
    "Motors", "Pet Clinic", "Print Shop", "Property Management", "Realty", "School", "Storage",
    "Veterinary",
)  # fmt: skip
STREETS = (
    "Alder St", "Bay View Dr", "Cedar Ln", "Depot Rd", "Elm St", "Ferry Rd", "Foundry Ave",
    "Grange Hall Rd", "High St", "Island Ave", "Kiln Rd", "Ledge Rd", "Main St", "Mill St",
    "Old County Rd", "Pond Rd", "Quarry Rd", "River Rd", "School St", "Tannery Ln", "Water St",
)  # fmt: skip
PLACES = (
    # city, state, zip code, latitude, longitude, region
    ("Portland", "ME", "04101", 43.6591, -70.2568, "Coast"),
    ("South Portland", "ME", "04106", 43.6415, -70.2409, "Coast"),
    ("Scarborough", "ME", "04074", 43.5781, -70.3217, "Coast"),
    ("Brunswick", "ME", "04011", 43.9145, -69.9653, "Coast"),
    ("Lewiston", "ME", "04240", 44.1004, -70.2148, "Inland"),
    ("Augusta", "ME", "04330", 44.3106, -69.7795, "Inland"),
    ("Gorham", "ME", "04038", 43.6795, -70.4440, "Inland"),
    ("Dover", "NH", "03820", 43.1979, -70.8737, "South"),
    ("Portsmouth", "NH", "03801", 43.0718, -70.7626, "South"),
    ("Rochester", "NH", "03867", 43.3045, -70.9756, "South"),
)
REGIONS = ("Coast", "Inland", "South")
"""The account's regions, kept in the customers' ``custom_text1``."""

AREA_CODES = ("207", "603")
MAIL_DOMAINS = ("example.com", "example.net", "example.org")
TITLES = ("Owner", "Office manager", "Property manager", "Tenant", "Bookkeeper", "Caretaker", None)
PRIORITIES = ("Low", "Normal", "Normal", "Normal", "High", "Emergency")
"""The values of the jobs' ``custom_text1``."""

SENTENCES = (
    "Gate sticks, lift it while pushing.",
    "Call half an hour before arrival.",
    "Dog is friendly but keep the side door shut.",
    "Replaced the worn belt and tested under load.",
    "Customer asked for a quote on the second unit.",
    "Shut-off valve is behind the dryer.",
    "Part is back-ordered until the end of the month.",
    "Left the old filter with the customer.",
    "Parking is behind the building only.",
    "Water pressure was low on arrival, fine when we left.",
    "Tenant moved out; key is with the office.",
    "Warranty claim sent to the maker.",
)
DETAILS = ("second floor", "north wall", "as agreed by phone", "incl. disposal", "")
FILE_NAMES = (
    ("before", "image/jpeg", "jpg"), ("after", "image/jpeg", "jpg"), ("meter", "image/png", "png"),
    ("invoice copy", "application/pdf", "pdf"), ("permit", "application/pdf", "pdf"),
    ("rating plate", "image/png", "png"),
)  # fmt: skip
JOB_NAMES = ("Spring start-up", "No heat call", "Leak under sink", "Annual contract visit")
CUSTOM_FIELDS = (
    # id, name, the type of record it belongs to, values
    (301, "Unit serial", "Job", ("SN-4471-A", "SN-9023-C", "7F-00812")),
    (302, "Warranty", "Job", ("Labor only", "Parts and labor", "None")),
    (303, "Roof pitch", "Job", ("4/12", "6/12", "9/12")),
    (311, "Gate code", "Customer", ("0451", "2280#", "*77")),
    (312, "Referred by", "Customer", ("Neighbor", "Web search", "Home show")),
)


def phone(rng: random.Random) -> str:
    """Make up a number of the 555-01xx range, which is never given out."""
    return f"{rng.choice(AREA_CODES)}-555-01{rng.randrange(100):02}"
