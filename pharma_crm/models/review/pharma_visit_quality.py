from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import split_every

from ...tools import call_quality

# Forms of contact without a length
WITHOUT_LENGTH = ('material', 'mail', 'sms', 'other')
BATCH = 2000


class PharmaVisit(models.Model):
    """How much the record of a call tells (拜访质量), and why."""

    _inherit = 'pharma.visit'

    quality = fields.Float(compute='_compute_quality', store=True)
    quality_explanation = fields.Html(
        string="What It Tells", compute='_compute_quality_explanation', sanitize=False)

    # === COMPUTE === #

    @api.depends(
        'state', 'channel', 'partner_id.pharma_type', 'purpose_id', 'person_ids', 'result_id',
        'need', 'solution', 'revisit_date', 'duration', 'entry_days', 'is_planned',
        'product_ids.message', 'product_ids.reaction')
    def _compute_quality(self):
        rated = self.filtered(lambda visit: visit.state == 'done')
        coefficients = self.env['pharma.visit.element']._get_coefficients()
        for visit in rated:
            visit.quality = visit._assess(coefficients).value
        for visit in self - rated:
            # Not zero in the database, where averages would count it
            if not visit.id or visit.quality:
                visit.quality = False

    @api.depends_context('lang')
    @api.depends('quality')
    def _compute_quality_explanation(self):
        coefficients = self.env['pharma.visit.element']._get_coefficients()
        for visit in self:
            visit.quality_explanation = visit.state == 'done' and self.env['ir.qweb']._render(
                'pharma_crm.visit_quality_explanation',
                {'parts': visit._explain_quality(coefficients), 'visit': visit})

    def _explain_quality(self, coefficients=None):
        """Which elements were got and which are missing.

        :param coefficients: {code: weight}; default: those of now
        :return: one dictionary per element: code, name, note, share (of 100), got, missing
        :rtype: list(dict)
        """
        self.ensure_one()
        if coefficients is None:
            coefficients = self.env['pharma.visit.element']._get_coefficients()
        # sudo: how calls are rated is no secret
        elements = {
            element.code: element for element in self.env['pharma.visit.element'].sudo().search([])}
        return [{
            'code': part.code, 'name': elements[part.code].name, 'note': elements[part.code].note,
            'share': part.share, 'got': part.got, 'missing': not part.is_whole,
        } for part in self._assess(coefficients).parts]

    # === BUSINESS === #

    def _assess(self, coefficients):
        """Rate the record of this call.

        :rtype: call_quality.Quality
        """
        return call_quality.assess(
            call_quality.measure(self._prepare_quality_call(), self._get_quality_limits()),
            coefficients)

    def _prepare_quality_call(self):
        """What the record holds, for the engine."""
        return call_quality.Call(
            purpose=bool(self.purpose_id),
            products=tuple(
                (bool(line.message), bool(line.reaction)) for line in self.product_ids),
            people=self.partner_id.pharma_type == 'person' or bool(self.person_ids),
            result=bool(self.result_id),
            need=bool(self.need and self.need.strip()),
            solution=bool(self.solution and self.solution.strip()),
            next_step=bool(self.revisit_date),
            minutes=None if self.channel in WITHOUT_LENGTH else self.duration,
            entry_days=self.entry_days,
            planned=self.is_planned)

    def _get_quality_limits(self):
        # sudo: of the call's company, whichever are open
        company = self.company_id.sudo()
        return call_quality.Limits(
            company.pharma_call_shortest, company.pharma_call_longest,
            company.pharma_call_on_time_days)

    # === JOB === #

    @api.model
    def _get_open_date(self):
        """The first day of the calls that are rated and checked anew: last month's. What is older
        stays as it was judged then.

        :rtype: datetime.date
        """
        return self.env['pharma.access']._get_today() + relativedelta(months=-1, day=1)

    @api.model
    def _rate_later(self):
        """Rate the calls of the open period anew, in the background; once, however often asked."""
        self.env['pharma.visit'].sudo().with_delay(
            description="Quality of calls", identity_key='pharma_visit_rate')._rate_open()

    @api.model
    def _rate_open(self):
        """Rate the calls of the open period anew, in batches; only what changed is written.

        :return: how many calls were looked at
        :rtype: int
        """
        quality = self._fields['quality']
        ids = self.sudo().search([
            ('state', '=', 'done'), ('date', '>=', self._get_open_date())], order='id').ids
        for batch in split_every(BATCH, ids):
            visits = self.sudo().browse(batch)
            self.env.add_to_compute(quality, visits)
            visits.flush_recordset(['quality'])
            self.env.invalidate_all()
        return len(ids)
