"""URLs of the board, the dossiers, the meetings and the policy."""

from triage.urls import board, meeting, policies

app_name = "triage"
urlpatterns = [*board.urlpatterns, *meeting.urlpatterns, *policies.urlpatterns]
