"""How fifteen languages write figures, days, clocks and numbers of things, and which of them a visitor asks for."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from babel import Locale, localedata, numbers
from hypothesis import given, settings
from hypothesis import strategies as st

from scanly.core.errors import Invalid
from scanly.sites.words import figures
from scanly.sites.words.language import LANGUAGES, asked, best, find_language, locales, read_catalogue

every_language = pytest.mark.parametrize("tag", LANGUAGES)
any_language = st.sampled_from(LANGUAGES)

# Rupees without and with a fraction; euros; dollars; a day; a day with its weekday and year; morning; evening.
WRITTEN = {
    "en": "₹1,20,000 | ₹99.50 | €1,234.50 | US$5 | 23 November | Sunday, 3 May 2026 | 09:00 | 18:05",
    "hi": "₹1,20,000 | ₹99.50 | €1,234.50 | $5 | 23 नवंबर | रविवार, 3 मई 2026 | सुबह 9:00 | शाम 6:05",
    "bn": "₹1,20,000 | ₹99.50 | 1,234.50€ | 5 US$ | 23 নভেম্বর | রবিবার, 3 মে, 2026 | সকাল 9:00 | সন্ধ্যা 6:05",
    "ta": "₹1,20,000 | ₹99.50 | €1,234.50 | $5 | 23 நவம்பர் | ஞாயிறு, 3 மே, 2026 | காலை 9:00 | மாலை 6:05",
    "te": "₹1,20,000 | ₹99.50 | €1,234.50 | $5 | 23 నవంబర్ | 3 మే, 2026, ఆదివారం | ఉదయం 9:00 | సాయంత్రం 6:05",
    "mr": "₹1,20,000 | ₹99.50 | €1,234.50 | $5 | 23 नोव्हेंबर | रविवार, 3 मे, 2026 | सकाळी 9:00 | संध्याकाळी 6:05",
    "ur": "₹1,20,000 | ₹99.50 | €1,234.50 | $5 | 23 نومبر | اتوار، 3 مئی، 2026 | صبح 9:00 | شام 6:05",
    "ar": "120,000 ₹ | 99.50 ₹ | 1,234.50 € | 5 US$ | 23 نوفمبر | الأحد، 3 مايو 2026 | 9:00 ص | 6:05 م",
    "es": "120.000 ₹ | 99,50 ₹ | 1.234,50 € | 5 US$ | 23 de noviembre | domingo, 3 de mayo de 2026 | 9:00 | 18:05",
    "pt": "₹ 120.000 | ₹ 99,50 | € 1.234,50 | US$ 5 | 23 de novembro | domingo, 3 de maio de 2026 | 09:00 | 18:05",
    "fr": "120 000 ₹ | 99,50 ₹ | 1 234,50 € | 5 $US | 23 novembre | dimanche 3 mai 2026 | 09:00 | 18:05",
    "de": "120.000 ₹ | 99,50 ₹ | 1.234,50 € | 5 $ | 23. November | Sonntag, 3. Mai 2026 | 09:00 | 18:05",
    "zh": "₹120,000 | ₹99.50 | €1,234.50 | US$5 | 11月23日 | 2026年5月3日星期日 | 09:00 | 18:05",
    "ja": "₹120,000 | ₹99.50 | €1,234.50 | $5 | 11月23日 | 2026年5月3日日曜日 | 9:00 | 18:05",
    "id": "₹120.000 | ₹99,50 | €1.234,50 | US$5 | 23 November | Minggu, 3 Mei 2026 | 09.00 | 18.05",
}
# 0, 1, 2, 3, 11 and 100 minutes.
MINUTES = {
    "en": "0 minutes, 1 minute, 2 minutes, 3 minutes, 11 minutes, 100 minutes",
    "hi": "0 मिनट, 1 मिनट, 2 मिनट, 3 मिनट, 11 मिनट, 100 मिनट",
    "bn": "0 মিনিট, 1 মিনিট, 2 মিনিট, 3 মিনিট, 11 মিনিট, 100 মিনিট",
    "ta": "0 நிமிடங்கள், 1 நிமிடம், 2 நிமிடங்கள், 3 நிமிடங்கள், 11 நிமிடங்கள், 100 நிமிடங்கள்",
    "te": "0 నిమిషాలు, 1 నిమిషం, 2 నిమిషాలు, 3 నిమిషాలు, 11 నిమిషాలు, 100 నిమిషాలు",
    "mr": "0 मिनिटे, 1 मिनिट, 2 मिनिटे, 3 मिनिटे, 11 मिनिटे, 100 मिनिटे",
    "ur": "0 منٹ, 1 منٹ, 2 منٹ, 3 منٹ, 11 منٹ, 100 منٹ",
    "ar": "0 دقيقة, دقيقة واحدة, دقيقتان, 3 دقائق, 11 دقيقة, 100 دقيقة",
    "es": "0 minutos, 1 minuto, 2 minutos, 3 minutos, 11 minutos, 100 minutos",
    "pt": "0 minuto, 1 minuto, 2 minutos, 3 minutos, 11 minutos, 100 minutos",
    "fr": "0 minute, 1 minute, 2 minutes, 3 minutes, 11 minutes, 100 minutes",
    "de": "0 Minuten, 1 Minute, 2 Minuten, 3 Minuten, 11 Minuten, 100 Minuten",
    "zh": "0 分钟, 1 分钟, 2 分钟, 3 分钟, 11 分钟, 100 分钟",
    "ja": "0分, 1分, 2分, 3分, 11分, 100分",
    "id": "0 menit, 1 menit, 2 menit, 3 menit, 11 menit, 100 menit",
}
ONE_AND_A_HALF_HOURS = {
    "en": "1 hour 30 minutes",
    "hi": "1 घंटा 30 मिनट",
    "bn": "1 ঘণ্টা 30 মিনিট",
    "ta": "1 மணிநேரம் 30 நிமிடங்கள்",
    "te": "1 గంట 30 నిమిషాలు",
    "mr": "1 तास 30 मिनिटे",
    "ur": "1 گھنٹہ 30 منٹ",
    "ar": "ساعة واحدة و30 دقيقة",
    "es": "1 hora y 30 minutos",
    "pt": "1 hora e 30 minutos",
    "fr": "1 heure 30 minutes",
    "de": "1 Stunde 30 Minuten",
    "zh": "1 小时 30 分钟",
    "ja": "1時間30分",
    "id": "1 jam 30 menit",
}


def plain(text: str) -> str:
    """Without marks of direction, and with ordinary spaces."""
    return text.translate({0x200E: None, 0x200F: None, 0xA0: " ", 0x202F: " "})


def without_spaces(text: str) -> str:
    return "".join(plain(text).split())


@every_language
def test_prices_days_and_clocks_are_written_as_people_of_the_language_do(tag: str) -> None:
    language = find_language(tag)
    written = [
        language.money(Decimal(120000), "INR"),
        language.money(Decimal("99.5"), "INR"),
        language.money(Decimal("1234.50"), "EUR"),
        language.money(Decimal("5.00"), "USD"),
        language.date(date(2026, 11, 23)),
        language.date(date(2026, 5, 3), weekday=True, year=True),
        language.time(time(9, 0)),
        language.time(datetime(2026, 5, 3, 18, 5, tzinfo=ZoneInfo("Asia/Kolkata"))),
    ]
    assert plain(" | ".join(written)) == WRITTEN[tag]


@every_language
def test_a_number_of_minutes_has_the_form_of_its_number(tag: str) -> None:
    language = find_language(tag)
    said = ", ".join(language.duration(minutes) for minutes in (0, 1, 2, 3, 11))
    hundred = language.n("{n} minute", "{n} minutes", 100)
    assert f"{said}, {hundred}" == MINUTES[tag]
    assert language.duration(90) == ONE_AND_A_HALF_HOURS[tag]


def test_whole_hours_and_days_stand_alone() -> None:
    english = find_language("en")
    said = [english.duration(minutes) for minutes in (60, 120, 1440, 2880, 1500)]
    assert said == ["1 hour", "2 hours", "1 day", "2 days", "25 hours"]


@settings(max_examples=300)
@given(
    any_language, st.integers(-(10**11), 10**11), st.sampled_from(["EUR", "USD", "GBP", "BDT", "AED", "MXN"])
)
def test_money_with_a_fraction_is_what_babel_writes(tag: str, hundredths: int, currency: str) -> None:
    language = find_language(tag)
    amount = Decimal(hundredths * 100 + 37) / 100
    theirs = numbers.format_currency(amount, currency, locale=language.locale)
    assert without_spaces(language.money(amount, currency)) == without_spaces(theirs)


@settings(max_examples=300)
@given(
    locale=st.sampled_from(sorted(locales())),
    amount=st.integers(-(10**12), 10**12) | st.decimals(-(10**7), 10**7, places=3),
)
def test_plain_numbers_are_what_babel_writes(locale: str, amount: int | Decimal) -> None:
    ours = figures.numbers(locale).write(Decimal(amount))
    assert plain(ours) == plain(numbers.format_decimal(amount, locale=locale))


@given(st.integers(0, 10**12))
def test_rupees_are_grouped_in_lakhs_in_english_too(amount: int) -> None:
    theirs = numbers.format_currency(amount, "INR", "¤#,##,##0", locale="en_IN", currency_digits=False)
    for tag in ("en", "hi", "bn", "ta", "te", "mr", "ur"):
        assert plain(find_language(tag).money(Decimal(amount), "INR")) == theirs


@pytest.mark.parametrize(
    ("tag", "country", "expected"),
    [
        ("en", "in", "12,34,567 | $9.50 | 6:05 pm | 23 November"),
        ("en", "US", "1,234,567 | $9.50 | 6:05 PM | November 23"),
        ("en", "XX", "1,234,567 | US$9.50 | 18:05 | 23 November"),
        ("es", "MX", "1,234,567 | USD 9.50 | 6:05 p.m. | 23 de noviembre"),
        ("de", "CH", "1’234’567 | $ 9.50 | 18:05 | 23. November"),
        ("fr", "CA", "1 234 567 | 9,50 $ US | 18 h 05 | 23 novembre"),
        ("pt", "PT", "1 234 567 | 9,50 US$ | 18:05 | 23 de novembro"),
        ("hi", "US", "12,34,567 | $9.50 | शाम 6:05 | 23 नवंबर"),
    ],
)
def test_a_country_has_its_own_way_to_write_the_language(tag: str, country: str, expected: str) -> None:
    language = find_language(tag, country)
    written = [
        language.number(1234567),
        language.money(Decimal("9.5"), "USD"),
        language.time(time(18, 5)),
        language.date(date(2026, 11, 23)),
    ]
    assert plain(" | ".join(written)) == expected


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("500", "JPY", "JP¥500"),
        ("1.25", "KWD", "KWD 1.250"),
        ("1.459", "EUR", "€1.459"),
        ("-120.00", "INR", "-₹120"),
        ("1E+3", "INR", "₹1,000"),
        ("0", "XYZ", "XYZ 0"),
        ("NaN", "INR", "NaN"),
    ],
)
def test_no_digit_of_a_price_is_lost_and_none_is_there_for_nothing(
    amount: str, currency: str, expected: str
) -> None:
    assert plain(find_language("en").money(Decimal(amount), currency)) == expected


@settings(max_examples=300)
@given(
    any_language, st.dates(date(1, 1, 1), date(9999, 12, 31)), st.times(), st.decimals(), st.text(max_size=4)
)
def test_whatever_is_to_be_written_is_written_in_digits_from_zero_to_nine(
    tag: str, day: date, clock: time, amount: Decimal, currency: str
) -> None:
    language = find_language(tag)
    said = [
        language.date(day, weekday=True, year=True),
        language.time(clock),
        language.money(amount, "INR"),
        language.money(Decimal(7), currency),
        *(language.day(number) for number in range(7)),
    ]
    for text in said:
        assert text
        assert all(
            character in "0123456789" for character in text.replace(currency, "") if character.isdecimal()
        )


def test_the_names_of_days_are_those_of_the_language_whichever_was_asked_for_before() -> None:
    assert find_language("ur").day(0) == "پیر"
    assert [find_language(tag).day(0) for tag in ("ar", "es", "ja")] == ["الاثنين", "lunes", "月曜日"]
    assert [find_language("en").day(day, short=True) for day in range(7)] == [
        *("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    ]


def test_the_first_of_a_month_is_an_ordinal_where_people_write_it_so() -> None:
    first = date(2026, 11, 1)
    assert find_language("fr").date(first) == "1er novembre"
    assert find_language("pt").date(first, weekday=True) == "domingo, 1º de novembro"
    assert find_language("es").date(first) == "1 de noviembre"


@every_language
def test_a_language_names_itself_its_direction_and_its_locale(tag: str) -> None:
    language = find_language(tag)
    theirs = Locale.parse(tag)
    assert language.name.casefold() in {str(theirs.get_display_name()).casefold(), "bahasa indonesia"}
    assert language.direction == theirs.text_direction
    assert language.og_locale.partition("_")[0] == tag


@every_language
@given(
    words=st.text(), values=st.dictionaries(st.text(max_size=5), st.text(max_size=5)), number=st.integers()
)
def test_saying_something_never_fails(tag: str, words: str, values: dict[str, str], number: int) -> None:
    language = find_language(tag)
    values = {name: value for name, value in values.items() if name not in {"self", "words", "one", "many"}}
    assert isinstance(language.t(words, **values), str)
    values.pop("number", None)
    assert isinstance(language.n(words, words, number, **values), str)


def test_words_without_a_translation_are_said_in_english_with_their_values() -> None:
    hindi = find_language("hi")
    assert hindi.t("No such words, {name}", name="Asha") == "No such words, Asha"
    assert hindi.n("{n} such word", "{n} such words", 120000) == "1,20,000 such words"
    assert hindi.t("{hours} {minutes}", hours="1") == "{hours} {minutes}"


HEADER = b'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: %s\\n"\n'


def test_a_catalogue_leaves_out_what_is_unsure_or_not_translated() -> None:
    catalogue = read_catalogue(
        HEADER % b"nplurals=2; plural=(n != 1);"
        + b'\nmsgid "a"\nmsgstr "A"\n\n#, fuzzy\nmsgid "b"\nmsgstr "B"\n\nmsgid "c"\nmsgstr ""\n'
        + b'\nmsgid "d"\nmsgid_plural "ds"\nmsgstr[0] "D"\nmsgstr[1] ""\n'
    )
    assert catalogue.words == {"a": "A"}
    assert catalogue.plurals == {}


def test_the_rule_for_plurals_is_arithmetic_and_nothing_else() -> None:
    with pytest.raises(ValueError, match="plural"):
        read_catalogue(HEADER % b"nplurals=2; plural=__import__('os');")


def test_a_language_that_there_is_not_is_refused_with_the_nearest() -> None:
    with pytest.raises(Invalid, match="not one of the languages") as problem:
        find_language("zz\u202e")
    assert "\u202e" not in str(problem.value)


@pytest.mark.parametrize(
    ("header", "offered", "expected"),
    [
        ("hi-IN,hi;q=0.9,en;q=0.8", ["en", "hi"], "hi"),
        ("hi-IN,hi;q=0.9,en;q=0.8", ["en", "ta"], "en"),
        ("gu;q=1, ta;q=0.2", ["en", "hi"], ""),
        ("en;q=0.1, ar;q=0.2", ["en", "ar"], "ar"),
        ("en, ar", ["ar", "en"], "en"),
        ("in-ID", ["id"], "id"),
        ("zh-Hant-TW", ["zh"], "zh"),
        ("hi;q=0, hi;q=nan, hi;q=x", ["hi"], ""),
        ("*", ["hi"], ""),
        ("", ["hi"], ""),
    ],
)
def test_a_visitor_is_offered_what_they_like_best_of_what_there_is(
    header: str, offered: list[str], expected: str
) -> None:
    assert best(header, offered) == expected


@given(st.text(st.sampled_from("aehinrz-_,;=q.01* \u0130\u00df")))
def test_whatever_a_browser_sends_is_read(header: str) -> None:
    assert all(one.weight > 0 and one.language.isascii() for one in asked(header))
    assert best(header, LANGUAGES) in {"", *LANGUAGES}


def test_every_locale_is_one_that_babel_knows() -> None:
    assert locales() <= set(localedata.locale_identifiers())
    assert {name.partition("_")[0] for name in locales()} == set(LANGUAGES)


def test_a_language_is_there_at_once_and_babel_is_loaded_only_when_something_is_said() -> None:
    program = """if True:
        import sys
        from time import process_time
        from scanly.sites.words.language import find_language
        find_language("hi").name, find_language("en").t("Closed")
        print("babel" in sys.modules)
        import babel.messages.pofile, babel.dates
        start = process_time()
        find_language("ar").t("Closed")
        print((process_time() - start) * 1000)
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded, ms = done.stdout.split()
    assert loaded == "False"
    assert float(ms) < 60  # about 20 on a slow machine
