"""Writing a plan's rows: people, students, evidence, and what each changed row held before. Called inside an action."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth.hashers import make_password
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from accounts.models import Person
from core.clock import now
from students.actions.evidence import raise_evidence_numbers
from students.enums import RECUSING_KINDS, ConcernStatus, VouchAnswer
from students.interchange.keeping import KEEPINGS, Keeping
from students.interchange.kept import chunks
from students.interchange.plans import Added, Changed, Plan, TablePlan
from students.interchange.values import Value
from students.models import AccessGrant, ImportBatch, ImportedChange, Vouch, VouchRequest

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

_CHUNK = 2_000  # rows written at a time; the backends cut further where they must
_SETTLED = frozenset({ConcernStatus.RESOLVED, ConcernStatus.DISMISSED})
Tell = Callable[[str, int], None]


def write_plan(plan: Plan, batch: ImportBatch, *, by: AbstractBaseUser | None, tell: Tell | None = None) -> None:
    """Write every added and changed row of the plan, in a number of queries that hardly grows with the rows."""
    _Writer(plan, batch, by, tell or (lambda words, rows: None)).write()


class _Writer:
    """One plan on its way into the database."""

    def __init__(self, plan: Plan, batch: ImportBatch, by: AbstractBaseUser | None, tell: Tell) -> None:
        self.plan, self.batch, self.by, self.tell = plan, batch, by, tell
        self.at = now()
        self.people: dict[str, int] = {}
        self.students = dict(plan.students)
        self.touched: set[int] = set()
        self.done = 0

    def write(self) -> None:
        """Write table by table; people first, then students, then what is known of them."""
        self._make_people()
        for table in self.plan.in_order:
            keeping = KEEPINGS[table.table]
            self.tell(f"Writing {table.table}", self.done)
            if table.table != "faculty":
                self._add(keeping, table)
            self._change(keeping, table.changed)
            self.done += len(table.added) + len(table.changed)
        self.tell("Closing the books", self.done)
        self._settle_requests()
        self._end_access()
        for some in chunks(sorted(self.touched)):
            raise_evidence_numbers(some)

    def _make_people(self) -> None:
        known = {row.values["email"]: row.values for row in self.plan.added_to("faculty")}
        fields = KEEPINGS["faculty"].fields
        people = [
            Person(
                password=make_password(None),
                **({"name": name} | {fields[key]: value or "" for key, value in known.get(address, {}).items()}),
                **({} if address in known else {"email": address}),
            )
            for address, name in self.plan.new_people.items()
        ]
        for some in chunks(people, _CHUNK):
            self.people |= {each.email: each.pk for each in Person.objects.bulk_create(some)}

    def _add(self, keeping: Keeping, table: TablePlan) -> None:
        new = [each for each in table.added if each.revives is None]
        for some in chunks(new, _CHUNK):
            rows = keeping.model._base_manager.bulk_create(self._made(keeping, each) for each in some)
            for each, row in zip(some, rows, strict=True):
                self._note(keeping, each, row.pk)
        revived = [each for each in table.added if each.revives is not None]
        self._revive(keeping, revived)

    def _note(self, keeping: Keeping, each: Added, pk: int) -> None:
        if keeping.table == "students":
            self.students[each.aamc_id] = pk
        else:
            self.touched.add(self.students[each.aamc_id])

    def _made(self, keeping: Keeping, each: Added) -> Model:
        owner: dict[str, Any] = {"cycle_id": self.batch.cycle_id}
        if keeping.table != "students":
            owner = {"student_id": self.students[each.aamc_id]}
        made: Model = keeping.model(
            **owner, **self._attributes(keeping, each.values), entered_by=self.by, entered_at=self.at, batch=self.batch
        )
        return made

    def _revive(self, keeping: Keeping, rows: Iterable[Added]) -> None:
        """Bring back what an undone import had brought, now as this import's rows."""
        back = {"withdrawn_at": None, "withdrawn_by_id": None, "withdrawn_reason": "", "batch_id": self.batch.pk}
        writes = []
        for each in rows:
            assert each.revives is not None  # chosen by the caller
            writes.append((each.revives, self._attributes(keeping, each.values) | back))
            self._note(keeping, each, each.revives)
        update_rows(keeping, writes)

    def _change(self, keeping: Keeping, rows: list[Changed]) -> None:
        writes, held = [], []
        for each in rows:
            after = self._attributes(keeping, each.after)
            writes.append((each.pk, after))
            held.append((each, after))
            if keeping.table != "faculty":
                self.touched.add(each.pk if keeping.table == "students" else self.students[each.aamc_id])
        self._keep_before(keeping, held)
        update_rows(keeping, writes)

    def _keep_before(self, keeping: Keeping, rows: list[tuple[Changed, dict[str, Any]]]) -> None:
        """Keep what the rows hold in the fields that change, derived ones included."""
        for some in chunks(rows, _CHUNK // 4):
            names = sorted({name for _, after in some for name in after})
            found = {pk: values for pk, *values in _held(keeping, [each.pk for each, _ in some], names)}
            ImportedChange.objects.bulk_create(
                ImportedChange(
                    batch=self.batch,
                    table=keeping.table,
                    row_id=each.pk,
                    before={
                        name: _plain(value) for name, value in zip(names, found[each.pk], strict=True) if name in after
                    },
                )
                for each, after in some
            )

    def _attributes(self, keeping: Keeping, values: Mapping[str, Value]) -> dict[str, Any]:
        """Return attribute names and values: addresses become keys, and derived fields come along."""
        written = {
            keeping.fields[name]: self._key(value) if name in keeping.people else value
            for name, value in values.items()
        }
        if keeping.table == "students":
            self._link_person(values, written)
        elif keeping.table == "concerns":
            self._sign_settled(written)
        elif keeping.table == "vouch_requests" and not written.get("status"):
            written.pop("status", None)
        return written

    def _key(self, value: int | str | None) -> int | None:
        return self.people[value] if isinstance(value, str) else value

    def _link_person(self, values: Mapping[str, Value], written: dict[str, Any]) -> None:
        """Let the student's address say which person the student is; the own page hangs on it."""
        address = values.get("email")
        if address:
            written["person_id"] = self.people.get(address) or self.plan.people[address]
        elif "email" in values:
            written["person_id"] = None

    def _sign_settled(self, written: dict[str, Any]) -> None:
        if "status" in written:
            signed = self.by is not None and written["status"] in _SETTLED
            written["settled_by_id"] = self.by.pk if signed and self.by else None
            written["settled_at"] = self.at if signed else None

    def _settle_requests(self) -> None:
        """Whoever vouches has answered what they were asked."""
        answers = Vouch.objects.standing().filter(student=OuterRef("student"), faculty=OuterRef("faculty"))
        waiting = VouchRequest.objects.standing().filter(
            Exists(answers.filter(batch=self.batch)) | Q(Exists(answers), batch=self.batch),
            student__cycle=self.batch.cycle_id,
            status__in=[VouchAnswer.ASKED, VouchAnswer.UNANSWERED],
        )
        rows = list(waiting.values_list("pk", "status", "batch_id", "student_id"))
        ImportedChange.objects.bulk_create(
            ImportedChange(batch=self.batch, table="vouch_requests", row_id=pk, before={"status": status})
            for pk, status, batch_id, _ in rows
            if batch_id != self.batch.pk
        )
        for some in chunks([pk for pk, *_ in rows]):
            VouchRequest.objects.filter(pk__in=some).update(status=VouchAnswer.ANSWERED)
        self.touched.update(student for *_, student in rows)

    def _end_access(self) -> None:
        """Whoever is recused from a student by this import loses their access to the dossier."""
        conflicts = [each for each in self.plan.added_to("conflicts") if each.values["kind"] in RECUSING_KINDS]
        for each in conflicts:
            person = self._key(each.values["person_email"])
            grants = AccessGrant.objects.filter(person=person, student=self.students[each.aamc_id])
            grants.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=self.at)).update(ends_at=self.at)


def update_rows(keeping: Keeping, writes: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
    """Write attributes to rows by key: one statement for many rows that change the same fields."""
    alike: dict[tuple[str, ...], list[Model]] = {}
    for pk, attributes in writes:
        alike.setdefault(tuple(sorted(attributes)), []).append(keeping.model(pk=pk, **attributes))
    for names, rows in alike.items():
        fields = [keeping.model._meta.get_field(name).name for name in names]
        keeping.rows.bulk_update(rows, fields, batch_size=200)


def _held(keeping: Keeping, keys: list[int], names: list[str]) -> QuerySet[Any, Any]:
    return keeping.rows.filter(pk__in=keys).values_list("pk", *names)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
