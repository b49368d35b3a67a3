"""Serving the pages until the process is told to stop."""

from __future__ import annotations

from collections.abc import Callable

import click
from waitress.server import create_server

from lms_scoring.bootstrap import Installation, in_background
from lms_scoring.web import create_app


def serve_pages(
    installation: Installation, *, host: str, port: int, meanwhile: Callable[[], None] | None = None
) -> None:
    """Blocks; courses that are adopted meanwhile appear without a restart.

    `meanwhile` is done beside it, once the pages can be asked.
    """
    app = create_app(
        store=installation.store,
        courses=installation.adopted,
        clock=installation.clock,
        public_url=installation.settings.public_url,
        language=installation.settings.language,
        launching=installation.launching(),
        fonts=installation.settings.fonts,
    )
    try:
        server = create_server(app, host=host, port=port, threads=8, ident=None)
    except ValueError as error:
        told = f"{host!r} is no address to serve at; 127.0.0.1 is this machine alone, 0.0.0.0 all its nets"
        raise click.ClickException(told) from error
    click.echo(f"Serving on http://{host}:{port}/ (Ctrl-C ends it)")
    if meanwhile is not None:
        in_background(meanwhile)  # the port listens already: what asks us now is answered in a moment
    server.run()
