"""URLs of the board, the dossiers and the meetings."""

from triage.urls import board

app_name = "triage"
urlpatterns = [*board.urlpatterns]
