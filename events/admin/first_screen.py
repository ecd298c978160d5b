"""The desk's first screen: what needs a hand, what the record holds, then Django's list of pages."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from events.admin import waiting
from events.admin.saved_views import shown
from events.models import SavedView
from events.models.choices import State


def first_screen(request: HttpRequest) -> HttpResponse:
    errands = waiting.waiting(request)
    context = {
        "title": _("What needs a hand"),
        "errands": [one for one in errands if one.count],
        "done": [one for one in errands if not one.count],
        "saved_views": shown(request, SavedView.objects.filter(user=request.user.pk)),
        "holdings": waiting.holdings(request),
        "holding_columns": [*State.labels, _("all"), _("starter data")],
        "others": waiting.others(request),
    }
    return admin.site.index(request, context)
