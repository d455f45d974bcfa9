"""A link as a QR code: one path for an inline SVG, without style or script."""

from __future__ import annotations

from typing import NamedTuple

import qrcode

QUIET = 4  # Modules of white around the code, as the standard asks.


class QrCode(NamedTuple):
    """The side in modules, the white around it included, and the dark modules as an SVG path."""

    side: int
    path: str


def qr_code(text: str) -> QrCode:
    """Draw `text`; a quarter of the code may be hidden and it still reads."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_Q, border=QUIET)
    code.add_data(text)
    code.make(fit=True)
    matrix = code.get_matrix()
    runs = "".join(f"M{x} {y}h{length}v1h-{length}z" for y, row in enumerate(matrix) for x, length in _runs(row))
    return QrCode(len(matrix), runs)


def _runs(row: list[bool]) -> list[tuple[int, int]]:
    """Return start and length of each run of dark modules in a row."""
    found: list[tuple[int, int]] = []
    for x, is_dark in enumerate(row):
        if is_dark and found and sum(found[-1]) == x:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        elif is_dark:
            found.append((x, 1))
    return found
