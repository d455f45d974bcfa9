"""Every URL of the site. A cycle's pages begin with the cycle (`/2027/…`) and carry no name and no AAMC ID."""

from django.urls import include, path

from accounts import views as people
from config import views
from core.views import display
from matchweek.views import mailbox

urlpatterns = [
    path("", views.home, name="home"),
    path("health/", views.health, name="health"),
    path("mailbox/", mailbox, name="mailbox"),
    path("display/", display, name="display"),
    path("accounts/", include("allauth.urls")),
    path("welcome/<str:key>/", people.welcome, name="person-welcome"),
    path("<slug:cycle>/", views.cycle_home, name="cycle-home"),
    path("<slug:cycle>/people/", people.people, name="people"),
    path("<slug:cycle>/people/add/", people.person_add, name="person-add"),
    path("<slug:cycle>/people/<int:pk>/", people.person, name="person"),
    path("<slug:cycle>/people/<int:pk>/link/", people.sign_in_link, name="person-sign-in-link"),
    path("<slug:cycle>/people/<int:pk>/merge/", people.person_merge, name="person-merge"),
    path("<slug:cycle>/", include("matchweek.urls")),
    path("<slug:cycle>/", include("students.urls")),
    path("<slug:cycle>/", include("triage.urls")),
    path("<slug:cycle>/", include("reports.urls")),
]
