"""`manage.py find_duplicates`: compares all events and brings the desk's queue of likely duplicates up to date."""

import time
from typing import Any

from django.core.management.base import BaseCommand

from events.duplicates import look_again


class Command(BaseCommand):
    help = "Compares all events with those near them and lists likely duplicates for the editors. Answers are kept."

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        found = look_again()
        self.stdout.write(f"Likely duplicates that wait for an answer: {found:,} ({time.monotonic() - started:.1f} s).")
