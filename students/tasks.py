"""Background work on imports: reading an upload, applying a preview, and picking up whatever was left."""

from __future__ import annotations

from celery import shared_task

from students.actions import imports
from students.models import ImportBatch
from students.selectors.imports import batches_left_waiting


@shared_task(name="students.tasks.work_on_import")  # type: ignore[untyped-decorator]  # celery ships no types
def work_on_import(pk: int) -> None:
    """Do what the import waits for. Safe to repeat: whoever claims it first does it."""
    batch = ImportBatch.objects.defer("preview").select_related("cycle", "applied_by").filter(pk=pk).first()
    if batch is not None:
        imports.work_on(batch)


@shared_task(name="students.tasks.sweep_imports")  # type: ignore[untyped-decorator]  # celery ships no types
def sweep_imports() -> None:
    """Work on imports that nobody was woken for, or whose worker died."""
    for pk in batches_left_waiting():
        work_on_import(pk)
