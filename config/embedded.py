"""The one process: pages, live streams, worker and beat. `run.py` starts it; production uses docker-compose.yml."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
import threading
import webbrowser
from contextlib import nullcontext
from pathlib import Path

import django
import uvicorn
from django.conf import settings
from django.core.management import call_command

# Streams never end by themselves: waiting longer for them would only hang Ctrl-C.
STREAM_SECONDS = 2


class Server(uvicorn.Server):
    """Says where it is once it answers."""

    def __init__(self, config: uvicorn.Config, *, browse: bool) -> None:
        super().__init__(config)
        self.browse = browse

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then tell the person at the terminal."""
        await super().startup(sockets=sockets)
        if not self.started:
            return
        url = f"http://{self.config.host}:{self.config.port}"
        print(f"\nMatch Week is at {url} (Ctrl-C stops it).", flush=True)
        if self.browse:
            threading.Thread(target=webbrowser.open, args=[url], daemon=True).start()


def has_display() -> bool:
    """Whether somebody sits before this machine."""
    if os.environ.get("CI") or not sys.stdout.isatty():
        return False
    return sys.platform in {"darwin", "win32"} or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))


def start_over() -> None:
    """Remove the SQLite database. A PostgreSQL database is left to whoever made it."""
    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("sqlite3"):
        sys.exit("RESET=1 removes the SQLite database only. Drop and create the PostgreSQL database yourself.")
    for suffix in ("", "-wal", "-shm"):
        Path(f"{database['NAME']}{suffix}").unlink(missing_ok=True)


def serve(port: int) -> None:
    """Serve until SIGINT or SIGTERM, then stop within five seconds."""
    from config import background
    from config.asgi import application
    from core import garbage

    config = uvicorn.Config(
        application,
        host="127.0.0.1",
        port=port,
        log_level="critical",
        access_log=False,
        timeout_graceful_shutdown=STREAM_SECONDS,
    )
    # uvicorn raises the signal once more when it is done; the threads are still to be stopped then.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    with nullcontext() if settings.REDIS_URL else background.running():
        garbage.settle()
        Server(config, browse=has_display()).run()


def main() -> None:
    """Migrate, load the demo when asked to, serve."""
    parser = argparse.ArgumentParser(prog="config.embedded")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--demo", action="store_true")
    parser.add_argument("--reset", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    if options.reset:
        start_over()
    call_command("migrate", verbosity=0)
    if options.demo:
        call_command("demo")
    serve(options.port)
    # Threads in the middle of a task must not hold the process: their work is safe to repeat.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
