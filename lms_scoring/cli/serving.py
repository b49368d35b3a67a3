"""Serving the pages until the process is told to stop."""

from __future__ import annotations

import errno
import os
import socket
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click
from flask import Flask
from waitress.server import create_server

from lms_scoring.bootstrap import Installation, installation
from lms_scoring.cli.stopping import leave
from lms_scoring.course_sources import ACTIVITY_KINDS
from lms_scoring.domain.errors import LmsScoringError
from lms_scoring.engines import engine_in, on_server
from lms_scoring.jobs.embedded import Embedded
from lms_scoring.logs import write_logs
from lms_scoring.memory import keep_for_good
from lms_scoring.web.application import create_app
from lms_scoring.web.one_view import OneView, OnTheWay


def serve_pages(
    served: Installation,
    *,
    host: str,
    port: int,
    scheduler: bool = True,
    meanwhile: Callable[[], None] | None = None,
) -> None:
    """Blocks; courses that are adopted meanwhile appear without a restart.

    `scheduler`: the jobs run in this process, unless they do in another. `meanwhile` is done beside it, once
    the pages can be asked.
    """
    engine = _engine(served, scheduler=scheduler)
    app = pages_of(served, jobs_here=None if engine is None else lambda: engine.schedules)
    server = create_server(
        app,
        sockets=_listening(host, port),
        threads=8,
        ident=None,
        max_request_body_size=app.config[
            "MAX_CONTENT_LENGTH"
        ],  # else it keeps a gigabyte before we are asked
    )
    click.echo(f"Serving on http://{host}:{port}/ (Ctrl-C ends it)")
    if meanwhile is not None:
        in_background(meanwhile)  # the port listens already: what asks us now is answered in a moment
    if engine is not None:
        click.echo(_HERE if engine.start() else _ELSEWHERE)
    else:
        click.echo(_BY_WORKERS if scheduler else _NOT_HERE)
    keep_for_good()
    server.run()
    if engine is not None and not engine.stop():
        leave()


def pages_of(of: Installation, *, jobs_here: Callable[[], bool] | None = None) -> Flask:
    """The pages of an installation; `jobs_here` tells whether the jobs run in this process."""
    view = OneView(of.store)
    return create_app(
        store=view,
        courses=partial(of.adopted, OnTheWay(view)),
        clock=of.clock,
        public_url=of.settings.public_url,
        language=of.settings.language,
        launching=of.launching(),
        fonts=of.settings.fonts,
        shelf=of.scheme_shelf(),
        sources=of.sources,
        activity_kinds=ACTIVITY_KINDS,
        jobs_here=jobs_here,
        metrics_token=of.settings.metrics_token,
    )


def pages() -> Flask:
    """The pages alone, for a WSGI server of one's own: `gunicorn "lms_scoring.cli.serving:pages()"`.

    What keeps them from being served is said in one line, as by a command.
    """
    try:
        found = installation(os.environ, working_folder=Path.cwd())
        write_logs(as_json=found.settings.log == "json")
        app = pages_alone(found)
    except LmsScoringError as error:
        click.echo(f"lms-scoring: {error}", err=True)
        sys.exit(_NOT_BOOTED)
    keep_for_good()
    return app


def pages_alone(of: Installation) -> Flask:
    """The pages of a process that runs no jobs."""
    _engine(of, scheduler=False)
    return pages_of(of)


def _engine(of: Installation, *, scheduler: bool) -> Embedded | None:
    """What runs the jobs here. Where workers do, they hear at once of what is asked for on pages."""
    return engine_in(of) if scheduler or on_server(of) else None


_NOT_BOOTED = 3
"""The exit status of a worker at which gunicorn ends, for its supervisor; at others it would try for ever."""
_HERE = "Courses are synced by their schedules in this process"
_BY_WORKERS = "This process serves pages; courses are synced by `lms-scoring worker`, one or more of them"
_NOT_HERE = "This process serves pages only; courses are synced by another, or by hand"
_ELSEWHERE = (
    "Another process of this database syncs the courses; this one serves pages only, and takes over once "
    "that one is gone"
)


def in_background(job: Callable[[], None]) -> None:
    """Sets a job going; it ends with the process."""
    threading.Thread(target=job, daemon=True).start()


def check_port(host: str, port: int) -> None:
    """Before work that would be for nothing. Raises ClickException where the pages cannot be served there."""
    for one in _listening(host, port):
        one.close()


def _listening(host: str, port: int) -> list[socket.socket]:
    """Sockets at every address that the host has. Raises ClickException where one cannot be had."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        told = f"{host!r} is no address to serve at; 127.0.0.1 is this machine alone, 0.0.0.0 all its nets"
        raise click.ClickException(told) from error
    opened: list[socket.socket] = []
    try:
        for family, _, _, _, address in found:
            opened.append(socket.create_server((str(address[0]), port), family=family))
    except OSError as error:
        for one in opened:
            one.close()
        other = "--host" if error.errno == errno.EADDRNOTAVAIL else "--port"
        told = f"http://{host}:{port}/ cannot be served: {error.strerror}; try another {other}"
        raise click.ClickException(told) from error
    return opened
