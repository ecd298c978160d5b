"""The form of an event or an AI note that a tip led to: prefilled with what can be read of the tip, which is taken once
it is saved."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms.formsets import BaseFormSet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from events.admin.publishing_actions import PublishableAdmin
from events.dates import find_days, read_date, span, written
from events.imports.matching import companies_named
from events.models import Citation, Company, Tip
from events.models.choices import Precision, TipState
from events.models.link import source_at
from events.wording import read_people


class TakesTips(PublishableAdmin):
    """The page of events or AI notes, opened with ?tip=ID: a new one, or the one that the tip is about."""

    # Which field of a tip says what became of it here.
    tip_became = "became"

    def facts_of(self, tip: Tip) -> dict[str, Any]:
        """What can be read of a tip without guessing, for a new record's form; the editor is asked for the rest."""
        return {}

    def changeform_view(self, request: HttpRequest, *args: Any, **options: Any) -> Any:
        tip = _tip(request)
        if tip and request.method == "GET":
            self.message_user(request, _told(tip), messages.INFO if tip.state == TipState.NEW else messages.WARNING)
        return super().changeform_view(request, *args, **options)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        tip = _tip(request)
        initial = super().get_changeform_initial_data(request)
        initial.pop("tip", None)
        return {**initial, **(self.facts_of(tip) if tip else {})}

    def get_formsets_with_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            if inline.model is Citation and request.method == "GET" and _tip(request):
                formset.extra = max(formset.extra, 1)
            yield formset, inline

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        """The row of the tip's source. Not for what is sent: a row that is as it was offered would not be saved."""
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if inline.model is Citation and request.method == "GET" and (tip := _tip(request)):
            source = source_at(tip.link)
            cited = source and obj and obj.pk and obj.citations.filter(source=source).exists()
            if source and not cited:
                kwargs["initial"] = [{"source": source.pk}]
        return kwargs

    def settle(self, request: HttpRequest, form: Any, formsets: list[BaseFormSet]) -> None:
        super().settle(request, form, formsets)
        if tip := _tip(request):
            self._take(request, tip, form.instance)

    def _take(self, request: HttpRequest, tip: Tip, record: Model) -> None:
        """Marks the tip as taken, in the transaction of the save; says so if somebody else was faster."""
        taken = Tip.objects.filter(pk=tip.pk, state=TipState.NEW).update(
            state=TipState.TAKEN,
            handled_by=request.user,
            handled_at=timezone.now(),
            **{self.tip_became: record},
        )
        if taken:
            self.message_user(request, _("The tip %s is taken.") % tip.reference)
        elif getattr(tip, self.tip_became) != record:
            became = tip.became or tip.became_note
            words = _("Look at it again: the tip %(tip)s was handled meanwhile (%(state)s%(became)s).") % {
                "tip": tip.reference,
                "state": tip.get_state_display(),
                "became": f": {became}" if became else "",
            }
            self.message_user(request, words, messages.WARNING)


def _tip(request: HttpRequest) -> Tip | None:
    """The tip that the address names, for whoever may read tips."""
    if "tip" not in request.GET or not request.user.has_perm("events.view_tip"):
        return None
    try:
        tips = Tip.objects.select_related("event", "ai_note", "company", "became", "became_note")
        return tips.filter(pk=request.GET["tip"]).first()
    except (ValueError, OverflowError, ValidationError):
        return None


def _told(tip: Tip) -> str:
    words = [tip.company_words, tip.date_words, tip.people_words, tip.note]
    said = " · ".join(word for word in words if word)
    return format_html(
        '{} <a href="{}" rel="noreferrer noopener">{}</a> {}',
        _("From tip %(reference)s (%(state)s):") % {"reference": tip.reference, "state": tip.get_state_display()},
        tip.link,
        tip.link_normalised.removeprefix("https://")[:80],
        said,
    )


def event_facts(tip: Tip) -> dict[str, Any]:
    """What can be read of a tip without guessing, of an event."""
    facts: dict[str, Any] = {}
    if company := tip.company or _company(tip.company_words):
        facts["company"] = company.pk
    if day := _date(tip.date_words):
        facts["announced_on"] = day
    if tip.people_words and read_people(tip.people_words):
        facts["wording"] = tip.people_words
    return facts


def _company(words: str) -> Company | None:
    """The one company of this name or alias; none where there are several."""
    found = companies_named(words)
    return found[0] if len(found) == 1 else None


def _date(words: str) -> str:
    """The one date that words name, as exactly as they do; "" where they name none or a time between two."""
    try:
        there = read_date(words)
    except ValueError:
        found = find_days(words)
        spans = [span(found.first, precision) for precision in Precision] if found else []
        for there in spans:
            if found and (there.first, there.last) == (found.first, found.last):
                break
        else:
            return ""
    return written(there.first, there.precision)
