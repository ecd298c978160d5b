"""Sources, and the citations that tie each to what it speaks of."""

import re
from collections.abc import Callable
from operator import itemgetter
from string import ascii_letters, digits
from typing import Any
from unicodedata import normalize
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from events.marks import is_tracking_mark
from events.models.choices import Precision, SourceKind, Speaker, Tier
from events.models.event import LayoffEvent
from events.models.fields import (
    PERMISSIONS,
    PeopleFigure,
    one_of,
    people_constraints,
    precision_field,
    share_constraint,
    snap_to_span,
)
from events.models.note import AiNote
from events.models.total import Headcount, PublishedTotal

is_web_address = URLValidator(
    schemes=["http", "https"], message=_("A source's address begins with http:// or https://.")
)


# Of an address, as it is given and as it is matched.
LONGEST_ADDRESS = 1000

# The longest name that a host can have, in letters of ASCII.
_LONGEST_HOST = 253

# What countries call their registries. Left out are names that are known as sites of their own ("web.de", "ad.nl").
_REGISTRIES = (
    "ac asso co com edu firm gc go gob gouv gov govt gub gv ind ltd mil ne net nhs nom or org plc police presse sch"
).replace(" ", "|")
# What an address is called besides, at one and the same site. Where nothing but a country's registry is left ("co.uk"),
# the first word is the site's own name.
_SAME_SITE = re.compile(rf"www\.(?=[^.]+\.[^.])|(?:m|mobile|amp)\.(?!(?:{_REGISTRIES})\.[a-z]{{2}}$)(?=[^.]+\.[^.])")
_MOBILE_WIKI = re.compile(r"(?<=[a-z])\.m(?=\.wiki[a-z]+\.org$)")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})?")
_WRITTEN_ONE_WAY = re.compile(r"[A-Za-z0-9/._~-]*")
_NEVER_ESCAPED = frozenset(ascii_letters + digits + "-._~")


def normalised_url(url: str) -> str:
    """The address by which two ways of writing one link are the same.

    Scheme and "www." or mobile hosts, default ports, a name before the host, fragments, tracking marks, the order of
    parameters and a last slash fall away; letters beyond ASCII and escapes are written one way. Whatever else differs,
    a host, a path or a parameter's values in their order, tells two addresses apart. It is for matching: links use the
    address as it was given. Raises ValueError for what is no address.
    """
    parts = urlsplit(url.strip())
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    # Bytes that are no UTF-8 stay what they are.
    values = parse_qsl(parts.query, keep_blank_values=True, errors="surrogateescape")
    told = sorted((each for each in values if not is_tracking_mark(each[0])), key=itemgetter(0))
    path = parts.path if parts.path.endswith("//") else parts.path.removesuffix("/")
    query = urlencode(told, errors="surrogateescape")
    return urlunsplit(("https", _host(parts.hostname or "") + port, _escaped(path), query, ""))


def address_of(url: str) -> str:
    """`normalised_url` of what somebody typed. Raises ValidationError where it is none that can be kept."""
    try:
        address = normalised_url(url)
    except ValueError as error:
        raise ValidationError(_("This is no web address.")) from error
    if len(address) > LONGEST_ADDRESS:
        raise ValidationError(
            _("Written without letters beyond ASCII, this address has more than %s characters.") % LONGEST_ADDRESS
        )
    return address


def _host(host: str) -> str:
    if ":" in host:
        return f"[{host}]"
    name = host.rstrip(".") if host.isascii() else _in_ascii(host)
    while found := _SAME_SITE.match(name):
        name = name[found.end() :]
    return _MOBILE_WIKI.sub("", name)


def _in_ascii(host: str) -> str:
    """As browsers do: ß is a letter of its own, which Python's "idna" would write as ss.

    Raises ValueError for what is longer than any host: the time that this takes grows with the square of the length.
    """
    name = host[: _LONGEST_HOST + 1]
    name = normalize("NFKC", normalize("NFKC", name).lower()).replace("。", ".").rstrip(".")
    if max(len(host), len(name)) > _LONGEST_HOST:
        raise ValueError("This host has more letters than a host can have.")
    labels = (label if label.isascii() else f"xn--{label.encode('punycode').decode()}" for label in name.split("."))
    return ".".join(labels).lower()


def _escaped(path: str) -> str:
    """`path` with each character written the one way: escaped if it must be, in capitals."""
    if _WRITTEN_ONE_WAY.fullmatch(path):
        return path

    def one(escape: re.Match[str]) -> str:
        if not escape[1]:
            return "%25"
        letter = chr(int(escape[1], 16))
        return letter if letter in _NEVER_ESCAPED else f"%{escape[1].upper()}"

    return quote(_ESCAPE.sub(one, path), safe="/%:@!$&'()*+,;=~")


# Hosts where companies file; and those where anybody writes.
_FILINGS = frozenset(("sec.gov",))
_POSTS = frozenset(
    (
        "linkedin.com", "twitter.com", "x.com", "t.co", "facebook.com", "instagram.com", "reddit.com", "youtube.com",
        "youtu.be", "medium.com", "threads.net", "tiktok.com", "teamblind.com", "docs.google.com",
        "news.ycombinator.com",
    )
)  # fmt: skip


def kind_at(host: str) -> tuple[SourceKind, Tier] | None:
    """What a source at this host is, where the host alone says it."""

    def of(hosts: frozenset[str]) -> bool:
        return any(host == each or host.endswith(f".{each}") for each in hosts)

    if of(_FILINGS):
        return SourceKind.FILING, Tier.PRIMARY
    return (SourceKind.POST, Tier.POST) if of(_POSTS) else None


# Entries of history of citations that begin, or end, so: they went with their source, nobody edited them.
MERGED, ITS_OWN = "Merged source ", " is one of its own"


class Source(models.Model):
    """A page, filing or post; or a data file, which alone may lack an address."""

    url = models.URLField(_("address"), max_length=LONGEST_ADDRESS, blank=True, validators=[is_web_address])
    url_normalised = models.CharField(max_length=LONGEST_ADDRESS, editable=False, blank=True)
    title = models.CharField(_("title"), max_length=300)
    publisher = models.CharField(_("publisher"), max_length=200)
    published_on = models.DateField(_("published on"), null=True, blank=True)
    published_on_precision = precision_field(_("known to the"))
    kind = models.CharField(_("kind"), max_length=10, choices=SourceKind, default=SourceKind.ARTICLE)
    tier = models.CharField(_("tier"), max_length=10, choices=Tier, default=Tier.REPORTING)
    archived_url = models.URLField(_("archived copy"), max_length=1000, blank=True, validators=[is_web_address])
    file_sha256 = models.CharField(_("SHA-256 of the file"), max_length=64, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        verbose_name=_("is the same page as"),
        help_text=_("Its citations go there, and whoever pastes its link finds that source. Empty takes it back."),
    )
    stands_alone = models.BooleanField(
        _("is a source of its own"),
        default=False,
        help_text=_("Wherever its address leads: it is not offered as the same as another source again."),
    )
    created_at = models.DateTimeField(_("entered at"), auto_now_add=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("source")
        default_permissions = PERMISSIONS
        ordering = ["-id"]
        constraints = [
            one_of("kind", SourceKind),
            one_of("tier", Tier),
            one_of("published_on_precision", Precision),
            models.CheckConstraint(
                condition=Q(kind=SourceKind.DATA_FILE, url="")
                | Q(url__startswith="http://")
                | Q(url__startswith="https://"),
                name="source_url_is_web",
                violation_error_message=_("A source needs an address that begins with http:// or https://."),
            ),
            models.UniqueConstraint(
                fields=["url_normalised"],
                condition=~Q(url_normalised=""),
                name="source_url_once",
                violation_error_message=_("There is a source of this address already."),
            ),
            models.UniqueConstraint(
                fields=["file_sha256"],
                condition=~Q(file_sha256=""),
                name="source_file_once",
                violation_error_message=_("This file is a source already."),
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="source_not_merged_into_itself",
                violation_error_message=_("A source cannot be merged into itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.publisher}: {self.title}"

    @property
    def today(self) -> "Source":
        """The source itself, or the one that it turned out to be."""
        source = self
        while source.merged_into is not None:
            source = source.merged_into
        return source

    def clean(self) -> None:
        # The database refuses the same address twice by this form of it, so the form must know it too.
        if self.url:
            try:
                self.url_normalised = self._matched(address_of)
            except ValidationError as error:
                raise ValidationError({"url": error.messages}) from error

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.url_normalised = self._matched(normalised_url) if self.url else ""
        snap_to_span(self, "published_on")
        super().save(*args, **kwargs)

    def _matched(self, address: Callable[[str], str]) -> str:
        """What the source is found by: made anew by `address` only where `url` is another than the one that is stored.

        Of two sources that turned out to be of one address the second is found by none, or by what it was called
        before: it is edited, and merged into the first, all the same.
        """
        stored = Source.objects.filter(pk=self.pk, url=self.url).values_list("url_normalised", flat=True).first()
        return address(self.url) if stored is None else stored


class Citation(PeopleFigure):
    """What one source says of one record, with the figure that this source reports."""

    event = models.ForeignKey(
        LayoffEvent, models.CASCADE, null=True, blank=True, related_name="citations", verbose_name=_("event")
    )
    note = models.ForeignKey(
        AiNote, models.CASCADE, null=True, blank=True, related_name="citations", verbose_name=_("note")
    )
    total = models.ForeignKey(
        PublishedTotal,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="citations",
        verbose_name=_("published total"),
    )
    headcount = models.ForeignKey(
        Headcount, models.CASCADE, null=True, blank=True, related_name="citations", verbose_name=_("headcount")
    )
    source = models.ForeignKey(Source, models.PROTECT, related_name="citations", verbose_name=_("source"))
    quote = models.CharField(
        _("quote"), max_length=500, blank=True, help_text=_("Word for word, at most two sentences.")
    )
    speaker = models.CharField(_("speaker"), max_length=10, choices=Speaker, blank=True)
    speaker_name = models.CharField(
        _("who speaks"), max_length=200, blank=True, help_text=_("Only who speaks for a company or an office.")
    )
    share_percent = models.DecimalField(_("share, percent"), max_digits=6, decimal_places=3, null=True, blank=True)
    chosen = models.BooleanField(_("this figure is used"), default=False)
    chosen_because = models.CharField(_("because"), max_length=300, blank=True)
    on_ai_link = models.BooleanField(_("speaks of the AI link"), default=False)
    company_as_written = models.CharField(
        _("company as the file writes it"), max_length=300, blank=True, editable=False
    )
    row_number = models.PositiveIntegerField(_("row of the file"), null=True, blank=True, editable=False)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        ordering = ["-chosen", "id"]
        constraints = [
            *people_constraints(),
            share_constraint(),
            one_of("speaker", Speaker, blank=True),
            models.CheckConstraint(
                condition=Q(event__isnull=False, note__isnull=True, total__isnull=True, headcount__isnull=True)
                | Q(event__isnull=True, note__isnull=False, total__isnull=True, headcount__isnull=True)
                | Q(event__isnull=True, note__isnull=True, total__isnull=False, headcount__isnull=True)
                | Q(event__isnull=True, note__isnull=True, total__isnull=True, headcount__isnull=False),
                name="citation_exactly_one_subject",
                violation_error_message=_(
                    "A citation belongs to exactly one event, note, published total or headcount."
                ),
            ),
            models.UniqueConstraint(
                fields=["event"],
                condition=Q(chosen=True, event__isnull=False),
                name="citation_one_chosen_an_event",
                violation_error_message=_("Only one figure of an event can be the one that is used."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}"
