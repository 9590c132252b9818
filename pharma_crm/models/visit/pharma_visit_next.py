from datetime import datetime

import pytz

from odoo import api, fields, models
from odoo.fields import Command

# Days until the next call that are one tap away
REVISITS = [
    ('7', "One Week"),
    ('14', "Two Weeks"),
    ('28', "Four Weeks"),
]


class PharmaVisit(models.Model):
    """The day on which a customer wants to be called on again becomes the next planned call: one,
    however often it is saved, and it moves with the day.
    """

    _inherit = 'pharma.visit'

    # Also when two people save the record at once
    _origin_uniq = models.UniqueIndex(
        '(origin_id) WHERE origin_id IS NOT NULL', "The next call is planned already.")
    _revisit_check = models.Constraint(
        'CHECK(revisit_date > date)', "The next call follows this one: choose a later day.")

    next_ids = fields.One2many('pharma.visit', 'origin_id', string="Next Call", readonly=True)
    revisit_in = fields.Selection(
        REVISITS, string="Call Again In", compute='_compute_revisit_in',
        inverse='_inverse_revisit_in')

    @api.depends('revisit_date', 'date')
    def _compute_revisit_in(self):
        known = dict(REVISITS)
        for visit in self:
            days = visit.revisit_date and visit.date and (visit.revisit_date - visit.date).days
            visit.revisit_in = str(days) if str(days) in known else False

    def _inverse_revisit_in(self):
        for visit in self.filtered('revisit_in'):
            visit.revisit_date = fields.Date.add(visit.date, days=int(visit.revisit_in))

    @api.onchange('revisit_in')
    def _onchange_revisit_in(self):
        """The day is seen as soon as it is tapped."""
        self._inverse_revisit_in()

    # === CRUD === #

    def write(self, vals):
        result = super().write(vals)
        if 'revisit_date' in vals:
            self._plan_next()
        return result

    def _after_record(self):
        result = super()._after_record()
        self._plan_next()
        return result

    # === BUSINESS === #

    def _plan_next(self):
        """Plan the calls that follow from recorded ones, move them, or call them off."""
        recorded = self.filtered(lambda visit: visit.state == 'done')
        if not recorded:
            return
        # sudo: what follows from a call belongs to it, also when somebody else took it over
        following = {
            visit.origin_id.id: visit
            for visit in self.sudo().search([('origin_id', 'in', recorded.ids)])}
        today = fields.Date.context_today(self)
        new = self.browse()
        for visit in recorded:
            if visit.id in following:
                visit._move_next(following[visit.id])
            elif visit.revisit_date and visit.revisit_date >= today:
                new |= visit
        if new:
            # sudo: that it follows, and was planned, is not the representative's to write
            self.sudo().create([visit._prepare_next_vals() for visit in new])

    def _move_next(self, following):
        """Keep the call that follows this one on the day that was agreed.

        :param following: ``pharma.visit`` in superuser mode, of whatever state
        """
        day = self.revisit_date
        if following.state == 'planned' and not day:
            following.write({
                'state': 'cancelled', 'reason': self.env._("No call was agreed on any more.")})
        elif following.state in ('planned', 'cancelled') and day and (
                following.state == 'cancelled' or following.date != day):
            following.write({
                'state': 'planned', 'reason': False,
                'date_start': following._at_same_time(day)})

    def _at_same_time(self, day):
        """The moment of a day at the time at which this call begins, where the company is.

        :param datetime.date day: the day
        :rtype: datetime.datetime
        """
        zone = pytz.timezone(self.env['pharma.access']._get_zone())
        local = pytz.utc.localize(self.date_start).astimezone(zone)
        moment = zone.localize(datetime.combine(day, local.time()))
        return moment.astimezone(pytz.utc).replace(tzinfo=None)

    def _prepare_next_vals(self):
        """Values of the call that follows this one.

        :rtype: dict
        """
        return {
            'partner_id': self.partner_id.id, 'user_id': self.user_id.id,
            'company_id': self.company_id.id, 'origin_id': self.id, 'is_planned': True,
            'date_start': self._at_same_time(self.revisit_date), 'duration': self.duration,
            'channel': self.channel, 'purpose_id': self.purpose_id.id,
            'person_ids': [Command.set(self.person_ids.ids)],
            'product_ids': [
                Command.create({'product_id': product.id, 'sequence': number})
                for number, product in enumerate(self._get_usual_products(self))],
        }
