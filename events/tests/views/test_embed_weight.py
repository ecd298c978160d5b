"""How much a frame on another site's page loads."""

import gzip
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage

from events.tests.views.reading import read_text

pytestmark = pytest.mark.django_db

MOST_BYTES = 60_000


def test_an_embed_weighs_at_most_60_kilobytes_without_the_library_of_charts(client, starter):
    """With all of the starter data, compressed as the server sends it; Chart.js is in a cache that embeds share."""
    for address in ("/embed/events/", "/embed/events/?chart=size", "/embed/companies/alphabet/"):
        response = client.get(address, headers={"accept-encoding": "gzip"})
        assert response["Content-Encoding"] == "gzip"
        page = read_text(gzip.decompress(response.content).decode())
        loaded = [e["src"] or e["href"] for e in page if e.tag == "script" or e["rel"] == "stylesheet"]
        weights = {name: len(gzip.compress(static_file(name))) for name in loaded}
        assert len(weights) >= 4
        assert not [name for name in weights if "chart.umd" in name]
        assert len(response.content) + sum(weights.values()) <= MOST_BYTES, weights


def static_file(address: str) -> bytes:
    return Path(staticfiles_storage.path(address.removeprefix("/static/"))).read_bytes()
