"""The recorded course as the benchmarks need it: pages of statements as an LRS answers, and its people."""

from __future__ import annotations

from lms_scoring.demonstration.lrs_model import LrsModel
from lms_scoring.demonstration.moodle_loading import load_model
from lms_scoring.demonstration.moodle_model import Person
from lms_scoring.demonstration.recordings import RECORDED_BASE_URL, recorded_calls, recorded_statements
from lms_scoring.domain.identity import KnownPerson, account, mbox, sha1_of

PAGE_SIZE = 1_000


def pages() -> list[bytes]:
    """All statements, the latest stored first, a thousand a page, with `stored` and the link to the next."""
    model = LrsModel(recorded_statements(RECORDED_BASE_URL))
    told = [model.told(place) for place in reversed(range(len(model))) if not model.is_voided(place)]
    return [
        b'{"statements":[%b],"more":"/xapi/statements?cursor=%d"}'
        % (b",".join(told[at : at + PAGE_SIZE]), at)
        for at in range(0, len(told), PAGE_SIZE)
    ]


def people() -> list[KnownPerson]:
    """Everybody the recorded Moodle knows, with the accounts that statements name them by."""
    model = load_model(recorded_calls(RECORDED_BASE_URL), RECORDED_BASE_URL)
    return [_known(person) for person in model.people.values()]


def _known(person: Person) -> KnownPerson:
    row = person.enrolled or person.gradable or person.participant or {}
    accounts = [account(RECORDED_BASE_URL, str(person.id))]
    if "username" in row:
        accounts.append(account(RECORDED_BASE_URL, row["username"]))
    if "email" in row:
        accounts += [mbox(row["email"]), sha1_of(row["email"])]
    return KnownPerson(id=f"moodle-{person.id}", name=f"person {person.id}", accounts=tuple(accounts))
