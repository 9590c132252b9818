from odoo import api, fields, models
from odoo.fields import Domain

from ..models.customer.res_partner import PERSON_GROUP, PERSON_TYPES

# More customers of one name than these are not told apart by their answers.
MAX_ANSWERS = 5


class PharmaAccessQuestion(models.TransientModel):
    """Somebody asks why he does not see a customer, and is told in words.

    He has to know the code or a whole name: nothing can be found out by trying parts. The answer
    tells whose customer it is and what of the asker's own rights ended or has not begun, no other
    fact.
    """

    _name = 'pharma.access.question'
    _description = "Why Can I Not See a Customer"
    _rec_name = 'name'

    name = fields.Char(string="Code or Name", help="Our code or the whole name, also a former one")
    answer = fields.Text(compute='_compute_answer')
    partner_ids = fields.Many2many(
        'res.partner', string="Customers", compute='_compute_answer',
        help="Those that you see")

    @api.depends('name')
    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_answer(self):
        for question in self:
            found = question._find_customers()
            visible = self.env['res.partner'].search([('id', 'in', found.ids)])
            question.partner_ids = visible
            question.answer = question._get_answer(found, visible)

    def action_ask(self):
        """Show the answer."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_access_question_action')
        return {**action, 'res_id': self.id}

    def _find_customers(self):
        """The customers with exactly this code or name, whether or not the user sees them.

        :return: customers in superuser mode; nothing of them but what the answers say may be shown
        """
        text = (self.name or "").strip()
        # sudo: the question is about what one does not see
        partners = self.env['res.partner'].sudo().with_context(active_test=False)
        if not text:
            return partners
        domain = Domain('pharma_type', '!=', False) & (
            Domain('ref', '=', text) | Domain('search_name', '=', text))
        if not self.env.user.has_group(PERSON_GROUP):
            domain &= Domain('pharma_type', 'not in', PERSON_TYPES)
        return partners.search(domain, limit=MAX_ANSWERS + 1)

    def _get_answer(self, found, visible):
        """All that there is to say.

        :param found: customers in superuser mode
        :param visible: those of them that the user sees
        :rtype: str or bool
        """
        if not (self.name or "").strip():
            return False
        if not found:
            return self.env._(
                "No customer has exactly this code or name. Check how it is written, or ask your"
                " data steward whether it was entered.")
        if len(found) > MAX_ANSWERS:
            return self.env._("Many customers are called so. Ask with our code.")
        answers = [
            "\n".join(self._explain(partner, partner.id in visible.ids)) for partner in found]
        return "\n\n".join(dict.fromkeys(answers))

    def _explain(self, partner, is_visible):
        """Sentences about one customer.

        :param partner: in superuser mode
        :rtype: list[str]
        """
        if is_visible:
            return [self.env._("You see this customer.")]
        if partner.company_id and partner.company_id not in self.env.companies:
            if partner.company_id in self.env.user.company_ids:
                return [self.env._(
                    "It belongs to %s: switch this company on, at the top right.",
                    partner.company_id.name)]
            return [self.env._("It belongs to another company.")]
        if not partner.active:
            return [self.env._(
                "It is archived. If it is needed, ask your data steward to restore it.")]
        if self.env['pharma.access']._sees_companies():
            return [self.env._("Your role does not see customers of this kind.")]
        return [*self._explain_alignments(partner), *self._explain_shares(partner)]

    def _explain_alignments(self, partner):
        """Whose customer it is, and what the user has to do with the territory."""
        rows = partner.commercial_partner_id.alignment_ids.filtered(
            lambda row: row.company_id in self.env.companies)
        sentences = []
        for row in rows.filtered(lambda row: row.state != 'past'):
            names = {
                'territory': row.territory_id.name, 'first': row.date_from,
                'line': row.product_line_id.name or self.env._("all product lines"),
                'people': ", ".join(row.user_ids.mapped('name')) or self.env._("nobody today")}
            if row.state == 'current':
                sentences.append(self.env._(
                    "It belongs to %(territory)s (%(line)s). Responsible: %(people)s.", **names))
            else:
                sentences.append(self.env._(
                    "From %(first)s on it belongs to %(territory)s (%(line)s).", **names))
            sentences += self._explain_assignments(row)
        if not any(row.state == 'current' for row in rows):
            sentences.append(self.env._(
                "Today it belongs to no territory: ask the director to align it."))
        return sentences

    def _explain_assignments(self, row):
        """What of the user's assignments would show him the customers of an alignment."""
        # sudo: the user's own assignments, of other companies too
        assignments = self.env['pharma.territory.assignment'].sudo().search(
            [('user_id', '=', self.env.uid)], order='date_from')
        sentences = []
        for assignment in assignments:
            above = assignment.role != 'representative' and row.territory_id.parent_path.startswith(
                assignment.territory_id.parent_path)
            if not above and assignment.territory_id != row.territory_id:
                continue
            names = {
                'territory': assignment.territory_id.name, 'first': assignment.date_from,
                'last': assignment.date_to, 'line': assignment.product_line_id.name}
            if assignment.state == 'past':
                sentences.append(self.env._(
                    "Your assignment to %(territory)s ended on %(last)s.", **names))
            elif assignment.state == 'future':
                sentences.append(self.env._(
                    "Your assignment to %(territory)s begins on %(first)s.", **names))
            elif row.state == 'current':
                sentences.append(self.env._(
                    "You work in %(territory)s for %(line)s only.", **names))
        return sentences

    def _explain_shares(self, partner):
        """What was or will be shared with the user, and for whom he acted."""
        # sudo: the user's own, whoever gave them
        shares = self.env['pharma.share'].sudo().search([
            ('user_id', '=', self.env.uid), ('state', '!=', 'current'),
            ('partner_id', 'in', (
                partner + partner.parent_id + partner.commercial_partner_id).ids)])
        sentences = [
            self.env._("It was shared with you until %s.", share.date_to)
            if share.state == 'past'
            else self.env._("It is shared with you from %s on.", share.date_from)
            for share in shares]
        delegations = self.env['pharma.delegation'].sudo().search([
            ('delegate_id', '=', self.env.uid), ('state', '=', 'past'),
            ('user_id', 'in', partner.owner_ids.ids)])
        sentences += [
            self.env._("You acted for %(user)s until %(last)s.", user=delegation.user_id.name,
                       last=delegation.date_to)
            for delegation in delegations]
        return sentences
