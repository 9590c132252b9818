from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..customer.res_partner import PERSON_TYPES
from ..territory.pharma_alignment import OPEN_TYPES
from .pharma_health_check import BAD, GOOD, LOOK, Check

# Roles that work in territories
FIELD_ROLES = (
    'pharma_crm.group_pharma_crm_representative', 'pharma_crm.group_pharma_crm_area_manager',
    'pharma_crm.group_pharma_crm_product_manager',
)
NAMED = 5


class PharmaHealthCheck(models.Model):
    """People, territories, customers: what is left without each other."""

    _inherit = 'pharma.health.check'

    @api.model
    def _get_health_checks(self):
        env = self.env
        section = env._("People and Territories")
        return [
            *super()._get_health_checks(),
            Check('rights', section, env._("Rights"), env._(
                "Works out a second time, for some users of each role, which customers they see; it"
                " must be the same set."), heavy=True),
            Check('territories', section, env._("Territory on Customers"), env._(
                "The territory that lists show must be that of the alignments of today.")),
            Check('roles', section, env._("Users without Role or Territory"), env._(
                "Who has no role does not see the suite; who has no territory sees no"
                " customer.")),
            Check('staff', section, env._("Territories without People"), env._(
                "Nobody is responsible for their customers.")),
            Check('coverage', section, env._("Customers without Territory"), env._(
                "No representative sees them.")),
            Check('ended', section, env._("Delegations and Sharing"), env._(
                "What holds today and what has ended; nothing needs to be done.")),
        ]

    # === TERRITORY OF CUSTOMERS === #

    @api.model
    def _get_stale_customers(self):
        """Ids of customers whose territory is not that of their alignments of today."""
        alignments = self.env['pharma.alignment']
        alignments.flush_model()
        self.env['res.partner'].flush_model(['territory_id'])
        return [row[0] for row in self.env.execute_query(SQL(
            """ SELECT COALESCE(main.partner_id, p.id)
                  FROM (
                    SELECT DISTINCT ON (partner_id) partner_id, territory_id
                      FROM pharma_alignment a
                     WHERE %s
                  ORDER BY partner_id, company_id, product_line_id NULLS FIRST, id) main
             FULL JOIN (SELECT id, territory_id FROM res_partner WHERE territory_id IS NOT NULL) p
                    ON p.id = main.partner_id
                 WHERE p.territory_id IS DISTINCT FROM main.territory_id """,
            self.env['pharma.access']._valid_sql('a')))]

    @api.model
    def _check_territories(self):
        stale = self._get_stale_customers()
        if not stale:
            return self._result(GOOD, self.env._("The territory of all customers is right."))
        return self._result(BAD, self.env._(
            "%s customers show another territory than they belong to.", len(stale)), [
            self._repair_button(self.env._("Repair"), 'territories'),
            self._open_button(
                self.env._("Open Customers"), 'res.partner', [('id', 'in', stale)])])

    @api.model
    def _repair_territories(self):
        """Write the territories of today on all customers, as the nightly job does."""
        self.env['pharma.alignment'].sudo()._refresh_territories()

    # === USERS AND TERRITORIES === #

    @api.model
    def _get_users_without(self):
        """Internal users without a role of the suite, and those with a role but no territory.

        :return: two recordsets, as superuser
        """
        # sudo: only administrators of Odoo read who has which group; here they are counted
        users = self.env['res.users'].sudo().search([
            ('share', '=', False), ('company_ids', 'in', self.env.companies.ids)])
        groups = self.env['pharma.setup.import']._get_role_groups()
        without_role = users.filtered(lambda user: not user.all_group_ids & groups)
        field_groups = groups.browse([self.env.ref(xmlid).id for xmlid in FIELD_ROLES])
        assigned = self.env['pharma.territory.assignment'].search(
            [('state', '=', 'current')]).user_id.sudo()
        without_territory = users.filtered(
            lambda user: user.group_ids & field_groups) - assigned
        return without_role, without_territory

    @api.model
    def _check_roles(self):
        without_role, without_territory = self._get_users_without()
        left = without_territory | without_role
        if not left:
            return self._result(GOOD, self.env._("All users have a role and a territory."))
        # Colleagues who do not work with the suite have no role: that is no fault
        return self._result(LOOK if without_territory else GOOD, self.env._(
            "%(territory)s users work in the field without a territory today, %(role)s users have"
            " no role: %(names)s", role=len(without_role), territory=len(without_territory),
            names=", ".join(left.mapped('name')[:NAMED])), [self._open_button(
                self.env._("Open Users"), 'res.users', [('id', 'in', left.ids)])])

    @api.model
    def _get_empty_territories(self):
        """Active territories to which nobody is assigned today."""
        return self.env['pharma.territory'].search([
            ('assignment_ids', 'not any', [('state', '=', 'current')])])

    @api.model
    def _check_staff(self):
        count = self.env['pharma.territory'].search_count([])
        empty = self._get_empty_territories()
        if not empty:
            return self._result(GOOD, self.env._("%s territories, all have people.", count))
        return self._result(LOOK, self.env._(
            "%(empty)s of %(count)s territories have nobody today: %(names)s", empty=len(empty),
            count=count, names=", ".join(empty.mapped('name')[:NAMED])), [self._open_button(
                self.env._("Open Territories"), 'pharma.territory', [('id', 'in', empty.ids)])])

    # === CUSTOMERS === #

    @api.model
    def _get_coverage_domain(self, covered):
        """Customers that belong, or do not belong, to a territory of today.

        :param bool covered: which of both
        :rtype: Domain
        """
        kinds = (False, 'campus', *PERSON_TYPES, *OPEN_TYPES)
        return Domain('pharma_type', 'not in', kinds) & Domain('parent_id', '=', False) & Domain(
            'alignment_ids', 'any' if covered else 'not any', [('state', '=', 'current')])

    @api.model
    def _check_coverage(self):
        partners = self.env['res.partner']
        missing = self._get_coverage_domain(False)
        count = partners.search_count(missing)
        total = count + partners.search_count(self._get_coverage_domain(True))
        if not count:
            return self._result(GOOD, self.env._("%s customers, all have a territory.", total))
        return self._result(LOOK, self.env._(
            "%(count)s of %(total)s customers have no territory today.", count=count,
            total=total), [self._open_button(
                self.env._("Open Customers"), 'res.partner', list(missing))])

    @api.model
    def _check_ended(self):
        figures = []
        for model, label in (
            ('pharma.delegation', self.env._("delegations")),
            ('pharma.share', self.env._("shared records")),
        ):
            records = self.env[model]
            current = records.search_count([('state', '=', 'current')])
            past = records.search_count([('state', '=', 'past')])
            figures.append(self.env._(
                "%(label)s: %(current)s today, %(past)s ended", label=label, current=current,
                past=past))
        return self._result(GOOD, "; ".join(figures))
