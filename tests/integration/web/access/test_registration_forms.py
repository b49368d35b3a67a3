"""What the forms of the page of registrations do, and what they refuse."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from lms_scoring.domain.registration import Approval
from tests.integration.web.registering import (
    HOSTILE,
    PAGE,
    TYPED,
    WAITING,
    Office,
    launched_administrator,
    token_of,
)
from tests.integration.web.school import COURSE


def test_a_platform_is_added_by_hand(office: Office) -> None:
    typed = {
        **TYPED,
        "issuer": f"  {TYPED['issuer']} ",
        "deployment": "1\r\n\r\n 2 \r\n",
        "token_audience": "https://aud.example",
    }
    status, page = office.sent(office.administrator(), **typed)
    assert status == 303
    assert "abc" in page.text
    (kept,) = office.registrar.all()
    assert (kept.issuer, kept.client_id, kept.standing) == (TYPED["issuer"], "abc", Approval.ACTIVE)
    assert kept.deployments == {"1": Approval.ACTIVE, "2": Approval.ACTIVE}
    assert (kept.token_audience, kept.platform) == ("https://aud.example", "moodle")


def test_every_mistake_stands_beside_its_field_and_what_was_typed_stays(office: Office) -> None:
    wrong = {
        "issuer": "http://moodle.example.edu",
        "client_id": "",
        "auth_url": f"https://x.example/{HOSTILE}",
        "token_url": "https://moodle.example.edu:99/token",
        "jwks_url": "https://a.example/" + "a" * 2_000,
        "deployment": "1\n" + "x" * 256,
        "token_audience": "a\u202eb",
        "platform": "moo",
    }
    status, page = office.sent(office.administrator(), **wrong)
    assert status == 400
    said = {e.attributes["id"].removesuffix("-wrong"): e.text for e in page.all("span", "wrong")}
    assert set(said) == set(wrong)
    assert said["client_id"] == "请填写"
    elements = [e for tag in ("input", "textarea", "select") for e in page.all(tag)]
    fields = {e.attributes["id"]: e for e in elements if "id" in e.attributes}
    assert set(fields) == set(wrong)
    for name, element in fields.items():
        assert element.attributes["aria-invalid"] == "true"
        assert f"{name}-wrong" in element.attributes["aria-describedby"].split()
    assert fields["auth_url"].attributes["value"] == wrong["auth_url"]
    (alert,) = (e.text for e in page.all("p", "wrong"))
    assert "8" in alert
    assert office.registrar.all() == []


def test_a_field_that_is_right_has_no_mistake_beside_it(office: Office) -> None:
    _, page = office.sent(office.administrator(), **{**TYPED, "issuer": ""})
    assert [e.attributes["id"] for e in page.all("span", "wrong")] == ["issuer-wrong"]


def test_a_host_of_ones_own_network_may_use_http(office: Office) -> None:
    ours, theirs = "https://moodle.example.edu", "http://moodle.lan"
    lan = {name: value.replace(ours, theirs) for name, value in TYPED.items()}
    assert office.sent(office.administrator(), **lan)[0] == 303


def test_the_same_client_twice_is_a_mistake_of_that_field(office: Office) -> None:
    client = office.administrator()
    assert office.sent(client, **TYPED)[0] == 303
    status, page = office.sent(client, **TYPED)
    assert status == 400
    assert [e.attributes["id"] for e in page.all("span", "wrong")] == ["client_id-wrong"]
    (way,) = (e for e in page.all("a") if "更改第 1 号登记" in e.text)
    assert way.attributes["href"] == f"{PAGE}/1/change"
    assert client.get(way.attributes["href"]).status_code == 200
    assert office.sent(client, **{**TYPED, "client_id": "second"})[0] == 303


CHANGED = {
    "auth_url": "https://moodle.example.edu/a",
    "token_url": "https://moodle.example.edu/t",
    "jwks_url": "https://moodle.example.edu/j",
    "token_audience": "https://aud.example",
    "platform": "other",
}


def test_what_was_mistyped_is_changed_and_the_rest_stays(office: Office) -> None:
    kept = office.registrar.add(WAITING)
    client = office.administrator()
    page = office.page(client, f"{PAGE}/{kept.id}/change")
    fields = {
        e.attributes["id"]: e for tag in ("input", "select") for e in page.all(tag) if "id" in e.attributes
    }
    assert set(fields) == set(CHANGED)
    assert fields["auth_url"].attributes["value"] == WAITING.auth_url
    assert [e.text for e in page.all("option") if "selected" in e.attributes] == ["moodle"]
    assert office.sent(client, f"/{kept.id}/change", issuer="x", client_id="y", **CHANGED)[0] == 303
    assert office.registrar.all() == [replace(kept, **CHANGED)]  # type: ignore[arg-type] # texts all
    assert (
        office.sent(client, f"/{kept.id}/change", **{**CHANGED, "platform": "", "token_audience": ""})[0]
        == 303
    )
    now = office.registrar.one(kept.id)
    assert (now.platform, now.token_audience) == (None, None)


def test_every_mistake_of_a_change_stands_beside_its_field_and_what_was_typed_stays(office: Office) -> None:
    kept = office.registrar.add(WAITING)
    wrong = {
        "auth_url": f"https://x.example/{HOSTILE}",
        "token_url": "",
        "jwks_url": "http://moodle.example.edu/certs",
        "token_audience": "a\u202eb",
        "platform": "moo",
    }
    status, page = office.sent(office.administrator(), f"/{kept.id}/change", **wrong)
    assert status == 400
    assert {e.attributes["id"].removesuffix("-wrong") for e in page.all("span", "wrong")} == set(wrong)
    values = {e.attributes.get("id"): e.attributes.get("value") for e in page.all("input")}
    assert {name: values[name] for name in wrong if name != "platform"} == {
        name: value for name, value in wrong.items() if name != "platform"
    }
    (alert,) = (e.text for e in page.all("p", "wrong"))
    assert "5" in alert
    assert "尚未保存" in alert
    assert office.registrar.all() == [kept]


def test_a_moodle_that_the_settings_no_longer_name_is_told(office: Office) -> None:
    kept = office.registrar.add(WAITING)
    with office.store.writing() as transaction:
        transaction.keep_registration(replace(kept, platform="former"), at=1)
    assert "对应的 Moodle“former”已不在设置中" in office.page(office.administrator(), f"{PAGE}/1/change").text


def test_only_what_waits_is_removed(office: Office) -> None:
    client = office.administrator()
    kept = office.registrar.add_pending(WAITING)
    assert "删除第 1 号登记" in office.page(client, PAGE).text
    token = token_of(client)
    assert client.post(f"{PAGE}/{kept.id}/remove", data={"token": token}).status_code == 303
    assert office.registrar.all() == []
    kept = office.registrar.add(WAITING)
    assert "删除第" not in office.page(client, PAGE).text
    assert client.post(f"{PAGE}/{kept.id}/remove", data={"token": token}).status_code == 409
    assert office.registrar.all() == [kept]


def test_ending_a_registration_asks_once_more_and_says_what_happens(office: Office) -> None:
    office.registrar.add_pending(WAITING)
    source = office.administrator().get(PAGE).text
    asked = re.findall(r'<details class="ending">.*?</details>', source, re.DOTALL)
    assert [re.findall("<summary>(.*?)…", one) for one in asked] == [["停用"], ["删除"]]
    for one, act, text in zip(asked, ("disable", "remove"), ("立即退出", "不能恢复"), strict=True):
        assert text in one
        assert f'action="{PAGE}/1/{act}"' in one
        assert source.count(f'action="{PAGE}/1/{act}"') == 1, "no other button does it"


def test_a_registration_is_approved_with_its_moodle_and_disabled_again(office: Office) -> None:
    kept = office.registrar.add_pending(WAITING)
    client = office.administrator()
    assert office.sent(client, f"/{kept.id}/approve", platform="other")[0] == 303
    now = office.registrar.one(kept.id)
    assert (now.standing, now.platform) == (Approval.ACTIVE, "other")
    assert office.sent(client, f"/{kept.id}/approve", platform="")[0] == 303
    assert office.registrar.one(kept.id).platform is None
    assert office.sent(client, f"/{kept.id}/disable")[0] == 303
    assert office.registrar.one(kept.id).standing is Approval.DISABLED


def test_disabling_ends_the_sessions_it_began(office: Office) -> None:
    visitor = launched_administrator(office)
    assert visitor.get(f"/courses/{COURSE}/start").status_code != 401
    office.sent(office.administrator(), "/1/disable")
    assert visitor.get(f"/courses/{COURSE}/start").status_code == 401


def test_a_deployment_is_approved_whatever_it_is_called(office: Office) -> None:
    kept = office.registrar.add(WAITING)
    with office.store.writing() as transaction:
        transaction.meet_deployment(kept.id, f"7/{HOSTILE}", at=1)
    client = office.administrator()
    hidden = [
        e.attributes["value"]
        for e in office.page(client, PAGE).all("input")
        if e.attributes.get("name") == "deployment"
    ]
    assert hidden == [f"7/{HOSTILE}"]
    assert office.sent(client, f"/{kept.id}/deployment", deployment=hidden[0])[0] == 303
    assert office.registrar.one(kept.id).deployments == {f"7/{HOSTILE}": Approval.ACTIVE}


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/9/approve", {}, 404),
        ("/9/disable", {}, 404),
        ("/9/change", {}, 404),
        ("/9/remove", {}, 404),
        ("/9/deployment", {"deployment": "1"}, 404),
        ("/1/deployment", {"deployment": "never met"}, 404),
        ("/1/deployment", {}, 404),
        ("/1/approve", {"platform": "moo"}, 400),
    ],
)
def test_what_is_not_there_is_refused(office: Office, path: str, fields: dict[str, str], status: int) -> None:
    kept = office.registrar.add_pending(WAITING)
    assert office.sent(office.administrator(), path, **fields)[0] == status
    assert office.registrar.one(kept.id) == kept
