"""Commands about which platforms may launch us: add, list, approve, change, end, and their deployments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from shlex import quote

import click

from lms_scoring.cli.here import here
from lms_scoring.cli.output import table_text
from lms_scoring.domain.registration import Approval, Registration, elsewhere

_COLUMNS = ("Id", "State", "Issuer", "Client id", "Moodle", "Deployments")


@click.group()
def registration() -> None:
    """Registrations: which platforms may open the tool from their courses."""


@registration.command()
@click.option("--issuer", required=True, help="Platform ID, exactly as the platform sends it.")
@click.option("--client-id", required=True, help="What the platform calls the tool.")
@click.option("--auth-url", required=True, help="Authentication request URL.")
@click.option("--token-url", required=True, help="Access token URL.")
@click.option("--jwks-url", required=True, help="The platform's public keyset URL.")
@click.option("--deployment", "deployments", multiple=True, metavar="ID", help="May be given several times.")
@click.option("--platform", metavar="NAME", help="The Moodle of the settings whose people these are.")
@click.option("--token-audience", help="Where the platform names one that is not its access token URL.")
def add(
    issuer: str,
    client_id: str,
    auth_url: str,
    token_url: str,
    jwks_url: str,
    deployments: Sequence[str],
    platform: str | None,
    token_audience: str | None,
) -> None:
    """Registers a platform by hand; it may launch at once.

    Without --platform its people are those of the Moodle whose address is the issuer, if there is one.
    Deployments that are not given wait for approval after their first launch.
    """
    typed = Registration(
        issuer=issuer,
        client_id=client_id,
        auth_url=auth_url,
        token_url=token_url,
        jwks_url=jwks_url,
        token_audience=token_audience,
        platform=platform,
        deployments=dict.fromkeys(deployments, Approval.ACTIVE),
    )
    kept = here().lti.registrar().add(typed)
    click.echo(f"registration {kept.id}: active; {_joined(kept)}")


@registration.command("list")
def list_() -> None:
    """Lists the registrations, those that wait for approval first."""
    found = here().lti.registrar().all()
    if not found:
        click.echo(
            "no platform is registered; add one by `lms-scoring registration add`, or from the platform"
        )
        return
    click.echo(table_text(_COLUMNS, [_row(one) for one in found], numbers=_COLUMNS[:1]), nl=False)
    for one in found:
        for line in _waiting(one):
            click.echo(f"waiting: {line}")


@registration.command()
@click.argument("id_", metavar="ID", type=int)
@click.option("--platform", metavar="NAME", help="The Moodle of the settings whose people these are.")
def approve(id_: int, platform: str | None) -> None:
    """Lets registration ID launch; check first that its addresses are your platform's."""
    registrar = here().lti.registrar()
    changed = registrar.approve(id_, platform=platform or registrar.proposed(registrar.one(id_)))
    click.echo(f"registration {id_}: active; {_joined(changed)}")
    for line in _waiting(changed):
        click.echo(f"waiting: {line}")


@registration.command()
@click.argument("id_", metavar="ID", type=int)
@click.option("--auth-url", help="Authentication request URL.")
@click.option("--token-url", help="Access token URL.")
@click.option("--jwks-url", help="The platform's public keyset URL.")
@click.option("--token-audience", help='"" for none, as with most platforms.')
@click.option("--platform", metavar="NAME", help='The Moodle whose people these are; "" for none.')
def change(
    id_: int,
    auth_url: str | None,
    token_url: str | None,
    jwks_url: str | None,
    token_audience: str | None,
    platform: str | None,
) -> None:
    """Corrects what was typed of registration ID; what is not named stays.

    Issuer and client id say which registration it is: if one of these is wrong, disable it (or remove it)
    and add it anew. With another Moodle its people are others, so everybody it signed in is signed out.
    """
    typed = (auth_url, token_url, jwks_url, token_audience, platform)
    if all(one is None for one in typed):
        raise click.UsageError("nothing to change: name what is to be another, such as --auth-url")
    registrar = here().lti.registrar()
    kept = registrar.one(id_)
    changed = registrar.change(
        replace(
            kept,
            auth_url=kept.auth_url if auth_url is None else auth_url,
            token_url=kept.token_url if token_url is None else token_url,
            jwks_url=kept.jwks_url if jwks_url is None else jwks_url,
            token_audience=kept.token_audience if token_audience is None else token_audience or None,
            platform=kept.platform if platform is None else platform or None,
        )
    )
    click.echo(f"registration {id_}: {changed.standing.value}; {_joined(changed)}")


@registration.command()
@click.argument("id_", metavar="ID", type=int)
def remove(id_: int) -> None:
    """Removes registration ID, if it waits and nobody ever came by it; any other is disabled."""
    here().lti.registrar().remove(id_)
    click.echo(f"registration {id_}: removed")


@registration.command()
@click.argument("id_", metavar="ID", type=int)
def disable(id_: int) -> None:
    """Lets registration ID launch no more, and ends its sessions."""
    ended = here().lti.registrar().disable(id_)
    click.echo(f"registration {id_}: disabled; sessions ended: {ended}")


@click.group()
def deployment() -> None:
    """Deployments: the places of a platform that a registration is used from."""


@deployment.command("approve")
@click.argument("registration_id", metavar="REGISTRATION", type=int)
@click.argument("deployment_id", metavar="DEPLOYMENT")
def approve_deployment(registration_id: int, deployment_id: str) -> None:
    """Lets a DEPLOYMENT launch that a platform named in a launch."""
    here().lti.registrar().approve_deployment(registration_id, deployment_id)
    click.echo(f"registration {registration_id}: deployment {deployment_id} is active")


@deployment.command("disable")
@click.argument("registration_id", metavar="REGISTRATION", type=int)
@click.argument("deployment_id", metavar="DEPLOYMENT")
def disable_deployment(registration_id: int, deployment_id: str) -> None:
    """Lets a DEPLOYMENT launch no more, and ends its sessions."""
    ended = here().lti.registrar().disable_deployment(registration_id, deployment_id)
    click.echo(
        f"registration {registration_id}: deployment {deployment_id} is disabled; sessions ended: {ended}"
    )


def _waiting(one: Registration) -> Iterator[str]:
    """What is to be checked and approved."""
    if one.standing is Approval.PENDING:
        addresses = ", ".join((one.auth_url, one.token_url, one.jwks_url))
        yield f"registration {one.id}, if these are your platform's addresses: {addresses}{_elsewhere(one)}"
    for id_, standing in one.deployments.items():
        if standing is Approval.PENDING:
            named = f"{'-- ' if id_.startswith('-') else ''}{one.id} {quote(id_)}"
            how = f"`lms-scoring deployment approve {named}`"
            yield f"deployment {id_} of registration {one.id}; {how}"


def _elsewhere(one: Registration) -> str:
    """A warning of addresses that are not the issuer's own."""
    names = " and ".join(f"--{name.replace('_', '-')}" for name in elsewhere(one))
    told = "is usual of some platforms in the cloud only; its deployment is approved separately"
    return f" (of another host than the issuer: {names}, which {told})" if names else ""


def _joined(registration: Registration) -> str:
    if registration.platform is None:
        return "its people are those of no Moodle in the settings"
    return f"its people are those of {registration.platform}"


def _row(one: Registration) -> list[str]:
    deployments = ", ".join(f"{id_} ({standing.value})" for id_, standing in one.deployments.items())
    return [str(one.id), one.standing.value, one.issuer, one.client_id, one.platform or "", deployments]
