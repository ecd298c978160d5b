"""The FilterSets: each parameter of a link once, with its label, its check, its condition and the words of its chip."""

import copy
import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.db.models import DecimalField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from events import values
from events.models.choices import (
    AiLink,
    Closure,
    CountsAs,
    NoteKind,
    Permanence,
    PlanOrActual,
    ReasonKind,
    Role,
    Sector,
    Stage,
    Tier,
    TotalCounts,
    TotalScope,
)
from events.models.company import MERGED_INTO, Company
from events.models.edition import (
    EditionSet,
    EventEdition,
    EventEditionCompany,
    EventEditionTerm,
    EventWords,
    NoteEdition,
    NoteEditionCompany,
    NoteEditionTerm,
    NoteWords,
    Term,
    TotalEdition,
)
from events.text import fold, words

# How many unknown parameters are named: a link may hold thousands.
MAX_UNKNOWN = 5
DEFAULT_COUNTS = (CountsAs.CUT, CountsAs.SIGNAL)
YES_NO = [("yes", _("yes")), ("no", _("no"))]
GRAINS = [("month", _("month")), ("quarter", _("quarter")), ("year", _("year"))]
BY = [
    *GRAINS,
    ("sector", _("sector")), ("country", _("country")), ("company", _("company alone")),
    ("group", _("company with what it owned")), ("ai_link", _("AI link")), ("size", _("size")), ("stage", _("stage")),
    ("reason", _("reason")), ("unit", _("unit")),
    ("cumulative", _("month, added up through each year")), ("size_by_year", _("year, with the sizes of cuts")),
]  # fmt: skip
NOTE_BY = [*GRAINS, ("kind", _("kind")), ("company", _("company with what it owned"))]
# The figures of the explorers, the first of each without being asked for.
CHARTS = [
    ("time", _("over time")), ("cumulative", _("through the year")), ("company", _("by company")),
    ("sector", _("by sector")), ("country", _("by country")), ("size", _("size of cuts")),
    ("ai", _("beside AI investment")),
]  # fmt: skip
NOTE_CHARTS = [("time", _("over time")), ("kind", _("by kind")), ("company", _("by company"))]


# ── The form ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class CheckedForm(forms.Form):
    """The form of a FilterSet: refuses unknown parameters, single ones given twice, and ranges the wrong way round.

    A range is a pair of parameters NAME_after and NAME_before, or NAME_min and NAME_max.
    """

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        unknown = [name for name in getattr(self.data, "keys", list)() if name not in self.fields]
        for name in unknown[:MAX_UNKNOWN]:
            shown = re.sub(r"[\x00-\x1f]", "�", name)[:60]
            self.add_error(None, _t("There is no filter ‘%(name)s’ here.") % {"name": shown})
        for name in self.fields:
            if name in self.data and not takes_many(self.fields[name]) and len({v for v in self._given(name) if v}) > 1:
                self.add_error(name, _t("Give this one value, not several."))
        if cleaned.get("after") and cleaned.get("before"):
            self.add_error("before", _t("A page begins after one row or ends before one, not both."))
        for low in self.fields:
            high = re.sub("_min$", "_max", re.sub("_after$", "_before", low))
            first, last = cleaned.get(low), cleaned.get(high)
            if high != low and first is not None and last is not None and first > last:
                self.add_error(high, _t("The end lies before the beginning."))
        if cleaned.get("order") == "relevance" and not cleaned.get("q") and "q" not in self.errors:
            self.add_error("order", _t("Only a search for words can be ordered by how well they fit."))
        return cleaned

    def _given(self, name: str) -> list[str]:
        return self.data.getlist(name) if isinstance(self.data, QueryDict) else [self.data[name]]


def takes_many(field: forms.Field) -> bool:
    """Whether a parameter may stand in a link several times."""
    return isinstance(field, forms.MultipleChoiceField | values.ManyField)


# ── Kinds of parameters ──────────────────────────────────────────────────────────────────────────────────────────────


def many(
    choices: Iterable[tuple[str, Any]], label: Any, field: str = "", **kwargs: Any
) -> django_filters.MultipleChoiceFilter:
    """Several values of a choice, any of which an edition may hold."""
    return django_filters.MultipleChoiceFilter(
        field_name=field or None,
        choices=list(choices),
        label=label,
        distinct=False,
        widget=forms.CheckboxSelectMultiple,
        **kwargs,
    )


def one(
    choices: Iterable[tuple[str, Any]], label: Any, method: str = "keep", help_text: Any = ""
) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(
        choices=list(choices), label=label, method=method, empty_label=None, help_text=help_text
    )


class DayFilter(django_filters.Filter):
    field_class = values.DayField


class PastDayFilter(django_filters.Filter):
    field_class = values.PastDayField


class CompaniesFilter(django_filters.Filter):
    field_class = values.CompaniesField


class PublishersFilter(django_filters.Filter):
    field_class = values.PublishersField


class TotalWordsFilter(django_filters.Filter):
    field_class = values.TotalWordsField


class WordsFilter(django_filters.Filter):
    field_class = values.WordsField


class TextFilter(django_filters.Filter):
    field_class = values.TextField


class WholeNumberFilter(django_filters.Filter):
    field_class = values.WholeNumberField


class DecimalFilter(django_filters.Filter):
    field_class = values.DecimalField


def from_day(label: Any, field: str, help_text: Any = "") -> DayFilter:
    return DayFilter(field_name=field, lookup_expr="gte", label=label, help_text=help_text)


def to_day(label: Any, field: str, help_text: Any = "") -> DayFilter:
    return DayFilter(field_name=field, lookup_expr="lte", label=label, end=True, help_text=help_text)


# What a parameter asks for: the API description says it, no page does.
WHOLE = _("The whole date lies inside, both days included.")
HELP_RECORDED = _("The day from which it was known here, both days included.")
HELP_CHANGED = _("Its edition of the day that is asked for is known from that day on, or later.")
HELP_AS_OF = _("The answer as readers knew it at the end of that day.")
HELP_AMOUNT = _("By the best figure, else the low, else the high. Notes without money are left out.")
HELP_PEOPLE = _(
    "People known in cuts at it and at what it owned on the day of each. Where no cut has a figure, it is left out."
)
HELP_TIER = _("It has a source of such a kind.")
HELP_SOURCE = _("It has a source of such a publisher.")
HELP_GRAIN = _("How the page's chart is divided; a file is the same.")
HELP_CHART = _("Which figure the page shows; a file is the same.")
HELP_AFTER = _("The key of the row before a page: from an answer's own links alone.")
HELP_BEFORE = _("The key of the row after a page: from an answer's own links alone.")


def known_on() -> PastDayFilter:
    return PastDayFilter(method="keep", label=_("as known on"), end=True, help_text=HELP_AS_OF)


def after_row() -> django_filters.CharFilter:
    return django_filters.CharFilter(method="keep", label=_("page after"), max_length=300, help_text=HELP_AFTER)


def before_row() -> django_filters.CharFilter:
    return django_filters.CharFilter(method="keep", label=_("page before"), max_length=300, help_text=HELP_BEFORE)


class Filters(django_filters.FilterSet):
    """What all FilterSets share: what is set, in words, and how one is left out."""

    # Parameters that choose how an answer looks, not what it holds.
    shape: tuple[str, ...] = ("order", "chart", "grain", "by", "after", "before")

    def with_form(self, form: forms.Form) -> "Filters":
        """A copy that filters by another form of the same fields, already checked."""
        other = copy.copy(self)
        other._form = form
        other.filters = {name: copy.copy(filter_) for name, filter_ in self.filters.items()}
        for filter_ in other.filters.values():
            filter_.parent = other
            # Set anew, so that a method is the copy's and reads the copy's form.
            filter_.method = filter_.method
        return other

    def keep(self, queryset: QuerySet, _name: str, _value: Any) -> QuerySet:
        """For a parameter that another one, or the selection, reads."""
        return queryset

    @property
    def day(self) -> date | None:
        """The day as of which is asked; None for now."""
        return self.form.cleaned_data.get("as_of")

    def words(self, name: str, value: Any) -> str:
        """One value of the parameter `name` in a reader's words."""
        label = self.form.fields[name].label
        field: Any = self.form.fields[name]
        if isinstance(value, Company):
            return value.name
        if isinstance(value, date):
            return f"{label} {date_format(value, 'j F Y')}"
        if isinstance(value, int | Decimal):
            return f"{label} {number_format(value, use_l10n=True, force_grouping=True)}"
        if choices := getattr(field, "choices", None):
            return f"{label}: {dict(list(choices)).get(value, value)}"
        return f"{label}: {value}"

    def having_one(self, queryset: QuerySet, name: str, chosen: list[str]) -> QuerySet:
        """Editions with any of the values `chosen` among their reasons or tiers."""
        any_of = Q()
        for value in chosen or ():
            any_of |= Q(**{f"{name}s__contains": f" {value} "})
        return queryset.filter(any_of)

    def from_sources(self, queryset: QuerySet, _name: str, publishers: list[str]) -> QuerySet:
        """Editions with a citation of any of `publishers`."""
        if not publishers:
            return queryset
        keys = [fold(publisher) for publisher in publishers]
        found = self._terms.objects.filter(kind=Term.Kind.SOURCE, key__in=keys)
        return queryset.filter(pk__in=found.values("edition"))

    def with_unit(self, queryset: QuerySet, _name: str, text: str) -> QuerySet:
        """Editions with `text` in the name of a unit."""
        found = self._terms.objects.filter(kind=Term.Kind.UNIT, key__contains=text)
        return queryset.filter(pk__in=found.values("edition")) if text else queryset

    @property
    def _terms(self) -> Any:
        return EventEditionTerm if self._meta.model is EventEdition else NoteEditionTerm


def companies_named(word: str) -> QuerySet[Company]:
    """Companies with a word that begins with `word` in a name of theirs, or of any that was merged with them into one:
    the names of a merged company find what it was merged into, and all that was."""
    named = Company.objects.filter(search_text__has_word=word).order_by()
    one = Coalesce(*reversed(MERGED_INTO))
    return Company.objects.alias(one=one).filter(one__in=named.values(one=one)).order_by()


# ── Layoff events ────────────────────────────────────────────────────────────────────────────────────────────────────


class EventForm(CheckedForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        bounds = [name for name in ("people_min", "people_max") if cleaned.get(name) is not None]
        if cleaned.get("without_figure") == "only" and bounds:
            self.add_error(bounds[0], _t("Events without a figure have no number of people to compare with."))
        return cleaned


class EventFilters(Filters):
    """The parameters of `/events/` and of every file and chart made from it."""

    q = WordsFilter(
        method="find_words",
        label=_("words"),
        help_text=_("Each begins a word of the title, a unit, a quote or a name of the company."),
    )
    company = CompaniesFilter(
        method="of_companies", label=_("company"), help_text=_("Events of it and of what it owned on the day of each.")
    )
    subsidiaries = one([("no", _("without what it owned"))], _("subsidiaries"), help_text=_("Only beside a company."))
    announced_after = from_day(_("announced from"), "announced_from", WHOLE)
    announced_before = to_day(_("announced to"), "announced_until", WHOLE)
    effective_after = from_day(_("effective from"), "effective_from", _("Events without this date are left out."))
    effective_before = to_day(_("effective to"), "effective_until", _("Events without this date are left out."))
    recorded_after = from_day(_("recorded from"), "recorded_on", HELP_RECORDED)
    recorded_before = to_day(_("recorded to"), "recorded_on", HELP_RECORDED)
    changed_after = from_day(_("new or changed since"), "known_from", HELP_CHANGED)
    people_min = WholeNumberFilter(
        method="keep",
        label=_("people from"),
        help_text=_("By the best figure, else the low one. Events without a figure are left out unless asked for."),
    )
    people_max = WholeNumberFilter(
        method="keep",
        label=_("people to"),
        help_text=_("By the best figure, else the low one. Events without a figure are left out unless asked for."),
    )
    without_figure = one(
        [("include", _("also")), ("only", _("only these")), ("exclude", _("leave out"))],
        _("events without a figure"),
        help_text=_("Without this they are there, unless people are asked for."),
    )
    share_min = DecimalFilter(
        field_name="share_percent",
        lookup_expr="gte",
        label=_("percent from"),
        max_value=100,
        help_text=_("Of the workforce. Events without a share are left out."),
    )
    share_max = DecimalFilter(
        field_name="share_percent",
        lookup_expr="lte",
        label=_("percent to"),
        max_value=100,
        help_text=_("Of the workforce. Events without a share are left out."),
    )
    counts_as = many(CountsAs.choices, _("counts as"), "counts_as", help_text=_("Without this, cuts and signals."))
    stage = many(Stage.choices, _("stage"), "stage")
    permanence = many(Permanence.choices, _("permanence"), "permanence")
    closure = many(Closure.choices, _("closure"), "closure")
    ai_link = many(AiLink.choices, _("AI link"), "ai_link")
    ai_notes = one(
        YES_NO,
        _("AI notes at the time"),
        "with_notes",
        _("The company, or an owner of that day, has a note from 12 months before the event to 6 after it."),
    )
    reason = many(ReasonKind.choices, _("reason"), method="having_one", help_text=_("A source says so."))
    unit = TextFilter(method="with_unit", label=_("unit"), help_text=_("Part of the name of a unit that it touches."))
    tier = many(Tier.choices, _("source tier"), method="having_one", help_text=HELP_TIER)
    source = PublishersFilter(method="from_sources", label=_("source"), help_text=HELP_SOURCE)
    sector = many(Sector.choices, _("sector"), "sector")
    country = many(list(countries), _("country"), "country")
    place = TextFilter(
        method="in_place", label=_("place"), help_text=_("Part of the name of its city, state or region.")
    )
    as_of = known_on()
    order = one(
        [
            ("-announced", _("newest first")),
            ("announced", _("oldest first")),
            ("-people", _("most people first")),
            ("people", _("fewest people first")),
            ("company", _("company, A to Z")),
            ("-company", _("company, Z to A")),
            ("-recorded", _("last recorded first")),
            ("recorded", _("first recorded first")),
            ("-changed", _("last changed first")),
            ("changed", _("first changed first")),
            ("relevance", _("best fit of the words first")),
        ],
        _("order"),
    )
    chart = one(CHARTS, _("figure"), help_text=HELP_CHART)
    grain = one(GRAINS, _("chart by"), help_text=HELP_GRAIN)
    after, before = after_row(), before_row()

    class Meta:
        model = EventEdition
        fields: list[str] = []
        form = EventForm

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        queryset = super().filter_queryset(queryset)
        value = self.form.cleaned_data
        if not value["counts_as"]:
            queryset = queryset.filter(counts_as__in=DEFAULT_COUNTS)
        return self._with_figures(queryset)

    def _with_figures(self, queryset: QuerySet) -> QuerySet:
        """Whether events without a figure belong: with a bound on people they do not, unless asked for."""
        value = self.form.cleaned_data
        bounds = {
            f"headline__{lookup}": value[name]
            for name, lookup in (("people_min", "gte"), ("people_max", "lte"))
            if value[name] is not None
        }
        match value["without_figure"]:
            case "only":
                return queryset.filter(headline__isnull=True)
            case "exclude":
                return queryset.filter(headline__isnull=False, **bounds)
            case "include" if bounds:
                return queryset.filter(Q(headline__isnull=True) | Q(**bounds))
        return queryset.filter(**bounds)

    def find_words(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        """Every word begins one of the title, units, quotes or a name of the company, without case and accents."""
        if not value:
            return queryset
        if not words(value):
            return queryset.none()
        for word in words(value):
            found = EventWords.objects.filter(words__has_word=word).values("pk")
            queryset = queryset.filter(Q(pk__in=found) | Q(company__in=companies_named(word).values("pk")))
        return queryset

    def of_companies(self, queryset: QuerySet, _name: str, companies: list[Company]) -> QuerySet:
        """Events of the companies and of what they owned on the day (rule 4)."""
        if not companies:
            return queryset
        index = EventEditionCompany.objects.filter(company__in=companies)
        if self.form.cleaned_data.get("subsidiaries") == "no":
            index = index.filter(direct=True)
        return queryset.filter(pk__in=index.values("edition"))

    def with_notes(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        """Whether the company, or an owner of that day, has an AI note from 12 months before to 6 after.

        A date known less exactly counts by its whole span: so does a note's.
        """
        # The day is asked of the joined note, not "edition in and company in": SQLite would try each pair of the two.
        notes = NoteEditionCompany.objects.filter(
            **EditionSet.span(self.day, "edition__"),
            direct=True,
            edition__dated_from__gte=OuterRef("edition__notes_from"),
            edition__dated_until__lte=OuterRef("edition__notes_until"),
            company=OuterRef("company"),
        )
        beside = EventEditionCompany.objects.filter(
            Exists(notes), company__in=NoteEditionCompany.objects.filter(direct=True).values("company")
        )
        if not value:
            return queryset
        inside = Q(pk__in=beside.values("edition"))
        return queryset.filter(inside if value == "yes" else ~inside)

    def in_place(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(place_folded__contains=value) if value else queryset


class SeriesFilters(EventFilters):
    """The parameters of a series: those of the events, and by what they are taken apart."""

    by = one(BY, _("by"), help_text=_("What the totals are taken apart by."))
    by.extra["required"] = True

    class Meta(EventFilters.Meta):
        pass


# ── AI-investment notes ──────────────────────────────────────────────────────────────────────────────────────────────


class NoteFilters(Filters):
    """The parameters of `/ai/` and of every file made from it."""

    q = WordsFilter(
        method="find_words",
        label=_("words"),
        help_text=_("Each begins a word of the title, the summary, a quote or a name of a company."),
    )
    company = CompaniesFilter(
        method="of_companies",
        label=_("company"),
        help_text=_("It, or what it owned on the day, has a role in the note."),
    )
    role = many(
        Role.choices,
        _("role"),
        method="in_role",
        help_text=_("What a company is in it; beside a company, what that one is."),
    )
    kind = many(NoteKind.choices, _("kind"), "kind")
    plan_or_actual = many(
        PlanOrActual.choices,
        _("plan or actual"),
        "plan_or_actual",
        help_text=_("Whether its money is a plan or was spent."),
    )
    amount_min = DecimalFilter(
        method="of_amount", label=_("US$ millions from"), max_value=values.MAX_MILLIONS, help_text=HELP_AMOUNT
    )
    amount_max = DecimalFilter(
        method="of_amount", label=_("US$ millions to"), max_value=values.MAX_MILLIONS, help_text=HELP_AMOUNT
    )
    dated_after = from_day(_("dated from"), "dated_from", WHOLE)
    dated_before = to_day(_("dated to"), "dated_until", WHOLE)
    period_after = from_day(_("period from"), "period_from", _("Notes without a period are left out."))
    period_before = to_day(_("period to"), "period_until", _("Notes without a period are left out."))
    recorded_after = from_day(_("recorded from"), "recorded_on", HELP_RECORDED)
    recorded_before = to_day(_("recorded to"), "recorded_on", HELP_RECORDED)
    changed_after = from_day(_("new or changed since"), "known_from", HELP_CHANGED)
    tier = many(Tier.choices, _("source tier"), method="having_one", help_text=HELP_TIER)
    source = PublishersFilter(method="from_sources", label=_("source"), help_text=HELP_SOURCE)
    as_of = known_on()
    order = one(
        [
            ("-dated", _("newest first")),
            ("dated", _("oldest first")),
            ("-money", _("most money first")),
            ("money", _("least money first")),
            ("-recorded", _("last recorded first")),
            ("recorded", _("first recorded first")),
            ("-changed", _("last changed first")),
            ("changed", _("first changed first")),
            ("relevance", _("best fit of the words first")),
        ],
        _("order"),
    )
    chart = one(NOTE_CHARTS, _("figure"), help_text=HELP_CHART)
    grain = one(GRAINS, _("chart by"), help_text=HELP_GRAIN)
    after, before = after_row(), before_row()

    class Meta:
        model = NoteEdition
        fields: list[str] = []
        form = CheckedForm

    def find_words(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        """Every word begins one of the title, summary, quotes or a name of one of the companies."""
        if not value:
            return queryset
        if not words(value):
            return queryset.none()
        for word in words(value):
            found = NoteWords.objects.filter(words__has_word=word).values("pk")
            named = companies_named(word).values("pk")
            of = NoteEditionCompany.objects.filter(company__in=named, direct=True)
            queryset = queryset.filter(Q(pk__in=found) | Q(pk__in=of.values("edition")))
        return queryset

    def of_companies(self, queryset: QuerySet, _name: str, companies: list[Company]) -> QuerySet:
        """Notes in which the companies, or what they owned on the day, have a role: any, or one of those chosen."""
        if not companies:
            return queryset
        index = NoteEditionCompany.objects.filter(company__in=companies)
        if roles := self.form.cleaned_data.get("role"):
            index = index.filter(role__in=roles)
        return queryset.filter(pk__in=index.values("edition"))

    def in_role(self, queryset: QuerySet, _name: str, roles: list[str]) -> QuerySet:
        """Notes in which some company has one of the roles; which company says the filter of companies."""
        if not roles or self.form.cleaned_data.get("company"):
            return queryset
        return queryset.filter(pk__in=NoteEditionCompany.objects.filter(role__in=roles).values("edition"))

    def of_amount(self, queryset: QuerySet, name: str, value: Decimal | None) -> QuerySet:
        """Notes by their money, in millions of US dollars: the best figure, else the low, else the high."""
        if value is None:
            return queryset
        lookup = "gte" if name == "amount_min" else "lte"
        return queryset.alias(amount=AMOUNT).filter(**{f"amount__{lookup}": value})


class NoteSeriesFilters(NoteFilters):
    """The parameters of a series of notes: those of the notes, and by what they are taken apart."""

    by = one(NOTE_BY, _("by"), help_text=_("What the notes are taken apart by."))
    by.extra["required"] = True

    class Meta(NoteFilters.Meta):
        pass


AMOUNT = Coalesce(
    F("usd_millions"),
    F("usd_low_millions"),
    F("usd_high_millions"),
    output_field=DecimalField(max_digits=15, decimal_places=3),
)


# ── Companies ────────────────────────────────────────────────────────────────────────────────────────────────────────


class CompanyFilters(Filters):
    """The parameters of `/companies/` and of every file made from it."""

    q = WordsFilter(method="find_words", label=_("words"), help_text=_("Each begins a word of a name of it."))
    sector = many(Sector.choices, _("sector"), "sector")
    country = many(list(countries), _("country"), "country")
    people_min = WholeNumberFilter(
        method="keep",
        label=_("people from"),
        help_text=HELP_PEOPLE,
    )
    people_max = WholeNumberFilter(
        method="keep",
        label=_("people to"),
        help_text=HELP_PEOPLE,
    )
    ai_notes = one(YES_NO, _("AI notes"), help_text=_("It, or what it owned on the day, has a role in one."))
    as_of = known_on()
    order = one(
        [
            ("-people", _("most people first")),
            ("people", _("fewest people first")),
            ("name", _("name, A to Z")),
            ("-name", _("name, Z to A")),
            ("-cuts", _("most cuts first")),
            ("cuts", _("fewest cuts first")),
            ("-notes", _("most AI notes first")),
            ("notes", _("fewest AI notes first")),
        ],
        _("order"),
    )
    after, before = after_row(), before_row()

    class Meta:
        model = Company
        fields: list[str] = []
        form = CheckedForm

    def find_words(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        if value and not words(value):
            return queryset.none()
        for word in words(value or ""):
            queryset = queryset.filter(pk__in=companies_named(word).values("pk"))
        return queryset


# Who puts something into AI, by what: not who is paid, hires, or says what is to come.
INVESTING_ROLES = (Role.INVESTOR, Role.BUYER, Role.MAKER)
# Whose money it is not, but who gets it.
RECEIVING_ROLES = (Role.RECIPIENT, Role.TARGET)
INVESTING_KINDS = (
    NoteKind.MODEL, NoteKind.PRODUCT, NoteKind.CAPITAL_SPENDING, NoteKind.RESEARCH_SPENDING, NoteKind.FUNDING_ROUND,
    NoteKind.ACQUISITION, NoteKind.PARTNERSHIP,
)  # fmt: skip
MAX_MONTHS = 60


class BesideFilters(Filters):
    """The parameters of `/layoffs-and-ai/` and of every file made from it: which cuts, which notes, and how many months
    apart. The selections of events and of notes read them."""

    company = CompaniesFilter(
        method="keep", label=_("company"), help_text=_("It and what it owned on the day, also where others own it.")
    )
    sector = many(Sector.choices, _("sector"), method="keep", help_text=_("The cut's."))
    country = many(list(countries), _("country"), method="keep", help_text=_("The cut's."))
    announced_after = DayFilter(method="keep", label=_("announced from"), help_text=WHOLE)
    announced_before = DayFilter(method="keep", label=_("announced to"), end=True, help_text=WHOLE)
    ai_link = many(AiLink.choices, _("AI link"), method="keep", help_text=_("What is claimed about the cut and AI."))
    kind = many(
        [(kind.value, kind.label) for kind in INVESTING_KINDS],
        _("kind"),
        method="keep",
        help_text=_("What kind of fact a note beside the cut is."),
    )
    plan_or_actual = many(
        PlanOrActual.choices,
        _("plan or actual"),
        method="keep",
        help_text=_("Whether a note's money is a plan or was spent."),
    )
    months_before = WholeNumberFilter(
        method="keep",
        label=_("months before the cut"),
        max_value=MAX_MONTHS,
        help_text=_("How long before a cut a note may be dated; without this, 12 months."),
    )
    months_after = WholeNumberFilter(
        method="keep",
        label=_("months after the cut"),
        max_value=MAX_MONTHS,
        help_text=_("How long after a cut a note may be dated; without this, 6 months."),
    )
    as_of = known_on()
    order = one(
        [
            ("-people", _("most people first")),
            ("people", _("fewest people first")),
            ("-cuts", _("most cuts first")),
            ("cuts", _("fewest cuts first")),
            ("-notes", _("most AI notes first")),
            ("notes", _("fewest AI notes first")),
            ("-latest", _("latest cut first")),
            ("latest", _("earliest latest cut first")),
            ("name", _("name, A to Z")),
            ("-name", _("name, Z to A")),
        ],
        _("order"),
    )
    after, before = after_row(), before_row()

    class Meta:
        model = EventEdition
        fields: list[str] = []
        form = CheckedForm


# ── Published totals ─────────────────────────────────────────────────────────────────────────────────────────────────


class TotalFilters(Filters):
    """The parameters of `/totals/` and of every file made from it."""

    publisher = TotalWordsFilter(
        field_name="publisher",
        column="publisher",
        lookup_expr="in",
        label=_("publisher"),
        help_text=_("Who publishes it, by whole name."),
    )
    scope = many(TotalScope.choices, _("scope"), "scope", help_text=_("Which jobs it takes in."))
    geography = TotalWordsFilter(
        field_name="geography",
        column="geography",
        lookup_expr="in",
        label=_("geography"),
        help_text=_("Where, in the words that a total has here."),
    )
    counts = many(TotalCounts.choices, _("what is counted"), "counts")
    period_after = from_day(_("period from"), "period_from", _("The whole period lies inside, both days included."))
    period_before = to_day(_("period to"), "period_until", _("The whole period lies inside, both days included."))
    as_of = known_on()
    order = one(
        [
            ("-period", _("latest period first")),
            ("period", _("earliest period first")),
            ("-as_of", _("last given first")),
            ("as_of", _("first given first")),
            ("-changed", _("last changed first")),
            ("changed", _("first changed first")),
        ],
        _("order"),
    )
    after, before = after_row(), before_row()

    class Meta:
        model = TotalEdition
        fields: list[str] = []
        form = CheckedForm


class RecordFilters(Filters):
    """The one parameter of the page of one record."""

    as_of = known_on()

    class Meta:
        model = EventEdition
        fields: list[str] = []
        form = CheckedForm


class CompanyPageFilters(RecordFilters):
    """The parameters of the page of one company: the days that its axis of time shows."""

    announced_after = DayFilter(method="keep", label=_("announced from"))
    announced_before = DayFilter(method="keep", label=_("announced to"), end=True)

    class Meta(RecordFilters.Meta):
        pass


class SearchFilters(Filters):
    """The parameters of `/search/`: the selections of companies, events and notes read them."""

    q = WordsFilter(method="keep", label=_("words"))
    dates = one([("no", _("read as words"))], _("dates among the words"))
    as_of = known_on()

    class Meta:
        model = EventEdition
        fields: list[str] = []
        form = CheckedForm


class SuggestFilters(SearchFilters):
    """The parameters of what is offered while somebody types."""

    only = one([("companies", _("companies"))], _("only"))

    class Meta(SearchFilters.Meta):
        pass


class CorrectionFilters(Filters):
    """The parameters of `/corrections/` and of its feed."""

    as_of = known_on()
    after, before = after_row(), before_row()

    class Meta:
        model = EventEdition
        fields: list[str] = []
        form = CheckedForm
