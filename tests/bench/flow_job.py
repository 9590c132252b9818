"""A job worker of the benchmark ``flow``: does waiting jobs of flow files one after the other.

Run in 'odoo shell' by ``flow.py``, two at a time, which wait until the first job is there, and end
when all are done. Jobs are taken with SKIP LOCKED, as workers of
several processes do, and performed as ``queue_job`` performs them; the last line of its output is
one JSON object: seconds by stage, and the memory that this process and its children took at most.
"""

import json
import resource
import time
from collections import Counter
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.addons.queue_job.job import Job

PAUSE = 0.05
COUNT = "SELECT COUNT(*) FROM queue_job WHERE model_name = 'pharma.flow.file'"
WAITING = """
    SELECT uuid FROM queue_job
     WHERE state = 'pending' AND model_name = 'pharma.flow.file'
     ORDER BY date_created LIMIT 1 FOR UPDATE SKIP LOCKED
"""


def watched(method, stage, seconds):
    """The method, with its time added to a stage; times by phase that it returns are added too."""
    def timed(self, *arguments, **options):
        start = time.perf_counter()
        result = method(self, *arguments, **options)
        if isinstance(result, dict):
            seconds.update(result)
        else:
            seconds[stage] += time.perf_counter() - start
        return result
    return timed


def work(env, jobs):
    """Do all waiting jobs.

    :param int jobs: how many there are in the end, done ones included
    :return: seconds by stage
    :rtype: Counter
    """
    seconds = Counter()
    files = type(env['pharma.flow.file'])
    with patch.object(files, '_import_lines', watched(files._import_lines, 'import', seconds)), \
            patch.object(files, 'action_post', watched(files.action_post, 'post', seconds)):
        while True:
            try:
                env.cr.execute(WAITING, log_exceptions=False)
            except SerializationFailure:
                env.cr.rollback()  # the other worker took it in between
                continue
            found = env.cr.fetchone()
            if not found:
                env.cr.execute(COUNT)
                if env.cr.fetchone()[0] >= jobs:
                    break
                env.cr.rollback()
                time.sleep(PAUSE)
                continue
            job = Job.load(env, found[0])
            job.set_started()
            job.store()
            env.cr.commit()
            start = time.perf_counter()
            job.perform()
            job.set_done()
            job.store()
            env.cr.commit()
            env.invalidate_all()
            seconds['jobs'] += time.perf_counter() - start
            seconds['files'] += 1
    return seconds


def report(env, jobs):
    """Say that this worker is there, work, and print what it took.

    :param int jobs: as of ``work``
    """
    print('READY', flush=True)
    seconds = work(env, jobs)
    print('WORKER ' + json.dumps({
        'seconds': {name: round(value, 2) for name, value in seconds.items()},
        'peak_mb': round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        'child_peak_mb': round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024),
    }))
