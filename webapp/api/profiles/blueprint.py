"""The blueprint of the profiles contract: every route of it hangs here."""

from flask import Blueprint

PREFIX = "/api/v1/profiles"
bp = Blueprint("api_profiles", __name__, url_prefix=PREFIX)
