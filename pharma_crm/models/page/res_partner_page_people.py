from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..customer.res_partner import PERSON_TYPES
from ..customer.res_partner_lifecycle import STUCK_ACTIVITY
from ..mixin.pharma_search_mixin import id_array
from ..territory.pharma_alignment import OPEN_TYPES
from .res_partner_page import ROWS

# Posts and titles by how much they decide, as regular expressions of the database: the head of the
# hospital before the heads of departments before plain doctors. 主任 is a head, 主任医师 a title.
POST_RANKS = [
    '(^|[^副])院长|书记', '副院长', '(^|[^副])主任($|[^医药护技])', '副主任($|[^医药护技])',
    '护士长', '(^|[^副])主任[医药护技]', '副主任[医药护技]', '主治|主管',
]
PLACE_TYPES = ('hospital', 'primary_care', 'pharmacy', 'campus', 'department')


class ResPartner(models.Model):
    """Sections of the 360° page about people: who is responsible, who works there, what there is
    to do with them.
    """

    _inherit = 'res.partner'

    def _get_page_sections(self):
        return [
            *super()._get_page_sections(),
            {'key': 'contact', 'title': self.env._("Contact and To-Dos"),
             'icon': 'fa-comments-o', 'sequence': 10, 'content': self._page_contact},
            {'key': 'owners', 'title': self.env._("Responsible"),
             'icon': 'fa-user-circle-o', 'sequence': 20, 'content': self._page_owners},
            {'key': 'people', 'title': self.env._("People"), 'model': 'pharma.affiliation',
             'icon': 'fa-user-md', 'sequence': 30, 'content': self._page_people},
            {'key': 'posts', 'title': self.env._("Posts"), 'model': 'pharma.affiliation',
             'icon': 'fa-id-badge', 'sequence': 30, 'content': self._page_posts},
            {'key': 'members', 'title': self.env._("Members"),
             'icon': 'fa-hospital-o', 'sequence': 30, 'content': self._page_members},
            {'key': 'contacts', 'title': self.env._("Contact Persons"),
             'icon': 'fa-address-book-o', 'sequence': 30, 'content': self._page_contacts},
            {'key': 'documents', 'title': self.env._("Documents"),
             'icon': 'fa-paperclip', 'sequence': 90, 'content': self._page_documents},
        ]

    # === CONTACT AND TO-DOS === #

    def _page_contact(self):
        today, domain = fields.Date.context_today(self), self._get_page_domain()
        types = self._get_contact_types()
        action = self._page_list('mail.mail_activity_action', self.env._("To-Dos"), domain)
        to_dos, late, planned = self._get_to_dos(domain, types, today)
        meetings, last = self._get_coming_meetings(), self._get_last_contact(types)
        return {
            'figures': [
                self._page_figure(
                    self.env._("Last Contact"), last and self._page_date(last), 'date',
                    timeline=['message', 'meeting'], top=True, tone=None if last else 'warning',
                    note=self._page_distance(last) if last else self.env._("not recorded")),
                self._get_next_contact_figure(planned, meetings[:1], {
                    **action, 'domain': [*domain, ('activity_type_id', 'in', types.ids)]}, today),
                self._page_figure(
                    self.env._("To-Dos"), len(to_dos), top=True, action=action,
                    note=self.env._("%s late", late) if late else "",
                    tone='danger' if late else None),
            ],
            'rows': self._get_contact_rows(to_dos[:ROWS], meetings, today),
            'empty': self.env._(
                "Nothing is planned. Schedule a call or a meeting, so that it is not forgotten."),
            'action': action,
        }

    def _get_to_dos(self, domain, types, today):
        """Open activities that the user may see.

        :param list domain: whose
        :param types: types that are contacts
        :return: activities by date, how many are late, date of the first contact or None
        :rtype: tuple
        """
        activities = self.env['mail.activity'].search(domain, order='date_deadline, id')
        # Odoo looks at who may see each of them, and would do so again for every sum
        late, planned = self.env.execute_query(SQL(
            """ SELECT count(*) FILTER (WHERE date_deadline < %s),
                       min(date_deadline) FILTER (WHERE activity_type_id = ANY(%s))
                  FROM mail_activity WHERE id = ANY(%s) """,
            today, types.ids, id_array(activities.ids)))[0]
        return activities, late, planned

    def _get_next_contact_figure(self, planned, meeting, planned_action, today):
        """The first of the planned calls and visits and the next meeting.

        :param planned: date of the first to-do that is a contact, or None
        :param meeting: the next meeting, or none
        :param dict planned_action: opens these to-dos
        """
        day, action, tone = planned, planned_action, None
        if meeting and (not planned or self._page_date(meeting.start) < planned):
            day, action = self._page_date(meeting.start), self._page_record(meeting)
        if not day:
            action, tone, note = None, 'warning', self.env._("not planned")
        elif day < today:
            tone, note = 'danger', self.env._("%s days late", (today - day).days)
        else:
            note = self._page_distance(day)
        return self._page_figure(
            self.env._("Next Contact"), day, 'date', top=True, note=note, tone=tone, action=action)

    def _get_contact_rows(self, activities, meetings, today):
        """To-dos and meetings by date, those that are late first."""
        rows = []
        for activity in activities:
            day = activity.date_deadline
            about = (activity.res_name or "").removeprefix(f"{self.complete_name}, ") if (
                (activity.res_model, activity.res_id) != (self._name, self.id)) else None
            rows.append((day, self._page_row(
                activity.summary or activity.activity_type_id.name,
                # The dialog in which it is done, moved or cancelled
                {**self._page_record(activity), 'target': 'new',
                 'name': activity.activity_type_id.name},
                subtitle=" · ".join(filter(None, (activity.user_id.name, about))),
                value=self._page_day(day),
                tone='danger' if day < today else 'warning' if day == today else None,
                badge=activity.activity_type_id.name if activity.summary else None)))
        for meeting in meetings:
            rows.append((self._page_date(meeting.start), self._page_row(
                meeting.display_name, self._page_record(meeting),
                subtitle=meeting.user_id.name, value=self._page_day(meeting.start),
                badge=self.env._("Meeting"))))
        return [row for _day, row in sorted(rows, key=lambda pair: pair[0])[:ROWS]]

    def _get_coming_meetings(self):
        meetings = self.env['calendar.event']
        if not meetings.has_access('read'):
            return meetings
        return meetings.search(
            [*self._get_page_domain(), ('start', '>=', fields.Datetime.now())],
            order='start, id', limit=ROWS)

    def _get_last_contact(self, types):
        """When somebody last spoke with them: the latest call, visit or meeting that is over.

        :param types: types of activities that count
        :return: datetime, or None
        """
        dates = self.env['mail.message'].search_fetch(
            self._get_message_domain() & Domain('mail_activity_type_id', 'in', types.ids),
            ['date'], order='date DESC, id DESC', limit=1).mapped('date')
        if self.env['calendar.event'].has_access('read'):
            dates += self.env['calendar.event']._read_group(
                [*self._get_page_domain(), ('start', '<', fields.Datetime.now())],
                [], ['start:max'])[0]
        return max(filter(None, dates), default=None)

    def _get_contact_types(self):
        """Types of activities in which somebody speaks with the customer; the others are work at
        the desk. Extended by the other addons of the suite.
        """
        desk = [self.env['ir.model.data']._xmlid_to_res_id(xmlid) for xmlid in (
            'mail.mail_activity_data_todo', 'mail.mail_activity_data_warning', STUCK_ACTIVITY)]
        return self.env['mail.activity.type'].search([
            ('id', 'not in', desk),
            ('category', 'in', (False, 'default', 'phonecall', 'meeting'))])

    # === RESPONSIBLE === #

    def _page_owners(self):
        if self.sudo().commercial_partner_id.pharma_type in (False, *OPEN_TYPES):
            return self._get_salesperson_content()
        alignments = self.env['pharma.alignment']
        if not alignments.has_access('read'):
            return None
        found = alignments.search([
            ('partner_id', '=', self.commercial_partner_id.id), ('state', '!=', 'past')],
            order='date_from, product_line_id NULLS FIRST, id', limit=2 * ROWS)
        rows = []
        for alignment in found.sorted(lambda alignment: alignment.state):
            users = alignment.user_ids
            coming = alignment.state == 'future'
            rows.append(self._page_row(
                "、".join(users.mapped('name')) or self.env._("Nobody"),
                self._page_record(alignment.territory_id),
                subtitle=alignment.territory_id.name,
                badge=alignment.product_line_id.name or self.env._("All Product Lines"),
                badge_tone='info',
                value=self.env._("From %s", self._page_day(alignment.date_from)) if coming else "",
                tone=None if users or coming else 'danger',
                image=f'/web/image/res.users/{users[:1].id}/avatar_128' if users else None))
        return {
            'rows': rows,
            'empty': self.env._(
                "Nobody is responsible: the customer is aligned with no territory."),
            'action': self._page_list(
                'pharma_crm.pharma_alignment_action', self.env._("Alignments"),
                domain=[('partner_id', '=', self.commercial_partner_id.id)]),
        }

    def _get_salesperson_content(self):
        """Trade partners and plain contacts belong to no territory, they have a salesperson."""
        user = self.commercial_partner_id.user_id
        rows = [self._page_row(
            user.name, subtitle=self.env._("Salesperson"),
            image=f'/web/image/res.users/{user.id}/avatar_128')] if user else []
        return {'rows': rows, 'empty': self.env._("No salesperson is entered.")}

    # === PEOPLE === #

    def _page_people(self):
        if self.pharma_type not in PLACE_TYPES:
            return None
        counts = dict(self._read_group(
            [*self._get_page_domain(), ('pharma_type', 'in', PERSON_TYPES),
             ('id', '!=', self.id)], ['pharma_type'], ['__count']))
        labels = {'department': self.env._("Departments"), 'person': self.env._("Persons")}
        figures = [
            self._page_figure(label, counts.get(kind, 0), action=self._page_list(
                f'pharma_crm.res_partner_action_{kind}', label,
                [*self._get_page_domain(pharma_type=kind), ('id', '!=', self.id)]))
            for kind, label in labels.items()]
        return {
            'figures': figures,
            'rows': [self._get_post_row(post) for post in self._get_key_posts()],
            'empty': self.env._("No person is known here yet."),
            'action': self._page_list(
                'pharma_crm.pharma_affiliation_action', self.env._("Present and Former Persons"),
                self._get_posts_domain(), search_default_current=1),
        }

    def _get_posts_domain(self):
        """Posts at this place, at all levels of a hospital or campus; or of this person."""
        if self.pharma_type == 'person':
            return [('person_id', '=', self.id)]
        if self == self.commercial_partner_id:
            return [('hospital_id', '=', self.id)]
        return [('place_id.pharma_customer_id', '=', self.id)]

    def _get_key_posts(self):
        """The people who count first: those with a post such as head, then by title."""
        posts = self.env['pharma.affiliation']
        # With the rules of the user
        query = posts._search([*self._get_posts_domain(), ('state', '=', 'current')])
        posts.flush_model(['post', 'title_id'])
        rank = SQL("CASE %s ELSE %s END", SQL(" ").join(
            SQL("WHEN function ~ %s THEN %s", pattern, place)
            for place, pattern in enumerate(POST_RANKS)), len(POST_RANKS))
        rows = self.env.execute_query(SQL(
            """ SELECT id FROM (
                    SELECT post.id, concat_ws('、', post.post, title.name) AS function,
                           title.sequence
                      FROM pharma_affiliation post
                 LEFT JOIN pharma_title title ON title.id = post.title_id
                     WHERE post.id IN %s) posts
              ORDER BY %s, sequence, id LIMIT %s """, query.subselect(), rank, ROWS))
        return posts.browse(row[0] for row in rows)

    def _get_post_row(self, post):
        person = post.person_id
        # sudo: who sees a post may read where it is
        place = post.sudo().place_id
        return self._page_row(
            person.name, self._page_of(person), value=post._get_function() or "",
            subtitle=place.name if place != self else "",
            image=f'/web/image/res.partner/{person.id}/avatar_128')

    def _page_posts(self):
        if self.pharma_type != 'person':
            return None
        labels = dict(self.env['pharma.affiliation']._fields['state']._description_selection(
            self.env))
        posts = self.env['pharma.affiliation'].search(
            [('person_id', '=', self.id)], limit=2 * ROWS)
        # sudo: who sees a post may read where it is
        places = {post: post.sudo().place_id for post in posts}
        visible = set(self.browse(
            place.id for place in places.values())._filtered_access('read').ids)
        return {
            'rows': [self._page_row(
                place.complete_name, self._page_of(place) if place.id in visible else None,
                subtitle=" · ".join(filter(None, (post._get_function(), self._get_period(post)))),
                badge=labels[post.state],
                badge_tone='success' if post.state == 'current' else None)
                for post, place in places.items()],
            'empty': self.env._("No post is known."),
            'action': self._page_list(
                'pharma_crm.pharma_affiliation_action', self.env._("Posts"),
                domain=[('person_id', '=', self.id)]),
        }

    def _get_period(self, record):
        """From when to when something holds, as far as it is known."""
        dates = [
            self._page_day(date) if date else "" for date in (record.date_from, record.date_to)]
        return " – ".join(dates) if any(dates) else ""

    # === MEMBERS AND CONTACTS === #

    def _page_members(self):
        if self.pharma_type != 'group':
            return None
        domain = [('parent_organisation_id', '=', self.id)]
        action = self._page_list(
            'pharma_crm.res_partner_action_terminal', self.env._("Members"), domain)
        labels = dict(self._fields['hospital_level']._description_selection(self.env))
        return {
            'figures': [self._page_figure(
                self.env._("Members"), self.search_count(domain), action=action, top=True)],
            'rows': [self._page_row(
                member.name, self._page_of(member), value=labels.get(member.hospital_level, ""))
                for member in self.search(domain, order='hospital_level DESC, id', limit=ROWS)],
            'empty': self.env._("No hospital or pharmacy is a member yet."),
            'action': action,
        }

    def _page_contacts(self):
        if self.pharma_type in (*PLACE_TYPES, 'person', 'group'):
            return None
        domain = [('parent_id', '=', self.id)]
        action = self._page_list('base.action_partner_form', self.env._("Contact Persons"), domain)
        return {
            'figures': [self._page_figure(
                self.env._("Contact Persons"), self.search_count(domain), action=action)],
            'rows': [self._page_row(
                contact.name or contact.display_name, self._page_of(contact),
                subtitle=contact.function or "", value=contact.phone or contact.email or "",
                image=f'/web/image/res.partner/{contact.id}/avatar_128')
                for contact in self.search(domain, limit=ROWS)],
            'empty': self.env._("No contact person is entered."),
            'action': action,
        }

    # === DOCUMENTS === #

    def _get_document_domain(self):
        """The files of the customer, of everybody below and of their opportunities and orders."""
        return Domain.OR(
            Domain('res_model', '=', model) & Domain('res_id', 'in', ids)
            for model, ids in self._get_visible_documents().items())

    def _get_visible_documents(self):
        """Ids of the records of the customer that the user sees, by model."""
        return {
            model: list(self.env[model].with_context(active_test=False)._search(
                self._get_page_domain()))
            for model in self._get_page_documents() if self.env[model].has_access('read')}

    def _page_documents(self):
        # At once the number and the newest: Odoo looks at who may read each of them
        ids = list(self.env['ir.attachment']._search(
            self._get_document_domain(), order='id DESC'))
        # sudo: that was just asked, and costs as much once more for six of them
        found = self.env['ir.attachment'].sudo().browse(ids[:ROWS])
        found.fetch(['name', 'create_uid', 'create_date'])
        action = {'method': 'action_view_page_documents'}
        return {
            'figures': [self._page_figure(
                self.env._("Documents"), len(ids), action=action)],
            'rows': [self._page_row(
                attachment.name, {
                    'type': 'ir.actions.act_url', 'target': 'new',
                    'url': f'/web/content/{attachment.id}'},
                subtitle=attachment.create_uid.name, value=self._page_day(attachment.create_date))
                for attachment in found],
            'empty': self.env._("No file yet. Attach contracts and lists to the record."),
            'action': action,
        }

    def action_view_page_documents(self):
        """Open the files of the customer, of everybody below and of their documents."""
        self._check_page_access()
        action = self.env['ir.actions.act_window']._for_xml_id('base.action_attachment')
        name = self.env._("Documents")
        return {
            **action, 'name': name, 'display_name': name, 'context': {'create': False},
            'domain': list(self._get_document_domain())}
