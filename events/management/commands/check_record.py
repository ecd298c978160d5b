"""Proves that the public record holds: `manage.py check_record` exits 1 and says what is wrong when it does not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from events.models.edition import EventEdition, HeadcountEdition, NoteEdition, TotalEdition
from events.publishing import check_record


class Command(BaseCommand):
    help = "Checks that today's editions say what the published records say and that their spans have no holes."

    def handle(self, *args: Any, **options: Any) -> None:
        problems = check_record()
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            raise CommandError(f"The record does not hold: {len(problems)} problem{'s' if len(problems) > 1 else ''}.")
        kinds = (EventEdition, NoteEdition, TotalEdition, HeadcountEdition)
        editions = sum(kind.objects.count() for kind in kinds)
        records = sum(kind.objects.filter(number=1).count() for kind in kinds)
        self.stdout.write(f"The record holds: {editions} editions of {records} records.")
