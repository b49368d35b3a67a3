"""The pages' common form: one plain sheet in Chinese, forms that submit themselves, error pages."""

from collections.abc import Mapping
from html import escape
from importlib.resources import files

from lms_scoring.demonstration.wire import Answer

HTML = "text/html; charset=utf-8"
SUBMIT = "<script>document.forms[0].submit();</script>"


def page(title: str, body: str, *, status: int = 200, cookie: str | None = None) -> Answer:
    """A whole page; ``body`` is markup already."""
    headers = {"Cache-Control": "no-store", "X-Frame-Options": "sameorigin"}
    return html_answer(
        '<!DOCTYPE html>\n<html lang="zh"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_style()}</style></head>"
        f"<body>{body}</body></html>\n",
        status=status,
        headers=headers | ({"Set-Cookie": cookie} if cookie else {}),
    )


def html_answer(text: str, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """Markup as it is."""
    return Answer(status, {"Content-Type": HTML, **(headers or {})}, text.encode())


def self_submitting(action: str, fields: Mapping[str, str], *, name: str) -> Answer:
    """A form that the browser posts at once; without scripts nothing happens, as with Moodle."""
    inputs = "".join(
        f'  <input type="hidden" name="{escape(key)}" value="{escape(value)}"/>\n'
        for key, value in fields.items()
    )
    return html_answer(
        f'<form action="{escape(action)}" name="{name}" id="{name}" method="post"'
        f' enctype="application/x-www-form-urlencoded">\n{inputs}</form>\n{SUBMIT}\n',
        headers={"Cache-Control": "no-store, no-cache, must-revalidate"},
    )


def posted_again(address: str, fields: Mapping[str, str]) -> Answer:
    """The page that repeats a request from the platform's own site, where its cookie is sent along."""
    answer = self_submitting(address, {**fields, "repost": "1"}, name="repost")
    return Answer(answer.status, {**answer.headers, "X-Frame-Options": "sameorigin"}, answer.body)


def error_page(message: str = "Invalid request", *, status: int = 404) -> Answer:
    """Moodle's errors of LTI are pages, never JSON, and say little."""
    return page(
        "Error | lab", f'<main class="sheet"><h1>出错了</h1><p>{escape(message)}</p></main>', status=status
    )


def redirect(address: str, *, status: int = 303, cookie: str | None = None) -> Answer:
    """On to another address."""
    headers = {"Location": address, "Content-Type": HTML, "Cache-Control": "no-store"}
    return Answer(status, headers | ({"Set-Cookie": cookie} if cookie else {}))


def _style() -> str:
    return files(__package__).joinpath("style.css").read_text(encoding="utf-8")
