"""The strands of an assessment, each read once from the dossier and judged by small pure functions."""
