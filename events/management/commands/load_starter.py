"""`manage.py load_starter`: the starter data, as often as one likes."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from events.imports.starter import StarterError, load


class Command(BaseCommand):
    help = "Load and publish the starter data of events/data/. Running it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            outcome = load()
        except StarterError as error:
            raise CommandError(f"Nothing was loaded. {error}") from error
        self.stdout.write(
            f"Starter data: {outcome.new} new, {outcome.changed} changed, {outcome.same} the same; "
            f"{outcome.editions} editions written."
        )
        if outcome.edited_here:
            self.stdout.write(f"Left alone, edited here since: {', '.join(outcome.edited_here)}.")
