"""What makes the pages an app: the manifest, the worker's script, and the page for who is offline."""

import json
from collections.abc import Callable

from flask import Flask

from tests.page import Browser


def test_the_manifest_says_what_an_app_needs_and_its_icons_exist(sqlite_app: Flask) -> None:
    browser = Browser(sqlite_app)
    answer = browser.get("/manifest.webmanifest")
    assert answer.headers["Content-Type"] == "application/manifest+json"
    said = json.loads(answer.text)
    assert (said["name"], said["start_url"], said["scope"], said["display"]) == ("Aimline", "/", "/", "standalone")
    assert {(icon["sizes"], icon["purpose"]) for icon in said["icons"]} == {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    for icon in said["icons"]:
        found = sqlite_app.test_client().get(icon["src"])
        assert (found.status_code, found.mimetype) == (200, "image/png")
        width = int.from_bytes(found.data[16:20], "big")
        assert icon["sizes"] == f"{width}x{width}"


def test_the_workers_script_is_asked_for_anew_each_time_and_knows_the_icon(sqlite_app: Flask) -> None:
    answer = Browser(sqlite_app).get("/sw.js")
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "worker-src 'self'" in answer.headers["Content-Security-Policy"]
    asset: Callable[[str], str] = sqlite_app.jinja_env.globals["asset"]  # type: ignore[assignment]
    assert answer.text.startswith(f'const ICON = "{asset("img/icon-192.png")}";\n')


def test_the_page_for_offline_says_nothing_of_anybody(visit: Browser) -> None:
    page = visit.get("/offline")
    assert "You are offline" in page.words()
    assert "Ada" not in page.text
    assert not page.all("nav")


def test_every_page_names_the_manifest(sqlite_app: Flask) -> None:
    link = Browser(sqlite_app).get("/login").one("link", rel="manifest")
    assert link.get("href") == "/manifest.webmanifest"
