"""Pictures of every kind of page, for review by eye: `make screenshots` writes them into var/screenshots/.

Of the site's own database, by a server of its own: 390, 768 and 1280 pixels wide, light and dark, and on paper.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from html.parser import HTMLParser
from pathlib import Path

from events.tests.browser.settled import SETTLED

ROOT = Path(__file__).resolve().parents[3]
WIDTHS = (390, 768, 1280)
PAPER = 794  # A4 at 96 pixels an inch
PAGES = {
    "start": "/",
    "events": "/events/",
    "events-january": "/events/?announced_after=2024-01-01&announced_before=2024-01-31",
    "events-replay": "/events/?announced_after=2024-01-01&announced_before=2024-01-31&as_of=2024-01-15",
    "events-empty": "/events/?q=nothing-like-it",
    "events-wrong": "/events/?people_min=x&contry=US",
    "companies": "/companies/",
    "company": "/companies/amazon/",
    "company-one-year": "/companies/amazon/?announced_after=2024-01-01&announced_before=2024-12-31",
    "layoffs-and-ai": "/layoffs-and-ai/",
    "layoffs-and-ai-wrong": "/layoffs-and-ai/?months_before=x",
    "notes": "/ai/",
    "notes-kinds": "/ai/?chart=kind",
    "notes-companies": "/ai/?chart=company",
    "events-sizes": "/events/?chart=size",
    "events-through-the-year": "/events/?chart=cumulative",
    "events-companies": "/events/?chart=company",
    "search": "/search/?q=google",
    "corrections": "/corrections/",
    "data": "/data/",
    "changes": "/data/changes/",
    "week": "/data/changes/2026-W48/",
    "about": "/about/",
    "tip": "/tips/new/?company=amazon",
    "tip-wrong": "/tips/new/?event=0",
    "tip-sent": "/tips/sent/0123456789/",
    "frozen-views": "/cite/",
    "embed": "/embed/events/?announced_after=2023",
    "embed-company": "/embed/companies/amazon/",
    "totals": "/totals/",
    "methodology": "/methodology/",
    "api": "/api/",
    "not-found": "/no/such/page/",
}
# Pages whose address has a number: the first of this list.
FIRST_OF = {"event": ("/events/?q=assistant&company=google", "/events/"), "note": ("/ai/", "/ai/")}


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found.append(dict(attrs).get("href") or "")


def serve() -> tuple[subprocess.Popen, str]:
    """A server on a free port, ready to answer, and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "manage.py", "runserver", "--noreload", "--insecure", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    home = f"http://127.0.0.1:{port}"
    for _ in range(150):
        try:
            urllib.request.urlopen(f"{home}/healthz")
            return server, home
        except urllib.error.URLError:
            time.sleep(0.2)
    server.terminate()
    raise SystemExit("The server did not start: run `make run` first.")


def first_of(home: str, listed: str, prefix: str) -> str:
    links = Links()
    links.feed(urllib.request.urlopen(home + listed).read().decode())
    return next(link for link in links.found if link.startswith(prefix) and link.removeprefix(prefix)[:1].isdigit())


def main() -> None:
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        raise SystemExit("No Chromium: install it (Debian: apt-get install chromium) or name its path in CHROMIUM.")
    folder = Path(os.environ.get("VAR_DIR", ROOT / "var")) / "screenshots"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    wanted = sys.argv[1:]
    server, home = serve()
    try:
        pages = PAGES | {name: first_of(home, *where) for name, where in FIRST_OF.items()}
        pages = {name: address for name, address in pages.items() if not wanted or name in wanted}
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for width, scheme in [(w, s) for w in WIDTHS for s in ("light", "dark")] + [(PAPER, "print")]:
                phone = width < 500
                context = browser.new_context(
                    base_url=home,
                    viewport={"width": width, "height": 844 if phone else 900},
                    color_scheme="light" if scheme == "print" else scheme,
                    is_mobile=phone,
                    has_touch=phone,
                    reduced_motion="reduce",
                )
                page = context.new_page()
                for name, address in pages.items():
                    page.goto(address, wait_until="networkidle")
                    page.evaluate(SETTLED)
                    if scheme == "print":
                        page.emulate_media(media="print")
                    page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)
                    if scheme == "print":
                        page.emulate_media(media="screen")
                context.close()
            browser.close()
    finally:
        server.terminate()
    pictures = sorted(path.name for path in folder.glob("*.png"))
    sys.stdout.write(f"{len(pictures)} pictures in {folder}\n")


if __name__ == "__main__":
    main()
