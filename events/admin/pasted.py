"""A link that an editor pastes: the source that it is, found however it is written, or made."""

from typing import Any, ClassVar
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import publishing
from events.models import LinkCheck, Source
from events.models.choices import LinkStatus, SourceKind, Tier
from events.models.source import LONGEST_ADDRESS, address_of, is_web_address, kind_at, normalised_url


def source_at(url: str) -> Source | None:
    """The source of this link: by its address however it is written, else by the page that a source's address led to
    when it was looked at. None where there is none. Raises ValueError for what is no address."""
    address = normalised_url(url)
    if source := Source.objects.filter(url_normalised=address).first():
        return source
    asked = urlsplit(url.strip())
    # Its host alone narrows the looks at links; they keep the address as it was answered.
    answered = LinkCheck.objects.filter(status__in=(LinkStatus.OK, LinkStatus.MOVED))
    looks = answered.filter(final_url__icontains=asked.hostname or "").select_related("source").order_by("-id")
    return next((look.source for look in looks if _leads_to(look, address)), None)


def _leads_to(look: LinkCheck, address: str) -> bool:
    try:
        final = normalised_url(look.final_url)
    except ValueError:
        return False
    # Articles that were taken away lead to a site's front page: that is another page than theirs.
    return look.url == look.source.url and final == address and bool(urlsplit(final).path)


def source_of(url: str, *, title: str = "", publisher: str = "", tier: Tier | None = None) -> Source:
    """The source of a web address; one is made where there is none, named by its address where nothing is said, and of
    the `tier` or, without one, of that which its host says."""
    if source := source_at(url):
        return source
    address = normalised_url(url).removeprefix("https://")
    host, _slash, _path = address.partition("/")
    kind, own_tier = kind_at(host) or (SourceKind.ARTICLE, Tier.REPORTING)
    source, made = Source.objects.get_or_create(
        url_normalised=normalised_url(url),
        defaults={
            "url": url.strip(),
            "title": (title or address)[:300],
            "publisher": (publisher or host)[:200],
            "kind": kind,
            "tier": tier or own_tier,
        },
    )
    if made:
        publishing.source_changed(source)
    return source


class PastesLink(forms.ModelForm):
    """The form of a citation whose source is chosen, or is that of a pasted link."""

    LINK: ClassVar[tuple[str, ...]] = ("link", "link_title", "link_publisher")

    link = forms.CharField(
        label=gettext_lazy("Or paste its link"),
        required=False,
        max_length=LONGEST_ADDRESS,
        widget=forms.URLInput(attrs={"size": 60}),
        help_text=gettext_lazy("A source of this address is found however it is written; else it is made."),
    )
    link_title = forms.CharField(label=gettext_lazy("Its title"), required=False, max_length=300)
    link_publisher = forms.CharField(label=gettext_lazy("Its publisher"), required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "source" in self.fields:
            self.fields["source"].required = False

    def clean_link(self) -> str:
        link = self.cleaned_data["link"].strip()
        if link:
            is_web_address(link)
            address_of(link)
        return link

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        source, link = cleaned.get("source"), cleaned.get("link")
        if "source" in self.fields and "link" in cleaned and "source" not in self.errors:
            if not link and (cleaned.get("link_title") or cleaned.get("link_publisher")):
                self.add_error("link", _("Title and publisher are of a pasted link: paste it, or take them away."))
            elif not source and not link:
                self.add_error("source", _("Choose a source, or paste its link."))
            elif source and link and source_at(link) != source:
                self.add_error("link", _("This is the link of another source than the one chosen: keep one of them."))
        return cleaned

    def save(self, commit: bool = True) -> Any:
        cleaned = self.cleaned_data
        if cleaned.get("link") and not cleaned.get("source"):
            self.instance.source = source_of(
                cleaned["link"], title=cleaned["link_title"], publisher=cleaned["link_publisher"]
            )
        return super().save(commit)
