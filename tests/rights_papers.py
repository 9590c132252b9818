"""Catalogues, tenders and flows for the rights table."""

import base64


class RightsPapers:
    """Part of ``RightsWorld``: catalogues, tenders, flow files."""

    # === CATALOGUES === #

    @classmethod
    def _make_pharma_division(cls, Model, kind, whose, owner):
        return Model.create({
            'name': cls._name(), 'code': f'Z{next(cls.numbers)}', 'level': 'county'})

    @classmethod
    def _make_pharma_specialty(cls, Model, kind, whose, owner):
        return Model.create({'name': cls._name(), 'code': f'Z{next(cls.numbers)}'})

    @classmethod
    def _make_pharma_title(cls, Model, kind, whose, owner):
        return Model.create({'name': cls._name()})

    @classmethod
    def _have_pharma_partner_type(cls, kind, whose):
        # A kind that no customer of this world has
        return cls.env['pharma.partner.type'].search([('pharma_type', '=', 'primary_care')])

    @classmethod
    def _make_pharma_partner_type(cls, Model, kind, whose, owner):
        cls._have_pharma_partner_type(kind, whose).unlink()
        return Model.create({'pharma_type': 'primary_care'})

    @classmethod
    def _make_pharma_partner_fact(cls, Model, kind, whose, owner):
        return Model.create({
            'name': cls._name(), 'type_id': cls._have_pharma_partner_type(kind, whose).id})

    @classmethod
    def _make_pharma_lifecycle_stage(cls, Model, kind, whose, owner):
        return Model.create({
            'name': cls._name(), 'type_id': cls._have_pharma_partner_type(kind, whose).id})

    # === TENDERS === #

    @classmethod
    def _make_pharma_tender(cls, Model, kind, whose, owner):
        stage = cls.stage_public if kind == 'published' else cls.stage_bids
        return Model.create({
            'name': cls._name(), 'kind_id': cls.kind.id, 'stage_id': stage.id,
            'user_id': cls.users['tend'].id if whose != 'comp' else False,
            'company_id': cls._company(whose).id})

    @classmethod
    def _make_pharma_tender_item(cls, Model, kind, whose, owner):
        return Model.create({
            'tender_id': cls._record('pharma.tender', kind, whose).id,
            'generic_name': cls._name()})

    @classmethod
    def _make_pharma_tender_bid(cls, Model, kind, whose, owner):
        item = cls._make_pharma_tender_item(cls.env['pharma.tender.item'], kind, whose, owner)
        return Model.create({
            'item_id': item.id, 'product_id': cls.product.id, 'price_per_pack': 7})

    @classmethod
    def _make_pharma_price(cls, Model, kind, whose, owner):
        return Model.create({
            'product_id': cls.product.id, 'price_per_pack': 7,
            'tender_id': cls._record('pharma.tender', kind, whose).id})

    @classmethod
    def _have_pharma_tender_kind(cls, kind, whose):
        return cls.kind

    @classmethod
    def _make_pharma_tender_kind(cls, Model, kind, whose, owner):
        return Model.create({'name': cls._name()})

    @classmethod
    def _make_pharma_tender_stage(cls, Model, kind, whose, owner):
        return Model.create({'name': cls._name()})

    @classmethod
    def _make_pharma_tender_import(cls, Model, kind, whose, owner):
        return Model.create({
            'data': base64.b64encode(b'x'), 'filename': 'x.csv', 'kind_id': cls.kind.id})

    @classmethod
    def _make_pharma_tender_import_line(cls, Model, kind, whose, owner):
        dialog = cls._make_pharma_tender_import(
            Model.env['pharma.tender.import'], kind, whose, owner)
        return Model.create({'import_id': dialog.id, 'row_number': 1})

    # === FLOWS === #

    @classmethod
    def _make_pharma_flow_file(cls, Model, kind, whose, owner):
        return cls._make_file(Model, whose, [(cls._name(), cls.product)])

    @classmethod
    def _make_file(cls, Model, whose, rows):
        """A flow file.

        :param rows: pairs of a customer's name and a product template
        """
        lines = ["销售日期,客户名称,商品名称,商品规格,单位,批号,数量,金额"]
        lines += [
            f"2026-01-05,{name},{product.name},,盒,{next(cls.numbers)},1,10"
            for name, product in rows]
        return Model.create({
            'name': f"{cls._name()}.csv", 'data': base64.b64encode("\n".join(lines).encode()),
            'distributor_id': cls.distributors['comp' if whose == 'comp' else 'own'].id,
            'company_id': cls._company(whose).id})

    @classmethod
    def _make_pharma_flow_upload(cls, Model, kind, whose, owner):
        return Model.create({})

    @classmethod
    def _make_pharma_flow_upload_line(cls, Model, kind, whose, owner):
        upload = cls._make_pharma_flow_upload(Model.env['pharma.flow.upload'], kind, whose, owner)
        return Model.create({
            'upload_id': upload.id, 'name': "x.csv", 'data': base64.b64encode(b'x')})

    @classmethod
    def _make_pharma_flow_schedule(cls, Model, kind, whose, owner):
        distributor = cls.env['res.partner'].create({
            'name': cls._name(), 'pharma_type': 'distributor', 'is_company': True,
            'company_id': cls._company(whose).id})
        return Model.create({
            'distributor_id': distributor.id, 'company_id': cls._company(whose).id,
            'user_id': cls.users['com'].id if whose != 'comp' else cls.env.uid,
            'date_from': '2026-01-01'})

    @classmethod
    def _have_pharma_flow_duty(cls, kind, whose):
        schedule = cls._make_pharma_flow_schedule(
            cls.env['pharma.flow.schedule'], kind, whose, None)
        return cls.env['pharma.flow.duty'].search([('schedule_id', '=', schedule.id)], limit=1)

    @classmethod
    def _make_pharma_flow_history(cls, Model, kind, whose, owner):
        return Model.create({
            'name': f"{cls._name()}.csv", 'data': base64.b64encode(cls._name().encode()),
            'company_id': cls._company(whose).id})

    @classmethod
    def _make_pharma_flow_history_name(cls, Model, kind, whose, owner):
        history = cls._make_pharma_flow_history(
            cls.env['pharma.flow.history'], kind, whose, owner)
        return Model.create({
            'history_id': history.id, 'name': cls._name(), 'reason': 'none', 'row_count': 3})

    @classmethod
    def _have_pharma_flow_layout(cls, kind, whose):
        model = cls.env['pharma.flow.file'].with_company(cls._company(whose))
        file = cls._make_file(model, whose, [(cls._name(), cls.product)])
        file._run_import()
        return cls.env['pharma.flow.layout'].search([('last_file_id', '=', file.id)])

    @classmethod
    def _have_pharma_flow_line(cls, kind, whose):
        if kind == 'in review':
            names = ['own']
        elif whose == 'comp':
            names = ['comp']
        else:
            names = ['own', 'team', 'line', 'read', 'work', 'far', None]
        rows = [
            (cls.customers[name]['hospital'].name if name else cls._name(),
             cls.product_y if name == 'line' else cls.product) for name in names]
        model = cls.env['pharma.flow.file'].with_company(cls._company(whose))
        file = cls._make_file(model, whose, rows)
        file._run_import()
        assert file.state == 'review', file.message
        if kind != 'in review':
            file.action_post()
        for name, line in zip(names, file.line_ids.sorted('row_number'), strict=True):
            key = kind if name else 'of an unknown customer'
            cls.records['pharma.flow.line', key, name or 'any'] = line.with_env(cls.env)
        return cls.records['pharma.flow.line', kind, whose]

    @classmethod
    def _have_pharma_flow_check(cls, kind, whose):
        whose = 'comp' if whose == 'comp' else 'own'
        line = cls._record('pharma.flow.line', 'posted', whose)
        return line.sudo().file_id.check_ids[:1].with_env(cls.env)

    @classmethod
    def _make_pharma_flow_claim(cls, Model, kind, whose, owner):
        return Model.create({
            'partner_id': cls.customers[whose]['hospital'].id, 'product_id': cls.product.id,
            'distributor_id': cls.distributors['comp' if whose == 'comp' else 'own'].id,
            'date': '2026-01-05', 'quantity': 3, 'company_id': cls._company(whose).id})

    @classmethod
    def _make_pharma_flow_period(cls, Model, kind, whose, owner):
        month = f'{next(cls.numbers) % 8000 + 2000:04}-01-01'
        return Model.create({'month': month, 'company_id': cls._company(whose).id})

    @classmethod
    def _make_pharma_flow_post(cls, Model, kind, whose, owner):
        line = cls._record('pharma.flow.line', 'posted', 'own')
        return Model.create({'file_ids': line.sudo().file_id.ids})

    @classmethod
    def _make_pharma_flow_correction(cls, Model, kind, whose, owner):
        line = cls._record('pharma.flow.line', 'posted', 'comp' if whose == 'comp' else 'own')
        return Model.create({
            **Model._prepare_vals(line.sudo(), 'separate'), 'row_number': next(cls.numbers)})

    @classmethod
    def _have_pharma_flow_progress(cls, kind, whose):
        file = cls._record('pharma.flow.file', 'file', 'any')
        cls.env['pharma.flow.progress']._set(file.id, 5)
        return cls.env['pharma.flow.progress'].search([('file_id', '=', file.id)])

    @classmethod
    def _have_pharma_flow_summary(cls, kind, whose):
        cls._record('pharma.flow.line', 'posted', 'own')
        return cls.env['pharma.flow.summary'].search([], limit=1)

    @classmethod
    def _have_folded(cls, model):
        cls._record('pharma.flow.line', 'posted', 'own')
        cls.env['pharma.flow.summary']._fold()
        return cls.env[model].search([], limit=1)

    @classmethod
    def _have_pharma_flow_summary_customer(cls, kind, whose):
        return cls._have_folded('pharma.flow.summary.customer')

    @classmethod
    def _have_pharma_flow_summary_trade(cls, kind, whose):
        return cls._have_folded('pharma.flow.summary.trade')

    @classmethod
    def _have_pharma_flow_summary_territory(cls, kind, whose):
        return cls._have_folded('pharma.flow.summary.territory')

    @classmethod
    def _have_pharma_flow_summary_terminal(cls, kind, whose):
        return cls._have_folded('pharma.flow.summary.terminal')

    @classmethod
    def _have_pharma_flow_summary_year(cls, kind, whose):
        return cls._have_folded('pharma.flow.summary.year')

    @classmethod
    def _have_pharma_flow_summary_terminal_year(cls, kind, whose):
        return cls._have_folded('pharma.flow.summary.terminal.year')

    @classmethod
    def _have_pharma_flow_summary_person(cls, kind, whose):
        return cls._have_folded('pharma.flow.summary.person')

    @classmethod
    def _have_pharma_flow_summary_person_year(cls, kind, whose):
        return cls._have_folded('pharma.flow.summary.person.year')

    @classmethod
    def _have_pharma_flow_summary_market(cls, kind, whose):
        return cls._have_folded('pharma.flow.summary.market')

    @classmethod
    def _have_pharma_flow_summary_place(cls, kind, whose):
        return cls._have_folded('pharma.flow.summary.place')

    @classmethod
    def _have_pharma_flow_customer(cls, kind, whose):
        return cls._have_folded('pharma.flow.customer')

    @classmethod
    def _have_pharma_flow_customer_change(cls, kind, whose):
        cls.env['pharma.flow.customer']._mark([cls.env.user.partner_id.id])
        return cls.env['pharma.flow.customer.change'].search([], limit=1)

    @classmethod
    def _have_pharma_flow_report(cls, kind, whose):
        line = cls._record('pharma.flow.line', 'posted', whose)
        return cls.env['pharma.flow.report'].search([
            ('partner_id', '=', line.partner_id.id),
            ('product_id', '=', line.product_id.id)], limit=1)
