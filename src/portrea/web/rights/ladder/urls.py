"""Addresses. How far a territory goes at the source: information, proposal, attribution."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
