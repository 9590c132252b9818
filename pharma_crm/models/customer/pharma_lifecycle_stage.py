from odoo import api, fields, models
from odoo.exceptions import ValidationError


class PharmaLifecycleStage(models.Model):
    """A step in the life of a customer of one type, with what has to be there to get into it."""

    _name = 'pharma.lifecycle.stage'
    _description = "Lifecycle Stage"
    _order = 'type_id, sequence, id'

    name = fields.Char(required=True, translate=True)
    type_id = fields.Many2one(
        'pharma.partner.type', string="Customer Type", required=True, index=True,
        ondelete='cascade')
    sequence = fields.Integer(default=10)
    fold = fields.Boolean(string="Folded in Kanban")
    description = fields.Text(
        string="What to Do", translate=True, help="What we do with customers in this stage")

    # entry
    min_completeness = fields.Integer(
        string="Completeness (%)", aggregator=None, help="Facts known at least, in percent")
    fact_ids = fields.Many2many(
        'pharma.partner.fact', string="Facts", domain="[('type_id', '=', type_id)]",
        help="Facts that must be known")
    needs_salesperson = fields.Boolean(string="Person Responsible")
    needs_opportunity = fields.Boolean(string="Opportunity")
    needs_won = fields.Boolean(string="Won Opportunity")
    needs_order = fields.Boolean(string="Order", help="A confirmed sales order")

    # time
    max_days = fields.Integer(
        string="Days at Most", aggregator=None,
        help="After so many days in this stage the salesperson is told; 0 for no limit")

    # === CONSTRAINTS === #

    @api.constrains('fact_ids', 'type_id')
    def _check_fact_ids(self):
        for stage in self:
            if stage.fact_ids.type_id - stage.type_id:
                raise ValidationError(self.env._(
                    "%s: only facts of its own customer type.", stage.name))

    @api.constrains('min_completeness', 'max_days')
    def _check_numbers(self):
        for stage in self:
            if not 0 <= stage.min_completeness <= 100 or stage.max_days < 0:
                raise ValidationError(self.env._(
                    "%s: completeness is between 0 and 100, days are not below 0.", stage.name))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        stages = super().create(vals_list)
        # The first stage of a type takes in the customers that are there
        self.env['pharma.partner.type']._adopt_partners_later()
        return stages

    # === BUSINESS === #

    def _get_missing(self, partner, met):
        """What a customer lacks to get into these stages.

        :param partner: the customer, as superuser
        :param dict met: {'opportunity' | 'won' | 'order': ids of the customers that have one}
        :return: [sentence], empty when nothing is missing
        """
        missing = []
        least = max(self.mapped('min_completeness'), default=0)
        if partner.completeness < least:
            missing.append(self.env._(
                "completeness %(now)s %% of %(least)s %%", now=partner.completeness, least=least))
        own = partner._get_own_values()
        missing += [
            fact.display_name for fact in self.fact_ids.sorted()
            if fact._is_missing(partner, own)]
        if any(self.mapped('needs_salesperson')) and not (
                partner._get_responsible()):
            missing.append(self.env._("a person responsible"))
        if any(self.mapped('needs_opportunity')) and partner.id not in met['opportunity']:
            missing.append(self.env._("an opportunity"))
        if any(self.mapped('needs_won')) and partner.id not in met['won']:
            missing.append(self.env._("a won opportunity"))
        if any(self.mapped('needs_order')) and partner.id not in met['order']:
            missing.append(self.env._("a confirmed order"))
        return missing
