#!/usr/bin/env python3
"""Match Week's two commands and a few more. Needs only python3 with pip and venv; everything else goes into .venv.

python3 run.py                 the demo: set up, migrate, load an invented class, serve (PORT=8000, RESET=1)
python3 run.py serve           the same without the demo's data
python3 run.py test [...]      set up and run the tests; what follows goes to pytest
python3 run.py setup           set up and migrate only
python3 run.py check           lint, types, layers, templates, migrations, security
python3 run.py bench [...]     measure
python3 run.py manage ...      Django's commands, inside the project's environment
"""

from __future__ import annotations

import atexit
import concurrent.futures
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OLDEST = (3, 11)
# These look at the code, not at the database.
WITHOUT_DATABASE = {"", "check", "help", "makemigrations", "migrate", "version", "--help", "--version", "-h"}
# What production would be given, for the checks that look at production's settings.
PRETEND_PRODUCTION = {
    "APP_MODE": "production",
    "SECRET_KEY": hashlib.sha512(b"only for the checks").hexdigest(),
    "ALLOWED_HOSTS": "matchweek.example.edu",
    "DATABASE_URL": "postgres://matchweek:none@localhost/matchweek",
    "REDIS_URL": "redis://localhost:6379/0",
    "EMAIL_URL": "smtp+tls://user:password@localhost:587",
}


def say(words: str) -> None:
    """Speak on stderr: stdout belongs to the command's own answer."""
    print(words, file=sys.stderr, flush=True)


# --- Setting up -----------------------------------------------------------------------------------------------------


def ensure_environment(lock: str = "requirements.txt") -> None:
    """Make .venv and install the locked packages, unless that has been done for this very lock."""
    digest = hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()
    stamp = VENV / f"installed-{lock}"
    if stamp.exists() and stamp.read_text() == digest and PYTHON.exists():
        return
    started = time.monotonic()
    say(f"Setting up .venv from {lock} …")
    if not (install_with_uv(lock) or install_with_pip(lock)):
        raise SystemExit("The packages could not be installed; the lines above say why. Run the command again.")
    stamp.write_text(digest)
    say(f"Set up in {time.monotonic() - started:.0f} s.")


def install_with_uv(lock: str) -> bool:
    """Install with uv when it is on PATH; False when it is not, or when it reaches no index."""
    uv = shutil.which("uv")
    if uv is None:
        return False
    quietly = {"cwd": ROOT, "stdout": sys.stderr, "check": False}
    if not PYTHON.exists():
        subprocess.run([uv, "venv", "-q", "--clear", "--python", sys.executable, str(VENV)], **quietly)
    install = [uv, "pip", "install", "-q", "--python", str(PYTHON), "--require-hashes", "-r", lock]
    if subprocess.run(install, **quietly).returncode == 0:
        return True
    say("uv could not install them; trying pip …")
    return False


def install_with_pip(lock: str) -> bool:
    """Install with pip, into a .venv that is made when there is none with pip in it."""
    if not has_pip():
        make_venv()
    quiet = ["-qq", "--disable-pip-version-check", "--no-input", "--prefer-binary", "--no-compile"]
    install = [str(PYTHON), "-m", "pip", "install", *quiet, "--require-hashes", "-r", lock]
    return subprocess.run(install, cwd=ROOT, stdout=sys.stderr, check=False).returncode == 0


def has_pip() -> bool:
    """Whether .venv is there and has pip: uv makes it without."""
    return PYTHON.exists() and subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True).returncode == 0


def make_venv() -> None:
    """Make .venv; Debian ships python3 without what this needs, so say what to install."""
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], stdout=sys.stderr, check=False)
    if made.returncode != 0:
        raise SystemExit("Python's venv module is incomplete here. On Debian: apt-get install python3-venv python3-pip")


def start(*arguments: str) -> None:
    """Become this Python command inside .venv, so that signals and the exit code are its own."""
    command = [str(PYTHON), *arguments]
    if os.name == "nt":
        raise SystemExit(subprocess.run(command, cwd=ROOT, check=False).returncode)
    os.chdir(ROOT)
    os.execv(command[0], command)


# --- Commands -------------------------------------------------------------------------------------------------------


def demo() -> None:
    """Set up, migrate, load the demo and serve it."""
    port = free_port()
    ensure_environment()
    os.environ.setdefault("DEMO_SIGNINS", "1")
    reset = ["--reset"] if os.environ.get("RESET") == "1" else []
    start("-m", "config.embedded", "--demo", "--port", port, *reset)


def serve() -> None:
    """Set up, migrate and serve whatever is in the database."""
    port = free_port()
    ensure_environment()
    start("-m", "config.embedded", "--port", port)


def free_port() -> str:
    """Return PORT, or say before any work is done that it cannot be had."""
    port = os.environ.get("PORT", "8000")
    if not port.isdigit() or not 0 < int(port) < 65_536:
        raise SystemExit(f"PORT is {port!r}; give a number from 1 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
        except OSError as error:
            words = f"Port {port} cannot be used ({error.strerror}). Try: PORT={int(port) + 1} python3 run.py"
            raise SystemExit(words) from None
    return port


def setup() -> None:
    """Set up and migrate."""
    ensure_environment()
    start("manage.py", "migrate", "-v", "0")


def manage(arguments: list[str]) -> None:
    """Run one of Django's commands; the embedded database is made first when there is none yet."""
    ensure_environment()
    if not database_exists() and (arguments or [""])[0] not in WITHOUT_DATABASE:
        say("Making the database …")
        subprocess.run([PYTHON, "manage.py", "migrate", "-v", "0"], cwd=ROOT, stdout=sys.stderr, check=True)
    start("manage.py", *arguments)


def database_exists() -> bool:
    """Whether the SQLite file is there; a database server's is taken to be."""
    url = os.environ.get("DATABASE_URL", "")
    if url and not url.startswith("sqlite"):
        return True
    folder = Path(os.environ.get("DATA_DIR") or ROOT / "var")
    return Path(url.removeprefix("sqlite:///") if url else folder / "matchweek.sqlite3").exists()


def bench(arguments: list[str]) -> None:
    """Measure on SQLite, then on a private durable PostgreSQL when it is on the machine; print what was reached."""
    ensure_environment()
    from tests.machine import postgres_binaries, start_postgres

    command = [str(PYTHON), "manage.py", "bench", *arguments]
    folder = Path(tempfile.mkdtemp(prefix="matchweek-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # after the server in it was stopped
    urls = [f"sqlite:///{folder}/bench.sqlite3"]
    if postgres_binaries():
        urls.append(start_postgres(folder, durable=True))
    codes = [subprocess.run(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": url}).returncode for url in urls]
    raise SystemExit(max(codes))


# --- Tests ----------------------------------------------------------------------------------------------------------


def test(arguments: list[str]) -> None:
    """Run the tests on SQLite, then on PostgreSQL when it is here; the exit code is the first that is not 0."""
    ensure_environment("requirements-dev.txt")
    from tests.machine import INSTALL, postgres_binaries

    databases = ["sqlite", "postgres"]
    if not postgres_binaries() and os.environ.get("REQUIRE_ALL") != "1":
        say(f"Tests run on SQLite only. For PostgreSQL: {INSTALL['postgres']}")
        databases.remove("postgres")
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        runs = [run_tests(database, arguments, Path(folder) / database) for database in databases]
    codes = [code for code, _ in runs]
    print(closing_line([counts for _, counts in runs], time.monotonic() - started), flush=True)
    # 5: nothing was collected, which one of two runs may say when the other had the selected tests.
    failed = [code for code in codes if code not in {0, 5}]
    raise SystemExit(failed[0] if failed else min(codes))


def run_tests(database: str, arguments: list[str], outcome: Path) -> tuple[int, dict[str, int]]:
    """Run pytest on one database, on two processes unless told otherwise; return its exit code and its counts."""
    alone = {"-n", "--pdb", "-s", "--capture=no", "no:xdist"} & set(arguments)
    processes = [] if alone or any(each.startswith(("-n", "--numprocesses")) for each in arguments) else ["-n", "2"]
    environment = {**os.environ, "TEST_DATABASE": database, "TEST_OUTCOME": str(outcome)}
    command = [str(PYTHON), "-m", "pytest", *processes, *arguments]
    code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    return code, json.loads(outcome.read_text()) if outcome.exists() else {}


def closing_line(runs: list[dict[str, int]], seconds: float) -> str:
    """Sum the runs up in the shape of pytest's own last line."""
    totals: dict[str, int] = {}
    for counts in runs:
        for outcome, count in counts.items():
            totals[outcome] = totals.get(outcome, 0) + count
    words = ", ".join(f"{count} {outcome}" for outcome, count in totals.items()) or "no tests ran"
    return f" {words} in {seconds:.2f}s ".center(80, "=")


# --- Checks ---------------------------------------------------------------------------------------------------------


def check() -> None:
    """Run every check, two at a time; name those that failed."""
    ensure_environment("requirements-dev.txt")
    tools = PYTHON.parent
    pretend = {**os.environ, **PRETEND_PRODUCTION}
    commands: list[tuple[str, list[str], dict[str, str] | None]] = [
        ("mypy", [str(tools / "mypy")], None),
        ("house", [str(PYTHON), "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_house.py"], None),
        ("djlint", [str(tools / "djlint"), "templates", "--lint", "--quiet"], None),
        ("ruff", [str(tools / "ruff"), "check", "."], None),
        ("ruff format", [str(tools / "ruff"), "format", "--check", "."], None),
        ("import-linter", [str(tools / "lint-imports"), "--no-cache"], None),
        ("bandit", [str(tools / "bandit"), "-q", "-r", ".", "-c", "pyproject.toml"], None),
        ("migrations", [str(PYTHON), "manage.py", "makemigrations", "--check", "--dry-run"], None),
        ("diagrams", [str(PYTHON), "manage.py", "draw_transitions", "--check"], None),
        ("deployment", [str(PYTHON), "manage.py", "check", "--deploy", "--fail-level", "WARNING"], pretend),
    ]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        passed = list(pool.map(run_check, *zip(*commands, strict=True)))
    failed = [name for (name, _, _), fine in zip(commands, passed, strict=True) if not fine]
    say(f"Failed: {', '.join(failed)}." if failed else "Every check passed.")
    raise SystemExit(1 if failed else 0)


def run_check(name: str, command: list[str], environment: dict[str, str] | None) -> bool:
    """Run one check; show its output only when it found something."""
    started = time.monotonic()
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    fine = ran.returncode == 0
    say(f"{'ok  ' if fine else 'FAIL'} {name} ({time.monotonic() - started:.0f} s)")
    if not fine:
        say(ran.stdout + ran.stderr)
    return fine


# --- The command line -----------------------------------------------------------------------------------------------


def main() -> None:
    """Choose the command."""
    if sys.version_info < OLDEST:
        raise SystemExit(f"Match Week needs Python 3.11 or newer; this is {sys.version.split()[0]} ({sys.executable}).")
    name, arguments = (sys.argv[1] if len(sys.argv) > 1 else "demo"), sys.argv[2:]
    plain = {"demo": demo, "serve": serve, "setup": setup, "check": check}
    with_arguments = {"test": test, "manage": manage, "bench": bench}
    if name in plain and not arguments:
        plain[name]()
    elif name in with_arguments:
        with_arguments[name](arguments)
    else:
        raise SystemExit(__doc__ if name in {"-h", "--help", "help"} else f"No such command: {name}\n\n{__doc__}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
