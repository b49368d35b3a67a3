"""What an installation has to do with LTI platforms: they launch us, and we ask their services."""

from __future__ import annotations

from functools import partial

from adapters.lti.grades import CourseGradebook
from adapters.lti.key_sets import PlatformKeySets
from adapters.lti.registering import Registering
from adapters.lti.service import Service
from adapters.lti.tokens import AccessTokens
from lms_scoring.domain.launch import GradeService
from lms_scoring.files.settings import PlatformKind, Settings
from lms_scoring.key_ring import KeyRing
from lms_scoring.platform_clients import PlatformClients
from lms_scoring.ports import Clock, Gradebook, PlatformCourse, Store
from lms_scoring.services.access.registrations import Registrar
from lms_scoring.services.setting_up.set_up import SetUp
from lms_scoring.web.launch.launching import Launching


class LtiPlatforms:
    """Made once a process: its `service` keeps tokens and connections. `key_ring` are our own keys."""

    def __init__(
        self, store: Store, clock: Clock, settings: Settings, *, clients: PlatformClients, key_ring: KeyRing
    ) -> None:
        self.key_ring = key_ring
        self.service = _service(clients, key_ring, clock)
        self._store = store
        self._clock = clock
        self._settings = settings
        self._clients = clients

    def gradebook(self, place: PlatformCourse) -> Gradebook:
        """The gradebook of a platform's course, with what its latest launch granted.

        Raises UnknownRegistration.
        """
        with self._store.reading() as transaction:
            registration = transaction.registration(place.registration)
        granted = GradeService(
            scopes=place.scopes, line_items=place.line_items, line_item=place.own_line_item
        )
        return CourseGradebook(self.service, registration, granted, used=place.line_item)

    def registrar(self) -> Registrar:
        """Who may launch us, as an administrator decides."""
        return Registrar(
            store=self._store,
            clock=self._clock,
            platforms={
                one.name: one.url
                for one in self._settings.platforms.values()
                if one.kind is PlatformKind.MOODLE
            },
            private_hosts=self._settings.allowed_private_hosts,
        )

    def launching(self, set_up: SetUp) -> Launching:
        """What the pages need for launches, for registering platforms, and for setting up courses there."""
        return Launching(
            key_sets=PlatformKeySets(self._clients.connect, clock=self._clock),
            own_keys=self.key_ring.own_keys,
            registrar=self.registrar(),
            register=Registering(self._clients.connect, public_url=self._settings.public_url).register,
            set_up=set_up,
        )


def _service(clients: PlatformClients, key_ring: KeyRing, clock: Clock) -> Service:
    """What asks the services of platforms; nothing is asked yet."""
    connect = partial(clients.connect, takes_turns=True)
    return Service(connect, tokens=AccessTokens(connect, own_key=key_ring.current, clock=clock))
