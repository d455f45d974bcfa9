"""URLs of meetings, their room, minutes and receipts."""

from django.urls import path

from triage.views import meetings, minutes, room

_MEETING = "meetings/<int:pk>"

urlpatterns = [
    path("meetings/", meetings.meeting_list, name="meeting-list"),
    path("meetings/plan/", meetings.meeting_plan, name="meeting-plan"),
    path(f"{_MEETING}/", room.room, name="meeting"),
    path(f"{_MEETING}/change/", meetings.meeting_change, name="meeting-change"),
    path(f"{_MEETING}/prepare/", meetings.meeting_prepare, name="meeting-prepare"),
    path(f"{_MEETING}/attendees/add/", meetings.attendees_add, name="attendees-add"),
    path(f"{_MEETING}/attendees/<int:attendance>/remove/", meetings.attendee_remove, name="attendee-remove"),
    path(f"{_MEETING}/attendees/<int:attendance>/joining/", meetings.attendee_joining, name="attendee-joining"),
    path(f"{_MEETING}/attendees/<int:attendance>/mark/", room.attendance_mark, name="attendance-mark"),
    path(f"{_MEETING}/acting-chair/", room.acting_chair, name="acting-chair"),
    path(f"{_MEETING}/recusals/declare/", meetings.recusal_declare, name="recusal-declare"),
    path(f"{_MEETING}/agenda/build/", meetings.agenda_build, name="agenda-build"),
    path(f"{_MEETING}/items/add/", meetings.item_add, name="item-add"),
    path(f"{_MEETING}/items/<int:item>/remove/", meetings.item_remove, name="item-remove"),
    path(f"{_MEETING}/items/<int:item>/move/", meetings.item_move, name="item-move"),
    path(f"{_MEETING}/items/<int:item>/open/", room.item_open, name="item-open"),
    path(f"{_MEETING}/items/<int:item>/recuse/", room.item_recuse, name="item-recuse"),
    path(f"{_MEETING}/items/<int:item>/table/", room.item_table, name="item-table"),
    path(f"{_MEETING}/items/<int:item>/pause/", room.item_pause, name="item-pause"),
    path(f"{_MEETING}/items/<int:item>/run/", room.item_run, name="item-run"),
    path(f"{_MEETING}/items/<int:item>/decide/", room.item_decide, name="item-decide"),
    path(f"{_MEETING}/priorities/declare/", meetings.priority_declare, name="priority-declare"),
    path(f"{_MEETING}/priorities/<int:priority>/end/", meetings.priority_end, name="priority-end"),
    path(f"{_MEETING}/start/", room.meeting_start, name="meeting-start"),
    path(f"{_MEETING}/next/", room.meeting_next, name="meeting-next"),
    path(f"{_MEETING}/close/", room.meeting_close, name="meeting-close"),
    path(f"{_MEETING}/resume/", room.meeting_resume, name="meeting-resume"),
    path(f"{_MEETING}/decisions/<int:decision>/second/", room.decision_second, name="decision-second"),
    path(f"{_MEETING}/decisions/<int:decision>/reopen/", room.decision_reopen, name="decision-reopen"),
    path(f"{_MEETING}/actions/add/", room.follow_up_add, name="follow-up-add"),
    path(f"{_MEETING}/actions/<int:follow_up>/done/", room.follow_up_done, name="follow-up-done"),
    path(f"{_MEETING}/minutes/", minutes.minutes, name="minutes"),
    path("decisions/<int:pk>/receipt/", minutes.receipt, name="receipt"),
]
