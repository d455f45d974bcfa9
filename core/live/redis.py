"""Between processes: web processes publish numbers to Redis, each live process hears them all and feeds its own hub."""

from __future__ import annotations

import asyncio
import json
import logging
from functools import cache

import redis
import redis.asyncio
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from core.live.hub import HUB

_CHANNEL = "matchweek:live"
_NUMBERS = "matchweek:live:numbers"
_PATIENCE = 1.0  # Seconds that a person's click may wait for a Redis that does not answer.
_RETRY_AFTER = 1.0
_LISTEN_FOR = 30.0
_ASKING_AT_ONCE = 8

log = logging.getLogger(__name__)


def publish(key: str, number: int) -> None:
    """Keep the highest number of `key` and tell the live processes, in one round trip."""
    with _client(settings.REDIS_URL).pipeline(transaction=False) as pipeline:
        pipeline.zadd(_NUMBERS, {key: number}, gt=True)
        pipeline.publish(_CHANNEL, json.dumps([key, number]))
        pipeline.execute()


async def listen() -> None:
    """Feed the hub for ever. When Redis was away, ask it for what was missed."""
    while True:
        try:
            await _listen_once()
        except (redis.RedisError, OSError, ValueError) as trouble:
            log.warning("Live pages lost Redis, trying again: %s", trouble)
        await asyncio.sleep(_RETRY_AFTER)


async def catch_up(key: str) -> None:
    """Give the hub the last number of one key, which may have been announced before this process began."""
    try:
        await _feed(_asking(asyncio.get_running_loop()), [key])
    except (redis.RedisError, OSError) as trouble:
        log.warning("Live pages cannot ask Redis where %s stands: %s", key, trouble)


async def hang_up() -> None:
    """Close the connections of this event loop."""
    await _asking(asyncio.get_running_loop()).aclose(close_connection_pool=True)


async def _listen_once() -> None:
    listening = redis.asyncio.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=_PATIENCE)
    async with listening as client, client.pubsub(ignore_subscribe_messages=True) as subscription:
        await subscription.subscribe(_CHANNEL)
        await _feed(client, HUB.followed())
        while True:
            message = await subscription.get_message(timeout=_LISTEN_FOR)
            if message is None:
                await subscription.ping()  # Silence may mean that the connection is dead; its pong is no news.
            elif message["type"] == "message":
                HUB.publish(*json.loads(message["data"]))


async def _feed(client: redis.asyncio.Redis, keys: list[str]) -> None:
    for key in keys:
        number = await client.zscore(_NUMBERS, key)
        if number is not None:
            HUB.publish(key, int(number))


@cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE, retry=Retry(NoBackoff(), 1)
    )


@cache
def _asking(loop: asyncio.AbstractEventLoop) -> redis.asyncio.Redis:
    """Return the client by which the streams of one event loop ask, a few at a time."""
    pool = redis.asyncio.BlockingConnectionPool.from_url(
        settings.REDIS_URL, max_connections=_ASKING_AT_ONCE, timeout=None, socket_connect_timeout=_PATIENCE
    )
    return redis.asyncio.Redis.from_pool(pool)
