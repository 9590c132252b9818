from contextlib import contextmanager

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase


class ConcurrencyCase(TransactionCase):
    """Base of tests of two people at once: each has a transaction of his own. Such tests commit,
    and clean up after themselves.
    """

    @contextmanager
    def _transaction(self):
        """A transaction of its own, committed at the end unless something was raised."""
        with db_connect(self.env.cr.dbname).cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {'tracking_disable': True})

    @contextmanager
    def _refused(self, error=UserError, words=''):
        """The same of somebody who comes second: he is refused, and nothing of his is left.

        :param str words: what the refusal says, a regular expression
        """
        with self._transaction() as env:
            with self.assertRaisesRegex(error, words):
                yield env
            env.cr.rollback()
