"""The public record opens on the day its database is made, unless the setting names another (rule 9)."""

from datetime import UTC, date, datetime

from django.conf import settings
from django.db import migrations


def open_the_record(apps, schema_editor):
    opened = settings.SITE_OPENED_ON
    day = date.fromisoformat(opened) if opened else datetime.now(UTC).date()
    apps.get_model("events", "PublicRecord").objects.create(opened_on=day)


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]
    operations = [migrations.RunPython(open_the_record, migrations.RunPython.noop)]
