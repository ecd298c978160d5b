"""Pieces that several records share: states, figures of people, imprecise dates, constraints."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from events.dates import span, today
from events.models.choices import PeopleBasis, Precision, Qualifier, State

# Who may "publish" decides what readers see of a record: events/roles.py.
PERMISSIONS = ("add", "change", "delete", "view", "publish")


def one_of(field: str, choices: type[models.TextChoices], *, blank: bool = False) -> models.CheckConstraint:
    """A constraint: `field` holds a value of `choices` (or nothing, with `blank`)."""
    values = [*choices.values, ""] if blank else choices.values
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": values}),
        name=f"%(class)s_{field}_known",
        violation_error_message=_("‘%(field)s’ holds a word that is not among its choices.") % {"field": field},
    )


class Record(models.Model):
    """What editors work on: has a state, says where it came from and since when it is known here."""

    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT, db_index=True)
    recorded_on = models.DateField(
        _("recorded on"),
        default=today,
        editable=False,
        help_text=_("The day from which it was known here. It never moves."),
    )
    origin = models.CharField(_("came from"), max_length=200, default="desk", editable=False)
    origin_key = models.CharField(max_length=200, blank=True, editable=False)
    origin_hash = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(_("entered at"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    class Meta:
        abstract = True
        default_permissions = PERMISSIONS
        constraints = [
            one_of("state", State),
            models.UniqueConstraint(
                fields=["origin", "origin_key"],
                condition=~Q(origin_key=""),
                name="%(class)s_one_origin",
                violation_error_message=_("This row of the same file has been read before."),
            ),
        ]


class PeopleFigure(models.Model):
    """A figure of people as an interval in the source's own words (model.md, "people")."""

    people_low = models.PositiveIntegerField(_("people, low"), null=True, blank=True)
    people = models.PositiveIntegerField(_("people, best"), null=True, blank=True)
    people_high = models.PositiveIntegerField(_("people, high"), null=True, blank=True)
    qualifier = models.CharField(_("qualifier"), max_length=10, choices=Qualifier, default=Qualifier.NONE)
    wording = models.CharField(
        _("the source's words"), max_length=200, blank=True, help_text=_("“several hundred”, “around a thousand”")
    )
    people_basis = models.CharField(_("basis"), max_length=15, choices=PeopleBasis, default=PeopleBasis.UNKNOWN)

    class Meta:
        abstract = True

    @property
    def headline(self) -> int | None:
        """The best figure, else the low one; None when the source states neither."""
        return self.people if self.people is not None else self.people_low


def figure_constraints(low: str, best: str, high: str) -> list[models.CheckConstraint]:
    """low ≤ best ≤ high, whichever of them are known."""

    def ordered(a: str, b: str) -> models.CheckConstraint:
        return models.CheckConstraint(
            condition=Q(**{f"{a}__isnull": True}) | Q(**{f"{b}__isnull": True}) | Q(**{f"{a}__lte": F(b)}),
            name=f"%(class)s_{a}_lte_{b}",
            violation_error_message=_("The low figure must not exceed the best, nor the best the high one."),
        )

    return [ordered(low, best), ordered(best, high), ordered(low, high)]


def people_constraints() -> list[models.CheckConstraint]:
    """The rules of a figure of people: ordered, in its qualifier's form, with a basis."""
    low, best, high = "people_low", "people", "people_high"
    none = Q(people_low__isnull=True, people__isnull=True, people_high__isnull=True)
    # Each known value is asked for by name: SQL lets a comparison with an unknown one pass.
    forms = (
        Q(qualifier=Qualifier.NONE) & none
        | Q(
            qualifier=Qualifier.EXACT,
            people__isnull=False,
            people_low__isnull=False,
            people_high__isnull=False,
            people_low=F(best),
            people_high=F(best),
        )
        | Q(qualifier=Qualifier.ABOUT, people__isnull=False, people_low__isnull=False, people_high__isnull=False)
        | Q(
            qualifier=Qualifier.AT_LEAST,
            people__isnull=False,
            people_low__isnull=False,
            people_low=F(best),
            people_high__isnull=True,
        )
        | Q(qualifier=Qualifier.UP_TO, people__isnull=True, people_low__isnull=True, people_high__isnull=False)
        | Q(qualifier=Qualifier.RANGE, people__isnull=True, people_low__isnull=False, people_high__isnull=False)
    )
    return [
        *figure_constraints(low, best, high),
        one_of("qualifier", Qualifier),
        one_of("people_basis", PeopleBasis),
        models.CheckConstraint(
            condition=forms,
            name="%(class)s_figure_form",
            violation_error_message=_(
                "The figures do not fit the qualifier. Exact: all three equal. About: all three. At least: low and "
                "best equal, no high. Up to: high alone. Range: low and high, no best. None: no figure."
            ),
        ),
        models.CheckConstraint(
            condition=none | ~Q(people_basis=PeopleBasis.UNKNOWN),
            name="%(class)s_figure_has_basis",
            violation_error_message=_(
                "A figure needs a basis: stated, worked out from a percentage, or editor's bound."
            ),
        ),
    ]


def share_constraint() -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(share_percent__isnull=True) | Q(share_percent__gte=0, share_percent__lte=100),
        name="%(class)s_share_percent_0_to_100",
        violation_error_message=_("A share is a percentage from 0 to 100."),
    )


def snap_to_span(record: models.Model, *names: str) -> None:
    """Moves each date of `names` to the first day of the span that its precision (NAME_precision) gives it."""
    for name in names:
        if day := getattr(record, name):
            setattr(record, name, span(day, getattr(record, f"{name}_precision")).first)


def precision_field(label: Any, **options: object) -> models.CharField:
    return models.CharField(label, max_length=7, choices=Precision, default=Precision.DAY, **options)  # type: ignore[arg-type]


class NoOverlap(models.BaseConstraint):
    """No two rows of one `group` have spans [`since`, `until`) that share a day; an open end is without end.

    PostgreSQL has exclusion constraints for this. SQLite has none, so a pair of triggers refuses there.
    """

    def __init__(self, *, group: str, since: str, until: str, name: str, violation_error_message: Any = None) -> None:
        super().__init__(name=name, violation_error_message=violation_error_message)
        self.group, self.since, self.until = group, since, until

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "group": self.group, "since": self.since, "until": self.until}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NoOverlap) and self.deconstruct() == other.deconstruct()

    __hash__ = None  # type: ignore[assignment]

    def _columns(self, model: type[models.Model]) -> dict[str, str]:
        meta: Any = model._meta
        return {part: meta.get_field(getattr(self, part)).column for part in ("group", "since", "until")}

    def _statements(self, model: type[models.Model], schema_editor: Any) -> list[Any]:
        from django.db.backends.ddl_references import Statement, Table

        quote, columns = schema_editor.quote_name, self._columns(model)
        names = {part: quote(column) for part, column in columns.items()}
        table = Table(model._meta.db_table, quote)
        if schema_editor.connection.vendor == "postgresql":
            # Ranges of one number stand for "=": they need no extension.
            return [
                Statement(
                    "ALTER TABLE %(table)s ADD CONSTRAINT %(name)s EXCLUDE USING gist "
                    "(int8range(%(group)s, %(group)s, '[]') WITH &&, daterange(%(since)s, %(until)s, '[)') WITH &&)",
                    table=table,
                    name=quote(self.name),
                    **names,
                )
            ]
        return [
            Statement(
                "CREATE TRIGGER %(name)s BEFORE %(event)s ON %(table)s WHEN EXISTS (SELECT 1 FROM %(table)s o "
                "WHERE o.%(group)s = NEW.%(group)s AND o.id <> COALESCE(NEW.id, -1) "
                "AND COALESCE(o.%(since)s, '0000') < COALESCE(NEW.%(until)s, '9999-99') "
                "AND COALESCE(NEW.%(since)s, '0000') < COALESCE(o.%(until)s, '9999-99')) "
                "BEGIN SELECT RAISE(ABORT, 'constraint failed: %(plain)s'); END",
                table=table,
                name=quote(f"{self.name}_{event.lower()}"),
                event=event,
                plain=self.name,
                **names,
            )
            for event in ("INSERT", "UPDATE")
        ]

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        # After the table is made: also when SQLite's schema editor makes it anew for a later migration.
        schema_editor.deferred_sql.extend(self._statements(model, schema_editor))

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        *first, last = self._statements(model, schema_editor)
        for statement in first:
            schema_editor.execute(statement)
        return last

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        quote = schema_editor.quote_name
        if schema_editor.connection.vendor == "postgresql":
            return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}"
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {quote(self.name + '_insert')}")
        return f"DROP TRIGGER IF EXISTS {quote(self.name + '_update')}"

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: Any = "default") -> None:
        group = getattr(instance, model._meta.get_field(self.group).attname)
        if group is None or (exclude and {self.group, self.since, self.until} & set(exclude)):
            return
        others = model._default_manager.using(using).filter(**{self.group: group}).exclude(pk=instance.pk)
        since, until = getattr(instance, self.since), getattr(instance, self.until)
        if until:
            others = others.filter(Q(**{f"{self.since}__isnull": True}) | Q(**{f"{self.since}__lt": until}))
        if since:
            others = others.filter(Q(**{f"{self.until}__isnull": True}) | Q(**{f"{self.until}__gt": since}))
        if others.exists():
            raise ValidationError(self.get_violation_error_message())


class FullText(models.BaseConstraint):
    """An index of the words in `field`, a text of words between single blanks; `field__has_word` asks it.

    PostgreSQL indexes a vector of the very words: its own parser would split some of them again. SQLite keeps an FTS5
    table beside the model's, which triggers keep up.
    """

    def __init__(self, *, field: str, name: str) -> None:
        super().__init__(name=name)
        self.field = field

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "field": self.field}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FullText) and self.deconstruct() == other.deconstruct()

    __hash__ = None  # type: ignore[assignment]

    def _statements(self, model: type[models.Model], schema_editor: Any) -> list[Any]:
        from django.db.backends.ddl_references import Statement, Table

        meta: Any = model._meta
        quote = schema_editor.quote_name
        parts = {
            "table": Table(meta.db_table, quote),
            "name": quote(self.name),
            "column": quote(meta.get_field(self.field).column),
            "id": quote(meta.pk.column),
        }
        if schema_editor.connection.vendor == "postgresql":
            sql = "CREATE INDEX %(name)s ON %(table)s USING gin (array_to_tsvector(string_to_array(%(column)s, ' ')))"
            return [Statement(sql, **parts)]
        out = "INSERT INTO %(name)s (%(name)s, rowid, %(column)s) VALUES ('delete', OLD.%(id)s, OLD.%(column)s);"
        into = "INSERT INTO %(name)s (rowid, %(column)s) VALUES (NEW.%(id)s, NEW.%(column)s);"
        trigger = "CREATE TRIGGER %(trigger)s AFTER %(event)s ON %(table)s BEGIN "
        makes = (
            "CREATE VIRTUAL TABLE IF NOT EXISTS %(name)s USING fts5(%(column)s, content=%(table)s, "
            "content_rowid=%(id)s, detail=none, tokenize='unicode61 remove_diacritics 0')"
        )
        events = {"INSERT": into, "DELETE": out, f"UPDATE OF {parts['column']}": f"{out} {into}"}
        # The rows that are there already, also after the table was made anew.
        fills = "INSERT INTO %(name)s (%(name)s) VALUES ('rebuild')"
        return [Statement(makes, **parts), Statement(fills, **parts)] + [
            Statement(f"{trigger}{does} END", event=event, trigger=quote(f"{self.name}_{event[:6].lower()}"), **parts)
            for event, does in events.items()
        ]

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        # After the table is made: also when SQLite's schema editor makes it anew for a later migration.
        schema_editor.deferred_sql.extend(self._statements(model, schema_editor))

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        *first, last = self._statements(model, schema_editor)
        for statement in first:
            schema_editor.execute(statement)
        return last

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        quote = schema_editor.quote_name
        if schema_editor.connection.vendor == "postgresql":
            return f"DROP INDEX {quote(self.name)}"
        for event in ("insert", "delete", "update"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {quote(f'{self.name}_{event}')}")
        return f"DROP TABLE {quote(self.name)}"

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: Any = "default") -> None:
        """An index refuses nothing."""


@models.TextField.register_lookup
class HasWord(models.Lookup):
    """`field__has_word="goo"`: a word of the text begins so. The model has a FullText of the field."""

    lookup_name = "has_word"
    prepare_rhs = False

    def _index(self) -> str:
        field: Any = self.lhs.output_field
        return next(c.name for c in field.model._meta.constraints if isinstance(c, FullText) and c.field == field.name)

    def _word(self) -> str:
        # Letters and digits alone need no quoting in either language.
        if not str(self.rhs).isalnum():
            raise ValueError(f"‘{self.rhs}’ is no word")
        return str(self.rhs)

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        lhs: Any = self.lhs
        quote, name = connection.ops.quote_name, connection.ops.quote_name(self._index())
        pk = f"{quote(lhs.alias)}.{quote(lhs.output_field.model._meta.pk.column)}"
        found = f"SELECT rowid FROM {name} WHERE {name} MATCH %s"  # noqa: S608 - names of our own
        return f"{pk} IN ({found})", [f'"{self._word()}"*']

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        lhs, params = self.process_lhs(compiler, connection)
        vector = f"array_to_tsvector(string_to_array({lhs}, ' '))"
        return f"{vector} @@ %s::tsquery", [*params, f"'{self._word()}':*"]
