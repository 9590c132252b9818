from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import SQL, formatLang

from ...tools import scoring

METHODS = [
    (scoring.MAP, "Points per Value"),
    (scoring.RANGES, "Points per Range"),
    (scoring.LINEAR, "Even between Two Ends"),
    (scoring.PERCENTILE, "Rank among All"),
]
SOURCES = [
    ('field', "Fact"),
    ('metric', "Figure"),
]
NUMBERS = ('integer', 'float', 'monetary')
DATES = ('date', 'datetime')
# Lines that "List Values" makes at most: a criterion of a thousand cities is a mistake
MOST_VALUES = 200


class Metric(NamedTuple):
    """A figure of customers that criteria can use, see ``_get_metrics``."""

    name: str          # translated
    model: str         # who may read it sees the figure in explanations
    #: value of customers of whom there is nothing: 0, or None where that means "not known"
    empty: float | None = 0


class PharmaScoreCriterion(models.Model):
    """What counts in a score model (指标): a fact of the customer or a figure, how it becomes
    points, and its weight.

    Facts are paths over fields: of the customer, of what he belongs to, his own fields, and for
    persons his primary post. Figures are registered by addons: extend :meth:`_get_metrics` and
    write ``_sql_metric_<key>``.
    """

    _name = 'pharma.score.criterion'
    _description = "Score Criterion"
    _order = 'sequence, id'

    _weight_check = models.Constraint('CHECK(weight >= 0)', "A weight cannot be negative.")
    _days_check = models.Constraint('CHECK(days > 0)', "A figure needs at least one day.")

    model_id = fields.Many2one(
        'pharma.score.model', string="Score Model", required=True, index=True, ondelete='cascade')
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Criterion", required=True, translate=True)
    weight = fields.Float(required=True, default=10, digits=(16, 2))
    source = fields.Selection(SOURCES, required=True, default='field')
    partner_model = fields.Char(compute='_compute_partner_model')
    field_path = fields.Char(
        string="Field", help="Over dots: commercial_partner_id.hospital_level is the level of the "
        "hospital, affiliation_ids.title_id the title of the primary post. Own fields: "
        "pharma_properties.bed_count. A date counts as days until today")
    metric = fields.Selection('_selection_metric', string="Figure")
    days = fields.Integer(string="Last Days", default=365, help="How far back a figure looks")
    method = fields.Selection(
        METHODS, string="How Points Are Given", required=True, default=scoring.MAP)
    point_ids = fields.One2many('pharma.score.point', 'criterion_id', string="Lines", copy=True)
    missing = fields.Float(
        string="Points if Unknown", digits=(16, 2),
        help="A value that no line names gets no points")
    low = fields.Float(string="No Points At", digits=(16, 2))
    high = fields.Float(string="All Points At", digits=(16, 2), default=100)
    top = fields.Float(string="All Points", digits=(16, 2), default=100)
    cuts = fields.Json(
        readonly=True, copy=False, groups='base.group_system',
        help="Facts at the shares of the lines when all were graded last")

    # === SELECTION, COMPUTE, CONSTRAINTS === #

    @api.model
    def _selection_metric(self):
        return [(key, metric.name) for key, metric in self._get_metrics().items()]

    def _compute_partner_model(self):
        self.partner_model = 'res.partner'

    @api.constrains('source', 'field_path', 'metric', 'method')
    def _check_source(self):
        for criterion in self:
            if criterion.source == 'metric':
                if not criterion.metric:
                    raise ValidationError(self.env._("%s: choose a figure.", criterion.name))
                if criterion.method == scoring.MAP:
                    raise ValidationError(self.env._(
                        "%s: a figure gets its points by ranges, evenly or by rank.",
                        criterion.name))
                continue
            kind = criterion._resolve_path()[2]
            if not criterion._may_see_fact():
                raise ValidationError(self.env._(
                    "%s: this is a fact that you may not read.", criterion.name))
            if (kind in NUMBERS + DATES) != (criterion.method != scoring.MAP):
                raise ValidationError(self.env._(
                    "%s: numbers and dates get their points by ranges, evenly or by rank, other "
                    "facts per value.", criterion.name))

    @api.constrains('weight')
    def _check_weight(self):
        self.model_id._check_weights()

    @api.constrains('method', 'low', 'high')
    def _check_ends(self):
        for criterion in self:
            if criterion.method == scoring.LINEAR and criterion.low == criterion.high:
                raise ValidationError(self.env._(
                    "%s: the two ends must be different numbers.", criterion.name))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        criteria = super().create(vals_list)
        criteria.model_id._compute_later()
        self._forget_watched()
        return criteria

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys() <= {'cuts', 'name', 'sequence'}:
            self.model_id._compute_later()
            self._forget_watched()
        return result

    def unlink(self):
        score_models = self.model_id
        result = super().unlink()
        score_models._compute_later()
        self._forget_watched()
        return result

    # === ACTIONS === #

    def action_list_values(self):
        """Add a line per value that the fact can have, for which only the points are missing."""
        self.ensure_one()
        self.check_access('write')
        present = set(self.point_ids.mapped('value'))
        self.point_ids = [
            fields.Command.create({'value': key, 'label': label, 'sequence': number})
            for number, (key, label) in enumerate(self._list_values(), 1) if key not in present]
        return True

    def _list_values(self):
        """Pairs (key, label) of what the fact can be."""
        record, name, kind = self._resolve_path()
        if '.' in name:
            choices = self._get_property(name).get('selection')
            return [(str(key), label) for key, label in choices] if choices else (
                self._list_booleans())
        field = record._fields[name]
        if kind == 'selection':
            return [(key, label) for key, label in field._description_selection(self.env)]
        if kind == 'many2one':
            found = self.env[field.comodel_name].search([], limit=MOST_VALUES)
            return [(str(value.id), value.display_name) for value in found]
        return self._list_booleans() if kind == 'boolean' else []

    @api.model
    def _list_booleans(self):
        return list({'true': self.env._("Yes"), 'false': self.env._("No")}.items())

    # === FACTS AS SQL === #

    def _column(self):
        return f'c{self.id:d}'

    def _to_engine(self):
        """This criterion as ``tools/scoring.py`` knows it."""
        self.ensure_one()
        lines = self.point_ids
        return scoring.Criterion(
            key=self.id, method=self.method, weight=self.weight, missing=self.missing,
            low=self.low, high=self.high, top=self.top, cuts=tuple(self.sudo().cuts or ()),
            limits=tuple(
                (line.value if self.method == scoring.MAP else line.limit, line.points)
                for line in lines))

    def _resolve_path(self):
        """Where the path of a fact ends.

        :return: model, name of the field (of an own field: 'pharma_properties.<key>'), its type
        :raise ValidationError: when there is no such path
        """
        model, names = self.env['res.partner'], (self.field_path or '').split('.')
        while len(names) > 1:
            field = model._fields.get(names[0])
            if field is not None and field.type == 'properties' and len(names) == 2:
                name = '.'.join(names)
                return model, name, self._get_property(name).get('type')
            if field is None or not field.store or (
                    field.type != 'many2one' and field.name != 'affiliation_ids'):
                break
            model, names = self.env[field.comodel_name], names[1:]
        field = model._fields.get(names[0])
        if len(names) > 1 or field is None or not field.store or not field.column_type:
            raise ValidationError(self.env._(
                "%(criterion)s: there is no fact %(path)s of customers.",
                criterion=self.name, path=self.field_path or ''))
        return model, names[0], field.type

    def _get_property(self, name):
        """Definition of an own field: the first customer type that has it."""
        key = name.split('.', 1)[1]
        for kind in self.env['pharma.partner.type'].sudo().search([]):
            for definition in kind.property_definition or []:
                if definition['name'] == key:
                    return definition
        raise ValidationError(self.env._(
            "%(criterion)s: no customer type has the own field %(key)s.",
            criterion=self.name, key=key))

    def _to_sql(self, query):
        """The fact or figure as an expression; text for value maps, else a number.

        :param Query query: of contacts; gets the joins it needs
        :rtype: SQL
        """
        self.ensure_one()
        if self.source == 'metric':
            return self._metric_to_sql(query)
        model, name, kind = self._resolve_path()
        model, alias = self.env['res.partner'].sudo(), query.table
        for step in self.field_path.split('.')[:-1]:
            if model._fields[step].type == 'properties':
                break
            model, alias = self._join(query, model, alias, step)
        expression = model._field_to_sql(alias, name, query)
        if '.' in name:
            if kind in NUMBERS:
                return SQL(
                    "CASE WHEN jsonb_typeof(%(value)s) = 'number'"
                    " THEN (%(value)s #>> '{}')::numeric END", value=expression)
            return SQL("NULLIF(%s #>> '{}', 'false')" if kind != 'boolean' else "%s #>> '{}'",
                       expression)
        if kind in NUMBERS:
            return SQL("(%s)::numeric", expression)
        if kind in DATES:
            return SQL("(CURRENT_DATE - (%s)::date)::numeric", expression)
        return SQL("(%s)::text", expression)

    def _join(self, query, model, alias, step):
        """Follow a step of the path; of the posts of a person the primary one.

        :return: the model it leads to, its alias in the query
        """
        comodel = self.env[model._fields[step].comodel_name].sudo()
        coalias = query.make_alias(alias, step)
        if model._fields[step].type == 'many2one':
            condition = SQL("%s = %s", model._field_to_sql(alias, step, query),
                            SQL.identifier(coalias, 'id'))
        else:
            condition = SQL(
                "%s = %s AND %s", SQL.identifier(coalias, 'person_id'),
                SQL.identifier(alias, 'id'), SQL.identifier(coalias, 'is_primary'))
        query.add_join('LEFT JOIN', coalias, comodel._table, condition)
        return comodel, coalias

    # === FACTS AS TEXT === #

    def _get_steps(self):
        """Pairs (model, field) along the path of a fact."""
        model, steps = self.env['res.partner'], []
        for name in self.field_path.split('.'):
            field = model._fields.get(name)
            if field is None:  # the key of an own field
                break
            steps.append((model, field))
            if not field.comodel_name:
                break
            model = self.env[field.comodel_name]
        return steps

    def _may_see_fact(self):
        """Whether the user may read what is looked at: a grade tells nobody more than that."""
        env = self.env(su=False)
        if self.source == 'metric':
            return env[self._get_metrics()[self.metric].model].has_access('read')
        return all(
            env[model._name].has_access('read')
            and env[model._name]._has_field_access(field, 'read')
            for model, field in self._get_steps())

    def _describe(self, fact):
        """A fact as people read it.

        :param fact: as the database keeps it: text, number or None
        :rtype: str
        """
        self.ensure_one()
        if not self._may_see_fact():
            return self.env._("not shown to you")
        if fact is None or fact == '':
            return self.env._("unknown")
        if self.method == scoring.MAP:
            line = self.point_ids.filtered(lambda point: point.value == fact)[:1]
            return line.label or dict(self._list_values()).get(fact) or str(fact)
        return formatLang(self.env, float(fact), digits=0 if float(fact) == int(fact) else 2)

    # === WHAT IS WATCHED === #

    @api.model
    @tools.ormcache()
    def _get_watched(self):
        """Fields whose change grades a customer again.

        :return: {model: names of its fields}
        :rtype: dict
        """
        watched = {}
        for criterion in self.sudo().search([
                ('source', '=', 'field'), ('model_id.active', '=', True)]):
            for model, field in criterion._get_steps():
                watched.setdefault(
                    model._name, {'pharma_type', 'active', 'company_id'}).add(field.name)
        return {name: frozenset(steps) for name, steps in watched.items()}

    @api.model
    def _forget_watched(self):
        self.env.registry.clear_cache()
