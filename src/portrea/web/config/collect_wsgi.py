"""Door for « portrea collect »: the same site, which reads nothing beforehand.

Processor and memory of the laptop are left to the phones of the room.
"""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portrea.web.config.settings.collect")

application = get_wsgi_application()
