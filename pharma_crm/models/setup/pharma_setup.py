from odoo import api, models
from odoo.tools.i18n import format_list

from .pharma_health_check import GOOD
from .pharma_health_people import FIELD_ROLES

DONE, OPEN, LATER = 'good', 'look', 'later'
# What Odoo calls a company before somebody names it
UNNAMED = ('My Company', 'YourCompany', '我的公司', '您的公司')
COMPANY_FACTS = ('street', 'city', 'state_id', 'vat', 'phone')


class PharmaSetup(models.AbstractModel):
    """The checklist of an administrator who sets the suite up.

    How to add a step: extend :meth:`_get_steps`. Whether a step is done is read from the data every
    time; there is nothing to tick.
    """

    _name = 'pharma.setup'
    _description = "Set-up Checklist"

    # === PAGE === #

    @api.model
    def get_page(self):
        """The checklist, as the page shows it.

        :return: ``{'sections': [{'name', 'cards': […]}], 'done', 'total', 'labels'}``
        :rtype: dict
        :raise AccessError: for whoever does not administer the suite
        """
        self.env['pharma.health.check']._check_admin()
        steps = self._get_steps()
        return {
            'sections': [{'name': '', 'cards': steps}],
            'done': sum(step['state'] == DONE for step in steps),
            'total': sum(step['state'] != LATER for step in steps),
            'labels': {
                DONE: self.env._("Done"), OPEN: self.env._("To Do"), LATER: self.env._("Optional"),
            },
        }

    @api.model
    def _get_steps(self):
        """The steps in their order; extended by the other addons of the suite.

        :return: list of steps, see :meth:`_step`
        """
        return [
            self._get_company_step(), self._get_key_step(), self._get_line_step(),
            self._get_territory_step(), self._get_user_step(), self._get_hospital_step(),
            self._get_alignment_step(), self._get_job_step(),
        ]

    @api.model
    def _step(self, key, name, purpose, done, message, buttons, state=None):
        """One step of the checklist.

        :param str key: its identity for tests and other addons
        :param str name: what is to be done
        :param str purpose: one sentence: what for
        :param bool done: whether the data says that it is done
        :param str message: what there is, in figures
        :param buttons: list of buttons; None ones are left out
        :param str state: another state than DONE or OPEN
        :rtype: dict
        """
        return {
            'key': key, 'name': name, 'purpose': purpose,
            'state': state or (DONE if done else OPEN), 'message': message,
            'buttons': [button for button in buttons if button]}

    # === BUTTONS === #

    @api.model
    def _open(self, label, xmlid, **values):
        """A button that opens an action.

        :param str label: of the button
        :param str xmlid: of an ``ir.actions.act_window``
        :param values: values of the action that differ
        """
        action = self.env['ir.actions.act_window']._for_xml_id(xmlid)
        return {'label': label, 'action': {**action, **values}}

    @api.model
    def _open_records(self, label, model, domain=(), context=None):
        """A button that opens the records of a model, for whoever may read them."""
        if not self.env[model].has_access('read'):
            return None
        return {'label': label, 'action': {
            'type': 'ir.actions.act_window', 'name': label, 'res_model': model,
            'views': [[False, 'list'], [False, 'form']], 'domain': list(domain),
            'context': context or {}}}

    @api.model
    def _upload(self, xmlid, label=None):
        """A button that leads to a new import."""
        action = self.env['ir.actions.act_window']._for_xml_id(xmlid)
        return {
            'label': label or self.env._("Upload Excel"), 'name': 'upload', 'primary': True,
            'action': {**action, 'views': [[False, 'form']], 'view_mode': 'form'}}

    @api.model
    def _template(self, kind):
        """A button that downloads a template."""
        return {
            'label': self.env._("Download Template"), 'name': 'template',
            'action': self.env['pharma.list.template']._get_download_action(kind)}

    @api.model
    def _open_settings(self):
        """A button that opens the settings of the suite, for administrators of Odoo."""
        if not self.env.is_system():
            return None
        return self._open(self.env._("Open Settings"), 'pharma_crm.res_config_settings_action')

    # === STEPS === #

    @api.model
    def _get_company_step(self):
        env = self.env
        company = env.company
        missing = [
            company._fields[name]._description_string(env) for name in COMPANY_FACTS
            if not company[name]]
        if company.name in UNNAMED:
            missing.insert(0, env._("Name"))
        button = None
        if company.has_access('write'):
            button = {'label': env._("Open Company"), 'action': {
                'type': 'ir.actions.act_window', 'res_model': 'res.company',
                'res_id': company.id, 'views': [[False, 'form']]}}
        return self._step(
            'company', env._("Company"), env._(
                "Name, address and tax number stand on quotations, orders and invoices."),
            not missing, env._(
                "%(company)s. Missing: %(facts)s", company=company.name,
                facts=format_list(env, missing)) if missing else company.name, [button])

    @api.model
    def _get_key_step(self):
        env = self.env
        problem = env['pharma.person.profile']._key_problem()
        count = env['pharma.health.check']._count_tokens()
        message = problem or env._("A key is set, %s numbers are stored.", count)
        return self._step(
            'key', env._("Encryption Key"), env._(
                "Private phone, identity and bank numbers of persons are encrypted with a key that"
                " lies outside the database. Whoever keeps none can leave this step."),
            not problem, message, [self._open_settings()],
            state=LATER if problem and not count else None)

    @api.model
    def _get_line_step(self):
        env = self.env
        categories = env['product.category'].search([('is_product_line', '=', True)])
        products = env['product.template']
        # Our own ones: what competitors sell, thousands in tender results, has no team of ours
        ours = [('drug_generic_name', '!=', False), ('sale_ok', '=', True)]
        drugs = products.search_count(ours)
        outside = products.search_count([
            *ours, '!', ('categ_id', 'child_of', categories.ids)])
        return self._step(
            'lines', env._("Product Lines"), env._(
                "Product categories with the tick \"Product Line\": several teams look after one"
                " hospital, each for its line. With one team only, one line is enough."),
            bool(categories), env._(
                "%(lines)s product lines, %(drugs)s drugs, %(outside)s of them in no line.",
                lines=len(categories), drugs=drugs, outside=outside),
            [self._open(env._("Open Product Lines"), 'pharma_crm.product_category_action_line'),
             self._open(env._("Open Drugs"), 'pharma_crm.product_template_action_drug')])

    @api.model
    def _get_territory_step(self):
        env = self.env
        count = env['pharma.territory'].search_count([])
        empty = env['pharma.health.check']._get_empty_territories()
        return self._step(
            'territories', env._("Territories"), env._(
                "Regions, provinces, areas down to the post of one person: people and customers are"
                " assigned to them."),
            bool(count), env._("%(count)s territories, %(empty)s without people.", count=count,
                               empty=len(empty)),
            [self._upload('pharma_crm.pharma_setup_import_action_territory'),
             self._template('territory'),
             count and self._open(
                 env._("Open Territories"), 'pharma_crm.pharma_territory_action'),
             empty and self._open(
                 env._("Without People"), 'pharma_crm.pharma_territory_action',
                 domain=[('id', 'in', empty.ids)], context={})])

    @api.model
    def _get_user_step(self):
        env = self.env
        without_role, without_territory = env['pharma.health.check']._get_users_without()
        # sudo: only administrators of Odoo read who has which group; here they are counted
        field_users = env['res.users'].sudo().search_count([
            ('company_ids', 'in', env.companies.ids), ('share', '=', False),
            ('group_ids', 'in', [env.ref(xmlid).id for xmlid in FIELD_ROLES])])
        left = without_role | without_territory
        return self._step(
            'users', env._("Users with Role and Territory"), env._(
                "The role says what somebody may do, the territory which customers he sees."),
            field_users and not without_territory, env._(
                "%(count)s users work in the field, %(territory)s of them have no territory today;"
                " %(role)s users have no role.", count=field_users,
                territory=len(without_territory), role=len(without_role)),
            [self._upload('pharma_crm.pharma_setup_import_action_user'),
             self._template('user'),
             left and self._open_records(
                 env._("Without Role or Territory"), 'res.users', [('id', 'in', left.ids)])])

    @api.model
    def _get_hospital_step(self):
        env = self.env
        partners = env['res.partner']
        counts = dict(partners._read_group(
            [('pharma_type', 'in', ('hospital', 'primary_care', 'pharmacy'))], ['pharma_type'],
            ['__count']))
        official = {
            'label': env._("Load 6,753 Hospitals"), 'method': 'action_load_hospitals', 'args': [],
            'confirm': env._(
                "6,753 real hospitals with fever clinics of 2020 are added in the background. The"
                " import can be undone.")}
        return self._step(
            'hospitals', env._("First Hospitals"), env._(
                "Your list of hospitals and pharmacies, with code, place and level."),
            bool(counts), env._(
                "%(hospitals)s hospitals, %(primary)s primary care, %(pharmacies)s pharmacies.",
                hospitals=counts.get('hospital', 0), primary=counts.get('primary_care', 0),
                pharmacies=counts.get('pharmacy', 0)),
            [self._upload('pharma_crm.pharma_hospital_import_action'),
             self._template('hospital'), official,
             counts and self._open(
                 env._("Open Hospitals"), 'pharma_crm.res_partner_action_terminal')])

    @api.model
    def _get_alignment_step(self):
        env = self.env
        health, partners = env['pharma.health.check'], env['res.partner']
        missing = health._get_coverage_domain(False)
        without = partners.search_count(missing)
        with_territory = partners.search_count(health._get_coverage_domain(True))
        return self._step(
            'alignments', env._("Customers in Territories"), env._(
                "A customer without a territory is seen by no representative."),
            with_territory and not without, env._(
                "%(count)s customers have a territory today, %(without)s have none.",
                count=with_territory, without=without),
            [without and self._open(
                env._("Without Territory"), 'pharma_crm.res_partner_action_terminal',
                domain=list(missing), context={}),
             self._upload('pharma_crm.pharma_realignment_action', env._("Align Customers")),
             self._open(
                 env._("Open Coverage"), 'pharma_crm.pharma_coverage_report_action')])

    @api.model
    def _get_job_step(self):
        env = self.env
        health = env['pharma.health.check']
        crons, jobs = health._check_crons(), health._check_jobs_stuck()
        return self._step(
            'jobs', env._("Scheduled Actions and Jobs"), env._(
                "Long lists, reminders and what begins or ends today are done in the background."),
            crons['state'] == jobs['state'] == GOOD,
            "\n".join((crons['message'], jobs['message'])), [
                *crons['buttons'], *jobs['buttons'],
                {'label': env._("Open Health"), 'action': env['ir.actions.client']._for_xml_id(
                    'pharma_crm.pharma_health_action')}])

    # === ACTIONS === #

    @api.model
    def action_load_hospitals(self):
        """Load the list of hospitals that comes with the suite.

        :return: the action that opens the import
        :raise AccessError: for whoever does not administer the suite
        """
        self.env['pharma.health.check']._check_admin()
        return self.env['pharma.hospital.import'].action_load_official()
