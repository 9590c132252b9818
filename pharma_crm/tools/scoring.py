"""Score models compiled into SQL: criteria give points, weighted points a value, bands a grade.

The value is the weighted mean of the points, in hundredths, so that it does not depend on the order
of the criteria; weights need no fixed sum. Points and weights are counted in whole hundredths: sums
of whole numbers are exact.

Nothing here knows Odoo: facts come as the text of a query with its parameters, whose columns are
``id`` and one per criterion (``Criterion.column``), text for value maps, a number for the others.
"""

from typing import NamedTuple

#: how a fact becomes points
MAP, RANGES, LINEAR, PERCENTILE = 'map', 'ranges', 'linear', 'percentile'


class Criterion(NamedTuple):
    """One indicator of a score model.

    ``limits`` are pairs (limit, points): for a map the fact as text, for ranges the number from
    which the points are given, for percentiles the share in percent from which they are given.
    ``cuts`` are the facts at those shares, as :func:`compile_cuts` finds them, in the order of
    ``limits``; as long as nothing was measured all facts count as unknown.
    ``low``, ``high`` and ``top`` belong to linear: no points up to ``low``, ``top`` points from
    ``high`` on; ``low`` may be the greater one (the less, the better).
    """

    key: int
    method: str
    weight: float
    limits: tuple = ()
    missing: float = 0.0  # points where the fact is not known
    low: float = 0.0
    high: float = 0.0
    top: float = 100.0
    cuts: tuple = ()

    @property
    def column(self):
        """Name of the column that holds its fact."""
        return f'c{self.key:d}'


class Band(NamedTuple):
    """A grade and the value from which on it is given."""

    key: int
    minimum: float


def hundredths(number):
    """A number in whole hundredths."""
    return round(number * 100)


def compile_points(criterion):
    """SQL of the points that a fact is worth, in hundredths.

    :param Criterion criterion:
    :return: text, parameters
    :raise ValueError: for an unknown method, or a linear one whose two ends are the same
    """
    column, missing = criterion.column, hundredths(criterion.missing)
    if criterion.method == LINEAR:
        span = criterion.high - criterion.low
        if not span:
            raise ValueError("linear points need two different ends")
        return (
            f"CASE WHEN {column} IS NULL THEN %s ELSE ROUND(LEAST(GREATEST("
            f"({column} - %s::numeric) / %s::numeric, 0), 1) * %s)::int END",
            [missing, criterion.low, span, hundredths(criterion.top)])
    if criterion.method == MAP:
        test, pairs = f"{column} = %s", criterion.limits
    elif criterion.method in (RANGES, PERCENTILE):
        limits = criterion.limits
        if criterion.method == PERCENTILE:
            measured = len(criterion.cuts) == len(limits)
            limits = [(cut, points) for cut, (_share, points) in zip(
                criterion.cuts, limits, strict=True) if cut is not None] if measured else ()
        test, pairs = f"{column} >= %s::numeric", sorted(
            limits, key=lambda pair: pair[0], reverse=True)
    else:
        raise ValueError(f"unknown method {criterion.method}")
    if criterion.method == PERCENTILE and not pairs:
        return "%s::int", [missing]
    # A fact that no line names is worth nothing; one that is not known, what the company says
    cases = " ".join([f"WHEN {test} THEN %s"] * len(pairs))
    params = [value for limit, points in pairs for value in (limit, hundredths(points))]
    return f"CASE WHEN {column} IS NULL THEN %s {cases} ELSE 0 END", [missing, *params]


def compile_cuts(facts, criterion):
    """SQL of the facts at the shares of a percentile criterion.

    Those are kept until all are scored again: one customer scored alone is measured by them, and
    gets what he would get among all.

    :param tuple facts: text and parameters of the query of facts, of everybody
    :param Criterion criterion: of the method percentile
    :return: text, parameters; one row with one array, in the order of ``criterion.limits``
    """
    text, params = facts
    return " ".join((
        "SELECT percentile_disc(%s::float8[]) WITHIN GROUP (ORDER BY", criterion.column,
        ") FROM (", text, ") AS facts WHERE", criterion.column, "IS NOT NULL",
    )), [[min(max(share / 100, 0), 1) for share, _points in criterion.limits], *params]


def compile_scores(facts, criteria, bands):
    """SQL of values and grades.

    :param tuple facts: text and parameters of the query of facts
    :param criteria: iterable of Criterion
    :param bands: iterable of Band
    :return: text, parameters; columns are those of the facts, ``value`` (two decimals, 0 without
        weights), ``band_id`` (null below the lowest) and ``points`` (object of JSON: key of the
        criterion -> points in hundredths)
    """
    text, params = facts
    criteria = sorted(criteria, key=lambda criterion: criterion.key)
    columns, params = [], list(params)
    inner = []
    for criterion in criteria:
        sql, values = compile_points(criterion)
        columns.append(f"{sql} AS p{criterion.key:d}")
        inner += values
    total = sum(hundredths(criterion.weight) for criterion in criteria)
    weighted = " + ".join(
        f"p{criterion.key:d}::bigint * {hundredths(criterion.weight):d}" for criterion in criteria)
    value = f"ROUND(({weighted})::numeric / {total:d}) / 100" if total else "0.00"
    objects = ", ".join(
        f"'{criterion.key:d}', p{criterion.key:d}" for criterion in criteria)
    steps = sorted(bands, key=lambda band: band.minimum, reverse=True)
    cases = " ".join(["WHEN value >= %s::numeric THEN %s::int"] * len(steps))
    grade = f"CASE {cases} END" if steps else "NULL::int"
    limits = [number for band in steps for number in (band.minimum, band.key)]
    # OFFSET 0: else the planner writes each fact out wherever its points are used, and counts it
    # as often
    return " ".join((
        "SELECT valued.*,", grade, "AS band_id FROM (SELECT pointed.*, ROUND(", value,
        ", 2) AS value, jsonb_build_object(", objects, ") AS points FROM (SELECT",
        ", ".join(("facts.*", *columns)), "FROM (", text,
        "OFFSET 0) AS facts OFFSET 0) AS pointed OFFSET 0) AS valued",
    )), [*limits, *inner, *params]
