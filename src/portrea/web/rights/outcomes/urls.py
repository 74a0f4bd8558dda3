"""Addresses. From a right detected to a right opened: the log of a territoire zéro non-recours."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
