from datetime import datetime, time
from functools import cache, partial

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date, format_time, html2plaintext

from ..mixin.pharma_search_mixin import id_array
from .res_partner_page_sales import INVOICE_TYPES

# Entries of one call at most, and by default
LIMIT, MOST = 30, 100
TEXT_LENGTH = 300
# Stands behind every key: entries of the same moment come before
LAST_KEY = '~'


class ResPartner(models.Model):
    """The time line of a customer's 360° page: what happened, from whatever record, newest first.

    How it works: entries of all sources have one order, by moment, key and id. A page asks every
    source for as many entries before the last one shown as a page holds, and keeps the newest:
    each source is read once, however long the time line is.
    """

    _inherit = 'res.partner'

    # === TIME LINE === #

    @api.readonly
    def get_customer_timeline(self, before=None, limit=LIMIT, sources=None):
        """What happened with this customer, newest first, as far as the current user may see it.

        :param list before: what the last call returned as ``next``; none: from now on backwards
        :param int limit: entries at most, 100 at the most
        :param list sources: keys of sources; none: all
        :return: ``{'entries': [dict], 'next': list}``; without ``next`` nothing is older. An entry
            has ``key``, ``id``, ``date`` (UTC), ``day``, ``day_label``, ``time``, ``icon``,
            ``title``, ``text``, ``who``, ``about``, ``badge`` and ``action``
        :rtype: dict
        :raise AccessError: if the user may not read the customer, or is a portal user
        :raise UserError: if ``before`` is nothing that this method returned
        """
        self._check_page_access()
        limit = max(1, min(int(limit), MOST))
        cursor, entries = self._get_timeline_cursor(before), []
        for source in self._get_shown_timeline_sources():
            if not sources or source['key'] in sources:
                entries += source['entries'](cursor, limit + 1)
        entries.sort(key=lambda entry: (entry['date'], entry['key'], entry['id']), reverse=True)
        page, last = entries[:limit], entries[limit - 1:limit]
        return {
            'entries': [self._get_timeline_texts(entry) for entry in page],
            'next': [last[0]['date'].isoformat(), last[0]['key'], last[0]['id']]
            if len(entries) > limit else False,
        }

    def _get_timeline_sources(self):
        """Where the time line comes from; extended by the other addons of the suite.

        A source is a dict of ``key``, ``label``, ``icon``; ``model``: optional, left out for who
        may not read it; ``entries``: a method of a cursor and a limit that returns the newest
        entries before the cursor, read with the rights of the user. ``_search_timeline`` finds
        their records, ``_timeline_entry`` makes them.

        :rtype: list[dict]
        """
        # Asked for once, by the two sources that read messages
        messages = cache(self._get_message_domain)
        return [
            {'key': 'message', 'label': self.env._("Messages and To-Dos"), 'icon': 'fa-comment-o',
             'entries': partial(self._timeline_messages, messages=messages)},
            {'key': 'meeting', 'label': self.env._("Meetings"), 'icon': 'fa-calendar',
             'model': 'calendar.event', 'entries': self._timeline_meetings},
            {'key': 'lead', 'label': self.env._("Opportunities"), 'icon': 'fa-star-o',
             'model': 'crm.lead', 'entries': self._timeline_leads},
            {'key': 'order', 'label': self.env._("Quotations and Orders"),
             'icon': 'fa-shopping-cart', 'model': 'sale.order', 'entries': self._timeline_orders},
            {'key': 'invoice', 'label': self.env._("Invoices"), 'icon': 'fa-cny',
             'model': 'account.move', 'entries': self._timeline_invoices},
            {'key': 'post', 'label': self.env._("Posts"), 'icon': 'fa-id-badge',
             'model': 'pharma.affiliation', 'entries': self._timeline_posts},
            {'key': 'alignment', 'label': self.env._("Territories"), 'icon': 'fa-map-o',
             'model': 'pharma.alignment', 'entries': self._timeline_alignments},
            {'key': 'change', 'label': self.env._("Changes"), 'icon': 'fa-pencil',
             'entries': partial(self._timeline_changes, messages=messages)},
        ]

    def _get_shown_timeline_sources(self):
        """The sources whose records the current user may read."""
        return [
            source for source in self._get_timeline_sources()
            if not source.get('model') or self.env['pharma.access']._shows(source['model'])]

    # === CURSOR === #

    def _get_timeline_cursor(self, before):
        """The place in the time line after which entries are wanted: (moment, key, id)."""
        if not before:
            return fields.Datetime.now(), LAST_KEY, 0
        try:
            moment, key, record_id = before
            return datetime.fromisoformat(moment).replace(tzinfo=None), str(key), int(record_id)
        except (TypeError, ValueError):
            raise UserError(self.env._("This is no place in the time line: open the page anew."))

    def _search_timeline(self, cursor, limit, key, model, domain, field, names=()):
        """Records of a source that come after a place in the time line, the newest first.

        :param tuple cursor: the place
        :param int limit: records at most
        :param str key: of the entries that they become
        :param str model: name of the model
        :param domain: which records belong to the customer
        :param str field: date or datetime field that tells when it happened
        :param names: fields that are read of them at once
        :return: records
        """
        records = self.env[model]
        moment, last_key, last_id = cursor
        if records._fields[field].type == 'date':
            day = pytz.utc.localize(moment).astimezone(self._get_timeline_zone()).date()
            # A day begins with its midnight: later on that day all of its entries are in the past
            last_key = LAST_KEY if moment > self._get_midnight(day) else last_key
            moment = day
        operator = SQL("<=") if key < last_key else SQL("<")

        def to_sql(model, alias, query):
            column = model._field_to_sql(alias, field, query)
            if key == last_key:
                return SQL("(%s, %s) < (%s, %s)", column, SQL.identifier(alias, 'id'), moment,
                           last_id)
            return SQL("%s %s %s", column, operator, moment)

        return records.search_fetch(
            Domain(domain) & Domain.custom(to_sql=to_sql), [field, *names],
            order=f'{field} DESC, id DESC', limit=limit)

    def _get_timeline_zone(self):
        return pytz.timezone(self.env.context.get('tz') or self.env.user.tz or 'UTC')

    def _get_midnight(self, day):
        """When a day begins where the user is, in UTC."""
        midnight = self._get_timeline_zone().localize(datetime.combine(day, time.min))
        return midnight.astimezone(pytz.utc).replace(tzinfo=None)

    # === ENTRIES === #

    def _timeline_entry(self, key, record, date, title, **options):
        """An entry of the time line.

        :param str key: of the kind of entry; with the id it is unique
        :param record: what it comes from
        :param date: datetime in UTC, or a date
        :param str title: what happened
        :param options: ``icon``, ``text``, ``who`` (who did it), ``about`` (whom or what it is
            about, if not the customer itself), ``badge``, ``tone``, ``action``
        :rtype: dict
        """
        whole_day = not hasattr(date, 'hour')
        return {
            'key': key, 'id': record.id, 'title': title, 'whole_day': whole_day,
            'text': "", 'date': self._get_midnight(date) if whole_day else date, **options}

    def _get_timeline_texts(self, entry):
        """An entry as the browser gets it: day and time in the words of the user."""
        moment = pytz.utc.localize(entry['date']).astimezone(self._get_timeline_zone())
        today = fields.Date.context_today(self)
        day = moment.date()
        words = {0: self.env._("Today"), -1: self.env._("Yesterday")}
        return {
            **entry,
            'date': fields.Datetime.to_string(entry['date']),
            'day': fields.Date.to_string(day),
            'day_label': words.get((day - today).days) or format_date(self.env, day),
            'time': "" if entry['whole_day'] else format_time(
                self.env, moment.time(), time_format='HH:mm'),
        }

    def _get_about(self, partner):
        """Whom an entry is about, if it is not this customer itself."""
        if not partner or partner == self:
            return ""
        # sudo: who sees an order may read whose it is, as on its form, also if it is a doctor
        return partner.sudo().complete_name.removeprefix(f"{self.complete_name}, ")

    # === MESSAGES === #

    def _get_message_domain(self):
        """Messages on the customer, on everybody below and on their opportunities and orders that
        the user may see: by their ids, since a sub-query beside OR would scan all messages.
        """
        def condition(model, ids):
            return Domain.custom(to_sql=lambda messages, alias, query: SQL(
                "(%s = %s AND %s = ANY(%s))", SQL.identifier(alias, 'model'), model,
                SQL.identifier(alias, 'res_id'), id_array(ids)))

        return Domain.OR(
            condition(model, ids) for model, ids in self._get_visible_documents().items())

    def _timeline_messages(self, cursor, limit, messages):
        """What people wrote, mailed and did.

        :param messages: method that returns the domain of the customer's messages
        """
        domain = messages() & (
            Domain('mail_activity_type_id', '!=', False)
            | Domain('message_type', 'not in', ('notification', 'user_notification')))
        found = self._search_timeline(
            cursor, limit, 'message', 'mail.message', domain, 'date', [
                'model', 'res_id', 'body', 'subject', 'message_type', 'subtype_id',
                'mail_activity_type_id', 'author_id'])
        authors = self._get_author_names(found)
        return [self._get_message_entry(message, document, authors)
                for message, document in self._with_documents(found)]

    def _get_author_names(self, messages):
        """Names of the authors of messages whom the user may see: it may be a doctor."""
        return {author: author.name for author in messages.author_id._filtered_access('read')}

    def _get_message_entry(self, message, document, authors):
        activity_type = message.mail_activity_type_id
        if activity_type:
            title, icon = activity_type.name, activity_type.icon or 'fa-check'
        elif message.message_type in ('email', 'email_outgoing'):
            title, icon = message.subject or self.env._("Email"), 'fa-envelope-o'
        elif message.subtype_id.internal or not message.subtype_id:
            title, icon = self.env._("Note"), 'fa-sticky-note-o'
        else:
            title, icon = self.env._("Message"), 'fa-comment-o'
        text = self._get_message_text(message)
        return self._timeline_entry(
            'message', message, message.date, title, icon=icon,
            text=text if len(text) <= TEXT_LENGTH else f"{text[:TEXT_LENGTH]}…",
            who=authors.get(message.author_id, ""),
            about=self._get_document_name(document), action=self._get_document_action(document))

    def _get_message_text(self, message):
        """What a message says, without the empty lines of its layout."""
        text = html2plaintext(message.body or "", include_references=False)
        lines = [line.strip(" :：") for line in text.splitlines()]
        kept = [line for line in lines if line]
        if message.mail_activity_type_id:
            # The first line tells that it was done: the title and the place here tell that
            return " · ".join(kept[1:])
        return "\n".join(kept)

    def _with_documents(self, messages):
        """Messages with the records that they are on, read together."""
        ids = {}
        for message in messages:
            ids.setdefault(message.model, []).append(message.res_id)
        return [
            (message, self.env[message.model].browse(message.res_id).with_prefetch(
                ids[message.model])) for message in messages]

    def _get_document_name(self, document):
        if document._name == 'res.partner':
            return self._get_about(document)
        return document.display_name

    def _get_document_action(self, document):
        if document == self:
            return None
        if document._name == 'res.partner':
            return self._page_of(document)
        return self._page_record(document)

    def _timeline_changes(self, cursor, limit, messages):
        """Tracked changes, such as a new stage in the lifecycle or of an opportunity; and the day
        on which the customer was entered.

        :param messages: method that returns the domain of the customer's messages
        """
        self.env['mail.tracking.value'].flush_model(['mail_message_id'])
        tracked = Domain.custom(to_sql=lambda messages, alias, query: SQL(
            "EXISTS (SELECT FROM mail_tracking_value v WHERE v.mail_message_id = %s)",
            SQL.identifier(alias, 'id')))
        domain = messages() & tracked & Domain(
            'message_type', '=', 'notification') & Domain('mail_activity_type_id', '=', False)
        found = self._search_timeline(
            cursor, limit, 'change', 'mail.message', domain, 'date',
            ['model', 'res_id', 'author_id'])
        authors, entries = self._get_author_names(found), []
        for message, document in self._with_documents(found):
            # Fields that the user may not read leave nothing but the moment
            changes = self._get_tracked_changes(message) or [self.env._("Change")]
            entries.append(self._timeline_entry(
                'change', message, message.date, changes[0], icon='fa-pencil',
                text="\n".join(changes[1:]), who=authors.get(message.author_id, ""),
                about=self._get_document_name(document),
                action=self._get_document_action(document)))
        if self.create_date and (self.create_date, 'entry', self.id) < cursor:
            creator = self.sudo().create_uid
            entries.append(self._timeline_entry(
                'entry', self, self.create_date, self.env._("Entered"), icon='fa-plus',
                who="" if creator._is_superuser() else creator.name))  # the system is nobody
        return entries

    def _get_tracked_changes(self, message):
        """What a message says was changed, as far as the user may read the fields."""
        # sudo: as in the chatter, tracked values are hidden field by field
        values = message.sudo().tracking_value_ids._filter_has_field_access(self.env)
        return [
            "{}: {} → {}".format(change['fieldInfo']['changedField'], *(
                self._get_tracked_text(change[name], change['fieldInfo']['fieldType'])
                for name in ('oldValue', 'newValue')))
            for change in values._tracking_value_format()]

    def _get_tracked_text(self, value, kind):
        if kind == 'boolean':
            return self.env._("Yes") if value else self.env._("No")
        if kind in ('integer', 'float', 'monetary'):
            return self._page_number(value or 0)
        return str(value) if value else "–"

    # === OTHER SOURCES === #

    def _timeline_meetings(self, cursor, limit):
        return [self._timeline_entry(
            'meeting', meeting, meeting.start, meeting.display_name, icon='fa-calendar',
            text=meeting.location or "", who=meeting.user_id.name or "",
            action=self._page_record(meeting))
            for meeting in self._search_timeline(
                cursor, limit, 'meeting', 'calendar.event', self._get_page_domain(), 'start')]

    def _timeline_leads(self, cursor, limit):
        money = self.env['pharma.access']._sees_figures()
        revenue = ['expected_revenue'] if money else []
        return [self._timeline_entry(
            'lead', lead, lead.create_date, self.env._("Opportunity: %s", lead.name),
            icon='fa-star-o', who=lead.user_id.name or "", badge=lead.stage_id.name,
            text=self._page_text(lead.expected_revenue, 'money', lead.company_currency)
            if money and lead.expected_revenue else "",
            about=self._get_about(lead.partner_id), action=self._page_record(lead))
            for lead in self._search_timeline(
                cursor, limit, 'lead', 'crm.lead', self._get_page_domain(), 'create_date',
                ['name', 'user_id', 'stage_id', *revenue, 'company_id', 'partner_id'])]

    def _timeline_orders(self, cursor, limit):
        domain = [*self._get_page_domain(), ('state', '!=', 'cancel')]
        states = dict(self.env['sale.order']._fields['state']._description_selection(self.env))
        return [self._timeline_entry(
            'order', order, order.date_order,
            self.env._("Order %s", order.name) if order.state == 'sale'
            else self.env._("Quotation %s", order.name),
            icon='fa-shopping-cart', badge=states[order.state], who=order.user_id.name or "",
            tone='success' if order.state == 'sale' else 'info',
            text=self._page_text(order.amount_total, 'money', order.currency_id),
            about=self._get_about(order.partner_id), action=self._page_record(order))
            for order in self._search_timeline(
                cursor, limit, 'order', 'sale.order', domain, 'date_order',
                ['name', 'state', 'user_id', 'amount_total', 'currency_id', 'partner_id'])]

    def _timeline_invoices(self, cursor, limit):
        domain = [*self._get_page_domain(state='posted'), ('move_type', 'in', INVOICE_TYPES)]
        states = dict(
            self.env['account.move']._fields['payment_state']._description_selection(self.env))
        return [self._timeline_entry(
            'invoice', move, move.invoice_date,
            self.env._("Invoice %s", move.name) if move.move_type == 'out_invoice'
            else self.env._("Credit Note %s", move.name),
            icon='fa-cny', badge=states.get(move.payment_state),
            text=self._page_text(move.amount_total_signed, 'money', move.company_currency_id),
            about=self._get_about(move.partner_id), action=self._page_record(move))
            for move in self._search_timeline(
                cursor, limit, 'invoice', 'account.move', domain, 'invoice_date',
                ['name', 'move_type', 'payment_state', 'amount_total_signed', 'company_id',
                 'partner_id'])]

    def _timeline_posts(self, cursor, limit):
        domain = self._get_posts_domain()
        begun = self._search_timeline(
            cursor, limit, 'post_begin', 'pharma.affiliation', domain, 'date_from')
        ended = self._search_timeline(
            cursor, limit, 'post_end', 'pharma.affiliation', domain, 'date_to')
        return [
            self._get_post_entry('post_begin', post, post.date_from, self.env._(
                "New post: %s", self._get_post_name(post))) for post in begun
        ] + [
            self._get_post_entry('post_end', post, post.date_to, self.env._(
                "End of post: %s", self._get_post_name(post))) for post in ended]

    def _get_post_name(self, post):
        """A post in as many words as it needs on this page."""
        # sudo: who sees a post may read where it is
        place, person = post.sudo().place_id, post.person_id
        return " · ".join(filter(None, (
            "" if person == self else person.name, post._get_function(),
            self._get_about(place)))) or place.name

    def _get_post_entry(self, key, post, date, title):
        return self._timeline_entry(
            key, post, date, title, icon='fa-id-badge',
            action=None if post.person_id == self else self._page_of(post.person_id))

    def _timeline_alignments(self, cursor, limit):
        domain = [('partner_id', '=', self.commercial_partner_id.id)]
        begun = self._search_timeline(
            cursor, limit, 'alignment_begin', 'pharma.alignment', domain, 'date_from')
        ended = self._search_timeline(
            cursor, limit, 'alignment_end', 'pharma.alignment', domain, 'date_to')
        return [
            self._get_alignment_entry('alignment_begin', row, row.date_from, self.env._(
                "Territory: %s", row.territory_id.name)) for row in begun
        ] + [
            self._get_alignment_entry('alignment_end', row, row.date_to, self.env._(
                "No longer in territory: %s", row.territory_id.name)) for row in ended]

    def _get_alignment_entry(self, key, row, date, title):
        return self._timeline_entry(
            key, row, date, title, icon='fa-map-o', badge=row.product_line_id.name or "",
            tone='info', action=self._page_record(row.territory_id))
