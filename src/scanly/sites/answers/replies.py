"""The pages that answer a form, in the look and language of the page that it stands on."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from scanly.core.clock import at
from scanly.sites import leading
from scanly.sites.answers import slots
from scanly.sites.answers.model import Answer, Card, Coupon, Filled, Prepared
from scanly.sites.answers.receiving import Form
from scanly.sites.beside.calendar import Entry, calendar_file
from scanly.sites.blocks import block_type
from scanly.sites.fields.slots import Bookable
from scanly.sites.page import Drawn
from scanly.sites.render import Rendered, document
from scanly.sites.views import Phrase


def address(form: Form, **query: str) -> str:
    """Where the form is sent to, with what it is to show."""
    path = f"{form.page.setting.path}/forms/{form.block.id}"
    return f"{path}?{urlencode(query)}" if query else path


def again(form: Form, filled: Filled, proof: str) -> Rendered:
    """The form with all that was typed, to be sent once more; or with what is wrong with it."""
    t = form.page.t
    said = t("Please check what you wrote.") if filled.wrong else t("Please press Send once more.")
    title = t("Error: {title}", title=_heading(form)) if filled.wrong else _heading(form)
    values = {
        "said": said,
        "proof": proof,
        "fields": form.fields,
        "values": filled.values,
        "wrong": filled.wrong,
        "days": _days(form),
    }
    return _drawn(form, "form", title, values)


def thanks(form: Form) -> Rendered:
    return _drawn(form, "thanks", form.page.t("Thank you"), {})


def over(form: Form) -> Rendered:
    """There is no coupon to be had."""
    page = form.page
    said = page.t("This offer has ended.") if form.is_over else page.t("All of them are taken.")
    return _drawn(form, "over", said, {"said": page.t("Thank you for asking.")})


def coupon(form: Form, given: Coupon) -> Rendered:
    return _drawn(form, "coupon", _heading(form), {"coupon": given})


def booking(form: Form, booked: Answer, token: str) -> Rendered:
    """A seat is taken; ``booked`` has its moment."""
    page = form.page
    start = at(booked.slot_ms or 0, page.zone)
    when = page.t("{date}, {time}", date=page.date(start.date(), weekday=True), time=page.time(start))
    file = address(form, booking=token, file="ics")
    return _drawn(form, "booking", page.t("Thank you"), {"when": when, "file": file})


def calendar(form: Form, booked: Answer, token: str) -> bytes:
    """The booked time for the visitor's calendar."""
    start_ms = booked.slot_ms or 0
    every_minutes = form.timetable.every_minutes if form.timetable else 0
    shop = str(form.page.phrase(form.page.facts.title))
    entry = Entry(
        uid=f"{token}@{form.page.setting.base.partition('://')[2]}",
        title=f"{_heading(form)} – {shop}",
        start=start_ms,
        end=start_ms + every_minutes * slots.MINUTE_MS,
        url=f"{form.page.setting.base}{form.page.setting.path}",
    )
    return calendar_file([entry], stamp_ms=booked.created_ms)


def card(form: Form, held: Card, token: str) -> Rendered:
    """A stamp card; its QR code leads the staff to `staff`."""
    values = _stamps(form, held)
    staff_address = form.page.setting.base + address(form, staff=token)
    return _drawn(form, "card", _heading(form), {**values, "staff": staff_address})


def staff(form: Form, held: Card, token: str, *, known: bool, said: str = "") -> Rendered:
    """Where stamps are marked; with ``known`` no PIN is asked for."""
    values = {**_stamps(form, held), "token": token, "known": known, "said": said, "action": address(form)}
    return _drawn(form, "staff", form.page.t("Mark a stamp"), values)


def order(form: Form, prepared: Prepared) -> Rendered:
    # What was typed is nobody's to be counted: these lead straight out.
    values = {
        "message": form.page.phrase({form.page.facts.language: prepared.text}),
        "whatsapp": leading.target(prepared.whatsapp) if prepared.whatsapp else None,
        "sms": leading.target(prepared.sms) if prepared.sms else None,
    }
    return _drawn(form, "order", form.page.t("Your order"), values)


def _stamps(form: Form, held: Card) -> dict[str, Any]:
    full: int = form.block.values["stamps"]
    words = form.page.words
    count = words.t("{n} of {most} stamps", n=words.number(held.stamps), most=words.number(full))
    return {"card": held, "full": full, "count": count}


def _days(form: Form) -> Any:
    if form.timetable is None:
        return ()
    return Bookable(form.timetable, form.page).free(form.page.taken(form.block.id))


def _heading(form: Form) -> Phrase | str:
    kind = block_type(form.block.type)
    return form.page.phrase(form.block.title) if form.block.title else form.page.t(kind.heading or kind.title)


def _drawn(form: Form, template: str, title: Phrase | str, values: dict[str, Any]) -> Rendered:
    page, block = form.page, form.block
    heading = title if isinstance(title, Phrase) else page.phrase({page.language: title})
    page.types.add(block.type)
    shown = {
        "it": Drawn(block_type(block.type).fields, block.values, page, block.id, block.type),
        "title": str(title),
        "heading": heading,
        "shop": page.phrase(page.facts.title),
        "back": page.path,
    }
    return document(page, f"sites/{template}.html", shown | values)
