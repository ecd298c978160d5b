"""A selection, written down: as a file, a feed, JSON. Answers know no request.

events/answers/answer.py ties a selection to what it states of itself (about.py), its rows (rows.py) and their columns
(columns.py); each format is a module with one function `write(answer)`.
"""
