"""Files to sources: a folder, a zip, a workbook or single CSV files, read into checked tables. Writes nothing."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from students.interchange.checking import Numbered, Sheet, check
from students.interchange.decoding import decode, records
from students.interchange.findings import Unusable, fold
from students.interchange.tables import TABLES, table_of_name
from students.interchange.workbooks import read_workbook, refuse_old_or_locked

MAX_UPLOAD = 50 * 1024 * 1024
MAX_UNPACKED = 250 * 1024 * 1024
MAX_RATIO = 150  # unpacked to packed, of anything that unpacks to more than a megabyte
MAX_MEMBERS = 1_000
MAX_ROWS = 250_000
_CSV = {".csv", ".tsv", ".txt"}
_QUIET = {"readme", "expected", "license", "licence", "changelog"}
_NOT_READ = {
    ".xls": "This is an old Excel workbook (XLS). Save it as XLSX.",
    ".xlsm": "Workbooks with macros are not read. Save it as XLSX.",
    ".xlsb": "Binary workbooks are not read. Save it as XLSX.",
    ".ods": "OpenDocument sheets are not read. Save it as XLSX.",
    ".numbers": "Numbers documents are not read. Export it as XLSX or CSV.",
}
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Upload:
    """One file: its name, as a person knows it, and its bytes."""

    name: str
    content: bytes


@dataclass(slots=True)
class Source:
    """Everything read from one import: the tables found, what was skipped and why, and a digest of the files."""

    name: str
    digest: str
    sheets: list[Sheet] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def row_count(self) -> int:
        """Rows found, good and refused."""
        return sum(len(each.rows) + len(each.refused) for each in self.sheets)


def read_source(source: Path | Sequence[Upload], *, progress: Progress | None = None) -> Source:
    """Read a path or uploaded files. Raises `Unusable` when not one table was found in them."""
    uploads = uploads_of(source) if isinstance(source, Path) else list(source)
    if not uploads:
        raise Unusable("There is no file in it.")
    name = source.name if isinstance(source, Path) else ", ".join(each.name for each in uploads)
    found = Source(name[:200], digest_of(uploads))
    for each in uploads:
        _read(found, each, progress)
    if not found.sheets:
        raise Unusable(" ".join(["No table was found.", *found.notices[:20], f"Tables are {', '.join(TABLES)}."]))
    return found


def uploads_of(path: Path) -> list[Upload]:
    """Return the files at a path: itself, or those directly in the folder. Raises `Unusable`."""
    try:
        if path.is_dir():
            files = sorted(each for each in path.iterdir() if each.is_file() and not each.name.startswith("."))
            return [_from_disk(each) for each in files]
        return [_from_disk(path)]
    except OSError as problem:
        raise Unusable(f"{path} cannot be read: {problem.strerror}.") from None


def _from_disk(path: Path) -> Upload:
    if path.stat().st_size > MAX_UPLOAD:
        raise Unusable(f"{path.name} is larger than {MAX_UPLOAD // 1024**2} MB.")
    return Upload(path.name, path.read_bytes())


def digest_of(uploads: Iterable[Upload]) -> str:
    """Return one digest of all files, names included."""
    total = hashlib.sha256()
    for each in uploads:
        total.update(each.name.encode() + b"\0" + hashlib.sha256(each.content).digest())
    return total.hexdigest()


def pack(uploads: Iterable[Upload]) -> bytes:
    """Pack uploaded files into one zip, to be kept until the import is applied."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for position, each in enumerate(uploads):
            archive.writestr(f"{position}/{each.name}", each.content)
    return packed.getvalue()


def unpack(packed: bytes) -> list[Upload]:
    """Return what `pack` packed."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return [Upload(each.split("/", 1)[1], archive.read(each)) for each in archive.namelist()]


def _read(found: Source, upload: Upload, progress: Progress | None) -> None:
    try:
        for file, title, rows, notice in _sheets_in(found, upload):
            _add_sheet(found, file, title, rows, notice)
            if progress:
                progress(f"Reading {file}", found.row_count, 0)
    except Unusable as problem:
        found.notices.append(f"{upload.name}: {problem}")


def _add_sheet(found: Source, file: str, title: str, rows: Iterable[Numbered], notice: str) -> None:
    if fold(title) in _QUIET:
        found.notices.append(f"{file}: skipped; it is not evidence.")
        return
    try:
        sheet = check(file, title, rows)
    except Unusable as problem:
        found.notices.append(f"{file}: not imported. {problem}")
        return
    found.sheets.append(sheet)
    found.notices += [f"{file}: {each}" for each in [*filter(None, [notice]), *sheet.notices]]
    if found.row_count > MAX_ROWS:
        raise Unusable(f"More than {MAX_ROWS:,} rows in one import. Split it.")


SheetFound = tuple[str, str, Iterable[Numbered], str]  # file as shown, title, rows, notice


def _sheets_in(found: Source, upload: Upload) -> Iterator[SheetFound]:
    suffix = PurePosixPath(upload.name.lower()).suffix
    if fold(PurePosixPath(upload.name).stem) in _QUIET:
        found.notices.append(f"{upload.name}: skipped; it is not evidence.")
        return
    refuse_old_or_locked(upload.content)
    if suffix in _NOT_READ:
        raise Unusable(_NOT_READ[suffix])
    if zipfile.is_zipfile(io.BytesIO(upload.content)) and suffix not in _CSV:
        yield from _sheets_in_zip(found, upload)
    elif suffix in {".xlsx", ".zip"}:
        raise Unusable("It is damaged: it does not open as what its name says.")
    elif suffix in _CSV or not suffix:
        yield from _sheets_in_text(upload)
    else:
        found.notices.append(f"{upload.name}: skipped; only CSV, XLSX and ZIP files are read.")


def _sheets_in_text(upload: Upload) -> Iterator[SheetFound]:
    text, notice = decode(upload.content)
    yield upload.name, PurePosixPath(upload.name).stem, records(text), notice


def _sheets_in_zip(found: Source, upload: Upload) -> Iterator[SheetFound]:
    with _opened(upload.content) as archive:
        if "[Content_Types].xml" in archive.namelist():
            yield from _sheets_in_workbook(upload)
            return
        members = list(_members(archive, found.notices))
    for each in members:
        if each.name.lower().endswith(".zip"):
            found.notices.append(f"{each.name}: a zip within a zip is not opened.")
            continue
        try:
            yield from _sheets_in(found, each)
        except Unusable as problem:
            found.notices.append(f"{each.name}: not imported. {problem}")


def _sheets_in_workbook(upload: Upload) -> Iterator[SheetFound]:
    """Yield every sheet; one that stands alone under no table's name goes by the name of its file."""
    sheets = list(read_workbook(upload.content))
    for title, rows in sheets:
        by_file = len(sheets) == 1 and table_of_name(title) is None
        yield f"{upload.name}, sheet {title}", PurePosixPath(upload.name).stem if by_file else title, rows, ""


def _opened(content: bytes) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError):
        raise Unusable("The zip is damaged.") from None
    members = archive.infolist()
    if any(each.flag_bits & 0x1 for each in members):
        raise Unusable("The zip is protected by a password. Pack it without one.")
    if len(members) > MAX_MEMBERS:
        raise Unusable(f"The zip holds more than {MAX_MEMBERS:,} files.")
    total = sum(each.file_size for each in members)
    if total > MAX_UNPACKED or (total > 1024**2 and total > MAX_RATIO * max(len(content), 1)):
        raise Unusable(f"The zip would unpack to {total // 1024**2:,} MB, which is more than is read.")
    return archive


def _members(archive: zipfile.ZipFile, notices: list[str]) -> Iterator[Upload]:
    for each in archive.infolist():
        path = PurePosixPath(each.filename.replace("\\", "/"))
        if each.is_dir() or path.name.startswith(".") or "__MACOSX" in path.parts:
            continue
        if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
            notices.append(f"{path.name}: not imported. Its path leads out of the zip.")
            continue
        try:
            yield Upload(path.name, archive.read(each))
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError):
            notices.append(f"{path.name}: not imported. It is damaged within the zip.")
