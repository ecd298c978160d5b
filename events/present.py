"""Figures, totals, money and dates in a reader's words: what pages and files say, computed nowhere else."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from events.counting import Money, Total
from events.dates import read_date, span
from events.models.choices import Precision, Qualifier


def whole(number: int) -> str:
    """A whole number in groups of three: 12,000."""
    return number_format(number, force_grouping=True)


def figure(low: int | None, best: int | None, high: int | None, qualifier: str) -> str:
    """People as a page writes them: "12,000", "≈ 1,000", "≥ 100", "200–900", "up to 50,000"; "" when not stated."""
    match qualifier:
        case Qualifier.EXACT if best is not None:
            return whole(best)
        case Qualifier.ABOUT if best is not None:
            return f"≈ {whole(best)}"
        case Qualifier.AT_LEAST if best is not None:
            return f"≥ {whole(best)}"
        case Qualifier.UP_TO if high is not None:
            return _("up to %(n)s") % {"n": whole(high)}
        case Qualifier.RANGE if low is not None and high is not None:
            return f"{whole(low)}–{whole(high)}"
    return ""


def people_per_cut(people: Decimal) -> str:
    """A quartile of people per cut: "237.5" below a thousand, "1,613" above."""
    if people >= 1000:
        return whole(int(people.quantize(Decimal(1), ROUND_HALF_UP)))
    return str(number_format(people.normalize() if people % 1 else people.quantize(Decimal(1)), use_l10n=True))


def share(percent: Decimal | float | str | None) -> str:
    """A share as a page writes it: "17 %", "1.4 %"."""
    if percent is None or percent == "":
        return ""
    return f"{number_format(Decimal(str(percent)).normalize(), use_l10n=True)} %".replace("E+1", "0")


def percent(n: int, of: int) -> str:
    """A share in whole percent, its sign left to the sentence: never 0 for some, nor 100 for less than all ("<1")."""
    part = Fraction(100 * n, of) if of else Fraction(0)
    if 0 < part < 1:
        return "<1"
    return ">99" if 99 < part < 100 else whole(round(part))


def known(total: Total) -> str:
    """The people of a total; "not stated" where it has events and none of them a figure: unknown is never 0."""
    return _("not stated") if total.events and not total.with_figure else whole(total.headline)


def interval(total: Total) -> str:
    """The interval of a total, the smaller end first: "33,900–36,200+"; "" when it is the known number alone."""
    low, high = sorted((total.low, total.high))
    plus = "+" if total.high_open else ""
    if low == high == total.headline:
        return f"{whole(high)}+" if plus else ""
    return f"{whole(low)}–{whole(high)}{plus}"


def money(millions: Decimal | None) -> str:
    """US dollars: "$65 bn", "$1.5 bn", "$650 m", "$40,000"."""
    if millions is None:
        return ""
    number, unit = _short(millions)
    return f"${number}{unit}"


def _short(millions: Decimal) -> tuple[str, str]:
    """The number that a reader keeps of a sum, halves rounded up, and its unit: a small sum is never "0 m"."""
    if millions < Decimal("0.1"):
        return whole(int((millions * 1_000_000).quantize(Decimal(1), ROUND_HALF_UP))), ""
    rounded, unit = _rounded(millions), " m"
    if rounded >= 1000:
        rounded, unit = _rounded(millions / 1000), " bn"
    return number_format(rounded, force_grouping=True).removesuffix(".0"), unit


def _rounded(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.1") if number < 100 else Decimal(1), ROUND_HALF_UP)


def _money_between(low: Decimal, high: Decimal) -> str:
    (first, unit), (last, last_unit) = _short(low), _short(high)
    if unit != last_unit:
        return f"{money(low)} – {money(high)}"
    return money(high) if first == last else f"${first}–{last}{unit}"


def money_range(low: Decimal | None, best: Decimal | None, high: Decimal | None) -> str:
    """Money as an interval: "$60–65 bn", the one number that is known, or a best figure with what bounds it."""
    if low is not None and high is not None:
        bounds = _money_between(low, high)
    elif low is not None:
        bounds = f"≥ {money(low)}"
    else:
        bounds = _("up to %(n)s") % {"n": money(high)} if high is not None else ""
    if best is None:
        return bounds
    if low == best and high is None:
        # "More than $500 bn": the figure is its own low, and nobody says how much more.
        return bounds
    if low in (None, best) and high in (None, best):
        return money(best)
    return f"{money(best)} ({bounds})"


def day_words(first: date, precision: str) -> str:
    """A date as exactly as it is known: "18 January 2024", "January 2024", "1st quarter of 2024", "2024"."""
    if precision == Precision.DAY:
        return date_format(first, "j F Y")
    if precision == Precision.MONTH:
        return date_format(first, "F Y")
    if precision == Precision.QUARTER:
        ordinal = {1: _("1st"), 2: _("2nd"), 3: _("3rd"), 4: _("4th")}[(first.month + 2) // 3]
        return _("%(n)s quarter of %(year)s") % {"n": ordinal, "year": first.year}
    return str(first.year)


def span_words(first: date | None, last: date | None) -> str:
    """A from–to in words: "January 2024", "1–16 January 2024", "2023", "since 1 March 2024"."""
    if last is None:
        return _("since %(day)s") % {"day": date_format(first, "j F Y")} if first else ""
    if first is None:
        return _("until %(day)s") % {"day": date_format(last, "j F Y")}
    for precision in (Precision.DAY, Precision.MONTH, Precision.QUARTER, Precision.YEAR):
        whole_span = span(first, precision)
        if (whole_span.first, whole_span.last) == (first, last):
            return day_words(first, precision)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{date_format(last, 'j F Y')}"
    if first.year == last.year:
        return f"{date_format(first, 'j F')} – {date_format(last, 'j F Y')}"
    return f"{date_format(first, 'j F Y')} – {date_format(last, 'j F Y')}"


def in_span(first: date | None, last: date | None) -> str:
    """A from–to as a sentence goes on with it: "in January 2024", "on 18 January 2024", "1–16 January 2024"."""
    if first is None or last is None:
        return span_words(first, last)
    if first == last:
        return _("on %(day)s") % {"day": span_words(first, last)}
    wholes = (span(first, precision) for precision in (Precision.MONTH, Precision.QUARTER, Precision.YEAR))
    if any((whole_span.first, whole_span.last) == (first, last) for whole_span in wholes):
        return _("in %(period)s") % {"period": span_words(first, last)}
    return span_words(first, last)


def period_words(key: str) -> str:
    """A period of a series: "January 2024" for "2024-01", "1st quarter of 2024" for "2024-Q1"."""
    known = read_date(key)
    return day_words(known.first, known.precision)


def money_known(sum_: Money) -> str:
    """The sum of money that is known: "$65 bn"; "up to $2 bn" where no note says more."""
    return money(sum_.best) if sum_.is_known else money_range(None, None, sum_.high)


def money_interval(sum_: Money) -> str:
    """The interval of a sum of money; "" when it is the known sum alone, or when only its high is known."""
    if not sum_.is_known:
        return ""
    plus = "+" if sum_.high_open else ""
    if sum_.low == sum_.high:
        return plus and f"{money(sum_.high)}{plus}"
    return f"{_money_between(sum_.low, sum_.high)}{plus}"
