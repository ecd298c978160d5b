"""Static files as production serves them: hashed, compressed, the style sheet whole."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from whitenoise.storage import CompressedManifestStaticFilesStorage

# The sheet that lists the others, each on a line of its own.
SHEET = "css/site.css"
IMPORT = re.compile(r'^@import "(?P<name>[\w-]+\.css)"(?: (?P<media>[a-z]+))?;$', re.MULTILINE)


class OneSheetStorage(CompressedManifestStaticFilesStorage):
    """Writes the sheets that site.css imports into it: one request instead of ten before the first text is drawn.

    In development the browser follows the imports itself, so that no build step stands between an edit and the page.
    """

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if SHEET in paths and not dry_run:
            # From the sources: the collected file may be the whole one of an earlier time.
            source = Path(str(finders.find(SHEET)))
            whole = IMPORT.sub(lambda found: self._inlined(source.parent, found), source.read_text())
            Path(self.path(SHEET)).write_text(whole)
            paths[SHEET] = (self, SHEET)
        yield from super().post_process(paths, dry_run, **options)

    @staticmethod
    def _inlined(folder: Path, found: re.Match[str]) -> str:
        text = (folder / found["name"]).read_text().strip()
        return f"@media {found['media']} {{\n{text}\n}}" if found["media"] else text
