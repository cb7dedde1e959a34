"""How hard a migration is: six graded inputs, by rules that are a table."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

GRADES = "ABCD"
TITLES = {"A": "Simple", "B": "Standard", "C": "Complex", "D": "Bespoke"}


@dataclass(frozen=True, slots=True)
class Figures:
    """What complexity is judged by.

    Attributes:
        objects: what the source has and the mapping speaks of; see ``Score.objects``.
        one_to_one: of these, the ones that map 1:1.
        custom_fields: that the account must have.
        value_maps: tables in which somebody has decided which value becomes which.
        unlisted_columns: columns with values that the mapping does not know.
        records: that are to be written.
        days: that loading is estimated to take; less than one where it is done in hours.
        calls_per_record: requests per record that is written, on average.
        has_budget: the destination allows so much a day and no more.
    """

    objects: int
    one_to_one: int
    custom_fields: int
    value_maps: int
    unlisted_columns: int
    records: int
    days: float
    calls_per_record: float
    has_budget: bool

    @property
    def mapped_otherwise(self) -> float:
        """Share of objects that do not map 1:1, 0 to 1."""
        return (self.objects - self.one_to_one) / self.objects if self.objects else 0


@dataclass(frozen=True, slots=True)
class GradedInput:
    """One of the six.

    Attributes:
        name: e.g. ``object compatibility``.
        grade: ``A``, ``B``, ``C`` or ``D``.
        why: a sentence with the figures.
    """

    name: str
    grade: str
    why: str


@dataclass(frozen=True, slots=True)
class Complexity:
    """The grade of a migration.

    Attributes:
        grade: ``A``, ``B``, ``C`` or ``D``.
        inputs: overall complexity first, then the five that it is made of.
    """

    grade: str
    inputs: tuple[GradedInput, ...]

    @property
    def title(self) -> str:
        """The grade as a word: Simple, Standard, Complex or Bespoke."""
        return TITLES[self.grade]

    def as_json(self) -> dict[str, Any]:
        """Plain data for reports."""
        return {
            "grade": self.grade,
            "title": self.title,
            "inputs": [asdict(graded) for graded in self.inputs],
        }


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure that grades one input.

    Attributes:
        input: which one; where several figures do, the worst counts.
        name: the figure in words.
        figure: the figure.
        limits: the most that is still an A, a B, a C.
    """

    input: str
    name: str
    figure: Callable[[Figures], float]
    limits: tuple[float, float, float]


OBJECTS, FIELDS, TIME = "object compatibility", "field-mapping clarity", "timeline complexity"
API, VOLUME = "API constraints", "data-volume sensitivity"

MEASURES = (
    Measure(OBJECTS, "share of objects not 1:1", lambda f: f.mapped_otherwise, (0.2, 0.7, 0.9)),
    Measure(FIELDS, "custom fields", lambda f: f.custom_fields, (10, 150, 400)),
    Measure(FIELDS, "value maps", lambda f: f.value_maps, (2, 12, 30)),
    Measure(FIELDS, "unlisted columns", lambda f: f.unlisted_columns, (0, 15, 60)),
    Measure(TIME, "days of loading", lambda f: f.days, (1, 7, 30)),
    Measure(API, "requests per record", lambda f: f.calls_per_record, (1, 3, 10)),
    Measure(API, "daily budgets", lambda f: f.has_budget, (0, 1, 1)),
    Measure(VOLUME, "records", lambda f: f.records, (10_000, 250_000, 2_000_000)),
)
SENTENCES = {
    OBJECTS: (
        "{one_to_one:,} of {objects:,} source objects map 1:1; "
        "the rest are split, folded, matched or left behind."
    ),
    FIELDS: (
        "{custom_fields:,} custom fields and {value_maps:,} value maps are to be confirmed; "
        "columns that the mapping does not list: {unlisted_columns:,}."
    ),
    TIME: "Loading takes about {duration}.",
    API: "{calls_per_record:.1f} requests per record, {budget}.",
    VOLUME: "{records:,} records are to be written.",
}


def complexity(figures: Figures) -> Complexity:
    """Grade a migration.

    The overall grade is the second hardest of the five; a single hard one pulls it up to one grade
    below itself.
    """
    told = {
        **asdict(figures),
        "duration": _duration(figures.days),
        "budget": "within a daily budget" if figures.has_budget else "without a daily budget",
    }
    inputs = [
        GradedInput(name, _grade(name, figures), sentence.format(**told))
        for name, sentence in SENTENCES.items()
    ]
    ranks = sorted((GRADES.index(graded.grade) for graded in inputs), reverse=True)
    grade = GRADES[max(ranks[1], ranks[0] - 1)]
    listed = ", ".join(f"{graded.name} {graded.grade}" for graded in inputs)
    overall = GradedInput("overall complexity", grade, f"{TITLES[grade]} migration: {listed}.")
    return Complexity(grade, (overall, *inputs))


def _grade(name: str, figures: Figures) -> str:
    ranks = (
        sum(measure.figure(figures) > limit for limit in measure.limits)
        for measure in MEASURES
        if measure.input == name
    )
    return GRADES[max(ranks)]


def _duration(days: float) -> str:
    amount, unit = (days, "day") if days >= 1 else (days * 24, "hour")
    whole = max(1, round(amount))
    return f"{whole} {unit}" if whole == 1 else f"{whole} {unit}s"
