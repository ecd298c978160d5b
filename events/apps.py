"""The application."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from events import roles


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = _("Layoffs and AI investment")

    def ready(self) -> None:
        post_migrate.connect(roles.set_groups, sender=self)
