import pytest

from scanly.core.errors import Invalid
from scanly.qr.payloads import app

PLAY = "https://play.google.com/store/apps/details"


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"ios": "310633997"}, "https://apps.apple.com/app/id310633997"),
        ({"ios": " id310633997 "}, "https://apps.apple.com/app/id310633997"),
        (
            {"ios": "https://apps.apple.com/in/app/whatsapp-messenger/id310633997?ct=poster"},
            "https://apps.apple.com/in/app/whatsapp-messenger/id310633997?ct=poster",
        ),
        ({"android": "org.example.app_2"}, f"{PLAY}?id=org.example.app_2"),
        ({"android": f"{PLAY}?hl=en&id=org.example.app#x"}, f"{PLAY}?hl=en&id=org.example.app#x"),
        ({"other": "HTTPS://Example.com/app"}, "https://example.com/app"),
    ],
)
def test_one_address_is_taken_by_id_package_or_as_it_is(fields, text):
    assert app.Payload(**fields).text() == text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "ios: is missing, and so are android and other. Give one of them."),
        (
            {"ios": "WhatsApp"},
            'ios: "WhatsApp" is not an app in the App Store. Give its id, such as id310633997',
        ),
        ({"ios": "itms-apps://itunes.apple.com/app/id1"}, "Only http:// and https:// are allowed."),
        ({"ios": "https://apps.apple.com.evil.example/app/id310633997"}, "is not an app in the App Store"),
        ({"ios": "https://evil.example/https://apps.apple.com/app/id310633997"}, "is not an app in the App"),
        ({"ios": "http://apps.apple.com/app/id310633997"}, "is not an app in the App Store"),
        ({"ios": "https://apps.apple.com/in/developer/x"}, "is not an app in the App Store"),
        ({"android": "WhatsApp"}, "Give its package, such as org.example.app"),
        ({"android": "org.1app"}, "is not an app in Google Play"),
        ({"android": "org.example.app&hl=en"}, "is not an app in Google Play"),
        ({"android": "market://details?id=org.example.app"}, "Only http:// and https:// are allowed."),
        ({"android": f"{PLAY}?hl=en"}, "is not an app in Google Play"),
        ({"android": "https://play.google.com/store/apps/dev?id=1"}, "is not an app in Google Play"),
        ({"other": "javascript:alert(1)"}, "other: "),
    ],
)
def test_what_is_no_app_is_refused_with_what_to_do(fields, sentence):
    with pytest.raises(Invalid) as refused:
        app.Payload(**fields)
    assert sentence in str(refused.value)


def test_two_stores_need_a_short_link():
    with pytest.raises(Invalid) as refused:
        app.Payload(ios="310633997", android="org.example.app", other="https://example.com")
    first, second = refused.value.problems
    assert (first.field, second.field) == ("android", "other")
    assert first.message == "A code holds one address, and ios is given already."
    assert first.hint == (
        "Make a short link whose rules send each system to its own address, and print that."
    )
