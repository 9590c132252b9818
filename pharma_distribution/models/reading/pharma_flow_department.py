from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.pharma_crm.models.customer.res_partner import PERSON_TYPES
from odoo.addons.pharma_crm.tools.names import fold

from ..customer.pharma_alignment import CUSTOMERS_PER_JOB

# How names of departments end; other names are not compared with them.
ENDINGS = tuple("科室房部区诊")


class PharmaFlowDepartment(models.AbstractModel):
    """Which department of a customer a name of a file stands for.

    Two ways lead to one: people say so, by a name alias of the department itself; or the name in
    the file ends with the name of exactly one department that the customer has in the archive
    (望澜市人民医院心内科). The row's customer is the hospital or campus all the same, and rights
    and territories go by it: the department stands beside.
    """

    _name = 'pharma.flow.department'
    _description = "Departments in Flow Files"

    @api.model
    def _split(self, names):
        """Tell customers and their departments apart.

        :param names: pairs (key of the name in the file, id of whom it means)
        :return: dict of those of ``names`` that mean a department -> (id of the customer, id of
            the department)
        :rtype: dict
        """
        self.env['res.partner'].flush_model(
            ['active', 'commercial_partner_id', 'name', 'parent_id', 'pharma_type'])
        meant = self._read_meant(list({target_id for _key, target_id in names}))
        found = {(key, target_id): (meant[target_id], target_id)
                 for key, target_id in names if target_id in meant}
        ending = [(key, target_id) for key, target_id in names
                  if key.endswith(ENDINGS) and target_id not in meant]
        departments = self._read_departments(list({target_id for _key, target_id in ending}))
        for key, target_id in ending:
            department_id = self._choose(key, target_id, departments[target_id])
            if department_id:
                found[key, target_id] = target_id, department_id
        return found

    @api.model
    def _choose(self, key, customer_id, departments):
        """The department whose name a name ends with; the longest one, that of the campus itself
        before those of others. None where it could be several.

        :param list departments: tuples (id, folded name, id of the superior)
        """
        fitting = [(len(name), parent_id == customer_id, department_id)
                   for department_id, name, parent_id in departments if key.endswith(name)]
        best = max((choice[:2] for choice in fitting), default=None)
        chosen = [choice[2] for choice in fitting if choice[:2] == best]
        return chosen[0] if len(chosen) == 1 else None

    @api.model
    def _read_meant(self, partner_ids):
        """Those of some contacts that are departments.

        :return: dict department id -> id of the campus or hospital that it belongs to
        """
        return dict(self.env.execute_query(SQL(
            """ SELECT d.id, CASE WHEN up.pharma_type IN %s THEN d.commercial_partner_id
                                  ELSE up.id END
                  FROM res_partner d JOIN res_partner up ON up.id = d.parent_id
                 WHERE d.id = ANY(%s) AND d.pharma_type = 'department' """,
            PERSON_TYPES, partner_ids)))

    @api.model
    def _read_departments(self, customer_ids):
        """Active departments of customers.

        :return: dict customer id -> list of tuples (id, folded name, id of the superior)
        """
        departments = defaultdict(list)
        for customer_id, department_id, name, parent_id in self.env.execute_query(SQL(
                """ SELECT own.id, d.id, d.name, d.parent_id
                      FROM res_partner own
                      JOIN res_partner d ON d.commercial_partner_id = own.commercial_partner_id
                       AND d.pharma_type = 'department' AND d.active
                     WHERE own.id = ANY(%s) """, customer_ids)):
            if name := fold(name):
                departments[customer_id].append((department_id, name, parent_id))
        return departments

    @api.model
    def _doubt(self, departments):
        """Rows may name these departments now, or no longer: a job writes them anew.

        :param departments: contacts that are departments, new, renamed, archived or come back
        """
        self.env['res.partner'].flush_model(['commercial_partner_id'])
        rows = self.env.execute_query(SQL(
            """ SELECT DISTINCT c.commercial_partner_id
                  FROM res_partner d
                  JOIN res_partner c ON c.commercial_partner_id = d.commercial_partner_id
                   AND c.pharma_type NOT IN %s
                 WHERE d.id = ANY(%s)
                   AND EXISTS (SELECT FROM pharma_flow_line line
                                WHERE line.partner_id = c.id AND %s) """,
            PERSON_TYPES, departments.ids, self._sql_may_name()))
        hospitals = sorted(hospital_id for hospital_id, in rows)
        for start in range(0, len(hospitals), CUSTOMERS_PER_JOB):
            self.with_delay(description=self.env._("Departments of flow lines"))._restate(
                hospitals[start:start + CUSTOMERS_PER_JOB])

    @api.model
    def _sql_may_name(self):
        """Condition that a ``pharma_flow_line line`` may name a department."""
        return SQL("(line.department_id IS NOT NULL OR right(line.customer_key, 1) = ANY(%s))",
                   list(ENDINGS))

    @api.model
    def _restate(self, hospital_ids):
        """Write departments anew on the rows of customers; a job.

        :param list[int] hospital_ids: customers as a whole
        """
        self.env['pharma.flow.resolver']._apply_to_lines(SQL(
            "line.partner_id IN (SELECT id FROM res_partner WHERE commercial_partner_id = ANY(%s)"
            " AND pharma_type NOT IN %s) AND %s",
            list(hospital_ids), PERSON_TYPES, self._sql_may_name()))
