"""Workers that are killed (kill -9) while they read a flow file.

Each time a job is queued and a worker of its own takes it, as queue_job's controller does; after a
chance part of the time that the reading takes, the worker is killed. Then the database must hold
the old state (no row, no name, no figure of the file) or the new one (all of them), nothing
between; queue_job's own query must put the job back; the job runs again and gives the new state;
undoing the file gives the old one, table by table.

Keys: ``kills``, how many of them met the worker at work (``met``), left the old (``old``) or the
new state (``new``); ``seconds`` of one reading.

``tests/test_flow_kill.py`` runs it with three kills: ``python flow_kill.py DATABASE 3 500``.
"""

import base64
import logging
import os
import random
import signal
import sys
import time
from contextlib import contextmanager

import odoo
from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry

# Tables that a reading touches, and what of them must come back after an undo.
TABLES = {
    'pharma_flow_line': 'file_id, row_number, status, partner_id, product_id, quantity',
    'pharma_alias': 'name, kind, status, line_count, line_amount',
    'pharma_search_name': 'model, source, text',
    'pharma_flow_progress': 'file_id',
}
CUSTOMERS = 40


@contextmanager
def fresh(database):
    """An environment in a transaction of its own, which is committed."""
    with Registry(database).cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})


def make_file(database, rows):
    """A distributor's file with known and unknown names.

    :return: tuple (id of the file, ids of what was made for it, by model)
    """
    with fresh(database) as env:
        partners = env['res.partner'].create([
            {'name': f"临渊市第{number}人民医院", 'pharma_type': 'hospital', 'is_company': True}
            for number in range(CUSTOMERS)])
        distributor = env['res.partner'].create({
            'name': "临渊医药有限公司", 'pharma_type': 'distributor', 'is_company': True})
        product = env['product.template'].create({
            'name': "渊舒他汀钙片 20mg*7片", 'drug_generic_name': "渊舒他汀钙片",
            'drug_specification': "20mg*7片"})
        lines = ["销售日期,客户名称,商品名称,规格,单位,单据编号,数量,金额"] + [
            f"2026-01-{number % 28 + 1:02},临渊市第{number % (CUSTOMERS * 2)}人民医院,渊舒他汀钙片,"
            f"20mg*7片,盒,D{number:07},{number % 9 + 1},{(number % 9 + 1) * 35}"
            for number in range(rows)]
        file = env['pharma.flow.file'].create({
            'name': "kill.csv", 'distributor_id': distributor.id,
            'data': base64.b64encode("\n".join(lines).encode())})
        return file.id, {
            'pharma.flow.file': file.ids, 'product.template': product.ids,
            'res.partner': (partners + distributor).ids}


def snapshot(database):
    """What the tables of a reading hold, as one text for each."""
    found = {}
    with fresh(database) as env:
        for table, columns in TABLES.items():
            env.cr.execute(
                f"SELECT md5(COALESCE(string_agg(row::text, '|' ORDER BY row::text), ''))"
                f"  FROM (SELECT {columns} FROM {table}) row")
            found[table] = env.cr.fetchone()[0]
    return found


def queue(database, file_id):
    """Queue the reading, as its button does, and hand the job out, as the job runner does.

    :return: uuid of the job
    """
    with fresh(database) as env:
        file = env['pharma.flow.file'].browse(file_id)
        file.action_import()
        env.flush_all()
        enqueue(env, file.job_uuid)
        return file.job_uuid


def enqueue(env, uuid):
    """Hand a job out before anybody sees it waiting: a job runner nearby leaves it alone."""
    env.cr.execute(
        "UPDATE queue_job SET state = 'enqueued', date_enqueued = now() AT TIME ZONE 'utc'"
        " WHERE uuid = %s", [uuid])


def start_worker(database, uuid):
    """A process that runs the job, as queue_job's controller does.

    :return: its pid
    """
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        # the folders of the addons are known only now
        from odoo.addons.queue_job.controllers.main import RunJobController

        # connections of the parent must not be used here, nor closed
        kept = sql_db._Pool, sql_db._Pool_readonly  # noqa: F841
        sql_db._Pool = sql_db._Pool_readonly = None
        registry = Registry(database)
        registry._db = sql_db.db_connect(database)
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            job = RunJobController._acquire_job(env, uuid)
            if job:
                RunJobController._try_perform_job(env, job)
        code = 0
    except BaseException:
        logging.getLogger(__name__).exception("worker failed")
    finally:
        os._exit(code)


def wait(pid):
    """:return: exit code of a process; negative: the signal that ended it"""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def state_of(database, file_id):
    with fresh(database) as env:
        file = env['pharma.flow.file'].browse(file_id)
        return file.state, file.row_count


def requeue_dead(database, uuid):
    """Look for dead jobs, as the job runner does at every start, and hand this one out again.

    :return: 'pending' when it was found dead, 'done' when it had ended
    """
    from odoo.addons.queue_job.jobrunner.runner import Database

    deadline = time.monotonic() + 20
    while True:
        with fresh(database) as env:
            # it leaves those of the last ten seconds alone
            env.cr.execute(
                "UPDATE queue_job SET date_enqueued = date_enqueued - INTERVAL '1 minute'"
                " WHERE uuid = %s", [uuid])
            env.cr.execute(Database._query_requeue_dead_jobs(None))
            env.cr.execute("SELECT state FROM queue_job WHERE uuid = %s", [uuid])
            state = env.cr.fetchone()[0]
            if state == 'pending':
                enqueue(env, uuid)
        # the server ends the transaction of a killed client as soon as it notices
        if state in ('pending', 'done') or time.monotonic() > deadline:
            return state
        time.sleep(0.1)


def kill_once(database, file_id, seconds, old, new, rows):
    """Kill one worker and check what it leaves, then let the job run again.

    :return: tuple (whether the worker was still at work, 'old' or 'new')
    """
    uuid = queue(database, file_id)
    pid = start_worker(database, uuid)
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    is_met = wait(pid) == -signal.SIGKILL
    job_state = requeue_dead(database, uuid)
    state, count = state_of(database, file_id)
    left = snapshot(database)
    progress = left.pop('pharma_flow_progress')
    expected = {'review': new, 'queued': old, 'reading': old}[state]
    assert left == {name: expected[name] for name in left}, (state, left)
    assert count == (rows if state == 'review' else 0), (state, count)
    if job_state != 'done':
        assert job_state == 'pending', job_state
        code = wait(start_worker(database, uuid))
        assert code == 0, code
    assert state_of(database, file_id) == ('review', rows)
    assert snapshot(database) == new, progress
    with fresh(database) as env:
        env['pharma.flow.file'].browse(file_id).action_undo()
    assert snapshot(database) == old
    return is_met, 'new' if state == 'review' else 'old'


def run_kills(database, kills, rows):
    """Kill ``kills`` workers at chance points of reading a file of ``rows`` rows."""
    file_id, made = make_file(database, rows)
    dice = random.Random(kills)
    result = {'kills': kills, 'met': 0, 'old': 0, 'new': 0}
    try:
        old = snapshot(database)
        start = time.perf_counter()
        assert wait(start_worker(database, queue(database, file_id))) == 0
        duration = time.perf_counter() - start
        assert state_of(database, file_id) == ('review', rows)
        new = snapshot(database)
        assert new != old
        with fresh(database) as env:
            env['pharma.flow.file'].browse(file_id).action_undo()
        assert snapshot(database) == old
        for number in range(kills):
            # one in each part of the time and a little beyond, so that no phase is left out
            moment = 1.2 * duration * (number + dice.random()) / kills
            is_met, left = kill_once(database, file_id, moment, old, new, rows)
            result['met'] += is_met
            result[left] += 1
    finally:
        remove(database, made)
    return {**result, 'seconds': round(duration, 2)}


def remove(database, made):
    """Take away what the kills were tried with."""
    with fresh(database) as env:
        file = env['pharma.flow.file'].browse(made['pharma.flow.file'])
        if file.state in ('queued', 'reading'):
            file._set_result(state='failed')
        if file.state in ('review', 'failed'):
            file.action_undo()
        env['queue.job'].search([('model_name', '=', 'pharma.flow.file')]).unlink()
        for model, ids in made.items():
            env[model].browse(ids).unlink()


def run(env, kills='30', rows='2000'):
    """Thirty killed workers."""
    result = run_kills(env.cr.dbname, int(kills), int(rows))
    assert result['met'] >= int(kills) * 0.6, result
    return result


if __name__ == '__main__':
    odoo.tools.config.parse_config(['--no-http', *sys.argv[4:]])
    print(run_kills(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
