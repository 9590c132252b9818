from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_date, format_time, formatLang


class PharmaHome(models.AbstractModel):
    """The first screen after login: what a representative does today, and what his manager has to
    look at.

    How to use: ``get_home()`` returns sections, declared by ``_get_sections()``, which the other
    addons of the suite extend. Contents read with the rights of the user, never in superuser mode,
    in a number of queries that does not depend on how much there is.
    """

    _name = 'pharma.home'
    _description = "Home"

    @api.model
    @api.readonly
    def get_home(self):
        """What the home screen shows to the current user.

        :return: ``{'title': str, 'day': str, 'sections': [dict]}``
        :rtype: dict
        :raise AccessError: for who is no user of Pharma CRM
        """
        if not self.env.user.has_group('pharma_crm.group_pharma_crm_person'):
            raise AccessError(self.env._("This screen is for those who look after customers."))
        today = self._get_today()
        return {
            'title': self.env._("Hello, %s", self.env.user.name),
            'day': format_date(self.env, today, date_format='full'),
            'sections': self._get_content(),
        }

    def _get_sections(self):
        """The sections of the screen.

        A section is a dict:

        * ``key``: its technical name, ``title``, ``icon`` (a ``fa-…`` class), ``sequence``;
        * ``groups``: optional XML ids separated by commas, left out for who has none of them;
        * ``model``: left out for who may not read it;
        * ``content``: a method without parameters that returns None if there is nothing to show,
          else a dict of some of ``figures`` (see ``_figure``), ``calls`` (see ``_call_card``),
          ``progress`` (see ``_progress``), ``rows`` (see ``_row``), ``table`` (dict of ``columns``
          and ``rows``), ``buttons`` (dicts of ``label``, ``icon`` and ``action``), and ``empty``,
          the sentence that is shown instead of nothing.

        :rtype: list[dict]
        """
        return []

    def _get_content(self):
        """The sections that the current user may see, with what they show."""
        sections = []
        for section in sorted(self._get_sections(), key=lambda section: section['sequence']):
            groups = section.get('groups')
            if groups and not self.env.user.has_groups(groups):
                continue
            if not self.env[section['model']].has_access('read'):
                continue
            content = section['content']()
            if content is not None:
                sections.append({
                    **{name: section[name] for name in ('key', 'title', 'icon')}, **content})
        return sections

    # === PARTS === #

    @api.model
    def _get_today(self):
        """Today where the company is.

        :rtype: datetime.date
        """
        return self.env['pharma.access']._get_today()

    def _figure(self, label, value, action=None, **options):
        """A number with what it counts.

        :param str label: what it is
        :param value: number
        :param dict action: what a click opens
        :param options: ``text`` instead of the number, ``tone`` ('danger', 'warning', 'success'),
            ``note`` below
        :rtype: dict
        """
        text = options.pop('text', None) or formatLang(self.env, value, digits=0)
        return {'label': label, 'value': value, 'text': text, 'action': action, **options}

    def _row(self, title, action=None, **options):
        """A line.

        :param str title: its first line
        :param dict action: what a click opens
        :param options: ``subtitle``, ``value`` (text on the right), ``tone``, ``badge``
        :rtype: dict
        """
        return {'title': title, 'action': action, **options}

    def _progress(self, label, done, goal, elapsed, action=None):
        """How far one is, beside how much of the time is over.

        :param str label: of what
        :param float done: part of the goal
        :param float goal: the whole; 0: there is none
        :param float elapsed: share of the working time that is over, 0 to 1
        :rtype: dict
        """
        share = min(done / goal, 1.0) if goal else 0.0
        tone = 'success' if share >= elapsed else 'warning' if share >= elapsed - 0.15 else 'danger'
        return {
            'label': label, 'action': action, 'tone': tone if goal else 'secondary',
            'percent': round(100 * share), 'elapsed': round(100 * elapsed),
            'text': f"{self._number(done)} / {self._number(goal)}"}

    def _number(self, value):
        """A number with a decimal if it has one."""
        return formatLang(self.env, value, digits=0 if value == round(value) else 1)

    def _time(self, moment):
        """The time of day of a moment in UTC, where the user is."""
        return format_time(self.env, moment, time_format='HH:mm')

    def _weekday(self, day):
        """A day as one says it in a week."""
        return format_date(self.env, day, date_format='EEE d')

    def _list(self, xmlid, name, domain, **context):
        """An action that opens rows.

        :param str xmlid: of the window action whose views are used
        :param str name: its name here
        :param domain: the rows, instead of the action's own domain
        :param context: instead of the action's own context
        :rtype: dict
        """
        return {'xmlid': xmlid, 'name': name, 'domain': list(domain), 'context': context}

    def _form(self, model, res_id=False, **context):
        """An action that opens a record, or a new one."""
        return {
            'type': 'ir.actions.act_window', 'res_model': model, 'res_id': res_id,
            'views': [(False, 'form')], 'context': context}

    def _days(self, start, count):
        """Days from a day on.

        :rtype: list(datetime.date)
        """
        return [fields.Date.add(start, days=offset) for offset in range(count)]
