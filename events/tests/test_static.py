"""Our own static files: one style sheet, dark written twice alike, scripts that are small modules."""

import re
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage

from layoffwatch.storage import IMPORT

STATIC = Path(settings.BASE_DIR) / "static"


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"([\w-]+): ([^;]+);", block))


def test_dark_by_the_system_and_dark_by_the_switch_are_the_same_colours():
    text = (STATIC / "css/tokens.css").read_text()
    by_switch = tokens(re.search(r':root\[data-theme="dark"\] \{(.*?)\}', text, re.S)[1])
    by_system = tokens(re.search(r':root:not\(\[data-theme="light"\]\) \{(.*?)\}', text, re.S)[1])
    assert by_switch == by_system
    assert len(by_switch) > 10


def test_the_collected_sheet_holds_every_sheet_and_imports_none():
    sheets = [found["name"] for found in IMPORT.finditer((STATIC / "css/site.css").read_text())]
    assert len(sheets) >= 8
    whole = (Path(settings.STATIC_ROOT) / staticfiles_storage.stored_name("css/site.css")).read_text()
    assert "@import" not in whole
    for name in sheets:
        rules = [line for line in (STATIC / "css" / name).read_text().splitlines() if "{" in line]
        assert all(line.strip() in whole for line in rules), name


def test_a_sheet_is_either_in_the_whole_one_or_linked_by_a_page():
    whole = (STATIC / "css/site.css").read_text()
    pages = "".join(path.read_text() for path in (Path(settings.BASE_DIR) / "templates").rglob("*.html"))
    for path in (STATIC / "css").glob("*.css"):
        assert f'"{path.name}"' in whole or f"css/{path.name}" in pages, path.name


def test_scripts_hold_no_words_for_readers():
    """What a script says is written on the page, where it is translated."""
    for path in (STATIC / "js").glob("*.js"):
        code = re.sub(r"^\s*//.*$", "", path.read_text(), flags=re.M)
        literals = ["".join(found) for found in re.findall(r'"([^"\n]*)"|`([^`]*)`', code)]
        said = [text for text in literals if re.search(r"\b[A-Z]?[a-z]+,? [a-z]+ [a-z]{2,}\b", text)]
        assert said == [], path.name
