"""How likely two events tell one cut: features, a score of 0–100 from them, and the same in words.

`LIKELY` and `POINTS` were set on one half of the labelled pairs and measured on the other: docs/duplicates.md has the
labels and what came out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rapidfuzz import fuzz

from events.duplicates.sketches import Sketch, Standing
from events.models.choices import CountsAs, Pairing

# From this score on two events are asked about.
LIKELY = 50
# So many days apart two events are compared at all. Days of notices are set right by up to two months, their term,
# and some weeks: of such in Washington 60 days reach 60 %, 90 days 94 %, 120 days 97 %.
WINDOW_DAYS = 90
# Figures within a tenth of one another are near: 120 and 122, 950 and "about a thousand".
NEAR_PERCENT = 10
# The words of two events are alike from this part on (RapidFuzz's token_set_ratio), if each has at least so many.
ALIKE_PERCENT, LEAST_WORDS = 70, 3


@dataclass(frozen=True, slots=True)
class Features:
    """What two events share and in what they differ. An empty text: nothing can be said."""

    pairing: str
    days: int  # between the spans, 0 where they overlap
    company: str  # same, group
    figure: str  # same, near, overlap, within (the narrower place, or the filing, has fewer), differ, one, none
    people: tuple[int | None, int | None]
    share: str  # same, differ
    link: str  # same
    words: str  # alike, differ
    place: str  # same, within, differ: of the jobs, not of the seat
    units: str  # shared, differ
    effective: str  # same, differ
    kind: str  # same, differ: permanence and closing


# What a score begins with, and what each answer adds to it.
START: dict[str, int] = {Pairing.CUTS: 25, Pairing.FILINGS: 20, Pairing.BESIDE_CUT: 30}
# Days apart up to these.
DAYS = (0, 3, 7, 14, WINDOW_DAYS)
_BOTH: dict[str, dict[str, int]] = {
    "company": {"group": -15},
    "share": {"same": 10, "differ": -15},
    "link": {"same": 20},
    "words": {"alike": 15, "differ": -5},
    "units": {"shared": 15, "differ": -15},
    "kind": {"differ": -10},
}
POINTS: dict[str, dict[str, dict[Any, int]]] = {
    Pairing.CUTS: {
        **_BOTH,
        "days": {0: 40, 3: 15, 7: 5, 14: 0, WINDOW_DAYS: -15},
        "figure": {"same": 25, "near": 15, "overlap": 10, "within": 0, "one": 5, "none": 10, "differ": -10},
        "place": {"same": 10, "within": 5, "differ": -30},
        "effective": {"same": 5, "differ": -10},
    },
    # Notices of one employer on one day are mostly of several sites: the place says more than the day. One that
    # comes later for the same jobs amends the first, and often gives no figure.
    Pairing.FILINGS: {
        **_BOTH,
        "days": {0: 5, 3: 10, 7: 10, 14: 0, WINDOW_DAYS: 0},
        "figure": {"same": 25, "near": 15, "overlap": 10, "within": 15, "one": 20, "none": 5, "differ": -25},
        "place": {"same": 15, "within": 10, "differ": -45},
        "effective": {"same": -5, "differ": -15},
    },
    # A filing may be for a part of the cut's people, and belongs to no smaller cut.
    Pairing.BESIDE_CUT: {
        **_BOTH,
        "days": {0: 20, 3: 15, 7: 15, 14: 10, WINDOW_DAYS: 0},
        "figure": {"same": 20, "near": 15, "overlap": 10, "within": 10, "one": 0, "none": 0, "differ": -30},
        "place": {"same": 10, "within": 10, "differ": -20},
        "effective": {"same": 10},
    },
}


def score(found: Features) -> int:
    """How likely the two events tell one cut, from 0 to 100; for a filing beside a cut, that it belongs to it."""
    return min(100, max(0, START[found.pairing] + sum(points for _name, points in _added(found))))


def explain(found: Features) -> list[tuple[str, int]]:
    """What the score is made of, in an editor's words, with the points that each adds; what adds none too."""
    return [(_in_words(found, name), points) for name, points in _added(found)]


def _added(found: Features) -> Iterator[tuple[str, int]]:
    table = POINTS[found.pairing]
    yield "company", table["company"].get(found.company, 0)
    yield "days", table["days"][next(days for days in DAYS if found.days <= days)]
    for name in ("figure", "share", "link", "words", "place", "units", "effective", "kind"):
        if value := getattr(found, name):
            yield name, table[name].get(value, 0)


def _in_words(found: Features, name: str) -> str:
    if name == "days":
        if not found.days:
            return _("dates agree")
        return ngettext("%s day apart", "%s days apart", found.days) % found.days
    if name == "figure":
        return _figures_in_words(found)
    return {
        ("company", "same"): _("same company"),
        ("company", "group"): _("companies of one group"),
        ("share", "same"): _("same share of the workforce"),
        ("share", "differ"): _("different shares of the workforce"),
        ("link", "same"): _("same link"),
        ("words", "alike"): _("alike in words"),
        ("words", "differ"): _("told in other words"),
        ("place", "same"): _("same place of the jobs"),
        ("place", "within"): _("one place lies within the other"),
        ("place", "differ"): _("different places of the jobs"),
        ("units", "shared"): _("a unit of the same name"),
        ("units", "differ"): _("different units"),
        ("effective", "same"): _("jobs end on the same day"),
        ("effective", "differ"): _("jobs end on different days"),
        ("kind", "same"): _("alike in permanence and closing"),
        ("kind", "differ"): _("different in permanence or closing"),
    }[name, getattr(found, name)]


def _figures_in_words(found: Features) -> str:
    one, other = (_("no figure") if n is None else f"{n:,}" for n in found.people)
    words = {
        "same": _("both %(one)s people") if None not in found.people else _("the same figure"),
        "near": _("%(one)s and %(other)s people: near one another"),
        "overlap": _("%(one)s and %(other)s people: their intervals overlap"),
        "within": _("%(one)s and %(other)s people: one may be a part of the other"),
        "differ": _("%(one)s and %(other)s people"),
        "one": _("one has no figure"),
        "none": _("neither has a figure"),
    }[found.figure]
    return words % {"one": one, "other": other}


# ── Features ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def features(one: Standing, other: Standing, a: Sketch, b: Sketch) -> Features:
    """What two events share and in what they differ; `a` and `b` are the sketches of `one` and `other`."""
    found = pairing(one, other)
    place = _places(a, b)
    return Features(
        pairing=found,
        days=max(0, (max(one.first, other.first) - min(one.last, other.last)).days),
        company="same" if one.company == other.company else "group",
        figure=_figures(a, b, _part(one, a, b, found, place)),
        people=(a.headline, b.headline),
        share=_same(a.share, b.share),
        link="same" if a.links & b.links else "",
        words=_words(a.words, b.words),
        place=place,
        units=("shared" if a.units & b.units else "differ") if a.units and b.units else "",
        effective=_same(a.effective, b.effective),
        kind=_kinds(a, b),
    )


def pairing(one: Standing, other: Standing) -> str:
    """As what two events are compared; nothing when they are of kinds that never tell one cut."""
    if one.is_filed and other.is_filed:
        return Pairing.FILINGS
    if one.counts_as == other.counts_as:
        return Pairing.CUTS
    return Pairing.BESIDE_CUT if {one.counts_as, other.counts_as} == {CountsAs.FILING, CountsAs.CUT} else ""


def _part(one: Standing, a: Sketch, b: Sketch, found: str, place: str) -> tuple[Sketch, Sketch] | None:
    """Which of the two may be a part of which: the filing of the cut, the narrower place of the wider."""
    if found == Pairing.BESIDE_CUT:
        return (a, b) if one.counts_as == CountsAs.FILING else (b, a)
    if place == "within":
        return (a, b) if len(a.place) > len(b.place) else (b, a)
    return None


def _same(one: object, other: object) -> str:
    if one is None or other is None:
        return ""
    return "same" if one == other else "differ"


def _figures(a: Sketch, b: Sketch, part: tuple[Sketch, Sketch] | None) -> str:
    known = [sketch for sketch in (a, b) if sketch.headline is not None or sketch.high is not None]
    if len(known) < 2:
        return "one" if known else "none"
    if (a.low, a.best, a.high) == (b.low, b.best, b.high):
        return "same"
    if a.headline is not None and b.headline is not None:
        small, large = sorted((a.headline, b.headline))
        if (large - small) * 100 <= large * NEAR_PERCENT:
            return "near"
    if part and (part[0].headline or 0) <= _end(part[1]):
        return "within"
    return "overlap" if max(a.low or 0, b.low or 0) <= min(_end(a), _end(b)) else "differ"


def _end(sketch: Sketch) -> float:
    return sketch.high if sketch.high is not None else float("inf")


def _words(one: str, other: str) -> str:
    if min(len(one.split()), len(other.split())) < LEAST_WORDS:
        return ""
    return "alike" if fuzz.token_set_ratio(one, other) >= ALIKE_PERCENT else "differ"


def _places(a: Sketch, b: Sketch) -> str:
    """Only where the jobs are tells two events apart: a company has one seat."""
    if not (a.place_is_of_jobs and b.place_is_of_jobs):
        return ""
    if a.country and b.country and a.country != b.country:
        return "differ"
    if a.place == b.place:
        return "same" if a.place else ""
    if not a.place or not b.place:
        return "within"
    small, large = sorted((a.place, b.place), key=len)
    return "within" if large.endswith(f", {small}") else "differ"


def _kinds(a: Sketch, b: Sketch) -> str:
    """Whether they say the same of permanence and of closing, where both say something."""
    said = [
        one == other
        for one, other in ((a.permanence, b.permanence), (a.closure, b.closure))
        if "unknown" not in (one, other)
    ]
    return "" if not said else "same" if all(said) else "differ"
