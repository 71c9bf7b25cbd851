"""Charts of reports: what is drawn is computed once, as fractions of a box, and written as SVG or into a PDF.

Each comes with one sentence that says it and a table with its numbers, and needs no script, no style attribute and
nothing from elsewhere. How they look is ``templates/reports/charts.css``. No axis begins above zero.
"""
