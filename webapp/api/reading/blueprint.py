"""The blueprint of the reading contract: every route of it hangs here."""

from flask import Blueprint

PREFIX = "/auth/v1"
bp = Blueprint("api_reading", __name__, url_prefix=PREFIX)
