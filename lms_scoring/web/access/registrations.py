"""The page of registrations: which platforms may launch us, for administrators of the whole installation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms_scoring.domain.addresses import Origin, origin_of
from lms_scoring.domain.registration import Approval, Registration, elsewhere
from lms_scoring.lti.login import launch_address
from lms_scoring.lti.tool import CUSTOM
from lms_scoring.ports import Store
from lms_scoring.services.access.registrable import Fault, NotRegistrable
from lms_scoring.services.access.registrations import Registrar
from lms_scoring.web.access.administration import close_to_others
from lms_scoring.web.answers import status_of

FIELDS = (
    "issuer",
    "client_id",
    "auth_url",
    "token_url",
    "jwks_url",
    "deployment",
    "token_audience",
    "platform",
)
"""Of the form, in its order."""
CHANGEABLE = ("auth_url", "token_url", "jwks_url", "token_audience", "platform")
"""Those that may be corrected: the others say which registration it is, or have a form of their own."""
LOOKS = {Approval.PENDING: "pending", Approval.ACTIVE: "pass", Approval.DISABLED: "fail"}
"""Icon and colour of a standing."""
_SECURE_PORT = 443


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What was typed, and what is wrong with it, by field."""

    typed: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, Fault] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """Our own addresses, as they are typed into a platform."""

    root: str

    @property
    def addresses(self) -> dict[str, str]:
        """By what they are for."""
        return {
            "register": f"{self.root}/lti/register",
            "launch": launch_address(self.root),
            "login": f"{self.root}/lti/login",
            "jwks": f"{self.root}/lti/jwks",
        }

    @property
    def host(self) -> str:
        """Which a Moodle must not block."""
        return "" if self._origin is None else self._origin.host

    @property
    def port(self) -> int:
        """Which a Moodle must allow."""
        return _SECURE_PORT if self._origin is None else self._origin.port

    @property
    def secure(self) -> bool:
        """Whether browsers keep our cookies in a platform's frame."""
        return self._origin is not None and self._origin.scheme == "https"

    @property
    def _origin(self) -> Origin | None:
        return origin_of(self.root)


def blueprint(registrar: Registrar, *, store: Store, public_url: str) -> Blueprint:
    """`/administration/registrations` and what is done there."""
    pages = Blueprint("registrations", __name__, url_prefix="/administration/registrations")
    ours = Ours(root=public_url.rstrip("/"))

    close_to_others(pages, store)

    @pages.get("")
    def page() -> str:
        return _page(registrar, ours, Form())

    @pages.post("")
    def add() -> Response | tuple[str, int]:
        typed = _typed(FIELDS)
        try:
            kept = registrar.add(_registration(typed))
        except NotRegistrable as error:
            return _page(registrar, ours, _with_faults(typed, error)), status_of(error)
        return _to(kept.id)

    @pages.get("/<int:registration>/change")
    def offer_change(registration: int) -> str:
        kept = registrar.one(registration)
        typed = {name: getattr(kept, name) or "" for name in CHANGEABLE}
        return _change_page(registrar, kept, Form(typed=typed))

    @pages.post("/<int:registration>/change")
    def change(registration: int) -> Response | tuple[str, int]:
        kept, typed = registrar.one(registration), _typed(CHANGEABLE)
        try:
            registrar.change(_changed(kept, typed))
        except NotRegistrable as error:
            return _change_page(registrar, kept, _with_faults(typed, error)), status_of(error)
        return _to(registration)

    @pages.post("/<int:registration>/remove")
    def remove(registration: int) -> Response:
        registrar.remove(registration)
        return redirect(url_for("registrations.page", _anchor="registered"), code=303)

    @pages.post("/<int:registration>/approve")
    def approve(registration: int) -> Response:
        registrar.approve(registration, platform=request.form.get("platform") or None)
        return _to(registration)

    @pages.post("/<int:registration>/disable")
    def disable(registration: int) -> Response:
        registrar.disable(registration)
        return _to(registration)

    @pages.post("/<int:registration>/deployment")
    def deployment(registration: int) -> Response:
        registrar.approve_deployment(registration, request.form.get("deployment", ""))
        return _to(registration)

    return pages


def _registration(typed: Mapping[str, str]) -> Registration:
    """As typed; of deployments there may be several, one a line."""
    deployments = [line.strip() for line in typed["deployment"].splitlines() if line.strip()]
    return Registration(
        issuer=typed["issuer"],
        client_id=typed["client_id"],
        auth_url=typed["auth_url"],
        token_url=typed["token_url"],
        jwks_url=typed["jwks_url"],
        token_audience=typed["token_audience"] or None,
        platform=typed["platform"] or None,
        deployments=dict.fromkeys(deployments, Approval.ACTIVE),
    )


def _changed(kept: Registration, typed: Mapping[str, str]) -> Registration:
    return replace(
        kept,
        auth_url=typed["auth_url"],
        token_url=typed["token_url"],
        jwks_url=typed["jwks_url"],
        token_audience=typed["token_audience"] or None,
        platform=typed["platform"] or None,
    )


def _typed(names: Sequence[str]) -> dict[str, str]:
    return {name: request.form.get(name, "").strip() for name in names}


def _with_faults(typed: Mapping[str, str], error: NotRegistrable) -> Form:
    """Of several faults of one field the first."""
    return Form(typed=typed, faults={fault.field: fault for fault in reversed(error.faults)})


def _change_page(registrar: Registrar, kept: Registration, form: Form) -> str:
    return render_template(
        "registration_change.html",
        registration=kept,
        joinable=sorted(registrar.platforms),
        gone=None if kept.platform in registrar.platforms else kept.platform,
        form=form,
        names=CHANGEABLE,
    )


def _page(registrar: Registrar, ours: Ours, form: Form) -> str:
    found = registrar.all()
    return render_template(
        "registrations.html",
        registrations=found,
        proposed={one.id: registrar.proposed(one) for one in found},
        elsewhere={one.id: elsewhere(one) if _waits(one) else () for one in found},
        joinable=sorted(registrar.platforms),
        ours=ours,
        form=form,
        names=FIELDS,
        looks=LOOKS,
        custom=CUSTOM,
    )


def _waits(registration: Registration) -> bool:
    """Whether it, or a deployment of it, is to be looked at and approved."""
    return Approval.PENDING in (registration.standing, *registration.deployments.values())


def _to(registration: int) -> Response:
    address = url_for("registrations.page", _anchor=f"registration-{registration}")
    return redirect(address, code=303)
