"""Headers on every answer: what a browser may do with it, who may keep it, and by which number it is found again."""

import gzip
import secrets

from flask import Flask, Response, g, request

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; manifest-src 'self'; "
    "worker-src 'self'"
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), "
        "publickey-credentials-create=(self), publickey-credentials-get=(self)"
    ),
    "X-Frame-Options": "DENY",
}
SANDBOX = "default-src 'none'; sandbox"
"""The policy of a file that somebody uploaded: opened by itself it is nothing but its own pixels."""
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"
WORTH_COMPRESSING = 500
COMPRESSIBLE = ("text/html", "application/json", "text/plain", "text/csv", "text/calendar")


def init_app(app: Flask, *, https: bool) -> None:
    app.before_request(number)

    @app.after_request
    def dress(response: Response) -> Response:
        response.headers.update(ALWAYS)
        if g.get("uploaded"):
            response.headers["Content-Security-Policy"] = SANDBOX
        response.headers["X-Request-Id"] = g.get("request_id", "")
        if https:
            response.headers["Strict-Transport-Security"] = STRICT_TRANSPORT
        if request.endpoint != "static" or response.status_code >= 400:
            response.headers["Cache-Control"] = "no-store"
            response.vary.update(("Cookie", "HX-Request"))
        return compress(response)


def number() -> None:
    """Each request has a random number of its own, in its answer and in every log line and audit row."""
    g.request_id = secrets.token_hex(8)


def compress(response: Response) -> Response:
    """The body is gzip when the caller takes it, it is text, and it is long enough to gain."""
    if response.direct_passthrough or response.is_streamed or "Content-Encoding" in response.headers:
        return response
    if response.mimetype not in COMPRESSIBLE or len(response.data) < WORTH_COMPRESSING:
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"] > 0:
        response.data = gzip.compress(response.data, compresslevel=5, mtime=0)
        response.headers["Content-Encoding"] = "gzip"
    return response
