"""Comparing checked tables with what the cycle holds. A handful of queries, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from matchweek.models import Cycle
from students.interchange import kept as held
from students.interchange.checking import Row, Sheet, refuse_row
from students.interchange.keeping import EVIDENCE_TABLES, KEEPINGS, Keeping
from students.interchange.kept import Kept, Key, folded
from students.interchange.plans import Added, Changed, Plan, TablePlan
from students.interchange.rules import Objection, objection, settle
from students.interchange.sources import Source
from students.interchange.values import Value

Values = dict[str, Value]


def plan(source: Source, cycle: Cycle | None) -> Plan:
    """Say what importing `source` into `cycle` would do; without a cycle, into one that is empty. Writes nothing."""
    planner = _Planner(source, cycle)
    planner.compare_faculty()
    planner.compare_students()
    for table in EVIDENCE_TABLES:
        planner.compare_evidence(KEEPINGS[table])
    planner.list_new_people()
    return planner.plan


class _Line(NamedTuple):
    """One good row being compared: its place, its values by column, and whom it is about."""

    table: TablePlan
    sheet: Sheet
    row: Row
    values: Values
    aamc_id: str

    def add(self, revives: int | None = None) -> None:
        """Note the row as new."""
        self.table.added.append(Added(self.sheet.file, self.row.number, self.aamc_id, self.values, revives))

    def refuse(self, why: Objection) -> None:
        """Refuse the row for what only the comparison shows."""
        self.table.refused.append(refuse_row(self.sheet, self.row, (why,)))

    def leave(self) -> None:
        """Note the row as unchanged."""
        self.table.unchanged += 1

    def compare(self, kept: Kept) -> None:
        """Note the row as changed where its values differ from those kept, else as unchanged."""
        identity = KEEPINGS[self.table.table].identity
        before: Values = {}
        after: Values = {}
        for name, value in self.values.items():
            if name not in identity and kept.values[name] != value:
                before[name], after[name] = kept.values[name], value
        if after:
            changed = Changed(self.sheet.file, self.row.number, self.aamc_id, kept.pk, before, after)
            self.table.changed.append(changed)
        else:
            self.leave()


class _Seen:
    """What the files said of each identity so far, to tell repetition from contradiction."""

    def __init__(self) -> None:
        self.first: dict[Key, _Line] = {}

    def repeats(self, key: Key, line: _Line) -> bool:
        """Leave a row that repeats an earlier one, refuse one that contradicts it; tell whether it did either."""
        first = self.first.setdefault(key, line)
        if first is line:
            return False
        for name in first.values.keys() & line.values.keys():
            if folded(first.values[name]) != folded(line.values[name]):
                line.refuse((name, str(line.values[name] or ""), _words_about(first, line)))
                return True
        line.leave()
        return True


def _words_about(first: _Line, line: _Line) -> str:
    place = f"row {first.row.number}"
    if first.sheet is not line.sheet:
        place += f" of {first.sheet.file}"
    return f"no second row about the same thing, or the same values as in {place}"


class _Planner:
    """One comparison: the people and students found so far, and the plan that grows."""

    def __init__(self, source: Source, cycle: Cycle | None) -> None:
        self.cycle = cycle
        self.sheets: dict[str, list[Sheet]] = {}
        self.plan = Plan(source.digest, notices=list(source.notices))
        for sheet in source.sheets:
            self.sheets.setdefault(sheet.table.name, []).append(sheet)
            self.plan.table(sheet.table.name).refused.extend(sheet.refused)
        self.people = self.plan.people = held.people_by_address(source)
        self.names: dict[str, str] = {}
        self.new_students: set[str] = set()
        self.withdrawn_students: set[str] = set()

    def lines(self, keeping: Keeping) -> Iterator[_Line]:
        """Yield every good row of a table, with known people's keys in the place of their addresses."""
        for sheet in self.sheets.get(keeping.table, ()):
            table = self.plan.table(keeping.table)
            people = [name for name in sheet.columns if name in keeping.people]
            for row in sheet.rows:
                values = dict(zip(sheet.columns, row.values, strict=True))
                for name in people:
                    values[name] = self.people.get(values[name], values[name])
                yield _Line(table, sheet, row, values, values.get("aamc_id", ""))

    def compare_faculty(self) -> None:
        """Compare the faculty table with the people known by any of their addresses."""
        if "faculty" not in self.sheets:
            return
        kept, seen = held.people_kept(self.people.values()), _Seen()
        for line in self.lines(KEEPINGS["faculty"]):
            address = line.values["email"]
            key = self.people.get(address)
            self.names.setdefault(address, line.values.get("name") or "")
            if seen.repeats((key or address,), line):
                continue
            if key is None:
                line.add()
            else:
                line.compare(kept[key])

    def compare_students(self) -> None:
        """Learn which students the cycle has, and compare the students table with them."""
        kept, seen = held.students_kept(self.cycle), _Seen()
        self.plan.students = {aamc_id: each.pk for aamc_id, each in kept.items() if each.stands}
        self.withdrawn_students = {aamc_id for aamc_id, each in kept.items() if each.is_withdrawn}
        owners = {each.values["email"].lower(): aamc_id for aamc_id, each in kept.items()}
        for line in self.lines(KEEPINGS["students"]):
            if "email" in line.values:
                line.values["email"] = line.values["email"] or ""
            if seen.repeats((line.aamc_id,), line):
                continue
            address = line.values.get("email")
            if address and owners.setdefault(address, line.aamc_id) != line.aamc_id:
                line.refuse(("email", address, "an address of this student alone; another student here has it"))
            else:
                self._place_student(line, kept.get(line.aamc_id))

    def _place_student(self, line: _Line, kept: Kept | None) -> None:
        if kept and kept.is_withdrawn:
            self._stays_withdrawn(line)
        elif kept and kept.stands:
            line.compare(kept)
        else:
            self.new_students.add(line.aamc_id)
            if kept:
                self.plan.students[line.aamc_id] = kept.pk
            line.add(kept.pk if kept else None)

    def compare_evidence(self, keeping: Keeping) -> None:
        """Compare one table of evidence with what the cycle holds on the same students."""
        lines = [line for line in self.lines(keeping) if self._is_known(line)]
        students = self.plan.students
        rows = held.records_kept(keeping, self.cycle, {students[x.aamc_id] for x in lines if x.aamc_id in students})
        indexes: dict[tuple[str, ...], dict[Key, list[Kept]]] = {}
        seen = _Seen()
        for line in lines:
            line.values.pop("aamc_id")
            self._note_name(line)
            student = students.get(line.aamc_id, line.aamc_id)
            if seen.repeats(_key(student, line, keeping.identity[1:]), line):
                continue
            present = tuple(name for name in keeping.identity if name in line.values)
            if present not in indexes:
                indexes[present] = held.by_identity(rows, present)
            self._place(keeping, line, indexes[present].get(_key(student, line, present), []))

    def _is_known(self, line: _Line) -> bool:
        if line.aamc_id in self.plan.students or line.aamc_id in self.new_students:
            return True
        line.refuse(("aamc_id", line.aamc_id, self._why_unknown(line.aamc_id)))
        return False

    def _note_name(self, line: _Line) -> None:
        name = line.values.pop("faculty_name", "")
        if name and isinstance(line.values["faculty_email"], str):
            self.names[line.values["faculty_email"]] = self.names.get(line.values["faculty_email"]) or name

    def _place(self, keeping: Keeping, line: _Line, found: list[Kept]) -> None:
        standing = [each for each in found if each.stands]
        if standing and (keeping.is_whole_row or any(_is_same(keeping, each, line.values) for each in standing)):
            line.leave()
        elif len(standing) > 1:
            line.refuse(("", "", f"enough to tell which of {len(standing)} records on file is meant"))
        elif standing:
            overtaken = settle(keeping.table, standing[0].values, line.values)
            if overtaken:
                self.plan.notices.append(f"{line.sheet.file}: row {line.row.number} {overtaken}.")
            why = objection(keeping.table, standing[0].values, line.values)
            line.refuse(why) if why else line.compare(standing[0])
        elif any(each.is_withdrawn for each in found):
            self._stays_withdrawn(line)
        else:
            line.add(found[0].pk if found else None)

    def _stays_withdrawn(self, line: _Line) -> None:
        line.leave()
        self.plan.notices.append(
            f"{line.sheet.file}: row {line.row.number} was withdrawn here by a person and stays withdrawn."
        )

    def _why_unknown(self, aamc_id: str) -> str:
        if aamc_id in self.withdrawn_students:
            return "a student who was not withdrawn from this cycle"
        students = self.plan.tables.get("students")
        if students and any(each.aamc_id == aamc_id for each in students.refused):
            return "a student of this cycle; the row of this one in the students table was refused"
        return "the AAMC ID of a student of this cycle, or of one in this import's students table"

    def list_new_people(self) -> None:
        """List the people who are to be made: those in rows that will be written and not known by address."""
        for each in self.plan.in_order:
            columns = KEEPINGS[each.table].people | {"email"}
            for written in (*(row.values for row in each.added), *(row.after for row in each.changed)):
                for name in columns & written.keys():
                    address = written[name]
                    if isinstance(address, str) and address and address not in self.people:
                        given = self.names.get(address) or (_own_name(written) if name == "email" else "")
                        self.plan.new_people[address] = self.plan.new_people.get(address) or given


def _own_name(written: Values) -> str:
    return f"{written.get('preferred_name') or written.get('first_name') or ''} {written.get('last_name', '')}".strip()


def _key(student: int | str, line: _Line, columns: tuple[str, ...]) -> Key:
    return (student, *(folded(line.values.get(name)) for name in columns))


def _is_same(keeping: Keeping, kept: Kept, values: Values) -> bool:
    return all(kept.values[name] == value for name, value in values.items() if name not in keeping.identity)
