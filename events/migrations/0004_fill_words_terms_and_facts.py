"""The indexes of words and terms, and the days around an event, of the editions that are there already."""

from django.db import migrations

from events import dates
from events.text import fold, words

CHUNK = 1000


def _each(model):
    last = 0
    while some := list(model.objects.filter(pk__gt=last).order_by("pk").select_related("document")[:CHUNK]):
        yield some
        last = some[-1].pk


def _terms(model, edition, found):
    rows = {(kind, fold(value)[:200]): value[:200] for kind, value in reversed(found) if value}
    return [model(edition=edition, kind=kind, key=key, value=value) for (kind, key), value in rows.items()]


def _together(values):
    found = sorted(set(values))
    return f" {' '.join(found)} " if found else ""


def _searched(body):
    return [body["summary"], *(u["name"] for u in body.get("units", ())), *(c["quote"] for c in body["citations"])]


def fill(apps, schema_editor):
    def model(name):
        return apps.get_model("events", name)

    for subject in ("Event", "Note"):
        for some in _each(model(f"{subject}Edition")):
            found, searched = [], []
            for edition in some:
                body = edition.document.body
                terms = [("unit", u["name"]) for u in body.get("units", ())]
                terms += [("source", c["publisher"]) for c in body["citations"]]
                found += _terms(model(f"{subject}EditionTerm"), edition, terms)
                text = " ".join([edition.title, *_searched(body)])
                searched.append(
                    model(f"{subject}Words")(
                        edition=edition,
                        title=" ".join(words(edition.title)),
                        words=" ".join(dict.fromkeys(words(text))),
                    )
                )
                edition.tiers = _together(c["tier"] for c in body["citations"])
                if subject == "Event":
                    edition.reasons = _together(r["kind"] for r in body["reasons"])
                    edition.notes_from = dates.months_later(edition.announced_until, -12)
                    edition.notes_until = dates.months_later(edition.announced_from, 6)
                    edition.days_late = max((edition.recorded_on - edition.announced_until).days, 0)
            model(f"{subject}EditionTerm").objects.bulk_create(found, batch_size=CHUNK)
            model(f"{subject}Words").objects.bulk_create(searched, batch_size=CHUNK)
            fields = ["tiers"]
            if subject == "Event":
                fields += ["reasons", "notes_from", "notes_until", "days_late"]
            model(f"{subject}Edition").objects.bulk_update(some, fields, batch_size=CHUNK // 2)
    companies = list(model("Company").objects.all())
    for company in companies:
        names = [company.name, *company.aliases.values_list("name", flat=True), company.ticker]
        written = [fold(name) for name in names if name]
        texts = dict.fromkeys([*written, *(" ".join(words(name)) for name in written)])
        company.search_text = " ".join(texts).strip()
    model("Company").objects.bulk_update(companies, ["search_text"], batch_size=CHUNK)


class Migration(migrations.Migration):
    dependencies = [("events", "0003_words_terms_and_facts")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
