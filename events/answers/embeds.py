"""Figures on other sites' pages: the address of a frame, and the snippet that shows it there."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.html import format_html
from django.utils.translation import gettext as _

from events.answers.about import link, stem_of, view_string
from events.answers.answer import SUBJECTS
from events.citing import SITE
from events.models.company import Company
from events.query import Query

WIDTH, HEIGHT = 720, 600


@dataclass(frozen=True)
class Embed:
    """A figure in a frame. `path` is the frame's address here, `page` that of the page which has the figure, `base`
    stands before both: "https://host"."""

    path: str
    page: str
    title: str
    base: str

    def frame(self, width: str = "100%", height: int = HEIGHT) -> str:
        """The HTML that shows it on another page."""
        return format_html(
            '<iframe src="{}{}" title="{}" width="{}" height="{}" loading="lazy" style="border:0"></iframe>',
            self.base, self.path, f"{SITE}: {self.title}", width, height,
        )  # fmt: skip

    @property
    def oembed(self) -> str:
        """Where programs ask for the same."""
        return f"{self.base}/oembed?{urlencode({'url': f'{self.base}{self.page}', 'format': 'json'})}"


def embed_of(query: Query, base: str) -> Embed:
    """The figure of the list that a query asks for."""
    return of_list(stem_of(query), query, base)


def of_list(stem: str, query: Query, base: str) -> Embed:
    string = view_string(query)
    title = titled(_(SUBJECTS[stem].title), query)
    return Embed(link("", f"/embed/{stem}/", string), link("", f"/{stem}/", string), title, base)


def of_company(company: Company, string: str, base: str) -> Embed:
    title = _("%(company)s: job cuts and AI investment") % {"company": company.name}
    address = company.get_absolute_url()
    return Embed(link("", f"/embed{address}", string), link("", address, string), title, base)


def of_staff(company: Company, string: str, base: str) -> Embed:
    title = _("Employees of %(company)s") % {"company": company.name}
    address = company.get_absolute_url()
    return Embed(link("", f"/embed{address}staff/", string), link("", address, string), title, base)


def of_frozen(code: str, title: str, base: str) -> Embed:
    return Embed(f"/embed/cite/{code}/", f"/cite/{code}/", title, base)


def titled(words: str, query: Query) -> str:
    """What a view is called elsewhere: "Layoff events: announced from 1 January 2024"."""
    return f"{words}: {query.in_words()}" if query.in_words() else words
