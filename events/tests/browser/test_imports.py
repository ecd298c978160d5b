"""An import in a browser: a file is uploaded, looked at, confirmed and taken back, by keyboard and without scripts."""

import pytest
from django.contrib.auth import get_user_model

from events.models import EventEdition, ImportBatch, LayoffEvent
from events.publishing import check_record
from events.tests.imports.files import tech

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "a long enough password"


def test_a_file_is_looked_at_confirmed_and_taken_back(page, tmp_path):
    get_user_model().objects.create_superuser("editor", password=PASSWORD)
    file = tmp_path / "list.csv"
    file.write_text(tech({}, {"company": "<b>Bolt</b>", "people": "several hundred"}, {"people": "abc"}))
    page.goto("/admin/login/?next=/admin/events/importbatch/add/")
    page.fill("#id_username", "editor")
    page.fill("#id_password", PASSWORD)
    page.click("input[type=submit]")

    page.set_input_files("#id_file", file)
    page.focus("#id_publish")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=This is a preview: nothing is written yet")
    assert not LayoffEvent.objects.exists()
    row = page.locator(".import-rows tbody tr").nth(1)
    assert row.locator("th").inner_text() == "3"
    assert "<b>Bolt</b> cuts" in row.inner_text()
    assert "200–900" in row.inner_text()
    page.click(".import-tabs a:has-text('rejected')")
    assert page.locator(".import-rows tbody tr").count() == 1
    assert "‘abc’" in page.inner_text(".import-reasons")

    page.check("input[name=set_aside]")
    page.click("input[value^='Write 2 new records']")
    page.wait_for_selector("summary:has-text('Take this import back')")
    assert EventEdition.objects.known_on(None).count() == 2
    page.focus(".import-ask summary")
    page.keyboard.press("Enter")
    page.click("input[value='Take it back']")
    page.wait_for_selector("text=2 withdrawn")
    assert ImportBatch.objects.get().state == "taken_back"
    assert not EventEdition.objects.known_on(None).exists()
    assert check_record() == []
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
    page.emulate_media(media="print", color_scheme="dark")
    assert page.is_visible(".import-rows")
    assert not any(page.is_visible(away) for away in ("#nav-sidebar", "#header", ".breadcrumbs"))
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.problems == []
