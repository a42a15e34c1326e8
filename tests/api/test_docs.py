"""The page that describes the contracts, and the documents it is about."""

import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.page import Browser, signed_in
from webapp.api.documents import document
from webapp.domain.tokens import Contract

FEWEST = {Contract.TRACKING: 11, Contract.OBJECTIVES: 11, Contract.PROFILES: 4, Contract.READING: 10}
"""So many operations there are at least."""
only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@only_sqlite
@pytest.mark.parametrize("address", ["/api/docs", "/api/docs/"])
def test_the_page_lists_every_operation_of_every_document(app: Flask, address: str) -> None:
    page = Browser(app).get(address, follow=False)
    assert page.status == 200
    for contract in Contract:
        paths = document(app, contract)["paths"]
        described = {f"{method.upper()} {path}" for path, item in paths.items() for method in item}
        section = next(one for one in page.all("section") if one.get("aria-labelledby") == contract)
        listed = [page.words(code) for heading in section.iter("h3") for code in heading.iter("code")]
        assert sorted(listed) == sorted(described)
        assert len(listed) >= FEWEST[contract]
        (place,) = [one for one in section.iter("div") if one.get("data-document")]
        assert place.get("data-document") == f"/api/docs/{contract}.json"
        assert [one for one in section.iter("a") if one.get("href") == f"/api/docs/{contract}.json"]


def test_anybody_may_read_it(app: Flask, session: Session) -> None:
    browser = signed_in(app, session, make.person(session))
    for who in (Browser(app), browser):
        assert who.get("/api/docs", follow=False).status == 200
        assert who.client.get("/api/docs/tracking.json").status_code == 200


@only_sqlite
def test_a_document_is_json_and_an_unknown_one_is_not_there(app: Flask) -> None:
    client = app.test_client()
    for contract in Contract:
        answer = client.get(f"/api/docs/{contract}.json")
        assert (answer.status_code, answer.mimetype) == (200, "application/json")
        assert answer.json == document(app, contract)
        assert answer.json["openapi"].startswith("3.1.")
    for path in (
        "/api/docs/none.json",
        "/api/docs/tracking",
        "/api/docs/tracking.json/x",
        "/api/docs/../tracking.json",
    ):
        assert client.get(path).status_code == 404, path
    assert client.post("/api/docs").status_code == 405


@only_sqlite
def test_the_viewer_is_started_by_files_of_our_own(app: Flask) -> None:
    page = Browser(app).get("/api/docs")
    loaded = [one.get("src", "") for one in page.all("script")] + [one.get("href", "") for one in page.all("link")]
    assert all(address.startswith("/static/") or address == "/manifest.webmanifest" for address in loaded)
    viewer = [address for address in loaded if re.search(r"swagger-ui@[\d.]+/", address)]
    assert [address.rpartition("/")[2] for address in viewer] == ["swagger-ui-bundle.js", "swagger-ui.css"]
    assert "swagger" not in Browser(app).get("/login").text
