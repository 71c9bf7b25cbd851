"""What the file of a site says besides its blocks, and what every block may have, as fields."""

from __future__ import annotations

from scanly.sites.fields import Field
from scanly.sites.found.kinds import KINDS
from scanly.sites.look.themes import BACKGROUNDS, BUTTONS

SITE_FIELDS: dict[str, Field] = {
    "title": Field(
        "text",
        label="Title",
        help="What stands in the browser's tab and in search results.",
        required=True,
        most=120,
    ),
    "description": Field(
        "text", label="Description", help="One sentence for search results and for sharing.", most=300
    ),
    "kind": Field(
        "choice",
        label="Kind",
        help="What it is, for search engines.",
        choices=tuple(KINDS),
        default="business",
    ),
    "brand": Field("colour", label="Your colour", help="Made darker or lighter until everyone can read it."),
    "corners": Field("number", label="Roundness of corners", help="From 0 to 24.", most=24),
    "text": Field("choice", label="Size of text", choices=("normal", "big"), default="normal"),
    "buttons": Field("choice", label="Look of buttons", choices=BUTTONS),
    "background": Field("choice", label="Background", choices=BACKGROUNDS),
    "logo": Field("picture", label="Logo", help="For the home screen of a phone and for sharing."),
    "picture": Field("picture", label="Picture for sharing"),
    "time_zone": Field(
        "text",
        label="Time zone",
        help="The workspace's if it is left out.",
        example="Asia/Kolkata",
        translated=False,
    ),
    "currency": Field(
        "text",
        label="Currency",
        help="The workspace's if it is left out.",
        example="INR",
        translated=False,
        most=3,
    ),
    "country": Field(
        "text",
        label="Country",
        help="Two letters, for public holidays and figures.",
        example="IN",
        translated=False,
        most=2,
    ),
    "unlisted": Field("yes", label="Unlisted", help="Not for search engines."),
    "invited": Field("yes", label="By invitation", help="Only for people who were invited."),
    "expires": Field("moment", label="Expires", help="After that the page is closed."),
}
KEYS = ("site", "languages", "theme", *SITE_FIELDS, "blocks")

BLOCK_FIELDS: dict[str, Field] = {
    "id": Field("text", label="Name in addresses", translated=False, most=63),
    "title": Field("text", label="Heading", most=120),
    "hidden": Field("yes", label="Hidden"),
    "show": Field(
        "group",
        label="Shown",
        of={"from": Field("moment", label="From"), "to": Field("moment", label="To")},
    ),
}
