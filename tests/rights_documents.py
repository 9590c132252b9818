"""Records of Odoo's own models that link customers, for the rights table."""

from odoo import fields
from odoo.fields import Command


class RightsDocuments:
    """Part of ``RightsWorld``: opportunities, orders, deliveries, invoices, meetings, messages."""

    @classmethod
    def _customer(cls, kind, whose):
        """The contact that a document is about, by the last word of its kind."""
        word = kind.split()[-1]
        if word == 'distributor':
            return cls.distributors[whose]
        return cls.customers[whose][word]

    # === SALES === #

    @classmethod
    def _make_crm_lead(cls, Model, kind, whose, owner):
        if kind.startswith('in the pool'):
            return cls._pool_lead(whose)
        by_itself = kind.startswith('shared')
        vals = {'name': cls._name(), 'type': 'opportunity', 'user_id': owner.id,
                'team_id': False, 'company_id': cls._company(whose).id, 'expected_revenue': 100}
        if kind != 'without customer':
            customer = 'of a hospital' if by_itself else kind
            vals['partner_id'] = cls._customer(customer, whose).id
        lead = Model.create(vals)
        if by_itself and Model.env.su:
            cls.env['pharma.share'].create({
                'lead_id': lead.id, 'user_id': cls.users['rep'].id,
                'shared_by_id': cls.users['stranger'].id,
                'mode': 'read' if kind.endswith('read') else 'work'})
        return lead

    @classmethod
    def _have_crm_activity_report(cls, kind, whose):
        lead = cls._record('crm.lead', 'of a hospital', whose)
        message = lead.message_post(
            body="电话", mail_activity_type_id=cls.env.ref('mail.mail_activity_data_call').id)
        cls.env.flush_all()
        return cls.env['crm.activity.report'].search([('id', '=', message.id)])

    @classmethod
    def _make_sale_order(cls, Model, kind, whose, owner):
        return Model.create({
            'partner_id': cls._customer(kind, whose).id, 'user_id': owner.id,
            'company_id': cls._company(whose).id,
            'order_line': [Command.create({
                'product_id': cls.product.product_variant_id.id, 'product_uom_qty': 1,
                'price_unit': 10, 'tax_ids': [Command.clear()]})]})

    @classmethod
    def _have_sale_order_line(cls, kind, whose):
        return cls._record('sale.order', kind, whose).order_line

    @classmethod
    def _make_sale_order_line(cls, Model, kind, whose, owner):
        return Model.create({
            'order_id': cls._record('sale.order', kind, whose).id, 'price_unit': 10,
            'product_id': cls.product.product_variant_id.id, 'tax_ids': [Command.clear()]})

    @classmethod
    def _have_sale_report(cls, kind, whose):
        order = cls._record('sale.order', kind, whose)
        cls.env.flush_all()
        return cls.env['sale.report'].search([('order_reference', '=', f'sale.order,{order.id}')])

    # === DELIVERIES === #

    @classmethod
    def _sold(cls, kind, whose):
        """A confirmed order, with a delivery that is ready."""
        key = 'sold', kind, whose
        if key not in cls.records:
            model = cls.env['sale.order'].with_company(cls._company(whose))
            order = cls._make_sale_order(model, f'of {kind}', whose, cls._owner(whose))
            order.action_confirm()
            cls.records[key] = order
        return cls.records[key]

    @classmethod
    def _owner(cls, whose):
        return cls.assignments[{
            'own': 'rep', 'team': 'colleague', 'line': 'liner', 'comp': 'foreigner',
        }.get(whose, 'stranger')].user_id

    @classmethod
    def _have_stock_picking(cls, kind, whose):
        return cls._sold(kind.removeprefix('to '), whose).picking_ids

    @classmethod
    def _make_stock_picking(cls, Model, kind, whose, owner):
        return Model.create(cls._transfer(kind, whose) | {
            'picking_type_id': cls._have_stock_picking(kind, whose).picking_type_id.id,
            'partner_id': cls._customer(kind, whose).id})

    @classmethod
    def _transfer(cls, kind, whose):
        picking = cls._have_stock_picking(kind, whose)
        return {'location_id': picking.location_id.id,
                'location_dest_id': picking.location_dest_id.id}

    @classmethod
    def _have_stock_move(cls, kind, whose):
        return cls._have_stock_picking(kind, whose).move_ids

    @classmethod
    def _make_stock_move(cls, Model, kind, whose, owner):
        return Model.create(cls._transfer(kind, whose) | {
            'product_id': cls.product.product_variant_id.id, 'product_uom_qty': 1,
            'picking_id': cls._have_stock_picking(kind, whose).id})

    @classmethod
    def _have_stock_move_line(cls, kind, whose):
        return cls._have_stock_picking(kind, whose).move_line_ids

    @classmethod
    def _make_stock_move_line(cls, Model, kind, whose, owner):
        return Model.create(cls._transfer(kind, whose) | {
            'product_id': cls.product.product_variant_id.id, 'quantity': 1,
            'picking_id': cls._have_stock_picking(kind, whose).id})

    # === MONEY === #

    @classmethod
    def _have_account_move(cls, kind, whose):
        move = cls._make_account_move(
            cls.env['account.move'].with_company(cls._company(whose)), kind, whose,
            cls._owner(whose))
        if whose != 'comp':  # that company has no chart of accounts
            move.action_post()
        return move

    @classmethod
    def _make_account_move(cls, Model, kind, whose, owner):
        vals = {'move_type': 'out_invoice', 'partner_id': cls._customer(kind, whose).id,
                'invoice_user_id': cls._owner(whose).id}
        if whose == 'comp':
            vals['journal_id'] = cls._journal_of_b().id
        else:
            today = fields.Date.context_today(Model)
            vals |= {'invoice_date': today, 'invoice_line_ids': [Command.create({
                'product_id': cls.product.product_variant_id.id, 'quantity': 1, 'price_unit': 10,
                'tax_ids': [Command.clear()]})]}
        return Model.create(vals)

    @classmethod
    def _journal_of_b(cls):
        journals = cls.env['account.journal'].with_company(cls.company_b)
        journal = journals.search(
            [('company_id', '=', cls.company_b.id), ('type', '=', 'sale')], limit=1)
        return journal or journals.create({
            'name': "外", 'code': 'RIG', 'type': 'sale', 'company_id': cls.company_b.id})

    @classmethod
    def _have_account_move_line(cls, kind, whose):
        move = cls._record('account.move', kind, whose)
        return move.line_ids.filtered(lambda line: line.display_type == 'product')

    @classmethod
    def _make_account_move_line(cls, Model, kind, whose, owner):
        draft = cls._make_account_move(cls.env['account.move'], kind, whose, owner)
        return Model.create({
            'move_id': draft.id, 'product_id': cls.product.product_variant_id.id,
            'tax_ids': [Command.clear()]})

    @classmethod
    def _have_account_invoice_report(cls, kind, whose):
        move = cls._record('account.move', kind, whose)
        cls.env.flush_all()
        return cls.env['account.invoice.report'].search([('move_id', '=', move.id)])

    @classmethod
    def _make_account_payment(cls, Model, kind, whose, owner):
        return Model.create({
            'payment_type': 'inbound', 'partner_type': 'customer', 'amount': 10,
            'partner_id': cls._customer(kind, whose).id,
            'journal_id': cls._bank().id})

    @classmethod
    def _bank(cls):
        journals = cls.env['account.journal']
        return journals.search([
            ('company_id', '=', cls.env.company.id), ('type', '=', 'bank')], limit=1
        ) or journals.create({'name': "银行", 'code': 'RBK', 'type': 'bank'})

    @classmethod
    def _make_account_bank_statement_line(cls, Model, kind, whose, owner):
        return Model.create({
            'journal_id': cls._bank().id, 'amount': 10, 'payment_ref': cls._name(),
            'partner_id': cls._customer(kind, whose).id})

    @classmethod
    def _make_account_analytic_account(cls, Model, kind, whose, owner):
        plan = cls.env['account.analytic.plan'].search([], limit=1) or (
            cls.env['account.analytic.plan'].create({'name': "权"}))
        return Model.create({
            'name': cls._name(), 'plan_id': plan.id,
            'partner_id': cls._customer(kind, whose).id})

    # === MEETINGS AND TO-DOS === #

    @classmethod
    def _make_calendar_event(cls, Model, kind, whose, owner):
        vals = {'name': cls._name(), 'start': '2026-03-02 02:00:00', 'stop': '2026-03-02 03:00:00',
                'user_id': owner.id}
        if kind == 'with a person':
            invited = owner.partner_id | cls.customers[whose]['person']
            vals['partner_ids'] = [Command.set(invited.ids)]
        else:
            lead = cls._record('crm.lead', 'of a person', whose)
            vals |= {'opportunity_id': lead.id, 'partner_ids': [Command.set(owner.partner_id.ids)]}
        return Model.create(vals)

    @classmethod
    def _have_calendar_attendee(cls, kind, whose):
        return cls._record('calendar.event', 'with a person', whose).attendee_ids.filtered(
            lambda attendee: attendee.partner_id == cls.customers[whose]['person'])

    @classmethod
    def _make_calendar_attendee(cls, Model, kind, whose, owner):
        meeting = cls._make_calendar_event(
            cls.env['calendar.event'], 'with a person', whose, cls._owner(whose))
        return Model.create({
            'event_id': meeting.id, 'partner_id': cls.customers[whose]['department'].id})

    @classmethod
    def _make_mail_activity(cls, Model, kind, whose, owner):
        document = cls._document(kind, whose)
        return Model.create({
            'res_model_id': cls.env['ir.model']._get_id(document._name), 'res_id': document.id,
            'user_id': owner.id, 'summary': cls._name(),
            'activity_type_id': cls.env.ref('mail.mail_activity_data_todo').id})

    @classmethod
    def _document(cls, kind, whose):
        """What a message, a file or a to-do is about."""
        if 'opportunity' in kind:
            return cls._record('crm.lead', 'of a person', whose)
        if kind.split()[-1] == 'call':
            return cls._record('pharma.visit', 'call', whose)
        if 'tender' in kind:
            return cls._record('pharma.tender', kind.split()[-2], whose)
        return cls._customer(kind, whose)

    # === MESSAGES === #

    @classmethod
    def _have_mail_message(cls, kind, whose):
        author = cls.users['tend'] if 'tender' in kind else cls._owner(whose)
        return cls._document(kind, whose).with_user(author).sudo().message_post(
            body=cls._name(), subtype_xmlid='mail.mt_note')

    @classmethod
    def _make_mail_message(cls, Model, kind, whose, owner):
        document = cls._document(kind, whose)
        return Model.create({
            'model': document._name, 'res_id': document.id, 'body': cls._name(),
            'message_type': 'comment', 'subtype_id': cls.env.ref('mail.mt_note').id})

    @classmethod
    def _make_ir_attachment(cls, Model, kind, whose, owner):
        return Model.create(cls._attachment_values(kind, whose) | {
            'name': cls._name(), 'raw': b'x'})

    @classmethod
    def _attachment_values(cls, kind, whose):
        if kind == 'of a flow file':
            file = cls._record('pharma.flow.file', 'file', 'any')
            return {'res_model': file._name, 'res_id': file.id, 'res_field': 'data'}
        if kind == 'of a list of hospitals':
            file = cls._record('pharma.hospital.import', 'list', 'any')
            return {'res_model': file._name, 'res_id': file.id, 'res_field': 'data'}
        document = cls._document(kind, whose)
        return {'res_model': document._name, 'res_id': document.id}

    @classmethod
    def _have_mail_followers(cls, kind, whose):
        person = cls.customers[whose]['person']
        cls.plain.message_subscribe(person.ids)
        return cls.plain.message_follower_ids.filtered(
            lambda follower: follower.partner_id == person)

    @classmethod
    def _make_mail_notification(cls, Model, kind, whose, owner):
        message = cls.plain.message_post(body=cls._name())
        return Model.create({
            'mail_message_id': message.id, 'notification_type': 'email',
            'res_partner_id': cls.customers[whose]['person'].id})
