"""Cells that a spreadsheet program must not take for formulas."""

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: object) -> object:
    """Return text that a spreadsheet would run as a formula with an apostrophe before it; all else unchanged."""
    if isinstance(value, str) and value.startswith(_DANGEROUS):
        return f"'{value}"
    return value
