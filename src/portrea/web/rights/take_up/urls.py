"""Addresses. How much is not claimed where."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
