from odoo import models
from odoo.fields import Command
from odoo.tools import split_every

from .pharma_import_line_mixin import read_plain
from .pharma_import_mixin import UNDONE

BATCH = 100
# Rows that point to a user or his contact and say nothing about their use
UNUSED_BY = {
    'res_users', 'res_groups_users_rel', 'res_company_users_rel', 'res_users_settings',
    'pharma_setup_import_line', 'pharma_territory_assignment', 'pharma_search_name',
    # what Odoo subscribes everybody to
    'discuss_channel_member', 'digest_digest_res_users_rel', 'mail_followers', 'mail_presence',
}
ASSIGNMENT_FIELDS = ('territory_id', 'role', 'product_line_id')
LOG_COLUMNS = ('create_uid', 'write_uid')


class PharmaSetupImport(models.Model):
    """Lists of users: doing what they say, and taking it back."""

    _inherit = 'pharma.setup.import'

    # === IMPORT === #

    def _apply_user_plan(self, plan):
        """Create and change users, then their assignments.

        :return: {first item of a person: journal}
        """
        people = plan.people
        before = {person.first: self._read_assignments(person.id) for person in people}
        journals = {person.first: self._change_user(person) for person in people if person.id}
        self._create_users([person for person in people if not person.id])
        self._change_assignments(people)
        for person in people:
            journal = journals.setdefault(person.first, {})
            after = self._read_assignments(person.id)
            if after != before[person.first]:
                journal['assignments'] = {'old': before[person.first], 'new': after}
        return journals

    def _prepare_user_lines_vals(self, plan, journals):
        roles = dict(self._get_role_groups().mapped(lambda group: (group.id, group.name)))
        for item in plan.items:
            values, person = item.row.values, item.person
            named = [roles[role] for role in roles if role in values.get('roles', ())]
            period = [str(values[day]) for day in ('date_from', 'date_to') if values.get(day)]
            yield {
                'name': " ".join(filter(None, (
                    values.get('login') or values.get('email'), values.get('name')))),
                'detail': ", ".join(filter(None, (
                    "、".join(named), values.get('territory'), values.get('line'),
                    " – ".join(period)))),
                'user_id': person.id if person else False,
                'territory_id': item.post.place_id if item.post else False,
                'journal': journals.get(item) or False,
            }

    def _get_quiet_users(self):
        """Users without messages and, before somebody asks for them, without invitations."""
        # sudo: _check_importer has decided who may, the plan what
        return self.env['res.users'].sudo().with_context(
            no_reset_password=True, tracking_disable=True, mail_create_nolog=True,
            mail_create_nosubscribe=True, mail_notrack=True)

    def _create_users(self, people):
        done = 0
        for batch in split_every(BATCH, people, list):
            users = self._get_quiet_users().create([
                self._prepare_user_vals(person) for person in batch])
            for person, user in zip(batch, users, strict=True):
                person.id = user.id
            self.env.flush_all()
            done += len(batch)
            self._report_progress(5 + 70 * done // len(people))

    def _prepare_user_vals(self, person):
        """Values of a new user.

        :param Person person: of a plan
        """
        author = self.env.user
        values = {name: value for name, value in person.changes.items() if name != 'roles'}
        return {
            **values,
            'login': person.login,
            'company_id': self.company_id.id,
            'company_ids': [Command.set(self.company_id.ids)],
            'lang': author.lang,
            'tz': author.tz or 'Asia/Shanghai',
            'group_ids': [Command.set(sorted(person.changes['roles']))],
        }

    def _change_user(self, person):
        """Write what changes of a user; of his groups only the roles of the suite.

        :return: the journal
        """
        user = self._get_quiet_users().browse(person.id)
        vals = {name: value for name, value in person.changes.items() if name != 'roles'}
        journal = {}
        if vals:
            journal.update(old=read_plain(user, vals), new=dict(vals))
        if 'roles' in person.changes:
            journal['roles'] = {
                'old': sorted(person.roles), 'new': sorted(person.changes['roles'])}
            vals['group_ids'] = self._prepare_role_commands(
                person.roles, person.changes['roles'])
        if vals:
            user.write(vals)
        return journal

    def _prepare_role_commands(self, old, new):
        return [
            *(Command.unlink(group_id) for group_id in sorted(set(old) - set(new))),
            *(Command.link(group_id) for group_id in sorted(set(new) - set(old)))]

    def _change_assignments(self, people):
        """Write the assignments in an order in which none ever overlaps with itself."""
        # sudo: _check_importer has decided who may
        assignments = self.env['pharma.territory.assignment'].sudo()
        assignments.browse(
            [post.id for person in people for post in person.deleted]).unlink()
        moves = [move for person in people for move in person.moved]
        for post, date_from, date_to in moves:
            # First only what the old and the new period have in common
            ends = [day for day in (post.date_to, date_to) if day]
            assignments.browse(post.id).write({
                'date_from': max(post.date_from, date_from),
                'date_to': min(ends) if ends else False})
        self.env.flush_all()
        for post, date_from, date_to in moves:
            assignments.browse(post.id).write({'date_from': date_from, 'date_to': date_to})
        self.env.flush_all()
        assignments.create([{
            'user_id': person.id, 'territory_id': post.place_id, 'role': post.role,
            'product_line_id': post.line_id or False,
            'date_from': post.date_from, 'date_to': post.date_to,
        } for person in people for post in person.created])

    def _read_assignments(self, user_id):
        """The assignments of a user as a journal holds them."""
        return self._read_dated(
            self._get_assignments([('user_id', '=', user_id)]), ASSIGNMENT_FIELDS)

    # === UNDO === #

    def _undo_user(self):
        """Restore what the list changed, except what was changed again since; delete the users it
        brought, or archive those who have logged in or are in use.
        """
        kept = 0
        for line in self.line_ids.filtered('journal'):
            user = self._get_quiet_users().browse(line.user_id.id).exists()
            if not user or self._why_locked(user) in ('user_system', 'user_other_company'):
                kept += 1
                continue
            kept += line._restore_values(user)
            kept += self._restore_roles(user, line.journal.get('roles'))
            kept += self._restore_assignments(user, line.journal.get('assignments'))
        self._report_progress(40)
        created = self._get_quiet_users().browse(self._get_new_records().ids)
        used = self._get_used_users(created)
        used.action_archive()
        unused = created - used
        contacts = unused.partner_id
        count = len(unused)
        unused.unlink()
        contacts.unlink()
        self._set_result(state=UNDONE, message=self.env._(
            "%(deleted)s users deleted, %(archived)s archived because they have logged in or are in"
            " use, %(kept)s changes left because they were changed again since.",
            deleted=count, archived=len(used), kept=kept))

    def _restore_roles(self, user, journal):
        """Give a user his former roles back, unless they were changed again.

        :return: 1 when they are left as they are
        """
        if not journal:
            return 0
        roles = user.group_ids & self._get_role_groups()
        if sorted(roles.ids) != journal['new']:
            return 1
        user.write({'group_ids': self._prepare_role_commands(journal['new'], journal['old'])})
        return 0

    def _restore_assignments(self, user, journal):
        """Give a user his former assignments back, unless they were changed again.

        :return: 1 when they are left as they are
        """
        if not journal:
            return 0
        assignments = self._get_assignments([('user_id', '=', user.id)])
        return 0 if self._restore_dated(
            assignments, ASSIGNMENT_FIELDS, journal, {'user_id': user.id}) else 1

    def _get_used_users(self, users):
        """Users who have logged in, or whom other records point to, as users or as contacts.

        :param users: whom one list brought
        """
        self.env.flush_all()
        references = [
            (table, column) for table, column in self._get_references('res_users', UNUSED_BY)
            if column not in LOG_COLUMNS]  # who never logged in has written nothing
        used = self._get_referenced_ids(references, 'res_users', users.ids)
        contacts = self._get_referenced_ids(
            self._get_references('res_partner', UNUSED_BY), 'res_partner', users.partner_id.ids)
        return users.filtered(
            lambda user: user.login_date or user.id in used or user.partner_id.id in contacts)
