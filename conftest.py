"""What the whole suite shares: the files, browser and validator that some tests need, and an honest word about skips.

A test that needs real files asks for `data_dir`, one that needs a browser for `chromium`, one that checks HTML for
`html_validator`: where they are missing it is skipped with the reason. The run says how many were skipped and why; with
CI set, a single skipped test fails it.
"""

import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real files: LAYOFFWATCH_DATA_DIR, else ../shared/data beside the project."""
    folder = Path(os.environ.get("LAYOFFWATCH_DATA_DIR") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("no real files: put them in ../shared/data or name their folder in LAYOFFWATCH_DATA_DIR")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium: CHROMIUM, else the first of its usual names on the path."""
    from playwright._impl._driver import compute_driver_executable

    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    if not path:
        pytest.skip("no Chromium: install it (Debian: apt-get install chromium) or name its path in CHROMIUM")
    try:
        subprocess.run([compute_driver_executable()[0], "--version"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        said = (getattr(error, "stderr", b"").decode().strip() or str(error)).rpartition("/node: ")[2]
        pytest.skip(f"Playwright's driver does not start (Debian: apt-get install libatomic1): {said}")
    return path


@pytest.fixture(scope="session")
def html_validator() -> list[str]:
    """The command that checks HTML: node with html-validate, installed by npm in .ci/html."""
    folder, node = ROOT / ".ci" / "html", shutil.which("node")
    if not node:
        pytest.skip("no node: install it (Debian: apt-get install nodejs npm), then make test installs the validator")
    if not (folder / "node_modules" / "html-validate").is_dir():
        pytest.skip("no html-validate: make test installs it where there is an npm (Debian: apt-get install npm)")
    return [node, str(folder / "check.mjs")]


# ── Skipped tests ────────────────────────────────────────────────────────────────────────────────────────────────────


def skips(config: pytest.Config) -> Counter[str]:
    """How many tests were skipped for which reason."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    reasons: Counter[str] = Counter()
    for report in reporter.stats.get("skipped", []) if reporter else []:
        # (path, line, "Skipped: reason")
        text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[text.removeprefix("Skipped: ")] += 1
    return reasons


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    # A worker of pytest-xdist sees its own share alone: the controller decides.
    if in_ci() and not hasattr(session.config, "workerinput") and skips(session.config):
        session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if found := skips(config):
        number = found.total()
        terminalreporter.section(f"{number} test{'s' if number > 1 else ''} skipped", yellow=not in_ci(), red=in_ci())
        for reason, count in found.most_common():
            terminalreporter.write_line(f"{count} × {reason}")
        if in_ci():
            terminalreporter.write_line("With CI set, a skipped test fails the run.", red=True)
