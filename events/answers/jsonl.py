"""A selection as JSON lines: every row, one a line, streamed in constant memory."""

from collections.abc import Iterator

from events.answers.answer import Answer
from events.answers.json import dumps


def write(answer: Answer) -> Iterator[str]:
    for row in answer.rows():
        yield dumps(answer.as_tree(row)) + "\n"
