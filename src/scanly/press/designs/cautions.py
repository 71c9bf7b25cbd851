"""What is allowed and yet makes a piece poorer than its owner expects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scanly.accounts.actions import FIRST_NAME
from scanly.press.designs.subject import Subject
from scanly.press.page import Group, Item, Page, Placed
from scanly.press.pictures.resolution import soft


def cautions(subject: Subject, pages: Iterable[Page]) -> Iterator[str]:
    """A sentence for each."""
    if subject.name == FIRST_NAME:
        rename = f'scanly workspace edit "{FIRST_NAME}" --rename "Your name"'
        yield f'It says "{FIRST_NAME}", since nobody named the workspace yet. Name it: {rename}.'
    yield from dict.fromkeys(_soft(item for page in pages for item in page.items))


def _soft(items: Iterable[Item]) -> Iterator[str]:
    for item in items:
        if isinstance(item, Group):
            yield from _soft(item.items)
        elif isinstance(item, Placed) and (sentence := soft(item.picture, item.box)):
            yield sentence
