"""``scanly print``: sheets of labels, designed pieces, label stocks, preflight, printers."""

from __future__ import annotations

from scanly.cli.print_calibrate import calibrate
from scanly.cli.print_check import check
from scanly.cli.print_designs import KINDS, command_for, designs
from scanly.cli.print_sheet import sheet
from scanly.cli.print_stocks import stocks
from scanly.cli.print_templates import templates
from scanly.cli.session import group

app = group()
app.command()(sheet)
for kind in KINDS:
    app.command(kind)(command_for(kind))
app.command()(designs)
app.command()(templates)
app.command()(stocks)
app.command()(check)
app.command()(calibrate)
