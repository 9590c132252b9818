from odoo import api, fields, models

MOVED, CHANGED, ARCHIVED, LEFT, CREATED = 'moved', 'changed', 'archived', 'left', 'created'
LINE_KINDS = [
    (MOVED, "Moved"),
    (CHANGED, "Changed"),
    (ARCHIVED, "Archived"),
    (LEFT, "Left Where It Was"),
    (CREATED, "Created"),
]
LEFT_REASONS = [
    ('conflict', "The kept customer has such a record already"),
    ('frozen', "Posted entries and locked months never change"),
    ('self', "It would point at itself"),
]
LINE_STATES = [
    ('done', "Done"),
    ('undone', "Undone"),
    ('kept', "Changed Since, Left So"),
]


class PharmaMergeLine(models.Model):
    """What a merge did to one row of the database: the journal by which it is taken back.

    Written by merges alone, by SQL; the columns are told by their names in the database, since
    tables without a model are moved as well.
    """

    _name = 'pharma.merge.line'
    _description = "Journal of a Merge"
    _order = 'merge_id, step, id'
    _log_access = False
    _rec_name = 'table_name'

    _step_idx = models.Index('(merge_id, step)')

    merge_id = fields.Many2one(
        'pharma.merge', required=True, readonly=True, index=True, ondelete='cascade')
    step = fields.Integer(required=True, readonly=True, aggregator=None)
    kind = fields.Selection(LINE_KINDS, required=True, readonly=True)
    table_name = fields.Char(string="Table", required=True, readonly=True)
    model = fields.Char(readonly=True, export_string_translation=False)
    model_label = fields.Char(string="What", compute='_compute_model_label')
    res_id = fields.Many2oneReference(string="Record", model_field='model', readonly=True)
    partner_id = fields.Many2one(
        'res.partner', string="Merged Customer", readonly=True, index='btree_not_null',
        ondelete='set null')
    old = fields.Json(readonly=True)
    new = fields.Json(readonly=True)
    change = fields.Char(compute='_compute_change')
    reason = fields.Selection(LEFT_REASONS, readonly=True)
    state = fields.Selection(LINE_STATES, string="Status", required=True, readonly=True)

    # === COMPUTE === #

    @api.depends('model', 'table_name')
    @api.depends_context('lang')
    def _compute_model_label(self):
        labels = self.env['pharma.merge']._get_table_labels(self.mapped('table_name'))
        for line in self:
            line.model_label = labels[line.table_name]

    @api.depends('old', 'new')
    def _compute_change(self):
        for line in self:
            old, new = line.old or {}, line.new or {}
            line.change = ", ".join(
                f"{name}: {old.get(name)} → {value}" for name, value in new.items()
                if old.get(name) != value)

    # === ACTIONS === #

    def action_view_record(self):
        """Open the record that a line is about.

        :return: an action, or False where the row has no form
        """
        self.ensure_one()
        self.check_access('read')
        if not self.res_id or self.model not in self.env:
            return False
        return {
            'type': 'ir.actions.act_window', 'res_model': self.model, 'res_id': self.res_id,
            'view_mode': 'form', 'views': [(False, 'form')]}
