"""What the settings promise: safe from the first day, and nothing to set for a first start."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse

from events.tests.addresses import FRAMED, plain_addresses

ROOT = Path(__file__).resolve().parents[2]


def manage(var: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs manage.py in an environment that sets nothing but `environment`, with its files in `var`."""
    env = {"PATH": os.environ["PATH"], "VAR_DIR": str(var), **environment}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)


# ── A first start ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_secret_key_is_made_once_and_is_ours_alone(tmp_path):
    show = ("shell", "--no-imports", "-c", "from django.conf import settings; print(settings.SECRET_KEY)")
    first, second = manage(tmp_path, *show), manage(tmp_path, *show)
    assert len(first.stdout.strip()) >= 50, first.stderr
    assert first.stdout == second.stdout
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_a_secret_key_from_the_environment_is_not_written_down(tmp_path):
    manage(tmp_path, "check", SECRET_KEY="x" * 60)
    assert not (tmp_path / "secret_key").exists()


def test_debugging_is_off_unless_asked_for(tmp_path):
    show = ("shell", "--no-imports", "-c", "from django.conf import settings; print(settings.DEBUG)")
    assert manage(tmp_path, *show).stdout == "False\n"


@pytest.mark.parametrize("file", ["layoffwatch/settings.py", "deploy/gunicorn.conf.py"])
def test_every_setting_of_the_environment_is_documented(file):
    asked = re.findall(r"""env(?:iron)?(?:\.\w+)?\(\s*["']([A-Z_]+)["']""", (ROOT / file).read_text())
    listed = re.findall(r"`([A-Z_]+)`", (ROOT / "docs" / "deployment.md").read_text())
    assert asked
    assert set(asked) - set(listed) == set()


@pytest.mark.django_db
def test_models_and_migrations_agree():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


# ── Behind TLS ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_django_has_no_warning_for_a_deployment_behind_tls(tmp_path):
    result = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", BEHIND_TLS="1")
    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout


def test_behind_tls_plain_requests_are_sent_on_and_secure_ones_get_hsts(settings):
    ask = """
from django.test import Client
client = Client(headers={"host": "localhost"})
plain = client.get("/admin/login/")
secure = client.get("/admin/login/", headers={"x-forwarded-proto": "https"})
print(plain.status_code, plain["Location"])
print(secure.headers["Strict-Transport-Security"])
print([bool(cookie["secure"]) for cookie in secure.cookies.values()])
"""
    # With the collected static files, which the login page asks for.
    result = manage(settings.VAR_DIR, "shell", "--no-imports", "-c", ask, BEHIND_TLS="1")
    assert result.stdout.splitlines() == [
        "301 https://localhost/admin/login/",
        "max-age=31536000; includeSubDomains; preload",
        "[True]",
    ], result.stderr


# ── Every answer ─────────────────────────────────────────────────────────────────────────────────────────────────────

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def policy_of(response) -> dict[str, str]:
    pieces = (piece.strip().partition(" ") for piece in response.headers["Content-Security-Policy"].split(";"))
    return {name: sources for name, _, sources in pieces}


@pytest.mark.django_db
@pytest.mark.parametrize("address", [*plain_addresses(), "/no/such/page/", "/admin/login/"])
def test_every_answer_carries_the_headers_that_keep_it_safe(client, address):
    response = client.get(address)
    expected = dict(HEADERS)
    framed = address.startswith(FRAMED)
    if framed:
        expected |= {"X-Frame-Options": None, "Cross-Origin-Resource-Policy": "cross-origin"}
    if response.headers.get("Access-Control-Allow-Origin") == "*":
        # Public data: pages of other sites may fetch it.
        expected["Cross-Origin-Resource-Policy"] = "cross-origin"
    assert {name: response.headers.get(name) for name in HEADERS} == expected
    policy = policy_of(response)
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == ("*" if framed else "'none'")
    assert policy["base-uri"] == "'none'"
    assert policy["form-action"] == policy["script-src"] == policy["style-src"] == "'self'"
    assert "unsafe" not in response.headers["Content-Security-Policy"]


@pytest.mark.django_db
def test_the_policy_holds_inside_the_admin_too(admin_client):
    response = admin_client.get(reverse("admin:index"))
    assert response.status_code == 200
    assert policy_of(response)["script-src"] == policy_of(response)["style-src"] == "'self'"


@pytest.mark.django_db
@pytest.mark.parametrize("address", [*plain_addresses(), "/no/such/page/"])
def test_no_readers_page_sets_a_cookie(client, address):
    response = client.get(address)
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")


@pytest.mark.django_db
def test_the_sixth_wrong_password_waits(client, django_user_model, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django_user_model.objects.create_superuser("editor", password="correct horse battery")
    login = reverse("admin:login")
    for _ in range(5):
        response = client.post(login, {"username": "editor", "password": "wrong"})
    assert response.status_code == 429
    # Nor does the right one open now: whoever guesses learns nothing.
    assert client.post(login, {"username": "editor", "password": "correct horse battery"}).status_code == 429
