"""Address that every reminder carries."""

from __future__ import annotations

from django.urls import path

from portrea.web.action.reminders import views

urlpatterns = [path("rappel/<slug:series>/", views.reminder_stop, name="reminder-stop")]
