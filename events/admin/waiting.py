"""What needs a hand at the desk: counts for its first screen, each with the list that holds them."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from events.admin.links import dead_sources
from events.models import Tip
from events.models.choices import TipState


@dataclass(frozen=True)
class Waiting:
    """So many of one kind, and the filtered list that shows the same."""

    name: str
    label: str
    count: int
    address: str


def new_tips() -> Waiting:
    address = f"{reverse('admin:events_tip_changelist')}?state__exact={TipState.NEW}"
    return Waiting("tips", _("new tips"), Tip.objects.filter(state=TipState.NEW).count(), address)


def dead_links() -> Waiting:
    address = f"{reverse('admin:events_source_changelist')}?link=dead"
    return Waiting("dead_links", _("sources whose link died"), dead_sources().count(), address)
