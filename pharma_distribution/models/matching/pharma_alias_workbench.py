from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.pharma_crm.tools.names import fold

from ...tools.matching_names import class_of
from .pharma_flow_matcher import CUSTOMER_TYPES

# So many other decisions and rows are shown of a name, and other uses of a candidate.
SHOWN = 5
# Kind of a new customer by the class that its name says.
KIND_OF_CLASS = {'care': 'hospital', 'pharmacy': 'pharmacy', 'company': 'distributor'}
FACTS = {
    'partner': ('kind', 'province', 'city', 'county', 'level', 'address', 'names', 'used_by'),
    'product': ('generic', 'spec', 'form', 'maker', 'approval', 'code', 'names', 'used_by'),
}
# Facts of a candidate that the engine compares under another code.
COMPARED = {
    'kind': ('class', 'kind'), 'province': ('province', 'distributor_province'),
    'city': ('city', 'distributor_city'), 'county': ('county',), 'maker': ('maker',),
    'approval': ('approval',), 'spec': ('strength', 'volume', 'count'),
}


class PharmaAlias(models.Model):
    """What the workbench shows; it knows nothing itself."""

    _inherit = 'pharma.alias'

    # === NAMES === #

    @api.model
    def get_workbench_page(self, filters, offset=0, limit=50):
        """Open names for the workbench, those that most money waits on first.

        :param dict filters: 'kind', 'distributor_id', 'file_id', 'text', each optional
        :param int offset: how many names to leave out
        :param int limit: how many names to return
        :return: dict with ``names``, how many there are (``count``), what waits on all of them
            (``amount``, ``rows``), the ``distributors`` that one may choose from, and whether one
            may decide for all of them (``may_everywhere``)
        """
        self.browse().check_access('write')
        domain = self._get_workbench_domain(filters)
        names = self.search(
            domain, order='line_amount desc, line_count desc, id', offset=offset, limit=limit)
        count, amount, rows = self._read_group(
            domain, aggregates=['__count', 'line_amount:sum', 'line_count:sum'])[0]
        distributors = self._read_group(
            self._get_workbench_domain({**filters, 'distributor_id': False}),
            ['distributor_id'], ['__count'], order='__count desc', limit=30)
        return {
            'names': names._format_names(),
            'count': count, 'amount': amount or 0, 'rows': rows or 0,
            'currency_id': self.env.company.currency_id.id,
            'may_everywhere': self._may_decide_everywhere(),
            'distributors': [
                {'id': distributor.id, 'name': distributor.name, 'count': number}
                for distributor, number in distributors if distributor],
        }

    @api.model
    def _get_workbench_domain(self, filters):
        domain = Domain('status', 'in', ('todo', 'suggested'))
        if filters.get('file_id'):
            domain &= Domain(self.env['pharma.flow.file'].browse(
                filters['file_id'])._get_open_name_domain())
        if filters.get('kind'):
            domain &= Domain('kind', '=', filters['kind'])
        if filters.get('distributor_id'):
            domain &= Domain('distributor_id', '=', filters['distributor_id'])
        if filters.get('text'):
            domain &= Domain('name', 'ilike', filters['text'])
        return domain

    def _format_names(self):
        """:return: list of dicts, one per name, in order"""
        best_ids = {alias.id: alias.candidates[0][0] for alias in self if alias.candidates}
        labels = {}
        for kind, aliases in self.grouped('kind').items():
            targets = self._get_targets(
                kind, [best_ids[alias.id] for alias in aliases if alias.id in best_ids])
            labels |= {(kind, target.id): target.display_name for target in targets}
        return [{
            'id': alias.id, 'name': alias.name, 'kind': alias.kind,
            'distributor': alias.distributor_id.name or '',
            'distributor_id': alias.distributor_id.id,
            'amount': alias.line_amount, 'rows': alias.line_count,
            'best': labels.get((alias.kind, best_ids.get(alias.id)), ''),
            'score': alias.candidates[0][1] if alias.candidates else 0,
            'asked_on': format_date(self.env, alias.asked_on) if alias.asked_on else '',
        } for alias in self]

    @api.model
    def _get_targets(self, kind, target_ids):
        """Customers or products that are there and that the user may see, in the order given."""
        model = self.env['res.partner' if kind == 'partner' else 'product.template']
        return model.browse(target_ids).exists()._filtered_access('read').filtered('active')

    # === CANDIDATES === #

    def get_candidates(self, target_ids=None):
        """All that helps to decide on a name: those that it may mean, with their facts beside each
        other, and what is known of the name itself.

        :param list target_ids: customers or products to show instead of those suggested
        :return: dict; see ``_format_candidates`` for the facts
        """
        self.ensure_one()
        self.check_access('write')
        if target_ids is None and not self.reason:
            self._ask()
        suggested = self.candidates or []
        if target_ids is not None:
            known = {candidate[0]: candidate for candidate in suggested}
            suggested = [known.get(target_id, [target_id, None, [], []])
                         for target_id in target_ids]
        return {
            'id': self.id,
            'status': self.status,
            'why': self.reason_text or '',
            'place': self._get_place(self.distributor_id),
            'file': self.first_file_id.name or '',
            'rows': self._format_rows(),
            'others': self._format_other_decisions(),
            'labels': self._get_fact_labels(),
            'candidates': self._format_candidates(suggested),
            'new_context': self._prepare_new_context(),
        }

    def _format_candidates(self, suggested):
        """Candidates side by side.

        :param list suggested: [id, score, codes that agree, codes that differ]
        :return: list of dicts: ``id``, ``name``, ``score`` in percent or None, ``agrees`` and
            ``differs`` as texts, ``facts``: list of dicts with ``key``, ``value`` and ``tone``
            ('success' where it agrees with the name, 'danger' where it differs)
        """
        targets = {target.id: target for target in self._get_targets(
            self.kind, [candidate[0] for candidate in suggested])}
        labels = self.env['pharma.flow.message']._match_fact_labels()
        uses = self._get_uses(list(targets))
        read = self._read_customer if self.kind == 'partner' else self._read_product
        values = {target_id: {**read(target), **uses[target_id]}
                  for target_id, target in targets.items()}
        keys = [key for key in FACTS[self.kind] if any(
            values[target_id][key] for target_id in targets)]
        result = []
        for target_id, score, agrees, differs in suggested:
            target = targets.get(target_id)
            if not target:
                continue
            result.append({
                'id': target.id, 'name': target.display_name,
                'score': None if score is None else round(score * 100),
                'agrees': [labels[code] for code in agrees],
                'differs': [labels[code] for code in differs],
                'facts': [{'key': key, 'value': values[target_id][key] or '',
                           'tone': self._get_tone(key, agrees, differs)} for key in keys],
            })
        return result

    @staticmethod
    def _get_tone(key, agrees, differs):
        codes = COMPARED.get(key, ())
        if any(code in differs for code in codes):
            return 'danger'
        return 'success' if any(code in agrees for code in codes) else ''

    def _get_fact_labels(self):
        env = self.env
        return {
            'kind': env._("Kind of customer"), 'province': env._("Province"),
            'city': env._("City"), 'county': env._("County"), 'level': env._("Level and grade"),
            'address': env._("Address"), 'names': env._("Other names"),
            'used_by': env._("Names at distributors"), 'generic': env._("Generic name"),
            'spec': env._("Specification"), 'form': env._("Dosage form"), 'maker': env._("Maker"),
            'approval': env._("Approval number"), 'code': env._("Our code"),
        }

    def _read_customer(self, partner):
        selections = {
            name: dict(partner._fields[name]._description_selection(self.env))
            for name in ('pharma_type', 'hospital_level', 'hospital_grade')}
        # A campus without an address lies where its hospital lies
        place = partner if partner.state_id or partner.pharma_type != 'campus' else (
            partner.parent_id)
        return {
            'kind': selections['pharma_type'].get(partner.pharma_type),
            'province': place.state_id.name,
            'city': place.pharma_city_id.name or place.city,
            'county': place.pharma_county_id.name,
            'level': " ".join(filter(None, (
                selections['hospital_level'].get(partner.hospital_level),
                selections['hospital_grade'].get(partner.hospital_grade)))),
            'address': place.street,
        }

    def _read_product(self, product):
        return {
            'generic': product.drug_generic_name, 'spec': product.drug_specification,
            'form': product.drug_dosage_form, 'maker': product.drug_manufacturer_id.name,
            'approval': product.drug_approval_number, 'code': product.default_code,
        }

    def _get_uses(self, target_ids):
        """Other names of customers or products, and what distributors call them.

        :return: dict id -> dict with 'names' and 'used_by', texts
        """
        field_name = 'partner_id' if self.kind == 'partner' else 'product_id'
        uses = {target_id: {'names': [], 'used_by': []} for target_id in target_ids}
        for alias in self.search(
                [(field_name, 'in', target_ids), ('status', '=', 'confirmed')],
                order='line_amount desc, id', limit=200):
            use = uses[alias[field_name].id]
            if alias.distributor_id:
                use['used_by'].append(f"{alias.distributor_id.name}: {alias.name}")
            else:
                use['names'].append(alias.name)
        return {
            target_id: {key: "；".join([*texts[:SHOWN], *(["…"] if texts[SHOWN:] else [])])
                        for key, texts in use.items()}
            for target_id, use in uses.items()}

    # === THE NAME === #

    def _format_rows(self):
        """Some rows of the name, the newest first."""
        lines = self.env['pharma.flow.line'].search(
            self._get_flow_line_domain(), order='date desc, id', limit=SHOWN)
        return [{
            'id': line.id,
            'text': " ".join(filter(None, (
                format_date(self.env, line.date) if line.date else line.raw_date,
                line.raw_product if self.kind == 'partner' else line.raw_customer,
                line.raw_spec if self.kind == 'partner' else line.raw_maker))),
            'quantity': line.raw_quantity or '', 'unit': line.raw_unit or '',
            'amount': line.amount,
        } for line in lines]

    def _format_other_decisions(self):
        """What the same name means elsewhere: sentences."""
        others = self.search([
            ('kind', '=', self.kind), ('key', '=', self.key), ('id', '!=', self.id),
            ('status', 'in', ('confirmed', 'ignored'))], limit=SHOWN)
        return [
            self.env._("%(where)s: %(target)s",
                       where=other.distributor_id.name or self.env._("Everywhere"),
                       target=other.partner_id.display_name or other.product_id.display_name
                       or self.env._("not ours"))
            for other in others]

    @api.model
    def _get_place(self, partner):
        return " ".join(filter(None, (
            partner.state_id.name, partner.pharma_city_id.name or partner.city)))

    def _prepare_new_context(self):
        """Defaults of a new customer of this name: what the name says of kind and place, else where
        the distributor is."""
        if self.kind == 'product':
            return {'default_name': self.name}
        text = fold(self.name)
        places = self.env['pharma.flow.matcher']._get_places()
        mentions = places.readings(text)[0][0] if len(text) > 2 else ()
        codes = sorted(mentions[-1].codes) if mentions else []
        division = self.env['pharma.division'].search(
            [('code', 'in', codes)] if len(codes) == 1 else Domain.FALSE, limit=1)
        context = {
            'default_name': self.name,
            'default_pharma_type': KIND_OF_CLASS.get(class_of(text), 'hospital'),
            'default_is_company': True,
            'default_company_id': self.company_id.id,
            'default_state_id': (division.state_id or self.distributor_id.state_id).id,
        }
        if division.level == 'county':
            context['default_pharma_county_id'] = division.id
        elif division.level == 'city':
            context['default_pharma_city_id'] = division.id
        return context

    @api.model
    def search_targets(self, kind, text, limit=9):
        """Customers or products that a name may mean, by any of their names.

        :param str kind: 'partner' or 'product'
        :param str text: what somebody types
        :return: list of ids, the best first
        """
        self.browse().check_access('write')
        if kind == 'partner':
            found = self.env['res.partner'].name_search(
                text, [('pharma_type', 'in', CUSTOMER_TYPES)], limit=limit)
        else:
            found = self.env['product.template'].name_search(text, limit=limit)
        return [target_id for target_id, _name in found]
