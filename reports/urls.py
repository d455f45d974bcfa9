"""URLs of the trail."""

from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("trail/", views.trail, name="trail"),
    path("trail/export/", views.trail_export, name="trail-export"),
]
