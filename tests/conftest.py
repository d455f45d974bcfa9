"""Fixtures of every test: cheap passwords, clean caches, the live site, the browser that fails on any complaint."""

from __future__ import annotations

import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client, TestCase, TransactionTestCase

from tests.machine import chromium
from tests.plugin import ON_POSTGRES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

LAPTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


# --- Settings and database ------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Give SQLite a file: the live site runs in a thread, which sees no in-memory database."""
    if ON_POSTGRES:
        return
    database = django_settings.DATABASES["default"]
    database.setdefault("TEST", {})["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
    database["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"


@pytest.fixture(scope="session", autouse=True)
def flush_passes_the_guards() -> Iterator[None]:
    """Lift the trail's guards while Django empties the tables after a transactional test, which they would refuse."""
    from core.audit import guards_lifted

    flush = TransactionTestCase._fixture_teardown

    def lifted_flush(case: TransactionTestCase) -> None:
        if isinstance(case, TestCase):  # rolled back, not flushed
            return flush(case)
        with guards_lifted():
            return flush(case)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lifted_flush)
        yield


@pytest.fixture(autouse=True)
def quick_and_clean(settings: Any) -> None:
    """Hash passwords cheaply and start from an empty cache, so that rate limits do not leak between tests."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


@pytest.fixture
def redis_url(worker_id: str) -> str:
    """An empty Redis database of this worker's own; only for tests marked redis."""
    import redis

    number = 0 if worker_id == "master" else int(worker_id.removeprefix("gw")) + 1
    url = f"{os.environ['TEST_REDIS_URL']}/{number}"
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url


# --- The live site --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def live_server_thread(django_db_setup: None) -> Iterator[str]:
    """Serve the real ASGI application on uvicorn in a thread, as the embedded process does."""
    import uvicorn

    from config.asgi import application

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(application, log_level="warning", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 15
    while not server.started:
        assert thread.is_alive() and time.monotonic() < deadline, "the live site did not start"
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)
    listener.close()


@pytest.fixture
def live_site(transactional_db: None, live_server_thread: str) -> str:
    """The live site's address; the test's own rows are committed and visible to it."""
    from core.live.hub import HUB

    HUB.forget()
    return live_server_thread


# --- The browser ----------------------------------------------------------------------------------------------------


class Console:
    """Everything a page complained about, save what the test said it expects."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self.expected: list[str] = []

    def expect(self, pattern: str) -> None:
        """Let complaints that match this regular expression pass, such as the browser's word on a 422."""
        self.expected.append(pattern)

    def listen(self, context: BrowserContext) -> None:
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.complaints.append(f"page error: {error.error}"))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text} ({message.location.get('url')})")

    @property
    def unexpected(self) -> list[str]:
        return [said for said in self.complaints if not any(re.search(pattern, said) for pattern in self.expected)]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Drive the machine's own Chromium, which runs as root only without its sandbox, and which must stay at home."""
    # Playwright's loop runs in this thread from now on; browser tests come last, so no other test is affected.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    quiet = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    return {**browser_type_launch_args, "executable_path": chromium(), "args": quiet}


@pytest.fixture
def console() -> Iterator[Console]:
    """Fail the test when any of its pages put an error or a warning into the browser's console."""
    console = Console()
    yield console
    assert console.unexpected == []


@pytest.fixture
def open_page(browser: Browser, live_site: str, console: Console) -> Iterator[Callable[..., Page]]:
    """Open a page in a browser of its own: `open_page(person, viewport=PHONE)`, signed in when a person is given."""
    contexts = []

    def open_page(person: Any = None, *, viewport: dict[str, int] | None = None) -> Page:
        context = browser.new_context(base_url=live_site, viewport=viewport or LAPTOP)
        contexts.append(context)
        console.listen(context)
        if person is not None:
            context.add_cookies([{"name": "sessionid", "value": session_of(person), "url": live_site}])
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


def session_of(person: Any) -> str:
    """Sign this person in without the form; return the session's key."""
    client = Client()
    client.force_login(person)
    return client.cookies[django_settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A page nobody is signed in to, on a laptop."""
    return open_page()


@pytest.fixture
def laptop() -> dict[str, int]:
    return LAPTOP


@pytest.fixture
def phone() -> dict[str, int]:
    return PHONE


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """`axe(page)` fails with axe's own words when the page has an accessibility violation."""
    from axe_playwright_python.sync_playwright import Axe

    checker = Axe()

    def check(page: Page) -> None:
        results = checker.run(page)
        assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"

    return check
