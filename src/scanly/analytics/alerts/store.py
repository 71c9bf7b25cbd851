"""Queries of rules and of what fired."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Row, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scanly.analytics.about import About
from scanly.analytics.alerts.model import Alert, Rule, Told
from scanly.analytics.alerts.tables import alert_rules, alerts
from scanly.core.ids import WorkspaceId
from scanly.db.upsert import insert_new

_PLAIN = ("id", "name", "kind", "number", "every", "judged", "firing", "created_ms")


def _rule(row: Row[Any]) -> Rule:
    about = About(row.about, row.about_id, row.about_text)
    return Rule(about=about, **{name: getattr(row, name) for name in _PLAIN})


def _columns(rule: Rule) -> dict[str, object]:
    kind, subject_id, text = rule.about
    about: dict[str, object] = {"about": kind, "about_id": subject_id, "about_text": text}
    return {**about, **{name: getattr(rule, name) for name in _PLAIN}}


async def add_rule(connection: AsyncConnection, workspace_id: WorkspaceId, rule: Rule) -> bool:
    """False when the name is taken."""
    row = _columns(rule) | {"workspace_id": workspace_id}
    return await insert_new(connection, alert_rules, row, keys=["workspace_id", "name"])


async def list_rules(connection: AsyncConnection, workspace_id: WorkspaceId) -> list[Rule]:
    """In the order of their making."""
    query = select(alert_rules).where(alert_rules.c.workspace_id == workspace_id).order_by(alert_rules.c.id)
    return [_rule(row) for row in await connection.execute(query)]


async def edit_rule(connection: AsyncConnection, workspace_id: WorkspaceId, rule: Rule) -> None:
    """Writes everything of a rule."""
    mine = and_(alert_rules.c.workspace_id == workspace_id, alert_rules.c.id == rule.id)
    await connection.execute(update(alert_rules).where(mine).values(_columns(rule)))


async def keep_judgement(
    connection: AsyncConnection, workspace_id: WorkspaceId, before: Rule, after: Rule
) -> bool:
    """Writes how far a rule is judged; False when somebody has judged, edited or removed it meanwhile."""
    known = {**_columns(before), "workspace_id": workspace_id}
    same = and_(*(alert_rules.c[name] == value for name, value in known.items()))
    change = update(alert_rules).where(same).values(judged=after.judged, firing=after.firing)
    return (await connection.execute(change)).rowcount == 1


async def remove_rule(connection: AsyncConnection, workspace_id: WorkspaceId, rule_id: int) -> None:
    """What fired stays."""
    mine = and_(alert_rules.c.workspace_id == workspace_id, alert_rules.c.id == rule_id)
    await connection.execute(delete(alert_rules).where(mine))


async def add_alert(
    connection: AsyncConnection, workspace_id: WorkspaceId, rule: Rule, period: int, alert: Alert
) -> bool:
    """False when this rule has fired for this period before."""
    row: Mapping[str, object] = {
        "rule_id": rule.id,
        "every": rule.every,
        "period": period,
        "workspace_id": workspace_id,
        "at_ms": alert.at_ms,
        "told": msgspec.to_builtins(alert.told),
    }
    return await insert_new(connection, alerts, row, keys=["rule_id", "every", "period"])


async def list_alerts(
    connection: AsyncConnection, workspace_id: WorkspaceId, since_ms: int, limit: int
) -> list[Alert]:
    """What fired since a moment, the latest first."""
    mine = and_(alerts.c.workspace_id == workspace_id, alerts.c.at_ms >= since_ms)
    order = (alerts.c.at_ms.desc(), alerts.c.period.desc(), alerts.c.rule_id)
    query = select(alerts.c.at_ms, alerts.c.told).where(mine).order_by(*order).limit(limit)
    return [Alert(row.at_ms, msgspec.convert(row.told, Told)) for row in await connection.execute(query)]


async def forget_alerts_anywhere(connection: AsyncConnection, before_ms: int) -> int:
    """Removes what fired before a moment; how many."""
    return (await connection.execute(delete(alerts).where(alerts.c.at_ms < before_ms))).rowcount
