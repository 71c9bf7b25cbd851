"""What the rows of sites in an archive must keep: a page is read anew by its own fields before it may be shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from scanly.core.errors import Invalid
from scanly.core.text import has_control
from scanly.links import hosts, passwords
from scanly.media.model import FILE_NAME, Picture, Variant, check_name
from scanly.ops.archive_site_rows import (
    AnswerRow,
    InvitationRow,
    PinRow,
    PublicationRow,
    ReleaseRow,
    SitePlanRow,
    SiteRow,
)
from scanly.sites.answers.model import STATUSES
from scanly.sites.model import Site
from scanly.sites.reading import SLUG, recheck


def content_of(row: ReleaseRow) -> Site:
    """The site of a release. Raises Invalid for what nobody could have published."""
    try:
        site = msgspec.json.decode(row.content, type=Site)
        recheck(site)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Invalid.field("content", f"cannot be used: {error}.") from error
    return site


def check_variants(variants: tuple[Variant, ...]) -> None:
    """Raises Invalid unless all are files of a picture."""
    for one in variants:
        found = FILE_NAME.fullmatch(one.file)
        if found is None or found[1] != one.kind or min(one.width, one.height, one.bytes) < 1:
            raise Invalid.field("variants", f'"{one.file[:60]}" is not a file of a picture.')
    if not variants:
        raise Invalid.field("variants", "has no file.")


def _site(row: SiteRow) -> None:
    if (hosts.canonical(row.host) if row.host else hosts.DEFAULT) != row.host:
        raise Invalid.field("host", f'"{row.host[:80]}" is not in its normal spelling.')
    if not SLUG.fullmatch(row.slug):
        raise Invalid.field("slug", f'"{row.slug[:80]}" cannot stand in an address.')
    if row.front and row.host == hosts.DEFAULT:
        raise Invalid.field("front", "needs a host.")
    if row.password is not None and not passwords.is_kept(row.password):
        raise Invalid.field("password", "is not kept as a password is.")


def _release(row: ReleaseRow) -> None:
    content_of(row)
    try:
        shown = msgspec.json.decode(row.pictures, type=dict[str, Picture])
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Invalid.field("pictures", f"cannot be used: {error}.") from error
    for name, picture in shown.items():
        check_name(name)
        check_variants(picture.variants)
        if min(picture.width, picture.height) < 1:
            raise Invalid.field("pictures", f'"{name[:80]}" has no size.')


def _said(row: PublicationRow | SitePlanRow | InvitationRow) -> None:
    """What people read of it is printable."""
    for name in ("who", "what", "name"):
        if has_control(getattr(row, name, "")):
            raise Invalid.field(name, "holds control characters.")


def _answer(row: AnswerRow) -> None:
    if row.status not in STATUSES:
        raise Invalid.field("status", f'"{row.status[:20]}" is not known.')
    try:
        fields = msgspec.json.decode(row.fields, type=dict[str, str])
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Invalid.field("fields", f"cannot be used: {error}.") from error
    lines = [line for text in fields.values() for line in text.split("\n")]
    for text in (*fields, *lines, row.type, row.language, row.release, row.consent):
        if has_control(text):
            raise Invalid.field("fields", "hold control characters.")


def _pin(row: PinRow) -> None:
    if not passwords.is_kept(row.kept):
        raise Invalid.field("kept", "is not kept as a password is.")


RULES: Mapping[type[msgspec.Struct], Callable[[Any], object]] = {
    SiteRow: _site,
    ReleaseRow: _release,
    PublicationRow: _said,
    SitePlanRow: _said,
    InvitationRow: _said,
    AnswerRow: _answer,
    PinRow: _pin,
}
