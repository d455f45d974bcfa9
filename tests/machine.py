"""What this machine has for the tests. Standard library only: `run.py` asks before anything is installed."""

from __future__ import annotations

import shutil
from pathlib import Path

INSTALL = {
    "postgres": "apt-get install postgresql",
    "redis": "apt-get install redis-server",
    "browser": "apt-get install chromium",
}


def postgres_binaries() -> Path | None:
    """Find the folder of `initdb`; Debian keeps it off PATH."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest_first = sorted(installed, key=lambda path: float(path.parts[-3]), reverse=True)
    return newest_first[0].parent if newest_first else None


def chromium() -> str | None:
    """Find Debian's Chromium, or Chrome."""
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return next((path for path in found if path), None)


def missing() -> list[str]:
    """Name the markers whose program is not on this machine."""
    has = {"postgres": postgres_binaries(), "redis": shutil.which("redis-server"), "browser": chromium()}
    return [marker for marker, found in has.items() if not found]
