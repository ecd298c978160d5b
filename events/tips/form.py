"""What a reader may report: a link, and in their own words what happened. Nothing about themselves is asked."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.forms import WebAddressField
from events.models.source import normalised_url
from events.text import plain
from events.tips.seal import Unsealed, opened, sealed

LINK_LENGTH, NOTE_LENGTH = 1_000, 2_000
# What is shown again of a field that was refused: a person's text, not a machine's megabytes.
SHOWN_AGAIN = 20_000


class Words(forms.CharField):
    """Words of a stranger: one line, or several, with nothing in it that cannot be seen."""

    def to_python(self, value: Any) -> str:
        return plain(super().to_python(value) or "")


class TipForm(forms.Form):
    """The form of a tip. `reference` is known once it is valid; `is_spam` says that a machine filled it in."""

    link = WebAddressField(
        label=gettext_lazy("Link to a report, filing or post"),
        help_text=gettext_lazy("A page that anybody can read: it is what we cite."),
        max_length=LINK_LENGTH,
        error_messages={
            "required": gettext_lazy("We need a link: nothing is recorded here without a source."),
            "invalid": gettext_lazy("This is no web address. It begins with http:// or https://."),
        },
    )
    company = Words(label=gettext_lazy("Company"), max_length=200, required=False)
    date = Words(
        label=gettext_lazy("When it was announced"),
        help_text=gettext_lazy("As exactly as you know it: 2024-01-18, January 2024."),
        max_length=100,
        required=False,
    )
    people = Words(
        label=gettext_lazy("How many people"),
        help_text=gettext_lazy("In the words of the report: “about 500”, “several hundred”."),
        max_length=200,
        required=False,
    )
    note = Words(
        label=gettext_lazy("What happened, or what is wrong here"),
        help_text=gettext_lazy(
            "At most 2,000 characters. Please name nobody who lost their job, and leave yourself out: we do not ask "
            "who you are."
        ),
        max_length=NOTE_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    # People do not see it. Machines fill in whatever has a name.
    homepage = forms.CharField(
        label=gettext_lazy("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    seal = forms.CharField(required=False, widget=forms.HiddenInput)

    reference = ""

    def __init__(self, data: Any = None, **options: Any) -> None:
        if data is not None:
            data = {name: data.get(name, "")[:SHOWN_AGAIN].replace("\x00", "�") for name in self.base_fields}
        else:
            options["initial"] = {"seal": sealed(), **options.get("initial", {})}
        super().__init__(data, label_suffix="", **options)
        for name in ("link", "company", "date", "people"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean_link(self) -> str:
        link = self.cleaned_data["link"]
        try:
            normalised = normalised_url(link)
            is_plain = not urlsplit(link).username and plain(link) == link and "�" not in link
        except ValueError:
            is_plain = False
        if not is_plain:
            raise ValidationError(_("This is no plain web address. Copy it from the address bar of your browser."))
        # Letters of other scripts take more room there.
        if len(normalised) > LINK_LENGTH:
            raise ValidationError(_("This address is too long: send one of at most 1,000 characters."))
        return link

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        try:
            self.reference = opened(cleaned.get("seal", ""))
        except Unsealed as error:
            if not error.holds_later:
                self.seal_anew()
            # By the time that something else is put right, the form is old enough.
            if not (error.holds_later and self.errors):
                self.add_error(None, str(error))
        return cleaned

    def seal_anew(self) -> None:
        """Gives the form, shown again, a seal of its own."""
        self.data = {**self.data, "seal": sealed()}

    @property
    def is_spam(self) -> bool:
        return bool(self.cleaned_data["homepage"])
