"""The proof: what today's editions say is what the published records say."""

from collections import defaultdict
from datetime import date

from events.models import (
    LayoffEvent,
    OwnershipTree,
)
from events.models.choices import (
    State,
)
from events.models.edition import OPEN
from events.publishing.graph import EventGraph, chunks
from events.publishing.saying import KINDS, Context, Kind
from events.publishing.writing import differences, open_editions, term_rows


def check_record() -> list[str]:
    """What is wrong with the public record, in words; empty when all holds.

    Today's editions say what the published records say, no record that is not public has an open edition that is
    not marked withdrawn, and the spans of each record follow one another without overlap or hole.
    """
    wrong: list[str] = []
    owners = OwnershipTree.load()
    for kind in KINDS:
        wrong += _check_spans(kind)
        wrong += _check_today(kind, owners)
    return wrong


def _check_spans(kind: Kind) -> list[str]:
    wrong = []
    rows = kind.edition.objects.order_by("record_id", "number").values_list(
        "record_id", "number", "known_from", "known_until", "document"
    )
    last: tuple[int, int, date] | None = None
    for record_id, number, known_from, known_until, document in rows.iterator(chunk_size=2000):
        name = f"{kind.subject} {record_id}, edition {number}"
        if document is None:
            wrong.append(f"{name} has no document.")
        if last and last[0] == record_id:
            if number != last[1] + 1:
                wrong.append(f"{name} follows edition {last[1]}.")
            if known_from != last[2]:
                wrong.append(f"{name} begins on {known_from}, the one before ends on {last[2]}.")
        else:
            if last and last[2] != OPEN:
                wrong.append(f"{kind.subject} {last[0]} has no open edition.")
            if number != 1:
                wrong.append(f"{name} is the first there is.")
        last = (record_id, number, known_until)
    if last and last[2] != OPEN:
        wrong.append(f"{kind.subject} {last[0]} has no open edition.")
    return wrong


def _check_today(kind: Kind, owners: OwnershipTree) -> list[str]:
    wrong = []
    public = dict(kind.edition.objects.filter(known_until=OPEN).values_list("record_id", "withdrawn"))
    states = dict(kind.record.objects.values_list("pk", "state"))
    for pk, withdrawn in public.items():
        state = states.get(pk)
        if withdrawn and state == State.PUBLISHED:
            wrong.append(f"{kind.subject} {pk} is published, its edition says withdrawn.")
        if not withdrawn and state != State.PUBLISHED:
            wrong.append(f"{kind.subject} {pk} is {state or 'gone'}, but readers see it.")
    published = sorted(pk for pk, state in states.items() if state == State.PUBLISHED)
    for some in chunks(published):
        records = list(kind.record.objects.filter(pk__in=some).prefetch_related(*kind.prefetch))
        context = Context(owners, EventGraph.around(some) if kind.record is LayoffEvent else EventGraph())
        editions = open_editions(kind, some)
        ids = [edition.pk for edition in editions.values()]
        index, terms, searched = _index_rows(kind, ids), _terms_of(kind, ids), _words_of(kind, ids)
        for record in records:
            edition = editions.get(record.pk)
            if edition is None:
                wrong.append(f"{kind.subject} {record.pk} is published, but has no edition.")
                continue
            said = kind.say(record, context)
            if changed := differences(edition, said):
                wrong.append(f"{kind.subject} {record.pk}: its edition differs in {', '.join(changed)}.")
            if kind.index and index[edition.pk] != set(said.companies):
                wrong.append(f"{kind.subject} {record.pk}: its index of companies is stale.")
            if kind.terms and terms[edition.pk] != {(t["kind"], t["key"]) for t in term_rows(said)}:
                wrong.append(f"{kind.subject} {record.pk}: its index of terms is stale.")
            if kind.words and searched.get(edition.pk) != said.words:
                wrong.append(f"{kind.subject} {record.pk}: its index of words is stale.")
    return wrong


def _terms_of(kind: Kind, edition_ids: list[int]) -> dict[int, set[tuple]]:
    found: dict[int, set[tuple]] = defaultdict(set)
    if kind.terms:
        for edition_id, *row in kind.terms.objects.filter(edition__in=edition_ids).values_list(
            "edition_id", "kind", "key"
        ):
            found[edition_id].add(tuple(row))
    return found


def _words_of(kind: Kind, edition_ids: list[int]) -> dict[int, tuple[str, str]]:
    if not kind.words:
        return {}
    rows = kind.words.objects.filter(pk__in=edition_ids).values_list("pk", "title", "words")
    return {pk: (title, all_) for pk, title, all_ in rows}


def _index_rows(kind: Kind, edition_ids: list[int]) -> dict[int, set[tuple]]:
    found: dict[int, set[tuple]] = defaultdict(set)
    if kind.index:
        for edition_id, *row in kind.index.objects.filter(edition__in=edition_ids).values_list(
            "edition_id", *kind.index_fields
        ):
            found[edition_id].add(tuple(row))
    return found
