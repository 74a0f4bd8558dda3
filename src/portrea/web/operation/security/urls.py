"""Address of ``security.txt`` (RFC 9116)."""

from __future__ import annotations

from django.urls import path

from portrea.web.operation.security import views

urlpatterns = [path(".well-known/security.txt", views.security_txt, name="security-txt")]
