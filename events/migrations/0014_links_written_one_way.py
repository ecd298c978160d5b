"""Addresses are matched by a stricter form than before: that of sources and tips which are here is made anew."""

from django.db import migrations

from events.models.source import LONGEST_ADDRESS, normalised_url


def _anew(url):
    try:
        address = normalised_url(url)
    except ValueError:
        return None
    return address if len(address) <= LONGEST_ADDRESS else None


def make_anew(apps, schema_editor):
    Source, Tip = apps.get_model("events", "Source"), apps.get_model("events", "Tip")
    waiting = {}
    for pk, url, before in Source.objects.exclude(url="").values_list("pk", "url", "url_normalised").iterator():
        # Files of our own may hold one address twice: the second then has none to be found by.
        if before and (address := _anew(url)) not in (None, before):
            waiting[pk] = address
    # One may wait for the address that another gives up. Where two turn out to be one address, the second keeps what
    # it was found by.
    while True:
        free = {pk: a for pk, a in waiting.items() if not Source.objects.filter(url_normalised=a).exists()}
        free = {pk: a for a, pk in {a: pk for pk, a in reversed(free.items())}.items()}
        if not free:
            break
        for pk, address in free.items():
            Source.objects.filter(pk=pk).update(url_normalised=address)
            del waiting[pk]
    for pk, link, before in Tip.objects.values_list("pk", "link", "link_normalised").iterator():
        if (address := _anew(link)) not in (None, before):
            Tip.objects.filter(pk=pk).update(link_normalised=address)


class Migration(migrations.Migration):

    dependencies = [
        ("events", "0013_saved_mappings"),
    ]

    operations = [migrations.RunPython(make_anew, migrations.RunPython.noop, elidable=True)]
