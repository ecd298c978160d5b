"""The command that proves the public record."""

import pytest
from django.core.management import CommandError, call_command

from events.models import LayoffEvent
from events.publishing import correct
from events.tests.factories import published

pytestmark = pytest.mark.django_db


def test_a_record_that_holds_is_said_to_hold(amazon, capsys):
    event = published(amazon, 500)
    event.title = "Amazon cuts 500 jobs in its studios"
    event.save()
    correct(event, "The title names the studios.")
    call_command("check_record")
    assert capsys.readouterr().out == "The record holds: 2 editions of 1 records.\n"


def test_a_record_changed_behind_the_doors_back_fails_the_command_and_is_named(amazon, capsys):
    event = published(amazon, 500)
    LayoffEvent.objects.filter(pk=event.pk).update(title="Another title")
    with pytest.raises(CommandError, match="2 problems"):
        call_command("check_record")
    said = capsys.readouterr().err.lower()
    assert f"event {event.pk}: its edition differs in title" in said
    assert f"event {event.pk}: its index of words is stale" in said
