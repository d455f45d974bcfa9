"""URLs of the board and of a student's page."""

from django.urls import path

from triage.views import board, dossier

urlpatterns = [
    path("board/", board.board, name="board"),
    path("students/<int:pk>/", dossier.dossier, name="dossier"),
    path("students/<int:pk>/previous/", dossier.dossier_beside, {"step": "previous"}, name="dossier-previous"),
    path("students/<int:pk>/next/", dossier.dossier_beside, {"step": "next"}, name="dossier-next"),
]
