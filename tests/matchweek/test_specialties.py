import pytest

from matchweek.specialties import find_specialty, specialties, specialty_name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Internal Medicine", "140"),
        ("IM", "140"),
        ("internal  medicine", "140"),
        ("Surgery", "440"),
        ("prelim surgery", "440P"),
        ("PM&R", "340"),
        ("Phys Medicine and Rehab", "340"),
        ("OB/GYN", "220"),
        ("999", "999"),
        ("Med-Peds", "700"),
    ],
)
def test_specialty_is_found_by_code_name_or_alias(text, code):
    found = find_specialty(text)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize("text", ["", "Phrenology", "   "])
def test_unknown_specialty_is_not_guessed(text):
    assert find_specialty(text) is None


def test_no_name_or_alias_means_two_specialties():
    for each in specialties().values():
        for text in (each.name, *each.aliases):
            found = find_specialty(text)
            assert found is not None
            assert found.code == each.code, text


def test_specialty_name_falls_back_to_the_code():
    assert (specialty_name("140P"), specialty_name("000")) == ("Medicine-Preliminary", "000")
