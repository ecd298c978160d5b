"""A link that an editor pastes: the source that it is, found however it is written, or made."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import publishing
from events.models import Source
from events.models.choices import SourceKind, Tier
from events.models.link import source_at
from events.models.source import LONGEST_ADDRESS, address_of, is_web_address, kind_at, normalised_url


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
