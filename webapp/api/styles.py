"""How the contracts are described: their words, where they stand, what proves who asks, what their errors look like."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from webapp.domain.tokens import Contract

Document = dict[str, Any]


@dataclass(frozen=True)
class Style:
    """How one contract is described: its words, where it stands, and what its errors look like."""

    title: str
    description: str
    prefix: str
    schemas: Mapping[str, Any]
    """JSON schemas of its errors: "Problems" of a body that could not be used, "Refusal" of everything else."""
    problems: Any
    """An example of the former."""
    headers: tuple[str, ...] = ()
    """Which of its parameters every request carries."""
    statuses: tuple[int, ...] = ()
    """What its publication lists for everything beside the usual errors."""
    proofs: tuple[str, ...] = ("bearer",)
    """Which of the PROOFS every request carries, all of them together."""
    parameters: Mapping[str, Document] = field(default_factory=lambda: PARAMETERS)
    slash: str = ""
    """How its addresses end."""
    unusable: int = 400
    """The status of what could be read and not be used."""


DETAIL = {"type": "object", "properties": {"detail": {"type": "string"}}, "required": ["detail"]}
SAID = {
    "type": "object",
    "description": "What is wrong: in all, and by field. Some refusals say more beside it.",
    "properties": {
        "code": {"type": "integer"},
        "message": {"type": "string"},
        "details": {"type": "object", "additionalProperties": {"type": "string"}},
    },
    "required": ["code", "message", "details"],
}
PARAMETERS: Mapping[str, Document] = {
    "AccountId": {
        "name": "gtmhub-accountId",
        "in": "header",
        "required": True,
        "description": "The id of the organisation.",
        "schema": {"type": "string", "pattern": "^[0-9a-f]{24}$"},
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Repeated with the same parameters and body within 72 hours, it gets the first answer again.",
        "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "description": "The ETag of what was read; 412 when it has changed since.",
        "schema": {"type": "string", "pattern": '^"[!#-~]{1,60}"$'},
        "example": '"1"',
    },
}
SIGNING: Mapping[str, Document] = {
    "ApiSignature": {
        "name": "api-signature",
        "in": "header",
        "description": "The signature; ignored where neither the key demands one nor x-timestamp is there.",
        "schema": {"type": "string"},
    },
    "Timestamp": {
        "name": "x-timestamp",
        "in": "header",
        "description": "When it was signed: Unix seconds, at most 300 from ours.",
        "schema": {"type": "string", "pattern": "^[0-9]{1,11}$"},
    },
    "Nonce": {
        "name": "x-nonce",
        "in": "header",
        "description": "Signed with it, and used once in ten minutes where the key demands signatures.",
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9_.~-]{1,64}$"},
    },
}
ENVELOPE: Document = {
    "type": "object",
    "description": "What is wrong, by field, as the answer to every request is wrapped.",
    "properties": {
        "status_code": {"type": "integer"},
        "errors": {"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1},
        "data": {"type": "object", "maxProperties": 0},
    },
    "required": ["status_code", "errors", "data"],
    "additionalProperties": False,
}
ZONE: Mapping[str, Document] = {
    "Zone": {
        "name": "x-timezone",
        "in": "header",
        "description": "Where the day is counted, by its IANA name; the person's own zone when nothing is said.",
        "schema": {"type": "string"},
        "example": "Europe/Berlin",
    },
}
REFUSED: Document = {
    "type": "object",
    "properties": {"message": {"type": "string"}, "type": {"type": "string"}, "success": {"const": False}},
    "required": ["message", "type", "success"],
    "additionalProperties": False,
}
UNPROCESSABLE = {
    **REFUSED,
    "description": "What is wrong, and by field all of it.",
    "properties": {
        **REFUSED["properties"],
        "errors": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}, "minItems": 1},
            "minProperties": 1,
        },
    },
    "required": [*REFUSED["required"], "errors"],
}
STYLES: Mapping[Contract, Style] = {
    Contract.TRACKING: Style(
        title="Tracking",
        description="Goals, their tracking, reminders, and moods with statistics.",
        prefix="/api/v1/tracking",
        schemas={
            "Refusal": DETAIL,
            "Problems": {
                "description": "What is wrong, by field; a body that is no JSON at all has only a detail.",
                "anyOf": [
                    DETAIL,
                    {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
                ],
            },
        },
        problems={"mood": ["String should have at most 255 characters"]},
    ),
    Contract.OBJECTIVES: Style(
        title="Objectives",
        description="Goals with key results (metrics), their cycles (sessions), check-ins and reviews. Every request "
        "names its organisation in the header gtmhub-accountId.",
        prefix="/api/v1",
        schemas={"Refusal": SAID, "Problems": SAID},
        problems={
            "code": 400,
            "message": "The request could not be understood.",
            "details": {"name": "Please fill this in."},
        },
        headers=("AccountId",),
        statuses=(402,),  # its publisher's gate for what is paid for: never sent here
    ),
    Contract.PROFILES: Style(
        title="Profiles",
        description="Where somebody stands on their ladder, the leaderboards beside them, and the values behind both. "
        "Every request carries a key of the organisation and a token of a person in it. Where the key demands it, or "
        "x-timestamp is there, api-signature is the hexadecimal HMAC-SHA256, with the key's secret, of seven lines "
        "joined by line feeds: v1, the method, the path as it is sent, the query with its pairs percent-encoded and "
        "sorted, the hexadecimal SHA-256 of the body, x-timestamp, and x-nonce.",
        prefix="/api/v1/profiles",
        schemas={"Refusal": ENVELOPE, "Problems": ENVELOPE},
        problems={"status_code": 400, "errors": {"goal": "Invalid goal keyword."}, "data": {}},
        headers=tuple(SIGNING),
        parameters={**SIGNING, "IdempotencyKey": PARAMETERS["IdempotencyKey"]},
        proofs=("bearer", "apikey"),
        slash="/",
    ),
    Contract.READING: Style(
        title="Reading",
        description="Reading goals, what they ask of today, streaks of reading, and what was read on which day. Every "
        "request carries the signed text of a token in x-auth-token and in x-client-id the client id of the program it "
        "was made for. Parameters and fields that are required and absent are 400, those that are there and cannot be "
        "used 422. Pages are counted by the mushaf of 604 pages, and scaled for those of 610 and 548.",
        prefix="/auth/v1",
        schemas={"Refusal": REFUSED, "Problems": UNPROCESSABLE},
        problems={
            "message": "The request was well-formed but was unable to be followed due to semantic errors",
            "type": "unprocessable_entity",
            "success": False,
            "errors": {"amount": ["60 to 14400 seconds a day, please; with a duration that is the share of each day."]},
        },
        headers=("Zone",),
        statuses=(400, 422, 502, 504),  # 502 and 504 are for what stands before us
        proofs=("x-auth-token", "x-client-id"),
        parameters={**ZONE, "IdempotencyKey": PARAMETERS["IdempotencyKey"], "IfMatch": PARAMETERS["IfMatch"]},
        unusable=422,
    ),
}
PROOFS: Mapping[str, Document] = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "apikey": {"type": "apiKey", "in": "header", "name": "apikey"},
    "x-auth-token": {"type": "apiKey", "in": "header", "name": "x-auth-token"},
    "x-client-id": {"type": "apiKey", "in": "header", "name": "x-client-id"},
}
