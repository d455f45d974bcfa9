"""Followers hear of a committed change, of nothing else, and only with a ticket."""

from __future__ import annotations

import asyncio
import http.client
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis
import time_machine
import uvicorn
from django.core import signing
from django.db import transaction

from accounts.models import Person
from config.asgi import live_application
from core import live
from core.live.announcing import publish
from core.live.hub import HUB, Hub
from matchweek.models import Cycle
from triage.models import Meeting


class Stream:
    """A follower: reads events from an open stream, as a browser would."""

    def __init__(self, site: str, token: str, last_event_id: str = "") -> None:
        self.connection = http.client.HTTPConnection(urlsplit(site).netloc, timeout=10)
        headers = {"Last-Event-ID": last_event_id} if last_event_id else {}
        self.connection.request("GET", f"/live/{token}", headers=headers)
        self.response = self.connection.getresponse()

    def line(self) -> str:
        return self.response.readline().decode().rstrip("\n")

    def opened(self) -> Stream:
        assert (self.response.status, self.response.headers["content-type"]) == (200, "text/event-stream")
        assert [self.line(), self.line(), self.line()] == ["retry: 2000", ": following", ""]
        return self

    def number(self) -> int:
        """Return the next event's number; heartbeats are passed over."""
        line = self.line()
        while not line.startswith("id: "):
            line = self.line()
        assert [self.line(), self.line()] == [f"data: {line[4:]}", ""]
        return int(line[4:])

    def close(self) -> None:
        self.response.close()
        self.connection.close()


@pytest.fixture(autouse=True)
def nothing_heard() -> None:
    HUB.forget()


@pytest.fixture
def meeting(db: None) -> Meeting:
    chair = Person.objects.create_user("chair@school.test")
    cycle = Cycle.objects.create(year=2027, slug="2027")
    return Meeting.objects.create(cycle=cycle, chair=chair, planned_at=datetime(2027, 3, 15, 14, 5, tzinfo=UTC))


@pytest.fixture
def open_stream() -> Iterator[Any]:
    opened: list[Stream] = []

    def open_stream(site: str, token: str, last_event_id: str = "") -> Stream:
        opened.append(Stream(site, token, last_event_id))
        return opened[-1]

    yield open_stream
    for each in opened:
        each.close()


@pytest.fixture
def live_process(redis_url: str, settings: Any) -> Iterator[str]:
    """The live process of production, hearing Redis."""
    settings.REDIS_URL = redis_url
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(live_application, log_level="warning", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    wait_for(lambda: server.started)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)
    listener.close()


def wait_for(condition: Any) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass within 10 seconds"
        time.sleep(0.02)


def token_for(meeting: Meeting) -> str:
    return live.stream_token(meeting.live_key, meeting.chair)


def test_announce_raises_the_number(meeting: Meeting) -> None:
    assert live.announce(meeting) == 1
    Meeting.objects.filter(pk=meeting.pk).update(event_number=7)
    assert (live.announce(meeting), meeting.event_number) == (8, 8)
    meeting.refresh_from_db()
    assert meeting.event_number == 8


def test_committed_change_reaches_every_follower(live_site: str, meeting: Meeting, open_stream: Any) -> None:
    first, second = (open_stream(live_site, token_for(meeting)).opened() for _ in range(2))
    with transaction.atomic():
        live.announce(meeting)
    assert [first.number(), second.number()] == [1, 1]
    with transaction.atomic():
        live.announce(meeting)
    assert [first.number(), second.number()] == [2, 2]


def test_rolled_back_change_is_not_announced(live_site: str, meeting: Meeting, open_stream: Any) -> None:
    follower = open_stream(live_site, token_for(meeting)).opened()
    with transaction.atomic():
        live.announce(meeting)
        live.announce(meeting)
        transaction.set_rollback(True)
    with transaction.atomic():
        live.announce(meeting)
    assert follower.number() == 1


def test_late_follower_begins_with_the_current_number(live_site: str, meeting: Meeting, open_stream: Any) -> None:
    live.announce(meeting)
    live.announce(meeting)
    assert open_stream(live_site, token_for(meeting)).opened().number() == 2


def test_returning_follower_is_not_told_what_it_knows(live_site: str, meeting: Meeting, open_stream: Any) -> None:
    live.announce(meeting)
    follower = open_stream(live_site, token_for(meeting), last_event_id="1").opened()
    live.announce(meeting)
    assert follower.number() == 2


def test_other_key_is_not_heard(live_site: str, meeting: Meeting, open_stream: Any) -> None:
    follower = open_stream(live_site, token_for(meeting)).opened()
    publish("meeting:0", 99)
    live.announce(meeting)
    assert follower.number() == 1


def test_follower_who_leaves_is_forgotten(live_site: str, meeting: Meeting, open_stream: Any) -> None:
    follower = open_stream(live_site, token_for(meeting)).opened()
    assert HUB.followed() == [meeting.live_key]
    follower.close()
    wait_for(lambda: HUB.followed() == [])


def test_silence_is_filled_with_heartbeats(
    live_site: str, meeting: Meeting, open_stream: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.live.stream.HEARTBEAT", 0.05)
    follower = open_stream(live_site, token_for(meeting)).opened()
    assert [follower.line(), follower.line()] == [": still here", ""]


def status(site: str, path: str, method: str = "GET") -> int:
    connection = http.client.HTTPConnection(urlsplit(site).netloc, timeout=10)
    connection.request(method, path)
    answer = connection.getresponse().status
    connection.close()
    return answer


def test_ticket_of_another_key_is_refused(live_site: str, meeting: Meeting) -> None:
    mine = live.stream_token("meeting:1", meeting.chair)
    other = live.stream_token("meeting:2", meeting.chair)
    swapped = ":".join([other.split(":")[0], *mine.split(":")[1:]])
    assert status(live_site, f"/live/{swapped}") == 403


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("", id="none"),
        pytest.param("nonsense", id="nonsense"),
        pytest.param("a:b:c", id="made up"),
        pytest.param(signing.dumps(["meeting:1", 1], salt="other"), id="another salt"),
    ],
)
def test_forged_ticket_is_refused(live_site: str, token: str) -> None:
    assert status(live_site, f"/live/{token}") == 403


def test_old_ticket_is_refused(live_site: str, meeting: Meeting) -> None:
    with time_machine.travel(datetime.now(UTC) - timedelta(hours=12, minutes=1)):
        token = token_for(meeting)
    assert status(live_site, f"/live/{token}") == 403


def test_stream_can_only_be_read(live_site: str, meeting: Meeting) -> None:
    assert status(live_site, f"/live/{token_for(meeting)}", method="POST") == 405


def test_everything_else_is_the_site(live_site: str) -> None:
    assert status(live_site, "/health/") == 200


def test_ticket_says_what_and_who(meeting: Meeting) -> None:
    assert live.read_token(token_for(meeting)) == (meeting.live_key, meeting.chair_id)


def test_slow_reader_gets_only_the_newest_number() -> None:
    async def read() -> list[int | None]:
        hub = Hub()
        with hub.following("meeting:1") as follower:
            for number in range(1, 10_001):
                hub.publish("meeting:1", number)
            return [await follower.next_number(within=1), await follower.next_number(within=0.05)]

    assert asyncio.run(read()) == [10_000, None]


def test_older_number_is_old_news() -> None:
    async def read() -> list[int | None]:
        hub = Hub()
        with hub.following("meeting:1") as follower:
            hub.publish("meeting:1", 7)
            hub.publish("meeting:1", 6)
            return [await follower.next_number(within=1), await follower.next_number(within=0.05)]

    assert asyncio.run(read()) == [7, None]


@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
def test_change_travels_through_redis(live_process: str, meeting: Meeting, open_stream: Any) -> None:
    first, second = (open_stream(live_process, token_for(meeting)).opened() for _ in range(2))
    with transaction.atomic():
        live.announce(meeting)
    assert [first.number(), second.number()] == [1, 1]


@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
def test_number_from_before_the_live_process_heard_is_asked_of_redis(
    live_process: str, meeting: Meeting, open_stream: Any
) -> None:
    live.announce(meeting)
    live.announce(meeting)
    assert open_stream(live_process, token_for(meeting)).opened().number() == 2


@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
def test_change_while_redis_was_lost_is_caught_up(
    live_process: str, redis_url: str, meeting: Meeting, open_stream: Any
) -> None:
    follower = open_stream(live_process, token_for(meeting)).opened()
    live.announce(meeting)
    assert follower.number() == 1
    with redis.Redis.from_url(redis_url) as administrator:
        administrator.client_kill_filter(_type="pubsub")
        live.announce(meeting)
    assert follower.number() == 2


@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
def test_live_process_has_only_streams(live_process: str) -> None:
    assert status(live_process, "/health/") == 404


@pytest.mark.django_db(transaction=True)
def test_change_stands_when_redis_is_down(meeting: Meeting, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1"
    with transaction.atomic():
        live.announce(meeting)
    meeting.refresh_from_db()
    assert meeting.event_number == 1
