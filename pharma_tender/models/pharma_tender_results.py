import csv
import json

from lxml import html
from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tools import file_open, float_compare

from odoo.addons.pharma_crm.tools.names import normalise

from ..tools.results import batch_number, compact, parse_results, province_of

OFFICIAL_FILE = 'pharma_tender/data/official/vbp_results_by_province.csv'
OFFICIAL_KIND = 'vbp_national'
# Batches whose name or label in the published lists tells the month of the result; the day is not
# known, the first stands for the month.
OFFICIAL_DATES = {'第一批联盟地区扩围': '2019-09-01'}
CREATE_BATCH = 1000


class PharmaTenderResults(models.AbstractModel):
    """Turns published tender results into tenders, items, bids, products and prices.

    Everything is looked up first and created in batches; a second run of the same rows creates
    nothing, and rows with other prices correct what is there.
    """

    _name = 'pharma.tender.results'
    _description = "Loader of Tender Results"

    # === PUBLIC === #

    @api.model
    def load_official(self):
        """Load the official results by province that ship with this addon.

        :return: counts, see ``_import_rows``
        :rtype: dict
        """
        self._check_loader()
        with file_open(OFFICIAL_FILE, 'r') as stream:
            found = parse_results(list(enumerate(csv.reader(stream), start=1)))
        kind = self.env['pharma.tender.kind']._by_code(OFFICIAL_KIND)
        return self._import_rows(found.rows, kind, self.env['res.company'])

    @api.model
    def action_load_official(self):
        """Load the official results and say what was added (button)."""
        counts = self.load_official()
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'success',
                'message': self._counts_message(counts),
                'next': {'type': 'ir.actions.client', 'tag': 'soft_reload'},
            },
        }

    @api.model
    def remove_official(self):
        """Remove all loaded results with the products that only they use.

        Manufacturers stay: they are master data.

        :return: names of products that had to stay because other records use them; archived
        :rtype: list[str]
        """
        self._check_loader(admin=True)
        self.env['pharma.tender'].with_context(active_test=False).search(
            [('is_official', '=', True)]).unlink()
        # The check above is the right: an administrator of tenders removes what loading created,
        # and nothing that anybody entered (the flag cannot be set by hand).
        products = self.env['product.template'].sudo().with_context(active_test=False).search(
            [('from_tender_results', '=', True)])
        used = {product.id for model in ('pharma.price', 'pharma.tender.bid')
                for product, in self.env[model].sudo()._read_group(
                    [('product_id', 'in', products.ids)], ['product_id'])}
        unused = products.filtered(lambda product: product.id not in used)
        return unused._unlink_or_archive()

    # === CHECKS === #

    def _check_loader(self, admin=False):
        """Loading creates products and manufacturers: tender staff may; its head may remove."""
        group = 'pharma_tender.group_pharma_tender_' + ('admin' if admin else 'user')
        if not self.env.su and not self.env.user.has_group(group):
            raise AccessError(self.env._("Only tender staff may load or remove tender results."))

    @api.model
    def _without_load_button(self, help_message):
        """The help of an empty list without how to load the official results, unless its reader
        may load them.

        :param str help_message: HTML of the action
        :rtype: Markup
        """
        if not help_message or self.env.user.has_group('pharma_tender.group_pharma_tender_user'):
            return help_message
        root = html.fragment_fromstring(help_message, create_parent='div')
        for hint in root.find_class('o_pharma_load_help'):
            hint.drop_tree()
        return Markup("").join(
            Markup(html.tostring(child, encoding='unicode')) for child in root)

    def _counts_message(self, counts):
        return self.env._(
            "%(created)s prices added, %(updated)s corrected, %(unchanged)s known already.",
            created=counts['created'], updated=counts['updated'], unchanged=counts['unchanged'])

    # === IMPORT === #

    def _plan(self, rows, kind, company):
        """Compare rows with the price book without writing.

        :param rows: list of ``tools.results.ResultRow``
        :param kind: pharma.tender.kind of the tenders
        :param company: owner of the results; an empty record shares them
        :return: (new rows, [(row, price record) to correct], count of known rows)
        """
        keys = {row: self._source_key(row, kind) for row in rows}
        prices = self.env['pharma.price'].search_fetch(
            [('source_key', 'in', list(keys.values())), ('company_id', '=', company.id)],
            ['source_key', 'price_per_pack'])
        by_key = {price.source_key: price for price in prices}
        digits = self.env['decimal.precision'].precision_get('Product Price')
        new, changed = [], []
        for row in rows:
            price = by_key.get(keys[row])
            if price is None:
                new.append(row)
            elif float_compare(price.price_per_pack, float(row.price), precision_digits=digits):
                changed.append((row, price))
        return new, changed, len(rows) - len(new) - len(changed)

    def _source_key(self, row, kind):
        """Identity of a result in the database."""
        return json.dumps([kind.code or kind.id, *row.key], ensure_ascii=False)

    def _import_rows(self, rows, kind, company):
        """Create or correct tenders, items, products, bids and prices of published results.

        :param rows: list of ``tools.results.ResultRow``
        :param kind: pharma.tender.kind of tenders that are made
        :param company: owner of the results; an empty record shares them
        :return: counts {'created', 'updated', 'unchanged'} of prices
        :rtype: dict
        """
        self._check_loader()
        self = self.with_context(tracking_disable=True, mail_create_nosubscribe=True)  # noqa: PLW0642
        new, changed, unchanged = self._plan(rows, kind, company)
        self._correct(changed)
        if new:
            states = self._states()
            tenders = self._ensure_tenders(new, kind, company)
            items = self._ensure_items(new, tenders)
            manufacturers = self._ensure_manufacturers(new)
            products = self._ensure_products(new, manufacturers)
            bids = self._ensure_bids(new, items, manufacturers, products, states)
            vals_list = [
                self._prepare_price_vals(row, kind, bids[row.bid_key], states) for row in new]
            for start in range(0, len(vals_list), CREATE_BATCH):
                self.env['pharma.price'].create(vals_list[start:start + CREATE_BATCH])
        return {'created': len(new), 'updated': len(changed), 'unchanged': unchanged}

    def _correct(self, changed):
        """Take over other prices of known results, in the price book and in their bids."""
        for row, price in changed:
            price.write({'price_per_pack': float(row.price), 'source_row': row.number})
            if price.bid_id.price_per_pack != float(row.price):
                price.bid_id.price_per_pack = float(row.price)

    def _states(self):
        """{short name of a province: res.country.state}."""
        states = self.env['res.country.state'].search([('country_id.code', '=', 'CN')])
        return {province_of(state.with_context(lang='zh_CN').name): state for state in states}

    def _ensure_tenders(self, rows, kind, company):
        """{batch: tender}, missing ones created."""
        domain = [('is_official', '=', True), ('kind_id', '=', kind.id),
                  ('company_id', '=', company.id)]
        tenders = {
            tender.batch: tender
            for tender in self.env['pharma.tender'].with_context(active_test=False).search(domain)}
        batches = dict.fromkeys(row.batch for row in rows)
        missing = [batch for batch in batches if batch not in tenders]
        # Batches have Chinese names, whoever loads them
        chinese = 'zh_CN' if self.env['res.lang']._lang_get('zh_CN') else self.env.lang
        kind_name = kind.with_context(lang=chinese).name
        created = self.env['pharma.tender'].create([{
            'name': f"{kind_name} {batch}",
            'batch': batch,
            'sequence': batch_number(batch),
            'is_official': True,
            'kind_id': kind.id,
            'stage_id': kind._published_stage().id,
            'company_id': company.id,
            'user_id': False,
            'date_result': OFFICIAL_DATES.get(batch) if kind.code == OFFICIAL_KIND else False,
        } for batch in missing])
        return tenders | dict(zip(missing, created, strict=True))

    def _ensure_items(self, rows, tenders):
        """{(batch, item number): item}, missing ones created."""
        batches = {tender: batch for batch, tender in tenders.items()}
        items = {
            (batches[item.tender_id], item.item_no or ''): item
            for item in self.env['pharma.tender.item'].search(
                [('tender_id', 'in', [tender.id for tender in batches])])}
        names, forms, units = {}, {}, {}
        for row in rows:
            key = row.batch, row.item_no
            # One item may be won with several drugs (tablets, capsules): all are named
            names.setdefault(key, {})[row.generic_name] = True
            forms.setdefault(key, {})[row.dosage_form] = True
            units.setdefault(key, row.pack.unit)
        missing = [key for key in names if key not in items]
        created = self.env['pharma.tender.item'].create([{
            'tender_id': tenders[key[0]].id,
            'item_no': key[1] or False,
            'generic_name': "、".join(names[key]),
            'dosage_form': "、".join(filter(None, forms[key])),
            'unit': units[key],
        } for key in missing])
        return items | dict(zip(missing, created, strict=True))

    def _ensure_manufacturers(self, rows):
        """{normalised name: manufacturer}, missing ones created.

        Names confirmed as other names of a manufacturer count as its own.
        """
        # _check_loader was the right: staff that may load results needs no right on contacts
        partners = self.env['res.partner'].sudo()
        known = {
            alias.key: alias.partner_id for alias in self.env['pharma.alias'].sudo().search([
                ('kind', '=', 'partner'), ('status', '=', 'confirmed'),
                ('partner_id.pharma_type', '=', 'manufacturer'),
                ('distributor_id', '=', False), ('company_id', '=', False)])}
        shared = [('pharma_type', '=', 'manufacturer'), ('company_id', '=', False)]
        for partner in partners.search(shared, order='id desc'):
            known[normalise(partner.name)] = partner
        missing = {}
        for row in rows:
            key = normalise(row.company.name)
            if key not in known:
                missing.setdefault(key, row.company.name)
        created = partners.create([{
            'name': name,
            'is_company': True,
            'pharma_type': 'manufacturer',
            'company_id': False,
            'user_id': False,
        } for name in missing.values()])
        return known | dict(zip(missing, created, strict=True))

    def _ensure_products(self, rows, manufacturers):
        """{(drug, specification, manufacturer): product}, missing ones created as competitors'."""
        # See _ensure_manufacturers; only products that are not for sale are created
        Template = self.env['product.template'].sudo()
        makers = {manufacturers[normalise(row.company.name)] for row in rows}
        products = {
            self._product_key(
                product.drug_generic_name, product.drug_specification, product.drug_manufacturer_id
            ): product
            for product in Template.search(
                [('drug_manufacturer_id', 'in', [maker.id for maker in makers])], order='id desc')}
        missing = {}
        for row in rows:
            maker = manufacturers[normalise(row.company.name)]
            key = self._product_key(row.generic_name, row.specification, maker)
            if key not in products and key not in missing:
                missing[key] = Template._prepare_competitor_vals(
                    maker, row.generic_name, row.specification, dosage_form=row.dosage_form,
                    units_per_pack=float(row.pack.units)) | {'from_tender_results': True}
        created = Template.create(list(missing.values()))
        return products | dict(zip(missing, created, strict=True))

    def _product_key(self, generic_name, specification, manufacturer):
        return compact(generic_name), compact(specification), manufacturer.id

    def _ensure_bids(self, rows, items, manufacturers, products, states):
        """{bid key of a row: bid}, missing ones created as won, with their supply provinces."""
        provinces, first = {}, {}
        for row in rows:
            provinces.setdefault(row.bid_key, []).append(states[row.province].id)
            first.setdefault(row.bid_key, row)
        known = {
            (bid.item_id, bid.manufacturer_id, bid.product_id.id): bid
            for bid in self.env['pharma.tender.bid'].search(
                [('item_id', 'in', [item.id for item in items.values()])])}
        bids, missing = {}, {}
        for key, row in first.items():
            maker = manufacturers[normalise(row.company.name)]
            product = products[self._product_key(row.generic_name, row.specification, maker)]
            item = items[row.batch, row.item_no]
            bid = known.get((item, maker, product.id))
            if bid:
                bid.write({'state_ids': [Command.link(state) for state in provinces[key]]})
                bids[key] = bid
            else:
                missing[key] = self._prepare_bid_vals(row, item, maker, product, provinces[key])
        created = self.env['pharma.tender.bid'].create(list(missing.values()))
        return bids | dict(zip(missing, created, strict=True))

    def _prepare_bid_vals(self, row, item, manufacturer, product, state_ids):
        """Values of the winning bid behind a result."""
        return {
            'item_id': item.id,
            'manufacturer_id': manufacturer.id,
            'maker_note': row.company.note,
            'product_id': product.id,
            'price_per_pack': float(row.price),
            'units_per_pack': float(row.pack.units),
            'result': 'won',
            'state_ids': [Command.set(state_ids)],
        }

    def _prepare_price_vals(self, row, kind, bid, states):
        """Values of the price in one province; the agreement period is not published."""
        return {
            'bid_id': bid.id,
            'tender_id': bid.tender_id.id,
            'company_id': bid.company_id.id,
            'product_id': bid.product_id.id,
            'state_id': states[row.province].id,
            'price_per_pack': float(row.price),
            'units_per_pack': float(row.pack.units),
            'source_key': self._source_key(row, kind),
            'source_row': row.number,
        }
