"""URLs of asking for vouches, and of the personal links by which people answer."""

from django.urls import path

from students.views import asking, links

urlpatterns = [
    path("vouch-requests/", asking.vouch_requests, name="vouch-requests"),
    path("v/<str:token>/", links.link, name="link"),
    path("v/<str:token>/not-me/", links.link_not_me, name="link-not-me"),
    path("v/<str:token>/<int:student>/", links.link_vouch, name="link-vouch"),
    path("v/<str:token>/<int:student>/decline/", links.link_decline, name="link-decline"),
    path("v/<str:token>/<int:student>/concern/", links.link_concern, name="link-concern"),
    path("v/<str:token>/<int:student>/thanks/", links.link_thanks, name="link-thanks"),
]
