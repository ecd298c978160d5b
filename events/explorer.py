"""The filter panel: what each parameter's field shows, from the FilterSet's form and the facets."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.forms import ChoiceField, MultipleChoiceField
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from events import dates
from events.models.choices import AiLink, CountsAs, NoteKind, PlanOrActual
from events.models.company import Company
from events.query import BesideQuery, CompanyQuery, EventQuery, NoteQuery, Query
from events.selection import latest_year
from events.values import ManyField

SHOWN_CHOICES = 7
# The filters that stand behind "more filters".
MORE = (
    "effective_after", "effective_before", "recorded_after", "recorded_before", "changed_after", "share_min",
    "share_max", "permanence", "closure", "ai_notes", "reason", "unit", "tier", "source", "role", "amount_min",
    "amount_max", "period_after", "period_before",
)  # fmt: skip

# What links alone say: the panel has no field for it. Publishers and places of totals are offered, not typed.
WITHOUT_FIELD = {"chart", "after", "before", "publisher", "geography"}


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    count: int | None
    chosen: bool


@dataclass(frozen=True)
class Group:
    """The options of one parameter: the first few, and the rest behind "more"."""

    name: str
    label: str
    options: list[Option]
    more: list[Option]
    errors: list[str]


@dataclass(frozen=True)
class Preset:
    """A view that many ask for: one link."""

    label: str
    string: str


@dataclass(frozen=True)
class Heading:
    """A heading of a table: with `sorts`, a link to the view in another order."""

    text: str
    css: str
    string: str = ""
    sorts: bool = False
    sorted: str = ""


# The latest year with a cut: the running one, or one before it.
THIS_YEAR = _("this year (%(year)s)")
LATEST_YEAR = _("%(year)s, the latest year with a cut")
# The views that many ask for: words and parameters, in which {year} is that year.
PRESETS: dict[type[Query], list[tuple[Any, dict[str, Any]]]] = {
    EventQuery: [
        (_("January 2024"), {"announced_after": "2024-01-01", "announced_before": "2024-01-31"}),
        (THIS_YEAR, {"announced_after": "{year}-01-01", "announced_before": "{year}-12-31"}),
        (_("with AI notes at the time"), {"ai_notes": "yes"}),
        (_("cuts with AI as a stated reason"), {"counts_as": CountsAs.CUT, "ai_link": AiLink.STATED}),
    ],
    NoteQuery: [
        (THIS_YEAR, {"dated_after": "{year}-01-01", "dated_before": "{year}-12-31"}),
        (_("money spent"), {"plan_or_actual": PlanOrActual.ACTUAL, "order": "-money"}),
        (_("money planned"), {"plan_or_actual": PlanOrActual.PLAN, "order": "-money"}),
        (_("hiring and pay"), {"kind": [NoteKind.HIRING, NoteKind.PAY]}),
    ],
    BesideQuery: [
        (_("cuts of January 2024"), {"announced_after": "2024-01-01", "announced_before": "2024-01-31"}),
        (THIS_YEAR, {"announced_after": "{year}-01-01", "announced_before": "{year}-12-31"}),
        (_("AI as a stated reason"), {"ai_link": AiLink.STATED}),
        (_("within 3 months of one another"), {"months_before": "3", "months_after": "3"}),
    ],
    CompanyQuery: [
        (_("companies with AI notes"), {"ai_notes": "yes"}),
        (_("companies without AI notes"), {"ai_notes": "no"}),
        (_("most AI-investment notes"), {"order": "-notes"}),
    ],
}


def presets(kind: type[Query], year: int, day: date | None) -> list[Preset]:
    """The views of `kind` that many ask for, as known on `day`; `year` is the latest one with a cut."""
    found = []
    for label, parameters in PRESETS[kind]:
        given = {k: v.format(year=year) if isinstance(v, str) else v for k, v in parameters.items()}
        if label == THIS_YEAR:
            is_running = year == (day or dates.today()).year
            label = (THIS_YEAR if is_running else LATEST_YEAR) % {"year": year}
        found.append(Preset(str(label), kind.from_string(urlencode(given, doseq=True)).canonical(as_of=day)))
    return found


class Explorer:
    """The panel of a query. `facets` gives rows by parameter and value; a value that no row has is not offered."""

    def __init__(self, query: Query, facets: dict[str, dict[str, int]]) -> None:
        self.query, self.facets = query, facets

    @cached_property
    def field(self) -> dict[str, dict[str, Any]]:
        """Name, label, value as written and messages of each plain field, by parameter."""
        return {
            name: {
                "name": name,
                "label": capfirst(str(field.label)),
                "value": self._written(name),
                "errors": self._errors(name),
                "near": [near for wrong in self.query.wrong if wrong.parameter == name for near in wrong.near],
            }
            for name, field in self.query.form.fields.items()
        }

    def _errors(self, name: str) -> list[str]:
        return [message for parameter, message, _without in self.query.errors if parameter == name]

    def group(self, name: str) -> Group:
        """The options of `name`: chosen ones first, then by number of rows."""
        field = self.query.form.fields[name]
        counts = self.facets.get(name, {})
        chosen = {str(value) for value in self.query.data.getlist(name)}
        options = [
            Option(str(value), str(label), counts.get(str(value), 0 if counts else None), str(value) in chosen)
            for value, label in field.choices
            if str(value) in chosen or counts.get(str(value))
        ]
        if name in ("sector", "country"):
            options.sort(key=lambda option: (not option.chosen, -(option.count or 0), option.label))
        first = max(SHOWN_CHOICES, sum(option.chosen for option in options))
        return Group(name, str(field.label), options[:first], options[first:], self._errors(name))

    @cached_property
    def groups(self) -> dict[str, Group]:
        return {name: self.group(name) for name, f in self.query.form.fields.items() if hasattr(f, "choices")}

    @cached_property
    def orders(self) -> list[Option]:
        order = self._chosen("order") or self.query.default_order
        choices = self.query.form.fields["order"].choices
        return [Option(str(value), str(label), None, value == order) for value, label in choices if value]

    @cached_property
    def selects(self) -> dict[str, Group]:
        """Every option of each parameter that takes one value."""
        found = {}
        field: Any
        for name, field in self.query.form.fields.items():
            if isinstance(field, ChoiceField) and not isinstance(field, MultipleChoiceField):
                chosen = self.query.data.get(name)
                choices: Any = field.choices
                options = [Option(str(v), str(label), None, str(v) == chosen) for v, label in choices if v]
                found[name] = Group(name, capfirst(str(field.label)), options, [], self._errors(name))
        return found

    @property
    def more_set(self) -> bool:
        """Whether one of the filters is set, or wrong, that stand behind "more filters"."""
        return any(name in self.query.data for name in MORE)

    @property
    def fields_shown(self) -> set[str]:
        """The parameters that have a field in the panel."""
        return self.query.form.fields.keys() - WITHOUT_FIELD

    def _given_words(self, name: str) -> list[Option]:
        """The values of a column of published totals that there are, those chosen first."""
        chosen = self.query.get(name) or []
        counts = self.facets.get(name, {})
        words = dict.fromkeys([*chosen, *sorted(counts)])
        return [Option(word, word, counts.get(word, 0), word in chosen) for word in words]

    @property
    def publishers(self) -> list[Option]:
        return self._given_words("publisher")

    @property
    def geographies(self) -> list[Option]:
        return self._given_words("geography")

    @property
    def sources(self) -> list[str]:
        return self._several("source")

    @property
    def companies(self) -> list[Company]:
        return self._several("company")

    def _several(self, name: str) -> list[Any]:
        """What is chosen; where one of several is wrong, those that are right, so that none is lost."""
        return list(dict.fromkeys(self._known[name].values())) if name in self._known else self.query.get(name) or []

    @cached_property
    def _known(self) -> dict[str, dict[str, Any]]:
        """What is right among the values of each parameter that takes names, by value, where the view is wrong."""
        if self.query.is_valid():
            return {}
        return {
            name: field.known([value.strip() for value in self.query.data.getlist(name)])
            for name, field in self.query.form.fields.items()
            if isinstance(field, ManyField)
        }

    def _written(self, name: str) -> str:
        """The value of a plain field as it was written; of one that takes several names the first that is wrong."""
        known = self._known.get(name, {})
        values = [value for value in self.query.data.getlist(name) if value.strip() not in known]
        last = values[:1] if name in self._known else values[-1:]
        return "".join(last).replace("\x00", "�")[:300]

    def headings(self, columns: Iterable[tuple[str, str, str]]) -> list[Heading]:
        """The headings of a table from (text, order, class): one with an order sorts, largest or latest first, then
        the other way round."""
        found = []
        for text, name, css in columns:
            if not name:
                found.append(Heading(text, css))
                continue
            text_first = name in ("company", "name")
            first, second = (name, f"-{name}") if text_first else (f"-{name}", name)
            order = self.query.order
            sorted_ = {name: "ascending", f"-{name}": "descending"}.get(order, "")
            wanted = second if order == first else first
            string = self.query.canonical(order=None if wanted == self.query.default_order else wanted)
            found.append(Heading(text, css, string, True, sorted_))
        return found

    @cached_property
    def presets(self) -> list[Preset]:
        """The views that many ask for, as known on the day that is asked for."""
        if type(self.query) not in PRESETS:
            return []
        day = self.query.as_of
        year, _until = latest_year(day or dates.today(), day)
        return presets(type(self.query), year, day)

    @property
    def now(self) -> str:
        """The query string of the view that is shown; no preset's where the query is wrong."""
        return self.query.canonical() if self.query.is_valid() else "?"

    @property
    def chart(self) -> str:
        """The figure that is asked for, if it is not the one that every view has."""
        return self._chosen("chart")

    def _chosen(self, name: str) -> str:
        """The value of a choice of one, which a panel keeps when something else in it is wrong; "" where none is."""
        if self.query.is_valid():
            return self.query.get(name) or ""
        given = self.query.data.get(name) or ""
        return given if given in {str(value) for value, _label in self.query.form.fields[name].choices} else ""

    @property
    def number_set(self) -> int:
        """How many filters are set."""
        return len(self.query.chips) if self.query.is_valid() else 0
