"""Where somebody in need reaches a person at once, by country (ISO 3166 codes).

Only numbers that are public, long-standing and certain stand here; what is not certain is left out, and the page leads
to an international directory beside them. Names are proper names, and stay as the services call themselves.
"""

from functools import cache
from importlib.resources import files
from typing import NamedTuple

DIRECTORY = "https://findahelpline.com"
"""The international directory of crisis lines."""


class Line(NamedTuple):
    """Somebody to talk to: a number to call, or with `text` a word to send to it (`text` "" means any words)."""

    name: str
    number: str
    text: str | None = None

    @property
    def digits(self) -> str:
        """The number as a telephone takes it."""
        return "".join(sign for sign in self.number if sign in "+*0123456789")


class Country(NamedTuple):
    """The number for an emergency, and lines that listen."""

    emergency: str
    lines: tuple[Line, ...] = ()


EUROPEAN = ("BG", "CY", "EE", "GR", "HR", "LV", "MT", "RO", "SK", "LI", "MC", "AD", "SM")
"""Countries with 112 of which no line is certain here."""

COUNTRIES: dict[str, Country] = {
    **{code: Country("112") for code in EUROPEAN},
    "AR": Country("911", (Line("Centro de Asistencia al Suicida", "(011) 5275-1135"),)),
    "AT": Country("112", (Line("TelefonSeelsorge", "142"), Line("Rat auf Draht", "147"))),
    "AU": Country(
        "000",
        (Line("Lifeline", "13 11 14"), Line("Beyond Blue", "1300 22 4636"), Line("Kids Helpline", "1800 55 1800")),
    ),
    "BE": Country(
        "112",
        (
            Line("Zelfmoordlijn", "1813"),
            Line("Centre de Prévention du Suicide", "0800 32 123"),
            Line("Tele-Onthaal", "106"),
            Line("Télé-Accueil", "107"),
        ),
    ),
    "BR": Country("192", (Line("Centro de Valorização da Vida", "188"),)),
    "CA": Country(
        "911",
        (
            Line("9-8-8: Suicide Crisis Helpline", "988"),
            Line("9-8-8: Suicide Crisis Helpline", "988", ""),
            Line("Kids Help Phone", "1-800-668-6868"),
        ),
    ),
    "CH": Country("112", (Line("Die Dargebotene Hand / La Main Tendue", "143"), Line("Pro Juventute", "147"))),
    "CZ": Country("112", (Line("Linka první psychické pomoci", "116 123"), Line("Linka bezpečí", "116 111"))),
    "DE": Country(
        "112",
        (
            Line("TelefonSeelsorge", "0800 111 0 111"),
            Line("TelefonSeelsorge", "0800 111 0 222"),
            Line("Nummer gegen Kummer", "116 111"),
        ),
    ),
    "DK": Country("112", (Line("Livslinien", "70 201 201"),)),
    "ES": Country("112", (Line("Línea 024", "024"), Line("Teléfono de la Esperanza", "717 003 717"))),
    "FI": Country("112", (Line("MIELI Kriisipuhelin", "09 2525 0111"),)),
    "FR": Country("112", (Line("Numéro national de prévention du suicide", "3114"),)),
    "GB": Country(
        "999",
        (Line("Samaritans", "116 123"), Line("Shout", "85258", "SHOUT"), Line("NHS 111", "111")),
    ),
    "HK": Country("999", (Line("The Samaritans", "2896 0000"), Line("The Samaritan Befrienders", "2389 2222"))),
    "HU": Country("112", (Line("Lelki elsősegély", "116-123"),)),
    "IE": Country("112", (Line("Samaritans", "116 123"), Line("Text About It", "50808", "HELLO"))),
    "IL": Country("101", (Line("ERAN", "1201"),)),
    "IN": Country("112", (Line("Tele-MANAS", "14416"),)),
    "IS": Country("112", (Line("Hjálparsími Rauða krossins", "1717"),)),
    "IT": Country("112", (Line("Telefono Amico", "02 2327 2327"), Line("Telefono Azzurro", "19696"))),
    "JP": Country("119", (Line("よりそいホットライン", "0120-279-338"),)),
    "KR": Country("119", (Line("자살예방상담전화", "109"),)),
    "LT": Country("112", (Line("Vilties linija", "116 123"),)),
    "LU": Country("112", (Line("SOS Détresse", "45 45 45"),)),
    "MX": Country("911", (Line("Línea de la Vida", "800 911 2000"),)),
    "NL": Country("112", (Line("113 Zelfmoordpreventie", "113"), Line("113 Zelfmoordpreventie", "0800-0113"))),
    "NO": Country("113", (Line("Mental Helse", "116 123"), Line("Kirkens SOS", "22 40 00 40"))),
    "NZ": Country(
        "111",
        (
            Line("1737, need to talk?", "1737"),
            Line("1737, need to talk?", "1737", ""),
            Line("Lifeline", "0800 543 354"),
        ),
    ),
    "PH": Country("911", (Line("NCMH Crisis Hotline", "1553"),)),
    "PL": Country("112", (Line("Centrum Wsparcia", "800 70 2222"), Line("Telefon zaufania", "116 111"))),
    "PT": Country("112", (Line("SNS 24", "808 24 24 24"),)),
    "SE": Country("112", (Line("Mind Självmordslinjen", "90101"),)),
    "SG": Country("995", (Line("Samaritans of Singapore", "1767"),)),
    "SI": Country("112", (Line("Zaupni telefon Samarijan", "116 123"),)),
    "TH": Country("1669", (Line("สายด่วนสุขภาพจิต", "1323"),)),
    "TR": Country("112"),
    "TW": Country("119", (Line("安心專線", "1925"),)),
    "UA": Country("112", (Line("Lifeline Ukraine", "7333"),)),
    "US": Country(
        "911",
        (
            Line("988 Suicide & Crisis Lifeline", "988"),
            Line("988 Suicide & Crisis Lifeline", "988", ""),
            Line("Crisis Text Line", "741741", "HOME"),
        ),
    ),
    "ZA": Country("112", (Line("SADAG Suicide Crisis Line", "0800 567 567"),)),
}


@cache
def country_codes() -> frozenset[str]:
    """Every country that has a time zone of its own, by IANA's zone.tab."""
    return frozenset(_countries_of_zones().values())


def country_of_zone(zone: str) -> str | None:
    """The country a zone of IANA's zone.tab belongs to; None for zones of no country, and for older names of zones."""
    return _countries_of_zones().get(zone)


@cache
def _countries_of_zones() -> dict[str, str]:
    rows = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8").splitlines()
    cells = [row.split("\t") for row in rows if row and not row.startswith("#")]
    return {zone: code for code, _, zone, *_ in cells}
