"""When calls of a half-day begin.

How to use
    starts = free_starts(begin, end, busy, count, places=5, minutes=30)

No Odoo imports: testable alone.
"""

from datetime import timedelta

GRID = timedelta(minutes=15)


def step_of(begin, end, places):
    """Time from one call to the next, when a half-day holds so many.

    :param datetime begin: of the half-day
    :param datetime end: of the half-day
    :param int places: calls that it is to hold
    :rtype: timedelta
    """
    return max(GRID, (end - begin) / max(1, places) // GRID * GRID)


def free_starts(begin, end, busy, count, places, minutes):
    """When calls begin: spread over the half-day, beside what stands there already.

    What finds no free time comes at the end of the half-day, one after the other: it is better
    seen there than lost.

    :param datetime begin: of the half-day
    :param datetime end: of the half-day
    :param busy: pairs of datetimes that are taken
    :param int count: calls to place
    :param int places: calls that the half-day is to hold
    :param int minutes: length of a call
    :rtype: list[datetime]
    """
    busy, length, starts = list(busy), timedelta(minutes=minutes), []
    for step in dict.fromkeys((step_of(begin, end, places), GRID)):
        at = begin
        while len(starts) < count and at + length <= end:
            if all(at + length <= first or at >= last for first, last in busy):
                starts.append(at)
                busy.append((at, at + length))
            at += step
    late = max([end, *(last for _first, last in busy)])
    starts.sort()
    return starts + [late + number * length for number in range(count - len(starts))]
