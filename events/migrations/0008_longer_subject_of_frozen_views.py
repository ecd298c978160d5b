from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0007_frozen_views")]

    operations = [migrations.AlterField("snapshot", "subject", models.CharField(max_length=20))]
