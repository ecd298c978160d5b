"""Companies, their other names and who owned them when."""

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.forms.formsets import BaseFormSet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import dates, publishing
from events.admin.forms import DeskForm, Refused, RowsFormSet
from events.admin.publishing_actions import DeskAdmin, DeskInline, PartAdmin, ReadOnlyInline, refresh
from events.models import Alias, Company, EventEdition, Headcount, HeadcountEdition, OldSlug, Ownership, OwnershipTree
from events.text import company_key


class CompanyForm(DeskForm):
    derived: ClassVar[dict[str, str]] = {"match_key": "name"}

    class Meta:
        model = Company
        fields = ("name", "slug", "ticker", "wikidata_id", "sector", "country", "place", "merged_into")
        help_texts = {"slug": gettext_lazy("Empty: made from the name. When it changes, the old address redirects.")}

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"]
        taken = OldSlug.objects.filter(slug=slug).exclude(company=self.instance.pk).select_related("company").first()
        if slug and taken:
            raise ValidationError(_("This address redirects to %s for ever. Choose another.") % taken.company)
        return slug

    def clean_merged_into(self) -> Company | None:
        company = target = self.cleaned_data["merged_into"]
        while target is not None:
            if target.pk == self.instance.pk:
                raise ValidationError(_("These companies would be merged into one another in a circle."))
            target = target.merged_into
        return company


class AliasForm(DeskForm):
    derived: ClassVar[dict[str, str]] = {"match_key": "name"}

    class Meta:
        model = Alias
        fields = ("name",)


class OwnershipForm(DeskForm):
    together: ClassVar[frozenset[str]] = frozenset({"ownership_one_parent_a_day"})

    class Meta:
        model = Ownership
        fields = ("parent", "since", "until")


class AliasRows(RowsFormSet):
    at_most_one = ((gettext_lazy("This alias is given twice."), lambda alias: company_key(alias.name) or None),)


class OwnershipRows(RowsFormSet):
    def check_rows(self, rows: list[Ownership]) -> None:
        """One parent a day, among the rows as they will be."""
        end = None
        for row in sorted(rows, key=lambda row: row.since or dates.date.min):
            if end is not None and (row.since or dates.date.min) < end:
                raise ValidationError(
                    _(
                        "The company has another parent on some of these days: two rows overlap. "
                        "“Until” is the first day no longer owned."
                    )
                )
            end = max(end or dates.date.min, row.until or dates.date.max)


class AliasInline(DeskInline, admin.TabularInline):
    model = Alias
    form = AliasForm
    formset = AliasRows
    empty_rows = 1


class OwnershipInline(DeskInline, admin.TabularInline):
    model = Ownership
    fk_name = "company"
    form = OwnershipForm
    formset = OwnershipRows
    autocomplete_fields = ("parent",)
    verbose_name_plural = gettext_lazy("who owned it")
    empty_rows = 1


class OwnedInline(ReadOnlyInline, admin.TabularInline):
    model = Ownership
    fk_name = "parent"
    fields = ("company", "since", "until")
    verbose_name_plural = gettext_lazy("what it owned (entered at the owned company)")


class OldSlugInline(ReadOnlyInline, admin.TabularInline):
    model = OldSlug
    fields = ("slug",)
    verbose_name_plural = gettext_lazy("old addresses, which redirect")
    show_change_link = False


@admin.register(Company)
class CompanyAdmin(DeskAdmin):
    form = CompanyForm
    fieldsets = (
        (None, {"fields": ("name", ("ticker", "wikidata_id"), "sector", ("country", "place"))}),
        (gettext_lazy("Identity"), {"fields": ("slug", "merged_into")}),
    )
    inlines = (AliasInline, OwnershipInline, OwnedInline, OldSlugInline)
    parts = ((Alias, "company"), (Ownership, "company"))
    autocomplete_fields = ("merged_into",)
    list_display = ("name", "ticker", "sector", "country", "owner_today", "has_events", "merged_into")
    list_filter = (
        "sector",
        ("merged_into", admin.EmptyFieldListFilter),
        "country",
    )
    list_select_related = ("merged_into",)
    search_fields = ("search_text",)
    search_help_text = gettext_lazy("Name, alias or ticker")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Company]:
        events = Company.objects.filter(pk=OuterRef("pk"), events__isnull=False)
        owners = Prefetch("owners", Ownership.objects.select_related("parent"))
        return super().get_queryset(request).annotate(_has_events=Exists(events)).prefetch_related(owners)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """A merged company stays to be found in the list, but nobody enters anything new at it."""
        found, duplicates = super().get_search_results(request, queryset, search_term)
        if request.path.endswith("/autocomplete/"):
            found = found.filter(merged_into__isnull=True)
        return found, duplicates

    @admin.display(description=gettext_lazy("owner today"))
    def owner_today(self, company: Company) -> str:
        day = dates.today()
        for row in company.owners.all():
            if (row.since or day) <= day and (row.until is None or day < row.until):
                return str(row.parent)
        return "–"

    @admin.display(description=gettext_lazy("events"), boolean=True)
    def has_events(self, company: Company) -> bool:
        return company._has_events

    def is_public(self, obj: Company) -> bool:
        """Companies are live: readers see one, and what it is called, once an edition names it or what it owned."""
        # What was merged is found under what it was merged into; its own name is in editions still.
        if EventEdition.objects.filter(company=obj).exists():
            return True
        indexes = (kind.index.objects.filter(company=obj) for kind in publishing.KINDS if kind.index)
        return any(index.exists() for index in indexes) or HeadcountEdition.objects.filter(company=obj).exists()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fixed = super().get_readonly_fields(request, obj)
        return tuple(fixed) if request.user.has_perm("events.merge_company") else (*fixed, "merged_into")

    def before_saving(self, obj: Company) -> Company | None:
        return Company.objects.filter(pk=obj.pk).first()

    def settle(self, request: HttpRequest, form: Any, formsets: list[BaseFormSet]) -> None:
        company, before = form.instance, form.before
        settle_names(company)
        if before:
            self._keep_address(company, before)
            if company.name != before.name:
                # A headcount's title holds its company's name.
                refresh(Headcount.objects.filter(company=company), request)
        merged = before and company.merged_into_id != before.merged_into_id
        if merged or any(rows.model is Ownership and rows.has_changed() for rows in formsets):
            settle_ownership([company.pk, *([before.merged_into_id] if merged and before.merged_into_id else [])])

    @staticmethod
    def _keep_address(company: Company, before: Company) -> None:
        """The address that the company had redirects; one that it takes up again no longer does."""
        if company.slug != before.slug:
            OldSlug.objects.filter(slug=company.slug, company=company).delete()
            OldSlug.objects.get_or_create(slug=before.slug, defaults={"company": company})


def settle_names(company: Company) -> None:
    """The words that a company is found by, after its aliases were saved."""
    words = company.search_text
    company.fill(company.aliases.values_list("name", flat=True))
    if company.search_text != words:
        # They follow from what the history has already.
        company.save_without_historical_record()


def settle_ownership(companies: list[int]) -> None:
    """The index of owners, after ownership was saved; refuses a circle that only the rows together make."""
    tree = OwnershipTree.load()
    if any(tree.has_cycle(company) for company in companies):
        raise Refused({None: [_("This would make the company, through its owners, its own owner.")]})
    publishing.ownership_changed(companies)


@admin.register(Alias)
class AliasAdmin(PartAdmin):
    form = AliasForm
    fields = ("company", "name")
    fixed = ("company",)
    list_display = ("name", "company")
    list_select_related = ("company",)
    search_fields = ("name", "company__search_text")

    def settle(self, request: HttpRequest, form: Any, formsets: list[BaseFormSet]) -> None:
        settle_names(Company.objects.get(pk=form.instance.company_id))


@admin.register(Ownership)
class OwnershipAdmin(PartAdmin):
    form = OwnershipForm
    fields = ("company", "parent", "since", "until")
    fixed = ("company",)
    autocomplete_fields = ("parent",)
    hidden_from_index = False
    list_display = ("company", "parent", "since", "until")
    list_filter = (("until", admin.EmptyFieldListFilter),)
    list_select_related = ("company", "parent")
    search_fields = ("company__search_text", "parent__search_text")
    date_hierarchy = "since"

    def settle(self, request: HttpRequest, form: Any, formsets: list[BaseFormSet]) -> None:
        settle_ownership([form.instance.company_id])


@admin.register(OldSlug)
class OldSlugAdmin(admin.ModelAdmin):
    """Addresses that redirect for ever: to be read."""

    list_display = ("slug", "company")
    list_select_related = ("company",)
    search_fields = ("slug", "company__name")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
