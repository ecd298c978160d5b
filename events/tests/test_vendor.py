"""Other people's files in static/vendor/ are unchanged and accounted for."""

import hashlib
import re
from pathlib import Path

import pytest

VENDOR = Path(__file__).resolve().parents[2] / "static" / "vendor"
ROW = re.compile(
    r"^\| `(?P<file>[^`]+)` \| (?P<package>\S+) \| (?P<version>\S+) \| (?P<licence>[^|]+) \| `(?P<sum>\w{64})` \|$"
)
LISTED = {row["file"]: row for line in (VENDOR / "VERSIONS.md").read_text().splitlines() if (row := ROW.match(line))}


def test_every_file_is_listed_with_its_version_and_licence():
    there = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()}
    assert set(LISTED) == there - {"VERSIONS.md"}


@pytest.mark.parametrize("file", LISTED)
def test_a_file_is_as_its_makers_published_it(file):
    assert hashlib.sha256((VENDOR / file).read_bytes()).hexdigest() == LISTED[file]["sum"]


@pytest.mark.parametrize("folder", sorted(path.name for path in VENDOR.iterdir() if path.is_dir()))
def test_a_licence_lies_beside_the_code_that_it_covers(folder):
    assert [*(VENDOR / folder).glob("LICEN[CS]E*")]
