"""The one table of roles and abilities. Higher apps' abilities are named here as strings only."""

from collections.abc import Mapping
from enum import StrEnum

from accounts.enums import Role


class Ability(StrEnum):
    """One thing a role lets a person do, everywhere and for every student they may see."""

    MANAGE_PEOPLE = "manage people and their roles"
    PREPARE_CYCLE = "prepare the cycle and its calendar"
    CONFIRM_CALENDAR = "confirm the calendar"
    SEE_ROSTER = "see the class roster"
    SEE_ALL_DOSSIERS = "open every dossier"
    SEE_SET_ASIDE = "see what was set aside"
    SEE_RESULTS_EARLY = "see match results before the embargo lifts"
    IMPORT_EVIDENCE = "import evidence"
    EDIT_EVIDENCE = "enter and change evidence"
    SETTLE_CONCERN = "resolve or dismiss a concern"
    DECLARE_FOR_OTHERS = "declare a conflict for somebody else"
    ADVISE = "advise students"
    VOUCH = "vouch for students they observed"
    SEE_BOARD = "see the board"
    ATTEND_MEETING = "attend a meeting"
    PREPARE_MEETING = "prepare a meeting"
    LEAD_MEETING = "lead a meeting"
    SECOND_OFFICER = "sign as second officer"
    DECLARE_PRIORITY = "declare an institutional priority"
    READ_POLICY = "read the policy"
    EDIT_POLICY = "draft a policy"
    SIGN_POLICY = "sign a policy draft"
    SEE_TRAIL = "read the trail"
    EXPORT_TRAIL = "export the trail"
    OWN_PAGE = "see the own page"


_FACULTY = frozenset({Ability.VOUCH, Ability.READ_POLICY})
_OFFICE = frozenset(
    {
        Ability.MANAGE_PEOPLE,
        Ability.PREPARE_CYCLE,
        Ability.SEE_ROSTER,
        Ability.SEE_ALL_DOSSIERS,
        Ability.SEE_SET_ASIDE,
        Ability.SEE_RESULTS_EARLY,
        Ability.IMPORT_EVIDENCE,
        Ability.EDIT_EVIDENCE,
        Ability.SETTLE_CONCERN,
        Ability.DECLARE_FOR_OTHERS,
        Ability.SEE_BOARD,
        Ability.ATTEND_MEETING,
        Ability.PREPARE_MEETING,
        Ability.READ_POLICY,
        Ability.EDIT_POLICY,
        Ability.SEE_TRAIL,
    }
)

ABILITIES: Mapping[str, frozenset[Ability]] = {
    Role.DEAN: _OFFICE
    | _FACULTY
    | {Ability.LEAD_MEETING, Ability.SECOND_OFFICER, Ability.DECLARE_PRIORITY, Ability.SIGN_POLICY},
    Role.COORDINATOR: _OFFICE,
    Role.MEETING_MEMBER: _FACULTY | {Ability.SEE_BOARD, Ability.ATTEND_MEETING},
    Role.CLERKSHIP_DIRECTOR: _FACULTY | {Ability.ATTEND_MEETING},
    Role.CALLER: _FACULTY,
    Role.ADVISOR: _FACULTY | {Ability.ADVISE},
    Role.MATCH_OFFICER: frozenset(
        {
            Ability.CONFIRM_CALENDAR,
            Ability.PREPARE_CYCLE,
            Ability.SEE_ROSTER,
            Ability.SEE_ALL_DOSSIERS,
            Ability.SEE_RESULTS_EARLY,
            Ability.SEE_BOARD,
            Ability.ATTEND_MEETING,
            Ability.SECOND_OFFICER,
            Ability.READ_POLICY,
            Ability.SIGN_POLICY,
            Ability.SEE_TRAIL,
        }
    ),
    Role.REGISTRAR: frozenset(
        {
            Ability.SEE_ROSTER,
            Ability.SEE_ALL_DOSSIERS,
            Ability.READ_POLICY,
            Ability.SEE_TRAIL,
            Ability.EXPORT_TRAIL,
        }
    ),
    Role.AUDITOR: frozenset({Ability.READ_POLICY, Ability.SEE_TRAIL, Ability.EXPORT_TRAIL}),
    Role.STUDENT: frozenset({Ability.OWN_PAGE, Ability.READ_POLICY}),
}
