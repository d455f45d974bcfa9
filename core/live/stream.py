"""The stream: `GET /live/<token>` as server-sent events. Plain ASGI beside Django, without thread or database."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.conf import settings

from core.live import redis
from core.live.hub import HUB, Follower
from core.live.tokens import InvalidToken, read_token

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

PREFIX = "/live/"
HEARTBEAT = 15.0  # Seconds. Proxies give up on a silent connection after 30 or 60.
_HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]
_OPENING = b"retry: 2000\n: following\n\n"
_BEAT = b": still here\n\n"

_listeners: dict[asyncio.AbstractEventLoop, asyncio.Task[None]] = {}


async def stream(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one follower until they leave. 403 for a ticket that is not valid, 404 for anything else."""
    if scope["type"] == "lifespan":
        return await _live_and_die(receive, send)
    if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
        return await _answer(send, 404, b"There is nothing here.")
    if scope["method"] != "GET":
        return await _answer(send, 405, b"A stream can only be read.")
    try:
        key, _ = read_token(scope["path"].removeprefix(PREFIX).rstrip("/"))
    except InvalidToken as invalid:
        return await _answer(send, 403, str(invalid).encode())
    with HUB.following(key, _last_seen(scope)) as follower:
        leaving = asyncio.create_task(_close_when_gone(follower, receive))
        try:
            if settings.REDIS_URL:
                await _hear_redis(key)
            await _serve(follower, send)
        finally:
            leaving.cancel()


def beside(django: Application) -> Application:
    """Put the stream beside Django in one process."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        streaming = scope["type"] == "lifespan" or scope.get("path", "").startswith(PREFIX)
        await (stream if streaming else django)(scope, receive, send)

    return application


async def _serve(follower: Follower, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": _OPENING, "more_body": True})
    while True:
        number = await follower.next_number(within=HEARTBEAT)
        if follower.is_closed:
            break
        body = _BEAT if number is None else b"id: %d\ndata: %d\n\n" % (number, number)
        await send({"type": "http.response.body", "body": body, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _close_when_gone(follower: Follower, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    follower.close()


def _last_seen(scope: Scope) -> int | None:
    """Return the number in Last-Event-ID, which a browser sends when it comes back."""
    value: bytes = dict(scope["headers"]).get(b"last-event-id", b"")
    return int(value) if value.isdigit() else None


async def _hear_redis(key: str) -> None:
    """Listen from the first follower of this event loop on, and ask where the key stands that is followed now."""
    loop = asyncio.get_running_loop()
    if loop not in _listeners or _listeners[loop].done():
        _listeners[loop] = loop.create_task(redis.listen())
    await redis.catch_up(key)


async def _live_and_die(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    if task := _listeners.pop(asyncio.get_running_loop(), None):
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await redis.hang_up()
    await send({"type": "lifespan.shutdown.complete"})


async def _answer(send: Send, status: int, words: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words})
