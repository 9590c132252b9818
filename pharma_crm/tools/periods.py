"""Days, weeks and months as periods of reports. No Odoo here."""

from calendar import monthrange
from datetime import timedelta

KINDS = ('day', 'week', 'month')


def get_period(kind, day):
    """The period that a day falls into.

    :param str kind: one of ``KINDS``
    :param datetime.date day: any day of the period
    :return: first and last day; weeks begin on Monday
    :rtype: tuple(datetime.date, datetime.date)
    """
    if kind == 'day':
        return day, day
    if kind == 'week':
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    if kind == 'month':
        return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    raise ValueError(f"unknown kind of period: {kind}")


def get_next(kind, day):
    """The period after the one that a day falls into, as :func:`get_period`."""
    return get_period(kind, get_period(kind, day)[1] + timedelta(days=1))


def get_ended(kind, today, count):
    """The last periods that are over, the oldest first.

    :param str kind: one of ``KINDS``
    :param datetime.date today: the period of this day is not over
    :param int count: how many
    :rtype: list(tuple(datetime.date, datetime.date))
    """
    periods = []
    day = today
    for _number in range(count):
        first, last = get_period(kind, get_period(kind, day)[0] - timedelta(days=1))
        periods.append((first, last))
        day = first
    return periods[::-1]
