"""Ways round the lists: links, files, messages, calls from outside, methods of the suite."""

import inspect
import json
from datetime import timedelta

from rights_table import OPERATIONS

from odoo import fields
from odoo.exceptions import AccessError, UserError

# Who sees but a part of the customers
LIMITED = ('rep', 'prod', 'com', 'serv', 'acc', 'sale', 'stock', 'none', 'hosp', 'dist', 'pub')


class RightsWays:
    """Part of ``TestRights``: what the table hides stays hidden whatever way somebody asks."""

    def _hidden(self, role):
        """The customers that a role may not see."""
        return self.env['res.partner'].browse(
            record.id for key, record in self.records.items()
            if key[0] == 'res.partner' and 'R' not in self._roles(key)[role])

    def _roles(self, key):
        return next(right.roles for right in self.table.rights if right[:3] == key)

    def _links(self, model, user):
        """Fields of a model that link contacts, as far as a user may read them."""
        Model = self.env[model].with_user(user)
        if Model._abstract or not Model.has_access('read'):
            return []
        return [name for name, field in Model._fields.items()
                if field.comodel_name == 'res.partner' and field.relational
                and field._description_searchable and Model._has_field_access(field, 'read')]

    # === LINKS === #

    def test_search_through_links(self):
        """Nobody finds a record by a fact of a customer that he does not see."""
        for role in LIMITED:
            user = self.users[role]
            phones = self._hidden(role).filtered('phone').mapped('phone')
            self.assertTrue(phones, role)
            for model in self.env.registry:
                for name in self._links(model, user):
                    with self.subTest(role=role, model=model, field=name), self.cr.savepoint():
                        try:
                            found = self.env[model].with_user(user).search_count(
                                [(f'{name}.phone', 'in', phones)])
                        except UserError:  # cannot be asked this way, or by nobody of his role
                            continue
                        self.assertFalse(found)

    def test_links_of_visible_records(self):
        """A record that names a hidden customer is hidden, but for what is accepted."""
        for role in LIMITED:
            user, hidden = self.users[role], self._hidden(role)
            for model in self.env.registry:
                for name in self._links(model, user):
                    field = self.env[model]._fields[name]
                    if field.type != 'many2one' or not field.store or (
                            self.env[model]._transient
                            or (model, name, role) in self.table.accepted):
                        continue
                    with self.subTest(role=role, model=model, field=name):
                        records = self.env[model].with_context(active_test=False).search(
                            [(name, 'in', hidden.ids)])
                        if model == 'res.partner':
                            records -= hidden
                        # reports have no numbers of their own that one could ask for
                        found = (records.with_user(user)._filtered_access('read')
                                 if self.env[model]._auto else records.with_user(user).search(
                                     [(name, 'in', hidden.ids)]))
                        self.assertFalse(found)

    def test_groups_through_links(self):
        """Figures are not divided by facts of hidden customers."""
        user, hidden = self.users['rep'], set(self._hidden('rep').mapped('phone')) - {False}
        for model, name in (('crm.lead', 'partner_id'), ('pharma.affiliation', 'place_id'),
                            ('pharma.affiliation', 'hospital_id'), ('res.partner', 'parent_id')):
            groups = self.env[model].with_user(user).formatted_read_group(
                [], [f'{name}.phone'], ['__count'])
            self.assertFalse(hidden & {group[f'{name}.phone'] for group in groups})

    def test_names_beside_a_visible_person(self):
        """Who sees a person by a post at his hospital reads the names of the person's other places
        and nothing else of them.
        """
        far, own = self.customers['far'], self.customers['own']
        person = far['person']
        self.env['pharma.affiliation'].create(
            {'person_id': person.id, 'place_id': own['hospital'].id})
        rep = self.users['rep']
        row = person.with_user(rep).web_read({
            'parent_id': {'fields': {'display_name': {}}}, 'display_name': {}})[0]
        self.assertIn(far['department'].name, row['parent_id']['display_name'])
        with self.assertRaises(AccessError):
            person.with_user(rep).web_read({'parent_id': {'fields': {'phone': {}}}})
        self.assertEqual(
            self.env['res.partner'].with_user(rep).search([('id', 'in', [
                person.id, far['department'].id, far['hospital'].id])]), person)

    # === NAMES === #

    def test_names_of_hidden_customers_find_nothing(self):
        """Drop-downs, the search box and Odoo's own suggestions find no hidden name."""
        for role in LIMITED:
            partners = self.env['res.partner'].with_user(self.users[role])
            if not partners.has_access('read'):
                continue
            for customer in self._hidden(role):
                with self.subTest(role=role, name=customer.name):
                    for text in (customer.name, customer.complete_name):
                        found = {row[0] for row in partners.name_search(text, limit=None)}
                        self.assertNotIn(customer.id, found)
                        self.assertNotIn(customer, partners.search([('display_name', '=', text)]))
                    if partners.env.user._is_internal():
                        self.assertNotIn(
                            customer, partners.search([('search_name', 'ilike', customer.name)]))

    def test_developer_mode_tells_no_names(self):
        """Odoo names the records of a refusal to who works in developer mode: not these."""
        user, customer = self.users['rep'], self.customers['far']['person']
        self.authenticate(user.login, user.login)
        self.url_open('/odoo?debug=1')
        answer = self.url_open('/web/dataset/call_kw/res.partner/read', json={'params': {
            'model': 'res.partner', 'method': 'read', 'args': [customer.ids, ['name']],
            'kwargs': {}}})
        self.assertIn(f'res.partner: {customer.id}', answer.text)
        self.assertNotIn(customer.name, json.loads(answer.text)['error']['data']['message'])

    # === MESSAGES AND FILES === #

    def test_messages_and_files_of_hidden_customers(self):
        """The page of a hidden customer gives neither messages nor files nor followers."""
        user = self.users['rep']
        self.authenticate(user.login, user.login)
        for whose, visible in (('own', True), ('far', False)):
            person = self.customers[whose]['person']
            message = self.records['mail.message', 'on a person', whose]
            file = self.records['ir.attachment', 'of a person', whose]
            with self.subTest(whose=whose):
                answer = self.url_open('/mail/thread/messages', json={'params': {
                    'thread_model': 'res.partner', 'thread_id': person.id}})
                self.assertEqual(message.preview in answer.text, visible)
                answer = self.url_open('/mail/data', json={'params': {'fetch_params': [[
                    'mail.thread', {'thread_model': 'res.partner', 'thread_id': person.id,
                                    'request_list': ['followers', 'attachments', 'activities']}]]}})
                self.assertEqual(file.name in answer.text, visible)
                answer = self.url_open(f'/web/content/{file.id}')
                self.assertEqual(answer.status_code, 200 if visible else 404)
                answer = self.url_open(f'/web/image/res.partner/{person.id}/avatar_128?download=1')
                self.assertNotIn(person.name, answer.headers.get('Content-Disposition', '')
                                 if not visible else '')

    # === FROM OUTSIDE === #

    def _key(self, role):
        return self.env['res.users.apikeys'].with_user(self.users[role])._generate(
            'rpc', 'rights', fields.Datetime.now() + timedelta(hours=1))

    def test_json2(self):
        """Programs with a key get what the table gives their user."""
        for role in ('rep', 'none', 'hosp', 'dist'):
            headers = {'Authorization': f'bearer {self._key(role)}'}
            for model in sorted(self.table.models):
                lines = [(right, self.records[right[:3]]) for right in self.table.rights
                         if right.model == model and right[:3] in self.records]
                expected = {record.id for right, record in lines if 'R' in right.roles[role]}
                with self.subTest(role=role, model=model):
                    answer = self.url_open(f'/json/2/{model}/search_read', headers=headers, json={
                        'domain': [('id', 'in', [record.id for _right, record in lines])],
                        'fields': ['display_name']})
                    found = {row['id'] for row in answer.json()} if answer.ok else set()
                    self.assertEqual(found, expected)

    def test_portal_rpc(self):
        """The calls of the web client as a hospital's and a distributor's portal user."""
        for role in ('hosp', 'dist'):
            self.authenticate(self.users[role].login, self.users[role].login)
            for model in sorted(self.table.models):
                lines = [(right, self.records[right[:3]]) for right in self.table.rights
                         if right.model == model and right[:3] in self.records]
                expected = {record.id for right, record in lines if 'R' in right.roles[role]}
                domain = [('id', 'in', [record.id for _right, record in lines])]
                with self.subTest(role=role, model=model):
                    answer = self.url_open(
                        f'/web/dataset/call_kw/{model}/web_search_read', json={'params': {
                            'model': model, 'method': 'web_search_read', 'args': [domain, {}],
                            'kwargs': {}}}).json()
                    rows = answer.get('result', {}).get('records', [])
                    self.assertEqual({row['id'] for row in rows}, expected)

    def test_no_key_no_answer(self):
        """Visitors get nothing."""
        for model in ('res.partner', 'pharma.alias', 'sale.order'):
            answer = self.url_open(f'/json/2/{model}/search_read', json={'domain': []})
            self.assertEqual(answer.status_code, 401)

    def test_our_fields_are_not_for_portal_users(self):
        """What we add to contacts, users, products and companies is for employees."""
        for role in ('hosp', 'dist', 'pub'):
            for model in ('res.partner', 'res.users', 'res.company', 'res.country.state',
                          'product.template', 'product.product', 'product.category', 'sale.order',
                          'sale.order.line', 'account.move', 'account.move.line', 'stock.picking',
                          'calendar.event', 'mail.message'):
                Model = self.env[model].with_user(self.users[role])
                if not Model.has_access('read'):
                    continue
                ours = [
                    name for name, field in Model._fields.items()
                    if (field.base_field._module or '').startswith('pharma_')
                    and Model._has_field_access(field, 'read')]
                with self.subTest(role=role, model=model):
                    self.assertFalse(ours)

    # === DIALOGS === #

    def test_dialogs(self):
        """A dialog belongs to who opened it."""
        for right in self.table.rights:
            if right.kind != 'own dialog':
                continue
            make = getattr(self, f"_make_{right.model.replace('.', '_')}")
            for role, letters in right.roles.items():
                Model = self.env[right.model].with_user(self.users[role])
                with self.subTest(role=role, model=right.model), self.cr.savepoint():
                    if 'C' not in letters:
                        self.assertFalse(Model.has_access('create'))
                        continue
                    dialog = make(Model, right.kind, right.whose, self.users[role])
                    self.assertEqual(Model.search([('id', '=', dialog.id)]), dialog)
                    for letter, operation in OPERATIONS.items():
                        self.assertEqual(dialog.has_access(operation), letter in letters)

    # === METHODS === #

    def _public_methods(self):
        """The methods of the suite that can be called from outside, those of Odoo's aside."""
        found = set()
        for name, model in self.env.registry.items():
            if name.endswith('.mixin'):
                continue
            for cls in model.__mro__:
                if not getattr(cls, '__module__', '').startswith('odoo.addons.pharma_'):
                    continue
                for method, function in vars(cls).items():
                    if method.startswith('_') or not inspect.isfunction(function):
                        continue
                    others = [base for base in model.__mro__ if method in vars(base)]
                    if any(getattr(vars(base)[method], '_api_private', False)
                           for base in others):
                        continue
                    if all(base.__module__.startswith('odoo.addons.pharma_') for base in others):
                        found.add((name, method))
        return found

    def test_public_methods(self):
        """Every method that can be called from outside has a line that says what it asks for, and
        refuses whoever lacks that.
        """
        methods = self._public_methods()
        self.assertFalse(methods - set(self.table.methods), "without a line in rights.md")
        self.assertFalse(set(self.table.methods) - methods, "lines without a method")
        for (model, method), needs in self.table.methods.items():
            if needs == 'opens':
                continue
            for role in ('rep', 'none', 'hosp'):
                user = self.users[role]
                record = self._refused(model, needs, user)
                if record is None:
                    continue
                parameters = list(inspect.signature(
                    getattr(self.env.registry[model], method)).parameters.values())[1:]
                args = ['x' for parameter in parameters if parameter.default is parameter.empty]
                with self.subTest(role=role, method=f'{model}.{method}'), \
                        self.assertRaises(AccessError):
                    getattr(record.with_user(user), method)(*args)

    def _refused(self, model, needs, user):
        """A record on which a user may not do what a method needs; None if there is none."""
        if needs == 'system':
            return next((record for key, record in self.records.items() if key[0] == model),
                        self.env[model])
        operation = OPERATIONS[needs]
        if self.env[model]._abstract:
            return self.env[model]
        for key, record in self.records.items():
            if key[0] == model and not record.with_user(user).has_access(operation):
                return record
        return None
