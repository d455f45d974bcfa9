"""What must stand before Django reads its settings: real servers, a data directory, a hermetic environment.

Loaded with `-p tests.plugin`. The first process starts the servers from the machine's own binaries; xdist's workers
inherit their addresses. `TEST_DATABASE=postgres` runs the suite on PostgreSQL, otherwise it runs on SQLite.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.machine import INSTALL, missing, start_postgres

REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"
ON_POSTGRES = os.environ.get("TEST_DATABASE", "sqlite") == "postgres"
# The developer's own shell must not steer the tests.
FOREIGN = (
    "APP_MODE",
    "DATABASE_URL",
    "MIGRATION_DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "EMAIL_URL",
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "IDENTITY_PROVIDERS",
    "DEBUG",
    "DEMO_SIGNINS",
)


# --- Servers --------------------------------------------------------------------------------------------------------


def start_redis(folder: Path) -> str:
    """Start a private Redis that saves nothing; return its URL."""
    port = free_port()
    server = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    atexit.register(server.kill)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return f"redis://127.0.0.1:{port}"
    pytest.exit("redis-server did not answer within 10 seconds.", returncode=4)


def free_port() -> int:
    """Ask the system for a port nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def prepare() -> None:
    """Start the servers and point the environment at them and at a data directory of this run."""
    for name in FOREIGN:
        os.environ.pop(name, None)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that a killed run still stops its servers
    folder = Path(tempfile.mkdtemp(prefix="matchweek-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["DATA_DIR"] = str(folder / "var")
    os.environ["SECRET_KEY"] = "only for the tests"
    if ON_POSTGRES:
        os.environ["DATABASE_URL"] = start_postgres(folder)
    if shutil.which("redis-server"):
        os.environ["TEST_REDIS_URL"] = start_redis(folder)


# --- Hooks ----------------------------------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    """Be earlier than pytest-django, which reads the settings in this very hook."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        prepare()
    return (yield)


def pytest_configure(config: pytest.Config) -> None:
    """With REQUIRE_ALL=1 a missing program ends the run."""
    lacking = missing()
    if REQUIRE_ALL and lacking:
        commands = "; ".join(INSTALL[marker] for marker in lacking)
        raise pytest.UsageError(f"REQUIRE_ALL=1, but this machine lacks {', '.join(lacking)}: {commands}")


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say which database this run is on and what would have to be installed to skip nothing."""
    lines = [f"database: {'PostgreSQL' if ON_POSTGRES else 'SQLite'}"]
    return lines + [f"skipping tests marked {marker}: {INSTALL[marker]}" for marker in missing()]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the other database's tests to the other run, skip what the machine lacks, play the browser last."""
    elsewhere = "sqlite" if ON_POSTGRES else "postgres"
    theirs = [item for item in items if item.get_closest_marker(elsewhere)]
    config.hook.pytest_deselected(items=theirs)
    items[:] = sorted(
        (item for item in items if item not in theirs), key=lambda item: bool(item.get_closest_marker("browser"))
    )
    for marker in missing():
        for item in items:
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=f"{marker} is missing: {INSTALL[marker]}"))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Leave the counts where `run.py test` sums up its two runs."""
    outcome = os.environ.get("TEST_OUTCOME")
    if outcome:
        kinds = ("failed", "passed", "skipped", "deselected", "xfailed", "xpassed", "error")
        counts = {kind: len(terminalreporter.stats.get(kind, ())) for kind in kinds}
        Path(outcome).write_text(json.dumps({kind: count for kind, count in counts.items() if count}))
