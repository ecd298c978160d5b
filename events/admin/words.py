"""A figure of people in an editor's lists and forms: short for a column, whole beside the field it was read from."""

from decimal import Decimal

from django.utils.translation import gettext as _

from events.models.choices import Qualifier
from events.models.fields import PeopleFigure


def in_short(figure: PeopleFigure) -> str:
    """The figure for a column: "12,000", "≈ 1,000", "≥ 100", "200–900", "up to 50,000", "17 % of staff"."""
    low, best, high = figure.people_low, figure.people, figure.people_high
    share: Decimal | None = getattr(figure, "share_percent", None)
    match figure.qualifier:
        case Qualifier.EXACT if best is not None:
            return f"{best:,}"
        case Qualifier.ABOUT if best is not None:
            return f"≈ {best:,}"
        case Qualifier.AT_LEAST if low is not None:
            return f"≥ {low:,}"
        case Qualifier.UP_TO if high is not None:
            return _("up to %s") % f"{high:,}"
        case Qualifier.RANGE if low is not None and high is not None:
            return f"{low:,}–{high:,}"
    if share is not None:
        return _("%s %% of staff") % format(share.normalize(), "f")
    return _("not stated")


def as_read(figure: PeopleFigure) -> str:
    """What the words in the form have become: "Read as 950–1,100, best 1,000"."""
    low, best, high = figure.people_low, figure.people, figure.people_high
    match figure.qualifier:
        case Qualifier.EXACT if best is not None:
            words = _("Read as exactly %s") % f"{best:,}"
        case Qualifier.ABOUT if low is not None and best is not None and high is not None:
            words = _("Read as %(low)s–%(high)s, best %(best)s") % {
                "low": f"{low:,}", "high": f"{high:,}", "best": f"{best:,}",
            }  # fmt: skip
        case Qualifier.AT_LEAST if low is not None:
            words = _("Read as %s or more, the high end open") % f"{low:,}"
        case Qualifier.UP_TO if high is not None:
            words = _("Read as up to %s, the low end not known") % f"{high:,}"
        case Qualifier.RANGE if low is not None and high is not None:
            words = _("Read as %(low)s–%(high)s, without a best figure") % {"low": f"{low:,}", "high": f"{high:,}"}
        case _ if getattr(figure, "share_percent", None) is not None:
            words = _("No number of people; a share of %s %%") % format(figure.share_percent.normalize(), "f")  # type: ignore[attr-defined]
        case _:
            words = _("No number of people")
    return words if figure.wording or figure.headline is not None or figure.people_high is not None else "–"
