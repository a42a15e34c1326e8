"""Sealed words open for the person and the place they were sealed for, unaltered, or not at all."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.queries.sealing import HEADER, Keyring, PersonalWords, SealBroken

KEY = ("test", secrets.token_bytes(32))


def ring() -> Keyring:
    made = Keyring()
    made.configure([KEY])
    return made


@pytest.fixture(scope="module")
def words() -> PersonalWords:
    """The words of person 1, whose key has the number 7."""
    keyring = ring()
    return keyring.words(1, 7, *keyring.new_key(1))


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_sealed_opens_to_the_same_text(text: str) -> None:
    keyring = ring()
    words = keyring.words(1, 7, *keyring.new_key(1))
    assert words.open("goal.title", words.seal("goal.title", text)) == text


def test_the_same_text_is_never_sealed_the_same_way(words: PersonalWords) -> None:
    assert len({words.seal("goal.title", "Walk") for _ in range(100)}) == 100


def test_a_sealed_text_does_not_show_it(words: PersonalWords) -> None:
    assert b"Walk" not in words.seal("goal.title", "Walk" * 100)


def test_a_value_moved_to_another_column_does_not_open(words: PersonalWords) -> None:
    with pytest.raises(SealBroken):
        words.open("goal.description", words.seal("goal.title", "Walk"))


def test_a_value_moved_to_another_person_does_not_open(words: PersonalWords) -> None:
    keyring = ring()
    other = keyring.words(2, 8, *keyring.new_key(2))
    with pytest.raises(SealBroken):
        other.open("goal.title", words.seal("goal.title", "Walk"))


def test_even_under_the_same_key_another_owner_opens_nothing(words: PersonalWords) -> None:
    other = PersonalWords(2, words.key_id, words.key)
    with pytest.raises(SealBroken):
        other.open("goal.title", words.seal("goal.title", "Walk"))


def test_a_wrapped_key_moved_to_another_person_does_not_open() -> None:
    keyring = ring()
    wrapped = keyring.new_key(1)
    with pytest.raises(SealBroken):
        keyring.words(2, 8, *wrapped)


def test_one_flipped_bit_anywhere_and_it_does_not_open(words: PersonalWords) -> None:
    sealed = words.seal("goal.title", "Walk")
    for position in range(len(sealed)):
        altered = bytearray(sealed)
        altered[position] ^= 1
        with pytest.raises(SealBroken):
            words.open("goal.title", bytes(altered))


@pytest.mark.parametrize("length", [0, 1, 9, HEADER - 1, HEADER, HEADER + 15])
def test_what_is_cut_short_does_not_open(words: PersonalWords, length: int) -> None:
    with pytest.raises(SealBroken):
        words.open("goal.title", words.seal("goal.title", "")[:length])


def test_words_of_the_system_are_tied_to_their_place() -> None:
    keyring = ring()
    sealed = keyring.seal_for_system("token.payload", "a sign-up")

    assert keyring.open_for_system("token.payload", sealed) == "a sign-up"
    for column, value in (("outbox_message.payload", sealed), ("token.payload", sealed[:-1]), ("token.payload", b"")):
        with pytest.raises(SealBroken):
            keyring.open_for_system(column, value)


def test_a_name_that_is_no_text_opens_nothing() -> None:
    with pytest.raises(SealBroken):
        ring().open_for_system("token.payload", b"\xff" * 60)
