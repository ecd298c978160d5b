import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0007_frozen_views'),
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
    ]
