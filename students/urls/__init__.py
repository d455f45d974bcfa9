"""URLs of the evidence: imports and everything about one student."""

from importlib import import_module
from importlib.util import find_spec

app_name = "students"
urlpatterns = [
    pattern
    for name in ("imports", "dossiers", "asking")
    if find_spec(f"students.urls.{name}")
    for pattern in import_module(f"students.urls.{name}").urlpatterns
]
