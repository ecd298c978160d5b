"""Addresses are matched by a stricter form than before: that of sources and tips which are here is made anew.

A source may turn out to be the same page as another; where an address led is kept as it is matched. A tip may be about an
AI note.
"""

import django.db.models.deletion
from django.db import migrations, models

from events.models.link import page_led_to
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


def fill_pages_led_to(apps, schema_editor):
    LinkCheck = apps.get_model("events", "LinkCheck")
    looks = LinkCheck.objects.exclude(final_url="").values_list(
        "pk", "source__url_normalised", "status", "final_url"
    )
    for pk, *look in looks.iterator():
        if page := page_led_to(*look):
            LinkCheck.objects.filter(pk=pk).update(final_normalised=page)


class Migration(migrations.Migration):

    dependencies = [
        ("events", "0013_saved_mappings"),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalsource',
            name='merged_into',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='Its citations go there, and whoever pastes its link finds that source. Empty takes it back.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='events.source', verbose_name='is the same page as'),
        ),
        migrations.AddField(
            model_name='historicalsource',
            name='stands_alone',
            field=models.BooleanField(default=False, help_text='Wherever its address leads: it is not offered as the same as another source again.', verbose_name='is a source of its own'),
        ),
        migrations.AddField(
            model_name='linkcheck',
            name='final_normalised',
            field=models.CharField(blank=True, db_index=True, editable=False, max_length=1000),
        ),
        migrations.AddField(
            model_name='source',
            name='merged_into',
            field=models.ForeignKey(blank=True, help_text='Its citations go there, and whoever pastes its link finds that source. Empty takes it back.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='events.source', verbose_name='is the same page as'),
        ),
        migrations.AddField(
            model_name='source',
            name='stands_alone',
            field=models.BooleanField(default=False, help_text='Wherever its address leads: it is not offered as the same as another source again.', verbose_name='is a source of its own'),
        ),
        migrations.AddConstraint(
            model_name='source',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), models.Q(('merged_into', models.F('id')), _negated=True), _connector='OR'), name='source_not_merged_into_itself', violation_error_message='A source cannot be merged into itself.'),
        ),
        migrations.AddField(
            model_name='tip',
            name='ai_note',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='tips', to='events.ainote', verbose_name='about the AI note'),
        ),
        migrations.AddField(
            model_name='tip',
            name='became_note',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='made_of_tips', to='events.ainote', verbose_name='became part of the AI note'),
        ),
        migrations.RunPython(make_anew, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(fill_pages_led_to, migrations.RunPython.noop, elidable=True),
    ]
