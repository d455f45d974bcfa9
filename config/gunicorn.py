"""How gunicorn serves the pages: `gunicorn --config config/gunicorn.py`."""

import os
from typing import Any

from core import garbage

wsgi_app = "config.wsgi:application"
bind = "0.0.0.0:8000"  # nosec B104 - inside the container; the school's proxy stands before it
workers = int(os.environ.get("WEB_PROCESSES", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
worker_tmp_dir = "/dev/shm"  # nosec B108 - the heartbeat must not wait for a disk
timeout = 60
graceful_timeout = 20
max_requests = 20_000
max_requests_jitter = 2_000
accesslog = None
errorlog = "-"


def post_worker_init(worker: Any) -> None:
    """Settle the collector once this process has loaded the site."""
    garbage.settle()
