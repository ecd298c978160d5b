"""Reading files of layoffs into the desk: layouts, rows, matching of companies, plan, report (docs/importing.md)."""
