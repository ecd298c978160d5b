"""The ways of a record on the desk: draft → in review → published or rejected, back to draft, withdrawn.

Published and withdrawn are states that readers notice: publishing sets them. The others are the desk's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import publishing
from events.admin.forms import Refused
from events.models.choices import State
from events.publishing import Publishable

DRAFTS = (State.DRAFT, State.IN_REVIEW)
# Readers see it, or saw it.
PUBLIC = (State.PUBLISHED, State.WITHDRAWN)


@dataclass(frozen=True)
class Move:
    """A button of the form: from which states to which, whether it takes an editor and needs a reason."""

    name: str
    label: Any
    before: tuple[State, ...]
    after: State
    editors: bool = False
    asks_why: bool = False
    # Whether it is offered for a record that is not saved yet.
    at_once: bool = False


MOVES = (
    Move("_review", gettext_lazy("Save and send to review"), (State.DRAFT,), State.IN_REVIEW, at_once=True),
    Move("_draft", gettext_lazy("Back to draft"), (State.IN_REVIEW, State.REJECTED), State.DRAFT),
    Move("_reject", gettext_lazy("Reject"), DRAFTS, State.REJECTED, editors=True, asks_why=True),
    Move(
        "_publish", gettext_lazy("Save and publish"), (*DRAFTS, State.WITHDRAWN), State.PUBLISHED,
        editors=True, at_once=True,
    ),
    Move("_withdraw", gettext_lazy("Withdraw"), (State.PUBLISHED,), State.WITHDRAWN, editors=True, asks_why=True),
)  # fmt: skip


def pressed(data: Mapping[str, Any]) -> Move | None:
    """The move that a form or a link asks for."""
    return next((move for move in MOVES if move.name in data), None)


def move(record: Publishable, wanted: Move, reason: str, user: Any) -> None:
    """Takes `record` along `wanted`, with an entry of its history. Raises Refused or NotPublishable if it cannot go."""
    # What may be withdrawn, publishing says itself.
    if record.state not in wanted.before and wanted.after != State.WITHDRAWN:
        raise Refused(
            {None: [_("“%(move)s” is not for a record that is %(state)s.") % {
                "move": wanted.label, "state": record.get_state_display(),
            }]}
        )  # fmt: skip
    if wanted.asks_why and not reason:
        raise Refused({"change_reason": [why(wanted)]})
    record._history_user = user  # type: ignore[union-attr]  # simple_history reads these two
    if wanted.after == State.PUBLISHED:
        publishing.publish(record, reason)
    elif wanted.after == State.WITHDRAWN:
        publishing.withdraw(record, reason)
    else:
        record.state = wanted.after
        record._change_reason = reason[:100]  # type: ignore[union-attr]
        record.save()


def why(wanted: Move) -> str:
    if wanted.after == State.WITHDRAWN:
        return _("A withdrawal needs a reason: readers see it.")
    return _("A rejection needs a reason: whoever entered it reads it in its history.")
