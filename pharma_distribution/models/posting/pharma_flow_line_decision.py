from odoo import api, fields, models
from odoo.tools import format_date


class PharmaFlowLine(models.Model):
    """Where the customer and the product of a row come from."""

    _inherit = 'pharma.flow.line'

    customer_decision = fields.Char(
        compute='_compute_decisions', help="Who or what decided that this is the customer, and why")
    product_decision = fields.Char(
        compute='_compute_decisions', help="Who or what decided that this is the product, and why")

    @api.depends('customer_key', 'product_key', 'partner_id', 'product_id')
    @api.depends_context('lang')
    def _compute_decisions(self):
        # sudo: who sees the row and its customer may know why it is this one
        resolver = self.env['pharma.flow.resolver'].sudo()
        for (distributor, company), lines in self.grouped(
                lambda line: (line.distributor_id, line.company_id)).items():
            for kind, key_field, target_field, field_name in (
                    ('partner', 'customer_key', 'partner_id', 'customer_decision'),
                    ('product', 'product_key', 'product_id', 'product_decision')):
                keys = {line[key_field] for line in lines if line[key_field]}
                decisions = resolver._get_decisions(kind, keys, distributor.id, company.id)
                for line in lines:
                    alias = decisions.get(line[key_field])
                    line[field_name] = self._describe_decision(
                        alias, line[target_field]) if line[key_field] else False

    @api.model
    def _describe_decision(self, alias, target):
        """:param alias: pharma.alias that decided, or None
        :param target: the row's customer or product
        :return: a sentence, or False where nothing is decided
        """
        env = self.env
        if not alias:
            return env._("Its own name") if target else False
        if alias.automatic:
            return env._("Automatic, %(confidence)s %%: %(reason)s",
                         confidence=round(alias.confidence * 100, 1), reason=alias.reason_text)
        who = alias.decided_by_id.name or env._("Nobody in particular")
        when = format_date(env, alias.decided_on) if alias.decided_on else ""
        if alias.status == 'ignored':
            return env._("%(who)s decided on %(when)s that it is not ours", who=who, when=when)
        return env._("Decided by %(who)s on %(when)s", who=who, when=when)
