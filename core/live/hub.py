"""The hub of one process: who follows what, and the last number heard of each live thing."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Follower:
    """One open stream. Keeps only the newest number, so that a slow reader costs no memory.

    Made and awaited on its own event loop; `tell` may be called from any thread.
    """

    def __init__(self, number: int | None) -> None:
        self.number = number
        self._told: int | None = None  # What the reader has been given last.
        self._loop = asyncio.get_running_loop()
        self._woken = asyncio.Event()
        self._closed = False
        if number is not None:
            self._woken.set()

    def tell(self, number: int) -> None:
        """Let the reader know of a number, unless it is older than what it knows."""
        if self.number is None or number > self.number:
            self.number = number
            self._wake()

    def close(self) -> None:
        """End the stream: its reader has gone, or the process is about to."""
        self._closed = True
        self._wake()

    async def next_number(self, within: float) -> int | None:
        """Wait for a number the reader was not given yet; None when none comes `within` seconds."""
        try:
            async with asyncio.timeout(within):
                await self._woken.wait()
        except TimeoutError:
            return None
        self._woken.clear()
        fresh = self.number if self.number != self._told else None
        self._told = self.number
        return fresh

    @property
    def is_closed(self) -> bool:
        """Whether the stream has come to its end."""
        return self._closed

    def _wake(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._woken.set)


class Hub:
    """Takes numbers from any thread and tells those who follow the key."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers: dict[str, int] = {}
        self._followers: defaultdict[str, set[Follower]] = defaultdict(set)

    def publish(self, key: str, number: int) -> None:
        """Say that `key` is at `number`. A number lower than the last one is old news and dropped."""
        with self._lock:
            if number <= self._numbers.get(key, -1):
                return
            self._numbers[key] = number
            followers = tuple(self._followers.get(key, ()))
        for follower in followers:
            follower.tell(number)

    @contextmanager
    def following(self, key: str, last_seen: int | None = None) -> Iterator[Follower]:
        """Follow `key` inside the block; begins with the current number unless the reader has seen it."""
        with self._lock:
            number = self._numbers.get(key)
            follower = Follower(None if number is None or number == last_seen else number)
            self._followers[key].add(follower)
        try:
            yield follower
        finally:
            with self._lock:
                self._followers[key].discard(follower)
                if not self._followers[key]:
                    del self._followers[key]

    def followed(self) -> list[str]:
        """Return the keys that somebody follows."""
        with self._lock:
            return list(self._followers)

    def forget(self) -> None:
        """Forget every number, for tests that begin with empty tables."""
        with self._lock:
            self._numbers.clear()


HUB = Hub()
