"""Addresses. Aids of communes and départements, told as dated data."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
