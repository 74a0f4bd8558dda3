"""The look of the site: page frame, components, template tags, editorial pages."""

from __future__ import annotations

from django.apps import AppConfig


class DesignConfig(AppConfig):
    """Templates and static files every other app relies on."""

    name = "portrea.web.design"
    label = "design"
