"""The only column types: each is right for SQLite's STRICT tables and for PostgreSQL.

SQLAlchemy's own BIGINT, VARCHAR, BOOLEAN, DATETIME and JSON are refused by STRICT tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import BigInteger, Dialect, Integer, MetaData, Text
from sqlalchemy import Table as SqlTable
from sqlalchemy.sql.schema import SchemaItem
from sqlalchemy.types import TypeDecorator, TypeEngine

if TYPE_CHECKING:
    _Decorator = TypeDecorator[Any]
else:
    _Decorator = TypeDecorator

# The tables of the two databases; every tables.py adds its own to one of them.
MAIN = MetaData()
EVENTS = MetaData()

# 63-bit numbers, ids and milliseconds: INTEGER in SQLite, BIGINT in PostgreSQL.
Big = BigInteger().with_variant(Integer(), "sqlite")
Small = Integer()
Words = Text()


class Flag(_Decorator):
    """A bool, kept as 0 or 1."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> bool | None:
        return None if value is None else bool(value)


class Json(_Decorator):
    """A JSON value: TEXT in SQLite, JSONB in PostgreSQL; None is NULL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name != "postgresql":
            return dialect.type_descriptor(Text())
        from sqlalchemy.dialects.postgresql import JSONB

        return dialect.type_descriptor(JSONB(none_as_null=True))

    def process_bind_param(self, value: object, dialect: Dialect) -> object:
        return value if dialect.name == "postgresql" or value is None else msgspec.json.encode(value).decode()

    def process_result_value(self, value: Any, dialect: Dialect) -> object:
        return value if dialect.name == "postgresql" or value is None else msgspec.json.decode(value)


class Value(Json):
    """A msgspec struct of one kind, kept as JSON; NULL is one with nothing but defaults."""

    cache_ok = True

    def __init__(self, kind: type[msgspec.Struct]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: object, dialect: Dialect) -> object:
        plain = None if value is None or value == self.kind() else msgspec.to_builtins(value)
        return super().process_bind_param(plain, dialect)

    def process_result_value(self, value: Any, dialect: Dialect) -> object:
        found = super().process_result_value(value, dialect)
        return self.kind() if found is None else msgspec.convert(found, self.kind)


class Tags(_Decorator):
    """A tuple of words kept as ``|menu|indoor|``, so that one LIKE finds a tag on both engines."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | str | None, dialect: Dialect) -> str | None:
        if value is None or isinstance(value, str):
            return value  # a pattern to compare with
        return "".join(f"|{tag}" for tag in value) + "|" if value else ""

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...]:
        return tuple(value.strip("|").split("|")) if value else ()


def table(
    name: str,
    metadata: MetaData,
    *items: SchemaItem,
    counted: bool = False,
    clustered: bool = False,
    parted_by: str = "",
) -> SqlTable:
    """A table that refuses values of the wrong type on both engines.

    ``counted``: its numbers are never given twice, also after the newest rows were deleted. ``clustered``: SQLite
    keeps the rows in the order of their primary key, without a number for each. ``parted_by``: PostgreSQL keeps
    the rows in partitions by ranges of this column.
    """
    return SqlTable(
        name,
        metadata,
        *items,
        sqlite_strict=True,
        sqlite_autoincrement=counted,
        sqlite_with_rowid=not clustered,
        postgresql_partition_by=f"RANGE ({parted_by})" if parted_by else None,
    )
