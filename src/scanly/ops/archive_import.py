"""Reads an archive into this installation: all of it or nothing, although two databases are written.

What happened is stored first, under links that do not exist yet and so is shown nowhere; then one transaction
makes the links. What a killed import has left is removed by the next import of the same links.
"""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Column, Table, delete, insert, select

from scanly.accounts.model import Workspace, check_person, check_workspace
from scanly.accounts.store import add_workspace_anywhere, list_workspaces_anywhere
from scanly.accounts.tables import people, workspaces
from scanly.analytics.batch import LINK, WORKSPACE
from scanly.analytics.tables import subjects
from scanly.codes.tables import qr_codes
from scanly.core.actor import Role
from scanly.core.clock import day_number
from scanly.core.errors import Conflict, Invalid, Problem
from scanly.core.files import write_whole
from scanly.core.ids import IdMaker, LinkId, WorkspaceId
from scanly.core.paths import DataFolder
from scanly.core.text import count
from scanly.db.engine import Connection, Database
from scanly.links import hosts, store
from scanly.links.model import Link, LinkDraft, check_draft
from scanly.links.tables import links
