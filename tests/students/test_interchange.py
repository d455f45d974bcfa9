"""Reading files as they are met: encodings, delimiters, dates, ids, workbooks, zips, and what must be refused."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from students.interchange.checking import Sheet
from students.interchange.findings import RefusedCell, Unusable
from students.interchange.sources import Source, Upload, digest_of, pack, read_source, unpack

EXAMS = "aamc_id,exam,date,result,score\n"


def read(text: str | bytes, name: str = "exams.csv") -> Source:
    return read_source([Upload(name, text if isinstance(text, bytes) else text.encode())])


def only(text: str | bytes, name: str = "exams.csv") -> Sheet:
    (sheet,) = read(text, name).sheets
    return sheet


def values(sheet: Sheet) -> list[dict[str, object]]:
    return [dict(zip(sheet.columns, row.values, strict=True)) for row in sheet.rows]


def refused(sheet: Sheet) -> list[RefusedCell]:
    return [cell for row in sheet.refused for cell in row.cells_refused()]


def workbook(**sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def zipped(files: dict[str, str | bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return written.getvalue()


# --- Text -----------------------------------------------------------------------------------------------------------

NAMES = "aamc_id;last_name;first_name\n90000001;Müller-Núñez;Zoë\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1"]
)
def test_a_file_in_any_usual_encoding_is_read(encoding: str) -> None:
    sheet = only(NAMES.encode(encoding), "students.csv")
    assert values(sheet) == [{"aamc_id": "90000001", "last_name": "Müller-Núñez", "first_name": "Zoë"}]


def test_a_guessed_encoding_is_said() -> None:
    assert read(NAMES.encode("cp1252"), "students.csv").notices == [
        "students.csv: The file is not in UTF-8; it was read as Windows-1252. Check the letters with accents."
    ]


@pytest.mark.parametrize(
    "name", ["王秀英", "Ольга", "عائشة", "Nguyễn", "O’Brien", "D'Angelo", "Ó Súilleabháin", "Null"]
)
def test_names_in_any_script_are_kept(name: str) -> None:
    assert values(only(f"aamc_id,last_name\n90000001,{name}\n", "students.csv"))[0]["last_name"] == name


def test_names_are_composed() -> None:
    assert values(only("aamc_id,last_name\n90000001,Nu\u0301n\u0303ez\n", "students.csv"))[0]["last_name"] == "Núñez"


@pytest.mark.parametrize("bad", ["\x07", "\x00", "\u202e", "\x85"])
def test_a_control_character_is_refused_in_words(bad: str) -> None:
    (cell,) = refused(only(f"aamc_id,last_name\n90000001,Be{bad}ll\n", "students.csv"))
    assert (cell["row"], cell["column"]) == (2, "last_name")
    assert cell["expected"] == f"text without the control character U+{ord(bad):04X}"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_usual_delimiter_is_found(delimiter: str) -> None:
    text = EXAMS + "90000001,Step 1,2025-02-10,pass,\n"
    assert len(only(text.replace(",", delimiter)).rows) == 1


def test_excels_own_delimiter_line_is_no_row() -> None:
    sheet = only("sep=;\naamc_id;exam;date;result\n90000001;Step 1;2025-02-10;pass\n;;;\n90000002;Step 9;x;y\n")
    assert [row.number for row in sheet.rows] == [3]
    assert [row.row for row in sheet.refused] == [5]


def test_quoted_line_breaks_and_quotes_are_kept() -> None:
    text = 'aamc_id,clerkship,grade,comment\r\n90000001,Surgery,Pass,"One ""good"" week.\r\nThen another."\r\n'
    assert values(only(text, "evaluations.csv"))[0]["comment"] == 'One "good" week.\nThen another.'


def test_a_quotation_mark_that_is_never_closed_loses_nothing_silently() -> None:
    text = 'aamc_id,clerkship,grade,comment\n90000001,Surgery,Pass,"never closed\n90000002,Surgery,Pass,fine\n'
    with pytest.raises(Unusable, match="A quotation mark opened in line 2 is never closed"):
        read(text, "evaluations.csv")


def test_a_row_longer_than_the_header_is_refused() -> None:
    (cell,) = refused(only(EXAMS + "90000001,Step 1,2025-02-10,pass,240,stray\n"))
    assert (cell["row"], cell["value"], cell["expected"]) == (2, "stray", "5 cells, like the header; this row has 6")


def test_empty_rows_and_a_banner_above_the_header_are_passed_over() -> None:
    sheet = only("Office of Student Affairs,,,\n\naamc_id,exam,date,result\n,,,\n90000001,Step 1,2025-02-10,pass\n\n")
    assert [row.number for row in sheet.rows] == [5]


# --- Headers and tables ---------------------------------------------------------------------------------------------


def test_headers_are_forgiven() -> None:
    sheet = only(
        "AAMC ID,USMLE Step,Test Date,Pass/Fail,Three-Digit Score\n90000001,STEP 2 CK,7/6/2026,P,245\n", "x.csv"
    )
    assert sheet.table.name == "exams"
    assert values(sheet) == [
        {"aamc_id": "90000001", "exam": "step_2_ck", "date": date(2026, 7, 6), "result": "pass", "score": 245}
    ]


@pytest.mark.parametrize("name", ["Students_2027_final.csv", "Class Roster.csv", "students (1).csv", "upload.csv"])
def test_a_table_is_found_by_name_or_headers(name: str) -> None:
    assert only("aamcid,Surname,Given Name\n90000001,A,B\n", name).table.name == "students"


def test_a_missing_required_column_refuses_the_file() -> None:
    sheet = only("aamc_id,first_name\n90000001,Quiet\n", "students.csv")
    assert sheet.rows == []
    assert refused(sheet) == [
        {
            "file": "students.csv",
            "row": 1,
            "column": "last_name",
            "value": "",
            "expected": "a column last_name: without it nothing of this file is imported",
        }
    ]


def test_two_headers_for_one_column_refuse_the_file() -> None:
    (cell,) = refused(only("aamc_id,last_name,Surname\n90000001,A,B\n", "students.csv"))
    assert cell["expected"] == "only one column last_name: two headers mean it"


def test_unknown_columns_and_files_are_reported_and_the_rest_is_read() -> None:
    source = read_source(
        [
            Upload("exams.csv", (EXAMS.replace("score", "mood") + "90000001,Step 1,2025-02-10,pass,good\n").encode()),
            Upload("expected.csv", b"aamc_id,tier\n90000001,1\n"),
            Upload("README.md", b"# read me"),
            Upload("menu.csv", b"soup,price\nleek,4\n"),
        ]
    )
    assert [sheet.table.name for sheet in source.sheets] == ["exams"]
    assert source.notices == [
        "exams.csv: Columns that are not known here were not imported: mood.",
        "expected.csv: skipped; it is not evidence.",
        "README.md: skipped; it is not evidence.",
        "menu.csv: not imported. Neither its name nor its headers are those of a table.",
    ]


def test_nothing_known_is_unusable() -> None:
    with pytest.raises(Unusable, match="No table was found"):
        read("a,b\n1,2\n", "things.csv")


# --- Cells ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read_as"), [("9000001", "09000001"), ("90000001.0", "90000001"), (" 9000-0001 ", "90000001")]
)
def test_aamc_ids_are_put_right(written: str, read_as: str) -> None:
    assert values(only(EXAMS + f"{written},Step 1,2025-02-10,pass,\n"))[0]["aamc_id"] == read_as


def test_a_zero_that_was_put_back_is_said() -> None:
    assert read(EXAMS + "9000001,Step 1,2025-02-10,pass,\n").notices == [
        "exams.csv: 1 AAMC ID had lost its first zero; it was put back."
    ]


@pytest.mark.parametrize("written", ["900001", "900000011", "9.0E+07", "9000000A", "", "９０００００００１"])
def test_what_is_no_aamc_id_is_refused(written: str) -> None:
    (cell,) = refused(only(EXAMS + f"{written},Step 1,2025-02-10,pass,\n"))
    assert cell["column"] == "aamc_id"


@pytest.mark.parametrize(
    "written",
    ["2027-03-15", "3/15/2027", "03/15/2027", "46461", "46461.0", "2027-03-15 00:00:00", "15 Mar 2027", "Mar 15, 2027"],
)
def test_dates_are_read(written: str) -> None:
    sheet = only(EXAMS.replace(",", ";") + f"90000001;Step 1;{written};pass;\n")
    assert values(sheet)[0]["date"] == date(2027, 3, 15)


@pytest.mark.parametrize("written", ["15/03/2027", "2027-02-30", "3/15/27", "soon", "1", "99999", "0001-01-01"])
def test_what_is_no_date_is_refused(written: str) -> None:
    (cell,) = refused(only(EXAMS + f"90000001,Step 1,{written},pass,\n"))
    assert cell == {
        "file": "exams.csv",
        "row": 2,
        "column": "date",
        "value": written,
        "expected": "a date such as 2027-03-15 or 3/15/2027",
    }


@pytest.mark.parametrize("written", ["Would take", "would_take", "WOULD-TAKE", "Would take as own resident"])
def test_choices_are_forgiven(written: str) -> None:
    text = f"aamc_id,faculty_email,strength,weeks\n90000001,Pd.IM@school.example,{written},6 weeks\n"
    assert values(only(text, "vouches.csv")) == [
        {"aamc_id": "90000001", "faculty_email": "pd.im@school.example", "strength": "would_take", "weeks_observed": 6}
    ]


def test_a_stray_word_is_refused_with_what_is_known() -> None:
    (cell,) = refused(only(EXAMS + "90000001,Step 2 CS,2025-02-10,pass,\n"))
    assert cell["expected"] == "one of Step 1, Step 2 CK, Step 3, COMLEX Level 1, COMLEX Level 2-CE, COMLEX Level 3"


def test_every_bad_cell_of_a_row_is_named() -> None:
    cells = refused(only(EXAMS + "90000001,Step 9,x,maybe,2000\n"))
    assert [cell["column"] for cell in cells] == ["exam", "date", "result", "score"]


def test_specialties_places_and_lists_are_resolved() -> None:
    text = (
        "aamc_id,last_name,specialty,backup_specialties,geography,position_types\n"
        '90000001,A,ortho,FM; Prelim Surgery,"northeast; ny; Pacific",Categorical;prelim\n'
        "90000002,B,Astrology,,,\n90000003,C,,,Atlantis,\n90000004,D,n/a,,anywhere,\n"
    )
    sheet = only(text, "students.csv")
    assert values(sheet)[0] == {
        "aamc_id": "90000001",
        "last_name": "A",
        "applied_specialty": "260",
        "backup_specialties": ["120", "440P"],
        "geography": ["Northeast", "New York", "Pacific"],
        "position_types": ["categorical", "preliminary"],
    }
    assert [(cell["row"], cell["column"]) for cell in refused(sheet)] == [(3, "applied_specialty"), (4, "geography")]
    assert values(sheet)[1]["geography"] == ["anywhere"]


def test_a_reference_that_says_nothing_documents_nothing() -> None:
    text = "aamc_id,kind,severity,status,date,record_reference\n90000001,respect,major,open,2026-01-01,N/A\n"
    assert values(only(text, "concerns.csv"))[0]["record_reference"] == ""


def test_a_guard_against_formulas_is_taken_off_again() -> None:
    assert values(only("aamc_id,last_name,phone\n90000001,A,'+1 617 555 0100\n", "students.csv"))[0]["phone"] == (
        "+1 617 555 0100"
    )


# --- Workbooks ------------------------------------------------------------------------------------------------------


def test_a_workbook_is_read_sheet_by_sheet() -> None:
    content = workbook(
        Students=[["Class of 2027"], ["AAMC ID", "Last Name"], [9000001, "Cut"], [90000002.0, "Whole"]],
        exams=[
            ["aamc_id", "exam", "date", "result", "score"],
            [90000002, "Step 1", datetime(2025, 2, 10), "pass", None],  # noqa: DTZ001  # a cell has no zone
            [90000002, "Step 2 CK", 46461, "pass", 245.0],
        ],
        Notes=[["call", "me"]],
    )
    source = read_source([Upload("Evidence.xlsx", content)])
    students, exams = source.sheets
    assert [row.number for row in students.rows] == [3, 4]
    assert [each["aamc_id"] for each in values(students)] == ["09000001", "90000002"]
    assert [each["date"] for each in values(exams)] == [date(2025, 2, 10), date(2027, 3, 15)]
    assert values(exams)[1]["score"] == 245
    assert students.file == "Evidence.xlsx, sheet Students"
    assert source.notices[-1] == (
        "Evidence.xlsx, sheet Notes: not imported. Neither its name nor its headers are those of a table."
    )


def test_a_sheet_that_stands_alone_goes_by_the_name_of_its_file() -> None:
    content = workbook(Sheet1=[["aamc_id", "last_name", "first_name"], [90000001, "A", "B"]])
    (sheet,) = read_source([Upload("Class Roster 2027.xlsx", content)]).sheets
    assert (sheet.table.name, sheet.file) == ("students", "Class Roster 2027.xlsx, sheet Sheet1")


def test_a_formula_whose_value_was_never_stored_is_refused_in_words() -> None:
    content = workbook(exams=[["aamc_id", "exam", "date", "result"], ["=90000000+1", "Step 1", "2025-02-10", "pass"]])
    with pytest.raises(Unusable, match="formulas whose results were never stored"):
        read_source([Upload("book.xlsx", content)])


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel workbook"),
        (
            "locked.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "protected by a password",
        ),
        ("macros.xlsm", b"PK", "macros"),
        ("broken.xlsx", b"PK\x03\x04 not a zip", "damaged"),
        ("broken.zip", b"nothing", "damaged"),
        ("noise.csv", bytes(range(256)) * 20, "not text"),
    ],
)
def test_files_that_cannot_be_read_are_refused_in_words(name: str, content: bytes, words: str) -> None:
    with pytest.raises(Unusable, match=words):
        read_source([Upload(name, content)])


def test_a_workbook_with_macros_under_another_name_is_refused() -> None:
    content = io.BytesIO(workbook(exams=[["aamc_id"]]))
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    with pytest.raises(Unusable, match="carries macros"):
        read_source([Upload("book.xlsx", content.getvalue())])


def test_a_workbook_with_entity_bombs_is_refused() -> None:
    content, bombed = workbook(exams=[["aamc_id", "exam"]]), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(bombed, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name == "xl/workbook.xml":
                text = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + text.split(b"?>", 1)[-1]
            new.writestr(name, text)
    with pytest.raises(Unusable, match=r"could not be read|damaged"):
        read_source([Upload("book.xlsx", bombed.getvalue())])


# --- Zips and folders -----------------------------------------------------------------------------------------------

ONE_EXAM = EXAMS + "90000001,Step 1,2025-02-10,pass,\n"


def test_a_zip_is_read_whatever_its_folders() -> None:
    source = read_source(
        [Upload("x.zip", zipped({"2027/exams.csv": ONE_EXAM, "__MACOSX/2027/._exams.csv": b"\0", ".DS_Store": b"\0"}))]
    )
    assert [(sheet.file, len(sheet.rows)) for sheet in source.sheets] == [("exams.csv", 1)]
    assert source.notices == []


def test_paths_that_lead_out_of_the_zip_are_refused() -> None:
    source = read_source([Upload("x.zip", zipped({"../exams.csv": ONE_EXAM, "exams.csv": ONE_EXAM}))])
    assert len(source.sheets) == 1
    assert source.notices == ["exams.csv: not imported. Its path leads out of the zip."]


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(Unusable, match="would unpack to 40 MB"):
        read_source([Upload("bomb.zip", zipped({"exams.csv": b"0" * 40 * 1024**2}))])


def test_a_zip_within_a_zip_is_not_opened() -> None:
    source = read_source([Upload("x.zip", zipped({"in.zip": zipped({"a": "b"}), "exams.csv": ONE_EXAM}))])
    assert source.notices == ["in.zip: a zip within a zip is not opened."]


def test_a_zip_with_a_password_is_refused() -> None:
    content = bytearray(zipped({"exams.csv": ONE_EXAM}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    with pytest.raises(Unusable, match="protected by a password"):
        read_source([Upload("x.zip", bytes(content))])


def test_a_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "exams.csv").write_text(ONE_EXAM)
    (tmp_path / "README.md").write_text("words")
    assert [sheet.table.name for sheet in read_source(tmp_path).sheets] == ["exams"]


@pytest.mark.parametrize("name", ["nothing", "empty"])
def test_a_path_without_files_is_unusable(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(Unusable):
        read_source(tmp_path / name)


def test_uploads_survive_packing() -> None:
    uploads = [Upload("a.csv", b"1"), Upload("a.csv", b"2"), Upload("ü/../x.csv", b"3")]
    assert unpack(pack(uploads)) == uploads
    assert digest_of(unpack(pack(uploads))) == digest_of(uploads)
