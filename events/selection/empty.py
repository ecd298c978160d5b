"""Why a result is empty: which filter empties it."""

from typing import Any


def emptied_by(selection: Any) -> list[tuple[str, str, int]]:
    """For an empty selection of any kind: what dropping one filter, with all its values, would give: (its words, query
    string, rows).

    Several values of a filter are alternatives: dropping one of them never finds more.
    """
    query, found = selection.query, []
    for name, value in query.values.items():
        if name in query.filterset.shape:
            continue
        other = query.changed(**{name: None, "after": None, "before": None})
        if count := type(selection)(other).count:
            some = value if isinstance(value, list) else [value]
            words = ", ".join(query.filterset.words(name, one) for one in some)
            found.append((words, other.canonical(), count))
    return found
