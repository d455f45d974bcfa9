"""The form that takes the files of an import."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from core.forms import crispy_helper
from students.interchange.findings import shorten
from students.interchange.sources import MAX_UPLOAD, Upload

_MOST_FILES = 40


class _ManyFilesInput(forms.ClearableFileInput):
    """A file input that takes several files at once."""

    allow_multiple_selected = True


class _ManyFilesField(forms.FileField):
    """A field whose value is a list of files, each checked like one."""

    widget = _ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        files: Sequence[Any] = data if isinstance(data, list | tuple) else [data]
        return [super(_ManyFilesField, self).clean(each, initial) for each in files or [None]]


class ImportForm(forms.Form):
    """One or several files in the interchange format."""

    upload = _ManyFilesField(
        label="Files",
        help_text="A zip, an Excel workbook (XLSX, one sheet per table), or CSV files. "
        f"Up to {MAX_UPLOAD // 1024**2} MB together. Nothing is changed before you have seen a preview.",
        error_messages={"required": "Choose at least one file.", "empty": "This file is empty. Choose another."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["upload"].widget.attrs["accept"] = ".csv,.tsv,.txt,.xlsx,.zip"
        self.helper = crispy_helper()

    def clean_upload(self) -> list[UploadedFile[Any]]:
        """Refuse what is too much for one import."""
        files: list[UploadedFile[Any]] = self.cleaned_data["upload"]
        if sum(each.size or 0 for each in files) > MAX_UPLOAD:
            raise forms.ValidationError(f"Together these files are larger than {MAX_UPLOAD // 1024**2} MB. Split them.")
        if len(files) > _MOST_FILES:
            raise forms.ValidationError(f"At most {_MOST_FILES} files at once. Pack more into a zip.")
        return files

    def uploads(self) -> list[Upload]:
        """Return the files' names and bytes."""
        return [Upload(shorten(str(each.name)), each.read()) for each in self.cleaned_data["upload"]]
