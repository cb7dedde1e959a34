"""Which door fills which stream, and on whose word.

`yes`: documented, or seen in a recorded reply. `guessed`: inferred; may turn out empty, with a
warning. `none`: no trace of it. The columns `export` and `supergood` say what is known of doors
that are not built yet.
"""

from __future__ import annotations

from typing import NamedTuple

SOURCES = {
    "customers": "http://www.kickserv.com/resources/developer-api/api-customers/ (vendor, XML)",
    "connector": "a 2026 connector generated from the vendor's own specification",
    "recorded": "replies recorded by https://github.com/customerlobby/kickserv, 2017 and 2018",
    "v2": "https://veildg.com/kickservapi/v2 (a customer's description of the JSON)",
    "file": "public readers of a real account export, 2026",
    "gateway": "Supergood's description of its Kickserv gateway",
    "-": "no source",
}


class Word(NamedTuple):
    """How certain it is that a door fills a stream, and the key of its source in `SOURCES`."""

    certainty: str
    source: str


_NO = Word("none", "-")


def _yes(source: str) -> Word:
    return Word("yes", source)


def _guessed(source: str = "-") -> Word:
    return Word("guessed", source)


DOORS = ("xml", "json", "export", "supergood")
COVERAGE: dict[str, tuple[Word, Word, Word, Word]] = {
    "employees": (_yes("connector"), _yes("v2"), _guessed("file"), _NO),
    "items": (_yes("connector"), _guessed(), _guessed(), _NO),
    "job_types": (_yes("connector"), _yes("v2"), _guessed(), _NO),
    "job_statuses": (_yes("connector"), _guessed(), _guessed(), _NO),
    "tax_entities": (_yes("customers"), _guessed(), _guessed(), _NO),
    "customers": (_yes("customers"), _yes("v2"), _yes("file"), _yes("gateway")),
    "locations": (_yes("customers"), _yes("v2"), _yes("file"), _yes("gateway")),
    "contacts": (_yes("customers"), _guessed("v2"), _yes("file"), _yes("gateway")),
    "jobs": (_yes("recorded"), _yes("v2"), _yes("file"), _guessed("gateway")),
    "estimates": (_yes("recorded"), _yes("v2"), _yes("file"), _guessed("gateway")),
    "invoices": (_yes("recorded"), _yes("v2"), _guessed("file"), _guessed("gateway")),
    "job_charges": (_yes("connector"), _yes("v2"), _yes("file"), _guessed("gateway")),
    "payments": (_guessed("v2"), _guessed("v2"), _yes("file"), _NO),
    "payment_requests": (_guessed("v2"), _guessed("v2"), _guessed(), _NO),
    "expenses": (_guessed("v2"), _guessed("v2"), _guessed(), _NO),
    "time_entries": (_yes("connector"), _guessed(), _guessed(), _guessed("gateway")),
    "tasks": (_yes("customers"), _yes("v2"), _guessed(), _guessed("gateway")),
    "notes": (_yes("connector"), _guessed("v2"), _guessed(), _guessed("gateway")),
    "attachments": (_guessed("v2"), _guessed("v2"), _NO, _guessed("gateway")),
    "signatures": (_guessed(), _guessed(), _NO, _guessed("gateway")),
    "tags": (_guessed(), _guessed(), _NO, _guessed("gateway")),
    "custom_field_assignments": (_yes("connector"), _guessed(), _guessed(), _NO),
}


def as_data() -> dict[str, dict[str, dict[str, str]]]:
    """The table as JSON shows it: stream → door → certainty and source."""
    return {
        stream: {
            door: {"certainty": word.certainty, "source": SOURCES[word.source]}
            for door, word in zip(DOORS, words, strict=True)
        }
        for stream, words in COVERAGE.items()
    }


def as_markdown() -> str:
    """The table as Markdown, with its sources below."""
    lines = [f"| Stream | {' | '.join(DOORS)} |", f"|:-------|{':---|' * len(DOORS)}"]
    lines += [
        f"| {stream} | {' | '.join(_cell(word) for word in words)} |"
        for stream, words in COVERAGE.items()
    ]
    lines.append("")
    lines += [f"- {key}: {source}" for key, source in SOURCES.items() if key != "-"]
    return "\n".join(lines)


def _cell(word: Word) -> str:
    return word.certainty if word.source == "-" else f"{word.certainty} [{word.source}]"
