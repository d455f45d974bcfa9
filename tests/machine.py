"""What this machine has for tests and benchmark, and a private PostgreSQL. Standard library only, for `run.py`."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

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


def start_postgres(folder: Path, *, durable: bool = False) -> str:
    """Start a private PostgreSQL on a Unix socket in `folder`, stopped at exit; return its DATABASE_URL."""
    binaries = postgres_binaries()
    if binaries is None:
        raise SystemExit(f"PostgreSQL is not here: {INSTALL['postgres']}")
    root = folder / "postgres"
    root.mkdir()
    account = unprivileged_account(root)
    subprocess.run(
        [binaries / "initdb", "-D", root / "data", "-U", "matchweek", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=root,
        **account,
    )
    options = f"-k {root} -c listen_addresses="
    if not durable:  # Durability is not what the tests are about, and costs most of their time.
        options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    control = [str(binaries / "pg_ctl"), "-D", str(root / "data")]
    subprocess.run(
        [*control, "-w", "-l", str(root / "log"), "-o", options, "start"],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=root,
        **account,
    )
    stop = [*control, "-m", "immediate", "stop"]
    atexit.register(lambda: subprocess.run(stop, stdout=subprocess.DEVNULL, check=False, cwd=root, **account))
    return f"postgres://matchweek@/matchweek?host={root}"


def unprivileged_account(root: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: give `root` to another account and return how to become it."""
    if os.geteuid() != 0:
        return {}
    import pwd

    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    os.chown(root, entry.pw_uid, entry.pw_gid)
    root.parent.chmod(0o711)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
