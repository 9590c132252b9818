import psycopg2
from rights_table import OPERATIONS
from rights_ways import RightsWays
from rights_world import OWNERS, RightsWorld

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

QUIET = (
    'odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model', 'odoo.sql_db',
    'odoo.models.unlink', 'odoo.addons.base.models.res_users', 'odoo.http')
# Nobody enters these in the course of his work, or not for a given customer: no C is asked.
NOT_ENTERED = {
    ('res.partner', 'hospital'): ('team', 'line', 'read', 'work', 'far'),
    ('res.partner', 'person with a login'): ('own',),
    ('pharma.share', 'share'): ('read', 'work'),
    ('pharma.share', 'share that ended'): ('far',),
    ('crm.lead', 'shared by itself to read'): ('far',),
    ('crm.lead', 'shared by itself to work on'): ('far',),
    ('crm.lead', 'in the pool of a hospital'): ('own', 'far', 'comp'),
    ('crm.lead', 'in the pool'): ('any',),
    ('pharma.allocation.rule', 'rule'): ('comp',),
    ('pharma.allocation.member', 'member'): ('comp',),
    ('pharma.allocation.decline', "somebody else's dialog"): ('any',),
    ('pharma.purchase.step', 'usual step'): ('comp',),
    ('pharma.flow.file', 'file'): ('comp',),
    ('pharma.access.question', "somebody else's dialog"): ('any',),
    ('pharma.affiliation.change', "somebody else's dialog"): ('any',),
    ('pharma.visit.plan', "somebody else's dialog"): ('any',),
    ('pharma.decision', "somebody else's dialog"): ('any',),
    ('pharma.data.erase', "somebody else's dialog"): ('any',),
    ('pharma.data.request', 'request'): ('comp',),
    ('pharma.merge.wizard', "somebody else's dialog"): ('any',),
    ('pharma.score.model', 'model'): ('comp',),
    ('pharma.score.criterion', 'model'): ('comp',),
    ('pharma.score.point', 'model'): ('comp',),
    ('pharma.score.band', 'model'): ('comp',),
    ('pharma.gift.item', 'item'): ('comp',),
    ('pharma.cycle', 'cycle'): ('comp',),
    ('pharma.cycle.goal', 'goal'): ('comp',),
    ('pharma.coaching', 'draft'): ('comp',),
    ('pharma.handover', 'handover'): ('comp',),
    ('pharma.coaching.line', 'draft'): ('comp',),
    ('pharma.flow.claim', 'claim'): ('comp',),
    ('pharma.flow.correction', 'correction'): ('comp',),
    ('pharma.flow.period', 'month'): ('comp',),
    ('pharma.flow.post', "somebody else's dialog"): ('any',),
    ('pharma.flow.upload', "somebody else's dialog"): ('any',),
    ('pharma.flow.upload.line', "somebody else's dialog"): ('any',),
    ('pharma.tender.import', "somebody else's dialog"): ('any',),
    ('pharma.reminder', 'choice'): ('far', 'comp'),
    ('pharma.reminder', 'default'): ('comp',),
    ('pharma.support.request', 'request'): ('comp',),
    ('pharma.change.request', 'draft'): ('comp',),
    ('pharma.change.proposal', "somebody else's dialog"): ('any',),
    ('pharma.change.refusal', "somebody else's dialog"): ('any',),
    ('pharma.tender.import.line', "somebody else's dialog"): ('any',),
    ('pharma.competitor', 'file'): ('comp',),
    ('pharma.intelligence', 'without customer'): ('comp',),
    ('pharma.product.document', 'of line X'): ('comp',),
    ('pharma.product.policy', 'of line X'): ('comp',),
    ('pharma.product.discount', 'of line X'): ('comp',),
}
# letter -> models where more than the right to the record decides: each is really tried
REALLY_TRIED = {
    'W': (),
    'D': ('mail.message', 'stock.picking'),  # Odoo refuses what its own check allows
    'C': ('crm.lead', 'sale.order', 'pharma.share', 'pharma.visit', 'calendar.event',
          'calendar.attendee',
          # one enters these in one's own name
          'pharma.agent.product', 'pharma.change.request', 'pharma.intelligence',
          'pharma.market.fact', 'pharma.product.defect'),
}
# model -> a field that is summed
SUMS = {
    'crm.lead': 'expected_revenue', 'sale.order': 'amount_total', 'sale.report': 'price_total',
    'account.move': 'amount_total_signed', 'account.move.line': 'balance',
    'account.payment': 'amount', 'stock.move': 'product_uom_qty',
    'pharma.flow.line': 'quantity', 'pharma.price': 'price_per_pack',
    'pharma.source.report': 'customer_count', 'pharma.visit': 'duration',
    'pharma.visit.gift': 'quantity', 'pharma.market.fact': 'monthly_quantity',
}
# model -> what is written to try it; others: the name
WRITES = {
    'res.partner': {'website': 'https://rights.example.com'},
    'pharma.affiliation': {'post': "主任"},
    'pharma.affiliation.change': {'post': "主任"},
    'pharma.person.profile': {'hobbies': "下棋"},
    'pharma.territory.assignment': {'date_to': '2099-12-31'},
    'pharma.alignment': {'date_to': '2099-12-31'},
    'pharma.realignment': {'note': "x"},
    'pharma.handover': {'reason': "x"},
    'pharma.handover.kind': {'is_excluded': True},
    'pharma.handover.line': {'is_excluded': True},
    'pharma.orphan': {'res_id': 5},
    'pharma.realignment.line': {'name': "x"},
    'pharma.merge.line': {'table_name': "x"},
    'pharma.merge.wizard': {'alike': False},
    'pharma.coverage.report': {'territory_count': 3},
    'pharma.setup.import.line': {'name': "x"},
    'pharma.health.check': {'key': "x"},
    'pharma.flow.layout': {'active': False},
    'pharma.flow.history.name': {'distributor_id': False},
    'pharma.cycle.goal': {'weight': 2},
    'pharma.cycle.target': {'goal': 3},
    'pharma.cycle.report': {'planned': 5},
    'pharma.contact.report': {'contact_count': 5},
    'pharma.duplicate': {'score': 0.5},
    'pharma.lead.conflict': {'note': "x"},
    'pharma.delegation': {'reason': "休假"},
    'pharma.share': {'reason': "协同"},
    'pharma.partner.type': {'sequence': 77},
    'pharma.price': {'date_to': '2099-12-31'},
    'pharma.tender.item': {'unit': "片"},
    'pharma.tender.bid': {'maker_note': "委托"},
    'pharma.tender.import': {'batch': "一"},
    'pharma.tender.import.line': {'value': "一"},
    'pharma.flow.line': {'quantity': 1000},
    'pharma.flow.check': {'row_count': 1000},
    'pharma.flow.claim': {'distributor_id': False},
    'pharma.flow.correction': {'row_number': 1000},
    'pharma.flow.period': {'month': '2019-01-01'},
    'pharma.flow.post': {'file_ids': []},
    'pharma.flow.duty': {'activity_ids': []},
    'pharma.flow.schedule': {'due_day': 7},
    'pharma.flow.upload': {'problem_text': "x"},
    'pharma.flow.progress': {'percent': 50},
    'pharma.flow.report': {'row_count': 5},
    'pharma.flow.summary': {'row_count': 5},
    'pharma.flow.summary.customer': {'row_count': 5},
    'pharma.flow.summary.terminal': {'row_count': 5},
    'pharma.flow.summary.territory': {'row_count': 5},
    'pharma.flow.summary.trade': {'row_count': 5},
    'pharma.visit': {'objective': "x"},
    'pharma.visit.product': {'message': "x"},
    'pharma.visit.gift': {'quantity': 2},
    'pharma.filing': {'number': "x"},
    'pharma.visit.flag': {'note': "x"},
    'pharma.visit.element': {'coefficient': 5},
    'pharma.visit.example': {'good': "x"},
    'pharma.coaching': {'strengths': "x"},
    'pharma.coaching.line': {'note': "x"},
    'pharma.review.report': {'call_count': 5},
    'pharma.team.member': {'role': 'manager'},
    'pharma.week': {'note': "x"},
    'pharma.week.day': {'note': "x"},
    'pharma.visit.plan': {'objective': "x"},
    'pharma.decision': {'note': "x"},
    'pharma.data.erase': {'number': 5},
    'pharma.data.request': {'channel': 'visit'},
    'pharma.export.log': {'record_count': 5},
    'pharma.stakeholder': {'note': "x"},
    'pharma.influence': {'note': "x"},
    'pharma.allocation': {'note': "x"},
    'pharma.allocation.decline': {'note': "x"},
    'pharma.allocation.member': {'weight': 2},
    'pharma.allocation.report': {'offer_count': 5},
    'pharma.score': {'value': 5},
    'pharma.score.history': {'change': 5},
    'pharma.score.curve': {'value': 5},
    'pharma.score.point': {'points': 5},
    'pharma.flow.summary.year': {'row_count': 5},
    'pharma.flow.summary.terminal.year': {'row_count': 5},
    'pharma.flow.summary.person': {'row_count': 5},
    'pharma.flow.summary.person.year': {'row_count': 5},
    'pharma.flow.summary.market': {'row_count': 5},
    'pharma.flow.summary.place': {'row_count': 5},
    'pharma.flow.customer': {'partner_id': 5},
    'pharma.flow.customer.change': {'partner_id': 5},
    'pharma.work.report': {'remark': "x"},
    'pharma.change.request': {'reason': "x"},
    'pharma.change.request.line': {'is_taken': False},
    'pharma.change.proposal': {'reason': "x"},
    'pharma.change.refusal': {'reason': "x"},
    'pharma.work.report.section': {'sequence': 77},
    'pharma.work.day': {'planned_count': 5},
    'pharma.reminder': {'is_on': False},
    'pharma.reminder.told': {'key': "x"},
    'pharma.message': {'error': "x"},
    'pharma.message.template': {'body': "x"},
    'pharma.profile.log': {'field_name': 'bank_account'},
    'pharma.search.name': {'text': "x"},
    'pharma.import.progress': {'percent': 50},
    'pharma.market.fact': {'note': "x"},
    'pharma.intelligence': {'text': "x"},
    'pharma.competitor': {'strengths': "x"},
    'pharma.product.policy': {'note': "x"},
    'pharma.product.discount': {'condition': "x"},
    'pharma.agent': {'hold_note': "x"},
    'pharma.agent.product': {'note': "x"},
    'pharma.agent.opening': {'own_count': 5},
    'res.partner.bank': {'clearing_number': '1'},
    'crm.lead': {'expected_revenue': 5},
    'sale.order': {'client_order_ref': '1'},
    'stock.picking': {'note': "x"},
    'stock.move': {'date': '2026-03-02 02:00:00'},
    'stock.move.line': {'description_picking': "x"},
    'account.move': {'narration': "x"},
    'account.payment': {'memo': "x"},
    'account.bank.statement.line': {'payment_ref': "x"},
    'calendar.event': {'description': "x"},
    'calendar.attendee': {'state': 'accepted'},
    'mail.activity': {'summary': "x"},
    'mail.message': {'subject': "x"},
    'mail.notification': {'is_read': True},
    'mail.followers': {'subtype_ids': []},
    'res.users': {'signature': "x"},
}


@tagged('post_install', '-at_install')
class TestRights(RightsWays, RightsWorld, HttpCase):
    """The rights table, line by line."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # model -> [(line of the table, its record)]
        cls.lines = {}
        for right in cls.table.rights:
            if right.kind != 'own dialog':
                cls.lines.setdefault(right.model, []).append((right, cls.records[right[:3]]))

    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger(*QUIET))

    def _visible(self, role, model):
        """The records of the world that a role may read, in superuser mode."""
        ids = [record.id for right, record in self.lines[model] if 'R' in right.roles[role]]
        return self.env[model].browse(ids)

    def _all(self, model):
        return self.env[model].browse(record.id for _right, record in self.lines[model])

    def _told(self, model, ids):
        """Lines of the table, for messages."""
        return sorted(
            f"{right.kind} | {right.whose}" for right, record in self.lines[model]
            if record.id in ids)

    def _differences(self, model, way, found, expected):
        """What a way of reading shows too much or too little, as texts."""
        shown, missing = set(found) - set(expected), set(expected) - set(found)
        if shown:
            yield f"{way} shows {self._told(model, shown)}"
        if missing:
            yield f"{way} hides {self._told(model, missing)}"

    # === THE TABLE === #

    def test_every_model_has_a_line(self):
        """A model of the suite, or one that is hidden with its customer, stands in the table."""
        mixin = self.env.registry['pharma.access.mixin']
        wanted = {
            name for name, model in self.env.registry.items()
            if not model._abstract and (name.startswith('pharma.') or mixin in model.__mro__)}
        self.assertFalse(wanted - self.table.models, "without a line in rights.md")
        self.assertFalse(self.table.models - set(self.env.registry), "lines without a model")

    # === READING === #

    def test_reading(self):
        """Lists, pages, counts, sums, groups, drop-downs, exports and single records."""
        self.enterContext(self._without_reasons())
        for role in self.table.roles:
            self.env.invalidate_all()
            for model in self.lines:
                # an error of the database must not spoil what follows
                with self.subTest(role=role, model=model), self.cr.savepoint():
                    problems = [*self._read_by_id(role, model), *self._read_lists(role, model)]
                    self.assertFalse(problems, "\n" + "\n".join(problems))

    def _read_by_id(self, role, model):
        """Yield what is wrong when records are read by their ids."""
        user, visible, everything = self.users[role], self._visible(role, model), self._all(model)
        readable = everything.with_user(user).exists()._filtered_access('read')
        yield from self._differences(model, "reading by id", readable.ids, visible.ids)
        if readable:
            # with all our fields, as an integration asks for them
            readable.read(['display_name', *(
                name for name, field in self.env[model]._fields.items()
                if (field._module or '').startswith('pharma_')
                and readable._has_field_access(field, 'read'))])
        hidden = {right.kind: record.id for right, record in self.lines[model]
                  if record.id not in readable.ids}
        for kind, record_id in hidden.items():
            try:
                # reports answer nothing where others refuse
                if self.env[model].with_user(user).browse(record_id).read(['display_name']):
                    yield f"read() shows {kind}"
            except AccessError:
                continue

    def _read_lists(self, role, model):
        """Yield what is wrong in lists, figures, drop-downs and exports."""
        user, visible = self.users[role], self._visible(role, model)
        Model = self.env[model].with_user(user)
        domain = [('id', 'in', self._all(model).ids)]
        if not Model.has_access('read'):
            for method, args in (
                    ('search', [domain]), ('search_count', [domain]), ('name_search', ['', domain]),
                    ('web_search_read', [domain, {}]),
                    ('formatted_read_group', [domain, [], ['__count']])):
                try:
                    found = getattr(Model, method)(*args)
                except AccessError:
                    continue
                if found and found not in ({'length': 0, 'records': []}, [{'__count': 0}]):
                    yield f"{method} shows {found}"
            return
        yield from self._differences(model, "search", Model.search(domain).ids, visible.ids)
        page = Model.web_search_read(domain, {'display_name': {}})
        yield from self._differences(
            model, "web_search_read", [row['id'] for row in page['records']], visible.ids)
        names = Model.name_search('', domain, limit=None)
        yield from self._differences(model, "name_search", [row[0] for row in names], visible.ids)
        if Model.search_count(domain) != len(visible):
            yield "search_count differs"
        yield from self._read_groups(Model, domain, visible)
        # Messages are exported by Odoo's administrators alone
        if visible and user._is_internal() and model != 'mail.message':
            readable = visible.with_user(user)._filtered_access('read')
            if len(readable.export_data(['display_name'])['datas']) != len(readable):
                yield "export_data differs"

    def _read_groups(self, Model, domain, visible):
        """Yield which figures are not those of the visible records, and groups of others."""
        field = SUMS.get(Model._name)
        sums = ['__count', f'{field}:sum'] if field else ['__count']
        total = Model.formatted_read_group(domain, [], sums)[0]
        if total['__count'] != len(visible):
            yield f"counts {total['__count']} instead of {len(visible)}"
        if field:
            expected = sum(visible.sudo().mapped(field))
            if abs((total[f'{field}:sum'] or 0) - expected) > 0.01:
                yield f"sums {field} to {total[f'{field}:sum']} instead of {expected}"
        for name, field in Model._fields.items():
            if field.comodel_name != 'res.partner' or field.type != 'many2one' or not field.store:
                continue
            if not Model._has_field_access(field, 'read'):
                continue
            groups = Model.formatted_read_group(domain, [name], ['__count'])
            found = {group[name][0] for group in groups if group[name]}
            if found - set(visible.sudo()[name].ids):
                yield f"groups by {name} name others"

    # === CHANGING === #

    def test_writing(self):
        """W: what is written is written, or refused."""
        self._check_operation('W', lambda record, right, user: record.write(
            WRITES.get(record._name) or {'name': self._name()}))

    def test_deleting(self):
        """D: deleted, or refused for another reason than rights."""
        self._check_operation('D', lambda record, right, user: record.unlink())

    def test_creating(self):
        """C: the same record once more."""
        def create(record, right, user):
            make = getattr(self, f"_make_{right.model.replace('.', '_')}")
            owner = user if right.whose not in ('comp', 'any') else self.users[OWNERS[right.whose]]
            make(record.browse(), right.kind, right.whose, owner)
        self._check_operation('C', create)

    def _check_operation(self, letter, action):
        """Compare with the table what Odoo says of the right to each record; of each kind and each
        answer one is really tried, of ``REALLY_TRIED`` all.
        """
        operation = OPERATIONS[letter]
        self.enterContext(self._without_reasons())
        for role in self.table.roles:
            user = self.users[role]
            # All answers first: every try leaves an empty cache behind
            granted = {
                model: {record.id for record in self._all(model).with_user(user)
                        if record.has_access(operation)}
                for model in self.lines}
            for model, lines in self.lines.items():
                closed = not self.env[model].with_user(user).has_access(operation)
                problems, tried = [], set()
                for right, record in lines:
                    if letter == 'C' and not self._is_entered(right):
                        continue
                    record = record.with_user(user)
                    allowed = record.id in granted[model]
                    really = model in REALLY_TRIED[letter] and not closed
                    answer = (right.kind if not closed else '', allowed)
                    if really or answer not in tried:
                        tried.add(answer)
                        allowed = self._try(letter, action, record, right, user)
                    if allowed != (letter in right.roles[role]):
                        problems.append(
                            f"{'allowed' if allowed else 'refused'}: {right.kind} | {right.whose}")
                with self.subTest(letter, role=role, model=model):
                    self.assertFalse(problems)

    def _is_entered(self, right):
        return hasattr(self, f"_make_{right.model.replace('.', '_')}") and (
            right.whose not in NOT_ENTERED.get((right.model, right.kind), ()))

    def _try(self, letter, action, record, right, user):
        """Whether an action is allowed; undone afterwards."""
        savepoint = self.cr.savepoint()
        try:
            action(record, right, user)
            self.env.flush_all()
            return True
        except AccessError:
            return False
        except (UserError, psycopg2.Error):
            if letter == 'D':
                return True
            if record.has_access(OPERATIONS[letter]):
                raise
            return False
        finally:
            self.env.clear()
            savepoint.close(rollback=True)
