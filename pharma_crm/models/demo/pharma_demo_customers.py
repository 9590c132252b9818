from datetime import timedelta
from operator import itemgetter

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import groupby

CONVERT = {'integer': int, 'float': float}


# Apart from the records themselves: what a salesperson would have found out about them.
class PharmaDemo(models.AbstractModel):
    """What is known of the demo customers: facts, stage, source, opportunities, posts, profiles.

    Facts come with the record when it is made, so that a second loading leaves alone what somebody
    changed since.
    """

    _inherit = 'pharma.demo'

    # === LOADING === #

    def _load_masters(self):
        result = super()._load_masters()
        self._load_posts()
        self._load_profiles()
        self._load_opportunities()
        return result

    def _load_aliases(self, rows):
        return super(PharmaDemo, self._as_steward())._load_aliases(rows)

    def _as_steward(self):
        """The loader as the demo's data steward: names are his to decide on."""
        return self.with_user(self._get('user_datasteward')).sudo()

    def _organisation_vals(self, row, county):
        facts = self._customer_facts()[row['key']] if row['pharma_type'] != 'manufacturer' else {}
        return {
            **super()._organisation_vals(row, county),
            **self._fact_vals(row['pharma_type'], facts),
        }

    def _department_vals(self, row):
        return {**super()._department_vals(row), **self._fact_vals('department', row)}

    def _person_vals(self, row):
        return {**super()._person_vals(row), **self._fact_vals('person', row)}

    def _customer_facts(self):
        """The rows of the file of facts by the key of the customer."""
        return {
            row['key']: row for row in self._read_csv('pharma_crm/demo/customer_facts.csv')}

    def _fact_vals(self, pharma_type, row):
        """Values that say what is known of a customer; what the row does not say is not known.

        :param dict row: columns ``phone``, ``vat``, ``source``, ``stage``, ``own`` (own fields as
            ``name=value;name=value``)
        """
        vals = {name: row[name] for name in ('phone', 'vat') if row.get(name)}
        if row.get('source'):
            vals['source_id'] = self.env.ref(f"pharma_crm.utm_source_{row['source']}").id
        stage = row.get('stage') and self.env.ref(
            f"pharma_crm.pharma_lifecycle_stage_{pharma_type}_{row['stage']}",
            raise_if_not_found=False)
        if stage:  # stages are the company's: it may have deleted ours
            vals['lifecycle_stage_id'] = stage.id
        vals['pharma_properties'] = self._own_values(pharma_type, row.get('own') or '')
        return vals

    def _own_values(self, pharma_type, text):
        """Values of the own fields that this type of customer has in this company."""
        kind = self.env['pharma.partner.type'].browse(
            self.env['pharma.partner.type']._get_ids_by_kind().get(pharma_type))
        definitions = {own['name']: own for own in kind.property_definition or []}
        values = {}
        for pair in filter(None, text.split(';')):
            name, value = pair.split('=', 1)
            own = definitions.get(name)
            if own and (own['type'] != 'selection' or value in dict(own['selection'])):
                values[name] = CONVERT.get(own['type'], str)(value)
        return values

    # === WHAT HANGS ON THE CUSTOMERS === #

    def _load_organisations(self):
        """How long the customers are in their stage; whoever has some that do not move on is told
        at once, not in the night.
        """
        facts = self._customer_facts()
        new = {key for key in facts if not self._get(key)}
        result = super()._load_organisations()
        partners = self.env['res.partner']
        today = fields.Date.context_today(self)
        for days, rows in groupby(facts.values(), itemgetter('days')):
            if days:
                partners.concat(*(
                    self._get(row['key']) for row in rows if row['key'] in new)
                ).lifecycle_date = today - timedelta(days=int(days))
        partners.search(
            partners._get_stuck_domain()
            & Domain('id', 'in', [self._get(key).id for key in facts]))._tell_stuck()
        return result

    def _load_persons(self):
        """The title that ends a function, and since when, on the posts of new persons."""
        rows = self._read_csv('pharma_crm/demo/persons.csv')
        new = [row for row in rows if not self._get(row['key'])]
        result = super()._load_persons()
        titles = self._titles()
        posts = {row['key']: self._get(row['key']).affiliation_ids for row in new}
        posts_of = self.env['pharma.affiliation'].concat
        # Equal ones together: each change looks at the persons as a whole
        for function, same in groupby(new, itemgetter('function')):
            *words, title = function.split('、')
            posts_of(*(posts[row['key']] for row in same)).write(
                {'post': '、'.join(words), 'title_id': titles[title]})
        for since, same in groupby(new, itemgetter('since')):
            posts_of(*(posts[row['key']] for row in same)).write({'date_from': since or False})
        return result

    def _titles(self):
        """Name of a professional title -> its id."""
        return {title.name: title.id for title in self.env['pharma.title'].search([])}

    def _load_posts(self):
        """Former posts, and second ones."""
        titles = self._titles()
        self._make('pharma.affiliation', {
            row['key']: {
                'person_id': self._get(row['person']).id, 'place_id': self._get(row['place']).id,
                'post': row['post'], 'title_id': titles[row['title']],
                'date_from': row['date_from'], 'date_to': row['date_to'] or False,
            } for row in self._read_csv('pharma_crm/demo/posts.csv')
        })

    def _load_profiles(self):
        """Private profiles; the private numbers only where there is a key to encrypt them with."""
        profiles = self.env['pharma.person.profile']
        closed = {'key', 'person', *({'private_phone'} if profiles._key_problem() else ())}
        self._make('pharma.person.profile', {
            row['key']: {
                'partner_id': self._get(row['person']).id,
                **{name: value for name, value in row.items() if value and name not in closed},
            } for row in self._read_csv('pharma_crm/demo/profiles.csv')
        })

    def _load_opportunities(self):
        """Opportunities with hospitals that are interested, and won ones with those that buy."""
        rows = self._read_csv('pharma_crm/demo/opportunities.csv')
        new = {row['key'] for row in rows if not self._get(row['key'])}
        today = fields.Date.context_today(self)
        stages = self.env['crm.stage'].search([('is_won', '=', False), ('team_ids', '=', False)])
        steps = dict(zip(('new', 'qualified', 'proposition'), stages, strict=False))
        leads = self._make('crm.lead', {
            row['key']: {
                'name': row['name'], 'type': 'opportunity',
                'partner_id': self._get(row['customer']).id,
                'user_id': self._get(row['customer']).user_id.id,
                'source_id': self._get(row['customer']).source_id.id,
                'expected_revenue': float(row['revenue']),
                'date_deadline': today + timedelta(days=int(row['days'])),
                'stage_id': steps.get(row['step'], stages[:1]).id,
            } for row in rows
        })
        for row in rows:
            if row['step'] == 'won' and row['key'] in new:
                leads[row['key']].action_set_won()
