"""ASGI: `application` is the whole site with its streams (embedded); `live_application` is only the streams.

In production pages are served by gunicorn from `config.wsgi`, and `uvicorn config.asgi:live_application` has `/live/`.
"""

import os
from typing import cast

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_application = get_asgi_application()

from core.live.stream import Application, beside, stream  # noqa: E402 - needs the settings

application = beside(cast(Application, django_application))
live_application = stream
