"""Frozen views: what a view of the public record held on a day, kept as it was, bytes and all.

A snapshot copies, it points to no edition: whatever becomes of the record, it stays. Only events/frozen/ writes here.
"""

import gzip
from typing import Any

from django.db import models


class SnapshotFile(models.Model):
    """The CSV of a frozen view, once for each content."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    compressed = models.BinaryField()
    size = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.sha256

    @property
    def content(self) -> bytes:
        """The very bytes that were frozen."""
        return gzip.decompress(self.compressed)


class Snapshot(models.Model):
    """A view as it was: its query, the day as known on which it was asked, its rows and all that it said.

    `rows` are record and number of its edition, in the order of the file; of companies, which have no editions, their
    number and name. `shown` is what its page is drawn from: nothing is reckoned again.
    """

    code = models.CharField(max_length=10, primary_key=True)
    subject = models.CharField(max_length=20)
    query = models.TextField(blank=True)
    day = models.DateField()
    version = models.PositiveBigIntegerField()
    changed_at = models.DateTimeField()
    made_at = models.DateTimeField(auto_now_add=True, db_index=True)
    rows = models.JSONField()
    shown = models.JSONField()
    file = models.ForeignKey(SnapshotFile, models.PROTECT, related_name="snapshots")

    def __str__(self) -> str:
        return self.code

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A frozen view is never altered.")
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return f"/cite/{self.code}/"
