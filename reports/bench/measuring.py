"""How long something takes: percentiles over repeated runs, with the queries it asks."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import quantiles

from django.db import connection
from django.test.utils import CaptureQueriesContext


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds of one operation, repeated."""

    p50: float
    p95: float
    runs: int

    def __str__(self) -> str:
        return f"p50 {self.p50:.1f} ms, p95 {self.p95:.1f} ms over {self.runs}"


def seconds(work: Callable[[], object]) -> float:
    """Run once; return the seconds it took."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def timing(work: Callable[[], object], *, runs: int, warm_up: int = 3) -> Timing:
    """Run repeatedly after some unmeasured runs; return the percentiles."""
    for _ in range(warm_up):
        work()
    return spread([1_000 * seconds(work) for _ in range(runs)])


def spread(times: list[float]) -> Timing:
    """Return the percentiles of milliseconds."""
    cuts = quantiles(times, n=20, method="inclusive")
    return Timing(p50=cuts[9], p95=cuts[18], runs=len(times))


def queries(work: Callable[[], object]) -> int:
    """Return how many queries one run asks."""
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)
