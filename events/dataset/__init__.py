"""The whole published record as files: CSV with a data package, SQLite, Parquet (docs/data-set.md).

`tables` says once what there is; every writer writes the same rows of the same tables, some at a time, so that
memory stays within bounds however many there are. What is made is listed and served from `files`.
"""
