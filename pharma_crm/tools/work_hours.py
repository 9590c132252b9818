"""Working hours: when so many of them are over, and how many lie between two moments.

How to use
    spans = [(datetime(2026, 3, 2, 0), datetime(2026, 3, 2, 8))]     # working time, in order
    due = add_hours(spans, start, 8)
    hours = hours_between(spans, start, end)

No Odoo imports: testable alone.
"""

from datetime import timedelta


def add_hours(spans, start, hours):
    """The moment at which so many working hours have passed.

    :param spans: pairs of datetimes, in order and not overlapping: the working time; None: the
        clock round
    :param datetime start: from when
    :param float hours: how many
    :return: None if the working time known of ends before
    :rtype: datetime or None
    """
    left = timedelta(hours=hours)
    if spans is None:
        return start + left
    for first, last in spans:
        begin = max(first, start)
        if begin >= last:
            continue
        if begin + left <= last:
            return begin + left
        left -= last - begin
    return None


def hours_between(spans, start, end):
    """Working hours between two moments.

    :param spans: as in :func:`add_hours`
    :param datetime start: from when
    :param datetime end: until when
    :rtype: float
    """
    if spans is None:
        return max(0.0, (end - start).total_seconds() / 3600)
    return sum(
        (min(last, end) - max(first, start)).total_seconds()
        for first, last in spans if max(first, start) < min(last, end)) / 3600
