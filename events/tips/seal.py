"""The seal of a tip's form: signed, dated, and good for one tip. It stands where others ask a third party.

It holds the reference that the sender is told. Without a cookie it is all that tells a form of ours from an invention,
a person from a machine that answers within a second, and a form that was sent twice from two.
"""

import re
import secrets

from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.utils.translation import gettext as _

# Seconds between opening the form and sending it.
SHORTEST, LONGEST = 3, 24 * 60 * 60
# Crockford's: no letter that is taken for a digit, and no i, l, o, u to make words of.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_REFERENCE = re.compile(rf"[{_ALPHABET}]{{10}}")
_signer = TimestampSigner(salt="events.tips")


class Unsealed(Exception):
    """Why a seal is not taken, in words for a reader. `holds_later`: it will be, if they wait a little."""

    def __init__(self, words: str, *, holds_later: bool = False) -> None:
        super().__init__(words)
        self.holds_later = holds_later


def sealed() -> str:
    """A new seal, dated now."""
    return _signer.sign("".join(secrets.choice(_ALPHABET) for _n in range(10)))


def opened(seal: str) -> str:
    """The reference within `seal`. Raises Unsealed where it is none of ours, too young or too old."""
    try:
        reference = _signer.unsign(seal, max_age=LONGEST)
    except SignatureExpired as error:
        raise Unsealed(
            _("This form had been open for more than a day. What you wrote still stands in it: send it again.")
        ) from error
    except BadSignature as error:
        raise Unsealed(
            _("This form lacks the mark by which we know it. What you wrote still stands in it: send it again.")
        ) from error
    if _is_younger_than(seal, SHORTEST):
        raise Unsealed(
            _("That was very fast: machines write so. Please wait a few seconds and send it again."), holds_later=True
        )
    return reference


def is_reference(text: str) -> bool:
    """Whether `text` has the form of a reference. Whether there is such a tip, nobody is told."""
    return bool(_REFERENCE.fullmatch(text))


def _is_younger_than(seal: str, seconds: int) -> bool:
    try:
        _signer.unsign(seal, max_age=seconds)
    except SignatureExpired:
        return False
    return True
