"""Pictures are drawn anew: what they show stays, and nothing else of the file does."""

import io
import struct
import zlib

import pytest
from PIL import Image as Pillow
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.make import NOW
from tests.pictures import opened, picture
from webapp.actions import images
from webapp.domain.errors import Invalid
from webapp.models import Image


def refused(content: bytes) -> str:
    with pytest.raises(Invalid) as caught:
        images.draw(content)
    (problem,) = caught.value.problems
    assert problem.field == "image"
    return problem.code


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_each_kind_becomes_one_of_ours(kind: str) -> None:
    shown = opened(images.draw(picture(kind, (900, 300))).content)
    assert (shown.format, shown.size) == ("WEBP", (640, 213))
    red, green, blue = shown.convert("RGB").getpixel((10, 10))  # type: ignore[misc]
    assert (red < 30, 100 < green < 155, 100 < blue < 155) == (True, True, True)


def test_a_small_picture_stays_small_and_a_portrait_is_a_square() -> None:
    assert opened(images.draw(picture(size=(40, 20))).content).size == (40, 20)
    assert opened(images.draw(picture(size=(700, 300)), portrait=True).content).size == (256, 256)


def test_what_shines_through_goes_on_doing_so() -> None:
    assert opened(images.draw(picture(colour=(0, 0, 0, 0))).content).convert("RGBA").getpixel((5, 5)) == (0, 0, 0, 0)


def test_where_and_when_it_was_taken_is_gone_and_it_stands_upright() -> None:
    exif = Pillow.Exif()
    exif[0x0112], exif[0x010E] = 6, "at Ada's home"  # turned by a quarter, and a description
    content = picture("JPEG", (40, 20), exif=exif, comment=b"secret words")
    assert b"Ada's home" in content
    assert b"secret words" in content
    drawn = images.draw(content).content
    shown = opened(drawn)
    assert shown.size == (20, 40)
    assert (dict(shown.getexif()), shown.info.get("comment")) == ({}, None)
    assert b"Ada's home" not in drawn
    assert b"secret words" not in drawn


def test_words_and_programs_beside_the_picture_are_gone() -> None:
    drawn = images.draw(picture("GIF") + b"<script>alert(1)</script>").content
    assert b"script" not in drawn
    xmp = images.draw(picture("WEBP", xmp=b"<x>at home</x>", icc_profile=b"0" * 128)).content
    assert b"at home" not in xmp
    assert "icc_profile" not in opened(xmp).info


def test_of_a_moving_picture_the_first_is_kept() -> None:
    out = io.BytesIO()
    frames = [Pillow.new("RGB", (20, 20), colour) for colour in ("white", "black")]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    shown = opened(images.draw(out.getvalue()).content)
    assert getattr(shown, "n_frames", 1) == 1
    assert shown.convert("L").getextrema()[0] > 240  # type: ignore[operator]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a<html><script>alert(1)</script></html>",
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 40,
        b"\xff\xd8\xff\xe0" + b"J" * 100,
        b"RIFF\x10\x00\x00\x00WEBPVP8 nothing",
        b"%PDF-1.7",
        picture("BMP"),
        picture("TIFF"),
        picture("PNG", (400, 400))[:200],
    ],
)
def test_what_is_no_picture_of_these_kinds_is_refused(content: bytes) -> None:
    assert refused(content) == "not_a_picture"


def test_five_megabytes_are_the_most() -> None:
    content = picture("GIF")
    assert images.draw(content + b"\x00" * (images.MOST_BYTES - len(content)))
    assert refused(content + b"\x00" * (images.MOST_BYTES - len(content) + 1)) == "picture_too_large"


def test_4096_pixels_are_the_most() -> None:
    assert opened(images.draw(picture(size=(4_096, 10))).content).size == (640, 2)
    assert refused(picture(size=(4_097, 10))) == "picture_too_wide"
    assert refused(picture(size=(10, 4_097))) == "picture_too_wide"


def test_a_few_bytes_that_claim_gigabytes_are_refused_unread() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    for side in (5_000, 60_000):
        header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
        bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
        assert refused(bomb) == "picture_too_wide"


def test_it_is_kept_with_the_organisation_and_can_be_dropped(session: Session) -> None:
    home, ada = make.organisation(session), make.person(session)
    thumbnail = images.keep(session, home.id, None, picture(size=(900, 900)), NOW)
    portrait = images.keep(session, home.id, ada.id, picture(size=(900, 900)), NOW)
    session.commit()
    kept = {one.id: one for one in session.scalars(select(Image))}
    assert [(kept[one.id].person_id, opened(kept[one.id].content).size) for one in (thumbnail, portrait)] == [
        (None, (640, 640)),
        (ada.id, (256, 256)),
    ]
    assert {one.media_type for one in kept.values()} == {"image/webp"}
    images.drop(session, portrait)
    assert list(session.scalars(select(Image.id))) == [thumbnail.id]
