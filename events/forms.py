"""Fields that forms of readers and of the desk share."""

from typing import Any

from django import forms

from events.models.source import is_web_address


class WebAddressField(forms.URLField):
    """An address of the web: http or https, and nothing else that browsers would follow."""

    default_validators = [is_web_address]
    default_error_messages = {"invalid": is_web_address.message}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"assume_scheme": "https", **options})
