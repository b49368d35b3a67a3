"""PDFs of the school, and names that are to be printed."""

from __future__ import annotations

import io

from flask.testing import FlaskClient
from pypdf import PdfReader

from lms_scoring.domain.identity import KnownPerson
from tests.integration.web.school import School, home


def pdf_text(client: FlaskClient, address: str) -> str:
    """What can be selected in a PDF, without spaces and line ends, which are the layout's."""
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.data)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def rename(school: School, person: str, name: str) -> None:
    """The platform tells another name of somebody."""
    with school.store.writing() as transaction:
        transaction.keep_people([KnownPerson(id=person, name=name, accounts=(home(person),))])
