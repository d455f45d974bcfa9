"""Invented names and faculty. None is a person."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

Row = dict[str, str]

FIRST = (
    "Juno Oriel Tomasz Amara Ravi Mirembe Bram Noor Leocadia Tamsin Ansel Yusra Dov Philippa Caspian Hana Emeka Ines "
    "Solveig Ferris Lucan Maren Idris Petra Anouk Bilal Corin Danika Ebele Farida Gideon Halina Ishaan Jorunn Kwame "
    "Liesel Mateo Nadia Olamide Perpetua Quentin Rosalba Søren Thandiwe Ulises Valeria Wiremu Ximena Yaroslav Zuleika "
    "Aurelio Birgit Chidera Dragan Eilidh Fumiko Giovanna Hussein Itziar Jamila"
).split()
LAST = (
    "Abernathy-Fale Sandhurst Wintergreen Lockwood-Njoku Thistlewood Castellan Kestrelwood Hallowell Penhallow "
    "Okoro-Vale Quillfeather Meadowcroft Larkspur Nwachukwu-Stone Delacourt-Ito Brightwater Underhill Farrowdale "
    "Marchbanks Oduya-Lane Wexcombe Stillwater Fenwick-Amadi Holloway-Cruz Ashgrove Bellweather Cobblestone Dunmorrow "
    "Elderfield Fairbrother Greenhalgh Hawksmoor Ironbridge Jessamine Kingsolver Loxley-Tran Mossgrave Northcote "
    "Ormerod Pettibone Quickenden Ravenscroft Silverthorne Tollemache Umberleigh Vexley Whitlocke Yarborough "
    "Zimmerman-Oyelaran Ó-Cathasaigh Łapiński-Reed Đurić-Blaine Ekwueme-Hart Tanahashi-Moore"
).split()

# Department, specialty, positions. Twenty-five in all.
_DEPARTMENTS: Sequence[tuple[str, str, tuple[str, ...]]] = (
    ("Medicine", "Internal Medicine", ("clerkship director", "program director", "chair", "attending", "attending")),
    ("Surgery", "General Surgery", ("clerkship director", "chair", "attending", "attending")),
    ("Family Medicine", "Family Medicine", ("clerkship director", "attending", "attending")),
    ("Pediatrics", "Pediatrics", ("clerkship director", "chair", "attending")),
    ("Psychiatry", "Psychiatry", ("clerkship director", "attending", "attending")),
    ("Obstetrics", "Obstetrics and Gynecology", ("clerkship director", "attending")),
    ("Neurology", "Neurology", ("clerkship director", "attending")),
    ("Orthopaedics", "Orthopaedic Surgery", ("chair",)),
    ("Emergency Medicine", "Emergency Medicine", ("clerkship director", "attending")),
)
_FACULTY_FIRST = (
    "Benedikt Paloma Ivo Liesl Osric Renske Matthias Greer Selwyn Orsolya Cormac Ngozi Anneliese Tariq Wilhelmina "
    "Joaquin Beatrix Olufemi Katarzyna Desmond Mireille Haruki Constance Rafferty Ottoline"
).split()
_FACULTY_LAST = (
    "Osei-Hart Greaves Marchetti-Lund Vantongeren Bell-Tanaka Oyelaran Oyelade-Rook Sandoval-Lindt Achterberg "
    "Beckett-Moss Halloran Whitcombe-Diaz Sorensen Al-Khatib Prideaux Villanueva Thornbury Adeyemi-Cole Zawadzka "
    "Blackwood Fontaine Nakagawa Merriweather Quimby Lestrange-Bose"
).split()
ADVISORS = (
    ("Selma Arkwright", "advisor"),
    ("Piet Van-Houten", "advisor.two"),
    ("Imani Rosewood", "advisor.three"),
)
DOMAIN = "school.example"


def faculty_rows() -> list[Row]:
    """Return the faculty table: twenty-five people and three advisors."""
    names = iter(zip(_FACULTY_FIRST, _FACULTY_LAST, strict=True))
    rows = []
    for department, specialty, positions in _DEPARTMENTS:
        for position in positions:
            first, last = next(names)
            email = f"{first}.{last}@{DOMAIN}".lower().replace("-", "")
            rows.append(
                {
                    "email": email,
                    "name": f"Dr. {first} {last}",
                    "role": position.replace(" ", "_"),
                    "department": department,
                    "specialty": specialty,
                    "phone": "",
                }
            )
    advisors = [
        {
            "email": f"{local}@{DOMAIN}",
            "name": f"Dr. {name}",
            "role": "advisor",
            "department": "Student Affairs",
            "specialty": "",
            "phone": "",
        }
        for name, local in ADVISORS
    ]
    return rows + advisors


def student_names(random: Random, number: int) -> list[tuple[str, str]]:
    """Return `number` different (first, last) names."""
    pairs = [(first, last) for first in FIRST for last in LAST]
    return random.sample(pairs, number)  # nosec B311 - invented names
