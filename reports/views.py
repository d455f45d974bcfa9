"""The trail: read, filtered and exported."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts.doors import me
from core.cells import safe_cell
from core.models import Event
from matchweek.models import Cycle
from reports import actions, permissions
from reports.filters import TrailFilter
from reports.selectors import events_visible_to, trail_rows

PAGE = 50
EXPORT_CHUNK = 1_000
_FILTERS = ("kind", "who", "student", "since", "until")


def trail(request: HttpRequest, cycle: Cycle) -> HttpResponse:
    """Show the trail, newest first."""
    permissions.can_see_trail(request.user, cycle).or_raise()
    found = TrailFilter(request.GET, queryset=events_visible_to(request.user, cycle))
    return _page(request, cycle, found)


def _page(request: HttpRequest, cycle: Cycle, found: TrailFilter) -> HttpResponse:
    page = Paginator(found.qs, PAGE).get_page(request.GET.get("page"))
    context = {
        "cycle": cycle,
        "filter": found,
        "page": page,
        "rows": trail_rows(page.object_list),
        "may_export": permissions.can_export_trail(request.user, cycle),
        "is_filtered": any(found.data.get(name) for name in _FILTERS),
    }
    template = "reports/trail.html" + ("#rows" if request.htmx else "")  # type: ignore[attr-defined]
    return render(request, template, context, status=200 if found.is_valid() else 422)


@require_POST
def trail_export(request: HttpRequest, cycle: Cycle) -> StreamingHttpResponse | HttpResponse:
    """Export what the filters leave as CSV, safe to open in a spreadsheet. The export is on the trail."""
    permissions.can_export_trail(request.user, cycle).or_raise()
    found = TrailFilter(request.POST, queryset=events_visible_to(request.user, cycle))
    if not found.is_valid():
        return _page(request, cycle, found)
    events = found.qs
    filters = [name for name in _FILTERS if request.POST.get(name)]
    actions.note_export(cycle, rows=events.count(), filters=filters, by=me(request))
    response = StreamingHttpResponse(_csv_lines(events), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="trail-{cycle.slug}.csv"'
    return response


class _Echo:
    """A file that returns what is written to it."""

    def write(self, line: str) -> str:
        return line


def _csv_lines(events: QuerySet[Event]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(["number", "at (UTC)", "who", "what", "student", "subject", "facts", "hash"])
    start = 0
    while rows := trail_rows(events[start : start + EXPORT_CHUNK]):
        for row in rows:
            cells = [row.seq, row.at.isoformat(), row.who, row.what, row.student, row.subject, row.facts, row.hash]
            yield writer.writerow([safe_cell(cell) for cell in cells])
        start += EXPORT_CHUNK
