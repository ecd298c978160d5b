"""A reader reports a cut, or an error: the form, and the page that says thanks."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from events.models.edition import EventEdition, NoteEdition
from events.shown import Names
from events.tips import TIMES_AN_HOUR, AlreadySent, Full, TipForm, is_reference, receive, seconds_to_wait
from events.views.ask import for_readers
from events.views.companies import company_of
from events.views.errors import csrf_failure
from events.views.origin import is_from_here
from layoffwatch.addresses import client_address

AN_HOUR = 60 * 60


@dataclass(frozen=True)
class About:
    """What a tip is about: an event, an AI note or a company that readers know, or nothing of ours. `problem` says what
    is wrong with the address that named it."""

    title: str = ""
    address: str = ""
    company_name: str = ""
    event: int | None = None
    company: int | None = None
    note: int | None = None
    problem: str = ""


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form; by POST, from a page of this site, one tip for the desk."""
    about = _about(request)
    if request.method != "POST":
        form = TipForm(initial={"company": about.company_name})
        return _page(request, form, about, status=400 if about.problem else 200)
    if not is_from_here(request):
        return csrf_failure(request)
    form = TipForm(request.POST)
    if not form.is_valid() or about.problem:
        return _page(request, form, about, status=400)
    if seconds := seconds_to_wait(client_address(request)):
        return _page(request, form, about, wait=seconds, status=429)
    try:
        reference = receive(form, about.event, about.company, about.note)
    except AlreadySent:
        form.seal_anew()
        form.add_error(None, _("This form was sent before, with other words. Look at it once more and send it again."))
        return _page(request, form, about, status=400)
    except Full:
        return _page(request, form, about, wait=AN_HOUR, is_full=True, status=429)
    return HttpResponseRedirect(reverse("tip-sent", args=[reference]), status=303)


@for_readers
def sent(request: HttpRequest, reference: str) -> HttpResponse:
    """Thanks, with the reference. It says the same of a tip that was stored, dropped or never sent."""
    if not is_reference(reference):
        raise Http404
    return render(request, "tips/sent.html", {"reference": reference})


def _about(request: HttpRequest) -> About:
    """What the address says that the tip is about. Only what is or was public is known here."""
    if text := request.GET.get("event", ""):
        event = _last(EventEdition, text)
        if event is None:
            return About(problem=_("There is no such event. Send the form without it."))
        return About(event.title, event.get_absolute_url(), event.company.name, event=event.record_id)
    if text := request.GET.get("note", ""):
        note = _last(NoteEdition, text)
        if note is None:
            return About(problem=_("There is no such AI-investment note. Send the form without it."))
        return About(note.title, note.get_absolute_url(), _only_company(note), note=note.record_id)
    if slug := request.GET.get("company", ""):
        try:
            company = company_of(slug.replace("\x00", ""))
        except Http404:
            return About(problem=_("There is no such company. Send the form without it."))
        return About(company.name, company.get_absolute_url(), company.name, company=company.pk)
    return About()


def _only_company(note: NoteEdition) -> str:
    """The name of the one company of `note`; of several nobody knows which is meant."""
    names, ids = Names(), {entry["company"] for entry in note.document.body["companies"]}
    names.add(ids)
    companies = {names.company(pk).name for pk in ids}
    return companies.pop() if len(companies) == 1 else ""


def _last(editions: Any, text: str) -> Any:
    """The last edition of the record whose number `text` is."""
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        return None
    return editions.objects.for_record(int(text)).order_by("-number").first()


def _page(
    request: HttpRequest, form: TipForm, about: About, *, wait: int = 0, is_full: bool = False, status: int
) -> HttpResponse:
    """The page of the form, with what was written and what is wrong with it. `wait` is in seconds."""
    context = {
        "form": form,
        "about": about,
        "minutes": -(-wait // 60),
        "is_full": is_full,
        "times": TIMES_AN_HOUR,
        "is_plain": request.method != "POST" and about == About(),
    }
    response = render(request, "tips/new.html", context, status=status)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response
