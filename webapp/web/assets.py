"""Static files under addresses that carry their content's hash, compressed once at start and cacheable for ever."""

import gzip
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, abort, request

from webapp.web.policies import anyone

ICONS = "vendor/lucide@1.62.0/icons.svg"
LAYERS = ("tokens", "base", "layout", "components", "pages")
STYLES = (*LAYERS, "editor", "goal", "habits", "moods", "trust", "objectives", "objective", "reading")
"""Files of the one style sheet, in order; those after the layers belong to the layer of pages."""
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".png": "image/png",
}
COMPRESSED = (".css", ".js", ".svg")


@dataclass(frozen=True)
class Asset:
    """One public file as it is sent: its bytes, the same compressed (or None), its type and the hash in its address."""

    body: bytes
    packed: bytes | None
    content_type: str
    digest: str


class Assets:
    """Every public file of the folder, read once; a file that changes later is not seen until the next start."""

    def __init__(self, folder: Path) -> None:
        self._assets = {path: _asset(path, body) for path, body in _public_files(folder).items()}

    def url(self, path: str) -> str:
        """The address of a file, without host; KeyError names a file that does not exist."""
        return f"/static/{self._assets[path].digest}/{path}"

    def init_app(self, app: Flask) -> None:
        """The app answers `/static/…`, and templates know `asset(path)` and `icons`."""
        app.add_url_rule("/static/<digest>/<path:path>", "static", self.serve)
        app.jinja_env.globals.update(asset=self.url, icons=self.url(ICONS))

    @anyone
    def serve(self, digest: str, path: str) -> Response:
        """The file, only under its own hash: a wrong pair must never be cached as if it were right."""
        asset = self._assets.get(path)
        if asset is None or asset.digest != digest:
            abort(404)
        packed = asset.packed if request.accept_encodings.quality("gzip") > 0 else None
        response = Response(packed or asset.body, content_type=asset.content_type)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["Vary"] = "Accept-Encoding"
        response.set_etag(f"{asset.digest}-gzip" if packed else asset.digest)
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        response.make_conditional(request)
        return response


def _public_files(folder: Path) -> dict[str, bytes]:
    """Bodies by path; style sheets become one, in the order of their layers."""
    files = {"css/app.css": b"".join((folder / "css" / f"{layer}.css").read_bytes() for layer in STYLES)}
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder)
        hidden = any(part.startswith(".") for part in path.parts)
        if file.is_file() and not hidden and file.suffix in TYPES and path.parts[0] != "css":
            files[path.as_posix()] = file.read_bytes()
    return files


@cache
def _asset(path: str, body: bytes) -> Asset:
    """Packed once in the life of the process, however many apps it makes."""
    suffix = Path(path).suffix
    packed = gzip.compress(body, 9, mtime=0) if suffix in COMPRESSED else None
    return Asset(body, packed, TYPES[suffix], sha256(body).hexdigest()[:12])
