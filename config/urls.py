"""The admin, and a health check that tells a stranger nothing but healthy or not."""

from django.contrib import admin
from django.urls import path
from django.views.generic import RedirectView

from config.login import LoginForm
from seeding.health import health

admin.site.login_form = LoginForm

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("health", health, name="health"),
    path("admin/", admin.site.urls),
]
