"""Small helpers of the benchmarks."""

import time


def seconds(function, *arguments):
    """How long a call takes.

    :return: (seconds, result)
    """
    start = time.perf_counter()
    result = function(*arguments)
    return time.perf_counter() - start, result


def percentile(values, share):
    """The value that a share of the sorted values does not exceed (nearest rank).

    :param values: numbers, at least one
    :param share: as in 0.95
    """
    ranked = sorted(values)
    return ranked[max(0, -int(-len(ranked) * share // 1) - 1)]


def p95(values):
    """The 95th percentile."""
    return percentile(values, 0.95)
