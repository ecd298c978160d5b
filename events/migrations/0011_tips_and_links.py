import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0010_pairs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RenameModel('FreezeCount', 'ReaderCount'),
        migrations.RemoveConstraint('ReaderCount', 'freezecount_once'),
        migrations.AddField('ReaderCount', 'action', models.CharField(default='freeze', max_length=10)),
        migrations.AddConstraint(
            'ReaderCount',
            models.UniqueConstraint(fields=['reader', 'action', 'hour'], name='readercount_once'),
        ),
        migrations.CreateModel(
            name='Tip',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=10, unique=True, verbose_name='reference')),
                ('link', models.URLField(max_length=1000, validators=[django.core.validators.URLValidator(message="A source's address begins with http:// or https://.", schemes=['http', 'https'])], verbose_name='link')),
                ('link_normalised', models.CharField(editable=False, max_length=1000)),
                ('company_words', models.CharField(blank=True, max_length=200, verbose_name='company, as the reader writes it')),
                ('date_words', models.CharField(blank=True, max_length=100, verbose_name='date, as the reader writes it')),
                ('people_words', models.CharField(blank=True, max_length=200, verbose_name='people, as the reader writes it')),
                ('note', models.TextField(blank=True, max_length=2000, verbose_name='what the reader says')),
                ('received_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now, verbose_name='received at')),
                ('state', models.CharField(choices=[('new', 'new'), ('taken', 'taken'), ('dismissed', 'dismissed')], db_index=True, default='new', max_length=10, verbose_name='state')),
                ('handled_at', models.DateTimeField(blank=True, null=True, verbose_name='handled at')),
                ('became', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='made_of_tips', to='events.layoffevent', verbose_name='became')),
                ('company', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='tips', to='events.company', verbose_name='about the company')),
                ('event', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='tips', to='events.layoffevent', verbose_name='about the event')),
                ('handled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='handled by')),
            ],
            options={
                'verbose_name': 'tip',
                'ordering': ['-received_at', '-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['new', 'taken', 'dismissed'])), name='tip_state_known', violation_error_message='‘state’ holds a word that is not among its choices.'), models.CheckConstraint(condition=models.Q(('link__startswith', 'http://'), ('link__startswith', 'https://'), _connector='OR'), name='tip_link_is_web', violation_error_message="A tip's link begins with http:// or https://."), models.CheckConstraint(condition=models.Q(models.Q(('handled_at__isnull', True), ('state', 'new')), models.Q(models.Q(('state', 'new'), _negated=True), ('handled_at__isnull', False)), _connector='OR'), name='tip_handled_has_day', violation_error_message='A tip that was handled says when; a new one does not.')],
            },
        ),
        migrations.AddField(
            model_name='sourcelink',
            name='dead_since',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name='LinkCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.URLField(max_length=1000, verbose_name='address')),
                ('status', models.CharField(choices=[('ok', 'answers'), ('moved', 'moved for good'), ('missing', 'not found (404)'), ('gone', 'gone (410)'), ('failing', 'does not answer, or with an error of its own'), ('denied', 'answers, but not to us'), ('robots', 'asks robots to stay away'), ('refused', 'not asked: no address of the public web')], max_length=10, verbose_name='status')),
                ('since', models.DateTimeField(verbose_name='since')),
                ('checked_at', models.DateTimeField(db_index=True, verbose_name='last checked at')),
                ('times', models.PositiveIntegerField(default=1, verbose_name='times')),
                ('http_status', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='HTTP status')),
                ('final_url', models.CharField(blank=True, max_length=1000, verbose_name='leads to')),
                ('milliseconds', models.PositiveIntegerField(default=0, verbose_name='milliseconds')),
                ('why', models.CharField(blank=True, max_length=200, verbose_name='why')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='link_checks', to='events.source', verbose_name='source')),
            ],
            options={
                'verbose_name': 'look at a link',
                'verbose_name_plural': 'looks at links',
                'ordering': ['source', '-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['ok', 'moved', 'missing', 'gone', 'failing', 'denied', 'robots', 'refused'])), name='linkcheck_status_known', violation_error_message='‘status’ holds a word that is not among its choices.'), models.CheckConstraint(condition=models.Q(('since__lte', models.F('checked_at'))), name='linkcheck_since_lte_checked_at', violation_error_message='A link is checked for the last time after the first.')],
            },
        ),
    ]
