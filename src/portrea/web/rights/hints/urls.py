"""Addresses. What one person may claim: questions, answers, paper to carry away."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
