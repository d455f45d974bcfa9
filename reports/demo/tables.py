"""Import tables of an invented class, in the product's own interchange format."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

from reports.demo.people import ADVISORS, DOMAIN, Row, faculty_rows, student_names

Tables = dict[str, list[Row]]
_CLERKSHIPS = ("Medicine", "Surgery", "Family Medicine", "Pediatrics", "Psychiatry", "Obstetrics")
_SAYINGS = {
    "would_take": (
        "Ran the admitting list alone on a night with eleven admissions; I would take them tomorrow.",
        "Patients asked for them by name; calls the pharmacy without being told.",
        "Found a missed murmur and stayed for the echo.",
    ),
    "strong": (
        "Reworked a wrong admission plan with me at 2 am and told the family in the morning.",
        "The best written hand-overs of the block.",
        "Prepared for every case and taught the juniors.",
    ),
    "supportive": ("Pleasant and hard-working.", "Punctual, a good team member."),
    "unable": ("I did not see enough of their work.",),
    "caution": ("I would want to talk about this student first.",),
}


@dataclass
class ClassMaker:
    """Writes rows for one student after another; the same seed writes the same class."""

    year: int
    random: Random
    tables: Tables = field(default_factory=dict)
    faculty: list[Row] = field(default_factory=faculty_rows)

    def row(self, table: str, aamc_id: str, **cells: object) -> None:
        """Add one row about a student."""
        cells = {name: "" if value is None else str(value) for name, value in cells.items()}
        self.tables.setdefault(table, []).append({"aamc_id": aamc_id, **cells})  # type: ignore[dict-item]

    def teachers(self, number: int, department: str = "") -> list[Row]:
        """Pick faculty, from one department when it has enough."""
        pool = [each for each in self.faculty if each["role"] != "advisor"]
        inside = [each for each in pool if department and each["department"] == department]
        return self.random.sample(inside if len(inside) >= number else pool, number)

    def day(self, years_before: int, month: int) -> date:
        """Return some day of a month, so many years before the Match year."""
        return date(self.year - years_before, month, self.random.randint(1, 28))

    def exam(self, aamc_id: str, exam: str, taken_on: date, result: str = "pass", score: int | None = None) -> None:
        """Add one attempt."""
        self.row("exams", aamc_id, exam=exam, date=taken_on, result=result, score=score)

    def exams(self, aamc_id: str, score: int, *, failed_first: bool = False) -> None:
        """Add Step 1 (perhaps failed once) and Step 2 CK."""
        first = self.day(2, self.random.randint(1, 3))
        if failed_first:
            self.exam(aamc_id, "Step 1", first, "fail")
            first += timedelta(days=92)
        self.exam(aamc_id, "Step 1", first)
        self.exam(aamc_id, "Step 2 CK", self.day(1, self.random.randint(6, 8)), score=score)

    def evaluations(self, aamc_id: str, honors: int) -> None:
        """Add the six core clerkships, some with Honors."""
        best = set(self.random.sample(_CLERKSHIPS, honors))
        for number, clerkship in enumerate(_CLERKSHIPS):
            grade = "Honors" if clerkship in best else self.random.choice(("High Pass", "Pass", "Pass"))
            on = date(self.year - 2, 7, 1) + timedelta(days=56 * (number + 1))
            (teacher,) = self.teachers(1, clerkship)
            comment = self.random.choice(
                ("Works well with the team.", "Reads about every patient.", "Steady progress.")
            )
            self.row(
                "evaluations",
                aamc_id,
                clerkship=clerkship,
                grade=grade,
                evaluator_email=teacher["email"],
                date=on,
                comment=comment,
            )

    def vouch(
        self, aamc_id: str, strength: str, *, weeks: int = 6, willing: bool = True, teacher: Row | None = None
    ) -> None:
        """Add one vouch by some teacher."""
        teacher = teacher or self.teachers(1)[0]
        self.row(
            "vouches",
            aamc_id,
            faculty_email=teacher["email"],
            faculty_name=teacher["name"],
            role=teacher["role"],
            strength=strength,
            relationship=self.random.choice(("clerkship attending", "sub-internship attending")),
            weeks_observed=weeks,
            statement=self.random.choice(_SAYINGS[strength]),
            willing_to_advocate="yes" if willing and strength in {"would_take", "strong"} else "no",
        )

    def concern(self, aamc_id: str, kind: str, severity: str, summary: str, **cells: object) -> None:
        """Add a concern; documented, first-hand and told unless `cells` say otherwise."""
        on = self.day(1, self.random.randint(2, 9))
        (teacher,) = self.teachers(1)
        usual: dict[str, object] = {
            "status": "open",
            "date": on,
            "reported_by": teacher["email"],
            "firsthand": "yes",
            "record_reference": f"PR-{self.year - 1}-{self.random.randint(100, 999)}-{aamc_id[-3:]}",
            "student_told_on": on + timedelta(days=6),
            "student_response_on": "",
        }
        self.row("concerns", aamc_id, kind=kind, severity=severity, summary=summary, **(usual | cells))


Story = Callable[[ClassMaker, str], Row]


def strong(maker: ClassMaker, aamc_id: str) -> Row:
    """Known, clear, realistic."""
    maker.exams(aamc_id, maker.random.randint(236, 258))
    maker.evaluations(aamc_id, maker.random.randint(1, 3))
    maker.vouch(aamc_id, "would_take")
    maker.vouch(aamc_id, "strong", weeks=4)
    return {
        "applied_specialty": maker.random.choice(("Internal Medicine", "Family Medicine", "Pediatrics", "Psychiatry"))
    }


def one_stumble(maker: ClassMaker, aamc_id: str) -> Row:
    """One failed attempt, well known since."""
    maker.exams(aamc_id, maker.random.randint(232, 246), failed_first=True)
    maker.evaluations(aamc_id, 1)
    for teacher in maker.teachers(2):
        maker.vouch(aamc_id, "strong", teacher=teacher)
    return {"applied_specialty": "Family Medicine", "backup_specialties": "Internal Medicine"}


def only_praise(maker: ClassMaker, aamc_id: str) -> Row:
    """Nothing but generic praise, and one request without an answer."""
    maker.exams(aamc_id, maker.random.randint(228, 244))
    maker.evaluations(aamc_id, maker.random.randint(0, 2))
    asked, spoke = maker.teachers(2)
    maker.vouch(aamc_id, "supportive", teacher=spoke)
    maker.row("vouch_requests", aamc_id, faculty_email=asked["email"], asked_on=date(maker.year, 3, 2), answer="")
    return {"applied_specialty": "Internal Medicine", "backup_specialties": "Family Medicine"}


def nobody_asked(maker: ClassMaker, aamc_id: str) -> Row:
    """Good evaluations, and nobody was asked."""
    maker.exams(aamc_id, maker.random.randint(230, 250))
    maker.evaluations(aamc_id, 2)
    return {"applied_specialty": maker.random.choice(("Pediatrics", "Neurology", "Pathology"))}


def asked_no_answer(maker: ClassMaker, aamc_id: str) -> Row:
    """Two people asked, no answer yet."""
    maker.exams(aamc_id, maker.random.randint(225, 245))
    maker.evaluations(aamc_id, 0)
    for teacher in maker.teachers(2):
        maker.row(
            "vouch_requests", aamc_id, faculty_email=teacher["email"], asked_on=date(maker.year, 2, 22), answer=""
        )
    return {"applied_specialty": "Emergency Medicine"}


def closed_target(maker: ClassMaker, aamc_id: str) -> Row:
    """Well known, a closed specialty, advice to broaden refused twice."""
    maker.exams(aamc_id, maker.random.randint(246, 262))
    maker.evaluations(aamc_id, 3)
    maker.vouch(aamc_id, "would_take")
    for month in (5, 8):
        maker.row(
            "advising",
            aamc_id,
            date=maker.day(1, month),
            kind="broaden",
            followed="no",
            advice="Apply in a second specialty",
            advisor_email=f"{ADVISORS[0][1]}@{DOMAIN}",
        )
    return {"applied_specialty": maker.random.choice(("Orthopaedic Surgery", "Dermatology"))}


def narrow_scored(maker: ClassMaker, aamc_id: str) -> Row:
    """A narrow specialty with a score that keeps it realistic."""
    maker.exams(aamc_id, maker.random.randint(247, 260))
    maker.evaluations(aamc_id, 2)
    maker.vouch(aamc_id, "would_take", willing=False)
    return {"applied_specialty": maker.random.choice(("Anesthesiology", "General Surgery", "Emergency Medicine"))}


def one_concern(maker: ClassMaker, aamc_id: str) -> Row:
    """One open moderate concern, answered by the student."""
    maker.exams(aamc_id, maker.random.randint(236, 250))
    maker.evaluations(aamc_id, 1)
    maker.vouch(aamc_id, "would_take")
    answered = maker.day(1, 10)
    maker.concern(
        aamc_id, "responsibility", "moderate", "Left two shifts without hand-over", student_response_on=answered
    )
    return {"applied_specialty": "Family Medicine", "backup_specialties": "Internal Medicine"}


def hearsay(maker: ClassMaker, aamc_id: str) -> Row:
    """A rumour that is set aside."""
    maker.exams(aamc_id, maker.random.randint(238, 252))
    maker.evaluations(aamc_id, 2)
    maker.vouch(aamc_id, "would_take")
    maker.concern(
        aamc_id,
        "respect",
        "major",
        "Said to be difficult with residents",
        firsthand="no",
        record_reference="",
        student_told_on="",
        reported_by="",
    )
    return {"applied_specialty": "Internal Medicine"}


def pattern(maker: ClassMaker, aamc_id: str) -> Row:
    """A documented pattern."""
    maker.exams(aamc_id, maker.random.randint(240, 262))
    maker.evaluations(aamc_id, 2)
    maker.vouch(aamc_id, "strong", weeks=20)
    maker.concern(aamc_id, "respect", "moderate", "Raised voice at a ward nurse")
    maker.concern(aamc_id, "respect", "moderate", "Dismissive of a safety question")
    return {"applied_specialty": "General Surgery", "backup_specialties": "Surgery-Preliminary"}


def repeated_failures(maker: ClassMaker, aamc_id: str) -> Row:
    """Three failed attempts and people who like them."""
    maker.exams(aamc_id, 219, failed_first=True)
    maker.exam(aamc_id, "Step 2 CK", date(maker.year - 1, 5, 4), "fail", 208)
    maker.exam(aamc_id, "Step 2 CK", date(maker.year - 1, 5, 30), "fail", 211)
    maker.evaluations(aamc_id, 0)
    maker.vouch(aamc_id, "would_take")
    maker.row("academics", aamc_id, kind="remediation", date=maker.day(2, 9), note="Remediated the surgery shelf")
    return {"applied_specialty": "Internal Medicine", "backup_specialties": "Family Medicine"}


def whiplash(maker: ClassMaker, aamc_id: str) -> Row:
    """Two changes of specialty nobody explained."""
    maker.exams(aamc_id, maker.random.randint(235, 250))
    maker.evaluations(aamc_id, 1)
    maker.vouch(aamc_id, "would_take")
    maker.vouch(aamc_id, "caution", weeks=2)
    return {"applied_specialty": "Family Medicine", "prior_specialties": "Orthopaedic Surgery;Dermatology"}


def partial(maker: ClassMaker, aamc_id: str) -> Row:
    """Matched to an advanced position; a first year is missing."""
    maker.exams(aamc_id, maker.random.randint(240, 255))
    maker.evaluations(aamc_id, 2)
    maker.vouch(aamc_id, "would_take")
    return {
        "applied_specialty": "Neurology",
        "match_status": "partial_advanced_only",
        "position_types": "preliminary;transitional",
    }


def ordinary(maker: ClassMaker, aamc_id: str) -> Row:
    """A light dossier, as most of a class have."""
    maker.exams(aamc_id, maker.random.randint(230, 262))
    maker.evaluations(aamc_id, maker.random.randint(0, 3))
    if maker.random.random() < 0.5:
        maker.vouch(aamc_id, maker.random.choice(("would_take", "strong", "supportive")))
    return {
        "applied_specialty": maker.random.choice(("Internal Medicine", "Pediatrics", "Psychiatry", "Family Medicine"))
    }


STORIES: Sequence[tuple[Story, int]] = (
    (strong, 9),
    (one_stumble, 4),
    (only_praise, 5),
    (nobody_asked, 4),
    (asked_no_answer, 2),
    (closed_target, 3),
    (narrow_scored, 3),
    (one_concern, 2),
    (hearsay, 2),
    (pattern, 2),
    (repeated_failures, 1),
    (whiplash, 1),
    (partial, 2),
)


def make_tables(*, year: int, class_size: int, unmatched: int, seed: int = 2027) -> Tables:
    """Return the tables of a class: `unmatched` students with stories, the others matched with light dossiers."""
    maker = ClassMaker(year, Random(seed))  # nosec B311  # invented data, not a secret
    # One of each first, then the frequent ones again: a small class has every story too.
    most = max(weight for _, weight in STORIES)
    stories = [story for turn in range(most) for story, weight in STORIES if turn < weight]
    for number, (first, last) in enumerate(student_names(maker.random, class_size)):
        aamc_id = f"{91_000_001 + number}"
        is_unmatched = number < unmatched
        facts = stories[number % len(stories)](maker, aamc_id) if is_unmatched else ordinary(maker, aamc_id)
        status = facts.get("match_status", "unmatched" if is_unmatched else "matched")
        eligibility = "ineligible" if status == "matched" else "eligible"
        cells = _student_cells(maker, number, first, last) | facts
        maker.row("students", aamc_id, **cells | {"match_status": status, "soap_eligibility": eligibility})
    maker.tables["faculty"] = maker.faculty
    return maker.tables


def _student_cells(maker: ClassMaker, number: int, first: str, last: str) -> Row:
    advisor = ADVISORS[number % len(ADVISORS)][1]
    return {
        "last_name": last,
        "first_name": first,
        "email": f"student{number + 1}@students.school.example",
        "geography": maker.random.choice(("anywhere", "Northeast", "Midwest;South", "West", "Mountain;Pacific")),
        "advisor_email": f"{advisor}@{DOMAIN}",
    } | ({} if number % 7 else {"visa": "J-1"})


def write_tables(tables: Tables, folder: Path) -> None:
    """Write the tables as CSV files into a folder."""
    for name, rows in tables.items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
