from dateutil.relativedelta import relativedelta

from odoo import models

from ..territory.pharma_alignment import OPEN_TYPES
from .pharma_demo import DEMO_MODULE

# demo name, name, code, level, demo name of the superior
TERRITORIES = [
    ('territory_all', "全国", 'CN', False, None),
    ('territory_east', "华东大区", 'HD', 'region', 'territory_all'),
    ('territory_33', "浙江省区", 'ZJ', 'province', 'territory_east'),
    ('territory_33_1', "浙江一区", 'ZJ-1', 'position', 'territory_33'),
    ('territory_33_2', "浙江糖尿病组", 'ZJ-2', 'position', 'territory_33'),
    ('territory_32', "江苏省区", 'JS', 'province', 'territory_east'),
    ('territory_32_1', "江苏一区", 'JS-1', 'position', 'territory_32'),
    ('territory_37', "山东省区", 'SD', 'province', 'territory_east'),  # nobody works there yet
]
# demo name of the territory, login, role, product line or None for all
ASSIGNMENTS = [
    ('territory_all', 'productmanager', 'product_manager', "心血管线"),
    ('territory_east', 'areamanager', 'manager', None),
    ('territory_33_1', 'representative1', 'representative', None),
    ('territory_33_2', 'representative2', 'representative', "糖尿病线"),
    ('territory_32_1', 'representative2', 'representative', None),
]
# Where the customers of a province belong; of the other provinces nowhere yet.
PROVINCES = {'33': 'territory_33_1', '32': 'territory_32_1', '37': 'territory_37'}
LINES = ("心血管线", "糖尿病线", "消化呼吸线")
# demo name, login, login of the delegate, first and last day from today, reason
DELEGATIONS = [
    ('delegation_1', 'representative2', 'representative1', -40, -36, "年休假"),
    ('delegation_2', 'representative1', 'representative2', 7, 11, "外出培训"),
]
# demo name, customer, login of the sharer, login, mode, first and last day from today, reason
SHARES = [
    ('share_1', 'hospital_02', 'representative1', 'representative2', 'read', -2, 28, "学术会议"),
    ('share_2', 'hospital_21', 'representative2', 'representative1', 'work', -60, -31, "协助进院"),
]
# Hospitals of Zhejiang where the second of these lines has a team of its own.
SECOND_TEAM = ('hospital_01', 'hospital_03', 'hospital_06')


class PharmaDemo(models.AbstractModel):
    _inherit = 'pharma.demo'

    def _load_masters(self):
        result = super()._load_masters()
        self._load_territories()
        self._load_deputies()
        self._load_realignment()
        return result

    def _load_territories(self):
        """Make territories with people and customers, since the first day of last year."""
        first_day = self.env['pharma.access']._get_today() - relativedelta(
            years=1, month=1, day=1)
        lines = self._demo_lines()
        for line in lines.values():
            line.is_product_line = True
        for name, label, code, level, superior in TERRITORIES:
            self._make('pharma.territory', {name: {
                'name': label, 'code': code, 'level': level,
                'parent_id': superior and self._get(superior).id}})
        self._make('pharma.territory.assignment', {
            f'assignment_{territory}_{login}': {
                'territory_id': self._get(territory).id, 'user_id': self._get(f'user_{login}').id,
                'role': role, 'product_line_id': line and lines[line].id,
                'date_from': first_day,
            } for territory, login, role, line in ASSIGNMENTS
        })
        self._load_alignments(first_day, lines)

    def _demo_lines(self):
        """The demo categories that are product lines, by name."""
        rows = self._read_csv('pharma_crm/demo/products.csv')
        names = list(dict.fromkeys(row['line'] for row in rows))
        return {name: self._get(f'line_{names.index(name) + 1}') for name in LINES}

    def _load_alignments(self, first_day, lines):
        """Align the customers: by province, and three hospitals with a second team."""
        rows = {
            row['key']: PROVINCES[row['county'][:2]]
            for row in self._read_csv('pharma_crm/demo/organisations.csv')
            if row['pharma_type'] not in OPEN_TYPES and not row['parent']
            and row['county'][:2] in PROVINCES
        }
        first, second, _third = (lines[name].id for name in LINES)
        vals = {
            f'alignment_{customer}': {
                'partner_id': self._get(customer).id, 'territory_id': self._get(territory).id,
                # All lines, but where each line has a team of its own
                'product_line_id': first if customer in SECOND_TEAM else False,
                'date_from': first_day,
            } for customer, territory in rows.items()
        }
        for customer in SECOND_TEAM:
            vals[f'alignment_{customer}_2'] = {
                **vals[f'alignment_{customer}'], 'product_line_id': second,
                'territory_id': self._get('territory_33_2').id}
        self._make('pharma.alignment', vals)

    def _load_deputies(self):
        """Who acts for a colleague, and what is shared with one: past, present and to come."""
        today = self.env['pharma.access']._get_today()
        self._make('pharma.delegation', {
            name: {
                'user_id': self._get(f'user_{login}').id,
                'delegate_id': self._get(f'user_{delegate}').id, 'reason': reason,
                'date_from': today + relativedelta(days=first),
                'date_to': today + relativedelta(days=last),
            } for name, login, delegate, first, last, reason in DELEGATIONS
        })
        rows = {}
        for name, customer, sharer, login, mode, first, last, reason in SHARES:
            partner, user = self._get(customer), self._get(f'user_{sharer}')
            # Not when somebody gave the customer to another territory since
            if self.env['pharma.access'].with_user(user)._works_by_himself(partner):
                rows[name] = {
                    'partner_id': partner.id, 'shared_by_id': user.id, 'mode': mode,
                    'user_id': self._get(f'user_{login}').id, 'reason': reason,
                    'date_from': today + relativedelta(days=first),
                    'date_to': today + relativedelta(days=last)}
        self._make('pharma.share', rows)

    def _load_realignment(self):
        """A re-alignment that the area manager has previewed and not applied yet."""
        source, manager = self._get('territory_37'), self._get('user_areamanager')
        if self._get('realignment_1') or not self.env['pharma.alignment'].search_count([
                ('territory_id', '=', source.id), ('state', '=', 'current'),
                ('partner_id.hospital_level', '=', '3')], limit=1):
            return  # it is there, or somebody did it by himself
        # sudo: as the loader, but in the manager's name
        loader = self.with_user(manager).sudo()
        loader._make('pharma.realignment', {'realignment_1': {
            'name': "山东三级医院由江苏一区代管", 'method': 'rule', 'rule_level': '3',
            'note': "山东省区代表到岗前，由江苏一区代管三级医院。",
            'territory_id': self._get('territory_32_1').id,
            'rule_territory_id': source.id,
            'date_from': self.env['pharma.access']._get_today() + relativedelta(months=1, day=1),
        }})['realignment_1'].action_preview()

    def _remove_documents(self):
        # Demo customers leave the territories that they were moved to since
        data = self.env['ir.model.data'].search(
            [('module', '=', DEMO_MODULE), ('model', '=', 'res.partner')])
        self.env['pharma.alignment'].search(
            [('partner_id', 'in', data.mapped('res_id'))]).unlink()
        return super()._remove_documents()
