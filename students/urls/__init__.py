"""URLs of the evidence: imports, everything about one student, and asking for vouches."""

from students.urls import asking, dossiers, imports

app_name = "students"
urlpatterns = [*imports.urlpatterns, *dossiers.urlpatterns, *asking.urlpatterns]
