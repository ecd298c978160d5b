"""How one value is written in a link: the form fields of the FilterSets, with what is wrong with a value in words."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.text import slugify
from django.utils.translation import gettext as _t

from events import dates
from events.dates import read_date
from events.models.company import Alias, Company, OldSlug, OwnershipTree
from events.models.edition import EventEditionTerm, NoteEditionTerm, Term, TotalEdition, public_companies
from events.text import company_key, fold, words

MAX_TEXT = 200
MAX_WORDS = 10
MAX_VALUES = 50
MAX_PEOPLE = 10_000_000
MAX_MILLIONS = 100_000_000


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


class PastDayField(DayField):
    """A day whose end can be looked back to: today, or one before."""

    def to_python(self, value: Any) -> date | None:
        day = super().to_python(value)
        if day and day > dates.today():
            raise ValidationError(_t("%(day)s is still to come: nobody knows yet what will be known.") % {"day": day})
        return day


class WholeNumberField(forms.IntegerField):
    # A field of our own class: django-filter's turns very long digits into an error of the server.
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": MAX_PEOPLE, **kwargs})


class DecimalField(forms.DecimalField):
    """A number of at most three decimals; 5.0 and 5 are one value."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 0, "max_digits": 15, "decimal_places": 3, **kwargs})

    def clean(self, value: Any) -> Decimal | None:
        number = super().clean(value)
        # Adding 0 makes -0 the 0 that it is.
        return None if number is None else Decimal(format(number, "f")).normalize() + 0


class TextField(forms.CharField):
    """Text compared without case, accents and runs of blanks, and written in the form in which it is compared."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": MAX_TEXT, **kwargs})

    def clean(self, value: Any) -> str:
        # To fold may lengthen: a sign that stands for a whole sentence becomes it.
        text = fold(super().clean(value))
        self.run_validators(text)
        return text


class WordsField(TextField):
    """Words to search for, each of letters and digits alone: signs between them mean nothing."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        every = sorted(set(words(text)))
        # Each word must begin one that is searched: "goo" asks nothing beside "google".
        found = [word for word in every if not any(w != word and w.startswith(word) for w in every)]
        if len(found) > MAX_WORDS:
            raise ValidationError(_t("Search for at most %(n)s words.") % {"n": MAX_WORDS})
        return " ".join(found) or text


class ManyText(forms.MultipleHiddenInput):
    """Takes every value that a link gives; templates draw it."""


class ManyField(forms.Field):
    """Several values that a person may type, each looked up: what is not found is an error, never a wider result."""

    widget = ManyText

    def to_python(self, value: Any) -> list[Any]:
        names = list(dict.fromkeys(text.strip() for text in value or [] if text.strip()))
        if len(names) > MAX_VALUES:
            raise ValidationError(self.too_many() % {"n": MAX_VALUES})
        known = self.known(names)
        for name in names:
            if name not in known:
                shown = {"name": name[:60].replace("\x00", "�")}
                raise ValidationError(self.unknown(), params=shown | {"wrong": name, "near": self.near(name)})
        return list(dict.fromkeys(known[name] for name in names))

    def known(self, names: list[str]) -> dict[str, Any]:
        """What each of `names` means, however it came here; one that means nothing is left out."""
        names = [n for n in names[:MAX_VALUES] if "\x00" not in n and len(n) <= MAX_TEXT]
        return self.look_up(names) if names else {}

    def look_up(self, names: list[str]) -> dict[str, Any]:
        """What each of `names` means; one that means nothing is left out."""
        raise NotImplementedError

    def near(self, name: str) -> list[Any]:
        """What may be meant by a name that means nothing."""
        return []

    def too_many(self) -> str:
        return _t("Choose at most %(n)s.")

    def unknown(self) -> str:
        return _t("There is no ‘%(name)s’ here.")


class CompaniesField(ManyField):
    """Companies by slug, or by a name or alias as a person types it; a merged one stands for what took it in."""

    def look_up(self, names: list[str]) -> dict[str, Company]:
        return companies_called(names)

    def near(self, name: str) -> list[Company]:
        return companies_near(name[:MAX_TEXT].replace("\x00", ""))

    def too_many(self) -> str:
        return _t("Choose at most %(n)s companies.")

    def unknown(self) -> str:
        return _t("There is no company ‘%(name)s’ here.")


class PublishersField(ManyField):
    """Publishers of sources by name, without case and accents."""

    def look_up(self, names: list[str]) -> dict[str, str]:
        keys = {name: fold(name) for name in names}
        found: dict[str, str] = {}
        for index in (NoteEditionTerm, EventEditionTerm):
            terms = index.objects.filter(kind=Term.Kind.SOURCE, key__in=keys.values())
            found |= dict(terms.order_by("-value").values_list("key", "value").distinct())
        return {name: found[key] for name, key in keys.items() if key in found}

    def unknown(self) -> str:
        return _t("No source here is published by ‘%(name)s’.")


class TotalWordsField(ManyField):
    """Words of one column of published totals, as they stand there: publishers, geographies."""

    def __init__(self, *, column: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.column = column

    def look_up(self, names: list[str]) -> dict[str, str]:
        every = {fold(word): word for word in self.words()}
        return {name: every[fold(name)] for name in names if fold(name) in every}

    def words(self) -> list[str]:
        return list(TotalEdition.objects.order_by(self.column).values_list(self.column, flat=True).distinct())

    def unknown(self) -> str:
        return _t("No published total here has ‘%(name)s’.")


def companies_called(names: list[str]) -> dict[str, Company]:
    """The public company that each of `names` means: an address, of today or an old one, a name or an alias.

    A merged company stands for what it was merged into. A name of none is left out.
    """
    keys = {name: company_key(name) for name in names}
    slugs = dict(Company.objects.filter(slug__in=names).values_list("slug", "pk"))
    old_slugs = dict(OldSlug.objects.filter(slug__in=names).values_list("slug", "company_id"))
    named: dict[str, list[int]] = defaultdict(list)
    unmerged_first = F("merged_into").asc(nulls_first=True)
    called = Company.objects.filter(match_key__in=keys.values()).order_by(unmerged_first, "pk")
    aliases = Alias.objects.filter(match_key__in=keys.values())
    for key, pk in [*called.values_list("match_key", "pk"), *aliases.values_list("match_key", "company_id")]:
        named[key].append(pk)
    tree = OwnershipTree.load_merged()
    # What counts more comes first: an address of today, an old one, a name, an alias. Of companies that readers do not
    # know none counts: the name of a draft must not hide an alias of a public one.
    meant = {
        name: [tree.today_of(pk) for pk in (slugs.get(name), old_slugs.get(name), *named[keys[name]]) if pk]
        for name in names
    }
    public = public_companies().in_bulk({pk for pks in meant.values() for pk in pks})
    found = {name: next((public[pk] for pk in pks if pk in public), None) for name, pks in meant.items()}
    return {name: company for name, company in found.items() if company}


def companies_by_slug_of_name(slug: str) -> list[Company]:
    """The public companies, a name or alias of which would have `slug` for its address: "facebook" gives Meta."""
    key = {"match_key": company_key(slug)}
    called = [
        *Company.objects.filter(**key).values_list("name", "pk"),
        *Alias.objects.filter(**key).values_list("name", "company_id"),
    ]
    alike = [pk for name, pk in called if slugify(name) == slug]
    if not alike:
        return []
    tree = OwnershipTree.load_merged()
    return list(public_companies().filter(pk__in={tree.today_of(pk) for pk in alike}))


# How many companies are offered for a name of none, and among how many names with its first letter they are looked for.
MAX_NEAR = 3
_CANDIDATES = 5000


def companies_near(name: str) -> list[Company]:
    """Public companies, a name or alias of which begins with `name` or is spelt nearly so."""
    key = company_key(name)
    if not key:
        return []
    begin = {"match_key__startswith": key[:1]}
    keys = [
        found
        for index in (Company, Alias)
        for found in index.objects.filter(**begin)
        .order_by("match_key")
        .values_list("match_key", flat=True)[:_CANDIDATES]
    ]
    longer = sorted((found for found in set(keys) if found.startswith(key)), key=len)
    alike = get_close_matches(key, sorted(set(keys)), n=2 * MAX_NEAR)
    names = list(dict.fromkeys([*longer[: 2 * MAX_NEAR], *alike]))
    called = companies_called(names)
    return list(dict.fromkeys(called[name] for name in names if name in called))[:MAX_NEAR]
