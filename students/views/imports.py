"""Pages of imports: the list with the upload form, one import on its way, its refused rows."""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.doors import me
from core.transitions import NoSuchTransition, StaleState
from matchweek.models import Cycle
from students import permissions
from students.actions import imports as actions
from students.forms.imports import ImportForm
from students.models import ImportBatch
from students.selectors import imports as selectors
from students.tasks import work_on_import

log = logging.getLogger(__name__)
_STEPS = ["Upload", "Preview", "Apply", "Result"]


def import_list(request: HttpRequest, cycle: Cycle) -> HttpResponse:
    """Show the cycle's imports and take new files."""
    permissions.can_import_evidence(request.user, cycle).or_raise()
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if request.method == "POST" and form.is_valid():
        batch = actions.upload_import(cycle, uploads=form.uploads(), by=me(request))
        _wake_worker(batch)
        return redirect("students:import-detail", cycle.slug, batch.pk)
    page = Paginator(selectors.import_rows(cycle), 50).get_page(request.GET.get("page"))
    context = {"cycle": cycle, "form": form, "page": page}
    return render(request, "students/imports/list.html", context, status=422 if form.is_bound else 200)


def import_detail(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Show one import: how far it is, what it would do, or what it did. Asked again every second while at work."""
    permissions.can_import_evidence(request.user, cycle).or_raise()
    batch = _batch(cycle, pk)
    working = selectors.is_working(batch)
    context: dict[str, Any] = {"cycle": cycle, "batch": batch, "working": working, "steps": _STEPS, "at": _step(batch)}
    if working:
        context["progress"] = selectors.progress_of(batch)
    else:
        context["view"] = selectors.preview_view(batch, request.user)
        context["may_undo"] = permissions.can_undo_import(request.user, batch)
    name = "students/imports/detail.html" + ("#state" if request.headers.get("HX-Request") else "")
    return render(request, name, context)


def _step(batch: ImportBatch) -> int:
    return {"uploaded": 1, "reading": 1, "previewed": 2, "applying": 3}.get(batch.status, 4)


@require_POST
def import_apply(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Order a preview to be applied."""
    batch = _batch(cycle, pk)
    if _done(request, lambda: actions.confirm_import(batch, by=me(request)), "It is being applied."):
        _wake_worker(batch)
    return redirect("students:import-detail", cycle.slug, pk)


@require_POST
def import_discard(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Throw an upload away."""
    batch = _batch(cycle, pk)
    _done(request, lambda: actions.discard_import(batch, by=me(request)), "Discarded. Nothing was changed.")
    return redirect("students:import-list", cycle.slug)


@require_POST
def import_undo(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Undo an applied import as a whole."""
    batch = _batch(cycle, pk)
    _done(request, lambda: actions.undo_import(batch, by=me(request)), "The import is undone.")
    return redirect("students:import-detail", cycle.slug, pk)


def import_refused(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Send the refused rows as a CSV file to be mended, or as a zip when they are of several tables."""
    permissions.can_import_evidence(request.user, cycle).or_raise()
    batch = _batch(cycle, pk)
    files = selectors.refused_files(batch, request.user)
    if not files:
        raise Http404("This import has no refused rows that you may see.")
    actions.record_refused_fetched(batch, rows=sum(number for *_, number in files), by=me(request))
    if len(files) == 1:
        name, text, _ = files[0]
        return _attachment(name, text.encode("utf-8-sig"), "text/csv; charset=utf-8")
    return _attachment("refused.zip", _zipped(files), "application/zip")


def _zipped(files: list[tuple[str, str, int]]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text, _ in files:
            archive.writestr(name, text.encode("utf-8-sig"))
    return packed.getvalue()


def _attachment(name: str, content: bytes, kind: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=kind, headers=headers)


def _done(request: HttpRequest, act: Callable[[], object], words: str) -> bool:
    """Do it and say so; when somebody was quicker, say that instead."""
    try:
        act()
    except StaleState as stale:
        messages.error(request, str(stale))
        return False
    except NoSuchTransition:
        messages.error(request, "This import has moved on meanwhile. Nothing was done twice.")
        return False
    messages.success(request, words)
    return True


def _wake_worker(batch: ImportBatch) -> None:
    """Tell a worker at once; should nobody hear it, the sweep finds the row."""
    transaction.on_commit(lambda: work_on_import.delay(batch.pk), robust=True)


def _batch(cycle: Cycle, pk: int) -> ImportBatch:
    rows = ImportBatch.objects.select_related("uploaded_by", "applied_by", "undone_by").defer("source")
    batch = get_object_or_404(rows, cycle=cycle, pk=pk)
    batch.cycle = cycle
    return batch
