"""The FilterSets: each parameter of a link once, with its label, its check, its condition and the words of its chip."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from events.dates import read_date
from events.models.choices import AiLink, CountsAs, NoteKind, PlanOrActual, Sector, Stage
from events.models.company import Alias, Company, OldSlug, OwnershipTree
from events.models.edition import EventEdition, EventEditionCompany, NoteEdition, NoteEditionCompany, public_companies
from events.text import company_key, fold

MAX_WORDS = 200
MAX_COMPANIES = 50
# How many unknown parameters are named: a link may hold thousands.
MAX_UNKNOWN = 5
MAX_PEOPLE = 10_000_000
DEFAULT_COUNTS = (CountsAs.CUT, CountsAs.SIGNAL)


# ── Fields: how a value is written in a link, and what is wrong with it ──────────────────────────────────────────────


class DayField(forms.Field):
    """A day, or a month, quarter or year that stands for its first (or, with `end`, last) day."""

    def __init__(self, *, end: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.end = end

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values:
            return None
        try:
            span = read_date(str(value))
        except ValueError as error:
            raise ValidationError(str(error)) from error
        return span.last if self.end else span.first


class WordsField(forms.CharField):
    """Words to search for: blanks between them mean nothing, so one search is written in one way."""

    def to_python(self, value: Any) -> str:
        return " ".join((super().to_python(value) or "").split())


class ManyText(forms.MultipleHiddenInput):
    """Takes every value that a link gives; templates draw it."""


class CompaniesField(forms.Field):
    """Companies by slug, or by a name or alias as a person types it; a merged one stands for what took it in."""

    widget = ManyText

    def to_python(self, value: Any) -> list[Company]:
        found: dict[int, Company] = {}
        names = dict.fromkeys(text.strip() for text in value or [] if text.strip())
        if len(names) > MAX_COMPANIES:
            raise ValidationError(_t("Choose at most %(n)s companies.") % {"n": MAX_COMPANIES})
        known = _companies_called(list(names)) if names else {}
        for text in names:
            if text not in known:
                shown = text[:60].replace("\x00", "�")
                raise ValidationError(_t("There is no company ‘%(name)s’ here.") % {"name": shown})
            found[known[text].pk] = known[text]
        return list(found.values())


def _companies_called(names: list[str]) -> dict[str, Company]:
    """The public company that each of `names` means: an address, of today or an old one, a name or an alias.

    A merged company stands for what it was merged into. A name of none is left out.
    """
    names = [name for name in names if "\x00" not in name and len(name) <= MAX_WORDS]
    keys = {name: company_key(name) for name in names}
    # What is found later counts more: an address before a name, a name before an alias.
    ids: dict[str, int] = {}
    aliases = dict(Alias.objects.filter(match_key__in=keys.values()).values_list("match_key", "company_id"))
    ids |= {name: aliases[key] for name, key in keys.items() if key in aliases}
    unmerged_last = F("merged_into").desc(nulls_last=True)
    named = Company.objects.filter(match_key__in=keys.values()).order_by(unmerged_last, "-pk")
    by_key = dict(named.values_list("match_key", "pk"))
    ids |= {name: by_key[key] for name, key in keys.items() if key in by_key}
    ids |= dict(OldSlug.objects.filter(slug__in=names).values_list("slug", "company_id"))
    ids |= dict(Company.objects.filter(slug__in=names).values_list("slug", "pk"))
    tree = OwnershipTree.load_merged()
    public = public_companies().in_bulk({tree.today_of(pk) for pk in ids.values()})
    return {name: public[tree.today_of(pk)] for name, pk in ids.items() if tree.today_of(pk) in public}


class DayFilter(django_filters.Filter):
    field_class = DayField


class CompaniesFilter(django_filters.Filter):
    field_class = CompaniesField


class WordsFilter(django_filters.CharFilter):
    field_class = WordsField


class CheckedForm(forms.Form):
    """The form of a FilterSet: refuses unknown parameters, single ones given twice, and ranges the wrong way round."""

    ranges: tuple[tuple[str, str], ...] = ()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        unknown = [name for name in getattr(self.data, "keys", list)() if name not in self.fields]
        for name in unknown[:MAX_UNKNOWN]:
            shown = re.sub(r"[\x00-\x1f]", "�", name)[:60]
            self.add_error(None, _t("There is no filter ‘%(name)s’ here.") % {"name": shown})
        for name in self.fields:
            if name in self.data and not self._takes_many(name) and len({v for v in self._given(name) if v}) > 1:
                self.add_error(name, _t("Give this one value, not several."))
        if cleaned.get("after") and cleaned.get("before"):
            self.add_error("before", _t("A page begins after one row or ends before one, not both."))
        for low, high in self.ranges:
            first, last = cleaned.get(low), cleaned.get(high)
            if first is not None and last is not None and first > last:
                self.add_error(high, _t("The end lies before the beginning."))
        return cleaned

    def _given(self, name: str) -> list[str]:
        return self.data.getlist(name) if isinstance(self.data, QueryDict) else [self.data[name]]

    def _takes_many(self, name: str) -> bool:
        return isinstance(self.fields[name], forms.MultipleChoiceField | CompaniesField)


def many(
    choices: Iterable[tuple[str, Any]], label: Any, field: str, **kwargs: Any
) -> django_filters.MultipleChoiceFilter:
    """Several values of a choice, any of which an edition may hold."""
    return django_filters.MultipleChoiceFilter(
        field_name=field,
        choices=list(choices),
        label=label,
        distinct=False,
        widget=forms.CheckboxSelectMultiple,
        **kwargs,
    )


def number(label: Any, field: str, lookup: str) -> django_filters.NumberFilter:
    # A field of our own class: the library's turns very long digits into an error of the server.
    filter_ = WholeNumberFilter(field_name=field, lookup_expr=lookup, label=label)
    return filter_


class WholeNumberFilter(django_filters.Filter):
    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, min_value=0, max_value=MAX_PEOPLE, **kwargs)


class Filters(django_filters.FilterSet):
    """What all FilterSets share: what is set, in words, and how one is left out."""

    # Parameters that choose how an answer looks, not what it holds.
    shape: tuple[str, ...] = ("order", "after", "before")

    def keep(self, queryset: QuerySet, _name: str, _value: Any) -> QuerySet:
        """For a parameter that another one, or the selection, reads."""
        return queryset

    def words(self, name: str, value: Any) -> str:
        """One value of the parameter `name` in a reader's words."""
        label = self.form.fields[name].label
        field: Any = self.form.fields[name]
        if isinstance(value, Company):
            return value.name
        if isinstance(value, date):
            return f"{label} {date_format(value, 'j F Y')}"
        if isinstance(value, int):
            return f"{label} {number_format(value, use_l10n=True, force_grouping=True)}"
        if choices := getattr(field, "choices", None):
            return f"{label}: {dict(list(choices)).get(value, value)}"
        return f"{label}: {value}"


def _companies_named(word: str) -> QuerySet[Company]:
    """Companies with `word` in a name of theirs or of the one they were merged into, whose name they are shown by."""
    targets = ("", "merged_into__", "merged_into__merged_into__")
    names = [Q(**{f"{target}search_text__contains": word}) for target in targets]
    return Company.objects.filter(names[0] | names[1] | names[2]).order_by()


class EventForm(CheckedForm):
    ranges = (("announced_after", "announced_before"), ("people_min", "people_max"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        bounds = [name for name in ("people_min", "people_max") if cleaned.get(name) is not None]
        if cleaned.get("without_figure") == "only" and bounds:
            self.add_error(bounds[0], _t("Events without a figure have no number of people to compare with."))
        return cleaned


class EventFilters(Filters):
    """The parameters of `/events/` and of every file and chart made from it."""

    q = WordsFilter(method="find_words", label=_("words"), max_length=MAX_WORDS)
    company = CompaniesFilter(method="of_companies", label=_("company"))
    subsidiaries = django_filters.ChoiceFilter(
        choices=[("no", _("without what it owned"))], method="keep", label=_("subsidiaries"), empty_label=None
    )
    announced_after = DayFilter(field_name="announced_from", lookup_expr="gte", label=_("announced from"))
    announced_before = DayFilter(field_name="announced_until", lookup_expr="lte", label=_("announced to"), end=True)
    people_min = number(_("people from"), "headline", "gte")
    people_max = number(_("people to"), "headline", "lte")
    without_figure = django_filters.ChoiceFilter(
        choices=[("include", _("also")), ("only", _("only these")), ("exclude", _("leave out"))],
        method="keep",
        label=_("events without a figure"),
        empty_label=None,
    )
    counts_as = many(CountsAs.choices, _("counts as"), "counts_as")
    stage = many(Stage.choices, _("stage"), "stage")
    ai_link = many(AiLink.choices, _("AI link"), "ai_link")
    sector = many(Sector.choices, _("sector"), "sector")
    country = many(list(countries), _("country"), "country")
    place = django_filters.CharFilter(method="in_place", label=_("place"), max_length=100)
    order = django_filters.ChoiceFilter(
        choices=[
            ("-announced", _("newest first")),
            ("announced", _("oldest first")),
            ("-people", _("most people first")),
            ("people", _("fewest people first")),
            ("company", _("company, A to Z")),
            ("-company", _("company, Z to A")),
            ("-recorded", _("last recorded first")),
            ("recorded", _("first recorded first")),
        ],
        method="keep",
        label=_("order"),
        empty_label=None,
    )
    after = django_filters.CharFilter(method="keep", label=_("page after"), max_length=300)
    before = django_filters.CharFilter(method="keep", label=_("page before"), max_length=300)

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
        """Every word in the title, units, quotes or a name of the company, without case and accents."""
        for word in fold(value).split():
            queryset = queryset.filter(Q(search_text__contains=word) | Q(company__in=_companies_named(word)))
        return queryset

    def of_companies(self, queryset: QuerySet, _name: str, companies: list[Company]) -> QuerySet:
        """Events of the companies and of what they owned on the day (rule 4)."""
        if not companies:
            return queryset
        index = EventEditionCompany.objects.filter(edition=OuterRef("pk"), company__in=companies)
        if self.form.cleaned_data.get("subsidiaries") == "no":
            index = index.filter(direct=True)
        return queryset.filter(Exists(index))

    def in_place(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(place_folded__contains=fold(value))


# The bounds on people are applied together with the choice on events without a figure.
for _bound in ("people_min", "people_max"):
    EventFilters.base_filters[_bound].method = "keep"


class NoteForm(CheckedForm):
    ranges = (("dated_after", "dated_before"),)


class NoteFilters(Filters):
    """The parameters of `/ai/`."""

    q = WordsFilter(method="find_words", label=_("words"), max_length=MAX_WORDS)
    company = CompaniesFilter(method="of_companies", label=_("company"))
    kind = many(NoteKind.choices, _("kind"), "kind")
    plan_or_actual = many(PlanOrActual.choices, _("plan or actual"), "plan_or_actual")
    dated_after = DayFilter(field_name="dated_from", lookup_expr="gte", label=_("dated from"))
    dated_before = DayFilter(field_name="dated_until", lookup_expr="lte", label=_("dated to"), end=True)
    order = django_filters.ChoiceFilter(
        choices=[
            ("-dated", _("newest first")),
            ("dated", _("oldest first")),
            ("-money", _("most money first")),
            ("money", _("least money first")),
        ],
        method="keep",
        label=_("order"),
        empty_label=None,
    )
    after = django_filters.CharFilter(method="keep", label=_("page after"), max_length=300)
    before = django_filters.CharFilter(method="keep", label=_("page before"), max_length=300)

    class Meta:
        model = NoteEdition
        fields: list[str] = []
        form = NoteForm

    def find_words(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        for word in fold(value).split():
            names = NoteEditionCompany.objects.filter(edition=OuterRef("pk"), company__in=_companies_named(word))
            queryset = queryset.filter(Q(search_text__contains=word) | Exists(names))
        return queryset

    def of_companies(self, queryset: QuerySet, _name: str, companies: list[Company]) -> QuerySet:
        """Notes in which the companies, or what they owned on the day, have a role."""
        if not companies:
            return queryset
        return queryset.filter(Exists(NoteEditionCompany.objects.filter(edition=OuterRef("pk"), company__in=companies)))


class CompanyFilters(Filters):
    """The parameters of `/companies/`."""

    q = WordsFilter(method="find_words", label=_("words"), max_length=MAX_WORDS)
    sector = many(Sector.choices, _("sector"), "sector")
    country = many(list(countries), _("country"), "country")
    order = django_filters.ChoiceFilter(
        choices=[
            ("-people", _("most people first")),
            ("people", _("fewest people first")),
            ("name", _("name, A to Z")),
            ("-name", _("name, Z to A")),
            ("-cuts", _("most cuts first")),
            ("cuts", _("fewest cuts first")),
            ("-notes", _("most AI notes first")),
            ("notes", _("fewest AI notes first")),
        ],
        method="keep",
        label=_("order"),
        empty_label=None,
    )
    page = WholeNumberFilter(method="keep", label=_("page"))

    shape = ("order", "page")

    class Meta:
        model = Company
        fields: list[str] = []
        form = CheckedForm

    def find_words(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        for word in fold(value).split():
            queryset = queryset.filter(pk__in=_companies_named(word))
        return queryset
