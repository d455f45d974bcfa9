"""URLs of the board, the dossiers and the meetings."""

from triage.urls import board, meeting

app_name = "triage"
urlpatterns = [*board.urlpatterns, *meeting.urlpatterns]
