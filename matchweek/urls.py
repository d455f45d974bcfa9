"""URLs of the calendar and of outgoing mail."""

from django.urls import path

from matchweek import views

app_name = "matchweek"
urlpatterns = [
    path("calendar/", views.calendar, name="calendar"),
    path("calendar/<int:pk>/", views.milestone_change, name="milestone-change"),
    path("calendar/<int:pk>/confirm/", views.milestone_confirm, name="milestone-confirm"),
    path("calendar/<int:pk>/unconfirm/", views.milestone_unconfirm, name="milestone-unconfirm"),
    path("mail/", views.mail, name="mail"),
    path("mail/<int:pk>/settle/", views.mail_settle, name="mail-settle"),
]
