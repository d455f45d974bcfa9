"""URLs of everything about one student, of the lists, and of the student's own page."""

from django.urls import path

from students.views import asking, concerns, conflicts, evidence, own_page, roster, students, vouches

_PIECE = "students/<int:student>/evidence/<str:kind>/<int:evidence>"

urlpatterns = [
    path("class/", roster.roster, name="roster"),
    path("class/add/", students.student_add, name="student-add"),
    path("my-students/", roster.my_students, name="my-students"),
    path("my-page/", own_page.own_page, name="own-page"),
    path("my-page/concerns/<int:pk>/", concerns.concern_answer, name="concern-answer"),
    path("vouches/", vouches.to_vouch, name="to-vouch"),
    path("vouches/<int:student>/", vouches.vouch_give, name="vouch-give"),
    path("vouches/<int:student>/<int:pk>/", vouches.vouch_change, name="vouch-change"),
    path("vouches/<int:student>/decline/", vouches.vouch_decline, name="vouch-decline"),
    path("vouches/<int:student>/concern/", concerns.concern_report, name="concern-report"),
    path("students/<int:student>/change/", students.student_change, name="student-change"),
    path("students/<int:student>/history/", students.student_history, name="student-history"),
    path("students/<int:student>/ask/", asking.vouch_request, name="vouch-request"),
    path("students/<int:student>/conflict/", conflicts.conflict_declare, name="conflict-declare"),
    path("students/<int:student>/add/<str:kind>/", evidence.evidence_add, name="evidence-add"),
    path(f"{_PIECE}/history/", evidence.evidence_history, name="evidence-history"),
    path(f"{_PIECE}/change/", evidence.evidence_change, name="evidence-change"),
    path(f"{_PIECE}/withdraw/", evidence.evidence_withdraw, name="evidence-withdraw"),
    path(f"{_PIECE}/restore/", evidence.evidence_restore, name="evidence-restore"),
    path("students/<int:student>/concerns/<int:pk>/settle/", concerns.concern_settle, name="concern-settle"),
    path("students/<int:student>/conflicts/<int:pk>/lift/", conflicts.conflict_lift, name="conflict-lift"),
    path("students/<int:student>/requests/<int:pk>/answer/", vouches.request_answer, name="request-answer"),
]
