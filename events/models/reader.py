"""How often readers wrote, counted without knowing who they are. Only events/limits.py writes here."""

from django.db import models


class ReaderCount(models.Model):
    """How often one reader did one kind of thing within an hour. `reader` is a hash that changes with the day; rows of
    past hours are deleted."""

    reader = models.CharField(max_length=64)
    action = models.CharField(max_length=10, default="freeze")
    hour = models.DateTimeField()
    times = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reader", "action", "hour"], name="readercount_once")]

    def __str__(self) -> str:
        return f"{self.action}, {self.hour:%H} h: {self.times}"
