"""Serving the pages until the process is told to stop."""

from __future__ import annotations

import waitress

from lms_scoring.bootstrap import Installation
from lms_scoring.web import create_app


def serve_pages(installation: Installation, *, host: str, port: int) -> None:
    """Blocks; courses that are adopted meanwhile appear without a restart."""
    app = create_app(
        store=installation.store,
        courses=installation.adopted,
        clock=installation.clock,
        public_url=installation.settings.public_url,
        language=installation.settings.language,
    )
    waitress.serve(app, host=host, port=port, threads=8, ident=None, _quiet=True)
