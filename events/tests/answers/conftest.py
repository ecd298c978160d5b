"""A small record with one of everything that a file can say, hostile text included."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction

from events.models import Citation, Company, LayoffEvent, Reason, Relation, Unit
from events.models.note import AiNote
from events.publishing import correct, publish, withdraw
from events.tests.factories import (
    figure,
    make_company,
    make_event,
    make_note,
    make_source,
    open_record,
    published,
    published_note,
    published_total,
)

# What breaks formats: formulas, quotes, every control character that text may hold, other scripts, lists' separators.
CONTROLS = "".join(chr(n) for n in range(1, 32)) + "\x7f\x85\u2028\u2029\ufffe\uffff"
HOSTILE = [
    "=1+1",
    '=HYPERLINK("https://evil.example","x")',
    "+One Ltd",
    "-5",
    "@SUM(A1)",
    "'quoted'",
    "\t=cmd",
    "\r=cmd",
    'a "no", b;c\nd\r\ne',
    "<r><t>rich</t></r>",
    "<script>alert(1)</script> & ]]>",
    "_x0041_",
    "“Ümläut” 日本 \U0001f600 e\u0301",
    f"controls {CONTROLS} end",
    "https://evil.example/",
    "1e5",
    "true",
    "2024-01-10",
]


@dataclass
class Record:
    """What `record` made."""

    companies: list[Company]
    events: list[LayoffEvent]
    notes: list[AiNote]


def hostile_events(company):
    """Drafts whose every text is hostile."""
    made = []
    for n, text in enumerate(HOSTILE):
        event = make_event(
            company,
            100 + n,
            announced_on=f"2023-05-{n + 1:02d}",
            title=text,
            wording=text,
            place=text,
            share_of=text,
            summary=text,
            cited=False,
        )
        Unit.objects.create(event=event, name=text)
        source = make_source(f"https://paper.example/hostile/{n}", title=text, publisher=text)
        Citation.objects.create(event=event, source=source, quote=text, speaker="press", speaker_name=text)
        made.append(event)
    return made


def hostile_totals():
    """Totals of every kind of comparison, hostile text among them."""
    whole = {"scope": "all_industries", "geography": "worldwide", "as_of": date(2023, 2, 1)}
    published_total(20_000, **whole, period_from=date(2023, 1, 1), period_until=date(2023, 12, 31))
    published_total(("at_least", 7500), title="=1+1", definition=CONTROLS, wording="+more than 7,500")
    published_total(("up_to", 9), publisher="@SUM(A1)", geography="US employers", counts="plans", scope="ai_reason")
    published_total((1, None, 5), publisher="-5", geography="Germany", counts="discharges")


@pytest.fixture(scope="module")
def record(django_db_setup, django_db_blocker) -> Iterator[Record]:
    """The record, for every test of a module: each asks for it, and none makes another."""
    with django_db_blocker.unblock(), transaction.atomic():
        open_record()
        yield make_record()
        transaction.set_rollback(True)


def make_record() -> Record:
    amazon = make_company("Amazon", country="US", sector="retail")
    twitch = make_company("Twitch", parent=amazon, country="US", sector="media")
    google = make_company(
        "Google", parent=make_company("Alphabet", country="US", sector="consumer"), country="US", sector="consumer"
    )
    whole = published(amazon, 1000, title="The whole", announced_on="2023-01-04")
    part = published(twitch, (200, None, 900), part_of=whole, wording="several hundred", announced_on="2023-02")
    below = published(twitch, ("at_least", 50), part_of=part, announced_on="2023-Q2", place="San Francisco")
    full = make_event(
        google,
        (950, 1000, 1100),
        announced_on="2024-01-10",
        wording="about a thousand",
        effective_on=date(2024, 3, 1),
        effective_on_precision="quarter",
        share_percent=Decimal("1.4"),
        share_of="Google's staff",
        ai_link="stated",
        place_basis="jobs",
        cited=False,
    )
    for kind in ("costs", "ai"):
        Reason.objects.create(event=full, kind=kind)
    Unit.objects.create(event=full, name="Pixel", **figure(("at_least", 100)))
    Citation.objects.create(
        event=full,
        source=make_source("https://paper.example/google", publisher="The Paper", tier="primary"),
        quote="We put AI first",
        speaker="company",
        speaker_name="A chief",
        on_ai_link=True,
        chosen=True,
        **figure(1000),
    )
    Citation.objects.create(event=full, source=make_source(publisher="The Other Paper"), **figure(900))
    Relation.objects.create(event=full, kind="updates", other=whole)
    note = published_note(
        [(google, "maker"), (amazon, "investor")],
        kind="capital_spending",
        title="=Capital(spending)",
        plan_or_actual="actual",
        period_from=date(2023, 1, 1),
        period_until=date(2023, 12, 31),
        amount_wording="$48.5 billion",
        currency="USD",
        amount_millions=Decimal("48500.5"),
        amount_usd_millions=Decimal("48500.5"),
    )
    plan = published_note(
        [(amazon, "investor")], kind="capital_spending", plan_or_actual="plan", dated_on=date(2023, 2, 1)
    )
    later = published_note(
        [(amazon, "buyer")], kind="acquisition", updates=plan, title="Later", dated_on=date(2023, 3, 1)
    )
    about_all = published_note([], kind="outlook", title=CONTROLS, dated_on=date(2023, 4, 1))
    full.notes.add(note, make_note([(google, "maker")], title="A draft note"))
    publish(full)
    more = [
        make_event(amazon, None, title="No figure"),
        make_event(amazon, ("up_to", 70), title="Up to"),
        make_event(amazon, 30, stage="filed", title="A filing"),
        make_event(amazon, 20, permanence="temporary", title="A temporary one"),
        make_event(amazon, 10, stage="called_off", title="A called-off one"),
        make_event(amazon, None, stage="signalled", title="A signal", announced_on="2024"),
        make_event(make_company("=Owner()", country="DE"), 5, title="A German one", share_percent=Decimal("0.125")),
        *hostile_events(make_company("+One Ltd", parent=make_company("@Above", country="IN"), sector="media")),
    ]
    publish(more)
    hostile_totals()
    withdrawn = published(twitch, 77, title="Withdrawn")
    withdraw(withdrawn, "It was another Twitch.")
    whole.title = "The whole, corrected"
    whole.save()
    correct(whole, "A better title.")
    return Record([amazon, twitch, google], [whole, part, below, full, *more], [note, plan, later, about_all])
