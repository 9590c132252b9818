from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, format_date, formatLang

# Rows of a section at most: the rest is one click away.
ROWS = 6
# Own facts of a customer at most, in the head of the page.
FACTS = 8


class ResPartner(models.Model):
    """The 360° page of a customer: everything of a hospital, department or person on one screen.

    How to use: ``get_customer_page()`` returns the head and the sections, which are declared by
    ``_get_page_sections()``; ``get_customer_timeline()`` the time line (see the next file). Both
    are called by the browser, so they check the reader first; every figure then comes from the
    ORM with his own rights and rules, and carries the action that opens the rows it counts.
    """

    _name = 'res.partner'
    _inherit = ['res.partner', 'pharma.customer.mixin']
    _pharma_customer_column = 'id'

    # === ACTIONS === #

    def action_view_page(self):
        """Open the 360° page of this customer."""
        self.ensure_one()
        action = self.env['ir.actions.client']._for_xml_id('pharma_crm.res_partner_action_page')
        return {**action, 'params': {'res_id': self.id}}

    # === PAGE === #

    @api.readonly
    def get_customer_page(self):
        """What the 360° page of this customer shows to the current user.

        :return: ``{'head': dict, 'sections': [dict], 'sources': [dict]}``: who it is, the sections
            in their order (see ``_get_page_sections``), and what the time line can be narrowed to
        :rtype: dict
        :raise AccessError: if the user may not read the customer, or is a portal user
        """
        self._check_page_access()
        return {
            'head': self._get_page_head(),
            'sections': self._get_page_content(),
            'sources': [
                {name: source[name] for name in ('key', 'label', 'icon')}
                for source in self._get_shown_timeline_sources()],
        }

    def _check_page_access(self):
        self.ensure_one()
        if not self.env.user._is_internal():
            raise AccessError(self.env._("This page is for the staff of the company."))
        self.check_access('read')

    def _get_page_sections(self):
        """The sections of the page; extended by the other addons of the suite.

        A section is a dict:

        * ``key``: its technical name, ``title``, ``icon`` (a ``fa-…`` class), ``sequence``;
        * ``model``: optional, left out for who may not read this model;
        * ``groups``: optional XML ids separated by commas, left out for who has none of them;
        * ``content``: a method without parameters that returns None if the section does not apply
          to this kind of customer, else a dict of ``figures`` (see ``_page_figure``), ``rows``
          (see ``_page_row``), ``chart`` (see ``_page_chart``), ``action`` (see ``_page_list``) that
          opens all of it, and ``empty``, the sentence that is shown instead of nothing.

        Contents read with the rights of the user, never in superuser mode, in a number of queries
        that does not depend on how much there is.

        :rtype: list[dict]
        """
        return []

    def _get_page_content(self):
        """The sections that the current user may see, with what they show."""
        user, sections = self.env.user, []
        for section in sorted(self._get_page_sections(), key=lambda section: section['sequence']):
            model, groups = section.get('model'), section.get('groups')
            if model and not self.env['pharma.access']._shows(model):
                continue
            if groups and not user.has_groups(groups):
                continue
            content = section['content']()
            if content is not None:
                sections.append({
                    **{name: section[name] for name in ('key', 'title', 'icon')},
                    'figures': [], 'rows': [], **content})
        return sections

    def _get_page_documents(self):
        """Models whose messages, to-dos and files belong to the customer; they inherit
        ``pharma.customer.mixin``. Extended by the other addons of the suite.

        :rtype: list[str]
        """
        return ['res.partner', 'crm.lead', 'sale.order']

    # === HEAD === #

    def _get_page_head(self):
        """Who the customer is; extended to add badges or facts, such as a grade.

        :return: ``name``, ``kind``, ``kind_label``, ``above`` (superiors), ``badges`` (``text``,
            ``tone``), ``facts`` (``label``, ``text``, ``icon``, ``href`` or ``action``; a
            phone folds those with ``own``), ``lifecycle``, ``completeness``, ``missing``,
            ``buttons``
        :rtype: dict
        """
        kinds = dict(self._fields['pharma_type']._description_selection(self.env))
        # sudo: who sees a customer may read the names of its superiors, and opens those he sees
        superiors = self.sudo()._get_superiors()
        group = self.sudo().parent_organisation_id
        above = [*superiors, *group]
        visible = set(self.browse(partner.id for partner in above)._filtered_access('read').ids)
        links = [{
            'text': partner.name,
            'action': self._page_of(partner) if partner.id in visible else None,
        } for partner in above]
        return {
            'id': self.id,
            'name': self.name,
            'kind': self.pharma_type,
            'kind_label': kinds.get(self.pharma_type, self.env._("Contact")),
            'above': links[:len(superiors)],
            'badges': self._get_page_badges(),
            'facts': self._get_page_facts(links[len(superiors):]) + self._get_page_own_facts(),
            'lifecycle': self._get_page_lifecycle(),
            'completeness': self.completeness if self.partner_type_id else None,
            'missing': self.missing_facts or "",
            'buttons': self._get_page_buttons(),
        }

    def _get_page_badges(self):
        badges = []
        for name in ('hospital_level', 'hospital_grade'):
            labels = dict(self._fields[name]._description_selection(self.env))
            if self[name] and self[name] != '0':
                badges.append({'text': labels[self[name]], 'tone': 'success'})
        if self.specialty_id:
            badges.append({'text': self.specialty_id.name, 'tone': 'info'})
        if not self.active:
            badges.append({'text': self.env._("Archived"), 'tone': 'danger'})
        return badges

    def _get_page_facts(self, groups):
        """Facts of the contact that everybody looks for.

        :param list groups: links to the group or chain
        """
        source = self._get_address_partner()
        address = " ".join(filter(None, (
            source.state_id.name, source.city, source.street, source.street2)))
        facts = [
            (self.env._("Post or Title"), 'fa-id-badge', self.function, {}),
            (self.env._("Phone"), 'fa-phone', self.phone, {'href': f'tel:{self.phone}'}),
            (self.env._("Email"), 'fa-envelope-o', self.email, {'href': f'mailto:{self.email}'}),
            (self.env._("Address"), 'fa-map-marker', address, {}),
            *((self.env._("Member Of"), 'fa-sitemap', group['text'], {'action': group['action']})
              for group in groups),
            (self.env._("Our Code"), 'fa-hashtag', self.ref, {}),
            (self.env._("Customer Source"), 'fa-flag-o', self.source_id.name, {}),
        ]
        return [
            {'label': label, 'icon': icon, 'text': text, **link}
            for label, icon, text, link in facts if text]

    def _get_page_own_facts(self):
        """Own fields of the kind of customer that are filled in."""
        facts = []
        for field in self.read(['pharma_properties'])[0]['pharma_properties'] or []:
            value, kind = field.get('value'), field['type']
            if kind == 'selection':
                value = dict(field.get('selection') or []).get(value)
            elif kind == 'date' and value:
                value = format_date(self.env, value)
            elif kind in ('integer', 'float') and value:
                value = self._page_number(value)
            elif kind == 'boolean':
                value = value and self.env._("Yes")
            if value and isinstance(value, str):
                facts.append({
                    'label': field['string'].removesuffix(' *'), 'icon': 'fa-info-circle',
                    'text': value, 'own': True})
        return facts[:FACTS]

    def _get_page_lifecycle(self):
        """The stages of this kind of customer, and how long it has been in its stage."""
        current = self.lifecycle_stage_id
        if not current:
            return None
        stages = self.partner_type_id._get_stages()
        position = list(stages).index(current) if current in stages else 0
        since = self.lifecycle_date
        return {
            'stages': [
                {'name': stage.name,
                 'state': 'done' if index < position else
                          'current' if index == position else 'todo'}
                for index, stage in enumerate(stages)],
            'since': self.env._(
                "Since %(date)s, %(days)s days", date=format_date(self.env, since),
                days=(fields.Date.context_today(self) - since).days) if since else "",
            'stuck': self.lifecycle_told,
            'hint': current.description or "",
        }

    def _get_page_buttons(self):
        """What the user may do from here; extended by the other addons of the suite.

        :return: dicts of ``key``, ``label``, ``icon``, ``action``
        :rtype: list[dict]
        """
        buttons = [{
            'key': 'record', 'label': self.env._("Open Record"), 'icon': 'fa-pencil-square-o',
            'action': self._page_record(self)}]
        if self.has_access('write'):
            buttons.append({
                'key': 'activity', 'label': self.env._("Schedule Activity"), 'icon': 'fa-clock-o',
                'action': {
                    **self._page_form('mail.activity.schedule', self.env._("Schedule Activity")),
                    'target': 'new',
                    'context': {'active_model': self._name, 'active_ids': self.ids,
                                'active_id': self.id}}})
        labels = {
            'crm.lead': self.env._("New Opportunity"), 'sale.order': self.env._("New Quotation")}
        icons = {'crm.lead': 'fa-star-o', 'sale.order': 'fa-file-text-o'}
        buttons += [
            {'key': model.replace('.', '_'), 'label': label, 'icon': icons[model], 'action': {
                **self._page_form(model, label),
                'context': {'default_partner_id': self.id, 'default_type': 'opportunity'}
                if model == 'crm.lead' else {'default_partner_id': self.id}}}
            for model, label in labels.items()
            if self.env[model].has_access('create') and self.env['pharma.access']._shows(model)]
        return buttons

    # === WITHIN === #

    def _within_sql(self):
        """Query of the ids of these customers and of everybody below them, whoever sees them.

        Of a hospital all levels at once, by the index of its commercial entity; a campus or a
        department has few below it.

        :rtype: SQL
        """
        self.env['res.partner'].flush_model(['commercial_partner_id', 'parent_id'])
        return SQL(
            """ SELECT id FROM res_partner WHERE commercial_partner_id = ANY(%(ids)s)
                 UNION ALL (
                WITH RECURSIVE below AS (
                    SELECT id FROM res_partner WHERE id = ANY(%(ids)s)
                       AND commercial_partner_id IS DISTINCT FROM id
                     UNION
                    SELECT child.id FROM res_partner child JOIN below ON child.parent_id = below.id)
                SELECT id FROM below) """, ids=self.ids)

    def _get_page_domain(self, **conditions):
        """Domain of the records of this customer, for models with ``pharma.customer.mixin``.

        :param conditions: field = value, further conditions
        :rtype: list
        """
        return [('pharma_customer_id', '=', self.id),
                *((name, '=', value) for name, value in conditions.items())]

    # === FIGURES, ROWS, ACTIONS === #

    def _page_figure(self, label, value, kind='count', currency=None, **options):
        """A figure of a section.

        :param str label: what it is
        :param value: number, date or None
        :param str kind: 'count', 'money', 'date' or 'days'
        :param currency: of money; default the company's
        :param options: ``action`` that opens its rows, ``timeline`` (keys of sources that show
            them), ``tone`` ('danger', 'warning', 'success'), ``note`` (a few words below),
            ``hint`` (how it is counted), ``top`` to show it at the top of the page
        :rtype: dict
        """
        return {
            'label': label, 'value': value, 'text': self._page_text(value, kind, currency),
            **options}

    def _page_text(self, value, kind, currency=None):
        """A value as the user's language writes it."""
        if value is None or value is False:
            return "–"
        if kind == 'date':
            return self._page_day(value)
        if kind == 'days':
            return self.env._("%s days", formatLang(self.env, value, digits=0))
        number = formatLang(self.env, value, digits=0)
        if kind != 'money':
            return number
        symbol = (currency or self.env.company.currency_id).symbol
        return f"{symbol}{number}" if value >= 0 else f"-{symbol}{number.lstrip('-')}"

    def _page_number(self, value):
        """A number with the decimals that it has, two at most."""
        return formatLang(self.env, value, digits=0 if value == round(value) else 2)

    def _page_day(self, value):
        """A day as one says it: today, yesterday, else its date.

        :param value: a date, or a datetime in UTC
        """
        day = self._page_date(value)
        distance = (day - fields.Date.context_today(self)).days
        words = {-1: self.env._("Yesterday"), 0: self.env._("Today"), 1: self.env._("Tomorrow")}
        return words.get(distance) or format_date(self.env, day)

    def _page_distance(self, value):
        """How far away a day is, in words; near ones say so themselves."""
        days = (self._page_date(value) - fields.Date.context_today(self)).days
        if abs(days) < 2:
            return ""
        return self.env._("in %s days", days) if days > 0 else self.env._("%s days ago", -days)

    def _page_date(self, value):
        """The day of a datetime in the time zone of the user; a date stays as it is."""
        if hasattr(value, 'hour'):
            return fields.Datetime.context_timestamp(self, value).date()
        return value

    def _page_price(self, value, currency):
        """A price, with as many decimals as prices have."""
        number = formatLang(self.env, value, dp='Product Price')
        return f"{currency.symbol}{number}"

    def _page_row(self, title, action=None, **options):
        """A row of a section.

        :param str title: its first line
        :param dict action: what a click opens
        :param options: ``subtitle``, ``value`` (text on the right), ``tone`` of the value,
            ``badge`` (text), ``badge_tone``, ``image`` (address of a picture)
        :rtype: dict
        """
        return {'title': title, 'action': action, **options}

    def _page_chart(self, label, values, action):
        """Bars of the last 12 months.

        :param str label: what it shows
        :param dict values: amount of money by first day of month
        :param action: method that returns the action of a month, with its first day and the first
            day of the next one as parameters
        :rtype: dict
        """
        points = []
        for month in self._page_months():
            following = fields.Date.add(month, months=1)
            value = values.get(month, 0.0)
            points.append({
                'label': format_date(self.env, month, date_format='MMM'),
                'title': format_date(self.env, month, date_format='yyyy-MM'),
                'value': value, 'text': self._page_text(value, 'money'),
                'action': action(month, following) if value else None})
        return {'label': label, 'points': points}

    def _page_months(self):
        """First days of the last 12 months, this one included."""
        first = fields.Date.context_today(self).replace(day=1)
        return [fields.Date.subtract(first, months=back) for back in range(11, -1, -1)]

    def _page_sum(self, model, domain, field, by='company_id'):
        """Sum of money in the currency of the user's company, by the user's rules.

        :param str model: name of the model
        :param domain: its records
        :param str field: monetary field
        :param str by: stored field that tells the currency: 'company_id' or 'currency_id'
        :return: amount and number of records
        :rtype: tuple
        """
        total = count = 0
        for owner, amount, number in self.env[model]._read_group(
                domain, [by], [f'{field}:sum', '__count']):
            total += self._page_convert(amount, owner)
            count += number
        return total, count

    def _page_convert(self, amount, owner):
        """An amount in the currency of the user's company, at today's rate.

        :param owner: currency, or the company whose currency it is; none: the user's
        """
        company = self.env.company
        currency = owner.currency_id if owner._name == 'res.company' else owner
        if not currency or currency == company.currency_id:
            return amount or 0.0
        return currency._convert(
            amount, company.currency_id, company, fields.Date.context_today(self))

    def _page_list(self, xmlid, name, domain, **context):
        """An action that opens rows.

        :param str xmlid: of the window action whose views are used
        :param str name: its name here
        :param domain: the rows, instead of the action's own domain
        :param context: instead of the action's own context
        :rtype: dict
        """
        return {'xmlid': xmlid, 'name': name, 'domain': list(domain), 'context': context}

    def _page_rows(self, model, name, domain):
        """An action that opens rows in the model's own list."""
        return {
            'type': 'ir.actions.act_window', 'res_model': model, 'name': name,
            'views': [[False, 'list'], [False, 'form']], 'domain': list(domain), 'context': {}}

    def _page_record(self, record):
        """An action that opens one record."""
        return self._page_form(record._name, False, res_id=record.id)

    def _page_form(self, model, name, **values):
        return {
            'type': 'ir.actions.act_window', 'res_model': model, 'name': name,
            'views': [[False, 'form']], **values}

    def _page_of(self, partner):
        """An action that opens the 360° page of another customer."""
        return {'page': partner.id}
