"""Dates, times and numbers as the viewer reads them, and the words for what the rules found wrong."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal, get_currency_precision, get_currency_symbol
from flask import Flask, g, has_request_context, request
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

LOCALES = ("en",)
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(day=day, moment=moment, amount=amount, money=money)
    app.jinja_env.globals.update(problem_text=problem_text)


def choose_locale() -> str:
    """The viewer's language, else the best the browser asks for, else English."""
    viewer = g.get("viewer")
    if viewer is not None and viewer.locale in LOCALES:
        return str(viewer.locale)
    return request.accept_languages.best_match(LOCALES, "en") or "en"


def choose_zone() -> str:
    viewer = g.get("viewer")
    return viewer.zone if viewer is not None else "Etc/UTC"


def text_direction() -> str:
    """`rtl` or `ltr`, for the root of the page; `?dir=rtl` mirrors any page so that translators and tests can look."""
    if request.args.get("dir") == "rtl":
        return "rtl"
    return "rtl" if str(get_locale() or "en").split("_")[0] in RIGHT_TO_LEFT else "ltr"


def day(value: date, form: str = "medium") -> str:
    """A calendar date; `form` is short, medium, long, full or a CLDR pattern."""
    return _day_words(value, form, region())


@lru_cache(maxsize=5_000)
def _day_words(value: date, form: str, locale: str) -> str:
    """Pages say the same few hundred days again and again, and wording one takes as long as a small query."""
    return format_date(value, form, locale=locale)


def moment(value: datetime, form: str = "medium") -> str:
    """An instant on the viewer's own wall clock, to the minute."""
    local = value.astimezone(ZoneInfo(choose_zone()))
    return f"{day(local.date(), form)}, {clock(local.time())}"


def clock(value: time) -> str:
    """A time of day, to the minute."""
    return _clock_words(value.replace(second=0, microsecond=0, tzinfo=None), region())


@lru_cache(maxsize=5_000)
def _clock_words(value: time, locale: str) -> str:
    return format_time(value, "short", locale=locale)


def region() -> str:
    """Where dates are written as the viewer's language writes them; plain English puts the day before the month."""
    settled: str | None = g.get("region")
    if settled is not None:
        return settled
    named = str(get_locale() or "en")
    region = "en_GB" if named == "en" else named
    if has_request_context() and "viewer" in g:
        g.region = region
    return region


def amount(value: Decimal | int | None) -> str:
    """A number as short as it is exact; nothing for none."""
    return "" if value is None else _amount_words(value, region())


@lru_cache(maxsize=5_000)
def _amount_words(value: Decimal | int, locale: str) -> str:
    return format_decimal(value, locale=locale, decimal_quantization=False)


def money(value: Decimal | int | None, currency: str) -> str:
    """An amount in a currency as the viewer's language writes it, whole ones without decimals; without a currency a
    number."""
    if value is None or not currency:
        return amount(value)
    return _money_words(value, currency, region())


@lru_cache(maxsize=5_000)
def _money_words(value: Decimal | int, currency: str, locale: str) -> str:
    pattern = Locale.parse(locale).currency_formats["standard"].pattern
    digits = get_currency_precision(currency)
    exact = Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    if exact == exact.to_integral_value():
        pattern = pattern.replace(".00", "")
    if get_currency_symbol(currency, locale)[-1].isalpha():
        pattern = pattern.replace("¤#", "¤\N{NO-BREAK SPACE}#")  # letters do not lean on a number
    return format_currency(exact, currency, pattern, locale=locale, currency_digits=".00" in pattern)


def problem_text(code: str, params: Mapping[str, object]) -> str:
    """A problem in the viewer's language, ready to stand at its field; dates as people write them."""
    params = {name: day(one) if isinstance(one, date) else one for name, one in params.items()}
    texts = {
        "required": _("Please fill this in."),
        "too_long": _("At most %(longest)s characters.", longest=params.get("longest", "")),
        "unusable_characters": _("This holds characters that cannot be stored."),
        "unreadable": _("Something of this form was lost on the way; please reload the page."),
        "unknown_choice": _("Please choose one of the list."),
        "not_an_email": _("Please type a full address, like name@example.org."),
        "same_email": _("This is the address you have already."),
        "password_short": _(
            "At least %(shortest)s characters, please. A few words in a row are easy to remember.",
            shortest=params.get("shortest", ""),
        ),
        "password_guessable": _("This one is easy to guess. Try a few words that do not belong together."),
        "consent_missing": _("We can only keep what you enter if you agree to this."),
        "member_already": _("This person belongs to the organisation already, or is suspended there."),
        "ring": _("Somebody would report to themselves, be it through others. Choose somebody else."),
        "unknown_zone": _("Please choose a time zone of the list."),
        "out_of_range": _(
            "From %(minimum)s to %(maximum)s.",
            minimum=params.get("minimum", ""),
            maximum=params.get("maximum", ""),
        ),
        "too_far": _("That is too far ahead: at most ten years."),
        "too_early": _("That is too long ago."),
        "already_done": _("This is done already."),
        "date_after_target": _("This date lies after the target date."),
        "after_target": _("The start lies after the target date."),
        "not_due": _("This goal is not due on that day, and it still lies ahead."),
        "date_required": _("Please choose a day."),
        "not_a_number": _("Please write a number."),
        "negative": _("Less than nothing is no amount."),
        "too_large": _("That number is too large."),
        "too_precise": _("At most %(places)s decimals.", places=params.get("places", "")),
        "before_start": _("The end lies before the beginning."),
        "pause_too_long": ngettext(
            "A pause lasts one day at most.",
            "A pause lasts %(num)d days at most.",
            int(str(params.get("days", 0))),
        ),
        "too_many_pauses": ngettext(
            "You can have one pause at a time; remove it first.",
            "You can have at most %(num)d pauses; remove some that are over first.",
            int(str(params.get("most", 0))),
        ),
        "nothing_chosen": _("Tick at least one goal first."),
        "comma_in_tag": _("One tag holds no comma; give one after the other."),
        "too_many_tags": ngettext("One tag at most.", "At most %(num)d tags.", int(str(params.get("most", 0)))),
        "rule_unreadable": _("This rule cannot be read."),
        "rule_part_unknown": _("This rule has a part we do not know: %(part)s.", part=params.get("part", "")),
        "rule_out_of_range": _("This rule holds a number out of range, in %(part)s.", part=params.get("part", "")),
        "rule_too_often": _("Nothing here is due more often than daily."),
        "rule_without_dates": _("This rule gives no date within ten years."),
        "rule_two_ends": _("A rule has either a count or an end, not both."),
        "in_future": _("That is still ahead."),
        "key_reused": _("This key was used for another request."),
        "name_taken": _("There is one of this name already."),
        "last_label": _("One word has to stay: add another first."),
        "too_many_labels": ngettext(
            "You can have one word at a time.", "You can have at most %(num)d words.", int(str(params.get("most", 0)))
        ),
        "too_many_reasons": ngettext(
            "One reason at most.", "At most %(num)d reasons.", int(str(params.get("most", 0)))
        ),
        "tracking_needs_goals": _("How goals went shows nothing without the goals: tick them too."),
        "notes_need_levels": _("Mood notes show nothing without the levels: tick them too."),
        "not_a_code": _("This is no therapist's code: check the letters."),
        "too_many_grants": ngettext(
            "You can share with one therapist at a time; end that first.",
            "You can have at most %(num)d open at a time; end some first.",
            int(str(params.get("most", 0))),
        ),
        "too_many_devices": ngettext(
            "You have let in %(num)d device already. Remove it first.",
            "You have let in %(num)d devices already. Remove one first.",
            int(str(params.get("most", 0))),
        ),
        "too_many_tokens": ngettext(
            "You can have one token at a time.",
            "You can have at most %(num)d tokens; revoke one first.",
            int(str(params.get("most", 0))),
        ),
        "too_many_feeds": ngettext(
            "You can have one feed at a time.",
            "You can have at most %(num)d feeds; end one first.",
            int(str(params.get("most", 0))),
        ),
        "too_many_proposals": ngettext(
            "One proposal may wait at a time; take it back first.",
            "At most %(num)d proposals may wait at a time; take some back first.",
            int(str(params.get("most", 0))),
        ),
        "names_somebody": _("Your words name somebody who would not read them. Choose who reads it."),
        "one_reviewer": _("Only one person can be asked about a private goal."),
        "nothing_to_measure": _("Say first how much is to be reached: there is nothing to measure it by."),
        "one_line": _("One line, please: this holds a line break or a tab."),
        "parent_closed": _("That one is closed: choose another, or none."),
        "parent_too_deep": _("Too deep: at most %(most)s stand above each other.", most=params.get("most", "")),
        "reviews_stay_on": _("Reviews that are on stay on: ask for one or two."),
        "too_few_reviewers": _("Please name %(needed)s people.", needed=params.get("needed", "")),
        "not_above_minimum": _("The maximum has to be more than the minimum."),
        "unknown_currency": _("Please choose a currency of the list, or none."),
        "nothing": _("Nothing is no value; write how much it is."),
        "not_an_id": ngettext(
            "One character at most, without spaces.",
            "At most %(num)d plain characters, without spaces.",
            int(str(params.get("longest", 0))),
        ),
        "not_a_keyword": _("Small letters, digits and underscores, a letter first."),
        "not_an_address": _("Please write a web address that begins with https:// or http://."),
        "name_of_another": _("Somebody else goes by this name."),
        "unknown_keyword": _("There is no goal of that keyword."),
        "nobody_chosen": _("Tick at least one person first."),
        "not_all_members": _("Somebody you ticked is no active member any more. Nobody was placed: please tick again."),
        "not_a_picture": _("This is no picture we can read: please choose a JPEG, PNG, WebP or GIF file."),
        "picture_too_large": _("At most %(most)s MB, please.", most=params.get("most", "")),
        "picture_too_wide": _("At most %(most)s pixels wide and high, please.", most=params.get("most", "")),
        "people_on_it": ngettext(
            "One person stands on this rung: place them on another first.",
            "%(num)d people stand on this rung: place them on another first.",
            int(str(params.get("num", 0))),
        ),
        "said_differently": _("Another value was sent under this id before."),
        "serves_itself": _("It would serve itself: choose something that does not stand below it."),
        "weight": _("More than nothing, and at most %(most)s.", most=params.get("most", "")),
        "too_many": _("At most %(most)s of them.", most=params.get("most", "")),
        "said_twice": _("One of them is said twice."),
        "no_time_between": _("Both are the same. Choose two times, or leave both empty."),
        "milestone_unreadable": _(
            "Please write a date and a percent, like %(example)s, not “%(line)s”.",
            example="2026-04-30 25",
            line=params.get("line", ""),
        ),
        "table_too_large": _("At most %(most)s MB at once.", most=params.get("most", "")),
        "table_unreadable": _("This cannot be read as a table."),
        "no_objective_column": _("The first row holds the headings, and one of them is “Objective”: it is missing."),
        "columns_missing": _(
            "The first row holds the headings, and these are missing: %(names)s.", names=params.get("names", "")
        ),
        "said_otherwise_above": _("Row %(row)s says something else of the same objective.", row=params.get("row", "")),
        "unknown_kind": _("Please write “at least”, “at most” or “exactly”."),
        "not_a_date": _("Please write a date, like %(example)s.", example="2026-04-30"),
        "nobody_of_that_name": _("Nobody here has this address."),
        "not_a_member": _("No member of your organisation has this address. Invite them first."),
        "own_manager": _("Nobody is their own manager."),
        "not_yes_or_no": _("Please write “yes” or “no”."),
        "said_in_row": _("Row %(row)s says the same.", row=params.get("row", "")),
        "two_leads": _("A team has one lead, and a row above names another."),
        "team_has_objectives": ngettext(
            "One objective is this team's, maybe a closed or deleted one. So the team stays; it can be renamed.",
            "%(num)d objectives are this team's, closed and deleted ones too. So the team stays; it can be renamed.",
            int(str(params.get("num", 0))),
        ),
        "yesterday_there": _(
            "It is still yesterday there, and no day counts twice: please change it once both have the same date."
        ),
        "no_team_of_that_name": _("There is no team of this name."),
        "no_objective_of_that_name": _("There is no objective of this name, neither in the table nor in this cycle."),
        "not_theirs": _("You cannot make objectives in this name: choose somebody you manage, or a team of yours."),
        "owner_proposes": _(
            "This was approved: only its owner can ask for a change of it. You can change words, tags and its place."
        ),
        "goal_is_live": _("You have a goal for this already: change it, or end it first."),
        "which_book": _("Please choose a book."),
        "no_verses": _("A book is counted in pages or chapters, not in verses."),
        "not_a_range": _("Please write two verses, the first one first, like %(example)s.", example="2:143-2:200"),
        "daily_time": _("From one minute to four hours a day."),
        "nothing_read": _("Please say what you read: pages, verses or minutes."),
        "day_is_full": _("A day has 24 hours, and with this it would have more."),
        "already_read": _("Something of it was read already, so it stays counted as it is."),
        "too_fine": _("At most %(places)s decimals.", places=params.get("places", "")),
        "in_the_future": _("That is still ahead."),
        "read_before": _(
            "You were at %(place)s already. If you read it again, say how much you read instead.",
            place=params.get("place", ""),
        ),
        "one_of_both": _("Please say where you are, or how much you read: not both."),
        "passkey_unusable": _("What your device made could not be used. Please try again."),
        "too_many_passkeys": ngettext(
            "You can have one passkey at a time.",
            "You can have at most %(num)d passkeys; remove one first.",
            int(str(params.get("most", 0))),
        ),
        "wrong_code": _("That is not the code. Wait until the app shows the next one, and check its device's clock."),
        "too_many_comments": _("So much has been said here that nothing more fits."),
        "too_many_goals": ngettext(
            "You can carry one goal at a time.",
            "You can carry at most %(num)d goals; archive or delete some first.",
            int(str(params.get("most", 500))),
        ),
    }
    return texts.get(code) or _("This cannot be used as it is (%(code)s).", code=code)
