from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date


class ResPartner(models.Model):
    """Persons and their posts: the primary one is the person's place in the tree, and what is
    entered on the person's contact is entered as a post.
    """

    _inherit = 'res.partner'

    affiliation_ids = fields.One2many(
        'pharma.affiliation', 'person_id', string="Posts",
        groups='pharma_crm.group_pharma_crm_person')
    # Asked by the form of every contact, also of users who may not see posts
    has_post = fields.Boolean(
        compute='_compute_has_post', compute_sudo=True, groups='base.group_user')
    present_count = fields.Integer(
        string="Present Persons", compute='_compute_present_count',
        groups='pharma_crm.group_pharma_crm_person')

    # === COMPUTE === #

    @api.depends('affiliation_ids')
    def _compute_has_post(self):
        for partner in self:
            partner.has_post = bool(partner.affiliation_ids)

    def _compute_present_count(self):
        current = [('state', '=', 'current')]
        counts = {}
        for field in ('place_id', 'hospital_id'):
            counts |= {
                (field, place.id): count for place, count in self.env['pharma.affiliation']
                ._read_group([(field, 'in', self.ids), *current], [field], ['__count'])}
        for partner in self:
            partner.present_count = counts.get((partner._get_place_field(), partner.id), 0)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        partners._ensure_affiliations()
        return partners

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(('parent_id', 'function', 'pharma_type')):
            self._record_affiliations()
        return result

    # === ACTIONS === #

    def action_view_affiliations(self):
        """Open the present and former persons of this hospital or department."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_affiliation_action')
        action['domain'] = [(self._get_place_field(), '=', self.id)]
        action['context'] = {'search_default_current': 1, 'default_place_id': self.id}
        return action

    def action_change_post(self):
        """Open the dialog in which this person changes hospital or post."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_affiliation_change_action')
        action['context'] = {'default_person_id': self.id}
        return action

    # === BUSINESS === #

    def _get_place_field(self):
        """Field of posts that holds this place: a hospital stands for all its departments."""
        return 'place_id' if self.pharma_type in ('campus', 'department') else 'hospital_id'

    def _change_post(self, date, place=None, old=None, **values):
        """End a post of this person and open another from a day on; the past stays.

        :param date date: the first day of the new post
        :param place: hospital or department of the new post; none: he leaves
        :param old: the post that ends; none: the primary one
        :param values: values of the new post, such as ``post`` and ``title_id``
        :return: the new post, or none
        :rtype: odoo.model.pharma_affiliation
        :raise UserError: if the old post began later
        """
        self.ensure_one()
        self._ensure_affiliations()
        affiliations = self.env['pharma.affiliation']
        old = old or affiliations._get_primary(self)
        if not old and not place:
            return affiliations
        is_primary = old.is_primary or not old
        before = old.display_name
        old._close(date - timedelta(days=1))
        new = affiliations.browse()
        if place:
            new = self._open_post(date, place, is_primary, values)
        affiliations._drive_persons(self)
        self._message_change_post(date, before, new)
        return new

    def _open_post(self, date, place, is_primary, values):
        """Open a post from a day on, or go on with the one that the person has there then.

        :return: the post
        """
        affiliations = self.env['pharma.affiliation']
        # Until its first day another of his posts is the primary one
        is_primary = is_primary and date <= fields.Date.context_today(self)
        existing = affiliations.search([
            ('person_id', '=', self.id), ('place_id', '=', place.id),
            '|', ('date_to', '=', False), ('date_to', '>=', date)], limit=1)
        if existing:
            existing.write({**values, 'is_primary': is_primary or existing.is_primary})
            return existing
        return affiliations.create({
            'person_id': self.id, 'place_id': place.id, 'date_from': date,
            'is_primary': is_primary, **values})

    def _message_change_post(self, date, before, new):
        """Tell the followers of this person what changed."""
        day = format_date(self.env, date)
        if new:
            body = self.env._(
                "From %(date)s: %(new)s. Before: %(old)s.", date=day, new=new.display_name,
                old=before or self.env._("no post"))
        else:
            body = self.env._("Left before %(date)s: %(old)s.", date=day, old=before)
        self.message_post(body=body)

    # === POSTS FROM THE CONTACT === #

    def _get_persons_sudo(self):
        """The persons among these contacts. In superuser mode: who may write a person may write
        the post that says the same, and the kind is hidden from portal users.
        """
        return self.sudo().filtered(lambda partner: partner.pharma_type == 'person')

    def _ensure_affiliations(self):
        """Persons with a place and without any post get it as their primary one."""
        new = self._get_persons_sudo().filtered(
            lambda person: person.parent_id and not person.affiliation_ids)
        if new:
            self.env['pharma.affiliation'].sudo().create([
                person._prepare_affiliation_vals() for person in new])

    def _prepare_affiliation_vals(self):
        """Values of the post that follows from what stands on this person's contact."""
        return {
            'person_id': self.id, 'place_id': self.parent_id.id, 'post': self.function,
            'is_primary': True,
        }

    def _record_affiliations(self):
        """What was entered on the contacts of persons becomes part of their posts: another place
        is a change of post from today on, or the correction of one that was entered today.
        """
        persons = self._get_persons_sudo()
        persons._ensure_affiliations()
        affiliations = self.env['pharma.affiliation'].sudo()
        primaries = affiliations._get_primary(persons).grouped('person_id')
        for person in persons:
            primary = primaries.get(person, affiliations)
            function_vals = affiliations._prepare_function_vals(person.function, primary.title_id)
            if primary.place_id == person.parent_id:
                if primary and primary._get_function() != (person.function or False):
                    primary.write(function_vals)
            elif primary._is_fresh():
                if person.parent_id:
                    primary.write({'place_id': person.parent_id.id, **function_vals})
                else:
                    primary.unlink()
            else:
                person._change_post(
                    fields.Date.context_today(person), person.parent_id, primary, **function_vals)

    def _follow_affiliation(self, primary):
        """Bring place and function in line with the primary post.

        :param primary: a ``pharma.affiliation`` or none: he left
        """
        vals = {}
        if self.parent_id != primary.place_id:
            vals['parent_id'] = primary.place_id.id
        if primary and (self.function or False) != primary._get_function():
            vals['function'] = primary._get_function()
        if vals:
            self.write(vals)
