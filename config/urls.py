"""The admin, and a health check that tells a stranger nothing but healthy or not."""

from django.contrib import admin
from django.urls import path
from django.views.generic import RedirectView

from config.login import LoginForm
from seeding.health import health

admin.site.login_form = LoginForm
admin.site.site_header = admin.site.site_title = "Seeded shop"
admin.site.index_title = "What is in this database"
admin.site.site_url = None  # there is no other site than this one to view

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("health", health, name="health"),
    path("admin/", admin.site.urls),
]
