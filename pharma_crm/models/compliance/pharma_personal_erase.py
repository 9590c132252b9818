import re
from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.fields import Command
from odoo.tools import SQL, split_every

from ...tools import crypto, erasure
from ..customer.pharma_person_profile_numbers import NUMBERS

# Fields of a contact that say what kind of record it is, not who the person is
KEPT_FIELDS = frozenset((
    'active', 'autopost_bills', 'color', 'company_id', 'customer_rank', 'display_name', 'employee',
    'is_company', 'lang', 'name', 'parent_id', 'partner_share', 'pharma_type', 'supplier_rank',
    'type', 'tz', 'user_id', 'completeness', 'lifecycle_date', 'lifecycle_told', 'pinyin_key',
    'complete_name', 'commercial_company_name', 'email_normalized', 'phone_sanitized',
    # those of the hospital, which Odoo copies to its contacts
    'company_registry', 'vat'))
CLEARED_TYPES = ('char', 'text', 'html', 'date', 'datetime', 'float', 'binary', 'json')
# Records about the person himself that go as a whole; of others the name goes
DELETED_MODELS = ('pharma.person.profile', 'pharma.alias', 'pharma.share', 'pharma.duplicate')
# Fields of an opportunity with somebody's name and ways to reach him
LEAD_FIELDS = ('contact_name', 'email_from', 'phone', 'function', 'street', 'street2', 'website')
# Papers that have to be kept as they are; they name the person by a link
KEPT_MODELS = ('account.move', 'account.move.line', 'account.payment',
               'account.bank.statement.line')
# Tables of the system without texts of people
SYSTEM_TABLES = (
    'ir_act_%', 'ir_config_parameter', 'ir_cron%', 'ir_default', 'ir_model%', 'ir_module%',
    'ir_rule', 'ir_sequence%', 'ir_ui_%', 'res_country%', 'res_currency%', 'res_groups%',
    'res_lang', 'pharma_division', 'pharma_specialty', 'pharma_title', 'pharma_search_name',
    'uom_uom', 'web_tour_%')
# Columns whose content the system computes by itself
SYSTEM_COLUMNS = (
    'store_fname', 'checksum', 'message_id', 'access_token', 'parent_path', 'password')
CHUNK = 5000


class PharmaPersonalData(models.AbstractModel):
    """A person is taken out of the database; what was done with him stays without his name."""

    _inherit = 'pharma.personal.data'

    # === PLAN === #

    @api.model
    def _get_plan(self, partner):
        """What erasing a person would do, as it is done.

        :param partner: ``res.partner``
        :return: rows of ``(title of the model, number of records, 'delete' | 'anonymise' | 'keep',
            why)``
        :rtype: list(tuple)
        """
        persons = self._get_persons(partner.sudo())
        reasons = {
            'delete': self.env._("It is about the person alone"),
            'anonymise': self.env._("The history of the business stays, without the name"),
            'keep': self.env._("The law asks for the books to be kept; the name is gone from them"),
        }
        plan = [(self._get_title('res.partner'), len(persons), 'anonymise', reasons['anonymise'])]
        for name, ids in sorted(self._get_linked(persons).items()):
            what = ('delete' if name in DELETED_MODELS
                    else 'keep' if name in KEPT_MODELS else 'anonymise')
            plan.append((self._get_title(name), len(ids), what, reasons[what]))
        order = ('delete', 'anonymise', 'keep')
        return sorted(plan, key=lambda row: (order.index(row[2]), row[0]))

    # === ERASING === #

    @api.model
    def _erase(self, partner):
        """Take a person out of the database, in this transaction; again changes nothing more.

        :param partner: ``res.partner``
        :return: what was done and what is left: ``plan`` (see :meth:`_get_plan`), and ``mentions``
            in texts about others, by table: somebody of the same name, or too short a name to tell
        :rtype: dict
        """
        # sudo: what is kept of a person is erased wherever it stands, the request was decided on
        persons = self._get_persons(partner.sudo()).with_context(
            tracking_disable=True, mail_notrack=True, mail_create_nolog=True)
        plan, linked = self._get_plan(partner), self._get_linked(persons)
        names, numbers = self._get_names(persons), self._get_numbers(persons)
        self._delete_records(persons, linked)
        self._empty_persons(persons)
        self._empty_links(persons, linked)
        self.env.flush_all()
        word = self.env._("Erased person")
        self._rewrite_linked(linked | {'res.partner': set()}, erasure.get_patterns(names), word)
        self._rewrite_everywhere(self._get_everywhere(persons, names, numbers), word)
        self.env.invalidate_all()
        self.env['pharma.search.name']._index('res.partner', self._get_family(persons))
        return {'plan': plan, 'mentions': self._find_mentions([
            *(re.escape(name) for name in names if len(name) > 1),
            *(erasure.bounded(number) for number in numbers)])}

    @api.model
    def _get_erased_name(self, person):
        return self.env._("Erased person #%s", person.id)

    @api.model
    def _get_family(self, persons):
        """Ids of persons and of contacts below them, whose full names hold theirs."""
        return self.env['res.partner'].sudo().with_context(active_test=False).search([
            ('id', 'child_of', persons.ids)]).ids

    @api.model
    def _get_names(self, persons):
        """All names under which persons are known.

        :rtype: set(str)
        """
        aliases = self.env['pharma.alias'].sudo().with_context(active_test=False).search([
            ('partner_id', 'in', persons.ids)])
        erased = {self._get_erased_name(person) for person in persons}
        names = {*persons.mapped('name'), *persons.mapped('complete_name'),
                 *aliases.mapped('name')}
        # Stored once with commas, shown with others
        return {name.strip() for name in names
                if name and name.strip() and not any(text in name for text in erased)}

    @api.model
    def _get_numbers(self, persons):
        """Phone and other numbers, addresses of mail: what belongs to one person alone.

        :rtype: set(str)
        """
        texts = {
            person[fname] for person in persons
            for fname in ('phone', 'phone_sanitized', 'email', 'email_normalized')
            if person[fname]}
        banks = self.env['res.partner.bank'].sudo().with_context(active_test=False).search([
            ('partner_id', 'in', persons.ids)])
        texts |= {*banks.mapped('acc_number'), *banks.mapped('sanitized_acc_number')}
        profiles = self.env['pharma.person.profile'].sudo().search([
            ('partner_id', 'in', persons.ids)])
        for profile in profiles:
            for fname in NUMBERS:
                try:
                    texts.add(profile._number(fname))
                except crypto.CryptoError:
                    continue  # nobody can read it: it goes with its profile
        return {form for text in texts if text for form in erasure.number_forms(text)}

    @api.model
    def _delete_records(self, persons, linked):
        """Delete what is about the person alone.

        :param dict linked: ids by model; what is deleted is taken out
        """
        for name in (name for name in DELETED_MODELS if name in self.env):
            records = self.env[name].sudo().with_context(active_test=False)
            records.browse(linked.pop(name, ())).exists().unlink()
        own = [('res_model', '=', 'res.partner'), ('res_id', 'in', persons.ids)]
        self.env['mail.activity'].sudo().with_context(active_test=False).search(own).unlink()
        self.env['mail.followers'].sudo().search([('partner_id', 'in', persons.ids)]).unlink()
        self.env['ir.attachment'].sudo().search([
            *own, '|', ('res_field', '=', False), ('res_field', '!=', False)]).unlink()
        posts = self.env['pharma.affiliation'].sudo().with_context(active_test=False).search([
            ('person_id', 'in', persons.ids)])
        # Where he worked besides would tell who he was
        posts.filtered(lambda post: not post.is_primary).unlink()
        # What his records were before they were merged; that can no longer be undone
        merges = self.env['pharma.merge'].sudo().search([
            '|', ('partner_id', 'in', persons.ids), ('source_ids', 'in', persons.ids)])
        merges.line_ids.unlink()
        merges.write({'undo_until': self.env['pharma.access']._get_today() - timedelta(days=1)})
        self._close_requests(persons)
        for name in ('mail.activity', 'ir.attachment', 'pharma.affiliation'):
            if name in linked:
                linked[name] = set(self.env[name].sudo().browse(linked[name]).exists().ids)

    @api.model
    def _close_requests(self, persons):
        """What somebody proposed to write of a person, of which nobody has decided yet, falls; of
        none is kept what was proposed: it may be a name or a number that his record never had.
        """
        requests = self.env['pharma.change.request'].sudo().search([
            ('partner_id', 'in', persons.ids)])
        requests.line_ids.unlink()
        still_open = requests.filtered(lambda request: request.state in ('draft', 'submitted'))
        still_open._set_closed(state='cancelled')
        still_open._close_activities()

    @api.model
    def _empty_persons(self, persons):
        """Clear the contacts of a person."""
        values = {
            fname: False for fname, field in persons._fields.items()
            if field.store and field.type in CLEARED_TYPES and fname not in KEPT_FIELDS
            and fname not in models.MAGIC_COLUMNS and not field.inherited and not field.required
            and not (field.compute and field.readonly)}
        users = self.env['res.users'].sudo().with_context(active_test=False).search([
            ('partner_id', 'in', persons.ids)])
        for user in users:
            user.write({'login': f'erased-{user.id}', 'active': False})
        for person in persons:
            # Archived users are no obstacle
            person.with_context(active_test=True).write({
                **values, 'name': self._get_erased_name(person), 'active': False,
                'category_id': [Command.clear()]})
        persons.flush_recordset()
        self.env.cr.execute(
            "UPDATE res_partner SET pharma_properties = NULL, properties = NULL"
            " WHERE id = ANY(%s)", [persons.ids])
        banks = self.env['res.partner.bank'].sudo().with_context(active_test=False).search([
            ('partner_id', 'in', persons.ids)])
        for bank in banks:
            bank.write({
                'acc_number': f'erased-{bank.id}', 'acc_holder_name': False, 'active': False})

    @api.model
    def _empty_links(self, persons, linked):
        """Clear fields of other records that say who the person is, whatever is written there."""
        posts = self.env['pharma.affiliation'].sudo().browse(linked.get('pharma.affiliation', ()))
        posts.filtered(lambda post: post.person_id in persons).with_context(
            tracking_disable=True).write({'post': False, 'title_id': False})
        leads = self.env['crm.lead'].sudo().with_context(tracking_disable=True).browse(
            linked.get('crm.lead', ()))
        for lead in leads.filtered(lambda lead: lead.partner_id in persons):
            lead.write({fname: False for fname in LEAD_FIELDS if lead[fname]})
        self.env.flush_all()
        # What his own record was changed from and to
        self.env.cr.execute(
            """ UPDATE mail_tracking_value v
                   SET old_value_char = NULL, new_value_char = NULL, old_value_text = NULL,
                       new_value_text = NULL, old_value_datetime = NULL, new_value_datetime = NULL
                  FROM mail_message m
                 WHERE m.id = v.mail_message_id AND m.model = 'res.partner'
                   AND m.res_id = ANY(%s) """, [persons.ids])

    # === TEXTS === #

    @api.model
    def _get_columns(self):
        """Columns with texts, by table.

        :return: ``{table: [(column, whether it is JSON)]}``
        :rtype: dict
        """
        self.env.cr.execute(
            """ SELECT c.table_name, c.column_name, c.data_type IN ('jsonb', 'json')
                  FROM information_schema.columns c
                  JOIN information_schema.tables t USING (table_schema, table_name)
                 WHERE c.table_schema = current_schema AND t.table_type = 'BASE TABLE'
                   AND c.data_type IN ('text', 'character varying', 'jsonb', 'json')
                   AND NOT c.column_name = ANY(%s) AND NOT c.table_name LIKE ANY(%s)
              ORDER BY 1, 2 """, [list(SYSTEM_COLUMNS), list(SYSTEM_TABLES)])
        found = defaultdict(list)
        for table, column, is_json in self.env.cr.fetchall():
            found[table].append((column, is_json))
        return found

    @api.model
    def _rewrite_linked(self, linked, patterns, word):
        """Replace names in texts that are about the person, and in what people of the company wrote
        also numbers and addresses that stand in none of his fields.

        :param dict linked: ids by model
        :param list patterns: regular expressions of his names
        :param str word: what stands there instead
        """
        columns = self._get_columns()
        for name, ids in linked.items():
            table = self.env[name]._table
            if name in KEPT_MODELS or not ids or table not in columns:
                continue
            written = name.startswith('pharma.') or name in ('mail.activity', 'calendar.event')
            wanted = [*patterns, *(erasure.CONTACT_PATTERNS if written else ())]
            if not wanted:
                continue
            for some in split_every(CHUNK, sorted(ids), list):
                self._rewrite(table, columns[table], SQL("id = ANY(%s)", some), wanted, word)

    @api.model
    def _get_everywhere(self, persons, names, numbers):
        """What is replaced in every text of the database: what can be nobody else's.

        :return: regular expressions, the longest first
        :rtype: list(str)
        """
        patterns = [
            re.escape(name) for name in names
            if erasure.is_rare_name(name) and not self._is_shared(name, persons)]
        # The number of a switchboard is also others'
        patterns += [
            erasure.bounded(number) for number in numbers
            if not self._is_shared_number(number, persons)]
        return sorted(patterns, key=lambda pattern: (-len(pattern), pattern))

    @api.model
    def _is_shared_number(self, number, persons):
        """Whether another contact has the number or address."""
        self.env.cr.execute(
            """ SELECT EXISTS (
                    SELECT FROM res_partner
                     WHERE %s IN (phone, phone_sanitized, email, email_normalized)
                       AND NOT id = ANY(%s)) """, [number, persons.ids])
        return self.env.cr.fetchone()[0]

    @api.model
    def _is_shared(self, name, persons):
        """Whether another contact, or a product, has the name in its own."""
        self.env.cr.execute(
            """ SELECT EXISTS (SELECT FROM res_partner
                                WHERE position(%s in name) > 0 AND NOT id = ANY(%s))
                    OR EXISTS (SELECT FROM product_template
                                WHERE position(%s in name::text) > 0) """,
            [name, persons.ids, name])
        return self.env.cr.fetchone()[0]

    @api.model
    def _rewrite_everywhere(self, patterns, word):
        """Replace what regular expressions find in all tables."""
        if not patterns:
            return
        kept = {self.env[name]._table for name in KEPT_MODELS}
        for table, columns in self._get_columns().items():
            if table not in kept:
                self._rewrite(table, columns, SQL("TRUE"), patterns, word)

    @api.model
    def _rewrite(self, table, columns, condition, patterns, word):
        """Replace what regular expressions find in the texts of a table, in one statement.

        :param list columns: pairs of column and whether it is JSON
        :param SQL condition: of the rows
        """
        found, values, pattern = [], [], '|'.join(patterns)
        digits = '|'.join(one for one in patterns if not re.search(r'[^\W\d_]|@', re.sub(
            r'\[[^\]]*\]|\\.', '', one)))
        for column, is_json in columns:
            name = SQL.identifier(column)
            text = value = SQL("%s::text", name)
            found.append(SQL("%s ~ %s", text, pattern))
            if is_json and digits:
                # It may be a number there, which a word would break
                value = SQL("regexp_replace(%s, %s, '0', 'g')", value, digits)
            value = SQL("regexp_replace(%s, %s, %s, 'g')", value, pattern, word)
            values.append(SQL("%s = %s", name, SQL("%s::jsonb", value) if is_json else value))
        self.env.cr.execute(SQL(
            "UPDATE %s SET %s WHERE %s AND (%s)", SQL.identifier(table), SQL(", ").join(values),
            condition, SQL(" OR ").join(found)))

    @api.model
    def _find_mentions(self, patterns):
        """Rows of tables in which one of some regular expressions is found.

        :return: number of rows by table
        :rtype: dict(str, int)
        """
        if not patterns:
            return {}
        pattern, found = '|'.join(patterns), {}
        for table, columns in self._get_columns().items():
            condition = SQL(" OR ").join(
                SQL("%s::text ~ %s", SQL.identifier(column), pattern) for column, _json in columns)
            self.env.cr.execute(SQL(
                "SELECT count(*) FROM %s WHERE %s", SQL.identifier(table), condition))
            count = self.env.cr.fetchone()[0]
            if count:
                found[table] = count
        return found
