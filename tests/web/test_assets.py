"""Static files: addresses by content, compression, caching, and vendored files as their makers published them."""

import gzip
import re
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.web.assets import ICONS, LAYERS, STYLES, Assets

STATIC = Path(__file__).parents[2] / "static"
VENDOR = STATIC / "vendor"
LISTED = re.compile(r"^\| `([^`]+)` \| `([0-9a-f]{64})` \|$", re.MULTILINE)
TEMPLATES = STATIC.parent / "templates"


@pytest.fixture(scope="module")
def assets() -> Assets:
    return Assets(STATIC)


@pytest.fixture(scope="module")
def app(assets: Assets) -> Flask:
    app = Flask(__name__, static_folder=None)
    assets.init_app(app)
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_a_file_is_served_under_its_hash_for_ever(client: FlaskClient, assets: Assets) -> None:
    answer = client.get(assets.url("js/app.js"))

    body = (STATIC / "js/app.js").read_bytes()
    assert answer.status_code == 200
    assert answer.data == body
    assert assets.url("js/app.js") == f"/static/{sha256(body).hexdigest()[:12]}/js/app.js"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert "Content-Encoding" not in answer.headers


def test_the_style_sheet_is_one_in_the_order_of_its_layers(client: FlaskClient, assets: Assets) -> None:
    sheet = client.get(assets.url("css/app.css")).text

    assert sheet.startswith("@layer tokens, base, layout, components, pages;")
    found = re.findall(r"^@layer (\w+) \{", sheet, re.MULTILINE)
    assert found == [*LAYERS, *["pages"] * (len(STYLES) - len(LAYERS))]
    assert len(gzip.compress(sheet.encode(), 9)) <= 18_700


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip", "gzip"), ("br, gzip;q=0.5", "gzip"), ("*", "gzip"), ("gzip;q=0", None), ("identity", None), ("", None)],
)
def test_text_is_compressed_for_who_accepts_it(
    client: FlaskClient, assets: Assets, accepted: str, encoding: str | None
) -> None:
    answer = client.get(assets.url(ICONS), headers={"Accept-Encoding": accepted})

    assert answer.headers.get("Content-Encoding") == encoding
    body = gzip.decompress(answer.data) if encoding else answer.data
    assert body == (STATIC / ICONS).read_bytes()


def test_an_unchanged_file_is_not_sent_again(client: FlaskClient, assets: Assets) -> None:
    packed = client.get(assets.url(ICONS), headers={"Accept-Encoding": "gzip"})
    plain = client.get(assets.url(ICONS))
    assert packed.headers["ETag"] != plain.headers["ETag"]

    headers = {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}
    again = client.get(assets.url(ICONS), headers=headers)
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(assets.url(ICONS), headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/static/000000000000/js/app.js",
        "/static/js/app.js",
        "/static/",
        "/static/{js}/js/",
        "/static/{js}/js/none.js",
        "/static/{js}/css/tokens.css",
        "/static/{js}/vendor/VENDOR.md",
        "/static/{js}/../wsgi.py",
        "/static/{js}/..%2f..%2fwsgi.py",
    ],
)
def test_anything_else_is_not_found_and_not_cached(client: FlaskClient, assets: Assets, path: str) -> None:
    digest = assets.url("js/app.js").split("/")[2]
    answer = client.get(path.format(js=digest))

    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("Cache-Control", "")


def test_hidden_files_and_unknown_kinds_are_not_public(tmp_path: Path) -> None:
    (tmp_path / "css").mkdir()
    for style in STYLES:
        (tmp_path / "css" / f"{style}.css").write_text("")
    (tmp_path / ".git").mkdir()
    for name in (".secret.js", ".git/hook.js", "notes.md", "data.db", "shown.js"):
        (tmp_path / name).write_text("x")
    assets = Assets(tmp_path)

    assert assets.url("shown.js").endswith("/shown.js")
    for name in (".secret.js", ".git/hook.js", "notes.md", "data.db"):
        with pytest.raises(KeyError):
            assets.url(name)


def test_vendored_files_are_as_listed() -> None:
    listed = dict(LISTED.findall((VENDOR / "VENDOR.md").read_text()))
    present = {
        file.relative_to(VENDOR).as_posix(): sha256(file.read_bytes()).hexdigest()
        for file in VENDOR.rglob("*")
        if file.is_file() and file.name != "VENDOR.md"
    }

    assert present == listed
    assert {folder.name for folder in VENDOR.iterdir() if folder.is_dir()} == {path.split("/")[0] for path in listed}


def test_every_icon_and_asset_that_templates_name_exists(assets: Assets) -> None:
    known = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / ICONS).read_text()))
    source = "\n".join(file.read_text() for file in TEMPLATES.rglob("*.html"))
    icons = set(re.findall(r"icons \}\}#([a-z0-9-]+)", source)) | set(re.findall(r'icon\("([^"]+)"\)', source))

    assert icons
    assert icons <= known
    for path in re.findall(r"asset\('([^']+)'\)", source):
        assert assets.url(path)
