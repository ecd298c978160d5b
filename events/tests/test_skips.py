"""A skipped test is said aloud, and fails a run with CI set."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = """
import pytest

def test_that_passes(): pass

@pytest.mark.parametrize("n", [1, 2])
def test_that_needs_a_thing(n): pytest.skip("no thing here")
"""


@pytest.fixture
def run(tmp_path):
    """Runs three tests, two of them skipped, under the project's conftest in a run of their own."""
    (tmp_path / "conftest.py").write_text((ROOT / "conftest.py").read_text())
    (tmp_path / "test_some.py").write_text(TESTS)

    def run(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        env = {k: v for k, v in os.environ.items() if k != "CI" and not k.startswith("PYTEST")}
        command = [sys.executable, "-m", "pytest", "-p", "no:django", "-p", "no:cacheprovider", *options]
        return subprocess.run(command, cwd=tmp_path, env=env | environment, capture_output=True, text=True, timeout=60)

    return run


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["alone", "with workers"])
def test_skips_are_counted_with_their_reasons(run, options):
    result = run(*options)
    assert result.returncode == 0, result.stdout
    assert "2 tests skipped" in result.stdout
    assert "2 × no thing here" in result.stdout


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["alone", "with workers"])
def test_with_ci_set_a_skip_fails_the_run(run, options):
    result = run(*options, CI="true")
    assert result.returncode == 1, result.stdout
    assert "a skipped test fails the run" in result.stdout
    assert "1 passed, 2 skipped" in result.stdout.splitlines()[-1]
