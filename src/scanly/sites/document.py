"""Edits of a page as values: each is applied to a list of blocks and gives the edit that takes it back.

A page is a flat list, so two people's edits merge by block, and undo is a list of edits.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from scanly.core.errors import Conflict, NotFound
from scanly.sites.model import Block

Blocks = tuple[Block, ...]


class Insert(Struct, frozen=True, tag="insert"):
    """A block before the one that stands at ``at``; at the end for the length of the list."""

    block: Block
    at: int


class Move(Struct, frozen=True, tag="move"):
    """The block to the place ``to`` of the list, counted without it."""

    id: str
    to: int


class Edit(Struct, frozen=True, tag="edit"):
    """The block with this id becomes ``block``, which has the same id."""

    block: Block


class Remove(Struct, frozen=True, tag="remove"):
    id: str


Operation = Insert | Move | Edit | Remove


def apply(blocks: Blocks, operation: Operation) -> tuple[Blocks, Operation]:
    """The list after an edit, and the edit that undoes it. A place beyond the list is its nearer end.

    Raises NotFound for a block that is not there, Conflict for one that is there already.
    """
    match operation:
        case Insert(block, at):
            if any(each.id == block.id for each in blocks):
                raise Conflict(f'There is a block "{block.id}" already.', hint="Give the new one another id.")
            return _with(blocks, block, at), Remove(block.id)
        case Remove(block_id):
            at = _place(blocks, block_id)
            return blocks[:at] + blocks[at + 1 :], Insert(blocks[at], at)
        case Move(block_id, to):
            at = _place(blocks, block_id)
            return _with(blocks[:at] + blocks[at + 1 :], blocks[at], to), Move(block_id, at)
        case Edit(block):
            at = _place(blocks, block.id)
            return (*blocks[:at], block, *blocks[at + 1 :]), Edit(blocks[at])


def apply_all(blocks: Blocks, operations: Sequence[Operation]) -> tuple[Blocks, tuple[Operation, ...]]:
    """The list after several edits, and those that undo them, in the order in which they are to be applied."""
    undo: list[Operation] = []
    for operation in operations:
        blocks, back = apply(blocks, operation)
        undo.append(back)
    return blocks, tuple(reversed(undo))


def _with(blocks: Blocks, block: Block, at: int) -> Blocks:
    at = min(max(at, 0), len(blocks))
    return (*blocks[:at], block, *blocks[at:])


def _place(blocks: Blocks, block_id: str) -> int:
    for at, block in enumerate(blocks):
        if block.id == block_id:
            return at
    raise NotFound(f'There is no block "{block_id}" on this page.', hint="Somebody may have removed it.")
