"""What the words in a form become, said while they are typed: by the same functions that read them when it is saved."""

from dataclasses import asdict

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from events.admin.words import as_read
from events.models import LayoffEvent
from events.money_words import MoneyReading, read_money
from events.wording import Reading, read_people

LONGEST = 400


@require_safe
def reading(request: HttpRequest) -> JsonResponse:
    """`?people=several hundred` or `?money=up to €2bn` → {"words": "Read as 200–900, …"}; "" for nothing typed."""
    people, money = request.GET.get("people", "")[:LONGEST], request.GET.get("money", "")[:LONGEST]
    if people.strip():
        return JsonResponse({"words": _people(people.strip(), read_people(people))})
    return JsonResponse({"words": _money(read_money(money)) if money.strip() else ""})


def _people(wording: str, found: Reading | None) -> str:
    if found is None:
        return _("Not read: type the low, best or high figure beside it")
    figure = {"people_low": found.low, "people": found.best, "people_high": found.high}
    return as_read(
        LayoffEvent(**figure, qualifier=found.qualifier, wording=wording[:200], share_percent=found.share_percent)
    )


def _money(found: MoneyReading | None) -> str:
    if found is None:
        return _("Not read: type the low, best or high figure in millions beside it")
    words = {name: "" if end is None else f"{end:,f}" for name, end in asdict(found).items() if name != "currency"}
    if words["low"] and words["high"]:
        said = _("Read as %(low)s–%(high)s million, without a best figure")
    elif words["high"]:
        said = _("Read as up to %(high)s million")
    elif words["low"]:
        said = _("Read as %(low)s million or more, the high end open")
    else:
        said = _("Read as %(best)s million")
    return f"{said % words}; {found.currency or _('the words name no currency')}"
