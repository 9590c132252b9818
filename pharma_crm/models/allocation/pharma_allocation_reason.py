from odoo import api, models


class PharmaAllocation(models.Model):
    """Why a lead went to whom it went, in the language of whoever reads it.

    ``reason_facts`` is a list of ``[code, values]``; ``_words_<code>`` puts each into words.
    """

    _inherit = 'pharma.allocation'

    @api.depends('reason_facts')
    @api.depends_context('lang')
    def _compute_reason(self):
        for allocation in self:
            allocation.reason = self._put_into_words(allocation.reason_facts)

    @api.model
    def _put_into_words(self, facts):
        """The sentences of a reason.

        :param list facts: ``[code, values]``
        :rtype: str
        """
        return "\n".join(
            getattr(self, f'_words_{code}')(values) for code, values in facts or ())

    @api.model
    def _words_rule(self, values):
        conditions = ", ".join(values['conditions'])
        if not conditions:
            return self.env._("Rule \"%s\", which fits every lead", values['name'])
        return self.env._(
            "Rule \"%(name)s\": %(conditions)s", name=values['name'], conditions=conditions)

    @api.model
    def _words_representative(self, values):
        return self.env._("Representative of %s", values['territory'])

    @api.model
    def _words_manager(self, values):
        return self.env._("Manager of %s", values['territory'])

    @api.model
    def _words_user(self, values):
        return self.env._("The rule names the person")

    @api.model
    def _words_turn(self, values):
        return self.env._(
            "It was his turn: lead no. %(turn)s of %(people)s people", **values)

    @api.model
    def _words_delegate(self, values):
        return self.env._("Acts for %s, who is away", values['name'])

    @api.model
    def _words_away(self, values):
        return self.env._("Passed over: %s is away", values['name'])

    @api.model
    def _words_had(self, values):
        return self.env._("Passed over: %s had it already", values['name'])

    @api.model
    def _words_hidden(self, values):
        return self.env._("Passed over: %s may not see the customer", values['name'])

    @api.model
    def _words_no_user(self, values):
        return self.env._("Passed over: %s does not work with leads", values['name'])

    @api.model
    def _words_nobody(self, values):
        return self.env._("Rule \"%s\" fits, but nobody is there", values['name'])

    @api.model
    def _words_left(self, values):
        return self.env._("Rule \"%s\" leaves it in the pool", values['name'])

    @api.model
    def _words_no_rule(self, values):
        return self.env._("No rule fits")

    @api.model
    def _words_rounds(self, values):
        return self.env._("Offered %s times without a yes: the manager's", values['rounds'])

    @api.model
    def _words_late(self, values):
        return self.env._("%s did not answer in time", values['name'])

    @api.model
    def _words_declined(self, values):
        return self.env._("%s declined", values['name'])

    @api.model
    def _words_taken(self, values):
        return self.env._("Taken from the pool")

    @api.model
    def _words_released(self, values):
        return self.env._("Put into the pool by %s", values['name'])
