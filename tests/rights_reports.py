"""Reports, reminders, messages and requests for support, for the rights table."""


class RightsReports:
    """Part of ``RightsWorld``: what the system writes of people's work, and tells them."""

    @classmethod
    def _have_pharma_work_report(cls, kind, whose):
        return cls.env['pharma.work.report'].with_company(cls._company(whose))._open(
            cls._owner(whose), cls._company(whose), 'day', cls.today)

    @classmethod
    def _make_pharma_work_report_section(cls, Model, kind, whose, owner):
        # A role has each section once
        role = 'service' if Model.env.su else 'director'
        return Model.create({
            'group_id': cls.env.ref(f'pharma_crm.group_pharma_crm_{role}').id, 'section': 'calls'})

    @classmethod
    def _have_pharma_work_day(cls, kind, whose):
        cls.env.flush_all()
        return cls.env['pharma.work.day'].search([
            ('user_id', '=', cls._owner(whose).id), ('is_last_workday', '=', True)])

    @classmethod
    def _make_pharma_reminder(cls, Model, kind, whose, owner):
        return Model.create({
            'kind': 'quality' if Model.env.su else 'comment',
            'user_id': cls._owner(whose).id if kind == 'choice' else False,
            'company_id': cls._company(whose).id})

    @classmethod
    def _have_pharma_reminder_told(cls, kind, whose):
        return cls.env['pharma.reminder.told'].create({
            'user_id': cls.users['rep'].id, 'kind': 'quality', 'key': cls._name()})

    @classmethod
    def _make_pharma_message_provider(cls, Model, kind, whose, owner):
        return Model.create({
            'name': cls._name(), 'url': 'https://sms.example.com',
            'company_id': cls._company(whose).id})

    @classmethod
    def _make_pharma_message_template(cls, Model, kind, whose, owner):
        return Model.create({
            'provider_id': cls._record('pharma.message.provider', 'provider', whose).id,
            'purpose': 'quality' if Model.env.su else 'comment', 'body': "x"})

    @classmethod
    def _have_pharma_message(cls, kind, whose):
        return cls.env['pharma.message'].create({
            'key': cls._name(), 'purpose': 'test', 'channel': 'sms', 'state': 'failed',
            'company_id': cls._company(whose).id, 'user_id': cls._owner(whose).id})

    @classmethod
    def _make_pharma_support_request(cls, Model, kind, whose, owner):
        if whose == 'comp' and 'chief' not in cls.users:
            cls._add_users([cls._prepare_user(
                'chief', cls.table.roles['dir'], company_id=cls.company_b.id,
                company_ids=[(6, 0, cls.company_b.ids)])])
        asked = 'chief' if whose == 'comp' else 'dir'
        if owner == cls.users[asked]:
            asked = 'adm'
        return Model.create({
            'name': cls._name(), 'partner_id': cls.customers[whose]['hospital'].id,
            'user_id': owner.id, 'manager_id': cls.users[asked].id,
            'company_id': cls._company(whose).id})
