"""The framework’s own ceiling: a bare Django site whose only page lists 25 rows of a database.

The settings are those « django-admin startproject » writes, with its middleware; the rows are read
from SQLite by the ORM and rendered by a template of some 6 kB.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

ROWS = 25
TEMPLATE = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>Liste</title></head><body>
<h1>{{ rows|length }} lieux</h1>
<ul>{% for row in rows %}<li><h2><a href="/lieux/{{ row.id }}/">{{ row.name }}</a></h2>
<p>{{ row.address }}</p><p><a href="tel:{{ row.phone }}">{{ row.phone }}</a></p>
<p>{{ row.hours }}</p><p>{{ row.minutes|floatformat:1 }} min</p></li>
{% endfor %}</ul></body></html>"""


@cache
def site() -> Any:
    """Return the site, made once by process."""
    return _made()


def serve(environ: dict[str, Any], start_response: Any) -> Any:
    """Answer as Django does."""
    return site()(environ, start_response)


def _made() -> Any:
    import django
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.db import connection, models
    from django.shortcuts import render
    from django.urls import path

    settings.configure(
        SECRET_KEY="x" * 50,
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": Path(os.environ["BARE_HOME"]) / "nu.sqlite3",
            }
        },
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes",
                        "django.contrib.sessions", "django.contrib.messages"],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        TEMPLATES=[{
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": [("django.template.loaders.cached.Loader", [
                    ("django.template.loaders.locmem.Loader", {"liste.html": TEMPLATE})])],
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ],
            },
        }],
    )  # fmt: skip
    django.setup()

    class Row(models.Model):
        name = models.CharField(max_length=200)
        address = models.CharField(max_length=200)
        phone = models.CharField(max_length=20)
        hours = models.CharField(max_length=200)
        minutes = models.FloatField()

        class Meta:
            app_label = "bare"

        def __str__(self) -> str:
            return self.name

    if Row._meta.db_table not in connection.introspection.table_names():
        with connection.schema_editor() as editor:
            editor.create_model(Row)
        Row.objects.bulk_create(
            Row(
                name=f"France services de la ville {rank}",
                address=f"{rank} rue de la Mairie, 35000 Ville",
                phone=f"+332990900{rank:02d}",
                hours="Aujourd’hui : 9 h – 12 h, 14 h – 17 h 30",
                minutes=rank * 1.3,
            )
            for rank in range(ROWS * 40)
        )

    def listed(request: HttpRequest) -> HttpResponse:
        first = int(request.GET.get("page", "0")) * ROWS
        return render(request, "liste.html", {"rows": Row.objects.all()[first : first + ROWS]})

    globals()["urlpatterns"] = [path("", listed)]
    return get_wsgi_application()
