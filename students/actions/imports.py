"""Writes about imports: uploading, reading into a preview, applying, discarding, undoing."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.db.models import Max

from core import audit, clock
from core.audit import acting
from core.clock import now, real_now
from core.models import RowChange
from core.transitions import StaleState, move
from matchweek.actions import note_results_loaded
from matchweek.models import Cycle
from students import permissions
from students.actions.evidence import raise_evidence_numbers
from students.actions.import_rows import update_rows, write_plan
from students.enums import AuditKind, ImportStatus
from students.interchange.findings import Unusable
from students.interchange.keeping import EVIDENCE_TABLES, KEEPINGS, UNDONE_REASON
from students.interchange.kept import chunks
from students.interchange.planning import plan as make_plan
from students.interchange.plans import Plan
from students.interchange.previews import preview_of, result_of
from students.interchange.sources import MAX_UPLOAD, Source, Upload, digest_of, pack, read_source, unpack
from students.models import ImportBatch, Student

if TYPE_CHECKING:
    from accounts.models import Person

log = logging.getLogger(__name__)
CLAIM = timedelta(minutes=2)  # a claim older than this belongs to a worker that died
_TELL_EVERY = 0.5  # seconds between two notes of progress
_MEANWHILE = "The evidence changed meanwhile. This is what the import would do now."


def progress_key(batch: ImportBatch) -> str:
    """Return where the progress of a batch stands in the cache, which a transaction does not hide."""
    return f"import-progress:{batch.pk}"


@audit.attributed
def upload_import(cycle: Cycle, *, uploads: Sequence[Upload], by: Person) -> ImportBatch:
    """Keep uploaded files until they are read and applied. Audited. Raises `Unusable` when they are too large."""
    permissions.can_import_evidence(by, cycle).or_raise()
    if sum(len(each.content) for each in uploads) > MAX_UPLOAD:
        raise Unusable(f"Together these files are larger than {MAX_UPLOAD // 1024**2} MB.")
    batch = ImportBatch.objects.create(
        cycle=cycle, name=", ".join(each.name for each in uploads)[:200], source=pack(uploads), uploaded_by=by
    )
    audit.record(AuditKind.IMPORT_UPLOADED, batch, by=by, cycle_id=cycle.pk, source=digest_of(uploads))
    return batch


def work_on(batch: ImportBatch) -> None:
    """Do what a batch waits for, on its cycle's clock: read it, or apply it. Leaves alone what another works on."""
    with clock.running(batch.cycle.clock):
        if batch.status == ImportStatus.READING and _is_dead(batch):
            move(batch, ImportStatus.UPLOADED, claimed_at=None)
        if batch.status == ImportStatus.UPLOADED:
            read_import(batch)
        elif batch.status == ImportStatus.APPLYING and _claim(batch):
            _apply_or_give_back(batch)


def _is_dead(batch: ImportBatch) -> bool:
    return batch.claimed_at is None or batch.claimed_at < real_now() - CLAIM


def _claim(batch: ImportBatch) -> bool:
    """Take a batch that is free or whose worker died, by compare-and-swap."""
    if batch.claimed_at is not None and not _is_dead(batch):
        return False
    rows = ImportBatch.objects.filter(pk=batch.pk, status=batch.status, claimed_at=batch.claimed_at)
    return bool(rows.update(claimed_at=real_now()))


def read_import(batch: ImportBatch) -> ImportBatch:
    """Read an upload and keep what it would do as a preview; drop one that cannot be used."""
    try:
        move(batch, ImportStatus.READING, claimed_at=real_now(), stage="Reading")
    except StaleState:
        return batch
    try:
        source = read_source(unpack(bytes(batch.source or b"")), progress=_Teller(batch).read)
        _keep_preview(batch, make_plan(source, batch.cycle))
    except Unusable as problem:
        _give_up(batch, str(problem))
    except Exception:
        log.exception("Import %s could not be read", batch.pk)
        _give_up(batch, "Reading it failed on our side. The cause was noted; please tell whoever runs the site.")
    cache.delete(progress_key(batch))
    return batch


def _keep_preview(batch: ImportBatch, plan: Plan, stage: str = "") -> None:
    rows = sum(sum(each.values()) for each in plan.counts().values())
    changes = {"claimed_at": None, "applied_by": None, "done": rows, "total": rows, "stage": stage}
    move(batch, ImportStatus.PREVIEWED, preview=preview_of(plan), **changes)


def _give_up(batch: ImportBatch, words: str) -> None:
    move(batch, ImportStatus.UNUSABLE, source=None, claimed_at=None, preview={"words": words}, stage="")


@audit.attributed
def confirm_import(batch: ImportBatch, *, by: Person) -> ImportBatch:
    """Order a preview to be applied. A worker does it; a second press changes nothing and raises `StaleState`."""
    permissions.can_import_evidence(by, batch.cycle).or_raise()
    if batch.status == ImportStatus.APPLYING:
        raise StaleState(batch)
    move(batch, ImportStatus.APPLYING, applied_by=by, claimed_at=None, done=0, stage="Waiting for a worker")
    return batch


def _apply_or_give_back(batch: ImportBatch) -> None:
    try:
        apply_import(batch, by=batch.applied_by)
    except _PlanChanged as changed:
        batch.refresh_from_db(fields=["status"])
        _keep_preview(batch, changed.plan, _MEANWHILE)
    except StaleState:
        log.info("Import %s was applied by another worker", batch.pk)
    except Exception:
        log.exception("Import %s could not be applied", batch.pk)
        batch.refresh_from_db(fields=["status"])
        words = "Applying failed and nothing was written. The cause was noted; try again."
        move(batch, ImportStatus.PREVIEWED, applied_by=None, claimed_at=None, stage=words)
    cache.delete(progress_key(batch))


class _PlanChanged(Exception):
    """What an import would do is no longer what the preview showed."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(_MEANWHILE)
        self.plan = plan


def apply_import(batch: ImportBatch, *, by: Person | None) -> Plan:
    """Write a confirmed preview's good rows in one transaction. Audited.

    The files are read again, outside the transaction; if by now they would do anything else than the preview said,
    nothing is written and the preview is made anew.
    """
    source = read_source(unpack(bytes(batch.source or b"")), progress=_Teller(batch).read)
    return _apply(batch, source, by=by)


@audit.attributed
def _apply(batch: ImportBatch, source: Source, *, by: Person | None) -> Plan:
    held = ImportBatch.objects.select_for_update().defer("source").get(pk=batch.pk)
    if held.status != ImportStatus.APPLYING:
        raise StaleState(batch)
    _hold_cycle(batch.cycle)
    plan = make_plan(source, batch.cycle)
    if plan.digest() != held.preview.get("digest"):
        raise _PlanChanged(plan)
    _write(batch, plan, by=by)
    return plan


@audit.attributed
def import_at_once(cycle: Cycle, *, source: Source, by: Person | None) -> Plan:
    """Import without a preview, for the command line. Audited. What changes nothing leaves no batch."""
    _hold_cycle(cycle)
    plan = make_plan(source, cycle)
    if plan.row_count:
        batch = ImportBatch.objects.create(
            cycle=cycle, name=source.name, status=ImportStatus.PREVIEWED, uploaded_by=by, applied_by=by
        )
        move(batch, ImportStatus.APPLYING)
        _write(batch, plan, by=by)
    return plan


def _hold_cycle(cycle: Cycle) -> None:
    """Let two imports, or an import and a person's change, wait for each other."""
    Cycle.objects.select_for_update(no_key=True).get(pk=cycle.pk)
    list(Student.objects.filter(cycle=cycle).select_for_update(no_key=True).order_by("pk").values_list("pk"))


def _write(batch: ImportBatch, plan: Plan, *, by: Person | None) -> None:
    write_plan(plan, batch, by=by, tell=_Teller(batch, plan.row_count).wrote)
    if plan.brings_results:
        note_results_loaded(batch.cycle, by=by)
    mark = RowChange.objects.aggregate(last=Max("seq"))["last"] or 0
    move(
        batch,
        ImportStatus.APPLIED,
        preview=result_of(plan, mark),
        source=None,
        applied_at=now(),
        claimed_at=None,
        done=plan.row_count,
        total=plan.row_count,
        stage="",
    )
    facts = {kind: sum(each[kind] for each in plan.counts().values()) for kind in ("added", "changed", "refused")}
    audit.record(
        AuditKind.IMPORT_APPLIED, batch, by=by, cycle_id=batch.cycle_id, source=plan.source_digest,
        tables=plan.counts(), **facts,
    )  # fmt: skip


class _Teller:
    """Notes progress where a page can read it: the batch's row outside a transaction, the cache always."""

    def __init__(self, batch: ImportBatch, total: int = 0) -> None:
        self.batch, self.total, self.told = batch, total, 0.0

    def read(self, words: str, done: int, total: int) -> None:
        """Note how far reading is; keeps the claim alive."""
        if self._is_due():
            ImportBatch.objects.filter(pk=self.batch.pk).update(stage=words[:80], done=done, claimed_at=real_now())

    def wrote(self, words: str, done: int) -> None:
        """Note how far writing is."""
        cache.set(progress_key(self.batch), {"stage": words, "done": done, "total": self.total}, 300)

    def _is_due(self) -> bool:
        before, self.told = self.told, time.monotonic()
        if self.told - before < _TELL_EVERY:
            self.told = before
            return False
        return True


@audit.attributed
def discard_import(batch: ImportBatch, *, by: Person) -> ImportBatch:
    """Throw an upload away before it was applied. Audited."""
    permissions.can_import_evidence(by, batch.cycle).or_raise()
    move(batch, ImportStatus.DISCARDED, source=None, preview={}, claimed_at=None, stage="")
    audit.record(AuditKind.IMPORT_DISCARDED, batch, by=by, cycle_id=batch.cycle_id)
    return batch


@audit.attributed
def undo_import(batch: ImportBatch, *, by: Person) -> ImportBatch:
    """Withdraw what an import added and give back what it changed, while nothing was built on it. Audited.

    People it made stay, as people are never deleted; so does the moment when results were first loaded.
    """
    _hold_cycle(batch.cycle)
    permissions.can_undo_import(by, batch).or_raise()
    touched = _withdraw_added(batch, by=by) | _give_back_changed(batch)
    for some in chunks(sorted(touched)):
        raise_evidence_numbers(some)
    move(batch, ImportStatus.UNDONE, undone_by=by, undone_at=now())
    audit.record(AuditKind.IMPORT_UNDONE, batch, by=by, cycle_id=batch.cycle_id)
    return batch


def _withdraw_added(batch: ImportBatch, *, by: Person) -> set[int]:
    touched: set[int] = set()
    for table in (*EVIDENCE_TABLES, "students"):
        rows = KEEPINGS[table].rows.filter(batch=batch, withdrawn_at__isnull=True)
        touched.update(rows.values_list("pk" if table == "students" else "student_id", flat=True))
        rows.update(withdrawn_at=now(), withdrawn_by=by, withdrawn_reason=UNDONE_REASON)
    return touched


def _give_back_changed(batch: ImportBatch) -> set[int]:
    writes: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    for table, row_id, before in batch.changes.values_list("table", "row_id", "before"):
        fields = KEEPINGS[table].model._meta
        values = {name: _as_held(fields.get_field(name), value) for name, value in before.items()}
        writes.setdefault(table, []).append((row_id, values))
    touched: set[int] = set()
    for table, rows in writes.items():
        update_rows(KEEPINGS[table], rows)
        touched |= _students_of(table, [pk for pk, _ in rows])
    return touched


def _as_held(field: Any, value: Any) -> Any:
    if field.is_relation or field.get_internal_type() == "JSONField":
        return value
    return field.to_python(value)


def _students_of(table: str, keys: list[int]) -> set[int]:
    if table == "faculty":
        return set()
    if table == "students":
        return set(keys)
    rows = KEEPINGS[table].rows
    return {pk for some in chunks(keys) for pk in rows.filter(pk__in=some).values_list("student_id", flat=True)}


def record_refused_fetched(batch: ImportBatch, *, rows: int, by: Person) -> None:
    """Put on the trail that somebody fetched the refused rows, which name students."""
    with acting(by):
        audit.record(AuditKind.REFUSED_ROWS_FETCHED, batch, by=by, cycle_id=batch.cycle_id, rows=rows)
