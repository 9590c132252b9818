"""Cycles of calls: what calls earn, how much of the working time has passed, what comes next.

How to use: :func:`measure` for one target, :func:`attainment` for sums of targets,
:func:`next_dates` for the cycle after one, :func:`count_weekdays` where a company keeps no
calendar. ``models/cycle/pharma_cycle_sql.py`` measures all targets in the database by the same
rules.
"""

from calendar import monthrange
from datetime import timedelta


def measure(goal, maximum, weight, actual):
    """What the calls on a customer are worth in a cycle.

    :param int goal: calls wanted; 0 is legal
    :param int maximum: calls that count at most
    :param float weight: worth of one call
    :param int actual: calls made
    :return: interaction goal, earned, attainment in percent (None without a goal)
    :rtype: tuple(float, float, float or None)
    """
    wanted, earned = goal * weight, min(actual, maximum) * weight
    return wanted, earned, attainment(earned, wanted)


def attainment(earned, wanted):
    """How much of the goals is reached, for one target or for sums of several.

    :param float earned: sum of what is earned
    :param float wanted: sum of the interaction goals
    :return: percent; None without a goal
    :rtype: float or None
    """
    return earned * 100 / wanted if wanted else None


def month_of(day):
    """The first and the last day of the month of a day.

    :param datetime.date day: any day
    :rtype: tuple(datetime.date, datetime.date)
    """
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def is_month(first, last):
    """Whether these dates are those of one calendar month.

    :param datetime.date first: the first day
    :param datetime.date last: the last day
    :rtype: bool
    """
    return (first, last) == month_of(first)


def next_dates(first, last):
    """The dates of the cycle after one: the next month after a month, else as many days.

    :param datetime.date first: the first day of the cycle before
    :param datetime.date last: its last day
    :rtype: tuple(datetime.date, datetime.date)
    """
    begin = last + timedelta(days=1)
    if is_month(first, last):
        return month_of(begin)
    return begin, begin + (last - first)


def count_weekdays(first, last):
    """Days from Monday to Friday between two days, both included.

    :param datetime.date first: the first day
    :param datetime.date last: the last day; before the first one: none
    :rtype: int
    """
    days = max(0, (last - first).days + 1)
    weeks, rest = divmod(days, 7)
    return weeks * 5 + sum((first.weekday() + day) % 7 < 5 for day in range(rest))
