"""Door for WSGI servers: ``granian --interface wsgi portrea.web.config.wsgi:application``."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portrea.web.config.settings.prod")

site = get_wsgi_application()

from portrea.steering.batch_work import end_with_parent  # noqa: E402 - after Django is ready
from portrea.web.config.few_threads import FewThreads  # noqa: E402 - the same
from portrea.web.config.warming import keep_warm  # noqa: E402 - the same
from portrea.web.rights.hints import computing  # noqa: E402 - the same

application = FewThreads(site)
end_with_parent()
keep_warm()
computing.serve()
