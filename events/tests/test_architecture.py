"""The directions of imports (docs/development.md, "Which way imports go"), read from the source with ast.

A module's rule is the first in RULES whose pattern fits its name. A module that fits none is held to the rule of
readers' modules, the narrowest: a new kind of module takes a line in the table.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Groups of our modules, as patterns. "events.x" is the module or package itself, "events.x.*" what lies within.
HELPERS = ("events.dates", "events.text", "events.marks", "events.state")
CHOICES = ("events.models.choices",)
IDENTITY = ("events.models.company", "events.models.fields")
EDITIONS = ("events.models.edition",)
DESK = (
    "events.models.batch",
    "events.models.event",
    "events.models.note",
    "events.models.total",
    "events.models.source",
    "events.models.tip",
    "events.models.link",
    "events.models.duplicate",
    "events.models.saved",
)
READERS_MODELS = (*CHOICES, "events.models.company", *EDITIONS)
QUESTION = ("events.values", "events.filters", "events.query")
RESULT = ("events.counting", "events.selection", "events.selection.*")
SHOWN = (
    "events.shown", "events.present", "events.charts", "events.note_charts", "events.keys", "events.explorer",
    "events.differences", "events.citing", "events.cards", "events.previews", "events.side_by_side", "events.strips",
    "events.comparisons", "events.staff", "events.figures",
)  # fmt: skip
ANSWERS = ("events.answers", "events.answers.*")
FROZEN = ("events.frozen", "events.frozen.*")
SNAPSHOTS = ("events.models.snapshot",)
LIMITS = ("events.limits", "events.models.reader")
TIPS = ("events.tips", "events.tips.*")
LINKS = ("events.links", "events.links.*")
DATASET = ("events.dataset", "events.dataset.*")
LEAVES = ("events.admin", "events.admin.*", "events.views", "events.views.*", "events.urls")
DOOR = ("events.publishing", "events.publishing.*")
DUPLICATES = ("events.duplicates", "events.duplicates.*")
IMPORTS = ("events.imports", "events.imports.*")
EVERYTHING = ("events", "events.*", "layoffwatch", "layoffwatch.*")

WEB = ("django.http", "django.shortcuts", "django.views", "django.core.handlers")


@dataclass(frozen=True)
class Rule:
    """What the modules `who` may import of ours, and what they may import of nobody's."""

    who: tuple[str, ...]
    may: tuple[str, ...]
    because: str
    but_not: tuple[str, ...] = ()
    knows_no_request: bool = False
    touches_no_rows: bool = False


RULES = [
    Rule(("events.tests", "events.tests.*", "events.migrations", "events.migrations.*"), EVERYTHING, "tests see all"),
    Rule(("events", "events.apps"), EVERYTHING, "an app's start may load what it likes", but_not=LEAVES),
    # The ground floor.
    Rule(CHOICES, (), "choices are words, below everything"),
    Rule(
        (*HELPERS, "events.wording", "events.money_words"),
        (*CHOICES, *HELPERS, "events.wording"),
        "plain helpers know choices alone",
    ),
    # Models import nothing of ours but models and plain helpers.
    Rule(IDENTITY, (*CHOICES, *IDENTITY, *HELPERS), "identity serves both wings and knows neither"),
    Rule(EDITIONS, (*CHOICES, *IDENTITY, *EDITIONS, *HELPERS), "editions know no desk"),
    Rule(DESK, (*CHOICES, *IDENTITY, *DESK, *HELPERS), "the desk's models know no editions"),
    Rule(SNAPSHOTS, (), "a snapshot copies, it points to no record"),
    Rule(
        ("events.models",),
        ("events.models.*", *HELPERS),
        "models import nothing of ours but models",
    ),
    Rule(
        ("events.models.*",),
        (*CHOICES, *IDENTITY, *HELPERS),
        "a new model belongs to the desk, to editions or to neither: say which in DESK or EDITIONS",
    ),
    # The door.
    Rule(
        DOOR,
        (*DOOR, "events.models", "events.models.*", *HELPERS, "events.wording"),
        "the door knows records and editions, and nothing of pages, files and forms",
        but_not=WEB,
    ),
    Rule(
        DUPLICATES,
        (*DUPLICATES, *DOOR, "events.models", "events.models.*", *HELPERS, "events.wording"),
        "likely duplicates are found and answered at the desk, whoever asks",
        but_not=WEB,
        knows_no_request=True,
    ),
    # The public record's side.
    Rule(
        ("events.values", "events.filters"),
        (*READERS_MODELS, *HELPERS, "events.values", "events.filters"),
        "a filter knows fields and choices, not who asks",
        but_not=("django.shortcuts", "django.views"),
    ),
    Rule(
        ("events.query",),
        (*READERS_MODELS, *HELPERS, "events.filters"),
        "a query is read and checked; whoever wants rows asks events.selection",
        touches_no_rows=True,
    ),
    Rule(
        ("events.counting",),
        (*READERS_MODELS, *HELPERS, "events.counting"),
        "the rules count editions, whoever asks",
        but_not=WEB,
        knows_no_request=True,
    ),
    Rule(
        ("events.selection", "events.selection.*"),
        (*READERS_MODELS, *HELPERS, *QUESTION, *RESULT),
        "a selection knows no HTTP",
        but_not=WEB,
        knows_no_request=True,
    ),
    Rule(
        SHOWN,
        (*READERS_MODELS, *HELPERS, *QUESTION, *RESULT, *SHOWN),
        "rows, words and charts are made of a selection, whoever asks",
        but_not=WEB,
        knows_no_request=True,
    ),
    Rule(
        ANSWERS,
        (*READERS_MODELS, *HELPERS, *QUESTION, *RESULT, *SHOWN, *ANSWERS),
        "an answer writes a selection down and knows no request",
        but_not=("django.shortcuts", "django.views"),
        knows_no_request=True,
    ),
    # What readers may send: tips alone reach the desk, and read nothing there.
    Rule(LIMITS, LIMITS, "how often somebody wrote is counted without knowing what"),
    Rule(("events.forms",), ("events.models.source",), "fields that readers' forms and the desk's share"),
    Rule(
        TIPS,
        ("events.models.tip", "events.models.source", *HELPERS, *TIPS, "events.forms", "events.limits"),
        "a tip is stored as it was written; what it is about the reader's page says, by number",
        knows_no_request=True,
        but_not=WEB,
    ),
    Rule(
        LINKS,
        (*CHOICES, *HELPERS, *LINKS, "events.models.source"),
        "links are asked without a look at records; a command writes down what they answer",
        but_not=WEB,
    ),
    # Frozen views: the one writer beside the desk, which stores what readers see and nothing else.
    Rule(
        FROZEN,
        (*READERS_MODELS, *SNAPSHOTS, *HELPERS, *QUESTION, *RESULT, *SHOWN, *ANSWERS, *FROZEN, *LIMITS),
        "a frozen view is made of the public record and knows no request",
        knows_no_request=True,
    ),
    Rule(
        DATASET,
        (*READERS_MODELS, *HELPERS, *QUESTION, *RESULT, *SHOWN, *ANSWERS, *DATASET),
        "the data set is what readers may see, written into files",
        but_not=WEB,
        knows_no_request=True,
    ),
    # The leaves.
    Rule(
        ("events.views", "events.views.*"),
        (
            "events.views",
            "events.views.*",
            *READERS_MODELS,
            *HELPERS,
            *QUESTION,
            *RESULT,
            *SHOWN,
            *ANSWERS,
            "events.frozen",
            "events.tips",
            "layoffwatch.addresses",
            *DATASET,
            "events.sitemaps",
            "events.wording",
        ),
        "readers' pages see the public record and neither desk nor door",
    ),
    Rule(
        ("events.urls", "layoffwatch.urls"),
        (*EVERYTHING,),
        "addresses name views",
        but_not=(*DOOR, *IMPORTS, "events.models", "events.models.*"),
    ),
    Rule(
        ("events.admin", "events.admin.*"),
        EVERYTHING,
        "the desk's pages may call everything but readers' pages",
        but_not=("events.views", "events.views.*", "events.urls"),
    ),
    Rule(
        (*IMPORTS, "events.management", "events.management.*"),
        EVERYTHING,
        "imports and commands may call everything but pages",
        but_not=LEAVES,
    ),
    # Settings, headers and the like.
    Rule(("layoffwatch", "layoffwatch.*"), ("layoffwatch", "layoffwatch.*"), "the project knows nothing about layoffs"),
    # Whatever else there is: template tags, feeds, sitemaps.
    Rule(
        ("events.*",),
        (*READERS_MODELS, *HELPERS, *QUESTION, *RESULT, *SHOWN, *ANSWERS),
        "a module without a line in RULES is held to what readers may see: give it a line",
    ),
]


def fits(module: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(module, pattern) for pattern in patterns)


def rule_of(module: str) -> Rule:
    return next(rule for rule in RULES if fits(module, rule.who))


# ── Reading the source ───────────────────────────────────────────────────────────────────────────────────────────────


def our_modules() -> dict[str, Path]:
    """Every module of ours by its dotted name."""
    found = {}
    for top in ("events", "layoffwatch"):
        for path in sorted((ROOT / top).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = our_modules()


def names_of_models() -> dict[str, str]:
    """Where each name that the package events.models offers is defined: EventEdition → events.models.edition."""
    tree = ast.parse(MODULES["events.models"].read_text())
    return {
        alias.asname or alias.name: node.module
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


def imports(module: str, source: str, is_package: bool = False) -> Iterator[tuple[int, str]]:
    """Line and full name of everything that `source` imports, inside functions too.

    A name taken from the package events.models stands for the module that defines it.
    """
    offered = names_of_models()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                home = module.split(".")
                home = home[: len(home) - node.level + is_package]
                base = ".".join([*home, *([base] if base else [])])
            for alias in node.names:
                if base == "events.models" and alias.name in offered:
                    yield node.lineno, offered[alias.name]
                elif f"{base}.{alias.name}" in MODULES or base.split(".")[0] not in ("events", "layoffwatch"):
                    yield node.lineno, f"{base}.{alias.name}"
                else:
                    yield node.lineno, base


def requests(source: str) -> Iterator[tuple[int, str]]:
    """Where `source` speaks of a request: as a type, a parameter, a name or an attribute."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name) if name in ("request", "HttpRequest"):
                yield node.lineno, name
            case ast.ImportFrom(names=names) if any(alias.name == "HttpRequest" for alias in names):
                yield node.lineno, "HttpRequest"


def row_questions(source: str) -> Iterator[int]:
    """Where `source` asks a manager for rows; `Model.objects.none()` asks for none."""
    managers, without_rows = {}, set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(attr="objects" | "_default_manager"):
                managers[node.lineno, node.col_offset] = node.lineno
            case ast.Attribute(attr="none", value=ast.Attribute(attr="objects" | "_default_manager") as manager):
                without_rows.add((manager.lineno, manager.col_offset))
    yield from (line for place, line in managers.items() if place not in without_rows)


def wrong_in(module: str, source: str, is_package: bool = False) -> list[str]:
    """What `source`, were it `module`, does against its rule."""
    rule, wrong = rule_of(module), []
    for line, name in imports(module, source, is_package):
        ours = name.split(".")[0] in ("events", "layoffwatch")
        refused = any(fits(name, (pattern, f"{pattern}.*")) for pattern in rule.but_not)
        if refused or (ours and not fits(name, rule.may)):
            wrong.append(f"{module}, line {line}, imports {name}: {rule.because}.")
    if rule.knows_no_request:
        wrong += [f"{module}, line {line}, speaks of {name}: {rule.because}." for line, name in requests(source)]
    if rule.touches_no_rows:
        wrong += [f"{module}, line {line}, asks for rows: {rule.because}." for line in row_questions(source)]
    return wrong


# ── The tests ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_one_way(module):
    path = MODULES[module]
    assert wrong_in(module, path.read_text(), path.name == "__init__.py") == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("events.models.event", "from events.models.edition import EventEdition"),
        ("events.models.event", "from events.models import EventEdition"),
        ("events.models.note", "from .edition import NoteEdition"),
        ("events.models.edition", "from events.models import Company, LayoffEvent"),
        ("events.models.company", "from events import publishing"),
        ("events.models.choices", "from events.dates import span"),
        ("events.dates", "from events.models.fields import Record"),
        ("events.wording", "from events.publishing import publish"),
        ("events.publishing", "from events.selection import select_events"),
        ("events.publishing", "from events.admin.event import EventAdmin"),
        ("events.filters", "from events.models import Source"),
        ("events.query", "def f():\n    from events.selection import select_events"),
        ("events.query", "from events.models import EventEdition\nEventEdition.objects.all()"),
        ("events.counting", "from events.models.event import LayoffEvent"),
        ("events.selection", "from django.http import HttpRequest"),
        ("events.selection", "from events.shown import EventRow"),
        ("events.charts", "from events.models import LayoffEvent"),
        ("events.present", "from events.views.context import site"),
        ("events.selection", "import django.http"),
        ("events.selection", "def select(request): ..."),
        ("events.answers.csv", "from django.http import HttpRequest"),
        ("events.answers.csv", "from ..views.events import event_list"),
        ("events.answers.csv", "def stream(selection, request): ..."),
        ("events.dataset.tables", "from events.models import LayoffEvent"),
        ("events.dataset.build", "from events.publishing import publish"),
        ("events.views.events", "from events.models import LayoffEvent"),
        ("events.views.events", "from events.publishing import public_record"),
        ("events.views.events", "from events import admin"),
        ("events.views.cite", "from events.models import Snapshot"),
        ("events.frozen.making", "from events.models import LayoffEvent"),
        ("events.frozen.making", "def freeze(request): ..."),
        ("events.selection", "from events.frozen import freeze"),
        ("events.models.snapshot", "from events.models.edition import EventEdition"),
        ("events.views.events", "import events.imports.starter"),
        ("events.admin.event", "from events.views.events import event_list"),
        ("events.imports.rows", "from events.admin import site"),
        ("events.duplicates.deciding", "from events.admin.forms import Refused"),
        ("events.duplicates.scoring", "from events.imports.layouts import Facts"),
        ("events.selection", "from events.duplicates import look_again"),
        ("events.management.commands.load_starter", "from events.views import events"),
        ("events.anything_new", "from events.publishing import publish"),
        ("events.models.anything_new", "from events.models.edition import EventEdition"),
        ("layoffwatch.headers", "from events.models import Company"),
    ],
)
def test_a_forbidden_import_is_found(module, source):
    assert wrong_in(module, source)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("events.models.event", "from events.models.company import Company\nfrom events.dates import today"),
        ("events.models.edition", "from events.models import Company\nfrom events import dates"),
        ("events.publishing", "from events.models import EventEdition, LayoffEvent\nfrom events.text import fold"),
        ("events.filters", "import django_filters\nfrom events.models import Company, EventEdition"),
        ("events.query", "from events.models import EventEdition\nEventEdition.objects.none()"),
        ("events.selection", "from events.models.edition import OPEN\nfrom events.query import EventQuery"),
        ("events.answers.csv", "from django.http import StreamingHttpResponse\nfrom .columns import COLUMNS"),
        ("events.views.events", "from django.http import HttpRequest\nfrom events.answers import csv"),
        ("events.admin.event", "from events.publishing import publish\nfrom events.models import LayoffEvent"),
        ("events.management.commands.check_record", "from events.publishing import check_record"),
    ],
)
def test_an_allowed_import_is_left_alone(module, source):
    assert wrong_in(module, source) == []


def test_only_desk_code_may_import_the_door():
    may = {module for module in MODULES if fits("events.publishing", rule_of(module).may)}
    may -= {module for module in may if fits("events.publishing", rule_of(module).but_not)}
    writers = (
        "events.publishing*",
        "events.duplicates*",
        "events.admin*",
        "events.imports*",
        "events.management*",
        "events.tests*",
        "events.migrations*",
    )
    assert {module for module in may if not fits(module, (*writers, "events", "events.apps"))} == set()
