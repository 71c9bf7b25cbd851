import re
from decimal import Decimal
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.errors import Invalid
from scanly.qr.payloads import geo

# ZXing's GeoResultParser; the query is what it hands on to the map.
ZXING = re.compile(r"geo:([\-0-9.]+),([\-0-9.]+)(?:,([\-0-9.]+))?(?:\?(.*))?", re.IGNORECASE)


def degrees(most: int) -> st.SearchStrategy[str]:
    return st.decimals(-most, most, places=6).map(lambda number: f"{number:f}")


@given(latitude=degrees(90), longitude=degrees(180))
def test_every_point_on_the_globe_is_read_back_in_both_forms(latitude, longitude):
    text = geo.Payload(latitude=latitude, longitude=longitude, form="geo").text()
    found = ZXING.fullmatch(text)
    assert found and (Decimal(found[1]), Decimal(found[2])) == (Decimal(latitude), Decimal(longitude))
    link = urlsplit(geo.Payload(latitude=latitude, longitude=longitude).text())
    assert (link.scheme, link.netloc, link.path) == ("https", "maps.google.com", "/")
    assert parse_qs(link.query) == {"q": [f"{found[1]},{found[2]}"]}


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"]), min_size=1, max_size=40))
def test_a_label_cannot_leave_its_brackets(label):
    if not label.strip(" "):
        return
    text = geo.Payload(latitude="1", longitude="2", label=label, form="geo").text()
    found = ZXING.fullmatch(text)
    assert found and re.fullmatch(r"q=1,2\([^()&#?]+\)", found[4])
    assert unquote(found[4]) == f"q=1,2({label.strip(' ')})"


@pytest.mark.parametrize(
    ("latitude", "longitude", "point"),
    [
        # RFC 5870, 6: these pairs are the same place.
        ("22.300", "-118.44", "22.3,-118.44"),
        ("22.3", "-118.4400", "22.3,-118.44"),
        ("66.30", "16", "66.3,16"),
        ("+1", "-0.0", "1,0"),
        ("18.52043031294", "73.8567437", "18.52043,73.856744"),
        ("0.0000004", "100", "0,100"),
        ("-90", "180", "-90,180"),
    ],
)
def test_zeros_that_say_nothing_are_left_out_and_long_numbers_rounded(latitude, longitude, point):
    assert geo.Payload(latitude=latitude, longitude=longitude, form="geo").text() == f"geo:{point}"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"latitude": "18,5204"},
            'latitude: "18,5204" is not a number of degrees. Write one number of degrees ',
        ),
        ({"latitude": "18.5204, 73.8567"}, "with a dot, such as 18.5204."),
        ({"latitude": "18°31'13\""}, "latitude: "),
        ({"latitude": "1e1"}, "latitude: "),
        ({"latitude": "nan"}, "latitude: "),
        ({"latitude": "٤"}, "latitude: "),
        ({"latitude": "90.000001"}, 'latitude: "90.000001" is not on the globe. It goes from -90 to 90.'),
        ({"longitude": "-180.5"}, "It goes from -180 to 180."),
        ({"longitude": "1 2"}, "longitude: "),
        ({"longitude": ""}, "longitude: is missing."),
        ({"label": "Asha"}, "label: A link to a map shows no label. Leave it out, or set form to geo."),
        ({"label": "a\nb", "form": "geo"}, "label: "),
    ],
)
def test_what_is_no_place_is_refused_with_what_to_do(fields, sentence):
    with pytest.raises(Invalid) as refused:
        geo.Payload(**({"latitude": "1", "longitude": "2"} | fields))
    assert sentence in str(refused.value)
