"""Pictures people upload: what they show is drawn anew, and nothing else of the file is kept."""

import io
from dataclasses import dataclass
from datetime import datetime

import PIL.Image
import PIL.ImageOps

from webapp.domain.errors import Invalid, Problem
from webapp.models import Image
from webapp.models.engine import AnySession

MEGABYTE = 1024 * 1024
MOST_BYTES = 5 * MEGABYTE
MOST_SIDE = 4_096
PICTURE_SIDE = 640
PORTRAIT_SIDE = 256
MEDIA_TYPE = "image/webp"
_BEGINNINGS = {"JPEG": (b"\xff\xd8\xff",), "PNG": (b"\x89PNG\r\n\x1a\n",), "GIF": (b"GIF87a", b"GIF89a")}

# A few bytes may claim to be a picture of gigabytes: Pillow refuses it before it makes room for it.
PIL.Image.MAX_IMAGE_PIXELS = MOST_SIDE * MOST_SIDE


@dataclass(frozen=True, slots=True)
class Drawn:
    """What an upload shows, drawn anew as WebP."""

    content: bytes


def keep(session: AnySession, home_id: int, person_id: int | None, content: bytes | Drawn, now: datetime) -> Image:
    """The organisation has this picture: a portrait of the person's, or without one a thumbnail of its own.

    Whether it may is the caller's to ask. Raises Invalid with the field `image` for what is no JPEG, PNG, WebP or GIF,
    is larger than 5 MB, or wider or higher than 4,096 pixels.
    """
    drawn = content if isinstance(content, Drawn) else draw(content, portrait=person_id is not None)
    image = Image(organisation_id=home_id, person_id=person_id, media_type=MEDIA_TYPE, created_at=now)
    image.content = drawn.content
    session.add(image)
    session.flush()
    return image


def drop(session: AnySession, image: Image) -> None:
    """The picture is gone; the caller made sure that nothing shows it any more."""
    session.flush()
    session.delete(image)
    session.flush()


def draw(content: bytes, *, portrait: bool = False) -> Drawn:
    """Return the picture upright and at most 640 pixels wide and high; a portrait is a square of 256, cut from its
    middle. Of a moving picture it is the first one. Raises as `keep`, and touches no database."""
    if len(content) > MOST_BYTES:
        raise _refusal("picture_too_large", most=MOST_BYTES // MEGABYTE)
    kind = _kind_of(content)
    if kind is None:
        raise _refusal("not_a_picture")
    try:
        return _drawn(content, kind, portrait)
    except (PIL.Image.DecompressionBombError, PIL.Image.DecompressionBombWarning):
        raise _refusal("picture_too_wide", most=MOST_SIDE) from None
    except Invalid:
        raise
    except Exception:  # a damaged file makes a decoder fail in whatever way; to its owner all of them are one
        raise _refusal("not_a_picture") from None


def _drawn(content: bytes, kind: str, portrait: bool) -> Drawn:
    with PIL.Image.open(io.BytesIO(content), formats=(kind,)) as opened:
        if max(opened.size) > MOST_SIDE:
            raise _refusal("picture_too_wide", most=MOST_SIDE)
        opened.draft("RGB", (2 * PICTURE_SIDE, 2 * PICTURE_SIDE))  # of a large JPEG only what is needed is read
        upright = PIL.ImageOps.exif_transpose(opened)
        shown = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    if portrait:
        shown = PIL.ImageOps.fit(shown, (PORTRAIT_SIDE, PORTRAIT_SIDE))
    else:
        shown.thumbnail((PICTURE_SIDE, PICTURE_SIDE))
    bare = PIL.Image.frombytes(shown.mode, shown.size, shown.tobytes())  # pixels, and no word about where and when
    out = io.BytesIO()
    bare.save(out, "WEBP", quality=82)
    return Drawn(out.getvalue())


def _kind_of(content: bytes) -> str | None:
    """What the file says it is by its first bytes; its name and what the browser calls it say nothing."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    return next((kind for kind, beginnings in _BEGINNINGS.items() if content.startswith(beginnings)), None)


def _refusal(code: str, **params: object) -> Invalid:
    return Invalid([Problem("image", code, params)])
