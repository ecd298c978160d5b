"""Files and imports for the tests of this folder."""

import pytest

from events.imports.engine import import_file


@pytest.fixture
def put(tmp_path):
    """Puts a file (text or bytes) into a folder of the test's own; gives its path."""

    def write(content, name="list.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def load(put, db):
    """Imports a file (text or bytes); gives the report."""

    def run(content, name="list.csv", **options):
        return import_file(put(content, name), **options)

    return run
