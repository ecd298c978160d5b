"""The desk's autocompletes, as an editor uses them."""


def choose(page, field, words):
    """Types `words` into an autocomplete and takes the first that it offers."""
    page.click(f".select2-selection[aria-labelledby=select2-id_{field}-container]")
    page.fill(".select2-dropdown .select2-search__field", words)
    page.click(f".select2-results__option--highlighted:has-text('{words}')")
