"""The interchange format: finding tables in files, reading their rows, and planning what they would change.

Nothing in here writes. `sources` reads files, `checking` their rows, `planning` compares these with the cycle.
"""
